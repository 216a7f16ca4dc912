"""The policy pack as Pulumi starts it: every rule as one policy of its engine, and the exceptions as two more."""

# ruff: noqa: E402 - Pulumi runs this file from its own folder, so the package must be made importable first
from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

ROOT = str(Path(__file__).resolve().parent.parent)
if ROOT not in sys.path:
    sys.path.insert(0, ROOT)

import pulumi_policy as engine
from google.protobuf import json_format
from pulumi.runtime import get_config_env

from policy.analyzed import Views, remembering, resource_of
from policy.configuration import read
from policy.judging import Judge
from policy.registry import RULES
from policy.rule import Finding, Rule

Report = engine.ReportViolation


class Pack:
    """The policies of one stack.

    Args:
        judge: the rules with the stack's configuration.
    """

    def __init__(self, judge: Judge) -> None:
        self._judge, self._views = judge, Views()

    def policies(self) -> list[engine.Policy]:
        """What judges one resource runs before that is made, the rest over the stack."""
        rules: list[engine.Policy] = [
            self._of_resource(rule) if rule.scope == "resource" else self._of_stack(place, rule)
            for place, rule in enumerate(RULES)
        ]
        return [*rules, self._in_order(), self._in_use(len(rules))]

    def _of_resource(self, rule: Rule) -> engine.ResourceValidationPolicy:
        def judge(args: engine.ResourceValidationArgs, report: Report) -> None:
            _report(rule, self._judge.resource(rule, resource_of(args)), report)

        return engine.ResourceValidationPolicy(
            rule.id,
            rule.title,
            judge,
            engine.EnforcementLevel(rule.enforcement),
            severity=engine.Severity(rule.severity),
            remediation_steps=rule.remedy,
            url=rule.source,
        )

    def _of_stack(self, place: int, rule: Rule) -> engine.StackValidationPolicy:
        def judge(args: engine.StackValidationArgs, report: Report) -> None:
            _report(rule, self._judge.stack(rule, self._views.of(place, args.resources)), report)

        return engine.StackValidationPolicy(
            rule.id,
            rule.title,
            judge,
            engine.EnforcementLevel(rule.enforcement),
            severity=engine.Severity(rule.severity),
            remediation_steps=rule.remedy,
            url=rule.source,
        )

    def _in_order(self) -> engine.StackValidationPolicy:
        def tell(args: engine.StackValidationArgs, report: Report) -> None:
            del args
            for problem in self._judge.exemptions.problems:
                report(problem, None)

        title = "Every exception names a rule, has a reason and an end that is still to come"
        make = partial(engine.StackValidationPolicy, "exceptions-in-order", title, tell)
        return make(engine.EnforcementLevel.MANDATORY, severity=engine.Severity.HIGH)

    def _in_use(self, place: int) -> engine.StackValidationPolicy:
        def tell(args: engine.StackValidationArgs, report: Report) -> None:
            for line in self._judge.use_of_exceptions(self._views.of(place, args.resources)):
                report(line, None)

        make = partial(
            engine.StackValidationPolicy, "exceptions-in-use", "Exceptions are told at every deployment", tell
        )
        return make(engine.EnforcementLevel.ADVISORY, severity=engine.Severity.LOW)


def _report(rule: Rule, findings: Iterable[Finding], report: Report) -> None:
    for finding in findings:
        name = f"{finding.resource.name} " if finding.resource else ""
        report(f"{name}{finding.message}; {rule.remedy}", finding.resource.urn if finding.resource else None)


if __name__ == "__main__":
    # the engine's library converts every resource anew for each policy, most of what sixty of them would cost
    vars(json_format)["MessageToDict"] = remembering(json_format.MessageToDict)
    judge = Judge(read(get_config_env(), datetime.now(UTC)))
    engine.PolicyPack("floodgate", Pack(judge).policies())
