"""The functions of metric math that alarms can use, by their names, and why the others cannot be used here.

Source: "Using math expressions with CloudWatch metrics", Functions supported for metric math,
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from floodgate.awsrules.cloudwatch.metric_math import aggregates, arrays, calendar, changes, elementwise, filling
from floodgate.awsrules.cloudwatch.metric_math.arguments import Inputs
from floodgate.awsrules.cloudwatch.metric_math.series import Value


@dataclass(frozen=True, slots=True)
class Function:
    """A function with the number of arguments that it takes, from and to."""

    least: int
    most: int
    body: Callable[[Inputs], Value]

    def __call__(self, inputs: Inputs) -> Value:
        """Its value.

        Raises:
            ExpressionError: if the arguments are not what it takes.
        """
        if not self.least <= len(inputs.values) <= self.most:
            takes = str(self.least) if self.least == self.most else f"{self.least} to {self.most}"
            raise inputs.wrong(f"it has {len(inputs.values)} arguments and takes {takes}", "correct the arguments")
        return self.body(inputs)


FUNCTIONS: dict[str, Function] = {
    "ABS": Function(1, 1, elementwise.absolute),
    "CEIL": Function(1, 1, elementwise.ceiling),
    "DIFF": Function(1, 1, changes.difference),
    "DIFF_TIME": Function(1, 1, changes.difference_in_time),
    "FILL": Function(2, 2, filling.fill),
    "FIRST": Function(1, 1, arrays.first),
    "FLOOR": Function(1, 1, elementwise.floor),
    "IF": Function(2, 3, elementwise.choose),
    "LAST": Function(1, 1, arrays.last),
    "LOG": Function(1, 1, elementwise.log),
    "LOG10": Function(1, 1, elementwise.log10),
    "METRICS": Function(0, 1, arrays.metrics),
    "METRIC_COUNT": Function(1, 1, arrays.metric_count),
    "PERIOD": Function(1, 1, calendar.period),
    "RATE": Function(1, 1, changes.rate),
    "REMOVE_EMPTY": Function(1, 1, arrays.remove_empty),
    "RUNNING_SUM": Function(1, 1, changes.running_sum),
    "SLICE": Function(2, 3, arrays.part),
    "SORT": Function(3, 4, arrays.sort),
    "TIME_SERIES": Function(1, 1, arrays.time_series),
    **dict.fromkeys(aggregates.NAMED, Function(1, 1, aggregates.aggregate)),
    **dict.fromkeys(calendar.PARTS, Function(1, 1, calendar.part_of_time)),
}

UNSUPPORTED: dict[str, tuple[str, str]] = {
    "ANOMALY_DETECTION_BAND": (
        "its band is AWS's own forecast, and alarms on it cannot drive Auto Scaling",
        "compare with a fixed threshold",
    ),
    "DB_PERF_INSIGHTS": ("it reads a database's counters, which are no recorded metric", "record them as a metric"),
    "INSIGHT_RULE_METRIC": ("it reads a rule of Contributor Insights, not a metric", "record its result as a metric"),
    "LAMBDA": ("it asks a data source outside of CloudWatch", "record its result as a metric"),
    "SEARCH": ("alarms cannot use it, because it returns several series", "name the metrics one by one"),
    "SERVICE_QUOTA": ("it reads an account's quota, not a metric", "write the quota as a number"),
}
"""Functions that CloudWatch has and this model has not: why, and what to do instead."""
