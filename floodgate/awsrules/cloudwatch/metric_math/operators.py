"""The operators of metric math on two numbers: arithmetic, comparisons and logic.

Source: "Using math expressions with CloudWatch metrics", Basic arithmetic functions, and Comparison and logical
operators, https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html.
"""

from __future__ import annotations

from collections.abc import Callable

from floodgate.awsrules.cloudwatch.metric_math.series import Point, known


def add(one: float, other: float) -> Point:
    """The sum."""
    return known(one + other)


def subtract(one: float, other: float) -> Point:
    """The difference."""
    return known(one - other)


def multiply(one: float, other: float) -> Point:
    """The product."""
    return known(one * other)


def divide(one: float, other: float) -> Point:
    """The quotient; dividing by zero drops the point."""
    return known(one / other) if other else None


def power(one: float, other: float) -> Point:
    """One to the power of the other; what is no real number is dropped."""
    try:
        raised = one**other
    except (ZeroDivisionError, OverflowError):
        return None
    return None if isinstance(raised, complex) else known(raised)


OPERATORS: dict[str, Callable[[float, float], Point]] = {
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
    "^": power,
    "==": lambda one, other: float(one == other),
    "!=": lambda one, other: float(one != other),
    "<=": lambda one, other: float(one <= other),
    ">=": lambda one, other: float(one >= other),
    "<": lambda one, other: float(one < other),
    ">": lambda one, other: float(one > other),
    "&&": lambda one, other: float(bool(one and other)),
    "||": lambda one, other: float(bool(one or other)),
}
