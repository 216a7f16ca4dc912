"""What pydantic has against settings, in one line for each problem."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

# what is secret is named, never shown
_SECRET = {"secret", "password", "database_url", "database_reader_url", "valkey_url"}


def told(error: ValidationError, where: str, *, hidden: bool = False) -> list[str]:
    """One line for each problem: where it is, what is wrong and what to do.

    Args:
        error: of one validation.
        where: the file or thing that was read.
        hidden: whether no value of it may be shown.
    """
    return [_line(where, problem, hidden=hidden) for problem in error.errors(include_url=False)]


def _line(where: str, problem: Any, *, hidden: bool) -> str:
    key = ".".join(str(part) for part in problem["loc"])
    message = problem["msg"].removeprefix("Value error, ")
    if problem["type"] == "json_invalid":
        return f"{where} is no JSON ({message.removeprefix('Invalid JSON: ')}); correct it"
    if problem["type"] == "extra_forbidden":
        return f"{where}: {key} is unknown; take it out or correct its name"
    if problem["type"] == "missing":
        return f"{where}: {key} is missing; add it"
    if problem["type"] == "value_error":
        # our own: it says value, rule and remedy already
        return f"{where}: {message}"
    value = "" if hidden or _SECRET & set(key.split(".")) else f" is {problem['input']!r}, but"
    return f"{where}: {key or 'the whole'}{value} {message[:1].lower()}{message[1:]}; correct it"
