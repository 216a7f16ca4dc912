"""What a preview does not know makes no rule crash, and makes none refuse what may be right.

Every property of every example is hidden in turn, alone and inside its lists and objects. Which values the engine
really hides belongs to the tests with the engine.
"""

from dataclasses import replace

import pytest

from policy.registry import RULES
from policy.view import UNKNOWN, Resource, Stack, given, has_unknown

EACH = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)


def hidden(value):
    """A value with each of its parts unknown in turn, and all of it."""
    yield UNKNOWN
    if isinstance(value, dict):
        for key, part in value.items():
            yield from ({**value, key: one} for one in hidden(part))
    if isinstance(value, list):
        for place, part in enumerate(value):
            yield from ([*value[:place], one, *value[place + 1 :]] for one in hidden(part))


def variants(stack):
    """The stack with one unknown value, for each that may be; it comes from a resource that is not in it."""
    for place, resource in enumerate(stack.resources):
        for name, value in resource.properties.items():
            for one in hidden(value):
                changed = replace(
                    resource,
                    properties={**resource.properties, name: one},
                    references={**resource.references, name: ["urn:elsewhere", *resource.references.get(name, ())]},
                )
                yield Stack((*stack.resources[:place], changed, *stack.resources[place + 1 :]))


@EACH
def test_a_rule_refuses_nothing_that_was_right_because_a_part_of_it_is_unknown(rule, stack_of, configuration):
    for stack in variants(stack_of(rule.mended)):
        assert [finding.message for finding in rule.of_stack(stack, configuration(rule.mended))] == [], unknown(stack)


@EACH
def test_a_rule_can_be_asked_about_any_unknown_value(rule, stack_of, configuration):
    for stack in variants(stack_of(rule.refused)):
        for finding in rule.of_stack(stack, configuration(rule.refused)):
            assert "UNKNOWN" not in finding.message, unknown(stack)


def unknown(stack):
    """What is unknown in it, for a failing test's message."""
    return [
        (r.name, name, value) for r in stack.resources for name, value in r.properties.items() if has_unknown(value)
    ]


def test_an_unknown_value_is_neither_true_nor_false():
    with pytest.raises(TypeError, match="neither true nor false"):
        bool(UNKNOWN)


def test_an_unknown_property_that_comes_from_nothing_is_one_that_nobody_gave():
    properties = {"arn": UNKNOWN, "kmsKeyId": UNKNOWN, "rules": [{"id": UNKNOWN, "port": 1}], "port": 5432}

    kept = given(properties, {"kmsKeyId": ["urn:key"]})

    assert kept == {"kmsKeyId": UNKNOWN, "rules": [{"port": 1}], "port": 5432}


def test_a_reference_is_followed_by_its_value_before_it_is_followed_by_what_it_comes_from():
    key, other = (Resource("aws:kms/key:Key", name, f"urn:{name}", {}, id=f"id-{name}") for name in ("key", "other"))
    named = Resource(
        "aws:sns/topic:Topic", "t", "urn:t", {"kmsMasterKeyId": "id-key"}, {"kmsMasterKeyId": ["urn:other"]}
    )
    planned = replace(named, properties={"kmsMasterKeyId": UNKNOWN})

    assert Stack((key, other, named)).targets(named, "kmsMasterKeyId", "kms/key") == [key]
    assert Stack((key, other, planned)).targets(planned, "kmsMasterKeyId", "kms/key") == [other]


@pytest.mark.parametrize(
    ("type_", "kind"),
    [
        ("aws:rds/cluster:Cluster", "rds/cluster"),
        ("aws:alb/loadBalancer:LoadBalancer", "lb/loadBalancer"),
        ("aws:s3/bucketV2:BucketV2", "s3/bucket"),
        ("aws:apigatewayv2/api:Api", "apigatewayv2/api"),
        ("pulumi:pulumi:Stack", "pulumi:pulumi:Stack"),
        ("floodgate:network:Network", "floodgate:network:Network"),
    ],
)
def test_kinds_are_the_same_under_every_name_of_the_sdk(type_, kind):
    assert Resource(type_, "a", "urn:a", {}).kind == kind
