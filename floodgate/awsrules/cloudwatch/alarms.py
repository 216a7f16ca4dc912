"""CloudWatch metric alarms: the next state of an alarm from the datapoints of its evaluation range.

Sources: "Alarm evaluation", https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html;
"Configuring how CloudWatch alarms treat missing data",
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html.
The concepts have modules of their own beside this one; the names that callers need most are offered here too.
"""

from __future__ import annotations

from collections.abc import Sequence

from floodgate.awsrules.cloudwatch import m_out_of_n, missing_data, premature_alarm
from floodgate.awsrules.cloudwatch.alarm_actions import runs_action
from floodgate.awsrules.cloudwatch.datapoints import Datapoint, merge
from floodgate.awsrules.cloudwatch.evaluation_range import range_points
from floodgate.awsrules.cloudwatch.thresholds import COMPARISONS, breaches, breaching
from floodgate.awsrules.cloudwatch.windows import interval_s, sliding
from floodgate.awsrules.model import Alarm, AlarmState

__all__ = [
    "COMPARISONS",
    "Datapoint",
    "Points",
    "breaches",
    "evaluate",
    "interval_s",
    "merge",
    "range_points",
    "runs_action",
    "sliding",
]

Points = Sequence[float | None]  # oldest first; None is a missing datapoint


def evaluate(
    alarm: Alarm, points: Points, state: AlarmState, *, early: AlarmState = premature_alarm.EARLY
) -> AlarmState:
    """The alarm's next state from its evaluation range.

    With as many real datapoints as are evaluated, the newest of them decide and missing ones do not matter; with fewer,
    missing ones are treated as the alarm says.

    Args:
        alarm: the alarm; its `state` field is not read.
        points: the datapoints of the evaluation range, oldest first, None where missing.
        state: the state so far, kept where missing data are ignored.
        early: the state while a lone breach among missing data is too young to be an alarm.
    """
    periods = alarm.evaluation_periods
    newest = points[-periods:]
    if None in newest:
        newest = [point for point in points if point is not None][-periods:]
    if len(newest) < periods:
        return missing_data.judged(alarm, points, state, early)
    # every None was dropped above, which the type of a slice cannot tell
    return m_out_of_n.state(breaching(alarm, newest), alarm.datapoints_to_alarm)  # ty: ignore[invalid-argument-type]
