"""Datapoints as CloudWatch keeps them: statistic sets, which merge into longer ones.

Source: "Metrics concepts", Aggregation,
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from floodgate.awsrules.cloudwatch import statistics
from floodgate.awsrules.model import Statistic


@dataclass(frozen=True, slots=True)
class Datapoint:
    """A statistic set: what CloudWatch keeps of the values of one moment or period."""

    total: float
    count: float
    minimum: float
    maximum: float

    @property
    def is_raw(self) -> bool:
        """Whether it tells the values themselves: one value, or the same one several times.

        Only such statistic sets can be retrieved as percentiles. Source: "Metrics concepts", Percentiles.
        """
        return self.minimum == self.maximum and self.total == self.minimum * self.count

    def value(self, statistic: Statistic) -> float | None:
        """The named statistic; None where a statistic set cannot tell it, as percentiles of several values.

        Raises:
            StatisticError: if CloudWatch has no such statistic.
        """
        basic = _BASIC.get(statistic)
        return basic(self) if basic else over((self,), statistic)


def single(value: float) -> Datapoint:
    """One published value as a statistic set."""
    return Datapoint(value, 1, value, value)


def merge(points: Sequence[Datapoint | None]) -> Datapoint | None:
    """Several datapoints as one longer one; None where all are missing."""
    real = [point for point in points if point is not None]
    if len(real) < 2:
        return real[0] if real else None
    total, count, minimum, maximum = 0.0, 0.0, inf, -inf
    # one pass, because what-if merges some million datapoints
    for point in real:
        total += point.total
        count += point.count
        minimum = min(minimum, point.minimum)
        maximum = max(maximum, point.maximum)
    return Datapoint(total, count, minimum, maximum)


def over(points: Sequence[Datapoint | None], statistic: Statistic) -> float | None:
    """A statistic over several datapoints; None where all are missing or where they cannot tell it.

    Percentiles, trimmed means and their like need raw values.
    Source: "CloudWatch statistics definitions",
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html

    Raises:
        StatisticError: if CloudWatch has no such statistic.
    """
    basic = _BASIC.get(statistic)
    if basic:
        merged = merge(points)
        return None if merged is None else basic(merged)
    wanted = statistics.parse(statistic)
    real = [point for point in points if point is not None]
    if not all(point.is_raw for point in real):
        return None
    return statistics.evaluate(wanted, [(point.minimum, point.count) for point in real])


def _average(point: Datapoint) -> float | None:
    return point.total / point.count if point.count else None


def _total(point: Datapoint) -> float:
    return point.total


def _count(point: Datapoint) -> float:
    return point.count


def _minimum(point: Datapoint) -> float:
    return point.minimum


def _maximum(point: Datapoint) -> float:
    return point.maximum


_BASIC = {"Average": _average, "Sum": _total, "SampleCount": _count, "Minimum": _minimum, "Maximum": _maximum}
