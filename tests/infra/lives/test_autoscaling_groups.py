"""An Auto Scaling group's properties: changed in place one by one, and seen when somebody else changes them.

The calls are proved, not what AWS makes of them in time.
"""

from __future__ import annotations

from typing import Any

import jmespath
import pytest

from floodgate.offline import changing
from tests.infra.lives.fleets import Ground, ground
from tests.infra.lives.lives import Life
from tests.infra.lives.walks import assert_imports


@pytest.fixture
def on(life: Life) -> Ground:
    return ground(life)


TAG = {"key": "team", "value": "doors", "propagateAtLaunch": True}
POOL = {"poolState": "Running", "minSize": 3}
# property, value at first, value afterwards (None takes it away), where AWS tells it, what it tells at the end
CHANGES: list[tuple[str, Any, Any, str, Any]] = [
    ("maxSize", 10, 20, "MaxSize", 20),
    ("minSize", 2, 0, "MinSize", 0),
    ("desiredCapacity", 2, 5, "length(Instances)", 5),
    ("defaultCooldown", 60, 90, "DefaultCooldown", 90),
    ("defaultInstanceWarmup", None, 60, "DefaultInstanceWarmup", 60),
    ("defaultInstanceWarmup", 60, None, "DefaultInstanceWarmup", None),
    ("healthCheckType", "EC2", "ELB", "HealthCheckType", "ELB"),
    ("healthCheckGracePeriod", 60, None, "HealthCheckGracePeriod", 300),
    ("maxInstanceLifetime", 86400, 172800, "MaxInstanceLifetime", 172800),
    ("maxInstanceLifetime", 86400, None, "MaxInstanceLifetime", None),
    ("capacityRebalance", True, None, "CapacityRebalance", False),
    ("protectFromScaleIn", False, True, "NewInstancesProtectedFromScaleIn", True),
    ("placementGroup", "near", "far", "PlacementGroup", "far"),
    ("placementGroup", "near", None, "PlacementGroup", None),
    ("context", None, "a", "Context", "a"),
    (
        "terminationPolicies",
        ["OldestInstance"],
        ["NewestInstance", "Default"],
        "TerminationPolicies[0]",
        "NewestInstance",
    ),
    ("terminationPolicies", ["OldestInstance"], None, "TerminationPolicies", ["Default"]),
    (
        "instanceMaintenancePolicy",
        {"minHealthyPercentage": 90, "maxHealthyPercentage": 120},
        {"minHealthyPercentage": 100, "maxHealthyPercentage": 150},
        "InstanceMaintenancePolicy.MaxHealthyPercentage",
        150,
    ),
    (
        "instanceMaintenancePolicy",
        {"minHealthyPercentage": 90, "maxHealthyPercentage": 120},
        None,
        "InstanceMaintenancePolicy",
        None,
    ),
    (
        "availabilityZoneDistribution",
        None,
        {"capacityDistributionStrategy": "balanced-only"},
        "AvailabilityZoneDistribution.CapacityDistributionStrategy",
        "balanced-only",
    ),
    (
        "availabilityZoneDistribution",
        {"capacityDistributionStrategy": "balanced-only"},
        None,
        "AvailabilityZoneDistribution.CapacityDistributionStrategy",
        "balanced-best-effort",
    ),
    (
        "capacityReservationSpecification",
        {"capacityReservationPreference": "none"},
        {"capacityReservationPreference": "capacity-reservations-first"},
        "CapacityReservationSpecification.CapacityReservationPreference",
        "capacity-reservations-first",
    ),
    ("enabledMetrics", ["GroupMinSize"], ["GroupMaxSize"], "EnabledMetrics[].Metric", ["GroupMaxSize"]),
    ("enabledMetrics", ["GroupMinSize"], None, "EnabledMetrics", []),
    ("suspendedProcesses", ["AZRebalance"], ["Launch"], "SuspendedProcesses[].ProcessName", ["Launch"]),
    ("suspendedProcesses", ["AZRebalance"], None, "SuspendedProcesses", []),
    ("warmPool", None, POOL, "WarmPoolConfiguration.MinSize", 3),
    ("warmPool", POOL, {"minSize": 0}, "WarmPoolConfiguration.[MinSize, PoolState]", [0, "Stopped"]),
    ("warmPool", POOL, None, "WarmPoolConfiguration", None),
    ("tags", [TAG], [{**TAG, "value": "gates"}], "Tags[].Value", ["gates"]),
    ("tags", [TAG], [{**TAG, "propagateAtLaunch": False}], "Tags[].PropagateAtLaunch", [False]),
    ("tags", [TAG], None, "Tags", []),
    ("tags", None, [TAG], "Tags[].Key", ["team"]),
    ("forceDelete", False, True, "MinSize", 2),
    ("waitForElbCapacity", None, 3, "MinSize", 2),
]


