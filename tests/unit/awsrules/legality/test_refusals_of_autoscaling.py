"""What EC2 Auto Scaling refuses, with which code; and that plain requests pass.

Proves the checks on a hand-made account; that the offline AWS asks them is shown where it is tested.
"""
# ruff: noqa: E501 - a table reads best with one refusal a line

from datetime import UTC, datetime, timedelta

import pytest

from floodgate.awsrules.legality import CHECKS

NOW = datetime(2027, 8, 8, 11, tzinfo=UTC)
LB = "arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:loadbalancer/app/web/1234"
TG = "arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:targetgroup/web/5678"
LABEL = "app/web/1234/targetgroup/web/5678"
GROUP = {
    "AutoScalingGroupName": "web",
    "LaunchTemplate": {"LaunchTemplateId": "lt-1"},
    "MinSize": 1,
    "MaxSize": 9,
    "VPCZoneIdentifier": "subnet-a,subnet-b",
}
POLICY = {"AutoScalingGroupName": "web", "PolicyName": "p"}
CONFIGURATION = {
    "TargetValue": 6000.0,
    "PredefinedMetricSpecification": {"PredefinedMetricType": "ALBRequestCountPerTarget", "ResourceLabel": LABEL},
}
TRACKING = {
    **POLICY,
    "PolicyType": "TargetTrackingScaling",
    "TargetTrackingConfiguration": CONFIGURATION,
}
STEPPED = {
    **POLICY,
    "PolicyType": "StepScaling",
    "AdjustmentType": "ChangeInCapacity",
    "StepAdjustments": [
        {"MetricIntervalLowerBound": 0.0, "MetricIntervalUpperBound": 10.0, "ScalingAdjustment": 1},
        {"MetricIntervalLowerBound": 10.0, "ScalingAdjustment": 2},
    ],
}
SIMPLE = {**POLICY, "AdjustmentType": "ChangeInCapacity", "ScalingAdjustment": 1}
PREDICTIVE = {
    **POLICY,
    "PolicyType": "PredictiveScaling",
    "PredictiveScalingConfiguration": {"MetricSpecifications": [{"TargetValue": 50.0}]},
}
SCHEDULE = {
    "AutoScalingGroupName": "web",
    "ScheduledActionName": "open",
    "StartTime": NOW + timedelta(days=1),
    "MinSize": 2,
    "DesiredCapacity": 5,
    "MaxSize": 9,
}
HOOK = {
    "AutoScalingGroupName": "web",
    "LifecycleHookName": "boot",
    "LifecycleTransition": "autoscaling:EC2_INSTANCE_LAUNCHING",
    "HeartbeatTimeout": 300,
}
POOL = {"AutoScalingGroupName": "web", "MaxGroupPreparedCapacity": 10, "PoolState": "Stopped"}


def steps(*bounds):
    keys = ("MetricIntervalLowerBound", "MetricIntervalUpperBound")
    return [
        {key: bound for key, bound in zip(keys, pair, strict=True) if bound is not None} | {"ScalingAdjustment": 1}
        for pair in bounds
    ]


def tracked(**settings):
    return {**TRACKING, "TargetTrackingConfiguration": {**CONFIGURATION, **settings}}


def labelled(label, kind="ALBRequestCountPerTarget"):
    return tracked(PredefinedMetricSpecification={"PredefinedMetricType": kind, "ResourceLabel": label})


def customized(**metric):
    return tracked(PredefinedMetricSpecification=None, CustomizedMetricSpecification=metric)


def math(count, returned=1):
    return [{"Id": f"m{n}", "ReturnData": n < returned} for n in range(count)]


AS, INVALID = "autoscaling", "ValidationError"
CREATE, UPDATE, PUT = (AS, "CreateAutoScalingGroup"), (AS, "UpdateAutoScalingGroup"), (AS, "PutScalingPolicy")
PLAN, ON_HOOK, ON_POOL = (AS, "PutScheduledUpdateGroupAction"), (AS, "PutLifecycleHook"), (AS, "PutWarmPool")

