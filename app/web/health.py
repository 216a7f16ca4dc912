"""Whether the process is alive, and whether everything it needs answers.

The balancer asks `/healthz`, which looks at nothing else: a database that is away must not take every server out of
service at once. `/readyz` is for people and dashboards.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TYPE_CHECKING

import asyncpg

from app.errors import AppError
from app.web.messages import Health, Readiness
from app.web.routing import Answer, Call

if TYPE_CHECKING:
    from app.web.parts import Parts

PATIENCE_S = 1.0
# anybody may ask; one look answers all who ask within this time
LEAST_BETWEEN_S = 1.0


class Watch:
    """Looks at what a worker needs, once a second at most, however many ask."""

    def __init__(self) -> None:
        self._looking: asyncio.Task[Readiness] | None = None
        self._looked_at_s = -LEAST_BETWEEN_S

    async def look(self, parts: Parts) -> Readiness:
        """Ask the database and Valkey, both at once."""
        now_s = parts.clock.now_s()
        if self._looking is None or (self._looking.done() and now_s - self._looked_at_s >= LEAST_BETWEEN_S):
            self._looked_at_s = now_s
            self._looking = asyncio.create_task(_look(parts))
        # whoever hangs up must not take the answer from the others
        return await asyncio.shield(self._looking)


async def healthz(_: Call) -> Answer:
    """The process is alive."""
    return Answer(Health())


async def readyz(call: Call) -> Answer:
    """Tell which of the database and Valkey does not answer in time."""
    seen = await call.parts.health.look(call.parts)
    return Answer(seen, status=200 if seen.ready else 503)


async def _look(parts: Parts) -> Readiness:
    database, valkey = await asyncio.gather(
        _answers(parts.pool.fetchval("SELECT 1", timeout=PATIENCE_S)), _answers(parts.line.ping())
    )
    return Readiness(database and valkey, "ok" if database else "away", "ok" if valkey else "away")


async def _answers(question: Awaitable[object]) -> bool:
    try:
        async with asyncio.timeout(PATIENCE_S):
            await question
    except (AppError, OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return False
    return True
