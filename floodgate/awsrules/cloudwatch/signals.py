"""Signals: the points that an alarm watches, of a metric or of metric math.

Source: "Using math expressions with CloudWatch metrics",
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html.
"""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite

from floodgate.awsrules.cloudwatch import statistics
from floodgate.awsrules.cloudwatch.metric_math import evaluation
from floodgate.awsrules.cloudwatch.metric_math.series import Timeline
from floodgate.awsrules.model import Metric, Signal

Fetch = Callable[[Metric], list[float | None]]
"""Gives the points of a metric for the window that is asked for, oldest first, None where missing."""


def metrics(signal: Signal) -> tuple[Metric, ...]:
    """The metrics that a signal is made of."""
    return (signal,) if isinstance(signal, Metric) else signal.metrics


def check(signal: Signal) -> None:
    """Say what is wrong with a signal before it is used; after this, `values` does not fail.

    Raises:
        SignalError: if a statistic is unknown, or an expression cannot be read or returns no single series.
    """
    for metric in metrics(signal):
        if metric.statistic not in statistics.BASIC:
            statistics.parse(metric.statistic)
    is_pointwise(signal)


def values(signal: Signal, fetch: Fetch, period_s: int, periods: int, end_s: int) -> list[float | None]:
    """The points of a signal, oldest first, None where missing.

    Args:
        signal: a metric or metric math.
        fetch: gives the `periods` points of `period_s` each that end at `end_s`, for one metric.
        period_s: the alarm's period.
        periods: how many points are wanted, the alarm's evaluation range; metric math sees just as many.
        end_s: the end of the newest period, in Unix seconds; only functions of time, as HOUR, depend on it.

    Raises:
        ExpressionError: if metric math cannot be evaluated.
    """
    if isinstance(signal, Metric):
        return fetch(signal)
    series = {name: _finite(fetch(metric)) for name, metric in evaluation.plan(signal).metrics}
    return evaluation.evaluate(signal, series, Timeline(end_s, period_s, periods))


def _finite(points: list[float | None]) -> list[float | None]:
    """Points that arithmetic can be done with; CloudWatch takes no others."""
    return [float(point) if point is not None and isfinite(point) else None for point in points]


def is_pointwise(signal: Signal) -> bool:
    """Whether each point depends on nothing but the metrics' points of the same time.

    The points of such a signal can be computed once for a whole record; each window of them is what `values` gives.

    Raises:
        ExpressionError: if metric math cannot be evaluated.
    """
    return isinstance(signal, Metric) or not evaluation.looks_around(signal)
