"""The Auto Scaling group of a rehearsal: the group in time, which sees what the night measures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from math import inf

from floodgate.awsrules.cloudwatch import signals
from floodgate.awsrules.model import Group, Metric, PredictiveScaling, TargetTracking
from floodgate.awsrules.scaling import target_tracking_alarms
from floodgate.fleet.events import CauseKind, GroupEvent
from floodgate.fleet.faults import Fault
from floodgate.fleet.fleet import Fleet
from floodgate.fleet.instance import Instance
from floodgate.fleet.live import Live
from floodgate.fleet.targets import Checks, Heard, Targets
from floodgate.fleet.timetable import Forecast
from floodgate.fleet.unknowns import Unknowns
from floodgate.rehearsal.outcome import Event
from floodgate.rehearsal.target_events import TargetEvents

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
        checks: the balancer's health checks; without them every server that answers gets requests, and no other.
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
        checks: Checks | None = None,
        forecast: Forecast = (),
        seed: int = 0,
    ) -> None:
        tick_s = HIGH_RESOLUTION_S if any(period_s < MINUTE_S for _, period_s in _watched(group)) else MINUTE_S
        metrics = {metric for metric, _ in _watched(group)}
        self._live = Live(metrics, start, detailed=group.detailed_monitoring, tick_s=tick_s)
        self._targets: Targets | None = None
        super().__init__(_numbered(group), unknowns, start, self._live, forecast=forecast, faults=faults, seed=seed)
        self._second = 0
        if checks is not None:
            health = self._replacing.health
            heard = Heard(health.report, health.recover)
            self._targets = Targets(self._context.roster, checks, self._unreached, heard)
            self._told = TargetEvents(self._targets)

    @property
    def next_s(self) -> float:
        """The next second at which something is due; until then nothing changes."""
        due_s = super().next_s
        return min(due_s, self._targets.next_s(self._second)) if self._targets else due_s

    def _unreached(self, one: Instance) -> bool:
        """Whether the balancer never sent a server requests: it passed no check, or was not registered."""
        return one.version in self._context.bad or not self._context.able.register

    @property
    def receiving(self) -> int:
        """Servers in service that the balancer sends requests to."""
        return self._targets.receiving if self._targets else self.serving

    @property
    def working(self) -> int:
        """Servers that answer and have something to work on: all but those without requests."""
        return self.serving - self._targets.idle if self._targets else self.serving

    @property
    def lost(self) -> float:
        """The share of the requests that reaches servers which answer nothing."""
        return self._targets.lost if self._targets else 0.0

    @property
    def late_s(self) -> float:
        """An answer that late has to be told before anything else happens."""
        return self._targets.late_s if self._targets else inf

    def effective(self, second: int, slow_start_s: float) -> float:
        """Servers that work on requests, those in the target group's slow start by their linear share."""
        working = super().effective(second, slow_start_s)
        return max(0.0, working - self._targets.idle) if self._targets else working

    def step(self, second: int) -> None:
        """Let everything happen that is due at `second`."""
        self.advance(second)
        self._second = second
        if self._targets:
            self._targets.look(second)
            self._told.look(second, self.in_service)

    def observe_span(
        self,
        requests: Sequence[float],
        cpu_percent: Sequence[float],
        custom: Mapping[str, Sequence[float]],
        answers_s: Sequence[float],
    ) -> None:
        """Note a stretch of seconds.

        Args:
            requests: that reached targets.
            cpu_percent: mean CPU of the servers.
            custom: other metrics by name.
            answers_s: how late servers answered a request that came then.
        """
        serving = self.serving
        healthy, there = (self._targets.healthy, self.in_service) if self._targets else (serving, serving)
        self._live.observe_span(requests, cpu_percent if serving else (), custom, healthy, there + self.launching)
        if self._targets:
            self._targets.observe(self._second, answers_s)

    def told(self) -> list[Event]:
        """What has happened so far, as a rehearsal tells it."""
        balancer = self._told.events if self._targets else []
        return [*(as_event(event) for event in self.events), *balancer]


def _numbered(group: Group) -> Group:
    """The group with its members named by their order, since what is drawn from a name must not change with AWS's."""
    members = tuple(replace(member, id=f"m-{number:06d}") for number, member in enumerate(group.members, 1))
    return replace(group, members=members)


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
