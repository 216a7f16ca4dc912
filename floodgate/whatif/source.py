"""The metrics of a replay: told by a record as soon as their period has ended."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from floodgate.awsrules.cloudwatch import signals
from floodgate.awsrules.cloudwatch.windows import tail
from floodgate.awsrules.model import Metric, MetricMath, Signal
from floodgate.fleet.recorded import Recorded
from floodgate.fleet.sizes import NAMESPACE
from floodgate.whatif.subject import Subject

COMPUTED = "metric math"


class Sized(Protocol):
    """A group that tells how many serve."""

    @property
    def in_service(self) -> int:
        """Instances that take requests."""
        ...

    def shown(self, signal: Signal, end_s: int, period_s: int) -> float | None:
        """A datapoint as the group's alarms see it."""
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

    def index(self, end_s: int) -> int:
        """The number of the tick that ends at a second."""
        return (end_s - self.first_s) // self.tick_s


@dataclass(frozen=True, slots=True)
class Column:
    """The datapoint that ends with each tick; `before` of them lie before the first tick.

    `shares` fills with those of a closed loop, once their ticks have ended.
    """

    values: list[float | None]
    before: int
    shares: list[float | None] = field(default_factory=list)


class Replay:
    """A `MetricSource` over a record, with a column for each metric that is settled before the replay begins.

    Settled is what does not depend on the group: neither one of its own metrics nor divided by what is in service.

    Args:
        subject: the group with what its policies watch.
        recorded: the record.
        clock: the ticks.
        start_s: the Unix second of second 0.
        closed_loop: whether shared metrics are the group's total, divided by what is in service.

    Attributes:
        settled: metric math that is settled, by the metric under which it is asked for.
    """

    def __init__(self, subject: Subject, recorded: Recorded, clock: Clock, start_s: int, *, closed_loop: bool) -> None:
        self._recorded, self._clock, self._start_s = recorded, clock, start_s
        self._shared = subject.shared if closed_loop else frozenset()
        self._columns: dict[tuple[Metric, int], Column] = {}
        self._fast: dict[tuple[int, int, int], tuple[Column, int] | None] = {}
        self._changes: list[tuple[int, int]] = []
        self._now_s = 0
        self._fleet: Sized | None = None
        self.settled: Mapping[MetricMath, Metric] = {
            math: Metric(COMPUTED, math.name, (("number", str(number)),))
            for number, (math, period_s) in enumerate(sorted(subject.math, key=repr))
            if period_s == clock.tick_s and self._is_settled(math)
        }
        self._math = {metric: math for math, metric in self.settled.items()}

    def follow(self, fleet: Sized) -> None:
        """Divide by what is in service in this group."""
        self._fleet = fleet
        self._changes = [(0, fleet.in_service)]

    def begin(self, second: int) -> None:
        """The group is about to do what is due at a second."""
        self._now_s = second

    def note(self, second: int) -> None:
        """The group has done what was due at a second."""
        assert self._fleet is not None
        if self._changes[-1][1] != self._fleet.in_service:
            self._changes.append((second, self._fleet.in_service))

    def values(self, metric: Metric, end_s: int, period_s: int, periods: int) -> list[float | None]:
        """The `periods` datapoints of `period_s` each that end at `end_s`, oldest first, None where missing."""
        # alarms keep their metrics, and identities are found faster than dataclasses
        key = (id(metric), period_s, periods)
        found = self._fast[key] if key in self._fast else self._fast.setdefault(key, self._find(metric, *key[1:]))
        if found is None:
            return [None] * periods
        column, ticks = found
        newest = column.before + self._clock.index(end_s)
        if not self._is_divided(metric):
            return tail(column.values, newest, ticks, periods)
        return self._divided(column, newest, ticks, periods)

    def column(self, signal: Signal, period_s: int, periods: int) -> Column | None:
        """What a settled signal shows at every tick, with what `periods` need before the first; None if it is not."""
        if not isinstance(signal, Metric) or self._is_divided(signal) or self._is_own(signal):
            return None
        return self._raw(signal, period_s, periods)

    def shown(self, signal: Signal, ends: Sequence[int], period_s: int) -> list[float | None]:
        """The datapoints of a signal that end with the ticks `ends`, once these have been played."""
        column = self.column(signal, period_s, 1)
        if column is not None:
            return column.values[column.before : column.before + len(ends)]
        assert self._fleet is not None
        return [self._fleet.shown(signal, end, period_s) for end in ends]

    def _find(self, metric: Metric, period_s: int, periods: int) -> tuple[Column, int] | None:
        if self._is_own(metric):
            return None
        return self._raw(metric, period_s, periods), max(1, period_s // self._clock.tick_s)

    def _raw(self, metric: Metric, period_s: int, periods: int) -> Column:
        """The recorded or computed datapoints; of what is divided the totals."""
        before = periods * max(1, period_s // self._clock.tick_s)
        known = self._columns.get((metric, period_s))
        if known is None or known.before < before:
            known = self._columns[metric, period_s] = Column(self._rolled(metric, period_s, before), before)
        return known

    def _rolled(self, metric: Metric, period_s: int, before: int) -> list[float | None]:
        clock = self._clock
        math = self._math.get(metric)
        if math is None:
            ends = range(clock.end_s(-before), clock.end_s(clock.ticks), clock.tick_s)
            return self._recorded.rolled(metric, ends, period_s)
        end_s = self._start_s + clock.end_s(clock.ticks - 1)
        return signals.values(
            math, lambda part: self._rolled(part, period_s, before), period_s, before + clock.ticks, end_s
        )

    def _divided(self, column: Column, newest: int, ticks: int, periods: int) -> list[float | None]:
        """Totals, each by what was in service when its period ended; of those that have ended that is settled."""
        shares = column.shares
        while len(shares) < newest:
            shares.append(self._share(column, len(shares)))
        # what serves at the newest end may still change within its second
        live = self._share(column, newest)
        return [*tail(shares, newest - ticks, ticks, periods - 1), live] if periods > 1 else [live]

    def _share(self, column: Column, place: int) -> float | None:
        total = column.values[place]
        if total is None:
            return None
        return total / max(1, self._in_service(self._clock.end_s(place - column.before)))

    def _in_service(self, end_s: int) -> int:
        """How many were in service at a second; of the one that is played now the group itself knows."""
        assert self._fleet is not None
        if end_s >= self._now_s:
            return self._fleet.in_service
        return self._changes[max(0, bisect_right(self._changes, (end_s, 1 << 62)) - 1)][1]

    def _is_own(self, metric: Metric) -> bool:
        return metric.namespace == NAMESPACE and self._recorded.series(metric) is None

    def _is_divided(self, metric: Metric) -> bool:
        return bool(self._shared) and (metric.namespace, metric.name, metric.dimensions) in self._shared

    def _is_settled(self, math: MetricMath) -> bool:
        parts = signals.metrics(math)
        return signals.is_pointwise(math) and not any(self._is_own(part) or self._is_divided(part) for part in parts)