LEGAL = {
    ("autoscaling", "CreateAutoScalingGroup"): [GROUP, {**GROUP, "DesiredCapacity": 9, "DefaultInstanceWarmup": -1}],
    ("autoscaling", "UpdateAutoScalingGroup"): [{"AutoScalingGroupName": "web", "MaxSize": 20}],
    ("autoscaling", "PutScalingPolicy"): [TRACKING, STEPPED, SIMPLE, PREDICTIVE],
    ("autoscaling", "PutScheduledUpdateGroupAction"): [
        SCHEDULE,
        {**SCHEDULE, "StartTime": None, "Recurrence": "0 9 * * 1-5", "TimeZone": "Asia/Seoul"},
        {**SCHEDULE, "StartTime": "2027-08-09T10:45:00Z", "MinSize": None, "MaxSize": None},
    ],
    ("autoscaling", "PutLifecycleHook"): [HOOK],
    ("autoscaling", "PutWarmPool"): [POOL],
}

ILLEGAL = [
    (CREATE, {**GROUP, "MinSize": 10}, INVALID, "Max bound, 9, must be greater than or equal to min bound, 10"),
    (CREATE, {**GROUP, "MinSize": -1}, INVALID, "MinSize is -1"),
    (CREATE, {**GROUP, "DesiredCapacity": 10}, INVALID, "must be between the specified min size:1 and max size:9"),
    (CREATE, {**GROUP, "LaunchTemplate": None}, INVALID, "exactly one of"),
    (CREATE, {**GROUP, "LaunchConfigurationName": "old"}, INVALID, "exactly one of"),
    (CREATE, {**GROUP, "VPCZoneIdentifier": ""}, INVALID, "At least one Availability Zone"),
    (CREATE, {**GROUP, "VPCZoneIdentifier": "subnet-z"}, INVALID, "'subnet-z' does not exist"),
    (CREATE, {**GROUP, "AvailabilityZones": ["us-east-1a"]}, INVALID, "ap-northeast-2a"),
    (CREATE, {**GROUP, "DefaultInstanceWarmup": 3601}, INVALID, "DefaultInstanceWarmup is 3,601"),
    (CREATE, {**GROUP, "HealthCheckType": "HTTP"}, INVALID, "HealthCheckType"),
    (CREATE, {**GROUP, "MaxInstanceLifetime": 3600}, INVALID, "MaxInstanceLifetime"),
    (CREATE, {**GROUP, "InstanceMaintenancePolicy": {"MinHealthyPercentage": 50, "MaxHealthyPercentage": 151}}, INVALID, "greater than 100"),
    (CREATE, {**GROUP, "InstanceMaintenancePolicy": {"MinHealthyPercentage": 90}}, INVALID, "Both"),
    (CREATE, {**GROUP, "LifecycleHookSpecificationList": [{**HOOK, "HeartbeatTimeout": 29}]}, INVALID, "HeartbeatTimeout is 29"),
    (UPDATE, {"AutoScalingGroupName": "web", "MinSize": 11}, INVALID, "Max bound, 10"),
    (UPDATE, {"AutoScalingGroupName": "web", "DesiredCapacity": 1}, INVALID, "min size:2"),
    (PUT, {**TRACKING, "PolicyType": "Magic"}, INVALID, "PolicyType is 'Magic'"),
    (PUT, {**TRACKING, "Cooldown": 60}, INVALID, "Cooldown is not supported"),
    (PUT, tracked(TargetValue=0.0), INVALID, "greater than 0"),
    (PUT, tracked(CustomizedMetricSpecification={"MetricName": "m"}), INVALID, "either a predefined metric or a customized"),
    (PUT, labelled(None), INVALID, "needs a label of the form"),
    (PUT, labelled("web/5678"), INVALID, "needs a label of the form"),
    (PUT, labelled("app/other/1234/targetgroup/web/5678"), INVALID, "no load balancer app/other/1234"),
    (PUT, labelled("app/web/1234/targetgroup/other/5678"), INVALID, "no target group targetgroup/other/5678"),
    (PUT, labelled(LABEL, "ASGAverageCPUUtilization"), INVALID, "not supported for ASGAverageCPUUtilization"),
    (PUT, labelled(LABEL, "CPU"), INVALID, "PredefinedMetricType is 'CPU'"),
    (PUT, customized(MetricName="m", Namespace="n"), INVALID, "no Statistic"),
    (PUT, customized(MetricName="m", Namespace="n", Statistic="Sum", Period=120), INVALID, "10, 30 and 60"),
    (PUT, customized(Metrics=math(11)), INVALID, "at most 10"),
    (PUT, customized(Metrics=math(3, 2)), INVALID, "exactly one"),
    (PUT, {**STEPPED, "StepAdjustments": []}, INVALID, "at least one"),
    (PUT, {**STEPPED, "AdjustmentType": "Double"}, INVALID, "AdjustmentType"),
    (PUT, {**STEPPED, "ScalingAdjustment": 1}, INVALID, "ScalingAdjustment is not supported"),
    (PUT, {**STEPPED, "MinAdjustmentMagnitude": 2}, INVALID, "only with PercentChangeInCapacity"),
    (PUT, {**STEPPED, "StepAdjustments": steps((0, 10))}, INVALID, "unspecified upper bound (i.e., upper bound is null)"),
    (PUT, {**STEPPED, "StepAdjustments": steps((-10, 0))}, INVALID, "unspecified lower bound (i.e., lower bound is null)"),
    (PUT, {**STEPPED, "StepAdjustments": steps((0, 10), (20, None))}, INVALID, "gaps"),
    (PUT, {**STEPPED, "StepAdjustments": steps((0, 10), (5, None))}, INVALID, "overlap"),
    (PUT, {**STEPPED, "StepAdjustments": steps((0, None), (10, None))}, INVALID, "At most one"),
    (PUT, {**STEPPED, "StepAdjustments": steps((None, None))}, INVALID, "Both lower and upper bounds"),
    (PUT, {**STEPPED, "StepAdjustments": steps((10, 0), (10, None))}, INVALID, "greater than the lower bound"),
    (PUT, {**STEPPED, "StepAdjustments": steps(*((n, n + 1) for n in range(20)), (20, None))}, INVALID, "at most 20"),
    (PUT, {**SIMPLE, "StepAdjustments": []}, INVALID, "StepAdjustments is not supported"),
    (PUT, {**SIMPLE, "AdjustmentType": "ExactCapacity", "ScalingAdjustment": -1}, INVALID, "ScalingAdjustment is -1"),
    (PUT, {**PREDICTIVE, "PredictiveScalingConfiguration": {"MetricSpecifications": []}}, INVALID, "exactly one"),
    (PUT, {**PREDICTIVE, "PredictiveScalingConfiguration": {"MetricSpecifications": [{}], "SchedulingBufferTime": 3600}}, INVALID, "SchedulingBufferTime"),
    (PUT, {**PREDICTIVE, "PredictiveScalingConfiguration": {"MetricSpecifications": [{}], "MaxCapacityBuffer": 5}}, INVALID, "cannot be used otherwise"),
    (PLAN, {**SCHEDULE, "StartTime": NOW - timedelta(minutes=1)}, INVALID, "Given start time is in the past"),
    (PLAN, {**SCHEDULE, "EndTime": SCHEDULE["StartTime"]}, INVALID, "EndTime"),
    (PLAN, {**SCHEDULE, "StartTime": None}, INVALID, "StartTime or a Recurrence"),
    (PLAN, {**SCHEDULE, "MinSize": None, "MaxSize": None, "DesiredCapacity": None}, INVALID, "At least one"),
    (PLAN, {**SCHEDULE, "DesiredCapacity": 10}, INVALID, "DesiredCapacity 10, MaxSize 9"),
    (PLAN, {**SCHEDULE, "MinSize": 10, "DesiredCapacity": None}, INVALID, "MinSize 10, MaxSize 9"),
    (PLAN, {**SCHEDULE, "TimeZone": "Seoul"}, INVALID, "TimeZone 'Seoul'"),
    (PLAN, {**SCHEDULE, "Recurrence": "0 9 * *"}, INVALID, "five fields"),
    (PLAN, {**SCHEDULE, "Recurrence": "0 25 * * *"}, INVALID, "cron"),
    (PLAN, {**SCHEDULE, "Recurrence": "0 9 31 2 *"}, INVALID, "cron"),
    (ON_HOOK, {**HOOK, "HeartbeatTimeout": 7201}, INVALID, "HeartbeatTimeout is 7,201"),
    (ON_HOOK, {**HOOK, "LifecycleTransition": None}, INVALID, "LifecycleTransition"),
    (ON_HOOK, {**HOOK, "DefaultResult": "RETRY"}, INVALID, "DefaultResult"),
    (ON_POOL, {**POOL, "MinSize": -1}, INVALID, "MinSize is -1"),
]  # fmt: skip

