"""Whether the process is alive, and whether everything it needs answers.

The balancer asks `/healthz`, which looks at nothing else: a database that is away must not take every server out of
service at once. `/readyz` is for people and dashboards.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

import asyncpg

from app.errors import AppError
from app.web.messages import Health, Readiness
from app.web.routing import Answer, Call

PATIENCE_S = 1.0


async def healthz(_: Call) -> Answer:
    """The process is alive."""
    return Answer(Health())


async def readyz(call: Call) -> Answer:
    """Ask the database and Valkey, both at once, and tell which of them does not answer in time."""
    parts = call.parts
    database, valkey = await asyncio.gather(
        _answers(parts.pool.fetchval("SELECT 1", timeout=PATIENCE_S)), _answers(parts.line.ping())
    )
    ready = database and valkey
    said = Readiness(ready, "ok" if database else "away", "ok" if valkey else "away")
    return Answer(said, status=200 if ready else 503)


async def _answers(question: Awaitable[object]) -> bool:
    try:
        async with asyncio.timeout(PATIENCE_S):
            await question
    except (AppError, OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return False
    return True
