"""Evaluates metric math: all queries that the returned one needs, each after those it is made of.

Source: "Using math expressions with CloudWatch metrics",
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter

from floodgate.awsrules.cloudwatch.metric_math.arguments import Inputs, Scope
from floodgate.awsrules.cloudwatch.metric_math.functions import FUNCTIONS, UNSUPPORTED
from floodgate.awsrules.cloudwatch.metric_math.grammar import (
    Array,
    Call,
    Chain,
    Keyword,
    Name,
    Negative,
    Node,
    Number,
    Power,
    String,
)
from floodgate.awsrules.cloudwatch.metric_math.operators import OPERATORS
from floodgate.awsrules.cloudwatch.metric_math.parser import parse
from floodgate.awsrules.cloudwatch.metric_math.series import (
    Argument,
    Series,
    SeriesArray,
    Timeline,
    Value,
    each,
    pairs,
)
from floodgate.awsrules.cloudwatch.signal_error import ExpressionError
from floodgate.awsrules.model import Metric, MetricMath


@dataclass(frozen=True, slots=True)
class Plan:
    """Metric math, read and put in order: the metrics by id, the expressions in the order of their evaluation."""

    metrics: tuple[tuple[str, Metric], ...]
    expressions: tuple[tuple[str, Node], ...]
    returned: str


@lru_cache(maxsize=256)
def plan(math: MetricMath) -> Plan:
    """Read the expressions of metric math and put them in the order in which they must be evaluated.

    Raises:
        ExpressionError: if an expression cannot be read, an id is unknown or expressions go round in a circle.
    """
    metrics = tuple((query.id, query.metric) for query in math.queries if query.metric is not None)
    nodes = {query.id: parse(query.expression) for query in math.queries if query.expression is not None}
    known = {*dict(metrics), *nodes}
    for name in (math.returned, *(name for node in nodes.values() for name in names(node))):
        if name not in known:
            raise ExpressionError(f"id {name}", "no query has it", f"use one of {', '.join(sorted(known))}")
    needs = {name: [other for other in names(node) if other in nodes] for name, node in nodes.items()}
    try:
        order = tuple(TopologicalSorter(needs).static_order())
    except CycleError as error:
        value = f"expressions {', '.join(error.args[1])}"
        raise ExpressionError(value, "each needs the other", "let one of them end in metrics") from None
    return Plan(metrics, tuple((name, nodes[name]) for name in order), math.returned)


def names(node: Node) -> Iterator[str]:
    """The ids of the queries that a node names."""
    match node:
        case Name(name):
            yield name
        case Array(parts) | Call(_, parts):
            for part in parts:
                yield from names(part)
        case Negative(operand):
            yield from names(operand)
        case Power(base, exponent):
            yield from names(base)
            yield from names(exponent)
        case Chain(first, rest):
            yield from names(first)
            for _, part in rest:
                yield from names(part)


def evaluate(math: MetricMath, metrics: Mapping[str, Series], timeline: Timeline) -> Series:
    """The series that metric math returns.

    Args:
        math: the queries.
        metrics: the points of every metric among them, by the query's id, oldest first.
        timeline: their period and times.

    Raises:
        ExpressionError: if it cannot be evaluated or does not return a single series.
    """
    return _evaluated(plan(math), Scope(timeline, metrics))


def looks_around(math: MetricMath) -> bool:
    """Whether a point of the result depends on points at other times, as with RATE, FILL REPEAT or SUM of one series.

    If not, a whole record can be evaluated at once, and each window of it is what evaluating that window gives.

    Raises:
        ExpressionError: if it cannot be evaluated.
    """
    found = plan(math)
    # which functions are called never depends on the values, so any values tell
    scope = Scope(Timeline(60, 60, 1), {name: [1.0] for name, _ in found.metrics})
    _evaluated(found, scope)
    return scope.looks_around


def _evaluated(found: Plan, scope: Scope) -> Series:
    scope.values.update(scope.metrics)
    for name, node in found.expressions:
        scope.values[name] = _value(node, scope)
    result = scope.values[found.returned]
    if isinstance(result, list):
        return result
    what = f"{len(result)} series" if isinstance(result, tuple) else "one number"
    remedy = "choose one with FIRST, or combine them" if isinstance(result, tuple) else "put it into TIME_SERIES"
    raise ExpressionError(f"query {found.returned} returns {what}", "an alarm watches a single time series", remedy)


def _argument(node: Node, scope: Scope) -> Argument:
    match node:
        case Number(value):
            return value
        case Name(name):
            return scope.values[name]
        case Keyword() | String():
            return node
    return _computed(node, scope)


def _computed(node: Array | Negative | Power | Call | Chain, scope: Scope) -> Value:
    match node:
        case Array(items):
            return _array(items, scope)
        case Negative(operand):
            return each(lambda value: -value, _value(operand, scope))
        case Power(base, exponent):
            return _combined("^", _value(base, scope), _value(exponent, scope), node.at)
        case Call():
            return _called(node, scope)
        case Chain(first, rest):
            value = _value(first, scope)
            for sign, part in rest:
                value = _combined(sign, value, _value(part, scope), part.at)
            return value


def _value(node: Node, scope: Scope) -> Value:
    value = _argument(node, scope)
    if isinstance(value, (Keyword, String)):
        word = node.word if isinstance(node, Keyword) else "a text"
        rule = "it has no value of its own"
        raise ExpressionError(f"{word}, character {node.at + 1}", rule, "use ids in lowercase, and functions with ()")
    return value


def _combined(sign: str, one: Value, other: Value, at: int) -> Value:
    if isinstance(one, tuple) and isinstance(other, tuple):
        value = f"operator {sign}, character {at + 1}"
        raise ExpressionError(value, "two arrays cannot be combined", "make one of them a series, as with SUM")
    return pairs(OPERATORS[sign], one, other)


def _array(items: tuple[Node, ...], scope: Scope) -> SeriesArray:
    array: list[Series] = []
    for item in items:
        value = _value(item, scope)
        if isinstance(value, tuple):
            array.extend(value)
        elif isinstance(value, list):
            array.append(value)
        else:
            where = f"a number in an array, character {item.at + 1}"
            raise ExpressionError(where, "arrays are made of time series", "write TIME_SERIES(number)")
    return tuple(array)


def _called(call: Call, scope: Scope) -> Value:
    function = FUNCTIONS.get(call.function)
    if function is None:
        rule, remedy = UNSUPPORTED.get(
            call.function, ("CloudWatch has no such function", f"use one of {', '.join(sorted(FUNCTIONS))}")
        )
        raise ExpressionError(f"{call.function}, character {call.at + 1}", rule, remedy)
    values = tuple(_argument(node, scope) for node in call.arguments)
    return function(Inputs(scope, call, values))
