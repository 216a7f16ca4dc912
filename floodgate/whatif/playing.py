"""Plays a group through a stretch of recorded metrics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from floodgate.awsrules.model import Alarm, Metric, SimpleScaling, TargetTracking
from floodgate.fleet.events import Cause, CauseKind, GroupEvent, Kind
from floodgate.fleet.recorded import Name, Recorded, Series
from floodgate.rehearsal.fleet import Fleet, LaunchTimes
from floodgate.rehearsal.fleet.log import Log
from floodgate.rehearsal.fleet.metrics import Metrics
from floodgate.rehearsal.fleet.policies import Watch
from floodgate.rehearsal.outcome import Event
from floodgate.whatif import quiet
from floodgate.whatif.source import Clock, Column, Replay
from floodgate.whatif.subject import Subject

MINUTE_S = 60
POOLED = "for the warm pool"
_COUNTS: Mapping[str, Kind] = {"launch": "launch", "in_service": "in_service", "terminate": "terminate"}
LIMITS: Mapping[str, CauseKind] = {"quota": "quota", "launch rate": "throttling", "max size": "limit"}


@dataclass(frozen=True, slots=True)
class Seen:
    """What one metric showed, at seconds from the beginning, and the alarms that watched it."""

    metric: Metric
    times_s: tuple[int, ...]
    values: tuple[float | None, ...]
    alarms: tuple[Alarm, ...]


@dataclass(slots=True)
class Trace:
    """Fills while a group is played: sizes whenever they changed, as (second, desired, in service); then metrics."""

    sizes: list[tuple[int, int, int]] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)


class Instants(Log):
    """Events as they happened: what drips out second by second is told second by second."""

    def count(self, second: int, kind: str, name: str, before: int, after: int, words: str) -> None:
        """Add a change of a count."""
        self.tell(Event(second, kind, name, before, after, f"{abs(after - before):,} {words}"))


class ReplayedFleet(Fleet):
    """A group whose metrics come from a record and whose alarms begin as the plan has them."""

    def __init__(
        self,
        subject: Subject,
        times: LaunchTimes,
        window: tuple[int, int],
        record: Mapping[Name, Series],
        *,
        closed_loop: bool,
    ) -> None:
        self._subject, self._window, self._closed_loop = subject, window, closed_loop
        self._recorded = Recorded(record, window[0])
        super().__init__(subject.group, times, datetime.fromtimestamp(window[0], UTC))
        self._source.fleet = self
        self._begin()
        self._find_quiet()

    def _make_log(self) -> Log:
        return Instants()

    def _make_metrics(self) -> tuple[Metrics, int]:
        start_s, end_s = self._window
        tick_s = 10 if any(watch.alarm.period_s < MINUTE_S for watch in self._policies.watches()) else MINUTE_S
        first_s = tick_s - start_s % MINUTE_S % tick_s
        self._clock = Clock(tick_s, first_s, max(0, (end_s - start_s - first_s) // tick_s + 1))
        self._source = Replay(
            self._subject,
            self._recorded,
            start_s,
            self._times.metric_delay_s,
            closed_loop=self._closed_loop,
            clock=self._clock,
        )
        return self._source, tick_s

    def _begin(self) -> None:
        """Alarms of target tracking in the plan's state, told apart by the side of the target that they watch."""
        for watch in self._policies.watches():
            for alarm in getattr(watch.policy, "alarms", ()):
                if alarm.comparison[:4] == watch.alarm.comparison[:4]:
                    watch.state = alarm.state

    def _find_quiet(self) -> None:
        """Which ticks cannot change anything; a pending cooldown is looked at every tick, so simple policies have none.

        Low alarms of target tracking scale in only where all agree, and nothing below the group's minimum.
        """
        watches = list(self._policies.watches())
        often = all(w.interval_s == self._clock.tick_s for w in watches)
        columns = [self._column(watch) for watch in watches]
        simple = any(isinstance(watch.policy, SimpleScaling) for watch in watches)
        if simple or not often or not all(column.settled for column in columns):
            return
        still = np.ones(self._clock.ticks, dtype=np.bool_)
        lows: list[NDArray[np.bool_]] = []
        for watch, column in zip(watches, columns, strict=True):
            ticks = watch.alarm.period_s // self._clock.tick_s
            codes = quiet.states(watch.alarm, watch.state, column.values, column.before, ticks)
            still &= quiet.unstirred(codes, watch.state)
            alarmed = codes == quiet.CODES["ALARM"]
            if not (isinstance(watch.policy, TargetTracking) and watch.alarm.comparison.startswith("Less")):
                still &= ~alarmed
            elif not watch.policy.disable_scale_in:
                lows.append(alarmed)
        agreed = np.all(lows, axis=0) if lows else ~still
        calm, still_is = (still & ~agreed).tolist(), still.tolist()
        self._source.is_quiet = lambda index: calm[index] or (still_is[index] and self.desired <= self.min_size)

    def _column(self, watch: Watch) -> Column:
        return self._source.column(watch.metric, watch.alarm.period_s, watch.range_points)

    def metric_of(self, event: Event) -> float | None:
        """The newest value of the metric that an alarm or a policy acted on."""
        watches = self._policies.watches()
        if event.kind == "alarm":
            return next((watch.newest for watch in watches if watch.alarm.name == event.name), None)
        acting = (watch for watch in watches if watch.policy.name == event.name and watch.state == "ALARM")
        return next((watch.newest for watch in acting), None) if event.kind == "policy" else None

    def refused(self, limit: str) -> tuple[int, int]:
        """What the group has or may have, and what was asked for."""
        return (self.desired, self.asked) if limit == "max size" else (self.in_service + self.launching, self.desired)

    def seen(self) -> Iterator[Seen]:
        """What every metric showed so far, with its alarms."""
        alarms: dict[Metric, list[Watch]] = {}
        for watch in self._policies.watches():
            alarms.setdefault(watch.metric, []).append(watch)
        for metric, watches in alarms.items():
            column = self._column(watches[0])
            values = column.values[column.before : column.before + self._source.index + 1]
            times = tuple(self._clock.end_s(index) for index in range(len(values)))
            yield Seen(metric, times, tuple(values), tuple(watch.alarm for watch in watches))


