"""Costs of the journey's steps as they were measured on the service: the file that ``make calibrate`` writes.

    [measured]
    at = 2026-11-22T21:00:00Z
    cpu = "AMD EPYC 7763"
    cores = 2

    [step.hold]
    cpu_ms = {value = 0.61, low = 0.58, high = 0.70}
    db_ms = {value = 0.24, low = 0.22, high = 0.29}
    kib = {value = 0.9, low = 0.9, high = 0.9}

Measured costs take the place of the assumed ``cost.<step>.<what>``; steps that the file leaves out stay as they are.
The vCPUs of the fleet are not those of the machine that measured, so CPU times are multiplied by
``calibration.vcpu_factor`` and ``calibration.database_vcpu_factor``.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from floodgate.rehearsal.errors import CalibrationError

WHATS = ("cpu_ms", "db_ms", "kib")


@dataclass(frozen=True, slots=True)
class Measurement:
    """One measured cost, e.g. ``cost.hold.cpu_ms``: the median of several runs and their range."""

    name: str
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """What was measured, and in words when and where."""

    measurements: tuple[Measurement, ...]
    source: str


def read_calibration(path: Path) -> Calibration:
    """The calibration in this file.

    Raises:
        CalibrationError: it cannot be read or parsed, or its keys or figures break a rule; every fault with its line.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise CalibrationError(
            f"calibration file '{path}' cannot be read ({reason}); write one with `python -m app calibrate`"
        ) from error
    return parse_calibration(text, str(path))


def parse_calibration(text: str, where: str) -> Calibration:
    """The calibration that a TOML text holds; `where` names the file in errors.

    Raises:
        CalibrationError: as `read_calibration`.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CalibrationError(f"{where} is no valid TOML: {error}; mend that line") from error
    problems = [f"{where}{_line(text, key)}: {key} {problem}" for key, problem in _problems(document)]
    if problems:
        raise CalibrationError(*problems)
    measured = document["measured"]
    source = f"measured on {measured['at']:%Y-%m-%d} on {measured['cores']} cores of {measured['cpu']}"
    return Calibration(tuple(_measurements(document["step"])), source)


def _measurements(steps: Mapping[str, Any]) -> Iterator[Measurement]:
    for step, costs in steps.items():
        for what, figures in costs.items():
            yield Measurement(f"cost.{step}.{what}", *(float(figures[key]) for key in ("value", "low", "high")))


def _problems(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    measured, steps = document.get("measured"), document.get("step")
    if not isinstance(measured, Mapping):
        yield "measured", "is missing: it must be a table with at, cpu and cores; add it"
    else:
        yield from _measured_problems(measured)
    if not isinstance(steps, Mapping) or not steps:
        yield "step", "is missing: there must be at least one measured step, such as [step.hold]; add it"
        return
    for step, costs in steps.items():
        if not isinstance(costs, Mapping):
            yield f"step.{step}", "must be a table; write [step.NAME]"
            continue
        for what, figures in costs.items():
            if problem := _figure_problem(what, figures):
                yield f"step.{step}.{what}", problem


def _measured_problems(measured: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if not isinstance(measured.get("at"), datetime):
        yield "measured.at", f"is {measured.get('at')!r}: it must be a date and time; write e.g. 2026-11-22T21:00:00Z"
    if not isinstance(measured.get("cpu"), str):
        yield "measured.cpu", f"is {measured.get('cpu')!r}: it must be the processor's name as a text; write it"
    if not isinstance(measured.get("cores"), int):
        yield "measured.cores", f"is {measured.get('cores')!r}: it must be a whole number; write it"


def _figure_problem(what: str, figures: Any) -> str | None:
    if what not in WHATS:
        return f"is unknown: a step has {', '.join(WHATS)}; take it out"
    if not isinstance(figures, Mapping) or set(figures) != {"value", "low", "high"}:
        return "must have value, low and high and nothing else; write e.g. {value = 0.6, low = 0.5, high = 0.7}"
    for key, figure in figures.items():
        if isinstance(figure, bool) or not isinstance(figure, int | float) or not 0 <= figure < math.inf:
            return f"has {key} = {figure!r}: it must be a finite number of at least 0; measure again"
    if not figures["low"] <= figures["value"] <= figures["high"]:
        return f"has {figures['value']:g} outside {figures['low']:g} to {figures['high']:g}; measure again"
    return None


def _line(text: str, key: str) -> str:
    """`` line N``, where a line of the text says the last part of this key inside its table; else nothing."""
    *tables, last = key.split(".")
    inside = not tables
    for number, line in enumerate(text.splitlines(), start=1):
        header = re.match(r"\s*\[([^\[\]]+)\]\s*(#.*)?$", line)
        if header:
            name = header[1].replace(" ", "")
            if name == key:
                return f" line {number}"
            inside = name == ".".join(tables)
        elif inside and re.match(rf"\s*{re.escape(last)}\s*=", line):
            return f" line {number}"
    return ""
