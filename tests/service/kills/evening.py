"""One evening in which each part of the service is killed in turn while people come, wait and book all the time."""

import asyncio
import functools
import time
from contextlib import suppress
from dataclasses import dataclass, field

import aiohttp
import asyncpg

from tests.service.kills.crowd import Crowd
from tests.service.kills.processes import answers
from tests.service.kills.record import Sold

PEOPLE_AT_ONCE = 150
# the requirement is 10 s; who waits longer than this learns nothing more
GIVE_UP_S = 30.0
PEACE_S = 2.0
IN_A_ROW = 4
STORES = ("valkey", "postgres")
# by turns, and at last all of them in one moment
VICTIMS = {
    "worker": ("worker",),
    "controller": ("controller",),
    "valkey": ("valkey",),
    "postgres": ("postgres",),
    "everything": ("worker", "controller", "valkey", "postgres"),
}


@dataclass
class Evening:
    """What is left of it.

    Attributes:
        crowd: everybody who came.
        sold: what the database has.
        away_s: how long Valkey or PostgreSQL itself was away.
        back_s: seconds from there until the service did all of its work again.
        booked_meanwhile: confirms that were answered after each kill until all worked.
    """

    crowd: Crowd
    sold: Sold
    away_s: dict = field(default_factory=dict)
    back_s: dict = field(default_factory=dict)
    booked_meanwhile: dict = field(default_factory=dict)


async def play(service):
    """The whole evening."""
    crowd = Crowd(service.url, PEOPLE_AT_ONCE)
    evening = Evening(crowd, Sold([], [], {}))
    url = f"postgresql://floodgate@127.0.0.1:{service.port('postgres')}/floodgate"
    async with asyncio.TaskGroup() as group:
        people = group.create_task(crowd.run())
        reading = group.create_task(_read_calls(url, service.opening, crowd.record))
        await _until(lambda: _all_works(service, crowd, 0.0, 0))
        for name in VICTIMS:
            await asyncio.sleep(PEACE_S)
            await _kill(service, name, evening)
        await asyncio.sleep(PEACE_S)
        crowd.stopping.set()
        await people
        reading.cancel()
    evening.sold = await _sold(url, service.opening)
    return evening


async def _kill(service, name, evening):
    killed_s, called = time.monotonic(), evening.crowd.serving
    ports = {kind: service.port(kind) for kind in VICTIMS[name] if kind in STORES}
    before = service.count()
    for kind in VICTIMS[name]:
        service.kill(kind)
    for kind, port in ports.items():
        await _until(functools.partial(answers, kind, port))
    back_s = time.monotonic()
    evening.away_s[name] = back_s - killed_s

    async def all_back():
        # whoever was killed has a successor
        return service.count() == before and await _all_works(service, evening.crowd, back_s, called)

    await _until(all_back)
    evening.back_s[name] = time.monotonic() - back_s
    booked = evening.crowd.record.confirms
    evening.booked_meanwhile[name] = sum(1 for confirm in booked if confirm.sent_s >= back_s)


async def _until(ask):
    until = time.monotonic() + GIVE_UP_S
    while time.monotonic() < until:
        if await ask():
            return
        await asyncio.sleep(0.05)


async def _all_works(service, crowd, since_s, called):
    """Ready several times in a row, and since then: joined, called and entered, booked, and told in a new document."""
    since_at_s = time.time() - (time.monotonic() - since_s)
    with suppress(OSError, aiohttp.ClientError):
        async with aiohttp.ClientSession(service.url, timeout=aiohttp.ClientTimeout(total=2)) as session:
            for _ in range(IN_A_ROW):
                async with session.get("/readyz", headers={"Connection": "close"}) as answer:
                    if answer.status != 200:
                        return False
                async with session.get("/queue/now-serving.json", headers={"Connection": "close"}) as answer:
                    document = await answer.json()
                    if document["phase"] != "open" or document["at_s"] < since_at_s:
                        return False
        record = crowd.record
        entered = any(entrance.place >= called for entrance in record.entrances)
        return entered and all(any(seen.sent_s >= since_s for seen in each) for each in (record.joins, record.confirms))
    return False


async def _read_calls(url, opening, record):
    """Reads the row of the line all evening, whenever the database answers."""
    while True:
        with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError):
            session = await asyncpg.connect(url, timeout=1)
            try:
                while True:
                    row = await session.fetchrow("SELECT serving FROM admission WHERE opening = $1", opening, timeout=1)
                    if row is not None:
                        record.called.append((time.monotonic(), row["serving"]))
                    await asyncio.sleep(0.1)
            finally:
                session.terminate()
        await asyncio.sleep(0.1)


async def _sold(url, opening):
    session = await asyncpg.connect(url)
    try:
        bookings = await session.fetch(
            "SELECT reference, state, slot_id, person, place FROM bookings WHERE opening = $1", opening
        )
        units = await session.fetch(
            "SELECT slot_id, state, person, place, reference FROM units WHERE opening = $1 AND state <> 'free'", opening
        )
        slots = await session.fetch("SELECT slot_id, capacity FROM slots WHERE opening = $1", opening)
    finally:
        await session.close()
    return Sold([dict(row) for row in bookings], [dict(row) for row in units], dict(map(tuple, slots)))
