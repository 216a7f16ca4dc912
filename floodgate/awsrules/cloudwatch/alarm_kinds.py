"""Which alarms can drive Auto Scaling, told from what DescribeAlarms answers.

Sources: "Using Amazon CloudWatch alarms",
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html;
"Create an alarm based on anomaly detection",
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create_Anomaly_Detection_Alarm.html;
"Create alarms on Metrics Insights queries",
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-metrics-insights-alarms.html.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

AlarmKind = Literal["metric", "composite", "anomaly detection", "Metrics Insights", "PromQL"]
_INSIGHTS = re.compile(r"\s*SELECT\b.*\bGROUP\s+BY\b", re.IGNORECASE | re.DOTALL)


def kind(described: Mapping[str, Any]) -> AlarmKind:
    """What kind of alarm an entry of DescribeAlarms is; a Metrics Insights query counts where it groups by something.

    Args:
        described: one item of `MetricAlarms` or `CompositeAlarms`, with AWS's own keys.
    """
    if described.get("AlarmRule") is not None:
        return "composite"
    if described.get("EvaluationCriteria") is not None:
        return "PromQL"
    if described.get("ThresholdMetricId") is not None:
        return "anomaly detection"
    queries = described.get("Metrics") or ()
    if any(_INSIGHTS.match(query.get("Expression") or "") for query in queries):
        return "Metrics Insights"
    return "metric"


def drives_auto_scaling(described: Mapping[str, Any]) -> bool:
    """Whether its actions can scale a group: only those of alarms that watch one series against a fixed threshold."""
    return kind(described) == "metric"
