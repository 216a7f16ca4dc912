"""One worker and two controllers in this thread, on real servers, with one clock: nothing happens between two steps.

The worker is asked by ASGI, so all that stands between a request and its answer is there: guard, signatures, handlers,
scripts, SQL. What another process would do in between is done by the methods beside.
"""

import asyncio
import io
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

from app.admission.capacity import FixedCapacity
from app.admission.controller import Controller
from app.admission.timing import Timing
from app.admission.values import WorkerReport
from app.clock import FixedClock
from app.errors import Unavailable
from app.opening import Opening, Rules
from app.reservations.pool import open_pool
from app.reservations.repository import PostgresReservations
from app.reservations.sweeper import sweep
from app.settings import Admission, Settings, Stores
from app.web import bookings
from app.web.application import create
from app.web.assembling import assemble
from app.web.logs import Journal
from tests.service.reservations.histories import EMPTY
from tests.service.reservations.town import DOORS_S, OPENING, Town

INSIDE_S, COME_WITHIN_S, HOLD_S = 120, 40, 30
BEFORE_S = 3
LONG_S = 100_000
REPORT = msgspec.json.encode(WorkerReport(1.0, 0.0, 0.0, 0.0, 0, {}, {}, 0, 0, 0))
KILL_SESSIONS = """SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()"""


class Fragile:
    """A line whose store, or whoever calls it, dies before or after the next call of one method."""

    def __init__(self, line):
        self._line = line
        self.dies_at = self.dies_after = None

    def __getattr__(self, name):
        method = getattr(self._line, name)
        if name not in {self.dies_at, self.dies_after}:
            return method

        async def dying(*values):
            if name == self.dies_after:
                await method(*values)
            raise Unavailable("it died")

        return dying


@dataclass
class Reply:
    """One answer."""

    status: int
    headers: dict
    body: dict

    @property
    def code(self):
        """The problem's code; empty for a success."""
        return self.body.get("type", "").rpartition("/")[2] if self.status >= 400 else ""


class House:
    """Everything of one opening.

    Args:
        url: of a migrated database; it is emptied.
        line: connected to an emptied Valkey.
        rate_per_s: people whom the one server takes in.
        cap: people inside at once; None for no cap.
    """

    def __init__(self, url, line, rate_per_s, cap):
        self.url, self.line = url, line
        self.clock, self.passed_s = FixedClock(DOORS_S - BEFORE_S), 0.0
        self.opening = Opening(
            name=OPENING,
            doors_at=datetime.fromtimestamp(DOORS_S, UTC),
            hold_s=HOLD_S,
            inside_s=INSIDE_S,
            come_within_s=COME_WITHIN_S,
            rules=Rules(joins_per_address_per_minute=10**6),
        )
        self.settings = Settings(
            stores=Stores(database_url=url, valkey_url="valkey://"),
            admission=Admission(journeys_per_server_per_s=rate_per_s, gain=2.0, poll_interval_s=1, max_inside=cap),
            openings=(self.opening,),
        )

    async def open(self):
        """Open it; `Town` makes slots in it."""
        self.pool = await open_pool(self.url, 4)
        await self.pool.execute(EMPTY)
        await self.pool.execute("TRUNCATE admission")
        reservations = PostgresReservations(self.pool, self.pool, self.clock)
        journal = Journal(io.BytesIO())
        self.parts = assemble(
            self.settings, self.clock, self.line, self.pool, self.pool, reservations=reservations, journal=journal
        )
        self.application = create(self.parts)
        self.town = Town(self.url, self.pool, self.clock)
        self.fragile: Any = Fragile(self.line)
        self.controllers = [self._controller() for _ in range(2)]
        await self.line.report("worker", REPORT, LONG_S)

    def _controller(self):
        timing = Timing(lease_s=LONG_S, monotonic=lambda: self.passed_s)
        return Controller(self.settings, self.clock, self.pool, self.fragile, FixedCapacity(1), timing=timing)

    async def departed(self):
        """Visits that end with a booking have ended."""
        await asyncio.gather(*bookings._departures)

    def close(self):
        """Give the connections back."""
        self.pool.terminate()

    async def ask(self, method, path, body=None, headers=None):
        """One request to the worker."""
        content = b"" if body is None else json.dumps(body).encode()
        sent = {"content-type": "application/json", "content-length": str(len(content)), **(headers or {})}
        raw = [(name.lower().encode(), value.encode()) for name, value in sent.items()]
        scope = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": raw}
        scope |= {"client": ("127.0.0.1", 1), "raw_path": path.encode(), "http_version": "1.1", "scheme": "http"}
        messages = []

        async def receive():
            return {"type": "http.request", "body": content, "more_body": False}

        async def send(message):
            messages.append(message)

        await self.application(scope, receive, send)
        said = b"".join(message.get("body", b"") for message in messages[1:])
        told = {name.decode(): value.decode() for name, value in messages[0]["headers"]}
        return Reply(messages[0]["status"], told, json.loads(said) if said else {})

    async def ask_cut_off(self, *request):
        """The same, but its session dies after all has been done and before it is committed."""
        async with self.town.session() as session, session.transaction():
            # the last thing that every step does
            await session.execute("LOCK TABLE answers IN EXCLUSIVE MODE")
            asking = asyncio.create_task(self.ask(*request))
            # it is tried twice
            for _ in range(2):
                await self.town.kill_waiting()
            return await asking

    async def second(self, ticking):
        """A second passes; these controllers look at the line, and the worker at the document."""
        self.clock.advance(1)
        self.passed_s += 1
        await self.line.report("worker", REPORT, LONG_S)
        for number in ticking:
            await self.controllers[number].tick()
        await self.parts.documents.refresh()

    async def end_lease(self):
        """The leader was away for too long: whoever comes first may lead."""
        await self.pool.execute("UPDATE admission SET lease_until = '-infinity'")

    def replace(self, number):
        """A controller's process dies without a word, and another one starts."""
        self.controllers[number] = self._controller()

    async def kill_sessions(self):
        """Every session of the database dies."""
        async with self.town.session() as session:
            await session.execute(KILL_SESSIONS)

    async def sweep(self):
        """What the leader does besides."""
        await sweep(self.pool, OPENING, self.clock)