def play(
    subject: Subject,
    record: Mapping[Name, Series],
    times: LaunchTimes,
    window: tuple[int, int],
    *,
    closed_loop: bool = False,
    trace: Trace | None = None,
) -> Iterator[GroupEvent]:
    """Play a group from the first instant of a window to its last, in Unix seconds; tell events as they happen.

    Args:
        subject: the group.
        record: series by namespace, name and sorted dimensions.
        times: how long launches take, and what AWS leaves open.
        window: from and to.
        closed_loop: whether shared metrics are the group's total, divided by what is in service.
        trace: filled with what a picture needs, if given.
    """
    length_s = window[1] - window[0]
    fleet = ReplayedFleet(subject, times, window, record, closed_loop=closed_loop)
    trace = trace or Trace()
    trace.sizes.append((0, fleet.desired, fleet.in_service))
    second: float = 0
    while second <= length_s:
        fleet.step(int(second))
        if fleet.events:
            events = _counted(fleet)
            fleet.events.clear()
            if (fleet.desired, fleet.in_service) != trace.sizes[-1][1:]:
                trace.sizes.append((int(second), fleet.desired, fleet.in_service))
            yield from (told for event in events if (told := _told(event, fleet)))
        second = max(second + 1, fleet.next_s)
    trace.seen.extend(fleet.seen())


def _counted(fleet: ReplayedFleet) -> list[Event]:
    """The events of one moment; launches count instances in service or on the way, the pool's those in or for it."""
    size, pool = fleet.in_service + fleet.launching, fleet.pool + fleet.preparing
    events: list[Event] = []
    for event in reversed(fleet.events):
        if event.kind == "launch":
            count = int((event.after or 0) - (event.before or 0))
            pooled = event.name == POOLED
            after = pool if pooled else size
            pool, size = (pool - count, size) if pooled else (pool, size - count)
            events.append(replace(event, before=after - count, after=after))
        else:
            events.append(event)
    return events[::-1]


def _told(event: Event, fleet: ReplayedFleet) -> GroupEvent | None:
    """An event in the form of what-if; None for one that changes nothing."""
    metric = fleet.metric_of(event)
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
        return GroupEvent(event.second, "refused", *fleet.refused(event.name), cause, event.reason)
    pooled = event.kind == "launch" and event.name == POOLED
    kind: Kind = "warm" if pooled else _COUNTS[event.kind]
    return GroupEvent(event.second, kind, before, after, Cause("size", event.name), event.reason)
