"""Which datapoints breach a threshold, and how many do.

Source: "PutMetricAlarm", ComparisonOperator,
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence

from floodgate.awsrules.model import Alarm

COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}
# a month of minutes asks for this 43,200 times an alarm: a comparison in place costs a third of a call
_COUNTS: dict[str, Callable[[Sequence[float], float], int]] = {
    "GreaterThanOrEqualToThreshold": lambda values, bound: len([1 for value in values if value >= bound]),
    "GreaterThanThreshold": lambda values, bound: len([1 for value in values if value > bound]),
    "LessThanThreshold": lambda values, bound: len([1 for value in values if value < bound]),
    "LessThanOrEqualToThreshold": lambda values, bound: len([1 for value in values if value <= bound]),
}


def breaches(alarm: Alarm, value: float) -> bool:
    """Whether one datapoint breaches the alarm's threshold."""
    return COMPARISONS[alarm.comparison](value, alarm.threshold)


def breaching(alarm: Alarm, values: Sequence[float]) -> int:
    """How many datapoints breach the alarm's threshold."""
    return _COUNTS[alarm.comparison](values, alarm.threshold)
