"""Controllers on real servers, with a clock of their own: a second passes when a test says so."""

import asyncio
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import asyncpg
import msgspec
import pytest

from app.admission.capacity import FixedCapacity
from app.admission.controller import Controller, Duties
from app.admission.document import key, snapshot_key
from app.admission.timing import Timing
from app.admission.values import Controls, WorkerReport
from app.clock import FixedClock
from app.errors import Unavailable
from app.line.document import NowServing
from app.line.valkey import ValkeyLine
from app.opening import Opening
from app.settings import Admission, Settings, Stores

DOORS = datetime(2027, 8, 9, 11, tzinfo=UTC)
NAME = "august"


def opening(name=NAME, doors=DOORS, **changes):
    return Opening(name=name, title={"en": "August"}, doors_at=doors, **changes)


def settings(*openings, **admission):
    rates = {"journeys_per_server_per_s": 100.0, "gain": 2.0, "poll_interval_s": 5, **admission}
    return Settings(
        stores=Stores(database_url="postgresql://", valkey_url="valkey://"),
        admission=Admission(**rates),
        openings=openings or (opening(),),
    )


def report(**changes):
    """What a worker tells that has nothing to do, but for these."""
    idle = WorkerReport(1.0, 0.0, 0.0, 0.0, 0, {}, {}, 0, 0, 0)
    return msgspec.json.encode(msgspec.structs.replace(idle, **changes))


class Night:
    """One opening on real servers. Controllers share its wall clock; `second` lets a second pass for all of them."""

    def __init__(self, pool, line, planned):
        self.pool, self.line, self.settings = pool, line, planned
        self.clock = FixedClock(DOORS.timestamp() - 60)
        self.passed_s = 0.0
        self.controls = Controls()
        self.servers = 1.0
        self.reports = report()
        self.snapshots = []

    def controller(self, lease_s=60.0, **duties):
        async def controls(_connection, _opening):
            return self.controls

        capacity = FixedCapacity(self.servers)
        told = replace(Duties(controls, observers=(self.snapshots.append,)), **duties)
        timing = Timing(lease_s=lease_s, monotonic=lambda: self.passed_s)
        return Controller(self.settings, self.clock, self.pool, self.line, capacity, told, timing)

    async def second(self, *controllers):
        self.clock.advance(1.0)
        self.passed_s += 1.0
        if self.reports:
            with suppress(Unavailable):
                await self.line.report("w/0", self.reports, 600)
        for controller in controllers:
            await controller.tick()

    async def seconds(self, count, *controllers):
        for _ in range(count):
            await self.second(*controllers)

    async def join(self, people, first=0, opening=NAME):
        numbers = []
        # fewer at once than one client may have under way
        for start in range(first, first + people, 1000):
            some = range(start, min(start + 1000, first + people))
            numbers += await asyncio.gather(*(self.line.join(opening, [b"%016d" % person]) for person in some))
        return [joined.number for joined in numbers]

    async def to_the_doors(self):
        self.clock.at_s = DOORS.timestamp() - 1

    async def state(self, opening=NAME):
        return await self.line.state(opening, self.clock.now_s())

    async def document(self, opening=NAME):
        found = await self.line.get(key(opening))
        return None if found is None else msgspec.json.decode(found, type=NowServing)

    async def snapshot(self, opening=NAME):
        return msgspec.json.decode(await self.line.get(snapshot_key(opening)))

    async def row(self, opening=NAME):
        return await self.pool.fetchrow("SELECT * FROM admission WHERE opening = $1", opening)


@pytest.fixture
def night(database, valkey_url):
    """Runs a coroutine function with a `Night`, in which one worker reports each second."""

    @asynccontextmanager
    async def servers(planned):
        pool = await asyncpg.create_pool(database, min_size=0, max_size=4)
        line = await ValkeyLine.connect(valkey_url)
        try:
            yield Night(pool, line, planned)
        finally:
            await line.close()
            pool.terminate()

    def run(play, *openings, **admission):
        async def whole():
            async with servers(settings(*openings, **admission)) as one:
                await play(one)

        asyncio.run(whole())

    return run


def later(**difference):
    return DOORS + timedelta(**difference)
