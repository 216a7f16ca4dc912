"""The Auto Scaling group of a rehearsal: the group in time, which sees what the night measures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from floodgate.awsrules.cloudwatch import signals
from floodgate.awsrules.model import Group, Metric, PredictiveScaling, TargetTracking
from floodgate.awsrules.scaling import target_tracking_alarms
from floodgate.fleet.events import CauseKind, GroupEvent
from floodgate.fleet.faults import Fault
from floodgate.fleet.fleet import Fleet
from floodgate.fleet.live import Live
from floodgate.fleet.timetable import Forecast
from floodgate.fleet.unknowns import Unknowns
from floodgate.rehearsal.outcome import Event

MINUTE_S = 60
HIGH_RESOLUTION_S = 10
SHORT_OF: Mapping[CauseKind, str] = {"quota": "quota", "throttling": "launch rate", "capacity": "no capacity"}
SIZED: frozenset[CauseKind] = frozenset({"size", "warm pool"})


class RehearsedGroup(Fleet):
    """A group in time that is told second by second what its servers met.

    Call ``step(second)``, then ``observe_span(…)`` with the seconds up to the next step.

    Args:
        group: the group that is deployed.
        unknowns: what AWS does not publish.
        start: the instant of second 0.
        faults: what goes wrong with the group.
        forecast: capacity by hour for predictive scaling.
        seed: of what AWS draws among equals.

    Raises:
        ValueError: a fault names a zone or an instance type that the group does not have.
    """

    def __init__(
        self,
        group: Group,
        unknowns: Unknowns,
        start: datetime,
        faults: Sequence[Fault] = (),
        *,
        forecast: Forecast = (),
        seed: int = 0,
    ) -> None:
        tick_s = HIGH_RESOLUTION_S if any(period_s < MINUTE_S for _, period_s in _watched(group)) else MINUTE_S
        metrics = {metric for metric, _ in _watched(group)}
        self._live = Live(metrics, start, detailed=group.detailed_monitoring, tick_s=tick_s)
        super().__init__(group, unknowns, start, self._live, forecast=forecast, faults=faults, seed=seed)

    def step(self, second: int) -> None:
        """Let everything happen that is due at `second`."""
        self.advance(second)

    def observe_span(
        self, requests: Sequence[float], cpu_percent: Sequence[float], custom: Mapping[str, Sequence[float]]
    ) -> None:
        """Note a stretch of seconds: requests that reached targets, mean CPU of the servers, metrics by name."""
        serving = self.serving
        self._live.observe_span(requests, cpu_percent, custom, serving, serving + self.launching)

    def told(self) -> list[Event]:
        """What has happened so far, as a rehearsal tells it."""
        return [as_event(event) for event in self.events]


def as_event(event: GroupEvent) -> Event:
    """What happened to the group, by the words of the rehearsal's report."""
    cause, second = event.cause, event.second
    if event.kind == "alarm":
        states = f"{event.before} to {event.after}: {event.reason}"
        return Event(second, "alarm", cause.name, None, None, states)
    if event.kind == "refused":
        return Event(second, "limit", SHORT_OF.get(cause.kind, cause.name), None, None, event.reason)
    before = None if event.before is None else float(event.before)
    after = None if event.after is None else float(event.after)
    return Event(second, _kind(event), cause.name, before, after, event.reason)


def _kind(event: GroupEvent) -> str:
    if event.kind == "desired":
        return event.cause.kind
    return event.kind if event.cause.kind in SIZED else event.cause.kind


def _watched(group: Group) -> Iterator[tuple[Metric, int]]:
    """The metrics that alarms of the group watch, with the lengths of their periods."""
    for policy in group.policies:
        if isinstance(policy, TargetTracking):
            followed = target_tracking_alarms.metric_of(policy, group.name)
            yield from ((metric, policy.period_s) for metric in signals.metrics(followed))
        if not isinstance(policy, PredictiveScaling):
            for alarm in policy.alarms:
                yield from ((metric, alarm.period_s) for metric in signals.metrics(alarm.metric))
