"""Words that several checks share."""

from __future__ import annotations

import re
from collections.abc import Collection
from math import inf
from typing import Any

from floodgate.awsrules.legality.facts import Params
from floodgate.awsrules.refusal import Refusal


def within(code: str, name: str, value: float | None, low: float, high: float, unit: str = "") -> None:
    """Refuse a number outside its range; None is no number."""
    if value is not None and not low <= value <= high:
        rule = f"it must be {low:,g} to {high:,g}{unit}" if high < inf else f"it must be at least {low:,g}{unit}"
        raise Refusal(code, value=f"{name} is {value:,g}", rule=rule, remedy=f"set {name} within that range")


def one_of(code: str, name: str, value: str | None, allowed: Collection[str]) -> None:
    """Refuse a word that is none of those AWS knows."""
    if value is not None and value not in allowed:
        known = ", ".join(sorted(allowed))
        raise Refusal(code, value=f"{name} is {value!r}", rule=f"AWS knows {known}", remedy="use one of these")


def required(code: str, params: Params, *names: str, what: str) -> None:
    """Refuse a request that lacks one of these parameters."""
    for name in names:
        if params.get(name) is None:
            raise Refusal(code, value=f"{what} has no {name}", rule=f"{name} is required", remedy=f"give {name}")


def excluded(code: str, params: Params, *names: str, what: str) -> None:
    """Refuse a request that carries parameters of something else."""
    for name in names:
        if params.get(name) is not None:
            rule = f"{name} is not supported for it"
            raise Refusal(
                code, value=f"{what} has {name} {_short(params[name])}", rule=rule, remedy=f"leave out {name}"
            )


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def matching(code: str, name: str, value: str | None, pattern: str, rule: str) -> None:
    """Refuse a text that is not of the form AWS asks for."""
    if value is not None and not re.fullmatch(pattern, value):
        raise Refusal(code, value=f"{name} is {value!r}", rule=rule, remedy=f"choose another {name}")


def room(code: str, what: str, held: int, most: int) -> None:
    """Refuse one more of what there are already as many of as the quota allows."""
    if held >= most:
        rule = f"the quota is {most}"
        raise Refusal(code, value=f"{held} {what} exist already", rule=rule, remedy="delete one or ask for more quota")
