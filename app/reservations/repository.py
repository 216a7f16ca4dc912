"""Reservations on PostgreSQL: each step is one statement that calls one function, and its answer as a frozen value.

What is done again by itself: a step that met another one (two devices of one person, a deadlock), and a step whose
connection died, since its key gives the same answer if it was done already. Nothing is held across a call to anything
else. Fail-closed: without the writer there is no hold, no booking and no change; lists come from the readers.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import asyncpg

from app.clock import Clock
from app.errors import BadInput, Unavailable, Unknown
from app.reservations.idempotency import answer_id, body
from app.reservations.pool import LOST, RETRY_AFTER_S, session
from app.reservations.refusals import refusal
from app.reservations.statements import SQL
from app.reservations.values import Booking, Choice, HeldUnit, Who
from app.web.messages import Clinic, Slot

ATTEMPTS = 12
# a second attempt would only add to the load
TOO_SLOW = (TimeoutError, asyncpg.QueryCanceledError)
# "the same person twice", "a deadlock", "what was seen has changed": true for a moment only
MET_ANOTHER = (asyncpg.UniqueViolationError, asyncpg.DeadlockDetectedError, asyncpg.SerializationError)


class PostgresReservations:
    """Bookings of one database.

    Args:
        pool: connections to the writer.
        reader_pool: to the readers, for lists; they may be a moment behind.
        clock: when it is; None: the database knows, the same for every server.
    """

    def __init__(self, pool: asyncpg.Pool, reader_pool: asyncpg.Pool, clock: Clock | None = None) -> None:
        self._pool, self._reader_pool, self._clock = pool, reader_pool, clock

    async def clinics(self, opening: str, region: str | None) -> Sequence[Clinic]:
        """Clinics of a region, or of all."""
        if not _is_code(region):
            return []
        async with session(self._reader_pool) as connection:
            rows = await connection.fetch(SQL["clinics"], opening, region)
        return [
            Clinic(
                row["clinic_id"],
                row["region"],
                json.loads(row["name"]),
                json.loads(row["address"]),
                [day.isoformat() for day in row["days"]],
            )
            for row in rows
        ]

    async def free_slots(self, opening: str, region: str, day: str) -> Sequence[Slot]:
        """Slots with what was free at this moment."""
        if not _is_code(region):
            return []
        async with session(self._reader_pool) as connection:
            rows = await connection.fetch(SQL["free_slots"], opening, region, _day(day), self._at())
        return [Slot(*row) for row in rows]

    async def hold(self, who: Who, choice: Choice, key: str, hold_s: int) -> HeldUnit:
        """Keep one unit. Nobody is refused a unit that was free at that moment.

        Who holds another unit gives it back when this one is theirs, and keeps it when there is none.
        """
        asked = _choice(choice)
        row = await self._act(
            "hold",
            answer_id(who.opening, who.person, key),
            body("hold", *asked),
            (who.opening, who.place, who.person, *asked, hold_s, self._at()),
        )
        return HeldUnit(row["id"], row["slot_id"], row["clinic_id"], _seconds(row["starts_at"]), _seconds(row["until"]))

    async def release(self, who: Who, hold_id: UUID, key: str) -> None:
        """Give a held unit back; one that is over is no error."""
        await self._act(
            "release",
            answer_id(who.opening, who.person, key),
            body("release", hold_id),
            (who.opening, who.person, hold_id, self._at()),
        )

    async def confirm(self, who: Who, hold_id: UUID, contact: bytes, key: str) -> Booking:
        """Turn a hold into a booking; `contact` is encrypted already.

        A hold that is over is confirmed as long as nobody has taken the unit.
        """
        row = await self._act(
            "confirm",
            answer_id(who.opening, who.person, key),
            body("confirm", hold_id, contact),
            (who.opening, who.person, hold_id, contact, self._at()),
        )
        return _booking(row)

    async def booking(self, opening: str, reference: str) -> Booking:
        """A booking by its reference, as the writer has it."""
        async with session(self._pool) as connection:
            row = await connection.fetchrow(SQL["booking"], reference, opening)
        if row is None:
            raise Unknown("there is no such booking in this opening; use the reference that came with it")
        return _booking(row)

    async def change(self, who: Who, reference: str, choice: Choice, key: str) -> Booking:
        """Move a booking to another unit, or leave it as it is."""
        asked = _choice(choice)
        row = await self._act(
            "change",
            answer_id(who.opening, who.person, key),
            body("change", reference, *asked),
            (who.opening, who.person, reference, *asked, self._at()),
        )
        return _booking(row)

    async def cancel(self, opening: str, reference: str, key: str) -> Booking:
        """Give a booking back; the first on the waiting list whom it suits is booked in the same transaction."""
        row = await self._act(
            "cancel",
            answer_id(opening, reference.encode(), key),
            body("cancel", reference),
            (opening, reference, self._at()),
        )
        return _booking(row)

    async def wish(self, who: Who, choice: Choice, contact: bytes, key: str) -> tuple[UUID, int]:
        """Stand on the waiting list; the wish and how many stand before."""
        slot_id, *asked = _choice(choice)
        if slot_id is not None:
            raise BadInput("a wish names a slot, but waits for a clinic or a region; leave slot_id out")
        row = await self._act(
            "wish",
            answer_id(who.opening, who.person, key),
            body("wish", *asked, contact),
            (who.opening, who.place, who.person, *asked, contact, self._at()),
        )
        return row["id"], row["ahead"]

    async def unwish(self, who: Who, wish_id: UUID) -> None:
        """Leave the waiting list; once more is no error."""
        async with session(self._pool) as connection:
            withdrawn = await connection.fetchval(SQL["unwish"], who.opening, who.person, wish_id)
        if not withdrawn:
            raise Unknown("there is no such wish of this person, or it has been served; look at your messages")

    async def _act(self, step: str, answer: UUID, asked: int, values: tuple[Any, ...]) -> asyncpg.Record:
        for attempt in range(ATTEMPTS):
            try:
                row = await self._call(step, answer, asked, *values)
            except MET_ANOTHER as error:
                if getattr(error, "constraint_name", None) == "answers_pkey":
                    row = await self._call("answer", answer, asked)
                else:
                    # whoever was first has committed by now; several that met do not meet again at once
                    await asyncio.sleep(random.random() * 0.02 * (attempt + 1))
                    continue
            except Unavailable as error:
                if attempt or not isinstance(error.__cause__, LOST) or isinstance(error.__cause__, TOO_SLOW):
                    raise
                continue
            if row["code"] in _DONE:
                return row
            raise refusal(row["code"])
        raise Unavailable(
            f"the request met others of the same person {ATTEMPTS} times; try again with the same key",
            code="busy",
            retry_after_s=RETRY_AFTER_S,
        )

    async def _call(self, step: str, *values: object) -> asyncpg.Record:
        async with session(self._pool) as connection:
            row = await connection.fetchrow(SQL[step], *values)
        assert row is not None, "a function answers with one row"
        return row

    def _at(self) -> datetime | None:
        return None if self._clock is None else datetime.fromtimestamp(self._clock.now_s(), UTC)


_DONE = frozenset({"held", "released", "booked", "cancelled", "wished"})


def _booking(row: asyncpg.Record) -> Booking:
    return Booking(row["reference"], row["slot_id"], row["clinic_id"], _seconds(row["starts_at"]), row["code"])


def _choice(choice: Choice) -> tuple[int | None, int | None, str | None, date | None]:
    ways = (choice.slot_id, choice.clinic_id, choice.region)
    if sum(way is not None for way in ways) != 1:
        raise BadInput("a choice names a slot, a clinic or a region, exactly one of them; give one")
    if not (
        0 <= (choice.slot_id or 0) < 1 << 63 and 0 <= (choice.clinic_id or 0) < 1 << 31 and _is_code(choice.region)
    ):
        raise refusal("unknown")
    return *ways, _day(choice.day) if choice.day else None


def _is_code(region: str | None) -> bool:
    return region is None or (region.isascii() and region.isprintable())


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput("day is no day of the calendar; write one such as 2027-08-20") from None


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
