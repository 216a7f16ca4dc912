"""Application Auto Scaling: a cluster's readers as a target, its policies and its scheduled bounds.

Nothing scales here: what is proved is that AWS is told what the program says, and that the program sees what AWS says.
"""

from __future__ import annotations

from datetime import UTC, timedelta, timezone
from typing import Any

import pytest
from botocore.exceptions import ClientError

from floodgate.offline.problems import Refused
from tests.infra.lives.conftest import NOW
from tests.infra.lives.lives import Life, Thing
from tests.infra.lives.walks import assert_imports

READERS = {
    "serviceNamespace": "rds",
    "scalableDimension": "rds:cluster:ReadReplicaCount",
    "resourceId": "cluster:orders",
}
THEIRS = {name[:1].upper() + name[1:]: value for name, value in READERS.items()}
TARGET, POLICY = "aws:appautoscaling/target:Target", "aws:appautoscaling/policy:Policy"
ACTION = "aws:appautoscaling/scheduledAction:ScheduledAction"


@pytest.fixture
def cluster(life: Life) -> Life:
    life.world.session.client("rds").create_db_cluster(
        DBClusterIdentifier="orders",
        Engine="aurora-postgresql",
        MasterUsername="admins",
        MasterUserPassword="quiet-and-long",
    )
    return life


@pytest.fixture
def target(cluster: Life) -> Thing:
    return cluster.make(TARGET, **READERS, minCapacity=1, maxCapacity=4)


def client(life: Life) -> Any:
    return life.world.session.client("application-autoscaling")


def described(life: Life) -> dict[str, Any]:
    (only,) = client(life).describe_scalable_targets(ServiceNamespace="rds")["ScalableTargets"]
    return only


def tracking(value: float = 60, **more: Any) -> dict[str, Any]:
    metric = {"predefinedMetricType": "RDSReaderAverageCPUUtilization"}
    configuration = {"predefinedMetricSpecification": metric, "targetValue": value, **more}
    return {"policyType": "TargetTrackingScaling", "targetTrackingScalingPolicyConfiguration": configuration}


def steps(bound: str, adjustment: int) -> dict[str, Any]:
    adjustments = [
        {"metricIntervalLowerBound": "0.0", "metricIntervalUpperBound": bound, "scalingAdjustment": 1},
        {"metricIntervalLowerBound": bound, "scalingAdjustment": adjustment},
    ]
    configuration = {"adjustmentType": "ChangeInCapacity", "cooldown": 60, "stepAdjustments": adjustments}
    return {"policyType": "StepScaling", "stepScalingPolicyConfiguration": configuration}


@pytest.mark.parametrize(
    ("then", "told"),
    [
        ({"maxCapacity": 8}, {"MaxCapacity": 8, "MinCapacity": 1}),
        ({"minCapacity": 2}, {"MinCapacity": 2}),
        ({"suspendedState": {"dynamicScalingInSuspended": True}}, {"MinCapacity": 1}),
        ({"tags": {"owner": "doors"}}, {"MaxCapacity": 4}),
    ],
)
def test_a_target_changes_in_place_and_is_then_as_declared(cluster, target, then, told):
    assert cluster.refresh(target) == set()
    assert cluster.change(target, **then) == set(then)
    assert described(cluster).items() >= told.items()
    assert cluster.refresh(target) == set()
    assert cluster.plan(target) == ()
    # and back
    assert cluster.change(target, minCapacity=1, maxCapacity=4, suspendedState=None, tags=None) == set(then)
    assert cluster.refresh(target) == set()


@pytest.mark.parametrize(
    ("params", "seen"),
    [({"MaxCapacity": 9}, {"maxCapacity"}), ({"MinCapacity": 3}, {"minCapacity"})],
)
def test_bounds_changed_behind_the_back_are_seen(cluster, target, params, seen):
    client(cluster).register_scalable_target(**THEIRS, **params)
    assert cluster.refresh(target) == seen


def test_a_suspension_and_a_tag_changed_behind_the_back_are_seen(cluster):
    halted = {"dynamicScalingInSuspended": True}
    target = cluster.make(TARGET, **READERS, minCapacity=1, maxCapacity=4, suspendedState=halted, tags={"a": "b"})
    assert cluster.refresh(target) == set()
    client(cluster).register_scalable_target(**THEIRS, SuspendedState={"DynamicScalingInSuspended": False})
    client(cluster).untag_resource(ResourceARN=target.state["arn"], TagKeys=["a"])
    assert cluster.refresh(target) == {"suspendedState", "tags"}


def test_a_changed_bound_says_the_other_again_as_the_real_provider_does(cluster, target):
    # a minimum that a scheduled action has lifted for the opening does not survive such a deployment
    client(cluster).register_scalable_target(**THEIRS, MinCapacity=3)
    cluster.change(target, maxCapacity=8)
    assert described(cluster)["MinCapacity"] == 1
    client(cluster).register_scalable_target(**THEIRS, MaxCapacity=15)
    cluster.change(target, minCapacity=2)
    assert described(cluster)["MaxCapacity"] == 8


def test_tags_alone_leave_the_bounds_to_the_schedule(cluster, target):
    client(cluster).register_scalable_target(**THEIRS, MinCapacity=3)
    cluster.change(target, tags={"a": "b"})
    assert described(cluster)["MinCapacity"] == 3


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (tracking(), tracking(70)),
        (tracking(), tracking(scaleInCooldown=300, disableScaleIn=True)),
        (tracking(), steps("10", 2)),
        (steps("10", 2), steps("20.5", 3)),
    ],
)
def test_a_policy_changes_in_place_and_is_then_as_declared(cluster, target, first, then):
    policy = cluster.make(POLICY, "it", name="p", **READERS, **first)
    arn = policy.state["arn"]
    assert cluster.refresh(policy) == set()
    old = {name: None for name in first if name not in then}
    assert cluster.change(policy, **old | then)
    assert cluster.refresh(policy) == set()
    assert cluster.plan(policy) == ()
    assert policy.state["arn"] == arn
    alarms = cluster.world.session.client("cloudwatch").describe_alarms()["MetricAlarms"]
    assert len(alarms) == (2 if "targetTrackingScalingPolicyConfiguration" in then else 0), "none is left over"
    assert all(alarm["AlarmActions"] == [arn] for alarm in alarms)


