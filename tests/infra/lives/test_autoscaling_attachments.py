"""What is said of a group that is made elsewhere: hooks, attachments, notifications and tags, also when they end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from floodgate.offline.problems import Refused
from tests.infra.lives.conftest import NOW
from tests.infra.lives.fleets import Ground, ground
from tests.infra.lives.lives import Life, Thing
from tests.infra.lives.walks import assert_imports

POLICY, SCHEDULE = "aws:autoscaling/policy:Policy", "aws:autoscaling/schedule:Schedule"
HOOK, TAG = "aws:autoscaling/lifecycleHook:LifecycleHook", "aws:autoscaling/tag:Tag"
TRACKING = {
    "policyType": "TargetTrackingScaling",
    "targetTrackingConfiguration": {
        "predefinedMetricSpecification": {"predefinedMetricType": "ASGAverageCPUUtilization"},
        "targetValue": 40,
    },
}
SCHEDULED = {
    "scheduledActionName": "open",
    "minSize": 40,
    "maxSize": -1,
    "desiredCapacity": -1,
    "startTime": f"{NOW + timedelta(hours=9):%Y-%m-%dT%H:%M:%SZ}",
}
HOOKED = {"name": "boot", "lifecycleTransition": "autoscaling:EC2_INSTANCE_LAUNCHING"}
QUEUE = "arn:aws:sqs:ap-northeast-2:123456789012:hooks"
ROLE = "arn:aws:iam::123456789012:role/hooks"


@pytest.fixture
def on(life: Life) -> Ground:
    there = ground(life)
    there.group()
    return there


def made(on: Ground, token: str, **inputs: Any) -> Thing:
    return on.life.make(token, "it", autoscalingGroupName="web", **inputs)


@pytest.mark.parametrize(
    "then",
    [
        {"heartbeatTimeout": 600},
        {"defaultResult": "CONTINUE"},
        {"lifecycleTransition": "autoscaling:EC2_INSTANCE_TERMINATING"},
        {"notificationTargetArn": QUEUE, "roleArn": ROLE, "notificationMetadata": "a"},
    ],
)
def test_a_hook_changes_in_place_and_is_then_as_declared(on, then):
    hook = made(on, HOOK, **HOOKED, heartbeatTimeout=300, defaultResult="ABANDON")
    assert on.life.refresh(hook) == set()
    assert on.life.change(hook, **then) == set(then)
    assert on.life.refresh(hook) == set()
    assert on.life.plan(hook) == ()
    on.client("autoscaling").put_lifecycle_hook(
        AutoScalingGroupName="web", LifecycleHookName="boot", HeartbeatTimeout=31
    )
    assert on.life.refresh(hook) == {"heartbeatTimeout"}


def attachments(on: Ground) -> dict[str, tuple[str, dict[str, Any], dict[str, Any]]]:
    """Each type of the service: its token, its inputs, and how somebody takes it away behind Pulumi's back."""
    blue, topic = on.targets("blue"), on.client("sns").create_topic(Name="t")["TopicArn"]
    web = {"AutoScalingGroupName": "web"}
    source = {"identifier": on.targets("green"), "type": "elbv2"}
    return {
        "delete_policy": (POLICY, {"name": "p", **TRACKING}, {**web, "PolicyName": "p"}),
        "delete_scheduled_action": (
            SCHEDULE,
            SCHEDULED,
            {**web, "ScheduledActionName": "open"},
        ),
        "delete_lifecycle_hook": (HOOK, HOOKED, {**web, "LifecycleHookName": "boot"}),
        "detach_load_balancer_target_groups": (
            "aws:autoscaling/attachment:Attachment",
            {"lbTargetGroupArn": blue},
            {**web, "TargetGroupARNs": [blue]},
        ),
        "detach_traffic_sources": (
            "aws:autoscaling/trafficSourceAttachment:TrafficSourceAttachment",
            {"trafficSource": source},
            {**web, "TrafficSources": [{"Identifier": source["identifier"], "Type": "elbv2"}]},
        ),
        "delete_notification_configuration": (
            "aws:autoscaling/notification:Notification",
            {"groupNames": ["web"], "topicArn": topic, "notifications": ["autoscaling:EC2_INSTANCE_LAUNCH"]},
            {**web, "TopicARN": topic},
        ),
        "delete_tags": (
            TAG,
            {"tag": {"key": "a", "value": "b", "propagateAtLaunch": True}},
            {"Tags": [{"ResourceId": "web", "ResourceType": "auto-scaling-group", "Key": "a"}]},
        ),
    }


