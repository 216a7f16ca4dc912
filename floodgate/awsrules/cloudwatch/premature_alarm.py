"""The premature alarm state: one breach among missing data is no alarm before it is old enough.

Source: "Configuring how CloudWatch alarms treat missing data", Avoiding premature transitions to alarm state,
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html.
"""

from __future__ import annotations

from collections.abc import Sequence

from floodgate.awsrules.model import AlarmState

EARLY: AlarmState = "OK"
"""The state while a lone breach is too young to be an alarm. AWS says only that it is not ALARM; until June 2019 its
tables printed INSUFFICIENT_DATA."""


def is_old_enough(points: Sequence[float | None], datapoints_to_alarm: int) -> bool:
    """Whether the oldest datapoint is as many periods old as datapoints are needed to alarm.

    Where all datapoints of the range breach, the alarm goes off then, even with fewer of them than it needs:
    AWS's alarms always do when the oldest breach is that old and everything newer breaches or is missing.

    Args:
        points: the evaluation range, oldest first; every datapoint in it breaches.
        datapoints_to_alarm: M of M out of N.
    """
    for index, point in enumerate(points):
        if point is not None:
            return len(points) - index >= datapoints_to_alarm
    return False
