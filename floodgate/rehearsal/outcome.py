"""What a rehearsal leaves: series of one value a second, events, and everybody's wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Series = NDArray[np.float64]
Limit = Literal[
    "none", "fleet", "launch rate", "balancer", "database", "quota", "identity", "waiting room", "no capacity",
    "addresses",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened: a schedule fired, a policy changed the desired capacity, a limit was hit."""

    second: int
    kind: str
    name: str
    before: float | None
    after: float | None
    reason: str


@dataclass(frozen=True, slots=True)
class Waits:
    """Waits of cohorts that left the line: people, when they joined, true and shown wait (a range), in seconds."""

    people: Series
    joined_s: Series
    wait_s: Series
    shown_low_s: Series
    shown_high_s: Series


@dataclass(frozen=True, slots=True)
class Outcome:
    """One played opening.

    `doors` is the instant of the doors; index `doors_s` of every series is that second. Series by name:

    people a second: ``arrived``, ``joined``, ``called``, ``admitted``, ``booked``, ``gave_up``, ``refused_people``
    (those who gave up because they were refused or failed; in the last second also those who still try again)
    people at the end of the second: ``waiting`` (pre-queue and line, still there), ``inside``
    requests a second: ``requests`` (offered to the balancer), ``served``, ``rejected`` (by the balancer),
    ``failed`` (by servers or database), ``polls_edge``, ``polls_origin``, ``identity_checks`` (at the providers)
    servers: ``desired``, ``launching``, ``in_service``, ``receiving`` (who gets requests from the balancer), ``lost``
    (the share of the requests that goes to servers which answer nothing), ``warm_pool``, ``max_size``, ``wanted`` (what
    the load needs)
    load, 1 is full: ``load_fleet``, ``load_balancer``, ``load_database``, ``load_connections``
    wait: ``shown_wait_s`` (middle, for who joins now), ``latency_s``
    ``limit``: index into `limits` of what limited the second.

    `waits` are of everybody who was let in; who came before the doors waits since the doors. Without a waiting room
    nobody waits in line, and ``waiting`` are those who came before the doors and keep the page open.
    """

    start: datetime
    doors: datetime
    doors_s: int
    series: dict[str, Series]
    limits: tuple[Limit, ...]
    events: tuple[Event, ...]
    waits: Waits
    totals: dict[str, float]
