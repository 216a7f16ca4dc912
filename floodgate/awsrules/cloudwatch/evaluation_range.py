"""The evaluation range: more datapoints than an alarm needs, because some may be missing.

Source: "Configuring how CloudWatch alarms treat missing data",
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html.
"""

from __future__ import annotations

from collections.abc import Sequence

RANGE_EXTRA = 2
"""Datapoints beyond the evaluation periods. AWS prints 5 for 3 and says that the number depends on the period's
length and the metric's resolution; two more is that one value, and a guess for the rest."""


def range_points(evaluation_periods: int, extra: int = RANGE_EXTRA) -> int:
    """How many datapoints an alarm looks at."""
    return evaluation_periods + extra


def reevaluates(points: Sequence[float | None], evaluation_periods: int) -> bool:
    """Whether an alarm is judging its last datapoints once more, because the metric has stopped flowing.

    The newest datapoint is missing, but the range still holds as many as are needed, so the last ones are evaluated
    again: an alarm may change its state or run its actions again after the last datapoint. Shorter periods shorten it.
    """
    real = sum(point is not None for point in points)
    return bool(points) and points[-1] is None and real >= evaluation_periods
