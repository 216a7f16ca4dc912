"""A saved plan's groups are judged as the create calls that would make them, and so is what stands between its things.

Proves the turning and the judging on hand-made plans; not that each rule is AWS's (tests/unit/awsrules/legality).
"""

import json
from datetime import UTC, datetime

import pytest

from floodgate.plans.saved import SavedPlan
from floodgate.validation.validation import validate

ARN = "arn:aws:autoscaling:eu-west-3:123456789012"
TG = "arn:aws:elasticloadbalancing:eu-west-3:123456789012:targetgroup/web/5678"
LB = "arn:aws:elasticloadbalancing:eu-west-3:123456789012:loadbalancer/app/web/1234"
GROUP = {
    "AutoScalingGroupName": "web",
    "LaunchTemplate": {"LaunchTemplateId": "lt-1", "LaunchTemplateName": "web", "Version": "3"},
    "MinSize": 2,
    "MaxSize": 9,
    "DesiredCapacity": 3,
    "DefaultCooldown": 300,
    "AvailabilityZones": ["eu-west-3a", "eu-west-3b"],
    "VPCZoneIdentifier": "subnet-a,subnet-b",
    "TargetGroupARNs": [TG],
    "TrafficSources": [{"Identifier": TG, "Type": "elbv2"}],
    "CreatedTime": "2027-08-08T11:00:00Z",
}
POLICY = {
    "AutoScalingGroupName": "web",
    "PolicyName": "requests",
    "PolicyARN": f"{ARN}:scalingPolicy:u:autoScalingGroupName/web:policyName/requests",
    "PolicyType": "TargetTrackingScaling",
    "StepAdjustments": [],
    "TargetTrackingConfiguration": {
        "PredefinedMetricSpecification": {
            "PredefinedMetricType": "ALBRequestCountPerTarget",
            "ResourceLabel": "app/web/1234/targetgroup/web/5678",
        },
        "TargetValue": 1000.0,
    },
    "Alarms": [{"AlarmName": "TargetTracking-web-AlarmHigh-u"}],
}
STEPS = {
    "AutoScalingGroupName": "web",
    "PolicyName": "steps",
    "PolicyType": "StepScaling",
    "AdjustmentType": "ChangeInCapacity",
    "StepAdjustments": [{"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 1}],
    "Alarms": [{"AlarmName": "busy"}],
}
ALARM = {
    "AlarmName": "busy",
    "AlarmActions": [f"{ARN}:scalingPolicy:u:autoScalingGroupName/web:policyName/steps"],
    "StateValue": "OK",
    "MetricName": "CPUUtilization",
    "Namespace": "AWS/EC2",
    "Statistic": "Average",
    "Period": 60,
    "EvaluationPeriods": 3,
    "Threshold": 60.0,
    "ComparisonOperator": "GreaterThanThreshold",
}
HOOK = {
    "LifecycleHookName": "warm",
    "AutoScalingGroupName": "web",
    "LifecycleTransition": "autoscaling:EC2_INSTANCE_LAUNCHING",
    "HeartbeatTimeout": 300,
    "GlobalTimeout": 30000,
}
ONCE = {"AutoScalingGroupName": "web", "ScheduledActionName": "open", "StartTime": "2027-08-09T10:45:00Z", "MinSize": 5}
DAILY = {
    "AutoScalingGroupName": "web",
    "ScheduledActionName": "daily",
    "Recurrence": "0 9 * * *",
    "Time": "2027-08-08T09:00:00Z",
    "StartTime": "2027-08-08T09:00:00Z",
    "DesiredCapacity": 4,
}
TEMPLATE = {"LaunchTemplateId": "lt-1", "VersionNumber": 3, "LaunchTemplateData": {"InstanceType": "m6i.large"}}


@pytest.fixture
def of(tmp_path):
    """Validates a plan of these items; each is given as the changes to one that AWS takes, or not at all."""

    def of(group=(), **items):
        files = {
            "describe-auto-scaling-groups": {"AutoScalingGroups": [{**GROUP, **dict(group)}]},
            "describe-policies": {"ScalingPolicies": items.get("policies", [POLICY, STEPS])},
            "describe-scheduled-actions": {"ScheduledUpdateGroupActions": items.get("schedules", [ONCE, DAILY])},
            "describe-lifecycle-hooks": {"LifecycleHooks": items.get("hooks", [HOOK])},
            "describe-alarms": {"MetricAlarms": items.get("alarms", [ALARM])},
            "describe-launch-template-versions": {"LaunchTemplateVersions": [items.get("template", TEMPLATE)]},
        }
        for name, answer in files.items():
            if name not in items.get("without", ()):
                (tmp_path / f"{name}.json").write_text(json.dumps(answer), encoding="utf-8")
        return validate(SavedPlan(tmp_path))

    return of


def told(validation):
    return [f"{problem.resource}: {problem.refusal}" for problem in validation.problems]


def test_a_plan_that_aws_would_take_has_no_problem(of):
    assert told(of()) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"group": {"MinSize": 10}}, "Max bound, 9"),
        ({"group": {"WarmPoolConfiguration": {"MinSize": -1}}}, "MinSize is -1"),
        ({"group": {"HealthCheckType": "HTTP"}}, "HealthCheckType"),
        ({"group": {"TargetGroupARNs": [TG + "9"], "TrafficSources": []}}, "must be attached"),
        ({"hooks": [{**HOOK, "HeartbeatTimeout": 7201}]}, "7,201"),
        ({"schedules": [{**ONCE, "StartTime": "2027-08-08T11:00:00Z"}]}, "in the past"),
        ({"schedules": [{**DAILY, "Recurrence": "0 9 * *"}]}, "five fields"),
        ({"schedules": [ONCE, {**ONCE, "ScheduledActionName": "again"}]}, "already starts then"),
        ({"alarms": [{**ALARM, "Period": 61}]}, "multiple of 60"),
        ({"alarms": [{**ALARM, "EvaluationPeriods": 0}]}, "must be at least 1"),
    ],
)
def test_what_aws_would_refuse_is_a_problem(of, changes, words):
    problems = told(of(**changes))

    assert problems
    assert words in problems[0]


