"""What goes wrong in a scenario, and when: entries below ``[[faults]]``."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong.

    Args:
        kind: a name of `KINDS`.
        at_minutes: when it begins, counted from the doors.
        for_minutes: how long it lasts; endless where it is not given and the kind has an end.
        amount: how strong, in the unit of the kind; None where it has none.
        name: which zone or instance type is meant; empty for the first one that the group uses.
    """

    kind: str
    at_minutes: float
    for_minutes: float = math.inf
    amount: float | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a kind of fault is.

    Args:
        words: what happens.
        amount: what `amount` counts; empty where the kind takes none.
        least, most: what it may be.
        usual: what it is where the entry gives none; None makes it required.
        lasts: whether it takes `for_minutes`.
        named: whether it takes `name`.
    """

    words: str
    amount: str = ""
    least: float = 0.0
    most: float = math.inf
    usual: float | None = None
    lasts: bool = True
    named: bool = False


KINDS: Mapping[str, Kind] = {
    "zone-lost": Kind("an Availability Zone is lost with every server in it", named=True),
    "instances-fail": Kind("servers stop at once", "servers", 1, lasts=False),
    "instances-hang": Kind("servers answer no more, which only health checks find", "servers", 1, lasts=False),
    "slow-boots": Kind("new servers take longer until they answer", "times as long", 1, 100),
    "no-capacity": Kind("EC2 has no instances of a type, or none in a zone", named=True),
    "launch-throttling": Kind("EC2 throttles launches", "launches a second", 0, 100, usual=0.2),
    "deployment": Kind("a new version is rolled out by an instance refresh", lasts=False),
    "bad-version": Kind("a version that never answers is rolled out by an instance refresh", lasts=False),
    "metrics-delayed": Kind("CloudWatch shows every metric late", "seconds", 1, 3600, usual=300),
    "database-failover": Kind("the database's writer is lost and a reader takes over"),
    "identity-down": Kind("the identity provider refuses checks", "share of the checks", 0, 1, usual=1.0),
    "bots": Kind("programs that obey no line send requests", "requests a second", 1),
}
"""Every kind of fault by its name."""

KEYS = ("kind", "at_minutes", "for_minutes", "amount", "name")


def problems_of(row: Mapping[str, Any], horizon_minutes: float, lead_minutes: float) -> list[str]:
    """What breaks a rule in one entry, each with value, rule and remedy."""
    name = row.get("kind")
    kind = KINDS.get(name) if isinstance(name, str) else None
    if kind is None:
        return [f"kind is {name!r}: it must be one of {', '.join(KINDS)}; choose one"]
    problems = [f"key '{key}' is unknown; known keys: {', '.join(KEYS)}" for key in sorted(row.keys() - set(KEYS))]
    problems += _number(row, "at_minutes", -lead_minutes, horizon_minutes, needed=True)
    problems += _taken(row, "for_minutes", kind.lasts) or _number(row, "for_minutes", 0, math.inf, above=True)
    problems += _taken(row, "name", kind.named)
    if kind.named and not isinstance(row.get("name", ""), str):
        problems.append(f"name is {row['name']!r}: it must be a text; name a zone or an instance type")
    if not kind.amount:
        return problems + _taken(row, "amount", takes=False)
    needed = kind.usual is None
    return problems + _number(row, "amount", kind.least, kind.most, needed=needed, unit=kind.amount)


def fault_of(row: Mapping[str, Any]) -> Fault:
    """The fault of an entry without problems."""
    kind = KINDS[row["kind"]]
    amount = row.get("amount", kind.usual) if kind.amount else None
    return Fault(
        kind=row["kind"],
        at_minutes=float(row["at_minutes"]),
        for_minutes=float(row.get("for_minutes", math.inf)),
        amount=None if amount is None else float(amount),
        name=row.get("name", ""),
    )


def _taken(row: Mapping[str, Any], key: str, takes: bool) -> list[str]:
    if takes or key not in row:
        return []
    return [f"{key} is {row[key]!r}: a fault of kind {row['kind']} takes none; leave it out"]


def _number(
    row: Mapping[str, Any],
    key: str,
    least: float,
    most: float,
    *,
    needed: bool = False,
    above: bool = False,
    unit: str = "a number",
) -> list[str]:
    if key not in row:
        return [f"{key} is missing: it says {unit}; add it"] if needed else []
    value = row[key]
    real = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if real and (least < value if above else least <= value) and value <= most:
        return []
    wanted = f"above {least:g}" if above else f"at least {least:g}"
    upto = f" and at most {most:g}" if most < math.inf else ""
    return [f"{key} is {value!r}: it must be {wanted}{upto}; change it"]
