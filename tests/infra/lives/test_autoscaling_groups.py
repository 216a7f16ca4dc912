"""An Auto Scaling group's life: what a deployment changes, what it leaves to scaling, and how a group ends.

The calls are proved, not what AWS makes of them in time: here an instance refresh is over as soon as it is seen.
"""

from __future__ import annotations

from typing import Any

import jmespath
import pytest
from botocore.exceptions import ClientError

from floodgate.offline import changing
from floodgate.offline.handlers.autoscaling_groups import Group
from floodgate.offline.handlers.base import RESOURCES
from floodgate.offline.problems import Refused
from tests.infra.lives.fleets import GROUP, Ground, ground
from tests.infra.lives.lives import Life, Thing
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


def scaled_out(on: Ground, **inputs: Any) -> Thing:
    """A group of two that its policies have made sixty of."""
    group = on.group(desiredCapacity=2, **inputs)
    on.client("autoscaling").set_desired_capacity(AutoScalingGroupName="web", DesiredCapacity=60)
    return group


def new_version(on: Ground, group: Thing) -> dict[str, str]:
    """Another version of the group's template."""
    id_ = group.inputs["launchTemplate"]["id"]
    data = {"ImageId": on.image, "InstanceType": "c7g.xlarge"}
    made = on.client("ec2").create_launch_template_version(LaunchTemplateId=id_, LaunchTemplateData=data)
    return {"id": id_, "version": str(made["LaunchTemplateVersion"]["VersionNumber"])}


def test_a_new_version_during_the_opening_leaves_the_capacity_to_scaling(on):
    group = scaled_out(on)
    assert on.life.change(group, launchTemplate=new_version(on, group)) == {"launchTemplate"}
    assert on.told()["LaunchTemplate"]["Version"] == "2"
    assert [on.told()["DesiredCapacity"], len(on.instances())] == [60, 60]


def test_the_fleet_would_shrink_if_an_update_sent_everything(on, monkeypatch):
    # the control of the test before: a handler that does not ask what changed
    group, update = scaled_out(on), Group.update

    def all_of_it(self, aws, id_, change):
        update(self, aws, id_, type(change)(change.old, change.new, frozenset({*change.names, "desiredCapacity"})))

    monkeypatch.setattr(Group, "update", all_of_it)
    on.life.change(group, launchTemplate=new_version(on, group))
    assert len(on.instances()) == 2


def test_a_minimum_above_the_capacity_raises_it_and_a_maximum_below_lowers_it(on):
    group = on.group(desiredCapacity=4)
    on.life.change(group, minSize=6)
    assert on.told()["DesiredCapacity"] == 6
    on.life.change(group, minSize=1, maxSize=3)
    assert [on.told()["DesiredCapacity"], len(on.instances())] == [3, 3]


def test_an_update_that_waits_for_the_declared_size_fails_while_scaling_has_made_more(on):
    # the real provider waits ten minutes for exactly as many instances as the program says
    group = scaled_out(on, waitForCapacityTimeout="10m")
    with pytest.raises(Refused, match="want exactly 4 healthy instances in the group, have 60"):
        on.life.change(group, minSize=4)
    group = on.group(name="patient", desiredCapacity=2, waitForCapacityTimeout="10m")
    assert on.life.change(group, minSize=4) == {"minSize"}, "the minimum has made four of them"


def refreshes(on: Ground) -> list[dict[str, Any]]:
    return on.client("autoscaling").describe_instance_refreshes(AutoScalingGroupName="web")["InstanceRefreshes"]


ROLLING = {
    "strategy": "Rolling",
    "preferences": {"autoRollback": True, "skipMatching": True, "minHealthyPercentage": 90, "instanceWarmup": "60"},
}


