"""A town with as many clinics, slots and units as a test asks for, on a real database with a clock of its own."""

import asyncio
import itertools
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta

import asyncpg

from app.clock import FixedClock
from app.errors import AppError
from app.reservations.pool import open_pool
from app.reservations.repository import PostgresReservations
from app.reservations.values import Choice, Who

OPENING = "kr-2027"
REGION = "KR-11"
DAY = date(2027, 8, 20)
DOORS_S = datetime(2027, 8, 9, 11, tzinfo=UTC).timestamp()
HOLD_S = 300
# bytes that stand for an encrypted contact
CONTACT = b"sealed"
# all but the audit trail, which cannot be
EMPTY = "TRUNCATE clinics, slots, units, bookings, wishes, answers, messages RESTART IDENTITY CASCADE"


def someone(number, place=None):
    """The person of this number, with a place of their own."""
    return Who(OPENING, number if place is None else place, number.to_bytes(4) * 4)


class Town:
    """One opening's reservations."""

    def __init__(self, url, pool, clock):
        self.url, self.pool, self.clock = url, pool, clock
        self.reservations = PostgresReservations(pool, pool, clock)
        self._keys = itertools.count()
        self._slots = itertools.count(1)

    def key(self):
        """A new idempotency key."""
        return f"key-{next(self._keys)}"

    async def slot(self, units, clinic=1, region=REGION, day=DAY):
        """A new slot of this many units."""
        number = next(self._slots)
        starts_at = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=number)
        async with self.pool.acquire() as session, session.transaction():
            await session.execute(
                "INSERT INTO clinics VALUES ($1, $2, $3, '{}', '{}') ON CONFLICT DO NOTHING", clinic, OPENING, region
            )
            await session.execute(
                "INSERT INTO slots VALUES ($1, $2, $3, $4, $5, $6, $7)",
                *(number, OPENING, region, clinic, day, starts_at, units),
            )
            await session.execute(
                "INSERT INTO units (slot_id, number, capacity, clinic_id, day, spread, opening, region) "
                "SELECT $1, n, $2::int, $3, $4, hashint4(n) & 2147483647, $5, $6 FROM generate_series(1, $2::int) AS n",
                *(number, units, clinic, day, OPENING, region),
            )
        return number

    async def hold(self, who, slot=None, key=None, **choice):
        """Hold, with a key of its own unless one is given."""
        return await self.reservations.hold(who, Choice(slot_id=slot, **choice), key or self.key(), HOLD_S)

    async def confirm(self, who, held, key=None):
        return await self.reservations.confirm(who, held.hold_id, CONTACT, key or self.key())

    async def book(self, who, slot=None, **choice):
        """Hold and confirm."""
        return await self.confirm(who, await self.hold(who, slot, **choice))

    async def change(self, who, booking, slot=None, key=None, **choice):
        choice = Choice(slot_id=slot, **choice)
        return await self.reservations.change(who, booking.reference, choice, key or self.key())

    async def cancel(self, booking, key=None):
        return await self.reservations.cancel(OPENING, booking.reference, key or self.key())

    async def wish(self, who, key=None, **choice):
        wanted = Choice(**(choice or {"region": REGION}))
        return await self.reservations.wish(who, wanted, CONTACT, key or self.key())

    async def units(self, slot=None):
        """How many units there are of each state that occurs."""
        rows = await self.pool.fetch(
            "SELECT state, count(*) FROM units WHERE $1::bigint IS NULL OR slot_id = $1 GROUP BY state", slot
        )
        return {row["state"]: row["count"] for row in rows}

    async def booked_by(self, who):
        """Slots that a person has booked."""
        rows = await self.pool.fetch("SELECT slot_id FROM units WHERE person = $1 AND state = 'booked'", who.person)
        return [row["slot_id"] for row in rows]

    @asynccontextmanager
    async def session(self):
        """A session beside the pool."""
        session = await asyncpg.connect(self.url)
        try:
            yield session
        finally:
            await session.close()

    async def until_blocked(self, sessions=1):
        """Wait until so many sessions wait for a lock."""
        async with asyncio.timeout(10), self.session() as session:
            while await session.fetchval(WAITING) < sessions:
                await session.execute("SELECT pg_sleep(0.01)")

    async def kill_waiting(self):
        """Kill the sessions that wait for a lock, once there is one."""
        await self.until_blocked()
        # a session of its own: within a transaction the list of sessions stays as it was
        async with self.session() as session:
            await session.execute(KILL_WAITING)


KILL_WAITING = """SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE wait_event_type = 'Lock' AND datname = current_database()"""
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"


async def outcome(request):
    """What a request answers: its value, or the code of its refusal."""
    try:
        return await request
    except AppError as error:
        return error.code


async def outcomes(*requests):
    """The same for requests that are sent at once."""
    return await asyncio.gather(*(outcome(request) for request in requests))


def play(url, scene, connections=20, *, empty=False):
    """Play a scene, a coroutine function that takes a town, on the database at `url`; emptied first, if told so."""

    async def playing():
        pool = await open_pool(url, connections)
        try:
            if empty:
                await pool.execute(EMPTY)
            return await scene(Town(url, pool, FixedClock(DOORS_S)))
        finally:
            pool.terminate()

    return asyncio.run(playing())
