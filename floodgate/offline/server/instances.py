"""Provider instances for the engine, beside the offline AWS that they change; and the plugin by which it gets them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from floodgate.offline.engine import serving
from floodgate.offline.world import World

PLUGIN = "pulumi-resource-aws"

# the engine starts one process for each provider instance and waits for it: nothing but the interpreter is loaded
_SCRIPT = '''\
#!{python} -ISE
"""Asks the offline AWS of this project for a provider instance, prints its port and keeps it for the engine."""
import json, os, socket, sys

def gone(why):
    sys.stderr.write("the offline AWS of this project is not running (%s); run the command through `floodgate offline`\\n" % why)
    sys.exit(1)

here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
try:
    with open(os.path.join(here, "server.json")) as file:
        server = json.load(file)
    line = socket.create_connection(("127.0.0.1", server["port"]), 10)
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or ""
    ask = "POST /_floodgate/provider HTTP/1.1\\r\\nHost: 127.0.0.1\\r\\nX-Floodgate-Token: %s\\r\\nX-Region: %s\\r\\n\\r\\n"
    line.sendall((ask % (server["token"], region)).encode())
    line.settimeout(60)
    answer = b""
    while not (b"\\r\\n\\r\\n" in answer and answer.endswith(b"\\n") and not answer.endswith(b"\\r\\n\\r\\n")):
        more = line.recv(4096)
        if not more:
            gone("it ended the conversation")
        answer += more
    line.settimeout(None)
except (OSError, ValueError, KeyError) as error:
    gone(error)
if b" 200 " not in answer.split(b"\\r\\n")[0]:
    gone("it answers something else")
print(answer.rpartition(b"\\r\\n\\r\\n")[2].decode().strip(), flush=True)
try:
    line.recv(1)
except (OSError, KeyboardInterrupt):
    pass
'''


def write_plugin(folder: Path) -> Path:
    """Put the plugin into a folder, whole or not at all."""
    file, new = folder / PLUGIN, folder / f"{PLUGIN}.new"
    new.write_text(_SCRIPT.replace("{python}", sys.executable))
    new.chmod(0o755)
    new.replace(file)
    return file


def starter(world: Callable[[], World], region: str) -> Callable[[str], tuple[int, Callable[[], object]]]:
    """Starts provider instances in a world.

    Args:
        world: at its present moment.
        region: where resources live when nothing says.
    """

    def start(asked: str) -> tuple[int, Callable[[], object]]:
        server, port = serving.start(world, fallback_region=asked or region)
        return port, lambda: server.stop(grace=None)

    return start
