"""How an Auto Scaling group ends: drained, by force, or not at all; and that a failed one leaves nothing."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from floodgate.offline.handlers.base import RESOURCES
from floodgate.offline.problems import Refused
from tests.infra.lives.fleets import GROUP, Ground, ground
from tests.infra.lives.lives import Life

POOL = {"poolState": "Running", "minSize": 3}


@pytest.fixture
def on(life: Life) -> Ground:
    return ground(life)


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
