"""CloudWatch metric alarms: periods, M of N datapoints, sliding windows and missing data.

Sources: "Alarm evaluation", https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html;
"Configuring how alarms treat missing data",
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from floodgate.awsrules.model import Alarm, AlarmState, MissingData, Statistic

COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}
DAY_S = 86_400
Points = Sequence[float | None]  # oldest first; None is a missing datapoint


@dataclass(frozen=True, slots=True)
class Datapoint:
    """A statistic set: what CloudWatch keeps of the values of one moment or period."""

    total: float
    count: float
    minimum: float
    maximum: float

    def value(self, statistic: Statistic) -> float | None:
        """The named statistic; None for percentiles, which cannot be told from a statistic set."""
        if statistic == "Average":
            return self.total / self.count if self.count else None
        known = {"Sum": self.total, "SampleCount": self.count, "Minimum": self.minimum, "Maximum": self.maximum}
        return known.get(statistic)


def merge(points: Sequence[Datapoint | None]) -> Datapoint | None:
    """Several datapoints as one longer one; None where all are missing."""
    real = [point for point in points if point is not None]
    if not real:
        return None
    return Datapoint(
        sum(point.total for point in real),
        sum(point.count for point in real),
        min(point.minimum for point in real),
        max(point.maximum for point in real),
    )


def sliding(history: Sequence[Datapoint | None], ticks: int, periods: int, statistic: Statistic) -> list[float | None]:
    """The last `periods` datapoints of `ticks` ticks each, oldest first, counted back from the newest tick.

    An alarm with a period of five minutes looks at minutes 1 to 5 in minute 5 and at minutes 2 to 6 in minute 6:
    its window slides by the minute. Source: "Alarm evaluation".
    """
    values: list[float | None] = []
    for end in range(len(history) - (periods - 1) * ticks, len(history) + 1, ticks):
        point = merge(history[max(0, end - ticks) : max(0, end)])
        values.append(point.value(statistic) if point else None)
    return values


def interval_s(period_s: int, evaluation_periods: int) -> int:
    """How often an alarm is evaluated: each minute, each ten seconds for high resolution, hourly beyond a day.

    Source: "Alarm evaluation".
    """
    if period_s < 60:
        return 10
    return 3600 if period_s * evaluation_periods > DAY_S else 60


def range_points(evaluation_periods: int) -> int:
    """How many datapoints an alarm looks at, more than it needs, so that some may be missing.

    AWS prints one value: 5 for 3 evaluation periods. Two more than needed is that, and a guess for the rest.
    """
    return evaluation_periods + 2


def breaches(alarm: Alarm, value: float) -> bool:
    """Whether one datapoint breaches the alarm's threshold."""
    return COMPARISONS[alarm.comparison](value, alarm.threshold)


def evaluate(alarm: Alarm, points: Points, state: AlarmState) -> AlarmState:
    """The alarm's next state from its evaluation range.

    Args:
        alarm: the alarm; its `state` field is not read.
        points: the datapoints of the evaluation range, oldest first, None where missing.
        state: the state so far, kept where missing data are ignored.
    """
    marks = [None if value is None else breaches(alarm, value) for value in points]
    real = [mark for mark in marks if mark is not None]
    if len(real) >= alarm.evaluation_periods:
        return _counted(sum(real[-alarm.evaluation_periods :]), alarm)
    return _filled(marks, real, alarm, state)


def _counted(breaching: int, alarm: Alarm) -> AlarmState:
    return "ALARM" if breaching >= alarm.datapoints_to_alarm else "OK"


def _filled(marks: list[bool | None], real: list[bool], alarm: Alarm, state: AlarmState) -> AlarmState:
    """The state where real datapoints do not suffice and missing ones must be treated."""
    treatment: MissingData = alarm.treat_missing_data
    if treatment in ("breaching", "notBreaching"):
        filled = alarm.evaluation_periods - len(real) if treatment == "breaching" else 0
        return _counted(sum(real) + filled, alarm)
    if not real:
        return state if treatment == "ignore" else "INSUFFICIENT_DATA"
    if not all(real):
        return _counted(sum(real), alarm)
    if treatment == "ignore":
        return state
    return "ALARM" if len(marks) - marks.index(True) >= alarm.datapoints_to_alarm else "OK"


def runs_action(before: AlarmState, after: AlarmState, kind: Literal["autoscaling", "other"]) -> bool:
    """Whether an action of the ALARM state runs after this evaluation.

    Actions run when the state changes; those of Auto Scaling are repeated each minute while the state lasts.
    Source: "Alarm actions", https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html
    """
    return after == "ALARM" and (before != after or kind == "autoscaling")
