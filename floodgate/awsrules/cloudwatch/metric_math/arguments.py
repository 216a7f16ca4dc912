"""What a function of metric math is given, and how it says that this is not what it takes.

Source: "Using math expressions with CloudWatch metrics",
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from floodgate.awsrules.cloudwatch.metric_math.grammar import Call, Keyword, Name, Node, Number, String
from floodgate.awsrules.cloudwatch.metric_math.series import Argument, Point, Series, SeriesArray, Timeline, Value
from floodgate.awsrules.cloudwatch.signal_error import ExpressionError


@dataclass(slots=True)
class Scope:
    """What expressions can see: the timeline, the metrics and the values of all queries that came before.

    `looks_around` becomes true as soon as a point of a result depends on other points than those of its own time.
    """

    timeline: Timeline
    metrics: Mapping[str, Series]
    values: dict[str, Value] = field(default_factory=dict)
    looks_around: bool = False


@dataclass(slots=True)
class Inputs:
    """One call of a function: the scope, the call as written and the values of its arguments."""

    scope: Scope
    call: Call
    values: tuple[Argument, ...]

    def wrong(self, rule: str, remedy: str) -> ExpressionError:
        """This call cannot be evaluated."""
        return ExpressionError(f"{self.call.function}, character {self.call.at + 1}", rule, remedy)

    def node(self, index: int) -> Node:
        """An argument as written."""
        return self.call.arguments[index]

    def metric(self, index: int) -> Series:
        """An argument that is the id of a metric."""
        node = self.node(index)
        found = self.scope.metrics.get(node.id) if isinstance(node, Name) else None
        if found is None:
            raise self.wrong("its input is a metric, not the result of an expression", "give the id of a metric")
        return found

    def value(self, index: int) -> Value:
        """An argument that is a number, a series or an array."""
        value = self.values[index]
        if isinstance(value, (Keyword, String)):
            raise self.wrong(f"argument {index + 1} is no value", "give a number, an id or a function")
        return value

    def series(self, index: int) -> Series:
        """An argument that is a time series."""
        value = self.value(index)
        if not isinstance(value, list):
            raise self.wrong(f"argument {index + 1} must be one time series", "use TIME_SERIES, FIRST, or an id")
        return value

    def array(self, index: int) -> SeriesArray:
        """An argument that is an array of time series."""
        value = self.value(index)
        if not isinstance(value, tuple):
            raise self.wrong(f"argument {index + 1} must be an array of time series", "write [m1, m2] or METRICS()")
        return value

    def scalar(self, index: int) -> Point:
        """An argument that is a number."""
        value = self.value(index)
        if isinstance(value, (list, tuple)):
            raise self.wrong(f"argument {index + 1} must be a number", "give a number, or a function that returns one")
        return value

    def whole(self, index: int) -> int:
        """An argument that is written as a whole number of 0 or more."""
        node = self.node(index)
        if not isinstance(node, Number) or node.value != int(node.value):
            raise self.wrong(f"argument {index + 1} must be a whole number of 0 or more", "write the number")
        return int(node.value)

    def keyword(self, index: int, words: tuple[str, ...]) -> str:
        """An argument that is one of some words."""
        value = self.values[index]
        if not isinstance(value, Keyword) or value.word not in words:
            raise self.wrong(f"argument {index + 1} must be one of {', '.join(words)}", "use one of these words")
        return value.word
