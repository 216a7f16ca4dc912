"""Percentile-based alarms and low data samples: when an alarm on a percentile waits for more values.

Source: "Percentile-based alarms and low data samples",
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/percentiles-with-low-samples.html.
"""

from __future__ import annotations

from collections.abc import Sequence

from floodgate.awsrules.cloudwatch.statistics import BASIC, parse
from floodgate.awsrules.model import Alarm, Metric, Statistic


def needed(statistic: Statistic) -> float:
    """How many values a percentile needs to mean something: 1,000 for p99 and for p1, 20 for the median.

    From the 50th percentile on 10 / (1 - percentile), below it 10 / percentile; 0 for what is no percentile.

    Raises:
        StatisticError: if CloudWatch has no such statistic.
    """
    if statistic in BASIC:
        return 0
    wanted = parse(statistic)
    # p0 and p100 lie outside of what AWS gives a number for
    if wanted.kind != "P" or not 0 < wanted.high < 100:
        return 0
    # times ten before the division, so that whole percentiles give whole numbers
    return 1000 / (100 - wanted.high if wanted.high >= 50 else wanted.high)


def holds(alarm: Alarm, samples: Sequence[float]) -> bool:
    """Whether the alarm keeps its state because its evaluation periods saw too few values.

    Only an alarm on a percentile that is told to ignore low samples does.

    Args:
        alarm: the alarm; metric math is always evaluated.
        samples: how many values each of its newest periods saw, oldest first.
    """
    if alarm.evaluate_low_samples or not isinstance(alarm.metric, Metric):
        return False
    return sum(samples[-alarm.evaluation_periods :]) < needed(alarm.metric.statistic)
