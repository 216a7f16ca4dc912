"""The values of metric math: scalars, time series and arrays of time series over one timeline.

Missing points follow the rules that AWS prints: between two series a missing point counts as 0 where the other has one,
and what cannot be computed, as a division by zero, is dropped.
Source: "Using math expressions with CloudWatch metrics", Basic arithmetic functions,
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite

from floodgate.awsrules.cloudwatch.metric_math.grammar import Keyword, String
from floodgate.awsrules.cloudwatch.windows import stamps

Point = float | None  # None is a missing point; as a scalar, a value that nothing is known of
Series = list[Point]  # oldest first, one point a period of the timeline
SeriesArray = tuple[Series, ...]
Value = Point | Series | SeriesArray
Argument = Value | Keyword | String


@dataclass(frozen=True, slots=True)
class Timeline:
    """What all series of an evaluation have in common.

    Args:
        end_s: the end of the newest period, in Unix seconds, UTC.
        period_s: the length of a period.
        periods: how many points a series has.
    """

    end_s: int
    period_s: int
    periods: int

    def stamps(self) -> list[int]:
        """The time of each point: the beginning of its period."""
        return stamps(self.end_s, self.period_s, self.periods)

    def constant(self, value: Point) -> Series:
        """A series that has the same value everywhere."""
        return [value] * self.periods


def known(value: float) -> Point:
    """A number that a datapoint can hold; infinite ones are dropped."""
    return value if isfinite(value) else None


def each(function: Callable[[float], Point], value: Value) -> Value:
    """A function of each point; missing points stay missing."""
    if isinstance(value, tuple):
        return tuple([None if point is None else function(point) for point in series] for series in value)
    if isinstance(value, list):
        return [None if point is None else function(point) for point in value]
    return None if value is None else function(value)


def pairs(function: Callable[[float, float], Point], one: Value, other: Value) -> Value:
    """A function of each two points at the same time; every series of an array meets the other operand.

    Two arrays are refused before this is called.
    """
    if isinstance(one, tuple):
        return tuple(_paired(function, series, _flat(other)) for series in one)
    if isinstance(other, tuple):
        return tuple(_paired(function, one, series) for series in other)
    if isinstance(one, list) or isinstance(other, list):
        return _paired(function, one, other)
    return None if one is None or other is None else function(one, other)


def _flat(value: Value) -> Point | Series:
    assert not isinstance(value, tuple), "two arrays are refused before"
    return value


def _paired(function: Callable[[float, float], Point], one: Point | Series, other: Point | Series) -> Series:
    """Two series at once; a scalar has no times of its own, so that a series keeps its gaps beside it."""
    if isinstance(one, list) and isinstance(other, list):
        return [
            None if a is None and b is None else function(a or 0.0, b or 0.0) for a, b in zip(one, other, strict=True)
        ]
    if isinstance(one, list):
        return [None if a is None or other is None else function(a, _scalar(other)) for a in one]
    assert isinstance(other, list), "one of the two is a series"
    return [None if b is None or one is None else function(one, b) for b in other]


def _scalar(value: Point | Series) -> float:
    assert isinstance(value, (int, float)), "it is neither a series nor missing"
    return value
