"""A CloudWatch metric alarm.

Source: "MetricAlarm", https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricAlarm.html.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from floodgate.awsrules.model.metrics import Signal

MissingData = Literal["missing", "notBreaching", "breaching", "ignore"]
AlarmState = Literal["OK", "ALARM", "INSUFFICIENT_DATA"]


@dataclass(frozen=True, slots=True)
class Alarm:
    """A CloudWatch metric alarm; `state` is the one that it had when it was read.

    `ok_actions` and `insufficient_data_actions` are the ARNs that those states name; a policy may be any of them.
    """

    name: str
    metric: Signal
    comparison: str
    threshold: float
    period_s: int
    evaluation_periods: int
    datapoints_to_alarm: int
    treat_missing_data: MissingData = "missing"
    actions: tuple[str, ...] = ()
    state: AlarmState = "INSUFFICIENT_DATA"
    ok_actions: tuple[str, ...] = ()
    insufficient_data_actions: tuple[str, ...] = ()
    actions_enabled: bool = True
    evaluate_low_samples: bool = True
