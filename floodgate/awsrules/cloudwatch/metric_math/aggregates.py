"""Functions of many points: SUM, AVG, MIN, MAX, STDDEV and DATAPOINT_COUNT.

Of one series they give a scalar, of an array one series. AWS advises against the scalars in alarms, because alarms look
at more points than their evaluation periods.
Source: "Using math expressions with CloudWatch metrics", Functions supported for metric math,
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import fsum, sqrt

from floodgate.awsrules.cloudwatch.metric_math.arguments import Inputs
from floodgate.awsrules.cloudwatch.metric_math.series import Point, Series, SeriesArray, Value, known

Aggregate = Callable[[Sequence[float], int], Point]  # of the points that are there, and of how many there could be


def total(points: Sequence[float], _possible: int) -> Point:
    """The sum, which is 0 of nothing."""
    try:
        return known(fsum(points))
    except OverflowError:
        return None


def average(points: Sequence[float], possible: int) -> Point:
    """The average, in which a missing point counts as 0, as AWS says of AVG."""
    summed = total(points, possible)
    return None if summed is None or not possible else summed / possible


def lowest(points: Sequence[float], _possible: int) -> Point:
    """The lowest point."""
    return min(points) if points else None


def highest(points: Sequence[float], _possible: int) -> Point:
    """The highest point."""
    return max(points) if points else None


def deviation(points: Sequence[float], _possible: int) -> Point:
    """The standard deviation of the points that are there, taken for all there are; AWS does not say which it is."""
    middle = average(points, len(points))
    if middle is None:
        return None
    try:
        return known(sqrt(fsum((point - middle) ** 2 for point in points) / len(points)))
    except OverflowError:
        return None


def count(points: Sequence[float], _possible: int) -> Point:
    """How many points there are."""
    return float(len(points))


NAMED: dict[str, Aggregate] = {
    "SUM": total,
    "AVG": average,
    "MIN": lowest,
    "MAX": highest,
    "STDDEV": deviation,
    "DATAPOINT_COUNT": count,
}


def aggregate(inputs: Inputs) -> Value:
    """A scalar of one series, a series of an array; where no series of the array has a point, there is none."""
    function = NAMED[inputs.call.function]
    value = inputs.value(0)
    if isinstance(value, list):
        inputs.scope.looks_around = True
        return of_series(function, value)
    if not isinstance(value, tuple):
        raise inputs.wrong("it takes a time series or an array of them, no number", "give an id or METRICS()")
    # an array may have lost all of its series on the way
    return _across(function, value) if value else inputs.scope.timeline.constant(None)


def of_series(function: Aggregate, series: Series) -> Point:
    """One number for a whole series."""
    return function([point for point in series if point is not None], len(series))


def _across(function: Aggregate, array: SeriesArray) -> Series:
    merged: Series = []
    for points in zip(*array, strict=True):
        real = [point for point in points if point is not None]
        merged.append(function(real, len(array)) if real else None)
    return merged
