"""One route as a bare ASGI application: everything that happens around a handler, in one order for all of them.

Refused when there is too much to do, headers within bounds, sent by our own pages, allowed in (`app.web.guard`), query
known, body read and decoded, handled, answered, counted. What is cheap comes first, and nobody makes us read a body
before the guard has let them pass.
"""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Any

import msgspec

from app.errors import AppError, WrongMethod
from app.web import guard, headers, problems, wire
from app.web.csrf import refuse_cross_site
from app.web.headers import Header
from app.web.messages import Problem
from app.web.parts import Parts
from app.web.routing import Answer, Call, Load, Route
from app.web.wire import Disconnected, Receive, Scope, Send

if TYPE_CHECKING:
    from app.web.reporting import Reporter
    from app.web.shedding import Shedder

JSON = (b"content-type", b"application/json")
PROBLEM_JSON = (b"content-type", b"application/problem+json")
# in this answer the rest of the request may still be on its way
CLOSE = (b"connection", b"close")
HOW_TO_SIGN_IN = (b"www-authenticate", b'Cookie realm="operators", form-action="/operator/"')
_encode = msgspec.json.Encoder().encode


class Endpoint:
    """Answers one method of one path."""

    def __init__(self, parts: Parts, route: Route, shedder: Shedder, reporter: Reporter) -> None:
        self._parts, self._route, self._shedder, self._reporter = parts, route, shedder, reporter
        self._label = f"{route.method} {route.path}"
        self._decoder = msgspec.json.Decoder(route.body) if route.body else None
        self._query = tuple(query.name for query in route.query)
        self._security = headers.security(headers.POLICY_OF_DATA, encrypted=parts.settings.environment == "production")
        self._headers: tuple[Header, ...] = (*self._security, (b"cache-control", route.cache_control.encode()))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        began_s = perf_counter()
        problem = None
        if self._route.counts_latency:
            self._shedder.begin()
        try:
            answer = await self._handled(scope, receive)
        except Disconnected:
            return
        except Exception as error:  # noqa: BLE001  whatever it was, people get a problem and we a line
            shown = self._shown(error)
            answer, problem = problem_answer(shown), shown.code
        finally:
            if self._route.counts_latency:
                self._shedder.end()
        own = self._headers if problem is None else (*self._security, headers.NO_STORE)
        await send_answer(send, answer, own)
        self._note(answer.status, perf_counter() - began_s, problem)

    async def _handled(self, scope: Scope, receive: Receive) -> Answer:
        parts, route = self._parts, self._route
        self._shedder.admit(route.load, database=route.counts_latency)
        asked = wire.read_headers(scope["headers"])
        refuse_cross_site(route.method, asked)
        address = wire.client_address(scope, asked, parts.settings.trusted_hops)
        call = Call(parts, route, parts.clock.now_s(), address, asked, scope.get("path_params") or {})
        guard.check(call)
        call.query = wire.read_query(scope, self._query)
        for query in route.query:
            query.check(call.query.get(query.name))
        if self._decoder is not None:
            call.body = await self._body(asked, receive)
        if route.counts_latency:
            self._reporter.look_at_pool()
        return await route.handler(call)

    async def _body(self, asked: dict[str, str], receive: Receive) -> Any:
        assert self._decoder is not None, "the route has a body"
        wire.require_json(asked)
        body = await wire.read_body(receive, asked)
        try:
            decoded = self._decoder.decode(body)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise problems.from_message(error) from error
        wire.refuse_nul(b"\\u0000" in body)
        return decoded

    def _shown(self, error: Exception) -> AppError:
        trace = f"{self._parts.generator.getrandbits(64):016x}"
        shown = problems.from_exception(error, trace)
        if isinstance(shown, problems.Internal):
            self._parts.journal.failed(self._label, error, trace)
        self._parts.metrics.refuse(shown.code)
        return shown

    def _note(self, status: int, seconds: float, problem: str | None) -> None:
        route, parts = self._route, self._parts
        parts.metrics.observe(self._label, status, seconds)
        if route.counts_latency and status < 500:
            self._reporter.latencies.add(parts.clock.now_s(), seconds)
        if route.load is not Load.ALWAYS:
            parts.journal.request(self._label, status, seconds, problem)


class Methods:
    """Every method of one path; HEAD is GET without its body (RFC 9110, section 9.3.2)."""

    def __init__(self, endpoints: dict[str, Endpoint]) -> None:
        self._endpoints = endpoints | ({"HEAD": endpoints["GET"]} if "GET" in endpoints else {})
        self._allowed = ", ".join(sorted(self._endpoints))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request.

        Raises:
            WrongMethod: no endpoint is for this method.
        """
        endpoint = self._endpoints.get(scope["method"])
        if endpoint is None:
            raise WrongMethod(f"this address takes {self._allowed}; use one of them", allowed=self._allowed)
        await endpoint(scope, receive, send)


def problem_answer(error: AppError) -> Answer:
    """An error as the answer that people get."""
    more: list[Header] = []
    if error.retry_after_s is not None:
        more.append((b"retry-after", str(max(1, error.retry_after_s)).encode()))
    if isinstance(error, WrongMethod):
        more.append((b"allow", error.allowed.encode()))
    if error.status == 401:
        more.append(HOW_TO_SIGN_IN)
    if error.status in {413, 431}:
        more.append(CLOSE)
    return Answer(problems.body_of(error), error.status, tuple(more))


async def send_answer(send: Send, answer: Answer, own: tuple[Header, ...]) -> None:
    """Send a whole answer, with the headers of every one of its kind."""
    body = answer.body
    sent = [*own, *answer.headers]
    content = b""
    if body is not None:
        content = body if isinstance(body, bytes) else _encode(body)
        sent.append(PROBLEM_JSON if isinstance(body, Problem) else JSON)
    if answer.status != 204:
        sent.append((b"content-length", str(len(content)).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": sent})
    await send({"type": "http.response.body", "body": content})
