"""Exceptions excuse what they say, with a reason and to their end, and are refused themselves where they are wrong."""

from datetime import UTC, date, datetime

import pytest

from policy.configuration import of_values
from policy.exceptions import read_exceptions
from policy.judging import Judge
from policy.registry import RULES
from policy.rule import Finding
from policy.view import Resource, Stack

TODAY = date(2027, 8, 8)
GOOD = {"rule": "imdsv2", "reason": "an agent of 2014, ticket 4711", "until": "2027-09-30"}


def server(name):
    return Resource("aws:ec2/instance:Instance", name, f"urn:pulumi:s::p::aws:ec2/instance:Instance::{name}", {})


def read(*entries):
    return read_exceptions(entries, {rule.id for rule in RULES}, TODAY)


def left(exemptions, *names):
    findings = exemptions.left("imdsv2", [Finding("is old", server(name)) for name in names])
    return [finding.resource.name for finding in findings]


def test_without_a_resource_every_finding_of_the_rule_is_excused():
    assert left(read(GOOD), "a", "b") == []


@pytest.mark.parametrize("pattern", ["agent-1", "agent-*", "urn:pulumi:s::p::*::agent-1"])
def test_with_a_resource_only_what_is_called_so_is_excused(pattern):
    assert left(read({**GOOD, "resource": pattern}), "agent-1", "other") == ["other"]


def test_other_rules_are_not_excused():
    finding = Finding("is not encrypted", server("a"))

    assert read(GOOD).left("disks-encrypted", [finding]) == [finding]


def test_a_finding_about_the_stack_as_a_whole_is_excused_only_without_a_resource():
    whole = Finding("nobody is told")

    assert read({**GOOD, "resource": "*"}).left("imdsv2", [whole]) == [whole]
    assert read(GOOD).left("imdsv2", [whole]) == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"reason": ""}, "has no reason"),
        ({"reason": "  "}, "has no reason"),
        ({"reason": None}, "has no reason"),
        ({"rule": "imds"}, "there is no such rule"),
        ({"rule": None}, "there is no such rule"),
        ({"rule": "exceptions-in-order"}, "there is no such rule"),
        ({"until": "2027-08-07"}, "ended on 2027-08-07"),
        ({"until": None}, "last day"),
        ({"until": "next summer"}, "last day"),
        ({"expires": "2027-09-30"}, "has expires"),
        ({"resource": ""}, "resource is no name"),
        ({"resource": ["a"]}, "resource is no name"),
    ],
    ids=str,
)
def test_a_wrong_exception_is_refused_and_excuses_nothing(change, problem):
    exemptions = read({**GOOD, **change})

    assert len(exemptions.problems) == 1
    assert problem in exemptions.problems[0]
    assert exemptions.problems[0].startswith("floodgate:exceptions, entry 1")
    assert left(exemptions, "a") == ["a"], "what is wrong excuses nothing"


def test_what_is_no_mapping_is_refused():
    assert "is no mapping" in read("imdsv2").problems[0]


@pytest.mark.parametrize("until", ["2027-08-08", "2027-08-08T00:00:00Z"], ids=["as text", "as YAML's own date"])
def test_an_exception_holds_on_its_last_day(until):
    assert left(read({**GOOD, "until": until}), "a") == []


def test_the_day_is_that_of_the_deployment_not_of_the_clock():
    values = {"exceptions": [GOOD], "now": "2027-10-01T00:00:00+09:00"}

    assert Judge(of_values(values, datetime(2027, 1, 1, tzinfo=UTC))).exemptions.valid, "in UTC it is 30 September"
    later = {**values, "now": "2027-10-01T09:00:00+09:00"}
    assert Judge(of_values(later, datetime(2027, 1, 1, tzinfo=UTC))).exemptions.problems


def judge(*exceptions):
    return Judge(of_values({"exceptions": list(exceptions)}, datetime(2027, 8, 8, tzinfo=UTC)))


def test_every_use_of_an_exception_is_told_with_its_reason():
    stack = Stack((server("a"), server("b")))

    (line,) = judge(GOOD).use_of_exceptions(stack)
    assert line == "imdsv2 for every resource excuses 2 findings until 2027-09-30: an agent of 2014, ticket 4711"
    (line,) = judge({**GOOD, "resource": "a"}).use_of_exceptions(stack)
    assert line.startswith("imdsv2 for a excuses 1 finding until")


def test_an_exception_that_is_not_needed_any_more_is_told():
    (line,) = judge(GOOD).use_of_exceptions(Stack(()))

    assert "excuses nothing any more; remove it" in line


def test_an_excused_finding_refuses_nothing_and_one_that_is_not_does():
    stack = Stack((server("a"),))

    assert not any(one.refuses for one in judge(GOOD).everything(stack) if one.rule.id == "imdsv2")
    assert any(one.refuses for one in judge().everything(stack) if one.rule.id == "imdsv2")
