"""The provider plugin that the engine starts, one process for each provider instance: copied as it stands.

Asks the offline AWS beside whose folder it lies for an instance, prints its port, and stays until the engine ends
it. Loads next to nothing, because the engine waits for it.
"""

import json
import os
import socket
import sys
from urllib.parse import quote

_REGIONS = ("AWS_REGION", "AWS_DEFAULT_REGION")


def main():  # noqa: ANN201 - not even annotations cost something here
    """Keep an instance; the exit code of the process."""
    try:
        line, port = ask(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))  # noqa: PTH100, PTH120
    except (OSError, ValueError, KeyError) as error:
        sys.stderr.write(
            f"the offline AWS of this project is not running ({error}); "
            "run the command through `floodgate offline`, which starts it\n"
        )
        return 1
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    try:
        line.recv(1)
    except KeyboardInterrupt:
        return 0
    except OSError:
        pass
    sys.stderr.write("the offline AWS of this project has ended; give the command again, which brings it back\n")
    return 1


def ask(folder):  # noqa: ANN001, ANN201 - as above
    """The connection that keeps an instance, and the instance's port."""
    with open(os.path.join(folder, "server.json"), encoding="utf-8") as file:  # noqa: PTH118, PTH123
        server = json.load(file)
    region = next((os.environ[name] for name in _REGIONS if os.environ.get(name)), "")
    line = socket.create_connection(("127.0.0.1", server["port"]), 60)
    head = ("POST /_floodgate/provider HTTP/1.1", "Host: 127.0.0.1", f"X-Floodgate-Token: {server['token']}")
    where = quote(os.getcwd())  # noqa: PTH109
    line.sendall("\r\n".join((*head, f"X-Region: {region}", f"X-Folder: {where}", "", "")).encode())
    answer = line.makefile("rb")
    if b" 200 " not in answer.readline():
        raise OSError("what answers there is another server")
    while answer.readline().strip():
        pass
    port = int(answer.readline())
    line.settimeout(None)
    return line, port


if __name__ == "__main__":
    sys.exit(main())
