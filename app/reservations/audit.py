"""The audit trail: who did what, when. Entries are added and never changed; the database refuses anything else.

No personal data: a booking is named by its reference, an operator by the sign-in name.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import asyncpg

from app.reservations.pool import session
from app.reservations.statements import SQL


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry; `at_s` in seconds since 1970."""

    entry_id: int
    at_s: float
    actor: str
    action: str
    subject: str
    details: dict[str, Any]


async def append(pool: asyncpg.Pool, actor: str, action: str, subject: str, details: Mapping[str, Any]) -> int:
    """Add an entry; its number."""
    async with session(pool) as connection:
        return await connection.fetchval(SQL["audit_append"], actor, action, subject, json.dumps(dict(details)))


async def read(pool: asyncpg.Pool, after: int = 0, limit: int = 100) -> list[Entry]:
    """The first `limit` entries after the one numbered `after`, in order.

    Numbers are given before they are committed: the newest entries may still get one in between.
    """
    async with session(pool) as connection:
        rows = await connection.fetch(SQL["audit_read"], after, limit)
    return [Entry(*tuple(row)[:5], json.loads(row["details"])) for row in rows]
