"""What the operators' console is told; times are seconds since 1970."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from app.admission.document import Snapshot
from app.line.document import Light, Phase


class SignedIn(Struct, frozen=True):
    """Who is signed in, and until when without doing anything."""

    name: str
    until_s: int


class LineNumbers(Struct, frozen=True):
    """The line, as the store has it: `waiting` have a number and are not called yet."""

    joined: int
    prequeue: int | None
    serving: int
    lapsed: int
    waiting: int
    inside: int
    entered: int
    left: int


class Workers(Struct, frozen=True):
    """What all web processes tell together.

    Attributes:
        reporting: how many of them told something in the last seconds.
        latency_p95_s: of the booking's requests, of the slowest worker.
        connections_in_use: share of database connections in use, of the fullest worker.
        cpu: share of a core, of the busiest worker.
        booked: bookings since they began.
        refused: refusals since they began, by reason, the most frequent first.
    """

    reporting: int
    latency_p95_s: float
    connections_in_use: float
    cpu: float
    booked: int
    refused: dict[str, int]


class Waits(Struct, frozen=True):
    """How many people waited as they were shown, shorter, and longer."""

    true: int
    shorter: int
    longer: int


class ProviderState(Struct, frozen=True):
    """One identity provider: what people see, whether an operator closed it, and how many workers see which light."""

    name: str
    title: dict[str, str]
    light: Light
    closed: bool
    seen: dict[str, int]


class ControlsState(Struct, frozen=True):
    """What operators have asked for."""

    paused: bool
    share: float
    announcement: dict[str, str]
    providers_closed: tuple[str, ...]


class Entry(Struct, frozen=True):
    """One thing that an operator did."""

    entry_id: int
    at_s: float
    operator: str
    action: str
    opening: str
    details: dict[str, Any]


class Entries(Struct, frozen=True):
    """Entries of the audit trail, the last first; `before` asks for older ones, None where there are none."""

    entries: list[Entry]
    before: int | None


class OperatorState(Struct, frozen=True):
    """All that the console shows at once.

    Attributes:
        operator: who is signed in.
        at_s: when this was true.
        opening: its name.
        title: what people read, by language.
        phase: as in the public document.
        document_age_s: how old the public document is; beyond a few seconds no controller leads.
        doors_s: the doors.
        closes_s: the end.
        line: None while the store is away or begins the line again.
        controller: what the leader did in its last second: rate, servers, bookings a minute; None where none is known.
        workers: None while the store is away.
        waits: how true the shown waits were; None while the store is away.
        providers: identity providers.
        controls: None while the database is away.
        recent: last actions, the newest first.
        away: what does not answer: ``database``, ``line``, ``controller``.
    """

    operator: str
    at_s: float
    opening: str
    title: dict[str, str]
    phase: Phase
    document_age_s: float
    doors_s: int
    closes_s: int
    line: LineNumbers | None
    controller: Snapshot | None
    workers: Workers | None
    waits: Waits | None
    providers: list[ProviderState]
    controls: ControlsState | None
    recent: list[Entry]
    away: list[str]
