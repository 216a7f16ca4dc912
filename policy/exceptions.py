"""Exceptions from rules: declared in the stack's configuration, with a reason and an end.

Example:
    ```yaml
    floodgate:exceptions:
      - rule: firewall-before-the-door
        resource: balancer
        reason: the ministry's own firewall stands before it, ticket 4711
        until: 2027-09-30
    ```

What is wrong with an exception is itself refused, and such an exception excuses nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from typing import Any

from policy.rule import Finding

KEYS = {"rule", "resource", "reason", "until"}


@dataclass(frozen=True, slots=True)
class Exemption:
    """One valid exception.

    Args:
        rule: whose findings it excuses.
        reason: why that is right for now.
        until: the last day on which it does (UTC).
        resource: name or URN of the resource, also as a pattern with ``*``; None excuses every finding of the rule.
    """

    rule: str
    reason: str
    until: date
    resource: str | None = None

    def excuses(self, rule: str, finding: Finding) -> bool:
        """Whether a finding of a rule is meant."""
        if rule != self.rule or self.resource is None:
            return rule == self.rule
        found = finding.resource
        return found is not None and any(fnmatchcase(text, self.resource) for text in (found.name, found.urn))

    def __str__(self) -> str:
        return f"{self.rule} for {self.resource or 'every resource'}"


@dataclass(frozen=True, slots=True)
class Exemptions:
    """The exceptions of a stack: those that hold, and what is wrong with the others, one line each."""

    valid: tuple[Exemption, ...]
    problems: tuple[str, ...]

    def left(self, rule: str, findings: Iterable[Finding]) -> list[Finding]:
        """The findings that no exception excuses."""
        return [f for f in findings if not any(exemption.excuses(rule, f) for exemption in self.valid)]


def read_exceptions(entries: Iterable[Any], rules: Collection[str], today: date) -> Exemptions:
    """The exceptions of a stack, judged themselves.

    Args:
        entries: the list ``floodgate:exceptions``.
        rules: the ids of all rules.
        today: the day of the deployment in UTC; an exception holds on its last day, too.
    """
    valid, problems = [], []
    for place, entry in enumerate(entries, start=1):
        wrong = list(_problems(entry, rules, today))
        if wrong:
            problems += [f"floodgate:exceptions, entry {place}{_named(entry)}: {problem}" for problem in wrong]
        else:
            valid.append(
                Exemption(entry["rule"], entry["reason"].strip(), _day(entry["until"]) or today, entry.get("resource"))
            )
    return Exemptions(tuple(valid), tuple(problems))


def _problems(entry: Any, rules: Collection[str], today: date) -> Iterator[str]:
    if not isinstance(entry, Mapping):
        yield "is no mapping; write rule, reason and until"
        return
    rule, reason, until = entry.get("rule"), entry.get("reason"), _day(entry.get("until"))
    if rule not in rules:
        yield f"rule is {rule!r}, but there is no such rule; see docs/reference/policies.md"
    if not isinstance(reason, str) or not reason.strip():
        yield "has no reason; say why the rule does not fit here"
    if until is None:
        yield f"until is {entry.get('until')!r}, but it is the last day on which it holds; write it as 2027-09-30"
    elif until < today:
        yield f"ended on {until.isoformat()}; do what the rule asks, or give it a new end and a reason for that"
    if unknown := sorted(map(str, entry.keys() - KEYS)):
        yield f"has {', '.join(unknown)}, but its keys are rule, resource, reason and until"
    if not isinstance(entry.get("resource", ""), str) or entry.get("resource") == "":
        yield "resource is no name; leave it out to excuse every resource"


def _named(entry: Any) -> str:
    return f" ({entry['rule']})" if isinstance(entry, Mapping) and isinstance(entry.get("rule"), str) else ""


def _day(value: object) -> date | None:
    # YAML's own dates arrive with a time of day
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None
