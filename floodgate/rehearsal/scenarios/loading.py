"""Scenarios from TOML files, the ones that come with Floodgate and anybody's own; every problem is reported at once."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

from floodgate.rehearsal.errors import ScenarioError
from floodgate.rehearsal.scenarios.faults import fault_of, problems_of
from floodgate.rehearsal.scenarios.scenario import Fact, JourneyStep, Scenario

_SHIPPED = files("floodgate.rehearsal.scenarios")
_DAY_MINUTES = 24 * 60


def known_scenarios() -> tuple[str, ...]:
    """The names of the scenarios that come with Floodgate."""
    return tuple(sorted(f.name.removesuffix(".toml") for f in _SHIPPED.iterdir() if f.name.endswith(".toml")))


def load_scenario(name_or_path: str) -> Scenario:
    """The scenario of this name, or the one in this TOML file.

    Raises:
        ScenarioError: it is unknown, its file cannot be read or parsed, or its figures break a rule.
    """
    if name_or_path in known_scenarios():
        text = (_SHIPPED / f"{name_or_path}.toml").read_text(encoding="utf-8")
        return parse_scenario(name_or_path, text, f"{name_or_path}.toml")
    path = Path(name_or_path)
    if path.suffix != ".toml" and not path.is_file():
        raise ScenarioError(_unknown(name_or_path))
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise ScenarioError(f"scenario file '{path}' cannot be read ({reason}); give a TOML file") from error
    return parse_scenario(path.stem, text, str(path))


def parse_scenario(name: str, text: str, where: str) -> Scenario:
    """The scenario that a TOML text describes; `where` names the file in errors.

    Raises:
        ScenarioError: the text is no TOML (with its line), or figures break rules (all of them are told).
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(f"{where} is no valid TOML: {error}; mend that line") from error
    problems = [f"{where}: {problem}" for problem in _problems(document)]
    if problems:
        raise ScenarioError(*problems)
    return Scenario(
        name=name,
        arrivals=tuple((float(minute), float(share)) for minute, share in document["arrivals"]),
        journey=tuple(JourneyStep(**step) for step in document["journey"]),
        facts=tuple(_fact(fact) for fact in document.get("facts", [])),
        faults=tuple(fault_of(row) for row in document.get("faults", [])),
        nights=tuple(float(share) for share in document.get("nights", [1.0])),
        **{key: document[key] for key in _FIGURES if key in document},
    )


def _unknown(name: str) -> str:
    known = known_scenarios()
    close = get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f"did you mean '{close[0]}'?" if close else "choose one of them or give a TOML file"
    return f"scenario '{name}' is unknown: there are {', '.join(known)}; {hint}"


@dataclass(frozen=True, slots=True)
class _Rule:
    """What a value must be; `required` keys have no default in the scenario."""

    holds: Callable[[Any], bool]
    rule: str
    required: bool = False


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _number(least: float, most: float = math.inf, *, above: bool = False, required: bool = False) -> _Rule:
    def holds(value: Any) -> bool:
        return _is_number(value) and (least < value if above else least <= value) and value <= most

    wanted = f"above {least:g}" if above else f"at least {least:g}"
    return _Rule(holds, f"must be a number {wanted}" + (f" and at most {most:g}" if most < math.inf else ""), required)


def _whole(least: int, most: float = math.inf, *, required: bool = False) -> _Rule:
    number = _number(least, most)
    return _Rule(
        lambda value: isinstance(value, int) and number.holds(value),
        number.rule.replace("a number", "whole,"),
        required,
    )


_TEXT = _Rule(_is_text, "must be a text that is not empty", required=True)
_FIGURES: Mapping[str, _Rule] = {
    "title": _TEXT,
    "people": _whole(1, required=True),
    "patience_s": _number(0, above=True, required=True),
    "retry_s": _number(0, above=True, required=True),
    "give_up_share": _number(0, 1, required=True),
    "devices_per_person": _number(1),
    "horizon_minutes": _whole(1, _DAY_MINUTES),
    "lead_minutes": _whole(0, _DAY_MINUTES),
}
_STEP: Mapping[str, _Rule] = {
    "name": _TEXT,
    "kind": _TEXT,
    "repeats": _number(0, above=True),
    "think_s": _number(0),
}
_FACT: Mapping[str, _Rule] = {
    "figure": _TEXT,
    "value": _Rule(_is_number, "must be a number", required=True),
    "unit": _Rule(lambda value: isinstance(value, str), "must be a text"),
    "source": _TEXT,
    "kind": _Rule(lambda value: value in ("reported", "derived", "assumed"), "must be reported, derived or assumed"),
}


