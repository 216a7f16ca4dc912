"""The way out for commands: to everywhere but AWS, whatever address a program asks for.

SDKs and most programs send what is not for 127.0.0.1 to the proxy of their environment; this one is it.
"""

from __future__ import annotations

import re
import select
import socket
from base64 import b64encode
from collections.abc import Mapping
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies_environment, proxy_bypass_environment  # ty: ignore[missing-module-member]

CONNECT_TIMEOUT_S = 20
_CHUNK = 1 << 16

# https://docs.aws.amazon.com/general/latest/gr/rande.html and the partitions of botocore's endpoints.json
AWS_DOMAINS = (
    "amazonaws.com",
    "amazonaws.com.cn",
    "amazonaws.eu",
    "amazonwebservices.com.cn",
    "api.aws",
    "aws.amazon.com",
    "aws.dev",
    "on.aws",
    "awsapps.com",
    "amazoncognito.com",
    "c2s.ic.gov",
    "sc2s.sgov.gov",
    "adc-e.uk",
    "csp.hci.ic.gov",
    "api.cloud-aws.adc-e.uk",
    "api.amazonwebservices.com.cn",
)
# where a machine of AWS, a task or a pod would be given credentials
_METADATA = re.compile(r"169\.254\.169\.254|169\.254\.170\.\d+|\[?fd00:ec2::254\]?|\[?fd00:ec2::23\]?")


def is_aws(host: str) -> bool:
    """Whether a host is AWS's, by its name; upper case, a trailing dot and brackets make no difference."""
    name = host.strip().lower().rstrip(".")
    return bool(_METADATA.fullmatch(name)) or any(name == d or name.endswith(f".{d}") for d in AWS_DOMAINS)


def refusal(host: str) -> str:
    """Why nothing was sent to a host of AWS, and what to do."""
    return (
        f"{host} is AWS, and a command of `floodgate offline` never reaches it: nothing was sent; "
        "leave the address out, so that the endpoint of the environment is used"
    )


def host_and_port(authority: str, default: int) -> tuple[str, int]:
    """The parts of ``host:port``.

    Raises:
        ValueError: it has no host, or its port is no number.
    """
    parts = urlsplit(f"//{authority}")
    if not parts.hostname:
        raise ValueError(f"{authority!r} names no host")
    return parts.hostname, parts.port or default


def connect(host: str, port: int, outer: Mapping[str, str], scheme: str = "https") -> socket.socket:
    """A connection to a host that is not AWS's, by way of the user's own proxy where there is one.

    Args:
        host: its name.
        port: its port.
        outer: the proxies of the user's environment, by scheme.
        scheme: of what will be asked for.

    Raises:
        OSError: it cannot be reached.
    """
    upstream = outer.get(scheme) or outer.get("all")
    if not upstream or proxy_bypass_environment(host, dict(outer)):
        return socket.create_connection((host, port), CONNECT_TIMEOUT_S)
    parts = urlsplit(upstream if "//" in upstream else f"//{upstream}")
    found = socket.create_connection((parts.hostname, parts.port or 8080), CONNECT_TIMEOUT_S)
    login = ""
    if parts.username:
        secret = b64encode(f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()).decode()
        login = f"Proxy-Authorization: Basic {secret}\r\n"
    found.sendall(f"CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n{login}\r\n".encode())
    head = b""
    while b"\r\n\r\n" not in head and (more := found.recv(1)):
        head += more
    if b" 200" not in head.split(b"\r\n")[0]:
        found.close()
        raise OSError(f"the proxy {parts.hostname} does not let through to {host}")
    return found


def outer_proxies() -> dict[str, str]:
    """The proxies of this process's own environment."""
    return getproxies_environment()


def tunnel(one: socket.socket, other: socket.socket) -> None:
    """Pass on what either says until one of them falls silent for good."""
    for end in (one, other):
        end.settimeout(None)
    ends = {one: other, other: one}
    while ends:
        for end in select.select(list(ends), [], [])[0]:
            try:
                data = end.recv(_CHUNK)
                if data:
                    ends[end].sendall(data)
            except OSError:
                data = b""
            if not data:
                return
