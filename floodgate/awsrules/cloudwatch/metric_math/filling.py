"""FILL: values for the points that are missing.

In an alarm, a newest minute that is always late makes the filler the newest point each time; AWS advises an M out of N
alarm then.
Source: "Using math expressions with CloudWatch metrics", Functions supported for metric math,
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html.
"""

from __future__ import annotations

from floodgate.awsrules.cloudwatch.metric_math.arguments import Inputs
from floodgate.awsrules.cloudwatch.metric_math.grammar import Keyword
from floodgate.awsrules.cloudwatch.metric_math.series import Point, Series, Value


def fill(inputs: Inputs) -> Value:
    """FILL: a series, or each of an array, with its gaps filled by a number, another series, REPEAT or LINEAR."""
    value = inputs.value(0)
    if isinstance(value, tuple):
        return tuple(_filled(inputs, series) for series in value)
    return _filled(inputs, inputs.series(0))


def repeat(series: Series) -> Series:
    """REPEAT: the newest real value before the gap; a gap at the beginning stays."""
    filled: Series = []
    last: Point = None
    for point in series:
        last = last if point is None else point
        filled.append(last)
    return filled


def linear(series: Series) -> Series:
    """LINEAR: a straight line between the values around the gap; gaps at the beginning and at the end stay."""
    filled = list(series)
    before: int | None = None
    for index, point in enumerate(series):
        if point is None:
            continue
        start = None if before is None else series[before]
        if before is not None and start is not None:
            for gap in range(before + 1, index):
                share = (gap - before) / (index - before)
                # weighing both ends keeps even the largest numbers finite
                filled[gap] = start * (1 - share) + point * share
        before = index
    return filled


def _filled(inputs: Inputs, series: Series) -> Series:
    filler = inputs.values[1]
    if isinstance(filler, Keyword):
        inputs.scope.looks_around = True
        return repeat(series) if inputs.keyword(1, ("REPEAT", "LINEAR")) == "REPEAT" else linear(series)
    value = inputs.value(1)
    if isinstance(value, list):
        return [other if point is None else point for point, other in zip(series, value, strict=True)]
    number = inputs.scalar(1)
    return [number if point is None else point for point in series]
