"""The time in which a service stood still: most requests failed, and for whose sake."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from floodgate.rehearsal.outcome import Limit, Outcome
from floodgate.rehearsal.wording import duration

# people call it the same standstill when a page got through now and then
PAUSE_S = 60
# and none before it has lasted
LEAST_S = 60
_PARTS: dict[Limit, str] = {
    "fleet": "the servers",
    "launch rate": "the start of servers",
    "balancer": "the balancer",
    "database": "the database",
    "quota": "the vCPU quota",
    "identity": "the identity providers",
    "waiting room": "the waiting room",
    "no capacity": "EC2, which had no more servers to give",
    "addresses": "the subnets, which had no address left",
}


@dataclass(frozen=True, slots=True)
class Standstill:
    """Seconds `first` to `last` of a rehearsal, and the parts that limited them, in order, with their seconds."""

    first: int
    last: int
    parts: tuple[tuple[Limit, int], ...]

    def words(self, clock: Callable[[float], str]) -> str:
        """E.g. ``most requests failed from 19:59:54 to 22:15:20 (2 h 15 min), first at the balancer, …``."""
        lasted = duration(self.last - self.first + 1)
        said = f"most requests failed from {clock(self.first)} to {clock(self.last)} ({lasted})"
        parts = ", then ".join(f"at {_PARTS[part]} for {duration(seconds)}" for part, seconds in self.parts)
        return f"{said}, {parts}" if parts else said


def standstill(outcome: Outcome) -> Standstill | None:
    """The longest stretch in which more than half of all requests were rejected or failed, if it lasted a minute."""
    series = outcome.series
    lost = series["rejected"] + series["failed"]
    down = np.flatnonzero((lost > series["requests"] * 0.5) & (series["requests"] > 1.0))
    if not len(down):
        return None
    stretches = np.split(down, np.flatnonzero(np.diff(down) > PAUSE_S) + 1)
    longest = max(stretches, key=lambda stretch: stretch[-1] - stretch[0])
    first, last = int(longest[0]), int(longest[-1])
    return Standstill(first, last, _parts(outcome, first, last)) if last - first + 1 >= LEAST_S else None


def _parts(outcome: Outcome, first: int, last: int) -> tuple[tuple[Limit, int], ...]:
    """Who limited, in order of appearance; what is shorter than `LEAST_S` is flicker."""
    limits = [outcome.limits[int(index)] for index in outcome.series["limit"][first : last + 1]]
    runs = [(limit, len(list(run))) for limit, run in groupby(limits)]
    lasting = [(limit, seconds) for limit, seconds in runs if limit != "none" and seconds >= LEAST_S]
    return tuple((limit, sum(s for _, s in run)) for limit, run in groupby(lasting, key=lambda pair: pair[0]))
