"""An HTTP/1.1 client for load: connections are kept alive and shared, and a request costs about 20 microseconds.

One connection carries one request at a time; pipelining would let a slow answer delay those behind it. A request that
finds every connection taken waits for one, and its caller measures that wait too, because it began at the intended
time.
"""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httptools

Headers = tuple[tuple[bytes, bytes], ...]


class Unanswered(Exception):
    """No answer came; the text is why in one word: ``refused``, ``closed``, ``timeout`` or ``garbled``."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer; names of headers are in lower case, `sent_s` is the loop's time at which it was asked for."""

    status: int
    headers: Headers
    body: bytes
    sent_s: float

    def header(self, name: bytes) -> str | None:
        """The first header of this lower-case name."""
        return next((value.decode("latin-1") for key, value in self.headers if key == name), None)

    def cookie(self, name: str) -> str | None:
        """The value that a ``Set-Cookie`` of this answer gives to the cookie `name`."""
        start = f"{name}=".encode()
        for key, value in self.headers:
            if key == b"set-cookie" and value.startswith(start):
                return value[len(start) :].split(b";", 1)[0].decode("latin-1")
        return None


@dataclass(frozen=True, slots=True)
class Target:
    """Where requests go.

    Raises:
        ValueError: from `of`, where the text is no address of a web server.
    """

    host: str
    port: int
    secure: bool

    @classmethod
    def of(cls, url: str) -> Target:
        """The target of an address such as ``http://127.0.0.1:8080``."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"url is {url!r}, but it must be http://host:port or https://host; write it so")
        secure = parts.scheme == "https"
        return cls(parts.hostname, parts.port or (443 if secure else 80), secure)


class _Connection(asyncio.Protocol):
    """One connection; `waiter` is the request under way, if any."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.transport: asyncio.Transport | None = None
        self.waiter: asyncio.Future[Answer] | None = None
        self.parser = httptools.HttpResponseParser(self)
        self.used = False
        self.sent_s = 0.0
        self._headers: list[tuple[bytes, bytes]] = []
        self._body: list[bytes] = []
        self._until_end = False

    def send(self, request: bytes, waiter: asyncio.Future[Answer]) -> None:
        assert self.transport is not None
        self.waiter = waiter
        self.transport.write(request)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # ty: ignore[invalid-assignment]  create_connection makes full transports

    def data_received(self, data: bytes) -> None:
        self.client.received_bytes += len(data)
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserError:
            self._fail("garbled")

    def connection_lost(self, exc: Exception | None) -> None:
        if self._until_end and self.waiter is not None and exc is None:
            self._done()
        else:
            self._fail("closed")
        self.client.forget(self)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        names = {name for name, _ in self._headers}
        # without a length the end of the connection is the end of the answer (RFC 9112, 6.3)
        self._until_end = not names & {b"content-length", b"transfer-encoding"}

    def on_body(self, body: bytes) -> None:
        self._body.append(body)

    def on_message_complete(self) -> None:
        if self.parser.get_status_code() < 200:
            self._headers, self._until_end = [], False
            return
        self._done()

    def _done(self) -> None:
        answer = Answer(self.parser.get_status_code(), tuple(self._headers), b"".join(self._body), self.sent_s)
        waiter, self.waiter = self.waiter, None
        lasting = self.parser.should_keep_alive() and not self._until_end
        self._headers, self._body, self._until_end, self.used = [], [], False, True
        if waiter is None or not lasting:
            self.close()
        else:
            self.client.release(self)
        if waiter is not None and not waiter.done():
            waiter.set_result(answer)

    def _fail(self, reason: str) -> None:
        waiter, self.waiter = self.waiter, None
        self.close()
        if waiter is not None and not waiter.done():
            waiter.set_exception(Unanswered(reason))

    def close(self) -> None:
        if self.transport is not None and not self.transport.is_closing():
            self.transport.abort()


