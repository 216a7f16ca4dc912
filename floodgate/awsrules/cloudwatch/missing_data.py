"""How alarms treat missing data: missing, ignore, breaching, notBreaching.

Source: "Configuring how CloudWatch alarms treat missing data",
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html.
"""

from __future__ import annotations

from collections.abc import Sequence

from floodgate.awsrules.cloudwatch import m_out_of_n, premature_alarm
from floodgate.awsrules.cloudwatch.thresholds import breaching
from floodgate.awsrules.model import Alarm, AlarmState, Metric, MissingData


def treatment(alarm: Alarm) -> MissingData:
    """How this alarm treats missing data: alarms on DynamoDB's metrics ignore them unless told otherwise."""
    watched = alarm.metric
    if alarm.treat_missing_data == "missing" and isinstance(watched, Metric) and watched.namespace == "AWS/DynamoDB":
        return "ignore"
    return alarm.treat_missing_data


def filled(points: Sequence[float | None], evaluation_periods: int) -> int:
    """How many datapoints must be filled in: as few as possible, so that all real ones of the range count."""
    return max(0, evaluation_periods - sum(point is not None for point in points))


def judged(
    alarm: Alarm, points: Sequence[float | None], state: AlarmState, early: AlarmState = premature_alarm.EARLY
) -> AlarmState:
    """The alarm's next state where the range holds fewer datapoints than are evaluated.

    Args:
        alarm: the alarm.
        points: the evaluation range, oldest first, None where missing.
        state: the state so far, which `ignore` keeps.
        early: the state while a lone breach is too young to be an alarm.
    """
    real = [point for point in points if point is not None]
    bad = breaching(alarm, real)
    treat = treatment(alarm)
    if treat == "breaching":
        return m_out_of_n.state(bad + alarm.evaluation_periods - len(real), alarm.datapoints_to_alarm)
    # with enough real breaches, nothing that the missing ones could be would change the answer
    if treat == "notBreaching" or bad >= alarm.datapoints_to_alarm or bad < len(real):
        return m_out_of_n.state(bad, alarm.datapoints_to_alarm)
    if treat == "ignore":
        return state
    if not real:
        return "INSUFFICIENT_DATA"
    return "ALARM" if premature_alarm.is_old_enough(points, alarm.datapoints_to_alarm) else early
