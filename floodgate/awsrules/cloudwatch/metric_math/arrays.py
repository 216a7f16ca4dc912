"""Functions of arrays of series: METRICS, METRIC_COUNT, FIRST, LAST, SORT, SLICE, REMOVE_EMPTY; and TIME_SERIES.

Source: "Using math expressions with CloudWatch metrics", The METRICS() function, and Functions supported for metric
math, https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html.
"""

from __future__ import annotations

from math import inf

from floodgate.awsrules.cloudwatch.metric_math.aggregates import NAMED, of_series
from floodgate.awsrules.cloudwatch.metric_math.arguments import Inputs
from floodgate.awsrules.cloudwatch.metric_math.grammar import String
from floodgate.awsrules.cloudwatch.metric_math.series import Series, Value


def metrics(inputs: Inputs) -> Value:
    """METRICS: all metrics of the request, or those whose id holds a text; no expressions."""
    wanted = ""
    if inputs.values:
        text = inputs.values[0]
        if not isinstance(text, String):
            raise inputs.wrong("it takes nothing or a text in quotes", 'write METRICS() or METRICS("errors")')
        wanted = text.text
    found = tuple(series for name, series in inputs.scope.metrics.items() if wanted in name)
    if not found:
        raise inputs.wrong(f"no metric has {wanted!r} in its id", "correct the text or the ids")
    return found


def metric_count(inputs: Inputs) -> Value:
    """METRIC_COUNT: how many series an array has."""
    return float(len(inputs.array(0)))


def first(inputs: Inputs) -> Value:
    """FIRST: the first series of an array."""
    return _one(inputs, 0)


def last(inputs: Inputs) -> Value:
    """LAST: the last series of an array."""
    return _one(inputs, -1)


def remove_empty(inputs: Inputs) -> Value:
    """REMOVE_EMPTY: the series that have at least one point. AWS advises against it in alarms."""
    inputs.scope.looks_around = True
    return tuple(series for series in inputs.array(0) if any(point is not None for point in series))


def sort(inputs: Inputs) -> Value:
    """SORT: an array by the AVG, MIN, MAX or SUM of its series, ascending or descending, the first few if so wished.

    Series without a value come last; equal ones keep their order.
    """
    inputs.scope.looks_around = True
    array = inputs.array(0)
    function = NAMED[inputs.keyword(1, ("AVG", "MIN", "MAX", "SUM"))]
    sign = -1 if inputs.keyword(2, ("ASC", "DESC")) == "DESC" else 1

    def key(series: Series) -> float:
        value = of_series(function, series)
        return inf if value is None else sign * value

    limit = inputs.whole(3) if len(inputs.values) > 3 else len(array)
    return tuple(sorted(array, key=key)[:limit])


def part(inputs: Inputs) -> Value:
    """SLICE: a part of an array, from the first number, counted from 0, to before the second or to the end."""
    array = inputs.array(0)
    end = inputs.whole(2) if len(inputs.values) > 2 else len(array)
    return array[inputs.whole(1) : end]


def time_series(inputs: Inputs) -> Value:
    """TIME_SERIES: a series that has a number everywhere."""
    return inputs.scope.timeline.constant(inputs.scalar(0))


def _one(inputs: Inputs, index: int) -> Series:
    """A series of an array; where it has lost all of them on the way, one without points."""
    array = inputs.array(0)
    return array[index] if array else inputs.scope.timeline.constant(None)