def test_a_policy_changed_behind_the_back_is_seen(cluster, target):
    policy = cluster.make(POLICY, "it", name="p", **READERS, **tracking())
    metric = {"PredefinedMetricType": "RDSReaderAverageCPUUtilization"}
    client(cluster).put_scaling_policy(
        **THEIRS,
        PolicyName="p",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={"PredefinedMetricSpecification": metric, "TargetValue": 90},
    )
    assert cluster.refresh(policy) == {"targetTrackingScalingPolicyConfiguration"}
    cluster.change(policy, **tracking())
    assert cluster.refresh(policy) == set()


OPENING = NOW + timedelta(hours=9)
SEOUL = timezone(timedelta(hours=9))


@pytest.mark.parametrize(
    "then",
    [
        {"scalableTargetAction": {"minCapacity": 3}},
        {"schedule": "cron(30 9 * * ? *)"},
        {"timezone": "Asia/Seoul"},
        {"endTime": f"{OPENING + timedelta(days=9):%Y-%m-%dT%H:%M:%SZ}"},
        {"startTime": OPENING.astimezone(SEOUL).isoformat(), "endTime": (OPENING + timedelta(days=1)).isoformat()},
    ],
)
def test_a_scheduled_action_changes_in_place_and_is_then_as_declared(cluster, target, then):
    given = {"schedule": "cron(0 9 * * ? *)", "scalableTargetAction": {"minCapacity": 2, "maxCapacity": 4}}
    action = cluster.make(ACTION, "it", name="open", **READERS, **given)
    assert action.id == "open-rds-cluster:orders"
    assert cluster.refresh(action) == set()
    assert cluster.change(action, **then) == set(then)
    assert cluster.refresh(action) == set()
    assert cluster.plan(action) == ()
    client(cluster).put_scheduled_action(**THEIRS, ScheduledActionName="open", Schedule="cron(1 1 * * ? *)")
    assert "schedule" in cluster.refresh(action)


def everything(life: Life, target: Thing) -> list[Thing]:
    policy = life.make(POLICY, "it", name="p", **READERS, **tracking())
    given = {"schedule": "cron(0 9 * * ? *)", "scalableTargetAction": {"minCapacity": 2}}
    return [target, policy, life.make(ACTION, "it", name="open", **READERS, **given)]


def test_all_of_it_is_deleted_and_then_gone(cluster, target):
    things = everything(cluster, target)
    for thing in reversed(things):
        cluster.delete(thing)
        assert cluster.gone(thing)
        cluster.delete(thing)  # being gone is no error
    assert cluster.world.session.client("cloudwatch").describe_alarms()["MetricAlarms"] == []


def test_all_of_it_is_imported_and_lives_on(cluster, target):
    on = "rds/cluster:orders/rds:cluster:ReadReplicaCount"
    for thing, id_ in zip(everything(cluster, target), (on, f"{on}/p", f"{on}/open"), strict=True):
        assert_imports(cluster, thing, id_)
        thing.id = id_
        assert cluster.refresh(thing) == set()
    target.id = on
    cluster.change(target, maxCapacity=9)
    assert described(cluster)["MaxCapacity"] == 9
    cluster.delete(target)
    assert cluster.gone(target)


def test_what_belongs_to_a_target_ends_with_it(cluster, target):
    things = everything(cluster, target)
    client(cluster).deregister_scalable_target(**THEIRS)
    assert [cluster.gone(thing) for thing in things] == [True, True, True]
    for thing in things:
        cluster.delete(thing)


@pytest.mark.parametrize(
    ("call", "params"),
    [
        ("deregister_scalable_target", {}),
        ("delete_scaling_policy", {"PolicyName": "p"}),
        ("delete_scheduled_action", {"ScheduledActionName": "open"}),
    ],
)
def test_aws_says_of_what_is_not_there_that_it_is_not_found(cluster, call, params):
    with pytest.raises(ClientError) as refusal:
        getattr(client(cluster), call)(**THEIRS, **params)
    assert refusal.value.response["Error"]["Code"] == "ObjectNotFoundException"


def test_a_policy_without_a_target_is_refused(cluster):
    with pytest.raises(Refused, match="No scalable target registered"):
        cluster.make(POLICY, "it", name="p", **READERS, **tracking())


def test_an_instant_is_told_in_utc_where_the_program_said_another(cluster, target):
    # the control of the forms above: another instant is seen
    given = {"schedule": "cron(0 9 * * ? *)", "scalableTargetAction": {"minCapacity": 2}}
    start = OPENING.astimezone(SEOUL).isoformat()
    action = cluster.make(ACTION, "it", name="open", **READERS, **given, startTime=start)
    client(cluster).put_scheduled_action(
        **THEIRS,
        ScheduledActionName="open",
        Schedule=given["schedule"],
        StartTime=OPENING + timedelta(minutes=1),
        ScalableTargetAction={"MinCapacity": 2},
    )
    assert cluster.refresh(action) == {"startTime"}
    assert action.inputs["startTime"] == f"{OPENING.astimezone(UTC) + timedelta(minutes=1):%Y-%m-%dT%H:%M:%SZ}"
