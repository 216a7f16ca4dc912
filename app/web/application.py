"""The service as one ASGI application: what is asked most stands in front of Starlette's router.

The public document is answered from bytes that are ready, before anything of the request but its path is looked at.
Every path without a variable is found in one dictionary; the others go through the router, which also runs what a
worker does in the background while it lives.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from starlette.routing import Route as StarletteRoute
from starlette.routing import Router

from app.errors import AppError, Unavailable, Unknown
from app.web import headers
from app.web.endpoint import Endpoint, Methods, problem_answer, send_answer
from app.web.metrics import POLL_ROUTE
from app.web.pages import static_pages
from app.web.parts import Parts
from app.web.reporting import Reporter
from app.web.routes import TABLE
from app.web.routing import Load, Route
from app.web.shedding import Shedder
from app.web.wire import App, Receive, Scope, Send

# a background task that fails is begun again after this
AGAIN_S = 1.0


def create(parts: Parts, table: tuple[Route, ...] = TABLE) -> Service:
    """The application of one worker; `table` is another one only in tests."""
    return Service(parts, table)


class Service:
    """Waiting room, reservations, console and pages."""

    def __init__(self, parts: Parts, table: tuple[Route, ...]) -> None:
        self._parts = parts
        self._shedder = Shedder(parts.settings.shed_after_s, parts.pool.get_max_size())
        self._reporter = Reporter(parts, self._shedder)
        encrypted = parts.settings.environment == "production"
        self._problem_headers = (headers.NO_STORE, *headers.security(headers.POLICY_OF_DATA, encrypted=encrypted))
        paths = self._paths(table)
        self._pages = static_pages(parts.pages, encrypted=encrypted)
        self._exact: dict[str, App] = {**self._pages}
        self._exact.update((path, methods) for path, methods in paths.items() if "{" not in path)
        self._router = Router(
            [StarletteRoute(path, endpoint=methods) for path, methods in paths.items() if "{" in path],
            redirect_slashes=False,
            default=_unknown,
            lifespan=self._background(),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or the worker's life."""
        if scope["type"] != "http":
            await self._router(scope, receive, send)
            return
        path = scope["path"]
        try:
            if path == POLL_ROUTE and scope["method"] == "GET":
                await self._poll(send)
            else:
                await self._exact.get(path, self._router)(scope, receive, send)
                if path in self._pages:
                    self._parts.metrics.pages += 1
        except AppError as error:
            # raised before any endpoint: an address or a method that nobody has, or a poll too many
            await send_answer(send, problem_answer(error), self._problem_headers)
            self._note(POLL_ROUTE if path == POLL_ROUTE else "other", error)

    async def _poll(self, send: Send) -> None:
        self._shedder.admit(Load.LOOKING)
        metrics = self._parts.metrics
        metrics.polls += 1
        self._parts.journal.poll()
        rendered = self._parts.documents.rendered
        await send(rendered.start)
        await send(rendered.body)

    def _note(self, label: str, error: AppError) -> None:
        self._parts.metrics.refuse(error.code)
        self._parts.metrics.observe(label, error.status, 0.0)
        if label != POLL_ROUTE:
            self._parts.journal.request(label, error.status, 0.0, error.code)

    def _paths(self, table: tuple[Route, ...]) -> dict[str, Methods]:
        by_path: dict[str, dict[str, Endpoint]] = {}
        for route in table:
            methods = by_path.setdefault(route.path, {})
            if route.method in methods:
                raise ValueError(f"{route.method} {route.path} is in the table twice; take one out")
            methods[route.method] = Endpoint(self._parts, route, self._shedder, self._reporter)
        return {path: Methods(methods) for path, methods in by_path.items()}

    def _background(self) -> Callable[[Router], AbstractAsyncContextManager[None]]:
        @asynccontextmanager
        async def lifespan(_: Router) -> AsyncGenerator[None]:
            await self._parts.documents.refresh()
            runs = {"document": self._parts.documents.run, "load": self._shedder.run, "report": self._reporter.run}
            tasks = [asyncio.create_task(self._keep(name, run)) for name, run in runs.items()]
            yield
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._parts.identity.stop()

        return lifespan

    async def _keep(self, name: str, run: Callable[[], Awaitable[None]]) -> None:
        """Begin a background task again whenever it fails: without it, the worker would serve what is long over."""
        while True:
            try:
                await run()
            except Unavailable:
                pass
            except Exception as error:  # noqa: BLE001  logged, and the worker lives on
                self._parts.journal.failed(name, error)
            await asyncio.sleep(AGAIN_S)


async def _unknown(scope: Scope, _receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    raise Unknown("nothing is at this address; begin at /")