def _problems(document: Mapping[str, Any]) -> list[str]:
    tables = {"arrivals", "journey", "facts", "faults", "nights"}
    problems = _broken(_FIGURES, document, "", tables)
    problems += _curve_problems(document) + _night_problems(document) + _fault_problems(document)
    for table, rules in (("journey", _STEP), ("facts", _FACT)):
        rows = document.get(table, [])
        if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
            problems.append(f"{table} must be a list of tables; write each entry below [[{table}]]")
            continue
        for number, row in enumerate(rows, start=1):
            problems += _broken(rules, row, f"{table} {number}: ", set())
    if not document.get("journey"):
        problems.append("journey has no step: people who enter must do something; add a step below [[journey]]")
    return problems


def _night_problems(document: Mapping[str, Any]) -> list[str]:
    """The shares of a campaign's nights must be those of everybody."""
    nights = document.get("nights", [1.0])
    rule = "it must be a list of shares above 0 that add up to 1; write e.g. [0.5, 0.5]"
    if not isinstance(nights, list) or not nights or not all(_is_number(share) and share > 0 for share in nights):
        return [f"nights is {nights!r}: {rule}"]
    return [] if abs(sum(nights) - 1) < 1e-6 else [f"nights add up to {sum(nights):g}: {rule}"]


def _fault_problems(document: Mapping[str, Any]) -> list[str]:
    rows = document.get("faults", [])
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        return ["faults must be a list of tables; write each entry below [[faults]]"]
    lead, horizon = _window(document)
    if not (_is_number(horizon) and _is_number(lead)):
        return []
    return [f"faults {n}: {told}" for n, row in enumerate(rows, start=1) for told in problems_of(row, horizon, lead)]


def _broken(rules: Mapping[str, _Rule], table: Mapping[str, Any], where: str, others: set[str]) -> list[str]:
    """The problems of one table: unknown keys, missing keys and values that break their rule."""
    problems = []
    for key in table.keys() - rules.keys() - others:
        close = get_close_matches(key, [*rules, *others], n=1)
        remedy = f"did you mean '{close[0]}'?" if close else f"known keys: {', '.join([*rules, *sorted(others)])}"
        problems.append(f"{where}key '{key}' is unknown; {remedy}")
    for key, rule in rules.items():
        if key in table and not rule.holds(table[key]):
            problems.append(f"{where}{key} is {table[key]!r}: it {rule.rule}; change it")
        if key not in table and rule.required:
            problems.append(f"{where}{key} is missing: it {rule.rule}; add it")
    return sorted(problems)


def _curve_problems(document: Mapping[str, Any]) -> list[str]:
    curve = document.get("arrivals")
    shape = "a list of [minutes from the doors, share of everybody who has come by then]"
    if not isinstance(curve, list) or len(curve) < 2 or not all(_is_point(point) for point in curve):
        return [f"arrivals is {curve!r}: it must be {shape} with at least two points; write e.g. [[0, 0.0], [60, 1.0]]"]
    problems = []
    for (minute, share), (next_minute, next_share) in pairwise(curve):
        if next_minute <= minute:
            problems.append(f"arrivals: minute {next_minute:g} follows {minute:g}: minutes must rise; sort the points")
        if next_share < share:
            problems.append(f"arrivals: share {next_share:g} follows {share:g}: nobody un-comes; let the shares rise")
    if curve[0][1] != 0 or curve[-1][1] != 1:
        problems.append(
            f"arrivals: the shares run from {curve[0][1]:g} to {curve[-1][1]:g}: they must run from 0 to 1; mend them"
        )
    return problems + _window_problems(document, curve[0][0], curve[-1][0])


def _window_problems(document: Mapping[str, Any], first: float, last: float) -> list[str]:
    """The curve must lie inside the minutes that are played."""
    lead, horizon = _window(document)
    problems = []
    if _is_number(lead) and first < -lead:
        problems.append(f"arrivals: minute {first:g} lies before the {lead:g} lead_minutes that are played; raise them")
    if _is_number(horizon) and last > horizon:
        problems.append(f"arrivals: minute {last:g} lies after the {horizon:g} horizon_minutes; raise them")
    return problems


def _window(document: Mapping[str, Any]) -> tuple[Any, Any]:
    """The minutes before and after the doors, as given or by default."""
    fields = Scenario.__dataclass_fields__
    lead, horizon = (f"{name}_minutes" for name in ("lead", "horizon"))
    return document.get(lead, fields[lead].default), document.get(horizon, fields[horizon].default)


def _is_point(point: Any) -> bool:
    return isinstance(point, list) and len(point) == 2 and all(_is_number(value) for value in point)


def _fact(row: Mapping[str, Any]) -> Fact:
    kind = row.get("kind", "reported")
    return Fact(
        figure=row["figure"],
        value=row["value"],
        source=row["source"],
        derived=kind == "derived",
        assumed=kind == "assumed",
        unit=row.get("unit", ""),
    )
