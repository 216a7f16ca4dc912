"""One leader at a time: a lease in one row of PostgreSQL, fenced by an epoch, with the line's checkpoint beside it.

The lease runs by the database's clock, so servers' clocks need not agree. Each change of leader raises the epoch; a
statement with an older one changes nothing, however late it arrives (Kleppmann, 2016,
https://martin.kleppmann.com/2016/02/08/how-to-do-distributed-locking.html). The row is written before anything is
published, and its numbers only rise.

Fail-closed: where PostgreSQL does not answer nobody leads, hence nobody is called.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

from app.admission.timing import Timing
from app.admission.values import Checkpoint

# a statement that takes longer is given up: half a lease is left to try again
TIMEOUT_S = 1.0
# clocks run at rates that differ by far less, and an answer needs time to be acted on
MARGIN_SHARE = 0.1
# what asyncpg raises where the database is away, falls over or answers too late; OSError includes TimeoutError
DATABASE_AWAY = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)

_SQL = {path.stem: path.read_text(encoding="utf-8") for path in Path(__file__).with_name("sql").glob("*.sql")}


@dataclass(frozen=True, slots=True)
class Raised:
    """What a leader writes when it renews; None where it has seen nothing new. The fields are those of `Checkpoint`."""

    begun: bool = False
    joined: int | None = None
    joins_per_s: float | None = None
    prequeue: int | None = None
    serving: int | None = None
    settled: int | None = None
    lapsed: int | None = None
    inside: int | None = None
    show_share: float | None = None
    rate_per_s: float | None = None


NOTHING = Raised()


@asynccontextmanager
async def promptly(pool: asyncpg.Pool) -> AsyncGenerator[asyncpg.Connection | asyncpg.pool.PoolConnectionProxy]:
    """A connection for one statement that must be over within `TIMEOUT_S`, also on a server that says nothing."""
    # the pool's own timeout bounds how long a broken connection is waited for when it is given back
    async with asyncio.timeout(TIMEOUT_S), pool.acquire(timeout=TIMEOUT_S) as connection:
        yield connection


class Leadership:
    """One controller's claim to lead one opening.

    Args:
        pool: of the writer; a connection is held for one statement only.
        opening: its name.
        who: this controller, unlike any other.
        timing: length of the lease, and our own clock.
        statements: the SQL; for controls that show what a guard is there for.

    Every method raises one of `DATABASE_AWAY` where PostgreSQL is away.
    """

    def __init__(
        self,
        pool: asyncpg.Pool,
        opening: str,
        who: str,
        timing: Timing,
        statements: dict[str, str] = _SQL,
    ) -> None:
        self._pool = pool
        self._opening = opening
        self._who = who
        self._monotonic = timing.monotonic
        self._lease_s = timing.lease_s
        self._sql = statements
        self._made = False
        self._until = float("-inf")
        self.epoch: int | None = None

    @property
    def held(self) -> bool:
        """Whether the lease lasts, by our own clock, which started before the database's did."""
        return self.epoch is not None and self._monotonic() < self._until

    async def take(self, free_for_s: float = 0.0) -> Checkpoint | None:
        """Lead, if nobody has for `free_for_s`; the checkpoint from which to go on, None where another leads."""
        asked_at = self._monotonic()
        if not self._made:
            await self._fetch("ensure", self._opening)
            self._made = True
        return self._led(asked_at, await self._fetch("take", self._opening, self._who, self._lease_s, free_for_s))

    async def renew(self, raised: Raised) -> Checkpoint | None:
        """Go on leading and write what is raised, in one statement; None where another has led since."""
        asked_at = self._monotonic()
        values = (
            raised.begun,
            raised.joined,
            raised.joins_per_s,
            raised.prequeue,
            raised.serving,
            raised.settled,
            raised.lapsed,
            raised.inside,
            raised.show_share,
            raised.rate_per_s,
        )
        row = await self._fetch("renew", self._opening, self._who, self.epoch, self._lease_s, *values)
        return self._led(asked_at, row)

    async def release(self) -> None:
        """Let another lead at once."""
        epoch, self.epoch = self.epoch, None
        if epoch is not None:
            await self._fetch("release", self._opening, self._who, epoch)

    async def read(self) -> Checkpoint | None:
        """The checkpoint, for those who only look; None where the opening has no row yet."""
        row = await self._fetch("read", self._opening)
        return None if row is None else Checkpoint(**row)

    def _led(self, asked_at: float, row: dict[str, Any] | None) -> Checkpoint | None:
        if row is None:
            self.epoch = None
            return None
        self.epoch = row["epoch"]
        self._until = asked_at + self._lease_s * (1 - MARGIN_SHARE)
        return Checkpoint(**row)

    async def _fetch(self, statement: str, *values: object) -> dict[str, Any] | None:
        async with promptly(self._pool) as connection:
            row = await connection.fetchrow(self._sql[statement], *values)
        return None if row is None else dict(row)