def test_a_new_version_of_the_template_refreshes_the_instances_with_the_programs_preferences(on):
    group = on.group(instanceRefresh=ROLLING)
    version = new_version(on, group)
    on.life.change(group, launchTemplate=version)
    (refresh,) = refreshes(on)
    preferences = refresh["Preferences"]
    assert [preferences[name] for name in ("AutoRollback", "SkipMatching", "InstanceWarmup")] == [True, True, 60]
    assert preferences["MaxHealthyPercentage"] == 100, "the provider's own default"
    assert refresh["DesiredConfiguration"]["LaunchTemplate"] == {
        "LaunchTemplateId": version["id"],
        "Version": "2",
    }, "what a rollback would roll back from"


def test_without_an_instance_refresh_nothing_is_replaced(on):
    group = on.group()
    on.life.change(group, launchTemplate=new_version(on, group))
    assert refreshes(on) == []


def test_other_changes_refresh_only_where_they_are_a_trigger(on):
    group = on.group(instanceRefresh={"strategy": "Rolling", "triggers": ["tag", "vpc_zone_identifier"]}, tags=[TAG])
    on.life.change(group, maxSize=50)
    assert refreshes(on) == []
    on.life.change(group, tags=[{**TAG, "value": "gates"}])
    assert len(refreshes(on)) == 1
    on.life.change(group, vpcZoneIdentifiers=[*on.subnets[:2]])
    assert len(refreshes(on)) == 2


@pytest.mark.parametrize("trigger", ["tags", "vpcZoneIdentifier", "flavour"])
def test_a_trigger_that_terraform_does_not_know_is_refused(on, trigger):
    with pytest.raises(Refused, match="is not a recognized parameter name for aws_autoscaling_group"):
        on.group(instanceRefresh={"strategy": "Rolling", "triggers": [trigger]})


def test_a_refresh_that_is_under_way_is_cancelled_first(on):
    group = on.group(instanceRefresh={"strategy": "Rolling"})
    on.client("autoscaling").start_instance_refresh(AutoScalingGroupName="web")
    on.life.change(group, launchTemplate=new_version(on, group))
    assert [refresh["Status"] for refresh in refreshes(on)] == ["Pending", "Cancelled"]


def test_a_group_on_the_latest_version_is_not_refreshed_when_its_template_changes(on):
    template = on.template()
    group = on.group(launchTemplate={"id": template.id, "version": "$Latest"}, instanceRefresh={"strategy": "Rolling"})
    on.life.change(template, instanceType="c7g.xlarge")
    assert on.life.plan(group) == (), "the group says the same as before"
    assert refreshes(on) == []
    # the control: the version by its number, as the template tells it
    on.life.change(group, launchTemplate={"id": template.id, "version": f"{template.state['latestVersion']}"})
    assert len(refreshes(on)) == 1


def test_a_rollback_to_a_version_that_moves_is_refused(on):
    template = on.template()
    group = on.group(launchTemplate={"id": template.id, "version": "1"}, instanceRefresh=ROLLING)
    with pytest.raises(Refused, match="AutoRollback parameter cannot be set to true"):
        on.life.change(group, launchTemplate={"id": template.id, "version": "$Latest"})


def mixed(template: Thing, on_demand: int) -> dict[str, Any]:
    return {
        "instancesDistribution": {"onDemandPercentageAboveBaseCapacity": on_demand},
        "launchTemplate": {
            "launchTemplateSpecification": {"launchTemplateId": template.id, "version": "1"},
            "overrides": [{"instanceType": "c7g.large"}, {"instanceType": "c6g.large"}],
        },
    }


def test_a_group_goes_over_to_mixed_instances_and_back_without_losing_its_capacity(on):
    template = on.template()
    group = on.group(template, instanceRefresh={"strategy": "Rolling"})
    on.client("autoscaling").set_desired_capacity(AutoScalingGroupName="web", DesiredCapacity=8)
    on.life.change(group, launchTemplate=None, mixedInstancesPolicy=mixed(template, 50))
    assert on.life.refresh(group) == set()
    assert "LaunchTemplate" not in on.told()
    on.life.change(group, mixedInstancesPolicy=mixed(template, 100))
    told = on.told()
    assert told["MixedInstancesPolicy"]["InstancesDistribution"]["OnDemandPercentageAboveBaseCapacity"] == 100
    assert told["DesiredCapacity"] == 8
    on.life.change(group, launchTemplate={"id": template.id, "version": "1"}, mixedInstancesPolicy=None)
    assert on.life.refresh(group) == set()
    assert "MixedInstancesPolicy" not in on.told()
    assert len(refreshes(on)) == 3


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


