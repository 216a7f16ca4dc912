"""Names, tags, AWS's rules before anything is made, and what a refresh brings back, for any type of resource.

What each type's handler does has tests of its own beside this file.
"""

from __future__ import annotations

from typing import Any

import pytest

from floodgate.offline import changing
from floodgate.offline.changing import DEFAULTS, matches
from floodgate.offline.handlers.base import RESOURCES
from floodgate.offline.lifecycle import Identity, Provider
from floodgate.offline.problems import Refused
from floodgate.offline.values import UNKNOWN
from tests.infra.lives.lives import Life

TOPIC = "aws:sns/topic:Topic"
VPC = "aws:ec2/vpc:Vpc"
POLICY = "aws:autoscaling/policy:Policy"


def _check(life: Life, token: str, new: dict[str, Any], old: dict[str, Any] | None = None) -> dict[str, Any]:
    return changing.check(life.world, Identity(token, token, "thing"), life.provider, old or {}, new)


def test_an_automatic_name_stays_with_its_resource(life: Life) -> None:
    topic = life.make(TOPIC)
    assert topic.inputs[DEFAULTS] == ["name"]
    assert life.change(topic, displayName="Told") == {"displayName"}
    assert topic.inputs["name"] == topic.id.rpartition(":")[2]


def test_a_replacement_gets_another_automatic_name_and_another_id_than_what_it_replaces(life: Life) -> None:
    first, second = life.make(TOPIC), life.make(TOPIC)
    assert first.inputs["name"] != second.inputs["name"]
    assert life.make(VPC, cidrBlock="10.0.0.0/16").id != life.make(VPC, cidrBlock="10.0.0.0/16").id


def test_a_name_that_the_program_stops_giving_becomes_an_automatic_one(life: Life) -> None:
    given = _check(life, TOPIC, {"name": "told"})
    assert given[DEFAULTS] == []
    assert _check(life, TOPIC, {}, given)["name"] != "told"


def test_what_has_a_name_of_the_programs_goes_before_its_replacement_comes(life: Life) -> None:
    token = "aws:lb/targetGroup:TargetGroup"
    who = Identity(token, token, "thing")
    common = {"protocol": "HTTP", "vpcId": "vpc-1"}
    for named, first in (({"name": "told"}, True), ({"name": "made", DEFAULTS: ["name"]}, False)):
        old, new = {**common, **named, "port": 80}, {**common, **named, "port": 81}
        found = changing.differences(who, life.provider, old, {}, new)
        assert any(edit.replaces for edit in found)
        assert changing.must_go_first(who, found, old, new) is first


def test_default_tags_that_change_are_a_change_of_every_resource_that_has_them(life: Life) -> None:
    topic = life.make(TOPIC, tags={"name": "mine"})
    assert life.plan(topic) == ()
    other = Life(life.world, Provider(life.provider.region, {"owner": "somebody else"}))
    assert [edit.path for edit in other.plan(topic)] == [("tagsAll",)]
    other.change(topic)
    assert topic.state["tagsAll"] == {"name": "mine", "owner": "somebody else"}
    assert other.plan(topic) == ()


def test_a_tag_set_by_hand_is_drift_and_a_default_tag_is_none(life: Life) -> None:
    topic = life.make(TOPIC, tags={"name": "mine"})
    assert life.refresh(topic) == set()
    sns = life.world.session.client("sns", region_name=life.provider.region)
    sns.tag_resource(ResourceArn=topic.id, Tags=[{"Key": "by", "Value": "hand"}])
    assert life.refresh(topic) == {"tags"}
    assert life.change(topic, tags={"name": "mine"}) == {"tags"}
    assert life.refresh(topic) == set()


STEPS = {
    "policyType": "StepScaling",
    "adjustmentType": "ChangeInCapacity",
    "stepAdjustments": [
        {"scalingAdjustment": 1, "metricIntervalLowerBound": "0", "metricIntervalUpperBound": "10"},
        {"scalingAdjustment": 2, "metricIntervalLowerBound": "20"},
    ],
}


def test_what_aws_would_refuse_is_refused_before_anything_is_made(life: Life) -> None:
    with pytest.raises(Refused, match="gap"):
        _check(life, POLICY, {"autoscalingGroupName": "not-made-yet", **STEPS})


def test_what_only_the_deployment_will_tell_is_not_judged_before_it(life: Life) -> None:
    checked = _check(life, POLICY, {"autoscalingGroupName": UNKNOWN, **STEPS})
    assert checked["autoscalingGroupName"] is UNKNOWN
    fine = {**STEPS, "stepAdjustments": [{"scalingAdjustment": 1, "metricIntervalLowerBound": "0"}]}
    assert _check(life, POLICY, {"autoscalingGroupName": "not-made-yet", **fine})["adjustmentType"]


def test_what_aws_would_fill_in_stays_when_the_program_no_longer_says_it(life: Life) -> None:
    topic = life.make(TOPIC, signatureVersion=2, displayName="Told")
    assert life.plan(topic, signatureVersion=None) == ()
    assert [edit.path for edit in life.plan(topic, displayName=None)] == [("displayName",)]


def test_an_import_finds_inputs_that_plan_nothing(life: Life) -> None:
    topic = life.make(TOPIC, displayName="Told", tags={"name": "mine"})
    found = changing.refresh(life.world, topic.who, life.provider, topic.id, inputs={}, state_={})
    assert found is not None
    assert found.inputs["displayName"] == "Told"
    assert found.inputs["tags"] == {"name": "mine"}
    topic.inputs = found.inputs
    assert life.plan(topic) == ()


@pytest.mark.parametrize(
    ("given", "seen", "match"),
    [
        ({"a": 1}, {"a": 1, "b": 2}, True),
        ({"a": 1, "b": 2}, {"a": 1}, False),
        ([1, 2], [2, 1], True),
        ([1, 2], [1], False),
        ([{"a": 1}, {"a": 2}], [{"a": 2, "x": 0}, {"a": 1, "x": 0}], True),
        ([{"a": 1}, {"a": 1}], [{"a": 1}, {"a": 2}], False),
        ("80", 80, True),
        (True, "true", True),
        ('{"a": 1}', '{"a":1}', True),
        ("a", "b", False),
    ],
)
def test_aws_may_tell_more_and_in_another_order_but_nothing_else(given: Any, seen: Any, match: bool) -> None:
    assert matches(given, seen) is match


def test_every_type_that_can_be_made_can_be_deleted(life: Life) -> None:
    from floodgate.offline.handlers.base import Resource  # noqa: PLC0415
    from floodgate.offline.handlers.described import Described  # noqa: PLC0415

    kept = [
        token
        for token, handler in RESOURCES.items()
        if type(handler).delete is Resource.delete
        or (type(handler).delete is Described.delete and not type(handler).delete_call)
    ]
    assert kept == []
