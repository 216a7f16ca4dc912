"""The parser of metric math: an expression as a tree.

Source: "Using math expressions with CloudWatch metrics", Metric math syntax and functions,
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html.
"""

from __future__ import annotations

from functools import lru_cache
from math import isfinite

from floodgate.awsrules.cloudwatch.metric_math.grammar import (
    LEVELS,
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
from floodgate.awsrules.cloudwatch.metric_math.tokens import Token, tokens, unreadable
from floodgate.awsrules.cloudwatch.signal_error import ExpressionError

MAX_DEPTH = 24
"""How deeply an expression may nest; what people write nests a few levels deep."""


@lru_cache(maxsize=1024)
def parse(expression: str) -> Node:
    """Read an expression.

    Raises:
        ExpressionError: if it cannot be read, with the place where reading ended.
    """
    return _Parser(expression).whole()


class _Parser:
    """Reads tokens from left to right, one method a kind of expression."""

    def __init__(self, expression: str) -> None:
        self._expression = expression
        self._tokens = tokens(expression)
        self._index = 0
        self._depth = 0

    def whole(self) -> Node:
        node = self._level(0)
        if self._next.kind != "end":
            raise self._wrong(f"{self._next.text!r} is not expected", "put an operator or a comma before it")
        return node

    @property
    def _next(self) -> Token:
        return self._tokens[self._index]

    def _take(self) -> Token:
        token = self._next
        self._index += 1
        return token

    def _takes(self, *signs: str) -> bool:
        """Whether the next token is one of these signs, which is taken then."""
        found = self._next.kind == "sign" and self._next.text in signs
        self._index += found
        return found

    def _wrong(self, rule: str, remedy: str) -> ExpressionError:
        return unreadable(self._expression, self._next.at, rule, remedy)

    def _level(self, level: int) -> Node:
        if level == len(LEVELS):
            return self._unary()
        first = self._level(level + 1)
        rest: list[tuple[str, Node]] = []
        while self._next.kind == "sign" and self._next.text in LEVELS[level]:
            sign = self._take().text
            rest.append((sign, self._level(level + 1)))
        return Chain(first, tuple(rest), first.at) if rest else first

    def _unary(self) -> Node:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self._wrong(f"it nests more than {MAX_DEPTH} levels deep", "split it into several queries")
        at = self._next.at
        node = Negative(self._unary(), at) if self._takes("-") else self._power()
        self._depth -= 1
        return node

    def _power(self) -> Node:
        base = self._primary()
        return Power(base, self._unary(), base.at) if self._takes("^") else base

    def _primary(self) -> Node:
        token = self._next
        match token.kind:
            case "number":
                return self._number()
            case "string":
                return String(self._take().text, token.at)
            case "name":
                return self._name()
            case "keyword":
                return self._word()
        if self._takes("("):
            node = self._level(0)
            self._close(")")
            return node
        if self._takes("["):
            return Array(self._list("]"), token.at)
        found = "it ends" if token.kind == "end" else f"{token.text!r} is found"
        raise self._wrong(f"{found} where a value is expected", "give a number, an id or a function")

    def _number(self) -> Node:
        value = float(self._next.text)
        if not isfinite(value):
            raise self._wrong("the number is too large", "use one below 1.7e308")
        return Number(value, self._take().at)

    def _name(self) -> Node:
        token = self._take()
        if self._next.kind == "sign" and self._next.text == "(":
            raise unreadable(
                self._expression, token.at, f"{token.text!r} is no function", "write functions in uppercase letters"
            )
        return Name(token.text, token.at)

    def _word(self) -> Node:
        token = self._take()
        if token.text == "SELECT" and self._next.text != "(":
            rule = "a Metrics Insights query needs all metrics of an account"
            raise unreadable(self._expression, token.at, rule, "name the metrics one by one")
        return Call(token.text, self._list(")"), token.at) if self._takes("(") else Keyword(token.text, token.at)

    def _list(self, end: str) -> tuple[Node, ...]:
        """What stands between commas up to the closing sign, which may be nothing."""
        if self._takes(end):
            return ()
        items = [self._level(0)]
        while self._takes(","):
            items.append(self._level(0))
        self._close(end)
        return tuple(items)

    def _close(self, end: str) -> None:
        if not self._takes(end):
            raise self._wrong(f"{end!r} is missing", "close what was opened before")
