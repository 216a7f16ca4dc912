"""All rules over one stack, with its exceptions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC

from policy.configuration import Configuration
from policy.exceptions import Exemption, Exemptions, read_exceptions
from policy.registry import RULES
from policy.rule import Finding, Rule
from policy.view import Resource, Stack


@dataclass(frozen=True)
class Judged:
    """One finding, and the exception that excuses it, if any."""

    rule: Rule
    finding: Finding
    exemption: Exemption | None = None

    @property
    def refuses(self) -> bool:
        """Whether this alone stops a deployment."""
        return self.exemption is None and self.rule.enforcement == "mandatory"


class Judge:
    """The rules and the configuration they judge by.

    Args:
        configuration: of the stack.
        rules: the rules to ask.
    """

    def __init__(self, configuration: Configuration, rules: Sequence[Rule] = RULES) -> None:
        self.configuration, self.rules = configuration, rules
        today = configuration.now.astimezone(UTC).date()
        self.exemptions: Exemptions = read_exceptions(configuration.exceptions, {rule.id for rule in RULES}, today)

    def resource(self, rule: Rule, resource: Resource) -> list[Finding]:
        """What a rule refuses of one resource and no exception excuses."""
        return self.exemptions.left(rule.id, rule.of_resource(resource, self.configuration))

    def stack(self, rule: Rule, stack: Stack) -> list[Finding]:
        """What a rule refuses of a stack and no exception excuses."""
        return self.exemptions.left(rule.id, rule.of_stack(stack, self.configuration))

    def everything(self, stack: Stack) -> list[Judged]:
        """Every finding of every rule, excused or not."""
        return [
            Judged(rule, finding, next((e for e in self.exemptions.valid if e.excuses(rule.id, finding)), None))
            for rule in self.rules
            for finding in rule.of_stack(stack, self.configuration)
        ]

    def use_of_exceptions(self, stack: Stack) -> list[str]:
        """One line for each valid exception: what it excuses, until when and why, or that it may be removed."""
        judged = self.everything(stack) if self.exemptions.valid else []
        lines = []
        for exemption in self.exemptions.valid:
            count = sum(one.exemption == exemption for one in judged)
            until = exemption.until.isoformat()
            if count:
                lines.append(f"{exemption} excuses {count} finding{'s'[: count > 1]} until {until}: {exemption.reason}")
            else:
                lines.append(f"{exemption} excuses nothing any more; remove it (until {until}: {exemption.reason})")
        return lines
