"""Numbers that AWS does not publish or nobody has measured yet: named, with origin, source and range."""

from __future__ import annotations

import difflib
import math
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any, Literal, get_args

from floodgate.rehearsal.calibration import Calibration
from floodgate.rehearsal.errors import CalibrationError, ParameterError

Origin = Literal["declared", "documented", "measured", "assumed"]

# by the end of a measured parameter's name: what its value is multiplied by
FACTORS: Mapping[str, str] = {
    "cpu_ms": "calibration.vcpu_factor",
    "db_ms": "calibration.database_vcpu_factor",
}
# beyond these a number means nothing to a group, or takes all the memory there is
POSSIBLE: Mapping[str, tuple[float, float]] = {"launch.burst": (1, 1e9), "alarm.range-extra": (0, 1000)}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number of the model, e.g. ``instance.boot_s``; `low` and `high` bound what is plausible."""

    name: str
    value: float
    unit: str
    origin: Origin
    source: str
    low: float
    high: float


class Parameters:
    """All parameters by name; remembers which were read, so that a report lists those that mattered."""

    def __init__(self, parameters: dict[str, Parameter]) -> None:
        self._parameters = dict(parameters)
        self.used: set[str] = set()

    def __getitem__(self, name: str) -> float:
        if name not in self._parameters:
            raise ParameterError(_unknown(name, self._parameters))
        self.used.add(name)
        return self._parameters[name].value

    def __contains__(self, name: str) -> bool:
        return name in self._parameters

    def unwatched(self) -> Parameters:
        """The same numbers for what is built and never asked; reading them counts for nothing."""
        return Parameters(self._parameters)

    def with_values(self, values: Mapping[str, float]) -> Parameters:
        """The same with other values, of which none counts as read yet.

        Raises:
            ParameterError: a name that does not exist.
        """
        changed = dict(self._parameters)
        for name, value in values.items():
            if name not in changed:
                raise ParameterError(_unknown(name, changed))
            changed[name] = replace(changed[name], value=float(value))
        return Parameters(changed)

    def all(self) -> tuple[Parameter, ...]:
        """Every parameter, whether it was read or not."""
        return tuple(self._parameters.values())

    def describe(self) -> list[Parameter]:
        """The parameters that were read, by name."""
        return [self._parameters[name] for name in sorted(self.used)]


def load_parameters(
    overrides: Mapping[str, float] | None = None,
    declared: Mapping[str, float] | None = None,
    calibration: Calibration | None = None,
) -> Parameters:
    """The numbers of ``parameters.toml``, with what was measured, what the stack declares and what the user overrides.

    Args:
        overrides: by name, from the user; a value outside the plausible range is taken, and its source says so.
        declared: by name, from the stack's configuration, e.g. ``quota.vcpus``.
        calibration: measured costs, which bring a range of their own.

    Returns:
        Fresh parameters, of which none counts as read yet but the factors that measured costs were multiplied by.

    Raises:
        ParameterError: a name that does not exist, or a value that is no finite number of at least 0 or impossible.
        CalibrationError: a measured cost that no parameter stands for.
    """
    parameters = dict(_shipped())
    for name, value in (declared or {}).items():
        parameters[name] = _set(parameters, name, value, "declared", "the stack's configuration")
    given = {name: _given(parameters, name, value) for name, value in (overrides or {}).items()}
    parameters.update(given)
    factors = _calibrate(parameters, calibration, given) if calibration else set()
    loaded = Parameters(parameters)
    loaded.used |= factors
    return loaded


def _given(parameters: Mapping[str, Parameter], name: str, value: float) -> Parameter:
    given = _set(parameters, name, value, "declared", "given by the user")
    if given.low <= given.value <= given.high:
        return given
    return replace(given, source=f"{given.source}, outside the plausible {given.low:g} to {given.high:g}")


def _calibrate(parameters: dict[str, Parameter], calibration: Calibration, given: Collection[str]) -> set[str]:
    """Put measured costs in; the names of the factors that were applied. What the user gives wins."""
    factors = set()
    for measured in calibration.measurements:
        if measured.name not in parameters:
            known = ", ".join(sorted({name.split(".")[1] for name in parameters if name.startswith("cost.")}))
            raise CalibrationError(
                f"the calibration has {measured.name}, but no parameter has that name: steps are {known}; take it out"
            )
        if measured.name in given:
            continue
        factor = parameters.get(FACTORS.get(measured.name.rpartition(".")[2], ""))
        scale, low, high = (factor.value, factor.low, factor.high) if factor else (1.0, 1.0, 1.0)
        if factor:
            factors.add(factor.name)
        parameters[measured.name] = replace(
            parameters[measured.name],
            value=measured.value * scale,
            low=measured.low * min(low, scale),
            high=measured.high * max(high, scale),
            origin="measured",
            source=calibration.source + (f", times {factor.name}" if factor else ""),
        )
    return factors


def shipped_parameters() -> tuple[Parameter, ...]:
    """Every parameter as ``parameters.toml`` has it, by name."""
    return tuple(sorted(_shipped().values(), key=lambda parameter: parameter.name))


def _set(known: Mapping[str, Parameter], name: str, value: float, origin: Origin, source: str) -> Parameter:
    if name not in known:
        raise ParameterError(_unknown(name, known))
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        raise ParameterError(f"parameter {name} is {value!r}: it must be a finite number of at least 0; give a number")
    least, most = POSSIBLE.get(name, (0, math.inf))
    if not least <= value <= most:
        raise ParameterError(f"parameter {name} is {value:g}: it is from {least:g} to {most:g}; correct it")
    return replace(known[name], value=float(value), origin=origin, source=source)


def _unknown(name: str, known: Mapping[str, Parameter]) -> str:
    nearest = difflib.get_close_matches(name, known, n=3, cutoff=0.4)
    nearest = nearest or sorted(known)[:3]
    return f"parameter {name!r} does not exist; the nearest are {', '.join(nearest)}"


@cache
def _shipped() -> dict[str, Parameter]:
    text = resources.files("floodgate.rehearsal").joinpath("parameters.toml").read_text(encoding="utf-8")
    return {parameter.name: parameter for parameter in _flatten("", tomllib.loads(text))}


def _flatten(prefix: str, table: Mapping[str, Any]) -> Iterator[Parameter]:
    for key, entry in table.items():
        name = f"{prefix}{key}"
        if "value" in entry:
            yield _checked(Parameter(name=name, **entry))
        else:
            yield from _flatten(f"{name}.", entry)


def _checked(parameter: Parameter) -> Parameter:
    if not parameter.low <= parameter.value <= parameter.high:
        raise ParameterError(
            f"parameter {parameter.name} is {parameter.value:g}: parameters.toml calls {parameter.low:g} to "
            f"{parameter.high:g} plausible; correct the value or the range"
        )
    if parameter.origin not in get_args(Origin):
        raise ParameterError(
            f"parameter {parameter.name} has the origin {parameter.origin!r}: it must be one of "
            f"{', '.join(get_args(Origin))}; correct parameters.toml"
        )
    return parameter
