"""The lexer of metric math: an expression as numbers, names, strings and signs, each with its place.

Source: "Using math expressions with CloudWatch metrics",
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from floodgate.awsrules.cloudwatch.signal_error import ExpressionError

MAX_LENGTH = 2048
"""The longest expression that CloudWatch takes. Source: "MetricDataQuery",
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html"""

TokenKind = Literal["number", "name", "keyword", "string", "sign", "end"]
_TOKEN = re.compile(
    r"(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[a-z][a-zA-Z0-9_]*)"
    r"|(?P<keyword>[A-Z][A-Z0-9_]*)"
    r"|\"(?P<string>[^\"]*)\""
    r"|'(?P<quoted>[^']*)'"
    r"|(?P<sign>==|!=|<=|>=|&&|\|\||[-+*/^<>()\[\],])"
)
_SPACE = re.compile(r"[ \t\r\n]*")
_WORDS = {"AND": "&&", "OR": "||"}


@dataclass(frozen=True, slots=True)
class Token:
    """One token; `at` counts characters from 0."""

    kind: TokenKind
    text: str
    at: int


def tokens(expression: str) -> list[Token]:
    """Cut an expression into tokens, the last of which is its end; AND and OR come as && and ||.

    Raises:
        ExpressionError: at a character that metric math has no use for.
    """
    if len(expression) > MAX_LENGTH:
        value = f"an expression of {len(expression):,} characters"
        raise ExpressionError(value, f"CloudWatch takes at most {MAX_LENGTH:,}", "split it into several queries")
    found: list[Token] = []
    at = _skip(expression, 0)
    while at < len(expression):
        match = _TOKEN.match(expression, at)
        if match is None:
            raise unreadable(expression, at, f"{expression[at]!r} has no meaning here", "remove it, or quote the text")
        found.append(_token(match))
        at = _skip(expression, match.end())
    found.append(Token("end", "", len(expression)))
    return found


def unreadable(expression: str, at: int, rule: str, remedy: str) -> ExpressionError:
    """What is wrong at a place of an expression; places are told counting from 1."""
    shown = repr(expression if len(expression) <= 80 else expression[:77] + "...")
    return ExpressionError(f"expression {shown}, character {at + 1}", rule, remedy)


def _skip(expression: str, at: int) -> int:
    space = _SPACE.match(expression, at)
    return space.end() if space else at


def _token(match: re.Match[str]) -> Token:
    kind, text, at = match.lastgroup, match[match.lastgroup or 0], match.start()
    if kind in ("string", "quoted"):
        return Token("string", text, at)
    if text in _WORDS:
        return Token("sign", _WORDS[text], at)
    if kind == "number":
        return Token("number", text, at)
    if kind == "name":
        return Token("name", text, at)
    return Token("keyword", text, at) if kind == "keyword" else Token("sign", text, at)
