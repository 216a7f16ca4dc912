"""What the leader does each second: holds that are over are freed, and the waiting list gets what is free.

Nothing depends on it for being right: whoever looks for a unit takes one whose hold is over by themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import asyncpg

from app.clock import Clock
from app.reservations.pool import session
from app.reservations.statements import SQL

# of one statement, so that no transaction is long
BATCH = 500
MOST_BATCHES = 20
MOST_MATCHES = 200
# an answer is given again for as long as anybody can still ask
ANSWERS_KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Swept:
    """Holds that became free, and people of the waiting list who were booked."""

    freed: int
    served: int


async def sweep(pool: asyncpg.Pool, opening: str, clock: Clock | None = None) -> Swept:
    """Free what is over and serve the waiting list. Many at once are safe.

    Args:
        pool: to the writer.
        opening: name of the opening.
        clock: when it is; None: the database knows.
    """
    at = None if clock is None else datetime.fromtimestamp(clock.now_s(), UTC)
    freed = served = 0
    for _ in range(MOST_BATCHES):
        async with session(pool) as connection:
            row = await connection.fetchrow(SQL["sweep"], opening, BATCH, at)
        assert row is not None, "a function answers with one row"
        freed, served = freed + row["freed"], served + row["served"]
        if row["freed"] + row["served"] < BATCH:
            break
    async with session(pool) as connection:
        served += await connection.fetchval(SQL["match"], opening, MOST_MATCHES, at)
    return Swept(freed, served)


async def forget(pool: asyncpg.Pool, opening: str, now_s: float) -> int:
    """Delete answers that nobody can ask for any more, and contacts of wishes that are moot; how many answers.

    For once a minute or less.
    """
    async with session(pool) as connection:
        before = datetime.fromtimestamp(now_s, UTC) - ANSWERS_KEPT
        return await connection.fetchval(SQL["forget"], opening, before)
