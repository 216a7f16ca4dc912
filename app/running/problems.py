"""What pydantic has against settings, in one line for each problem."""

from __future__ import annotations

from pydantic import ValidationError

# what is secret is named, never shown
_SECRET = {"secret", "database_url", "database_reader_url", "valkey_url"}


def told(error: ValidationError, where: str) -> list[str]:
    """One line for each problem: where it is, what is wrong and what to do."""
    return [_line(where, problem) for problem in error.errors(include_url=False, include_context=True)]


def _line(where: str, problem: dict[str, object] | object) -> str:
    assert isinstance(problem, dict), "pydantic describes a problem by a dictionary"
    key = ".".join(str(part) for part in problem["loc"])
    message = str(problem["msg"]).removeprefix("Value error, ")
    if problem["type"] == "extra_forbidden":
        return f"{where}: {key} is unknown; take it out or correct its name"
    if problem["type"] == "missing":
        return f"{where}: {key} is missing; add it"
    if problem["type"] == "value_error":
        # our own: it says value, rule and remedy already
        return f"{where}: {message}"
    value = "" if _SECRET & set(key.split(".")) else f" is {problem['input']!r}, but"
    return f"{where}: {key}{value} {_lower(message)}; correct it"


def _lower(message: str) -> str:
    return message[:1].lower() + message[1:]
