"""Metrics that were recorded, as a source of datapoints."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from floodgate.awsrules.cloudwatch.datapoints import over, single
from floodgate.awsrules.model import Metric

MINUTE_S = 60
TARGET_METRICS = frozenset({("AWS/ApplicationELB", "RequestCountPerTarget")})
Name = tuple[str, str, tuple[tuple[str, str], ...]]


@dataclass(frozen=True, slots=True)
class Series:
    """The datapoints of one metric: times in Unix seconds, at the start of their periods, ascending."""

    times_s: tuple[int, ...]
    values: tuple[float, ...]


def alternatives(metric: Metric) -> tuple[Name, ...]:
    """The names under which a metric may have been recorded: its own, and requests of a target without balancer."""
    exact = (metric.namespace, metric.name, tuple(sorted(metric.dimensions)))
    if (metric.namespace, metric.name) not in TARGET_METRICS:
        return (exact,)
    return (exact, (metric.namespace, metric.name, tuple(d for d in exact[2] if d[0] == "TargetGroup")))


class Recorded:
    """A `MetricSource` over a record.

    A row answers for whatever statistic is asked: it is that metric's datapoint. A longer period is aggregated by the
    alarm's statistic: Sum adds, Average averages, SampleCount counts rows. A period under a minute takes rows of its
    own length, so a record by the minute has one such datapoint a minute.

    Args:
        record: series by namespace, name and sorted dimensions.
        start_s: the Unix second of the group's second 0.
        divisor: for a closed loop, what a metric's total is divided by now; None leaves the metric as recorded.
    """

    def __init__(
        self, record: Mapping[Name, Series], start_s: int, divisor: Callable[[Metric], int | None] = lambda _: None
    ) -> None:
        self._record, self._start_s, self._divisor = record, start_s, divisor
        self._seen: dict[tuple[Metric, int], dict[int, float | None]] = {}
        self._series: dict[Metric, Series | None] = {}

    def series(self, metric: Metric) -> Series | None:
        """What was recorded of a metric, None where there is nothing."""
        return next((self._record[name] for name in alternatives(metric) if name in self._record), None)

    def values(self, metric: Metric, end_s: int, period_s: int, periods: int) -> list[float | None]:
        """The `periods` datapoints of `period_s` each that end at `end_s`, oldest first, None where missing."""
        seen = self._seen.setdefault((metric, period_s), {})
        ends = range(end_s - (periods - 1) * period_s, end_s + 1, period_s)
        # windows slide by a minute, so all but the newest were mostly asked for before
        return [seen[end] if end in seen else seen.setdefault(end, self._window(metric, end, period_s)) for end in ends]

    def rolled(self, metric: Metric, ends: range, period_s: int) -> list[float | None]:
        """The datapoint of `period_s` that ends at each of `ends`, None where missing; never divided.

        The same datapoints as `values` tells one by one, for every moment of a replay at once.
        """
        series = self.series(metric)
        if series is None:
            return [None] * len(ends)
        times = np.array(series.times_s, dtype=np.int64)
        until = np.arange(ends.start, ends.stop, ends.step, dtype=np.int64) + self._start_s
        firsts, lasts = np.searchsorted(times, until - period_s).tolist(), np.searchsorted(times, until).tolist()
        return [
            _aggregate(series.values[first:last], metric.statistic, period_s) if first < last else None
            for first, last in zip(firsts, lasts, strict=True)
        ]

    def _window(self, metric: Metric, end_s: int, period_s: int) -> float | None:
        if metric not in self._series:
            self._series[metric] = self.series(metric)
        series = self._series[metric]
        if series is None:
            return None
        until = self._start_s + end_s
        first, last = bisect_left(series.times_s, until - period_s), bisect_left(series.times_s, until)
        if first == last:
            return None
        value = _aggregate(series.values[first:last], metric.statistic, period_s)
        divisor = self._divisor(metric)
        return value if value is None or divisor is None else value / max(1, divisor)


def _aggregate(values: tuple[float, ...], statistic: str, period_s: int) -> float | None:
    if len(values) == 1 and period_s <= MINUTE_S:
        return values[0]
    return over([single(value) for value in values], statistic)
