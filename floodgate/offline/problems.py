"""What the offline AWS refuses, told in one line each: where, which value, by which rule, and what to do.

OfflineError
├── ProgramFailed    the program itself, or resources that were refused
└── (ProjectError    in floodgate/project.py: the project's files)
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

# path, value, rule and remedy of a problem whose place is not known yet
Finding = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason why a resource, a function or a provider is refused.

    Args:
        where: resource type and name, e.g. ``aws:ec2/vpc:Vpc 'main'``.
        path: the property, e.g. ``launchTemplate.id``; empty when it is about the whole.
        value: what was given, as shown; empty when nothing was.
        rule: what is allowed.
        remedy: what to change.
    """

    where: str
    path: str
    value: str
    rule: str
    remedy: str

    def __str__(self) -> str:
        what = f"{self.path} = {self.value}" if self.path and self.value else self.path or self.value
        told = f"{self.where}: {what + ' ' if what else ''}{self.rule}"
        return " ".join(f"{told}; {self.remedy}".split()) if self.remedy else " ".join(told.split())


class Refused(Exception):  # noqa: N818 - it is what happened, as AWS says it
    """One resource, function or provider is refused, for one or several reasons."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class ProgramFailed(Exception):  # noqa: N818 - the same
    """A Pulumi program did not deploy. Its text is one line for each independent reason.

    Args:
        problems: what was refused, in the order of its registration; one line each.
    """

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(dict.fromkeys(problems))
        super().__init__("\n".join(self.problems))


def shown(value: Any, *, secret: bool = False) -> str:
    """A value as a message can bear it: short, on one line, and hidden when it is secret."""
    if secret:
        return "(secret)"
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}…"


def did_you_mean(given: str, known: Iterable[str]) -> str:
    """``did you mean maxSize?``, or nothing where no known name is near."""
    names = list(known)
    folded = {name.replace("_", "").lower(): name for name in names}
    same = folded.get(given.replace("_", "").lower())
    near = [same] if same else difflib.get_close_matches(given, names, n=1, cutoff=0.6)
    return f"did you mean {near[0]}?" if near else ""
