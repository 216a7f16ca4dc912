"""Functions of single points: ABS, CEIL, FLOOR, LOG, LOG10 and IF.

Source: "Using math expressions with CloudWatch metrics", Functions supported for metric math, and Using IF expressions,
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html.
"""

from __future__ import annotations

import math

from floodgate.awsrules.cloudwatch.metric_math.arguments import Inputs
from floodgate.awsrules.cloudwatch.metric_math.series import Point, Series, Value, each


def absolute(inputs: Inputs) -> Value:
    """ABS: each point without its sign."""
    return each(abs, inputs.value(0))


def ceiling(inputs: Inputs) -> Value:
    """CEIL: the smallest whole number that is not below each point."""
    return each(lambda value: float(math.ceil(value)), inputs.value(0))


def floor(inputs: Inputs) -> Value:
    """FLOOR: the largest whole number that is not above each point."""
    return each(lambda value: float(math.floor(value)), inputs.value(0))


def log(inputs: Inputs) -> Value:
    """LOG: the natural logarithm; points of 0 or below have none and are dropped."""
    return each(lambda value: math.log(value) if value > 0 else None, inputs.value(0))


def log10(inputs: Inputs) -> Value:
    """LOG10: the logarithm to base 10; points of 0 or below have none and are dropped."""
    return each(lambda value: math.log10(value) if value > 0 else None, inputs.value(0))


def choose(inputs: Inputs) -> Value:
    """IF: one value where the condition is not 0, the other where it is 0.

    Of a condition that is a series, points that are missing are dropped. Where it holds and the series that is chosen
    has no point, the result is 0; where it does not hold, the point is dropped.
    """
    condition = inputs.value(0)
    branches = [inputs.value(index) for index in range(1, len(inputs.values))]
    if isinstance(condition, tuple) or any(isinstance(branch, tuple) for branch in branches):
        raise inputs.wrong("it takes numbers and single time series, no arrays", "choose one of them with FIRST")
    if not isinstance(condition, list):
        return _chosen_once(inputs, condition, branches)
    periods = inputs.scope.timeline.periods
    holds = [0.0 if point is None else point for point in _points(branches[0], periods)]
    fails = _points(branches[1], periods) if len(branches) > 1 else [None] * periods
    return [
        None if mark is None else yes if mark else no for mark, yes, no in zip(condition, holds, fails, strict=True)
    ]


def _chosen_once(inputs: Inputs, condition: Point, branches: list[Value]) -> Value:
    """One branch as a whole: a number only of two numbers, so that the kind of the result never hangs on values."""
    chosen: Value = None
    if condition is not None and (condition or len(branches) > 1):
        chosen = branches[0 if condition else 1]
    if len(branches) > 1 and not any(isinstance(branch, list) for branch in branches):
        return chosen
    return _points(chosen, inputs.scope.timeline.periods)


def _points(value: Value, periods: int) -> Series:
    if isinstance(value, list):
        return value
    assert not isinstance(value, tuple), "arrays are refused before"
    return [value] * periods