class Client:
    """Requests to one target over at most `limit` connections.

    Args:
        target: where they go.
        limit: connections at once; what comes beyond waits for one.
        timeout_s: after which a request counts as unanswered.
        headers: of every request.

    Attributes:
        opened: connections, so far.
        sent_bytes: on all of them.
        received_bytes: on all of them.
    """

    def __init__(self, target: Target, limit: int = 1000, timeout_s: float = 30.0, headers: Headers = ()) -> None:
        self.target = target
        self.limit = limit
        self.timeout_s = timeout_s
        self.opened = 0
        self.sent_bytes = 0
        self.received_bytes = 0
        self._all: set[_Connection] = set()
        self._idle: list[_Connection] = []
        self._opening = 0
        self._queue: deque[asyncio.Future[None]] = deque()
        self._tls = ssl.create_default_context() if target.secure else None
        shared = ((b"host", f"{target.host}:{target.port}".encode()), *headers)
        self._head = b"".join(name + b": " + value + b"\r\n" for name, value in shared)

    async def request(self, method: str, path: str, headers: Headers = (), body: bytes = b"") -> Answer:
        """One request and its answer.

        A connection that the server closed while nobody used it costs one more try on a fresh one; every request of
        the journey may be repeated safely.

        Raises:
            Unanswered: none came.
        """
        wire = self._wire(method, path, headers, body)
        connection = await self._connection()
        stale = connection.used
        try:
            return await self._exchange(connection, wire)
        except Unanswered as error:
            if not stale or str(error) != "closed":
                raise
        return await self._exchange(await self._open(), wire)

    async def close(self) -> None:
        """Close every connection."""
        for connection in list(self._all):
            connection.close()
        await asyncio.sleep(0)

    def release(self, connection: _Connection) -> None:
        """Keep a connection for the next request."""
        self._idle.append(connection)
        self._wake()

    def forget(self, connection: _Connection) -> None:
        """A connection is gone."""
        self._all.discard(connection)
        if connection in self._idle:
            self._idle.remove(connection)
        self._wake()

    def _wire(self, method: str, path: str, headers: Headers, body: bytes) -> bytes:
        own = b"".join(name + b": " + value + b"\r\n" for name, value in headers)
        if body or method == "POST":
            own += b"content-length: %d\r\n" % len(body)
        return f"{method} {path} HTTP/1.1\r\n".encode() + self._head + own + b"\r\n" + body

    async def _exchange(self, connection: _Connection, wire: bytes) -> Answer:
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[Answer] = loop.create_future()
        connection.sent_s = loop.time()
        self.sent_bytes += len(wire)
        connection.send(wire, waiter)
        timer = loop.call_later(self.timeout_s, _time_out, connection, waiter)
        try:
            return await waiter
        except asyncio.CancelledError:
            connection.close()
            raise
        finally:
            timer.cancel()

    async def _connection(self) -> _Connection:
        while True:
            if self._idle:
                return self._idle.pop()
            if len(self._all) + self._opening < self.limit:
                return await self._open()
            turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._queue.append(turn)
            try:
                await turn
            except asyncio.CancelledError:
                if turn.done() and not turn.cancelled():
                    self._wake()
                raise

    async def _open(self) -> _Connection:
        self._opening += 1
        try:
            _, connection = await asyncio.get_running_loop().create_connection(
                lambda: _Connection(self), self.target.host, self.target.port, ssl=self._tls
            )
        except OSError as error:
            self._wake()
            raise Unanswered("refused") from error
        finally:
            self._opening -= 1
        self.opened += 1
        self._all.add(connection)
        return connection

    def _wake(self) -> None:
        while self._queue:
            turn = self._queue.popleft()
            if not turn.done():
                turn.set_result(None)
                return


def _time_out(connection: Any, waiter: asyncio.Future[Answer]) -> None:
    if not waiter.done():
        waiter.set_exception(Unanswered("timeout"))
    connection.waiter = None
    connection.close()
