"""Every rule refuses its own example and lets the mended one pass, deployed and in a preview.

It proves that each rule can refuse and can be satisfied; what else it should refuse stands in the tests of its subject.
"""

import re

import pytest

from policy.registry import RULES
from policy.view import Stack

EACH = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)


@EACH
def test_a_rule_refuses_its_example(rule, stack_of, configuration):
    findings = rule.of_stack(stack_of(rule.refused), configuration(rule.refused))

    assert findings, f"{rule.id} finds nothing in the stack it says it refuses"


@EACH
def test_a_rule_lets_the_mended_example_pass(rule, stack_of, configuration):
    assert [finding.message for finding in rule.of_stack(stack_of(rule.mended), configuration(rule.mended))] == []


@EACH
def test_a_rule_finds_nothing_where_there_is_nothing(rule, configuration):
    assert rule.of_stack(Stack(()), configuration(rule.mended)) == [], "an empty stack breaks no rule"


@EACH
def test_a_rule_for_production_leaves_development_alone_and_the_others_do_not(rule, stack_of, configuration):
    example = rule.refused
    in_development = configuration(
        type(example)(example.resources, {**example.configuration, "environment": "development"})
    )

    findings = rule.of_stack(stack_of(example), in_development)

    # an opening of which nobody said what it needs is no fault in development, every other finding is one
    assert bool(findings) == (rule.environments == "every")


@EACH
def test_a_rule_says_why_what_to_do_and_who_says_so(rule):
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", rule.id)
    assert len(rule.title) > 20
    assert not rule.title.endswith(".")
    assert rule.why.endswith(".")
    assert rule.remedy[0].islower(), "the remedy follows a semicolon"
    assert not rule.remedy.endswith(".")
    assert rule.source.startswith("https://"), "a rule has a page that says so"


def test_ids_are_unique():
    assert len({rule.id for rule in RULES}) == len(RULES)


@EACH
def test_messages_are_one_line_of_plain_words(rule, stack_of, configuration):
    for finding in rule.of_stack(stack_of(rule.refused), configuration(rule.refused)):
        assert "\n" not in finding.message
        assert "UNKNOWN" not in finding.message
        assert "None" not in finding.message
