"""Numbers that AWS does not publish or nobody has measured yet: named, with origin, source and range."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Origin = Literal["declared", "documented", "measured", "assumed"]


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
        self.used.add(name)
        return self._parameters[name].value

    def describe(self) -> list[Parameter]:
        """The parameters that were read, by name."""
        return [self._parameters[name] for name in sorted(self.used)]
