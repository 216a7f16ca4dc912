"""Puts one worker's parts together from its two connections; the only place that knows all of their classes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import asyncpg

from app.clock import Clock
from app.identity.checks import IdentityChecks
from app.keys import Keys
from app.line.limits import Limits
from app.line.passes import Passes
from app.line.receipts import Receipts
from app.line.store import LineStore
from app.line.tickets import Tickets
from app.operators.operators import Operators
from app.reservations.availability import Availability
from app.reservations.contacts import Contacts
from app.reservations.repository import PostgresReservations
from app.settings import Settings
from app.web.document_source import DocumentSource
from app.web.logs import Journal
from app.web.metrics import Metrics
from app.web.parts import Parts


def assemble(
    settings: Settings,
    clock: Clock,
    line: LineStore,
    pool: asyncpg.Pool,
    reader_pool: asyncpg.Pool,
    *,
    worker: str = "local/0",
    snapshots: Path | None = None,
    **others: Any,
) -> Parts:
    """The parts of one worker.

    Args:
        settings: what this server is told.
        clock: the time.
        line: connected store.
        pool: open connections to the writer.
        reader_pool: to the readers; the same pool where there are none.
        worker: its name in reports and logs.
        snapshots: where it leaves its metrics; None: nowhere.
        others: of `Parts`, instead of what is made here.
    """
    keys = Keys(settings.secret.get_secret_value())
    reservations = PostgresReservations(pool, reader_pool)
    made: dict[str, Any] = {
        "keys": keys,
        "reservations": reservations,
        "availability": Availability(reservations, line, clock),
        "contacts": Contacts(keys),
        "identity": IdentityChecks(settings, keys, line, clock),
        "tickets": Tickets(keys),
        "passes": Passes(keys),
        "receipts": Receipts(keys),
        "limits": Limits(line),
        "documents": DocumentSource(settings, clock, line, keys),
        "operators": Operators(settings, keys, line, pool),
        "metrics": Metrics(),
        "journal": Journal(process=worker),
    }
    made |= others
    made["metrics"].checks = made["identity"].outcomes
    made["metrics"].limited = made["limits"].counts
    return Parts(settings=settings, clock=clock, line=line, pool=pool, worker=worker, snapshots=snapshots, **made)
