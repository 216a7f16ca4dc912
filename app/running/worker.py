"""One web worker: uvicorn on the socket that it inherited, with parts of its own.

It starts although PostgreSQL or Valkey are away, connects when it needs them and connects again when they are back, so
what needs neither goes on being served: pages, the public document, and joins while PostgreSQL is away.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import signal
import socket
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import uvicorn
import uvloop
from pydantic import SecretStr

from app.clock import SystemClock
from app.line.valkey import ValkeyLine
from app.reservations.pool import open_pool
from app.running import logs, sharing
from app.running.listening import BACKLOG
from app.running.processes import DRAIN_S, LEAVE_AFTER_S
from app.settings import Settings
from app.web.application import create
from app.web.assembling import assemble

# just above the balancer's idle timeout of 60 s: whoever closes first must be the balancer
KEEP_ALIVE_S = 65
# for requests that were on their way when the worker was told to end
LAST_REQUESTS_S = 1.0


@dataclass(frozen=True, slots=True)
class Inherited:
    """What the supervisor gives to a process.

    Attributes:
        number: of the worker, from 0.
        listening: descriptor of the socket.
        ready: descriptor into which it says that it serves.
        snapshots: folder for its metrics.
    """

    number: int
    listening: int
    ready: int
    snapshots: Path


class Server(uvicorn.Server):
    """Uvicorn that leaves signals alone and says when it serves."""

    def __init__(self, config: uvicorn.Config, ready: int) -> None:
        super().__init__(config)
        self._ready = ready

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        """Signals are handled by whoever runs the loop."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start and say so."""
        await super().startup(sockets)
        # what was made so far lives as long as the process
        gc.collect()
        gc.freeze()
        os.write(self._ready, b"\n")
        os.close(self._ready)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept nothing more, answer what comes on open connections while saying that they close, then close them.

        Uvicorn alone closes connections at once on which nothing was asked yet, and loses what is on its way there.
        """
        for server in self.servers:
            server.close()
        self.server_state.default_headers = [*self.server_state.default_headers, (b"connection", b"close")]
        until = asyncio.get_running_loop().time() + LAST_REQUESTS_S
        while self.server_state.connections and asyncio.get_running_loop().time() < until:  # noqa: ASYNC110  no event
            await asyncio.sleep(0.02)
        await super().shutdown(sockets)


def run(settings: Settings, inherited: Inherited) -> None:
    """Serve until SIGTERM."""
    logs.configure(f"worker/{inherited.number}")
    uvloop.run(_serve(settings, inherited))


async def _serve(settings: Settings, inherited: Inherited) -> None:
    stores = settings.stores
    size = sharing.of_worker(stores.connections, settings.workers)
    line = await ValkeyLine.connect(stores.valkey_url.get_secret_value())
    pool = await _pool(stores.database_url, size)
    readers = await _pool(stores.database_reader_url, size) if stores.database_reader_url else pool
    name = f"{socket.gethostname()}/{inherited.number}"
    parts = assemble(settings, SystemClock(), line, pool, readers, worker=name, snapshots=inherited.snapshots)
    server = Server(uvicorn_config(create(parts)), inherited.ready)
    _leave_when_told(server)
    try:
        await server.serve([socket.socket(fileno=inherited.listening)])
    finally:
        for opened in {pool, readers}:
            opened.terminate()
        await line.close()


def uvicorn_config(application: object) -> uvicorn.Config:
    """How uvicorn serves; addresses of clients are read by the application itself."""
    return uvicorn.Config(
        application,  # ty: ignore
        http="httptools",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        backlog=BACKLOG,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=DRAIN_S,
    )


async def _pool(url: SecretStr, size: int) -> asyncpg.Pool:
    return await open_pool(url.get_secret_value(), size, at_once=0)


def _leave_when_told(server: Server) -> None:
    def leave() -> None:
        server.should_exit = True
        # one that cannot drain must not hold up its successor, nor outlive a supervisor that is gone
        signal.alarm(LEAVE_AFTER_S)

    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, leave)
    # Ctrl-C is for the supervisor, which then tells us
    loop.add_signal_handler(signal.SIGINT, lambda: None)