def test_deleting_a_group_drains_it_and_takes_its_policies_and_schedules_with_it(on):
    group = on.group(protectFromScaleIn=True, warmPool=POOL)
    client = on.client("autoscaling")
    client.put_scaling_policy(
        AutoScalingGroupName="web",
        PolicyName="cpu",
        PolicyType="TargetTrackingScaling",
        TargetTrackingConfiguration={
            "PredefinedMetricSpecification": {"PredefinedMetricType": "ASGAverageCPUUtilization"},
            "TargetValue": 40,
        },
    )
    client.put_scheduled_update_group_action(
        AutoScalingGroupName="web", ScheduledActionName="noon", Recurrence="0 12 * * *", MinSize=4
    )
    assert len(on.instances()) == 2
    on.life.delete(group)
    assert on.life.gone(group)
    assert on.instances() == []
    assert client.describe_policies()["ScalingPolicies"] == []
    assert client.describe_scheduled_actions()["ScheduledUpdateGroupActions"] == []
    assert on.client("cloudwatch").describe_alarms()["MetricAlarms"] == []
    on.life.delete(group)  # being gone is no error


def test_a_group_that_may_not_terminate_is_not_deleted_unless_by_force(on):
    group = on.group(suspendedProcesses=["Terminate"])
    with pytest.raises(Refused, match="ResourceInUse"):
        on.life.delete(group)
    assert len(on.instances()) == 2
    on.life.change(group, forceDelete=True)
    on.life.delete(group)
    assert on.instances() == []


@pytest.mark.parametrize(
    ("inputs", "code"), [({}, "ResourceInUse"), ({"minSize": 0, "warmPool": {"minSize": 1}}, "ResourceInUse")]
)
def test_aws_itself_refuses_to_delete_a_group_with_instances_or_a_full_pool(on, inputs, code):
    group = on.group(**inputs)
    client = on.client("autoscaling")
    with pytest.raises(ClientError) as refusal:
        client.delete_auto_scaling_group(AutoScalingGroupName=group.id)
    assert refusal.value.response["Error"]["Code"] == code
    client.delete_auto_scaling_group(AutoScalingGroupName=group.id, ForceDelete=True)
    assert on.life.gone(group)


def test_a_warm_pool_with_instances_goes_only_by_force_or_drained(on):
    group, client = on.group(warmPool={"minSize": 2}), on.client("autoscaling")
    with pytest.raises(ClientError, match="ResourceInUse"):
        client.delete_warm_pool(AutoScalingGroupName="web")
    on.life.change(group, warmPool=None)  # the provider drains it
    with pytest.raises(ClientError, match="No warm pool found"):
        client.delete_warm_pool(AutoScalingGroupName="web")


def test_a_group_whose_making_fails_half_way_leaves_nothing_behind(on, monkeypatch):
    def refuse(*_: object) -> None:
        raise RuntimeError("the pool is not to be")

    monkeypatch.setattr(type(RESOURCES[GROUP]), "finish", refuse)
    with pytest.raises(Refused, match="the pool is not to be"):
        on.group()
    assert on.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"] == []
    assert on.instances() == []


def test_the_size_of_a_group_is_sent_only_where_the_program_changed_it(on):
    group, sent = on.group(desiredCapacity=2), []
    on.client("autoscaling").meta.events.register(
        "before-parameter-build.auto-scaling.UpdateAutoScalingGroup", lambda params, **_: sent.append(dict(params))
    )
    on.life.change(group, healthCheckType="ELB")
    on.life.change(group, waitForCapacityTimeout="0s", tags=[TAG])
    assert sent == [{"AutoScalingGroupName": "web", "HealthCheckType": "ELB"}]
