"""Functions of time: MINUTE, HOUR, DAY, DATE, MONTH, YEAR, EPOCH and PERIOD.

They give a series without gaps, whatever the gaps of their argument, in UTC.
Source: "Using math expressions with CloudWatch metrics", Functions supported for metric math,
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from floodgate.awsrules.cloudwatch.metric_math.arguments import Inputs
from floodgate.awsrules.cloudwatch.metric_math.series import Value

PARTS: dict[str, Callable[[datetime], float]] = {
    "MINUTE": lambda moment: moment.minute,
    "HOUR": lambda moment: moment.hour,
    "DAY": lambda moment: moment.isoweekday(),
    "DATE": lambda moment: moment.day,
    "MONTH": lambda moment: moment.month,
    "YEAR": lambda moment: moment.year,
    "EPOCH": lambda moment: moment.timestamp(),
}
"""What each tells of a moment; DAY counts from Monday, 1, to Sunday, 7."""


def part_of_time(inputs: Inputs) -> Value:
    """MINUTE, HOUR, DAY, DATE, MONTH, YEAR and EPOCH of each point's time."""
    inputs.series(0)
    part = PARTS[inputs.call.function]
    return [float(part(datetime.fromtimestamp(stamp, UTC))) for stamp in inputs.scope.timeline.stamps()]


def period(inputs: Inputs) -> Value:
    """PERIOD: the length of a metric's period in seconds; no expression has one."""
    inputs.metric(0)
    return float(inputs.scope.timeline.period_s)
