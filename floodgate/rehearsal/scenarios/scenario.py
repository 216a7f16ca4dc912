"""A scenario is the shape of a crowd: how many come, on which curve, what they do, how long they wait."""

from __future__ import annotations

from dataclasses import dataclass, replace

from floodgate.rehearsal.demand.demand import Demand
from floodgate.rehearsal.scenarios.faults import Fault


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure of a real opening with where it was reported.

    `derived` marks our own arithmetic, `assumed` what nobody reported; `source` then tells how or why.
    """

    figure: str
    value: float
    source: str
    derived: bool = False
    assumed: bool = False
    unit: str = ""


@dataclass(frozen=True, slots=True)
class JourneyStep:
    """One step of a person inside: so many requests of one kind, then time to think.

    `repeats` is how often the step is done per booking on average (identity checks: 2.5).
    `think_s` is the mean time before the step's next request. `kind` names the cost parameters
    (``cost.<kind>.cpu_ms``, ``cost.<kind>.db_ms``).
    """

    name: str
    kind: str
    repeats: float = 1.0
    think_s: float = 5.0


@dataclass(frozen=True, slots=True)
class Scenario:
    """The shape of one opening, free of dates: minutes are counted from the doors.

    `arrivals` are (minutes from the doors, share of all people who have come by then), rising from 0 to 1.
    `devices_per_person` is how many devices each person joins or opens the page with.
    `patience_s` is the mean of an exponential patience in the line (Erlang-A); `retry_s` the mean pause before
    a failed request is tried again; `give_up_share` the chance that a failure is somebody's last.
    `faults` are what goes wrong meanwhile. A campaign has several `nights`: the share of all people that each is for,
    on consecutive openings of the stack. `demand` are people who really came; they stand in for the curve.
    """

    name: str
    title: str
    people: int
    arrivals: tuple[tuple[float, float], ...]
    journey: tuple[JourneyStep, ...]
    patience_s: float
    retry_s: float
    give_up_share: float
    devices_per_person: float = 1.0
    horizon_minutes: int = 240
    lead_minutes: int = 75
    facts: tuple[Fact, ...] = ()
    faults: tuple[Fault, ...] = ()
    nights: tuple[float, ...] = (1.0,)
    demand: Demand | None = None

    def driven_by(self, demand: Demand) -> Scenario:
        """The same journey and patience for the people who really came, in one night."""
        return replace(self, demand=demand, people=demand.total, nights=(1.0,))
