"""What is wrong with a stack's configuration, told so that it can be mended: value, rule, remedy.

Exception
└── ConfigurationError    every problem of one stack at once; `pulumi up` stops before the first resource
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NoReturn

import pulumi
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One setting that cannot be, as the line ``<where> is <value>, <rule>; <remedy>``.

    Attributes:
        where: The setting, e.g. ``opening 'night-1'`` or ``floodgate:fleet.maxSize``.
        value: What it is now, e.g. ``40``.
        rule: The rule it breaks, as a clause that follows a comma, e.g. ``but the quota allows 32``.
        remedy: What to do, in the imperative, e.g. ``raise the quota or choose a smaller type``.
    """

    where: str
    value: str
    rule: str
    remedy: str

    def __str__(self) -> str:
        """One line, whatever the value holds."""
        return " ".join(f"{self.where} is {self.value}, {self.rule}; {self.remedy}".split())


class ConfigurationError(pulumi.RunError):
    """A stack's configuration has problems; `problems` holds them all, its text has one line for each."""

    def __init__(self, stack: str, problems: Sequence[Problem]) -> None:
        self.stack = stack
        self.problems = tuple(problems)
        count = f"{len(self.problems)} problem{'s' if len(self.problems) != 1 else ''}"
        lines = "".join(f"\n  - {problem}" for problem in self.problems)
        super().__init__(f"stack '{stack}' has {count} in its configuration:{lines}")


class Settings(BaseModel):
    """The base of every component's settings: frozen, camelCase in YAML, and nothing unknown is accepted."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        extra="forbid",
        frozen=True,
    )

    def problems(self, where: str) -> Iterable[Problem]:
        """Rules over several fields of this component, for what no single field can tell.

        Override it; `where` is the component's key, e.g. ``floodgate:network``. Called only on settings
        whose single fields are valid. Rules over several components belong to `infra.rules`.
        """
        del where
        return ()


def broken(value: object, rule: str, remedy: str) -> NoReturn:
    """Refuse a value inside a pydantic validator, with the rule and the remedy kept apart.

    Raises:
        PydanticCustomError: Always; `infra.translation` turns it back into a `Problem`.
    """
    raise PydanticCustomError(
        "floodgate", "{value}, {rule}; {remedy}", {"value": str(value), "rule": rule, "remedy": remedy}
    )
