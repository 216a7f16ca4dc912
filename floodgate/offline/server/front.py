"""The one port of a running offline AWS: for AWS's clients, as a proxy, for the provider plugin and for commands."""

from __future__ import annotations

import hmac
import json
import socket
import sys
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast
from urllib.parse import unquote, urlsplit

from floodgate.offline.server import proxy
from floodgate.offline.server.arriving import Arrived
from floodgate.offline.server.refusing import Answer

LOOPBACK = "127.0.0.1"

# no bucket can have this name, so no path of an AWS client begins with it
CONTROL = "/_floodgate/"
TOKEN = "X-Floodgate-Token"  # noqa: S105 - the name of a header


@dataclass(frozen=True, slots=True)
class Services:
    """What the port gives access to.

    Args:
        aws: answers AWS's clients.
        told: what a command may ask of the server; answers JSON.
        provider: starts a provider instance for a region and a program's folder; its port, and what stops it.
        proxies: the user's own, by scheme.
        refused: how often each host of AWS was asked for.
    """

    aws: Callable[[Arrived], Answer]
    told: Mapping[str, Callable[[], Mapping[str, Any]]]
    provider: Callable[[str, str], tuple[int, Callable[[], object]]]
    proxies: Mapping[str, str] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)


class Front(ThreadingHTTPServer):
    """Listens on a port of this machine alone.

    Args:
        services: what it gives access to.
        token: without it nobody gets a provider or tells the server anything.
        port: where to listen; a free one where that is taken.
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, services: Services, token: str, port: int = 0) -> None:
        self.services = services
        self.token = token
        try:
            super().__init__((LOOPBACK, port), _Request)
        except OSError:
            super().__init__((LOOPBACK, 0), _Request)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that left in the middle is no fault."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Request(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    @property
    def _front(self) -> Front:
        return cast("Front", self.server)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """A line for each request would fill the log with what nobody reads."""

    def _serve(self) -> None:
        target = self._own_target()
        if target is None:
            self._forward()
        elif target.startswith(CONTROL):
            self._control(target.removeprefix(CONTROL).partition("?")[0])
        else:
            arrived = Arrived(self.command, target, _joined(self.headers.items()), self._body())
            self._send(self._front.services.aws(arrived))

    def __getattr__(self, name: str) -> Any:
        """The base class calls a method for each method of HTTP; all but one are alike."""
        if name.startswith("do_"):
            return self._serve
        raise AttributeError(name)

    def do_CONNECT(self) -> None:
        """A tunnel, for TLS."""
        try:
            host, port = proxy.host_and_port(self.path, 443)
        except ValueError as error:
            self._send(_plain(400, str(error)))
            return
        if (far := self._reach(host, port, "https")) is not None:
            self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            self.wfile.flush()
            with far:
                proxy.tunnel(self.connection, far)
        self.close_connection = True

    def _own_target(self) -> str | None:
        """Path and query of a request that is for this server; None for one that is to be passed on."""
        if self.path.startswith("/"):
            return self.path
        parts = urlsplit(self.path)
        if parts.hostname in (LOOPBACK, "localhost") and parts.port == self._front.port:
            return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return None

    def _forward(self) -> None:
        """A request without TLS to another host."""
        try:
            host, port = proxy.host_and_port(urlsplit(self.path).netloc, 80)
        except ValueError as error:
            self._send(_plain(400, str(error)))
            return
        body = self._body()
        if (far := self._reach(host, port, "http")) is None:
            return
        with far:
            parts = urlsplit(self.path)
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            kept = [f"{n}: {v}" for n, v in self.headers.items() if n.lower() not in _CONNECTION]
            head = "\r\n".join([f"{self.command} {target} HTTP/1.1", *kept, f"Content-Length: {len(body)}"])
            far.sendall(f"{head}\r\nConnection: close\r\n\r\n".encode() + body)
            proxy.tunnel(far, self.connection)
        self.close_connection = True

    def _reach(self, host: str, port: int, scheme: str) -> socket.socket | None:
        services = self._front.services
        if proxy.is_aws(host):
            services.refused[host] += 1
            self._send(_plain(403, proxy.refusal(host)))
            return None
        try:
            far = proxy.connect(host, port, services.proxies, scheme)
        except OSError as error:
            self._send(_plain(502, f"{host}:{port} cannot be reached: {error}"))
            return None
        return far

    def _control(self, what: str) -> None:
        if not hmac.compare_digest(self.headers.get(TOKEN, ""), self._front.token):
            self._send(_plain(403, "this needs the token of server.json"))
        elif what == "provider":
            self._provide()
        elif tell := self._front.services.told.get(what):
            self._send(Answer(200, {"Content-Type": "application/json"}, json.dumps(tell()).encode()))
        else:
            self._send(_plain(404, f"there is no {what}"))

    def _provide(self) -> None:
        """A provider instance for as long as whoever asked stays."""
        port, stop = self._front.services.provider(
            self.headers.get("X-Region", ""), unquote(self.headers.get("X-Folder", ""))
        )
        self.close_connection = True
        try:
            self.wfile.write(f"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{port}\n".encode())
            self.wfile.flush()
            while self.connection.recv(1):
                pass
        except OSError:
            pass
        finally:
            stop()

    def _body(self) -> bytes:
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return self._chunks()
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _chunks(self) -> bytes:
        parts = []
        while size := int(self.rfile.readline().split(b";")[0].strip() or b"0", 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return b"".join(parts)

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if not any(name.lower() == "content-length" for name in answer.headers):
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)
        self.wfile.flush()


_CONNECTION = {"connection", "proxy-connection", "proxy-authorization", "keep-alive", "content-length"} | {
    "transfer-encoding"
}


def _joined(items: Any) -> dict[str, str]:
    """Headers by the name of their first mention, repeated ones joined as HTTP allows."""
    found: dict[str, str] = {}
    names: dict[str, str] = {}
    for name, value in items:
        known = names.setdefault(name.lower(), name)
        found[known] = f"{found[known]},{value}" if known in found else value
    return found


def _plain(status: int, text: str) -> Answer:
    return Answer(status, {"Content-Type": "text/plain; charset=utf-8"}, f"{text}\n".encode())


def listening(front: Front) -> threading.Thread:
    """The thread in which a port answers until it is shut down."""
    thread = threading.Thread(target=front.serve_forever, kwargs={"poll_interval": 0.1}, name="front", daemon=True)
    thread.start()
    return thread
