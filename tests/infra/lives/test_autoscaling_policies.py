"""Policies and schedules of a group: seen when somebody changes them, and changed in place.

What a policy does when its alarm goes off is the rehearsal's business.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from floodgate.offline.problems import Refused
from tests.infra.lives.conftest import NOW
from tests.infra.lives.fleets import Ground, ground
from tests.infra.lives.lives import Life, Thing

POLICY, SCHEDULE = "aws:autoscaling/policy:Policy", "aws:autoscaling/schedule:Schedule"
HOOK, TAG = "aws:autoscaling/lifecycleHook:LifecycleHook", "aws:autoscaling/tag:Tag"


@pytest.fixture
def on(life: Life) -> Ground:
    there = ground(life)
    there.group()
    return there


def made(on: Ground, token: str, **inputs: Any) -> Thing:
    return on.life.make(token, "it", autoscalingGroupName="web", **inputs)


def tracking(value: float = 40, **more: Any) -> dict[str, Any]:
    metric = {"predefinedMetricType": "ASGAverageCPUUtilization"}
    configuration = {"predefinedMetricSpecification": metric, "targetValue": value, **more}
    return {"policyType": "TargetTrackingScaling", "targetTrackingConfiguration": configuration}


OWN_METRIC = {
    "policyType": "TargetTrackingScaling",
    "targetTrackingConfiguration": {
        "targetValue": 100,
        "customizedMetricSpecification": {
            "metricName": "People",
            "namespace": "Floodgate",
            "statistic": "Sum",
            "metricDimensions": [{"name": "Stack", "value": "a"}],
        },
    },
}
METRIC_MATH = {
    "policyType": "TargetTrackingScaling",
    "targetTrackingConfiguration": {
        "targetValue": 100,
        "customizedMetricSpecification": {
            "metrics": [
                {
                    "id": "a",
                    "metricStat": {
                        "stat": "Sum",
                        "metric": {
                            "namespace": "AWS/SQS",
                            "metricName": "ApproximateNumberOfMessagesVisible",
                            "dimensions": [{"name": "QueueName", "value": "q"}],
                        },
                    },
                    "returnData": False,
                },
                {"id": "b", "expression": "a / 2", "returnData": True},
            ]
        },
    },
}
STEPS: dict[str, Any] = {
    "policyType": "StepScaling",
    "adjustmentType": "PercentChangeInCapacity",
    "stepAdjustments": [
        {"metricIntervalLowerBound": "0", "metricIntervalUpperBound": "20.0", "scalingAdjustment": 50},
        {"metricIntervalLowerBound": "20", "metricIntervalUpperBound": "", "scalingAdjustment": 100},
    ],
}
SIMPLE = {"policyType": "SimpleScaling", "adjustmentType": "ChangeInCapacity", "scalingAdjustment": 4, "cooldown": 300}
FORECAST: dict[str, Any] = {
    "mode": "ForecastOnly",
    "metricSpecification": {
        "targetValue": 40,
        "predefinedMetricPairSpecification": {"predefinedMetricType": "ASGCPUUtilization", "resourceLabel": "x"},
    },
}
PREDICTIVE = {"policyType": "PredictiveScaling", "predictiveScalingConfiguration": FORECAST}
MORE_STEPS = [*STEPS["stepAdjustments"][:1], {"metricIntervalLowerBound": "20", "scalingAdjustment": 200}]
POLICY_CHANGES = [
    (tracking(), tracking(55)),
    (tracking(), tracking(disableScaleIn=True)),
    (tracking(), {"enabled": False}),
    (tracking(), {"estimatedInstanceWarmup": 90}),
    (tracking(), OWN_METRIC),
    (OWN_METRIC, METRIC_MATH),
    (STEPS, {"stepAdjustments": MORE_STEPS}),
    (STEPS, {"minAdjustmentMagnitude": 4, "metricAggregationType": "Maximum"}),
    (STEPS | {"minAdjustmentMagnitude": 4}, {"minAdjustmentMagnitude": None}),
    (SIMPLE, {"scalingAdjustment": -2, "cooldown": None}),
    (SIMPLE, {**STEPS, "scalingAdjustment": None, "cooldown": None}),
    (PREDICTIVE, {"predictiveScalingConfiguration": {**FORECAST, "mode": "ForecastAndScale"}}),
]  # fmt: skip


@pytest.mark.parametrize(("first", "then"), POLICY_CHANGES)
def test_a_policy_of_any_kind_changes_in_place_and_is_then_as_declared(on, first, then):
    policy = made(on, POLICY, name="p", **first)
    assert on.life.refresh(policy) == set(), "a refresh right after the creation"
    arn = policy.state["arn"]
    assert on.life.change(policy, **then), "the change is one"
    assert on.life.refresh(policy) == set(), "a refresh right after the change"
    assert on.life.plan(policy) == ()
    assert policy.state["arn"] == arn, "alarms that call the policy still find it"


def put(on: Ground, **params: Any) -> None:
    """Change a policy behind Pulumi's back."""
    on.client("autoscaling").put_scaling_policy(AutoScalingGroupName="web", PolicyName="p", **params)


TRACKED: dict[str, Any] = {
    "PolicyType": "TargetTrackingScaling",
    "TargetTrackingConfiguration": {
        "PredefinedMetricSpecification": {"PredefinedMetricType": "ASGAverageCPUUtilization"},
        "TargetValue": 40,
    },
}
STEPPED: dict[str, Any] = {
    "PolicyType": "StepScaling",
    "AdjustmentType": "PercentChangeInCapacity",
    "StepAdjustments": [
        {"MetricIntervalLowerBound": 0, "MetricIntervalUpperBound": 20, "ScalingAdjustment": 50},
        {"MetricIntervalLowerBound": 20, "ScalingAdjustment": 100},
    ],
}


