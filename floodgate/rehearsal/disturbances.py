"""What goes wrong around the servers, second by second."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from floodgate.rehearsal.outcome import Event, Series
from floodgate.rehearsal.scenarios.faults import KINDS, Fault
from floodgate.rehearsal.timeline import Timeline
from floodgate.rehearsal.wording import duration, percent


@dataclass(frozen=True, slots=True)
class Disturbances:
    """Series of one value a second.

    Args:
        identity_refused: share of the identity checks that the provider refuses.
        database_left: share of the database that works.
        bot_requests: requests a second that obey no line and are refused by the servers.
    """

    identity_refused: Series
    database_left: Series
    bot_requests: Series

    @property
    def any(self) -> bool:
        """Whether anything goes wrong at all."""
        return bool(self.identity_refused.any() or self.bot_requests.any() or (self.database_left < 1.0).any())


def disturbances(faults: Sequence[Fault], timeline: Timeline, failover_s: float) -> Disturbances:
    """The series of a scenario's faults; those that overlap add up, a share never beyond the whole.

    Args:
        faults: of the scenario.
        timeline: the seconds that are played.
        failover_s: how long a fail-over of the database lasts where the fault does not say.
    """
    identity, bots = (np.zeros(timeline.seconds) for _ in range(2))
    left = np.ones(timeline.seconds)
    for fault in faults:
        lasts_s = fault.for_minutes * 60.0
        if fault.kind == "identity-down":
            identity[_while(fault, timeline, lasts_s)] += fault.amount or 0.0
        elif fault.kind == "bots":
            bots[_while(fault, timeline, lasts_s)] += fault.amount or 0.0
        elif fault.kind == "database-failover":
            left[_while(fault, timeline, lasts_s if lasts_s < np.inf else failover_s)] = 0.0
    return Disturbances(identity.clip(max=1.0), left, bots)


def fault_events(faults: Sequence[Fault], timeline: Timeline) -> list[Event]:
    """What goes wrong, told where it begins; what begins before the night is told with its first second."""
    return [Event(max(0, _first(fault, timeline)), "fault", fault.kind, None, None, _words(fault)) for fault in faults]


def _words(fault: Fault) -> str:
    kind = KINDS[fault.kind]
    amount = ""
    if kind.amount and fault.amount is not None:
        share = f"{percent(fault.amount)} {kind.amount.removeprefix('share ')}"
        amount = f", {share}" if kind.most == 1 else f", {fault.amount:,g} {kind.amount}"
    lasts = f", for {duration(fault.for_minutes * 60.0)}" if fault.for_minutes < np.inf else ""
    name = f" ({fault.name})" if fault.name else ""
    return f"{kind.words}{name}{amount}{lasts}"


def _first(fault: Fault, timeline: Timeline) -> int:
    return timeline.doors_s + round(fault.at_minutes * 60.0)


def _while(fault: Fault, timeline: Timeline, lasts_s: float) -> slice:
    first = _first(fault, timeline)
    last = min(float(timeline.seconds), first + max(1.0, round(lasts_s) if lasts_s < timeline.seconds else lasts_s))
    return slice(max(0, first), max(0, int(last)))
