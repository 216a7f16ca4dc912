"""M out of N: how many breaching datapoints of those that are evaluated make an alarm.

Source: "Alarm evaluation", https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html:
the breaching datapoints need not be consecutive, but must lie within the evaluation periods.
"""

from __future__ import annotations

from floodgate.awsrules.model import AlarmState


def state(breaching: int, datapoints_to_alarm: int) -> AlarmState:
    """ALARM with at least M breaching datapoints among the N, OK with fewer."""
    return "ALARM" if breaching >= datapoints_to_alarm else "OK"


def evaluation_interval_s(period_s: int, evaluation_periods: int) -> int:
    """The time that N datapoints cover: 4 out of 5 at a minute is five minutes, 3 out of 3 at ten is thirty."""
    return period_s * evaluation_periods