WAYS = (
    *("delete_policy", "delete_scheduled_action", "delete_lifecycle_hook", "delete_tags"),
    *("detach_load_balancer_target_groups", "detach_traffic_sources", "delete_notification_configuration"),
)


def attached(on: Ground, call: str) -> tuple[Thing, dict[str, Any]]:
    token, inputs, params = attachments(on)[call]
    given = inputs if "groupNames" in inputs else {"autoscalingGroupName": "web", **inputs}
    return on.life.make(token, "it", **given), params


@pytest.mark.parametrize("call", WAYS)
def test_what_somebody_takes_away_is_gone_and_deleting_it_is_no_error(on, call):
    thing, params = attached(on, call)
    assert on.life.refresh(thing) == set()
    assert not on.life.gone(thing)
    getattr(on.client("autoscaling"), call)(**params)
    assert on.life.gone(thing)
    on.life.delete(thing)


@pytest.mark.parametrize("call", WAYS)
def test_what_is_deleted_is_gone(on, call):
    thing, _ = attached(on, call)
    on.life.delete(thing)
    assert on.life.gone(thing)


@pytest.mark.parametrize("call", WAYS)
def test_what_ends_with_its_group_is_gone_and_deleting_it_is_no_error(on, call):
    thing, _ = attached(on, call)
    on.client("autoscaling").delete_auto_scaling_group(AutoScalingGroupName="web", ForceDelete=True)
    assert on.life.gone(thing)
    on.life.delete(thing)


@pytest.mark.parametrize(
    ("call", "id_"),
    [
        ("delete_policy", "web/p"),
        ("delete_scheduled_action", "web/open"),
        ("delete_lifecycle_hook", "web/boot"),
        ("detach_traffic_sources", ""),
        ("delete_notification_configuration", ""),
        ("delete_tags", ""),
    ],
)
def test_what_is_imported_is_found_and_lives_on(on, call, id_):
    thing, _ = attached(on, call)
    assert_imports(on.life, thing, id_)
    thing.id = id_ or thing.id
    assert on.life.refresh(thing) == set()
    on.life.delete(thing)
    assert on.life.gone(thing)


def test_a_tag_of_a_group_made_elsewhere_changes_in_place(on):
    tag = made(on, TAG, tag={"key": "a", "value": "b", "propagateAtLaunch": True})
    assert on.life.change(tag, tag={"key": "a", "value": "c", "propagateAtLaunch": False}) == {"tag"}
    (told,) = on.told()["Tags"]
    assert [told["Value"], told["PropagateAtLaunch"]] == ["c", False]
    assert on.life.refresh(tag) == set()
    on.client("autoscaling").create_or_update_tags(Tags=[{**told, "Value": "x"}])
    assert on.life.refresh(tag) == {"tag"}
    assert any(edit.replaces for edit in on.life.plan(tag, tag={"key": "z", "value": "b", "propagateAtLaunch": True}))


def test_a_notification_follows_its_groups_and_events(on):
    on.group(name="other")
    topic = on.client("sns").create_topic(Name="t")["TopicArn"]
    launch, end = "autoscaling:EC2_INSTANCE_LAUNCH", "autoscaling:EC2_INSTANCE_TERMINATE"
    told = on.life.make(
        "aws:autoscaling/notification:Notification", groupNames=["web"], topicArn=topic, notifications=[launch]
    )
    for change in ({"groupNames": ["web", "other"]}, {"notifications": [launch, end]}, {"groupNames": ["other"]}):
        assert on.life.change(told, **change) == set(change)
        assert on.life.refresh(told) == set()
    described = on.client("autoscaling").describe_notification_configurations()["NotificationConfigurations"]
    assert {(each["AutoScalingGroupName"], each["NotificationType"]) for each in described} == {
        ("other", launch),
        ("other", end),
    }


def test_a_notification_of_which_one_group_is_missing_leaves_nothing_behind(on):
    topic = on.client("sns").create_topic(Name="t")["TopicArn"]
    with pytest.raises(Refused, match="not found"):
        on.life.make(
            "aws:autoscaling/notification:Notification",
            groupNames=["web", "nobody"],
            topicArn=topic,
            notifications=["autoscaling:EC2_INSTANCE_LAUNCH"],
        )
    assert on.client("autoscaling").describe_notification_configurations()["NotificationConfigurations"] == []
