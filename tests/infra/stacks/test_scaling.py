"""What changes the size of the three stacks' groups, read back through boto3: policies, alarms, schedules.

It proves that they are stored, wired and due at the right instant; what they do in time is the rehearsal's to show.
"""

from datetime import UTC, datetime

import pytest


@pytest.fixture
def policies(aws, group):
    """The policies of the stack's group, by the kind of thing they watch."""

    def read(stack):
        name = group(stack)["AutoScalingGroupName"]
        found = aws(stack, "autoscaling").describe_policies(AutoScalingGroupName=name)["ScalingPolicies"]
        return {policy["PolicyName"].removeprefix("scaling-").rsplit("-", 1)[0]: policy for policy in found}

    return read


@pytest.fixture
def schedule(aws, group):
    """The scheduled actions of the stack's group, in the order of their start."""

    def read(stack, *now):
        name = group(stack, *now)["AutoScalingGroupName"]
        found = aws(stack, "autoscaling", *now).describe_scheduled_actions(AutoScalingGroupName=name)
        return sorted(found["ScheduledUpdateGroupActions"], key=lambda action: action["StartTime"])

    return read


def test_the_opening_stack_follows_requests_cpu_and_the_waiting_room_and_forecasts(policies):
    found = policies("opening")

    assert {name: policy["PolicyType"] for name, policy in found.items()} == {
        "requests": "TargetTrackingScaling",
        "cpu": "TargetTrackingScaling",
        "waiting-room": "StepScaling",
        "forecast": "PredictiveScaling",
    }


def test_requests_are_tracked_on_the_balancer_that_leads_to_this_group(aws, group, policies):
    tracked = policies("opening")["requests"]["TargetTrackingConfiguration"]
    elbv2 = aws("opening", "elbv2")
    (target_group,) = group("opening")["TargetGroupARNs"]
    (described,) = elbv2.describe_target_groups(TargetGroupArns=[target_group])["TargetGroups"]
    (balancer,) = described["LoadBalancerArns"]
    label = f"{balancer.split(':loadbalancer/')[1]}/{target_group.split(':')[-1]}"

    assert tracked["PredefinedMetricSpecification"] == {
        "PredefinedMetricType": "ALBRequestCountPerTarget",
        "ResourceLabel": label,
    }
    assert tracked["TargetValue"] == 6000


def test_the_waiting_rooms_alarm_drives_the_step_policy(aws, policies):
    policy = policies("opening")["waiting-room"]
    alarms = aws("opening", "cloudwatch").describe_alarms()["MetricAlarms"]
    (alarm,) = [found for found in alarms if policy["PolicyARN"] in found["AlarmActions"]]

    assert (alarm["Namespace"], alarm["MetricName"], alarm["Statistic"]) == ("Floodgate", "PeopleWaiting", "Maximum")
    assert alarm["Dimensions"] == [{"Name": "Stack", "Value": "opening"}]
    assert (alarm["Period"], alarm["EvaluationPeriods"]) == (60, 1)
    assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
    assert alarm["Threshold"] == 420_000
    assert alarm["TreatMissingData"] == "notBreaching"


def test_steps_begin_at_the_alarms_threshold_and_have_no_end(policies):
    policy = policies("opening")["waiting-room"]
    steps = [
        (step.get("MetricIntervalLowerBound"), step.get("MetricIntervalUpperBound"), step["ScalingAdjustment"])
        for step in policy["StepAdjustments"]
    ]

    assert policy["AdjustmentType"] == "ChangeInCapacity"
    assert steps == [(0, 180_000, 10), (180_000, None, 20)]


def test_predictive_scaling_only_forecasts(policies):
    forecast = policies("opening")["forecast"]["PredictiveScalingConfiguration"]

    assert forecast["Mode"] == "ForecastOnly"
    assert forecast["MaxCapacityBreachBehavior"] == "HonorMaxCapacity"


def test_ten_nights_are_raised_an_hour_before_eight_in_seoul_and_released_at_midnight(schedule):
    found = schedule("opening")

    assert [(a["ScheduledActionName"], a["StartTime"], a["MinSize"]) for a in found] == [
        action
        for night in range(1, 11)
        for action in (
            (f"night-{night}-open", datetime(2027, 8, 8 + night, 10, 0, tzinfo=UTC), 60),
            (f"night-{night}-release", datetime(2027, 8, 8 + night, 15, 0, tzinfo=UTC), 6),
        )
    ], "20:00 in Seoul is 11:00 UTC"


def test_a_schedule_never_sets_desired_capacity_nor_the_maximum(schedule):
    for action in schedule("opening"):
        assert "DesiredCapacity" not in action, "it would also scale in a group that is already larger"
        assert "MaxSize" not in action


def test_july_is_a_fixed_fleet(aws, policies, schedule):
    assert policies("july") == {}
    assert schedule("july") == []
    assert not [
        alarm
        for alarm in aws("july", "cloudwatch").describe_alarms()["MetricAlarms"]
        if any(":autoscaling:" in action for action in alarm["AlarmActions"])
    ]


def test_dev_rehearses_the_same_schedule_in_small(policies, schedule):
    assert set(policies("dev")) == {"cpu", "waiting-room"}
    assert [(a["ScheduledActionName"], a["MinSize"]) for a in schedule("dev")] == [
        ("trial-open", 3),
        ("trial-release", 1),
    ]


# ---------------------------------------------------------------- a deployment during the opening


DURING = datetime(2027, 8, 9, 12, 0, tzinfo=UTC)


def test_a_deployment_during_an_opening_declares_what_is_held(group):
    found = group("opening", DURING)

    assert found["MinSize"] == 60
    assert group("opening")["MinSize"] == 6, "the control: on a quiet day the same program declares 6"


def test_a_deployment_during_an_opening_declares_no_action_of_the_past(schedule):
    found = schedule("opening", DURING)

    assert [a["ScheduledActionName"] for a in found[:3]] == ["night-1-release", "night-2-open", "night-2-release"]
    assert len(found) == 19