@pytest.mark.parametrize(("name", "first", "then", "path", "told"), CHANGES)
def test_each_property_changes_in_place_and_is_then_as_declared(on, name, first, then, path, told):
    group = on.group(**{} if first is None else {name: first})
    assert on.life.refresh(group) == set(), "a refresh right after the creation"
    assert on.life.change(group, **{name: then}) == {name}
    assert jmespath.search(path, on.told()) == told
    assert on.life.refresh(group) == set(), "a refresh right after the change"
    assert on.life.plan(group) == (), "nothing is left to do"


# what somebody does behind Pulumi's back, and the property that shows it
DRIFTS: list[tuple[dict[str, Any], str, dict[str, Any], str]] = [
    ({}, "update_auto_scaling_group", {"MaxSize": 7}, "maxSize"),
    ({"desiredCapacity": 2}, "set_desired_capacity", {"DesiredCapacity": 9}, "desiredCapacity"),
    ({}, "update_auto_scaling_group", {"HealthCheckGracePeriod": 1}, "healthCheckGracePeriod"),
    ({"healthCheckType": "ELB"}, "update_auto_scaling_group", {"HealthCheckType": "EC2"}, "healthCheckType"),
    ({"defaultInstanceWarmup": 9}, "update_auto_scaling_group", {"DefaultInstanceWarmup": -1}, "defaultInstanceWarmup"),
    ({"maxInstanceLifetime": 86400}, "update_auto_scaling_group", {"MaxInstanceLifetime": 0}, "maxInstanceLifetime"),
    ({}, "update_auto_scaling_group", {"NewInstancesProtectedFromScaleIn": True}, "protectFromScaleIn"),
    (
        {"instanceMaintenancePolicy": {"minHealthyPercentage": 90, "maxHealthyPercentage": 120}},
        "update_auto_scaling_group",
        {"InstanceMaintenancePolicy": {"MinHealthyPercentage": -1, "MaxHealthyPercentage": -1}},
        "instanceMaintenancePolicy",
    ),
    (
        {"terminationPolicies": ["OldestInstance"]},
        "update_auto_scaling_group",
        {"TerminationPolicies": ["Default"]},
        "terminationPolicies",
    ),
    ({"enabledMetrics": ["GroupMinSize"]}, "disable_metrics_collection", {}, "enabledMetrics"),
    ({"suspendedProcesses": ["AZRebalance"]}, "resume_processes", {}, "suspendedProcesses"),
    ({"warmPool": {"minSize": 1}}, "put_warm_pool", {"MinSize": 5}, "warmPool"),
    ({"warmPool": {"minSize": 1}}, "delete_warm_pool", {"ForceDelete": True}, "warmPool"),
]  # fmt: skip


@pytest.mark.parametrize(("declared", "call", "params", "name"), DRIFTS)
def test_what_changes_behind_the_back_is_seen_and_put_right(on, declared, call, params, name):
    group = on.group(**declared)
    before = dict(group.inputs)
    getattr(on.client("autoscaling"), call)(AutoScalingGroupName="web", **params)
    assert on.life.refresh(group) == {name}
    # the program still says what it said; only capacity that policies own is not its business
    assert on.life.change(group, **{name: before.get(name)}) <= {name}
    assert on.life.refresh(group) == set()


def test_a_tag_that_somebody_adds_or_takes_away_is_seen(on):
    group, client = on.group(tags=[TAG]), on.client("autoscaling")
    client.create_or_update_tags(
        Tags=[{"ResourceId": "web", "ResourceType": "auto-scaling-group", "Key": "x", "Value": "y"}]
    )
    assert on.life.refresh(group) == {"tags"}
    client.delete_tags(Tags=[{"ResourceId": "web", "Key": "x"}, {"ResourceId": "web", "Key": "team"}])
    assert on.life.refresh(group) == {"tags"}
    assert on.life.change(group, tags=[TAG]) == {"tags"}
    assert [tag["Key"] for tag in on.told()["Tags"]] == ["team"]