MIXED = {"MixedInstancesPolicy": {"InstancesDistribution": {"OnDemandPercentageAboveBaseCapacity": 50}}}
WEIGHTS = {"MixedInstancesPolicy": {"LaunchTemplate": {"Overrides": [{"WeightedCapacity": "2"}]}}}
SPOT = {"LaunchTemplate": {"LaunchTemplateId": "lt-1"}}
WEB = {"AutoScalingGroupName": "web", "MinSize": 2, "MaxSize": 10, "DesiredCapacity": 4, "TargetGroupARNs": [TG]}
HELD_TRACKING = {"PolicyName": "other", "TargetTrackingConfiguration": TRACKING["TargetTrackingConfiguration"]}

ILLEGAL_HERE = [
    ("describe_auto_scaling_groups", [], PUT, TRACKING, INVALID, "not found"),
    ("describe_auto_scaling_groups", [], PLAN, SCHEDULE, INVALID, "not found"),
    ("describe_auto_scaling_groups", [{**WEB, "TargetGroupARNs": []}], PUT, TRACKING, INVALID, "must be attached"),
    ("describe_target_groups", [{"TargetGroupArn": TG, "LoadBalancerArns": []}], PUT, TRACKING, INVALID, "does not route"),
    ("describe_policies", [{"PolicyName": f"p{n}"} for n in range(50)], PUT, STEPPED, "LimitExceeded", "quota is 50"),
    ("describe_policies", [HELD_TRACKING], PUT, TRACKING, INVALID, "Only one TargetTrackingScaling"),
    ("describe_scheduled_actions", [{"ScheduledActionName": f"a{n}"} for n in range(125)], PLAN, SCHEDULE, "LimitExceeded", "quota is 125"),
    ("describe_scheduled_actions", [{"ScheduledActionName": "a", "StartTime": SCHEDULE["StartTime"]}], PLAN, SCHEDULE, "AlreadyExists", "already starts then"),
    ("describe_lifecycle_hooks", [{"LifecycleHookName": f"h{n}"} for n in range(50)], ON_HOOK, HOOK, "LimitExceeded", "quota is 50"),
    ("describe_auto_scaling_groups", [{**WEB, **MIXED}], ON_POOL, POOL, INVALID, "Spot"),
    ("describe_auto_scaling_groups", [{**WEB, **WEIGHTS}], ON_POOL, POOL, INVALID, "weights"),
    ("describe_auto_scaling_groups", [{**WEB, "WarmPoolConfiguration": {}, **SPOT}], UPDATE, {"AutoScalingGroupName": "web", "MinSize": 99}, INVALID, "Max bound"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "params"), [(call, each) for call, some in LEGAL.items() for each in some])
