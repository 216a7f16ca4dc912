"""A service to measure: PostgreSQL with fsync on, Valkey and web workers, each a process, all on this machine.

No controller runs: the line is begun by hand, the doors are open and everybody is called, so that what is measured is
what people cost and not what the controller lets in.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from app.errors import SetupError
from app.keys import Keys
from app.line import draw
from app.line.document import Draw
from app.line.passes import Pass, Passes
from app.line.tickets import Ticket, Tickets, tag
from app.line.valkey import ValkeyLine
from app.load.client import Target
from app.local.postgres import DURABLE, SHARED, Postgres
from app.local.valkey import Valkey
from app.migrations import migrate
from app.opening import Opening
from app.reservations.pool import open_pool
from app.reservations.seeding import seed
from app.running.listening import BACKLOG
from app.running.sharing import OF_CONTROLLER
from app.settings import Settings
from app.web.document_source import compose_alone

ROOT = Path(__file__).resolve().parents[2]
SECRET = "only-for-measuring-0123456789abcdefgh"  # noqa: S105  signs passes of a service that lives for minutes
READY_WITHIN_S = 30.0
KEPT_S = 86_400


@dataclass(frozen=True, slots=True)
class Insider:
    """Headers of somebody who is in and has proved who they are, and the prefix of their idempotency keys."""

    headers: tuple[tuple[bytes, bytes], ...]
    name: bytes


@dataclass(slots=True)
class Service:
    """A running service.

    Attributes:
        target: where it answers.
        postgres: its database server.
        valkey: its store.
        opening: the one that is open.
        workers: process ids.
    """

    target: Target
    postgres: Postgres
    valkey: Valkey
    opening: Opening
    workers: list[int]

    def insiders(self, first: int, count: int) -> list[Insider]:
        """People with these places, admitted without the line, so that bookings alone are measured."""
        keys, now_s = Keys(SECRET), time.time()
        tickets, passes = Tickets(keys), Passes(keys)
        found = []
        for place in range(first, first + count):
            ticket = tickets.issue(Ticket(self.opening.name, place, int(now_s)), now_s)
            visit = Pass(self.opening.name, place, int(now_s) + 7200, tag(ticket), secrets.token_bytes(16))
            headers = ((b"floodgate-ticket", ticket.encode()), (b"floodgate-pass", passes.issue(visit, now_s).encode()))
            found.append(Insider(headers, b"measured-%d" % place))
        return found


@contextmanager
def running(
    shape: str, workers: int = 2, connections: int = 10, providers: dict[str, str] | None = None
) -> Generator[Service]:
    """Start everything, and stop it at the end.

    Args:
        shape: of what can be booked (`app.reservations.seeding.shape_of`).
        workers: web processes.
        connections: to the database, of each of them.
        providers: addresses of identity providers by name.

    Raises:
        SetupError: a server does not start.
    """
    SHARED.mkdir(mode=0o755, parents=True, exist_ok=True)
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="measured-", dir=SHARED))
        folder.chmod(0o755)
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        postgres, valkey = Postgres(folder / "postgres", settings=dict(DURABLE)), Valkey(folder / "valkey")
        for server in (postgres, valkey):
            server.start()
            stack.callback(server.stop)
        migrate(postgres.url)
        doors = datetime.now(UTC) - timedelta(minutes=1)
        rules = {"joins_per_address_per_minute": 10**9, "checks_per_address_per_minute": 10**9}
        opening = Opening.model_validate({"name": "measured", "doors_at": doors, "rules": rules})
        settings = _settings(postgres, valkey, opening, providers or {})
        settings["workers"], settings["stores"]["connections"] = workers, workers * connections + OF_CONTROLLER
        asyncio.run(_prepare(Settings.model_validate(settings), shape))
        listening = socket.create_server(("127.0.0.1", 0), backlog=BACKLOG)
        stack.callback(listening.close)
        target = Target("127.0.0.1", listening.getsockname()[1], secure=False)
        service = Service(target, postgres, valkey, opening, [])
        for number in range(workers):
            service.workers.append(_worker(stack, listening, folder, number, settings))
        yield service


def _settings(postgres: Postgres, valkey: Valkey, opening: Opening, providers: dict[str, str]) -> dict[str, Any]:
    return {
        "secret": SECRET,
        "stores": {"database_url": postgres.url, "valkey_url": valkey.url},
        "openings": [opening.model_dump(mode="json")],
        "providers": [{"name": name, "title": {"en": name}, "url": url} for name, url in providers.items()],
    }


async def _prepare(settings: Settings, shape: str) -> None:
    """Seed the units, begin the line, open the doors and call everybody."""
    opening = settings.openings[0]
    pool = await open_pool(settings.stores.database_url.get_secret_value(), 2)
    await seed(pool, opening, shape)
    await pool.execute("VACUUM ANALYZE units")
    await pool.close()
    line = await ValkeyLine.connect(settings.stores.valkey_url.get_secret_value())
    await line.begin(opening.name, 0, None, 0, 0)
    prequeue = await line.seal(opening.name)
    keys = Keys(settings.secret.get_secret_value())
    secret = draw.secret(keys, opening.name)
    document = msgspec.structs.replace(
        compose_alone(settings, opening, time.time(), keys),
        phase="open",
        serving=10**8,
        rate_per_s=100.0,
        draw=Draw(draw.commitment(secret), prequeue, secret.hex()),
    )
    await line.call(opening.name, document.serving, 0, 1)
    await line.put(f"now-serving/{opening.name}", msgspec.json.encode(document), KEPT_S)
    await line.close()


def _worker(stack: ExitStack, listening: socket.socket, folder: Path, number: int, settings: dict[str, Any]) -> int:
    """Start one; it writes a byte when it serves."""
    reading, writing = os.pipe()
    descriptors = [listening.fileno(), writing]
    told = {"number": number, "listening": descriptors[0], "ready": writing, "snapshots": str(folder)}
    process = subprocess.Popen(
        [sys.executable, "-m", "app.calibration.worker"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        pass_fds=descriptors,
        text=True,
    )
    os.close(writing)

    def stop() -> None:
        process.terminate()
        process.wait(timeout=READY_WITHIN_S)

    stack.callback(stop)
    assert process.stdin is not None, "it is a pipe"
    process.stdin.write(json.dumps({**told, "settings": settings}))
    process.stdin.close()
    with os.fdopen(reading, "rb") as pipe:
        if not select.select([pipe], [], [], READY_WITHIN_S)[0] or not pipe.read(1):
            raise SetupError(f"web worker {number} does not start; try it alone with `python -m app serve`")
    return process.pid