def registered(on: Ground, arn: str) -> int:
    return len(on.client("elbv2").describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"])


def test_target_groups_are_attached_and_detached_with_the_instances(on):
    blue, green = on.targets("blue"), on.targets("green")
    group = on.group(targetGroupArns=[blue])
    on.life.change(group, targetGroupArns=[green])
    assert on.told()["TargetGroupARNs"] == [green]
    assert [registered(on, blue), registered(on, green)] == [0, 2]
    assert on.life.refresh(group) == set()
    # no longer saying it leaves them to whoever attaches them; an empty list detaches all
    on.life.change(group, targetGroupArns=None)
    assert on.told()["TargetGroupARNs"] == [green]
    on.life.change(group, targetGroupArns=[])
    assert on.told()["TargetGroupARNs"] == []


@pytest.mark.parametrize("name", ["defaultCooldown", "desiredCapacity", "healthCheckType"])
def test_what_aws_fills_in_stays_as_it_is_when_the_program_no_longer_says_it(on, name):
    given = {"defaultCooldown": 60, "desiredCapacity": 5, "healthCheckType": "ELB"}
    group = on.group(**given)
    on.life.change(group, **{name: None})
    told = on.told()
    assert [told["DefaultCooldown"], told["DesiredCapacity"], told["HealthCheckType"]] == [*given.values()]
    assert on.life.refresh(group) == set()


def test_traffic_sources_are_attached_and_detached(on):
    blue, green = on.targets("blue"), on.targets("green")
    group = on.group(trafficSources=[{"identifier": blue, "type": "elbv2"}])
    assert on.life.refresh(group) == set()
    on.life.change(group, trafficSources=[{"identifier": green, "type": "elbv2"}])
    assert on.told()["TargetGroupARNs"] == [green]
    on.client("autoscaling").detach_load_balancer_target_groups(AutoScalingGroupName="web", TargetGroupARNs=[green])
    assert on.life.refresh(group) == {"trafficSources"}


def test_a_target_group_that_somebody_detached_is_seen(on):
    blue = on.targets("blue")
    group = on.group(targetGroupArns=[blue])
    on.client("autoscaling").detach_load_balancer_target_groups(AutoScalingGroupName="web", TargetGroupARNs=[blue])
    assert on.life.refresh(group) == {"targetGroupArns"}
    on.life.change(group, targetGroupArns=[blue])
    assert on.told()["TargetGroupARNs"] == [blue]


def test_subnets_are_moved(on):
    group = on.group()
    on.life.change(group, vpcZoneIdentifiers=[on.subnets[0]])
    assert on.told()["VPCZoneIdentifier"] == on.subnets[0]
    on.client("autoscaling").update_auto_scaling_group(AutoScalingGroupName="web", VPCZoneIdentifier=on.subnets[1])
    assert on.life.refresh(group) == {"vpcZoneIdentifiers"}


def test_a_group_is_imported_by_its_name_without_what_says_the_same_twice(on):
    group = on.group(targetGroupArns=[on.targets("blue")], warmPool=POOL, tags=[TAG], enabledMetrics=["GroupMinSize"])
    for own in ("waitForCapacityTimeout",):  # the provider's own, which AWS never heard of
        del group.inputs[own]
    assert_imports(on.life, group)
    found = changing.refresh(on.life.world, group.who, on.life.provider, "web", inputs={}, state_={})
    assert found is not None
    assert not {"availabilityZones", "trafficSources", "mixedInstancesPolicy"} & found.inputs.keys()
    assert found.inputs["launchTemplate"].keys() == {"id", "version"}


@pytest.mark.parametrize("name", ["name", "initialLifecycleHooks"])
def test_what_only_a_new_group_can_have_replaces_it(on, name):
    hook = {"name": "boot", "lifecycleTransition": "autoscaling:EC2_INSTANCE_LAUNCHING"}
    group = on.group(initialLifecycleHooks=[hook])
    assert on.life.refresh(group) == set()
    plan = on.life.plan(group, **{"name": {"name": "other"}, "initialLifecycleHooks": {name: None}}[name])
    assert any(edit.replaces for edit in plan)


def test_the_state_after_an_update_is_what_a_fresh_read_says(on):
    group = on.group(warmPool=POOL)
    on.life.change(group, maxSize=40, healthCheckType="ELB")
    after = dict(group.state)
    on.life.refresh(group)
    assert group.state == after
    assert after["warmPoolSize"] == 38


def test_the_size_of_a_group_is_sent_only_where_the_program_changed_it(on):
    group, sent = on.group(desiredCapacity=2), []
    on.client("autoscaling").meta.events.register(
        "before-parameter-build.auto-scaling.UpdateAutoScalingGroup", lambda params, **_: sent.append(dict(params))
    )
    on.life.change(group, healthCheckType="ELB")
    on.life.change(group, waitForCapacityTimeout="0s", tags=[TAG])
    assert sent == [{"AutoScalingGroupName": "web", "HealthCheckType": "ELB"}]
