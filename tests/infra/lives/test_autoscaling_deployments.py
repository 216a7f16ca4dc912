"""Deployments while a group scales: its capacity is left to scaling, and its instances are refreshed where asked for.

An instance refresh is proved to be asked for; here it is over as soon as it is seen.
"""

from __future__ import annotations

from typing import Any

import pytest

from floodgate.offline.handlers.autoscaling_groups import Group
from floodgate.offline.problems import Refused
from tests.infra.lives.fleets import Ground, ground
from tests.infra.lives.lives import Life, Thing

TAG = {"key": "team", "value": "doors", "propagateAtLaunch": True}
ROLLING = {
    "strategy": "Rolling",
    "preferences": {"autoRollback": True, "skipMatching": True, "minHealthyPercentage": 90, "instanceWarmup": "60"},
}


@pytest.fixture
def on(life: Life) -> Ground:
    return ground(life)


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
