"""What the admission controller keeps and is told, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec


class WorkerReport(msgspec.Struct, frozen=True, array_like=True):
    """What one web worker tells the controller each second.

    Attributes:
        at_s: when.
        latency_p95_s: of the booking's requests in the last seconds; 0 where there were none.
        connections_in_use: share of the worker's database connections that people found in use, on average.
        cpu: share of one core that the worker used.
        booked: bookings confirmed since the worker began.
        refused: refusals since the worker began, by reason.
        lights: identity providers by name: green, amber, red.
        waits_true, waits_low, waits_high: people whose wait was as shown, shorter than the range, longer than it.
    """

    at_s: float
    latency_p95_s: float
    connections_in_use: float
    cpu: float
    booked: int
    refused: dict[str, int]
    lights: dict[str, str]
    waits_true: int
    waits_low: int
    waits_high: int


@dataclass(frozen=True, slots=True)
class Controls:
    """What operators have asked for, of one opening."""

    paused: bool = False
    share: float = 1.0
    announcement: dict[str, str] = field(default_factory=dict)
    providers_closed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The line as the database has it, written before it is published; restored from when the store lost it.

    Attributes:
        joined: numbers given, at least.
        prequeue: size of the drawn pre-queue; None until the draw.
        serving: places below are called.
        lapsed: places below have lost their turn.
        epoch: of the leader that wrote it; it grows by one with every change of leader.
        show_share: learned share of those called who come.
        rate_per_s: places called a second, lately.
        settled: places below were called so long ago that who comes at once has come.
        begun: whether joining has begun.
        joins_per_s: the most joins of one second lately.
        inside: people inside.
        age_s: seconds since `joined` was read.
    """

    joined: int
    prequeue: int | None
    serving: int
    lapsed: int
    epoch: int
    show_share: float
    rate_per_s: float
    settled: int = 0
    begun: bool = False
    joins_per_s: float = 0.0
    inside: int = 0
    age_s: float = 0.0