def test_a_warm_pool_before_a_template_that_asks_for_spot_is_a_problem(of):
    spot = {**TEMPLATE, "LaunchTemplateData": {"InstanceMarketOptions": {"MarketType": "spot"}}}

    (problem,) = told(of(group={"WarmPoolConfiguration": {"MinSize": 1}}, template=spot))

    assert "Spot" in problem


@pytest.mark.parametrize("alarm", ["TargetTracking-web-AlarmLow-u", "busy"])
def test_alarms_that_aws_made_itself_are_left_alone(of, alarm):
    problems = told(of(policies=[POLICY], alarms=[{**ALARM, "AlarmName": alarm, "Period": 61, "AlarmActions": []}]))

    assert len(problems) == (alarm == "busy")


def test_an_alarm_whose_policy_is_not_there_is_a_problem(of):
    (problem,) = told(of(policies=[POLICY]))

    assert problem.startswith("alarm busy: an action names policy 'steps' of group web")


def test_a_policy_whose_alarm_is_not_there_is_a_problem(of):
    (problem,) = told(of(alarms=[]))

    assert problem.startswith("policy steps of group web: its alarm 'busy' is not among the alarms")


@pytest.mark.parametrize(("size", "problems"), [({"DesiredCapacity": 9}, 0), ({"DesiredCapacity": 10}, 1),
                                                ({"MinSize": 10}, 1), ({"MaxSize": 1}, 1), ({"MaxSize": 2}, 0),
                                                ({"DesiredCapacity": 1}, 1)])  # fmt: skip
def test_an_action_beyond_the_groups_limits_is_a_problem(of, size, problems):
    action = {key: value for key, value in ONCE.items() if key != "MinSize"} | size

    assert len(told(of(schedules=[action]))) == problems


def test_another_action_may_make_room_for_it(of):
    raising = {**ONCE, "ScheduledActionName": "raise", "StartTime": "2027-08-09T10:00:00Z", "MaxSize": 20}

    assert told(of(schedules=[raising, {**ONCE, "MinSize": 12}])) == []


def test_a_single_fact_that_is_missing_leaves_the_rest_judged(of):
    validation = of(schedules=[ONCE], group={"MinSize": 10}, without=("describe-policies", "describe-alarms"))

    assert any("Max bound" in problem for problem in told(validation))
    assert ("group web", "describe-subnets.json is not there") not in validation.unjudged, "it fails before"
    assert {"describe-policies.json", "describe-alarms.json"} <= set(validation.not_told)


def test_subnets_that_are_not_told_are_said_and_not_refused(of):
    validation = of()

    assert ("group web", "describe-subnets.json is not there") in validation.unjudged


def test_what_belongs_to_groups_that_are_not_told_is_left_alone(of):
    validation = of(hooks=[HOOK, {**HOOK, "AutoScalingGroupName": "blog", "HeartbeatTimeout": 1}])

    assert told(validation) == []
    assert "group blog" in validation.not_told


def test_now_is_the_newest_time_that_the_plan_tells(of):
    validation = of(alarms=[{**ALARM, "StateUpdatedTimestamp": "2027-08-08T12:30:00Z"}])

    assert validation.now == datetime(2027, 8, 8, 12, 30, tzinfo=UTC)
    assert "tells" in validation.why_now


def test_without_a_time_in_the_plan_its_newest_file_says_when_it_was_saved(of, tmp_path):
    validation = of(group={"CreatedTime": None}, schedules=[])

    newest = max(file.stat().st_mtime for file in tmp_path.iterdir())
    assert validation.now == datetime.fromtimestamp(newest, UTC)
    assert "file" in validation.why_now