def test_a_plain_request_is_accepted(ask, call, params):
    ask(call, params)


def test_every_call_of_the_table_has_a_check():
    assert set(LEGAL) <= set(CHECKS)


@pytest.mark.parametrize(("call", "params", "code", "words"), ILLEGAL)
def test_a_wrong_request_is_refused_with_value_rule_and_remedy(refused, call, params, code, words):
    refused(call, params, code, words)


@pytest.mark.parametrize(("describe", "answer", "call", "params", "code", "words"), ILLEGAL_HERE)
def test_a_request_that_the_account_forbids_is_refused(refused, describe, answer, call, params, code, words):
    refused(call, params, code, words, {describe: answer})


def test_a_warm_pool_on_a_launch_template_that_asks_for_spot_is_refused(refused):
    spot = [{"LaunchTemplateData": {"InstanceMarketOptions": {"MarketType": "spot"}}}]
    account = {
        "describe_auto_scaling_groups": [{**WEB, **SPOT}],
        "describe_launch_template_versions": spot,
    }

    refused(ON_POOL, POOL, INVALID, "Spot", account)


def test_an_action_may_be_put_again_at_its_own_time(ask):
    held = [{"ScheduledActionName": "open", "StartTime": SCHEDULE["StartTime"]}]

    ask(PLAN, SCHEDULE, {"describe_scheduled_actions": held})


def test_a_policy_may_be_put_again_with_its_own_metric(ask):
    ask(PUT, TRACKING, {"describe_policies": [{**HELD_TRACKING, "PolicyName": "p"}]})
