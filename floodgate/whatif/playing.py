"""Plays a group through a stretch of recorded metrics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from floodgate.awsrules.cloudwatch import signals
from floodgate.awsrules.model import Metric
from floodgate.fleet.events import Cause, CauseKind, GroupEvent, Kind
from floodgate.fleet.recorded import Name, Recorded, Series
from floodgate.rehearsal.fleet import Fleet, LaunchTimes
from floodgate.rehearsal.fleet.metrics import Metrics
from floodgate.rehearsal.outcome import Event
from floodgate.whatif.subject import GROUP_METRICS, Subject

SIZES = {
    "GroupInServiceInstances": "in_service",
    "GroupDesiredCapacity": "desired",
    "GroupPendingInstances": "launching",
}
_COUNTS: Mapping[str, Kind] = {"launch": "launch", "in_service": "in_service", "terminate": "terminate"}
LIMITS: Mapping[str, CauseKind] = {"quota": "quota", "launch rate": "throttling", "max size": "limit"}


@dataclass(frozen=True, slots=True)
class Played:
    """What happened: the events, and the sizes whenever they changed as (second, desired, in service)."""

    events: tuple[GroupEvent, ...]
    sizes: tuple[tuple[int, int, int], ...]


class Replay(Metrics):
    """The metrics of a replay: told by a record as soon as their period has ended."""

    def __init__(self, subject: Subject, recorded: Recorded, start_s: int, delay_s: int) -> None:
        super().__init__((), 60, 1, detailed=True)
        self._subject, self._recorded, self._start_s, self._delay_s = subject, recorded, start_s, delay_s
        self._due: list[int] = []
        self._end_s = 0
        self.fleet: Fleet | None = None

    def close(self, publish_s: int, healthy: int, registered: int) -> None:
        """End a tick; its datapoints can be seen from `publish_s` on."""
        del healthy, registered
        self._due.append(publish_s)

    def publish(self, second: int) -> bool:
        """Show what is due; whether there was anything."""
        shown = False
        while self._due and self._due[0] <= second:
            self._end_s = self._due.pop(0) - self._delay_s
            shown = True
        return shown

    def next_s(self) -> int | None:
        """When the next datapoints can be seen, if a tick has ended."""
        return self._due[0] if self._due else None

    def values(self, metric: Metric, period_s: int, periods: int) -> list[float | None]:
        """The newest `periods` datapoints of an alarm's metric, oldest first, None where missing."""
        computed = self._subject.computed.get(metric)
        if computed is None:
            return self._of(metric, period_s, periods)
        end_s = self._start_s + self._end_s
        return signals.values(computed, lambda part: self._of(part, period_s, periods), period_s, periods, end_s)

    def _of(self, metric: Metric, period_s: int, periods: int) -> list[float | None]:
        if metric.namespace == GROUP_METRICS and metric.name in SIZES and self._recorded.series(metric) is None:
            return [float(getattr(self.fleet, SIZES[metric.name]))] * periods
        return self._recorded.values(metric, self._end_s, period_s, periods)


class ReplayedFleet(Fleet):
    """A group whose metrics come from a record and whose alarms begin as the plan has them."""

    def __init__(
        self, subject: Subject, times: LaunchTimes, start_s: int, record: Mapping[Name, Series], *, closed_loop: bool
    ) -> None:
        def divisor(metric: Metric) -> int | None:
            shared = closed_loop and (metric.namespace, metric.name, metric.dimensions) in subject.shared
            return self.in_service if shared else None

        self._source = Replay(subject, Recorded(record, start_s, divisor), start_s, times.metric_delay_s)
        super().__init__(subject.group, times, datetime.fromtimestamp(start_s, UTC))
        self._source.fleet = self
        self._begin()

    def _make_metrics(self) -> tuple[Metrics, int]:
        tick_s = 10 if any(watch.alarm.period_s < 60 for watch in self._policies.watches()) else 60
        return self._source, tick_s

    def _begin(self) -> None:
        """Alarms of target tracking in the plan's state, told apart by the side of the target that they watch."""
        for watch in self._policies.watches():
            for alarm in getattr(watch.policy, "alarms", ()):
                if alarm.comparison[:4] == watch.alarm.comparison[:4]:
                    watch.state = alarm.state

    def metric_of(self, policy: str) -> float | None:
        """The newest value of the metric that a policy acted on."""
        found = [watch for watch in self._policies.watches() if watch.policy.name == policy]
        return next((watch.newest for watch in found if watch.state == "ALARM"), None)

    def metric_of_alarm(self, alarm: str) -> float | None:
        """The newest value of an alarm's metric."""
        return next((watch.newest for watch in self._policies.watches() if watch.alarm.name == alarm), None)


def play(
    subject: Subject,
    record: Mapping[Name, Series],
    times: LaunchTimes,
    window: tuple[int, int],
    *,
    closed_loop: bool = False,
) -> Played:
    """Play a group from the first instant of a window to its last, in Unix seconds.

    Args:
        subject: the group.
        record: series by namespace, name and sorted dimensions.
        times: how long launches take, and what AWS leaves open.
        window: from and to.
        closed_loop: whether shared metrics are the group's total, divided by what is in service.
    """
    start_s, end_s = window
    fleet = ReplayedFleet(subject, times, start_s, record, closed_loop=closed_loop)
    metrics: dict[int, float | None] = {}
    sizes = [(0, fleet.desired, fleet.in_service)]
    second: float = 0
    while second <= end_s - start_s:
        known = len(fleet.events)
        fleet.step(int(second))
        for number in range(known, len(fleet.events)):
            event = fleet.events[number]
            metrics[number] = (
                fleet.metric_of_alarm(event.name) if event.kind == "alarm" else fleet.metric_of(event.name)
            )
        if (fleet.desired, fleet.in_service) != sizes[-1][1:]:
            sizes.append((int(second), fleet.desired, fleet.in_service))
        second = max(second + 1, fleet.next_s)
    told = (_told(event, metrics.get(number)) for number, event in enumerate(fleet.events))
    return Played(tuple(event for event in told if event is not None), tuple(sizes))


def _told(event: Event, metric: float | None) -> GroupEvent | None:
    """An event in the form of what-if; None for one that changes nothing."""
    before = None if event.before is None else int(event.before)
    after = None if event.after is None else int(event.after)
    if event.kind in ("policy", "schedule"):
        if before == after:
            return None
        cause = Cause("policy" if event.kind == "policy" else "schedule", event.name, metric)
        return GroupEvent(event.second, "desired", before, after, cause, event.reason)
    if event.kind == "alarm":
        states, _, why = event.reason.partition(": ")
        was, _, now = states.partition(" to ")
        return GroupEvent(event.second, "alarm", was, now, Cause("alarm", event.name, metric), why)
    if event.kind == "limit":
        cause = Cause(LIMITS.get(event.name, "limit"), event.name)
        return GroupEvent(event.second, "refused", None, None, cause, event.reason)
    pooled = event.kind == "launch" and event.name == "for the warm pool"
    kind: Kind = "warm" if pooled else _COUNTS[event.kind]
    return GroupEvent(event.second, kind, before, after, Cause("size", event.name), event.reason)
