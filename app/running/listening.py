"""Listening sockets, opened once by the supervisor and inherited by the processes that serve.

All workers accept from one queue. With a queue for each (SO_REUSEPORT) the kernel deals connections out evenly without
regard to who is busy, and those that wait in the queue of a worker that dies are lost, which a waiting room must not
do; here another worker takes them, and there is no moment without a listener.
"""

from __future__ import annotations

import socket

from app.errors import SetupError

# bounded by net.core.somaxconn
BACKLOG = 4096


def listen(host: str, port: int, option: str) -> socket.socket:
    """Open a socket that may be inherited; port 0 takes a free one.

    Args:
        host: address of this machine.
        port: to listen on.
        option: by what the port is chosen, for the remedy.

    Raises:
        SetupError: the address is not ours, or the port is taken.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        # reuses addresses of connections that are over
        return socket.create_server(address, family=family, backlog=BACKLOG)
    except OSError as error:
        reason = (error.strerror or str(error)).partition(" (while")[0]
        raise SetupError(f"{host}:{port} cannot be listened on ({reason}); choose another with {option}") from error


def port_of(opened: socket.socket) -> int:
    """Where it listens."""
    return int(opened.getsockname()[1])


def address_in_network() -> str | None:
    """This machine's address as others in its network see it; None where it has none. Nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # of the block for documentation: choosing a way there asks nobody
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return None
        return str(probe.getsockname()[0])
