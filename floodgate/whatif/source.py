"""The metrics of a replay: told by a record as soon as their period has ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from floodgate.awsrules.cloudwatch import signals
from floodgate.awsrules.cloudwatch.windows import tail
from floodgate.awsrules.model import Metric, MetricMath
from floodgate.fleet.recorded import Recorded
from floodgate.rehearsal.fleet.metrics import Metrics
from floodgate.whatif.subject import GROUP_METRICS, Subject

SIZES = ("GroupInServiceInstances", "GroupDesiredCapacity", "GroupPendingInstances")


class Sized(Protocol):
    """A group that tells its sizes."""

    @property
    def in_service(self) -> int:
        """Instances that take requests."""
        ...

    @property
    def desired(self) -> int:
        """Desired capacity."""
        ...

    @property
    def launching(self) -> int:
        """Instances on the way into service."""
        ...


@dataclass(frozen=True, slots=True)
class Clock:
    """The ticks of a replay: seconds since its beginning at which a period may end."""

    tick_s: int
    first_s: int
    ticks: int

    def end_s(self, index: int) -> int:
        """When the tick of this number ends; numbers below 0 lie before the replay."""
        return self.first_s + index * self.tick_s


@dataclass(frozen=True, slots=True)
class Column:
    """The datapoint that ends with each tick; `before` of them lie before the first tick.

    `settled` says that every datapoint is known from the beginning; else `next_point` tells them tick by tick.
    """

    values: list[float | None]
    before: int
    next_point: Callable[[int], float | None] | None = None

    @property
    def settled(self) -> bool:
        """Whether nothing that the group does changes it."""
        return self.next_point is None


class Replay(Metrics):
    """The metrics of a replay.

    Args:
        subject: the group with what its policies watch.
        recorded: the record.
        start_s: the Unix second of second 0.
        delay_s: from the end of a period until it is seen.
        closed_loop: whether shared metrics are the group's total, divided by what is in service.
        clock: the ticks.

    Attributes:
        index: the number of the newest tick that is seen, -1 before the first.
        fleet: the group, once there is one.
        is_quiet: whether the tick of a number cannot change anything.
    """

    def __init__(
        self, subject: Subject, recorded: Recorded, start_s: int, delay_s: int, *, closed_loop: bool, clock: Clock
    ) -> None:
        super().__init__((), clock.tick_s, 1, detailed=True)
        self._subject, self._recorded, self._start_s, self._delay_s = subject, recorded, start_s, delay_s
        self._closed_loop, self._clock = closed_loop, clock
        self._due: list[int] = []
        self._columns: dict[tuple[Metric, int, int], Column] = {}
        self._known: dict[tuple[int, int, int], tuple[Column, int, MetricMath | None]] = {}
        self._growing: list[Column] = []
        self._sizes: list[tuple[int, int, int]] = []
        self.index = -1
        self.fleet: Sized | None = None
        self.is_quiet: Callable[[int], bool] = lambda _index: False

    def close(self, publish_s: int, healthy: int, registered: int) -> None:
        """End a tick; its datapoints can be seen from `publish_s` on."""
        del healthy, registered
        self._due.append(publish_s)
        self._sizes.append(self._size())

    def publish(self, second: int) -> bool:
        """Show what is due; whether there was anything that can change something."""
        stirred = False
        while self._due and self._due[0] <= second:
            self._due.pop(0)
            self.index += 1
            for column in self._growing:
                column.values.append(column.next_point(self.index) if column.next_point else None)
            stirred = stirred or not self.is_quiet(self.index)
        return stirred

    def next_s(self) -> int | None:
        """When the next datapoints can be seen, if a tick has ended."""
        return self._due[0] if self._due else None

    def values(self, metric: Metric, period_s: int, periods: int) -> list[float | None]:
        """The newest `periods` datapoints of an alarm's metric, oldest first, None where missing."""
        # alarms keep their metrics, and identities are found faster than dataclasses
        known = self._known.get((id(metric), period_s, periods))
        if known is None:
            math = self._subject.computed.get(metric)
            around = math if math is not None and not signals.is_pointwise(math) else None
            known = self.column(metric, period_s, periods), period_s // self._clock.tick_s or 1, around
            self._known[id(metric), period_s, periods] = known
        column, ticks, around = known
        if around is not None:
            return self._evaluated(around, period_s, periods, self.index, seen=periods)
        return tail(column.values, column.before + self.index, ticks, periods)

    def column(self, metric: Metric, period_s: int, periods: int) -> Column:
        """What an alarm's metric shows at every tick, with as much before the first as `periods` need."""
        key = (metric, period_s, periods)
        column = self._columns.get(key)
        if column is None:
            column = self._columns[key] = self._make(metric, period_s, periods)
            if not column.settled:
                self._growing.append(column)
                assert column.next_point
                for index in range(self.index + 1):
                    column.values.append(column.next_point(index))
        return column

    def _make(self, metric: Metric, period_s: int, periods: int) -> Column:
        before = periods * max(1, period_s // self._clock.tick_s)
        math = self._subject.computed.get(metric)
        if math is not None:
            return self._computed(math, period_s, periods, before)
        if self._is_own(metric):
            which = SIZES.index(metric.name)
            return Column([float(self._size()[which])] * before, before, lambda index: float(self._sizes[index][which]))
        ends = range(self._clock.end_s(-before), self._clock.end_s(self._clock.ticks), self._clock.tick_s)
        raw = self._recorded.rolled(metric, ends, period_s)
        if not self._is_divided(metric):
            return Column(raw, before)

        def divided(index: int) -> float | None:
            value = raw[before + index]
            in_service = (self._sizes[index] if index >= 0 else self._size())[0]
            return None if value is None else value / max(1, in_service)

        return Column([divided(index) for index in range(-before, 0)], before, divided)

    def _computed(self, math: MetricMath, period_s: int, periods: int, before: int) -> Column:
        """Metric math tick by tick, or at once where nothing in it waits for the group."""
        around = not signals.is_pointwise(math)
        parts = [self.column(part, period_s, periods) for part in math.metrics]
        whole = period_s == self._clock.tick_s and not around and all(part.settled for part in parts)
        if whole:
            of = {part: column.values for part, column in zip(math.metrics, parts, strict=True)}
            end_s = self._start_s + self._clock.end_s(self._clock.ticks - 1)
            return Column(signals.values(math, of.__getitem__, period_s, before + self._clock.ticks, end_s), before)

        def point(index: int) -> float | None:
            return self._evaluated(math, period_s, periods, index, seen=periods if around else 1)[-1]

        return Column([point(index) for index in range(-before, 0)], before, point)

    def _evaluated(self, math: MetricMath, period_s: int, periods: int, index: int, *, seen: int) -> list[float | None]:
        """The `seen` points of metric math that end with a tick, its parts kept for `periods`."""
        ticks = max(1, period_s // self._clock.tick_s)

        def fetch(part: Metric) -> list[float | None]:
            column = self.column(part, period_s, periods)
            return tail(column.values, column.before + index, ticks, seen)

        return signals.values(math, fetch, period_s, seen, self._start_s + self._clock.end_s(index))

    def _size(self) -> tuple[int, int, int]:
        fleet = self.fleet
        return (0, 0, 0) if fleet is None else (fleet.in_service, fleet.desired, fleet.launching)

    def _is_own(self, metric: Metric) -> bool:
        return metric.namespace == GROUP_METRICS and metric.name in SIZES and self._recorded.series(metric) is None

    def _is_divided(self, metric: Metric) -> bool:
        return self._closed_loop and (metric.namespace, metric.name, metric.dimensions) in self._subject.shared
