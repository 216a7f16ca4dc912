"""Everything that the routes need, put together once per worker; `app.web.application.create` takes it."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from app.clock import Clock
from app.keys import Keys
from app.line.store import LineStore
from app.reservations.reservations import Reservations
from app.settings import Settings
from app.web.health import Watch
from app.web.logs import Journal

if TYPE_CHECKING:
    import asyncpg

    from app.identity.checks import IdentityChecks
    from app.line.limits import Limits
    from app.line.passes import Passes
    from app.line.receipts import Receipts
    from app.line.tickets import Tickets
    from app.operators.operators import Operators
    from app.reservations.availability import Availability
    from app.reservations.contacts import Contacts
    from app.web.document_source import DocumentSource
    from app.web.metrics import Metrics

PAGES = Path(__file__).resolve().parent.parent / "pages"


@dataclass(frozen=True, slots=True)
class Parts:
    """What one worker is made of.

    Attributes:
        settings: what this server is told.
        clock: the time.
        keys: every key.
        line: the store that numbers people.
        pool: the writer's connections; asked for readiness and for how many are in use.
        reservations: bookings.
        availability: what is free, as of a moment ago.
        contacts: encrypts where people are reached.
        identity: asks the providers who somebody is.
        tickets: signs and reads places in the line.
        passes: signs and reads admissions.
        receipts: signs and reads what opens a booking later.
        limits: counts what comes from one address.
        documents: the public document, as this worker has it.
        operators: sign-in, sessions and controls of the console.
        metrics: of this worker.
        journal: where lines are logged.
        worker: its name in reports, ``<host>/<number>``.
        pages: folder of the static pages.
        snapshots: where this worker leaves its metrics each second for the internal port; None: nowhere.
        health: what was seen when somebody asked for readiness last.
        generator: for trace ids.
    """

    settings: Settings
    clock: Clock
    keys: Keys
    line: LineStore
    pool: asyncpg.Pool
    reservations: Reservations
    availability: Availability
    contacts: Contacts
    identity: IdentityChecks
    tickets: Tickets
    passes: Passes
    receipts: Receipts
    limits: Limits
    documents: DocumentSource
    operators: Operators
    metrics: Metrics
    journal: Journal = field(default_factory=Journal)
    worker: str = "local/0"
    pages: Path = PAGES
    snapshots: Path | None = None
    health: Watch = field(default_factory=Watch)
    generator: random.Random = field(default_factory=random.SystemRandom)
