"""The real provider's facts as rules over arguments: required, allowed values, ranges, formats, exclusive neighbours.

A fact counts only where the installed SDK confirms its name and its type, since a newer provider may differ.
"""

from __future__ import annotations

import ipaddress
import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import Any, cast

from floodgate.offline.facts import allowed_values, facts, ranges
from floodgate.offline.problems import Finding, did_you_mean, shown
from floodgate.offline.schema import INTEGER, NUMBER, STRING, ListOf, ObjectOf, OneOf, Type
from floodgate.offline.values import UNKNOWN

Step = tuple[str, ...]
# the rule that a value breaks and the remedy, or None
Test = Callable[[Any], tuple[str, str] | None]


def check(token: str, known: ObjectOf, props: Mapping[str, Any]) -> Iterator[Finding]:
    """What the real provider refuses in arguments whose names and types are right."""
    yield from _required(token, known, props)
    yield from _allowed(token, known, props)
    yield from _exclusive(token, known, props)


def _required(token: str, known: ObjectOf, props: Mapping[str, Any]) -> Iterator[Finding]:
    needed = known.required | (set(facts(token).get("required", ())) & set(known.properties))
    for name in sorted(needed - set(props)):
        yield name, "", "is required and not set", "set it"


def _allowed(token: str, known: ObjectOf, props: Mapping[str, Any]) -> Iterator[Finding]:
    for steps, test in _value_rules(token, known):
        for path, value in _at(props, steps):
            if value is not UNKNOWN and (broken := test(value)):
                yield path, shown(value), *broken


@cache
def _value_rules(token: str, known: ObjectOf) -> tuple[tuple[Step, Test], ...]:
    """The facts about single values whose names and types the SDK confirms."""
    sources: tuple[tuple[dict[str, Any], tuple[Type, ...], Callable[[Any], Test]], ...] = (
        (allowed_values(token), (STRING,), _one_of),
        (ranges(token), _NUMBERS, _in_ranges),
        (facts(token).get("at_least", {}), _NUMBERS, lambda least: _in_ranges([[least, math.inf]])),
        (facts(token).get("format", {}), (STRING,), lambda form: _FORMATS.get(form, lambda _: None)),
    )
    rules: list[tuple[Step, Test]] = []
    for stated, kinds, rule in sources:
        for path, fact in stated.items():
            steps, kind = resolve(known, path)
            if steps and any(option in kinds for option in (kind.options if isinstance(kind, OneOf) else (kind,))):
                rules.append((steps, cast("Callable[[Any], Test]", rule)(fact)))
    return tuple(rules)


_NUMBERS = (INTEGER, NUMBER)


def resolve(known: Type, path: str) -> tuple[Step, Type | None]:
    """A fact's path as the SDK spells it, and the type at its end; lists and their plural s are seen through."""
    steps: list[str] = []
    kind: Type = known
    for name in path.split("."):
        properties = kind.properties if isinstance(kind, ObjectOf) else {}
        spelled = next((n for n in (name, f"{name}s", f"{name}es", re.sub("y$", "ies", name)) if n in properties), None)
        if spelled is None:
            return (), None
        steps.append(spelled)
        kind = _element(properties[spelled])
    return tuple(steps), kind


def _element(kind: Type) -> Type:
    while isinstance(kind, ListOf):
        kind = kind.item
    return kind


def _at(value: Any, steps: Step, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value that stands at a path, through all elements of lists."""
    if isinstance(value, list):
        for place, element in enumerate(value):
            yield from _at(element, steps, f"{path}[{place}]")
    elif not steps:
        yield path, value
    elif isinstance(value, Mapping) and steps[0] in value:
        yield from _at(value[steps[0]], steps[1:], f"{path}.{steps[0]}" if path else steps[0])


def _exclusive(token: str, known: ObjectOf, props: Mapping[str, Any]) -> Iterator[Finding]:
    said: set[frozenset[str]] = set()
    for group, most in exclusive(token, known):
        for path, siblings in _parents(props, group):
            given = [steps[-1] for steps in group if _is_set(siblings.get(steps[-1]))]
            if len(given) > most and frozenset(given) not in said:
                said.add(frozenset(given))
                at = f"{path}." if path else ""
                yield (
                    f"{at}{given[0]}",
                    "",
                    f"cannot be set together with {at}{f' and {at}'.join(given[1:])}",
                    "keep one",
                )


@cache
def exclusive(token: str, known: ObjectOf) -> tuple[tuple[tuple[Step, ...], int], ...]:
    """Groups of neighbours of which one at most may be set."""
    stated = [[path, other] for path, others in facts(token).get("conflicts", {}).items() for other in others]
    stated += facts(token).get("at_most_one", [])
    groups = []
    for paths in stated:
        group = tuple(steps for steps, _ in (resolve(known, path) for path in paths) if steps)
        if len(group) > 1 and len({steps[:-1] for steps in group}) == 1 and len(set(group)) > 1:
            groups.append((group, 1))
    return tuple(groups)


def _parents(props: Mapping[str, Any], group: tuple[Step, ...]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for path, value in _at(props, group[0][:-1]):
        if isinstance(value, Mapping):
            yield path, value


def _is_set(value: Any) -> bool:
    return value not in (None, [], "")


def _one_of(values: list[str]) -> Test:
    allowed, listed = frozenset(values), ", ".join(values)

    def test(value: Any) -> tuple[str, str] | None:
        if not isinstance(value, str) or value in allowed:
            return None
        return f"is not one of {listed}", did_you_mean(value, values) or "choose one of them"

    return test


def _in_ranges(ranges: list[list[float]]) -> Test:
    told = " or ".join(
        f"at least {low}" if high == math.inf else f"{low}" if low == high else f"from {low} to {high}"
        for low, high in ranges
    )

    def test(value: Any) -> tuple[str, str] | None:
        fits = any(low <= value <= high for low, high in ranges)
        return None if fits else (f"must be {told}", "choose a value inside")

    return test


def _json(value: Any) -> tuple[str, str] | None:
    try:
        json.loads(value) if isinstance(value, str) else None
    except ValueError as error:
        return f"is not JSON ({error})", "write it with json.dumps"
    return None


def _cidr(value: Any) -> tuple[str, str] | None:
    try:
        ipaddress.ip_network(value, strict=True)
    except ValueError as error:
        return f"is not a range of addresses ({error})", "write it like 10.0.0.0/16"
    return None


def _timestamp(value: Any) -> tuple[str, str] | None:
    try:
        good = datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        good = False
    return None if good else ("is not a time as in RFC 3339", "write it like 2027-08-09T11:00:00Z")


def _arn(value: Any) -> tuple[str, str] | None:
    good = not value or value.startswith("arn:")
    return None if good else ("is not an ARN", "give the arn of the resource, not its id or name")


_FORMATS: dict[str, Test] = {"arn": _arn, "json": _json, "cidr": _cidr, "timestamp": _timestamp}
