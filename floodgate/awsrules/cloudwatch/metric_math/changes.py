"""Functions of a point and those before it: DIFF, DIFF_TIME, RATE and RUNNING_SUM.

AWS advises against RUNNING_SUM in alarms, because alarms look at more points than their evaluation periods.
Source: "Using math expressions with CloudWatch metrics", Functions supported for metric math,
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html.
"""

from __future__ import annotations

from collections.abc import Callable

from floodgate.awsrules.cloudwatch.metric_math.arguments import Inputs
from floodgate.awsrules.cloudwatch.metric_math.series import Point, Series, Value, known

Change = Callable[[float, float], Point]  # of the difference of two values and of the seconds between them


def difference(inputs: Inputs) -> Value:
    """DIFF: each value less the one before it; a first value has none before it and is dropped."""
    return _over(inputs, lambda change, _elapsed_s: known(change))


def difference_in_time(inputs: Inputs) -> Value:
    """DIFF_TIME: the seconds from the value before to each value."""
    return _over(inputs, lambda _change, elapsed_s: elapsed_s)


def rate(inputs: Inputs) -> Value:
    """RATE: the difference to the value before, by the seconds between them."""
    return _over(inputs, lambda change, elapsed_s: known(change / elapsed_s))


def running_sum(inputs: Inputs) -> Value:
    """RUNNING_SUM: the sum of all values so far; missing points stay missing."""
    inputs.scope.looks_around = True
    value = inputs.value(0)
    return tuple(_summed(series) for series in value) if isinstance(value, tuple) else _summed(inputs.series(0))


def _over(inputs: Inputs, change: Change) -> Value:
    inputs.scope.looks_around = True
    value, period_s = inputs.value(0), inputs.scope.timeline.period_s
    if isinstance(value, tuple):
        return tuple(_changes(series, period_s, change) for series in value)
    return _changes(inputs.series(0), period_s, change)


def _changes(series: Series, period_s: int, change: Change) -> Series:
    """Gaps are stepped over: the value before is the newest real one."""
    changes: Series = []
    last: tuple[int, float] | None = None
    for index, point in enumerate(series):
        if point is None or last is None:
            changes.append(None)
        else:
            changes.append(change(point - last[1], float((index - last[0]) * period_s)))
        last = last if point is None else (index, point)
    return changes


def _summed(series: Series) -> Series:
    sums: Series = []
    total = 0.0
    for point in series:
        total += point or 0.0
        sums.append(None if point is None else known(total))
    return sums