def higher(value: float) -> dict[str, Any]:
    return {"TargetTrackingConfiguration": {**TRACKED["TargetTrackingConfiguration"], "TargetValue": value}}


@pytest.mark.parametrize(
    ("declared", "params", "seen"),
    [
        (tracking(), TRACKED, set()),
        (tracking(), TRACKED | higher(90), {"targetTrackingConfiguration"}),
        (tracking(), TRACKED | {"Enabled": False}, {"enabled"}),
        (STEPS, STEPPED, set()),
        (STEPS, STEPPED | {"StepAdjustments": STEPPED["StepAdjustments"][1:]}, {"stepAdjustments"}),
        (STEPS, STEPPED | {"AdjustmentType": "ChangeInCapacity"}, {"adjustmentType"}),
        (STEPS | {"minAdjustmentMagnitude": 2}, STEPPED, {"minAdjustmentMagnitude"}),
        (STEPS, TRACKED, {"policyType", "adjustmentType", "stepAdjustments"}),
    ],
)
def test_a_policy_changed_behind_the_back_is_seen_and_put_right(on, declared, params, seen):
    policy = made(on, POLICY, name="p", **declared)
    put(on, **params)
    assert on.life.refresh(policy) == seen
    on.life.change(policy, **declared)
    assert on.life.refresh(policy) == set()


def test_a_policy_of_another_group_with_the_same_name_is_left_alone(on):
    on.group(name="other")
    mine, theirs = (
        made(on, POLICY, name="p", **tracking()),
        on.life.make(POLICY, "theirs", autoscalingGroupName="other", name="p", **tracking(70)),
    )
    on.life.change(mine, **tracking(50))
    on.life.delete(mine)
    assert on.life.refresh(theirs) == set()


SCHEDULED = {"scheduledActionName": "open", "minSize": 40, "maxSize": -1, "desiredCapacity": -1}
OPENING = NOW + timedelta(hours=9)


def at(moment: Any) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ({"startTime": at(OPENING)}, {"minSize": 60}),
        ({"startTime": at(OPENING)}, {"startTime": at(OPENING + timedelta(minutes=5))}),
        ({"startTime": at(OPENING)}, {"maxSize": 80, "desiredCapacity": 70}),
        ({"startTime": at(OPENING), "desiredCapacity": 50}, {"desiredCapacity": -1}),
        ({"recurrence": "0 9 * * *", "timeZone": "Asia/Seoul"}, {"recurrence": "30 9 * * *", "timeZone": "Etc/UTC"}),
        ({"recurrence": "0 9 * * *"}, {"endTime": at(OPENING + timedelta(days=30))}),
    ],
)
def test_a_schedule_changes_in_place_and_is_then_as_declared(on, first, then):
    schedule = made(on, SCHEDULE, **SCHEDULED | first)
    assert on.life.refresh(schedule) == set()
    assert on.life.change(schedule, **then) == set(then)
    assert on.life.refresh(schedule) == set()
    assert on.life.plan(schedule) == ()


def test_a_schedule_changed_behind_the_back_is_seen(on):
    schedule = made(on, SCHEDULE, **SCHEDULED, startTime=at(OPENING))
    on.client("autoscaling").put_scheduled_update_group_action(
        AutoScalingGroupName="web", ScheduledActionName="open", StartTime=OPENING - timedelta(hours=1), MinSize=4
    )
    assert on.life.refresh(schedule) == {"startTime", "minSize"}


def test_a_recurrence_that_somebody_took_away_is_seen(on):
    schedule = made(on, SCHEDULE, **SCHEDULED, recurrence="0 9 * * *", timeZone="Asia/Seoul")
    on.client("autoscaling").put_scheduled_update_group_action(
        AutoScalingGroupName="web", ScheduledActionName="open", StartTime=OPENING, MinSize=40
    )
    assert on.life.refresh(schedule) == {"recurrence", "timeZone"}


def test_a_schedule_that_has_run_is_gone_and_one_that_recurs_is_not(on):
    once = made(on, SCHEDULE, **SCHEDULED, startTime=at(OPENING))
    daily = made(on, SCHEDULE, **SCHEDULED | {"scheduledActionName": "daily"}, recurrence="0 9 * * *")
    until = {"scheduledActionName": "until", "recurrence": "0 8 * * *", "endTime": at(OPENING)}
    ended = made(on, SCHEDULE, **SCHEDULED | until)
    on.life.world.now = OPENING - timedelta(seconds=1)
    assert [on.life.gone(each) for each in (once, daily, ended)] == [False, False, False]
    on.life.world.now = OPENING
    assert [on.life.gone(each) for each in (once, daily, ended)] == [True, False, True]
    on.life.delete(once)  # a destroy after the opening finds nothing to do


def test_a_deployment_after_the_opening_neither_refuses_the_schedule_nor_changes_it(on):
    schedule = made(on, SCHEDULE, **SCHEDULED, startTime=at(OPENING))
    on.life.world.now = OPENING + timedelta(hours=1)
    assert on.life.plan(schedule) == (), "what has not changed is not judged again"
    with pytest.raises(Refused, match="start time is in the past"):
        on.life.change(schedule, minSize=50)
