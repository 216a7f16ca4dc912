"""What is wrong with what an alarm is to watch: a statistic or an expression that CloudWatch does not have.

Sources: "CloudWatch statistics definitions",
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html; "Using math expressions with
CloudWatch metrics", https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html.
"""

from __future__ import annotations


class SignalError(ValueError):
    """A statistic or an expression that cannot be evaluated, told in one line.

    Args:
        value: what was asked for, with its place where it has one.
        rule: what CloudWatch, or this model of it, allows.
        remedy: what to change.
    """

    def __init__(self, value: str, rule: str, remedy: str) -> None:
        super().__init__(f"{value}: {rule}; {remedy}")
        self.value = value
        self.rule = rule
        self.remedy = remedy


class StatisticError(SignalError):
    """CloudWatch has no such statistic."""


class ExpressionError(SignalError):
    """An expression of metric math cannot be read or evaluated."""
