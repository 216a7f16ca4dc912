"""What an expression of metric math is made of, and how it is written.

Source: "Using math expressions with CloudWatch metrics",
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html.
"""

from __future__ import annotations

from dataclasses import dataclass, field

LEVELS: tuple[tuple[str, ...], ...] = (
    ("||",),
    ("&&",),
    ("==", "!=", "<=", ">=", "<", ">"),
    ("+", "-"),
    ("*", "/"),
)
"""The operators that are read from left to right, the loosest first. AWS prints the operators but not how tightly they
bind; this is how other languages read them. Unary minus binds tighter, and ^, read from the right, tightest."""


@dataclass(frozen=True, slots=True)
class Number:
    """A scalar, always positive: a minus in front of it is an operation."""

    value: float
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Name:
    """The id of a query."""

    id: str
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Keyword:
    """A word such as REPEAT, AVG or DESC as an argument."""

    word: str
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class String:
    """A text as an argument."""

    text: str
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Array:
    """Several series between brackets."""

    items: tuple[Node, ...]
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Negative:
    """Unary minus."""

    operand: Node
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Power:
    """One value to the power of another."""

    base: Node
    exponent: Node
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Chain:
    """Operations of one level, from left to right, so that a long sum is no deep tree."""

    first: Node
    rest: tuple[tuple[str, Node], ...]
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments."""

    function: str
    arguments: tuple[Node, ...]
    at: int = field(default=0, compare=False)


Node = Number | Name | Keyword | String | Array | Negative | Power | Chain | Call


def text(node: Node) -> str:
    """The node as an expression, which reads as the same node again."""
    match node:
        case Number(value):
            return repr(value)
        case Name(word) | Keyword(word):
            return word
        case String(words):
            return f'"{words}"' if '"' not in words else f"'{words}'"
        case Array(items):
            return f"[{', '.join(map(text, items))}]"
        case Call(function, arguments):
            return f"{function}({', '.join(map(text, arguments))})"
    return _operation(node)


def _operation(node: Negative | Power | Chain) -> str:
    match node:
        case Negative(operand):
            return f"-{_closed(operand, (Chain,))}"
        case Power(base, exponent):
            return f"{_closed(base, (Chain, Negative, Power))}^{_closed(exponent, (Chain,))}"
        case Chain(first, rest):
            return _closed(first, (Chain,)) + "".join(f" {sign} {_closed(part, (Chain,))}" for sign, part in rest)


def _closed(node: Node, kinds: tuple[type, ...]) -> str:
    return f"({text(node)})" if isinstance(node, kinds) else text(node)
