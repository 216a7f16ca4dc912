"""Everything of a group that AWS describes is read, and what no rule plays is noted: one change at a time.

The answers are written after AWS's reference of its API; none was recorded from an account.
"""

import json

import pytest

from floodgate.awsrules.model import (
    InstanceType,
    MaintenancePolicy,
    Member,
    Metric,
    MetricMath,
    PredictiveScaling,
    Query,
    SimpleScaling,
    StepScaling,
    TargetTracking,
)
from floodgate.plans.saved import SavedPlan
from floodgate.rehearsal.errors import PlanError
from floodgate.rehearsal.reading import read_group_plan

GROUP = {
    "AutoScalingGroupName": "web",
    "MinSize": 1,
    "MaxSize": 9,
    "DesiredCapacity": 3,
    "AvailabilityZones": ["b", "a"],
    "VPCZoneIdentifier": "subnet-1, subnet-2,subnet-3",
    "LaunchTemplate": {"LaunchTemplateId": "lt-1", "LaunchTemplateName": "web", "Version": "$Latest"},
}
STAT = {"Metric": {"Namespace": "Shop", "MetricName": "Errors", "Dimensions": [{"Name": "A", "Value": "1"}]}}
MATH = [
    {"Id": "rate", "Expression": "100 * errors / FILL(all, REPEAT)", "ReturnData": True},
    {"Id": "errors", "MetricStat": STAT | {"Stat": "Sum", "Period": 30}, "ReturnData": False},
    {"Id": "all", "MetricStat": {"Metric": {"Namespace": "Shop", "MetricName": "All"}, "Stat": "Sum", "Period": 30},
     "ReturnData": False},
]  # fmt: skip
ERRORS = Metric("Shop", "Errors", (("A", "1"),), "Sum")
READ_MATH = MetricMath(
    (
        Query("all", Metric("Shop", "All", (), "Sum")),
        Query("errors", ERRORS),
        Query("rate", expression="100 * errors / FILL(all, REPEAT)"),
    ),
    "rate",
)
ALARM = {
    "AlarmName": "a", "Namespace": "Shop", "MetricName": "Errors", "ExtendedStatistic": "p99.9", "Period": 10,
    "EvaluationPeriods": 5, "DatapointsToAlarm": 3, "Threshold": 2.5, "ComparisonOperator": "LessThanThreshold",
    "AlarmActions": ["arn:p"], "EvaluateLowSampleCountPercentile": "ignore", "StateValue": "ALARM",
}  # fmt: skip
STEP = {
    "PolicyName": "p", "PolicyARN": "arn:p", "PolicyType": "StepScaling", "AdjustmentType": "ChangeInCapacity",
    "StepAdjustments": [{"MetricIntervalUpperBound": 0.0, "ScalingAdjustment": -1}],
}  # fmt: skip


@pytest.fixture
def read(tmp_path):
    """Reads the group with some changes, and answers beside it."""

    def reading(answers=None, **change):
        group = {key: value for key, value in (GROUP | change).items() if value is not None}
        for name, answer in (
            {"describe-auto-scaling-groups": {"AutoScalingGroups": [group]}} | (answers or {})
        ).items():
            (tmp_path / f"{name}.json").write_text(json.dumps(answer))
        return read_group_plan(SavedPlan(tmp_path))

    return reading


def policies(*found, alarms=()):
    return {"describe-policies": {"ScalingPolicies": list(found)}, "describe-alarms": {"MetricAlarms": list(alarms)}}


def tracking(**settings):
    told = {"TargetValue": 5.0} | settings
    return {"PolicyName": "t", "PolicyARN": "arn:t", "PolicyType": "TargetTrackingScaling"} | {
        "TargetTrackingConfiguration": told
    }


@pytest.mark.parametrize(
    ("change", "field", "value"),
    [
        ({"TerminationPolicies": ["OldestInstance", "Default"]}, "termination_policies", ("OldestInstance", "Default")),
        ({"MaxInstanceLifetime": 86400}, "max_lifetime_s", 86400),
        ({"NewInstancesProtectedFromScaleIn": True}, "protect_new", True),
        ({"AvailabilityZoneDistribution": {"CapacityDistributionStrategy": "balanced-only"}}, "zone_strategy",
         "balanced-only"),
        ({"InstanceMaintenancePolicy": {"MinHealthyPercentage": 90, "MaxHealthyPercentage": 120}}, "maintenance",
         MaintenancePolicy(90, 120)),
        ({"InstanceMaintenancePolicy": {"MinHealthyPercentage": -1, "MaxHealthyPercentage": -1}}, "maintenance", None),
        ({"SuspendedProcesses": [{"ProcessName": "AZRebalance"}]}, "suspended", frozenset({"AZRebalance"})),
        ({"DefaultInstanceWarmup": -1}, "default_warmup_s", None),
        ({"DefaultInstanceWarmup": 0}, "default_warmup_s", 0),
        ({"TargetGroupARNs": ["arn:t"]}, "behind_balancer", True),
        ({}, "zones", ("a", "b")),
        ({"AvailabilityZones": []}, "zones", ("unknown",)),
    ],
)  # fmt: skip
def test_what_the_group_says_is_read(read, change, field, value):
    assert getattr(read(**change).group, field) == value


def test_instances_are_the_members_and_those_of_the_pool_too(read):
    instance = {
        "InstanceId": "i-1", "AvailabilityZone": "a", "LifecycleState": "Standby", "HealthStatus": "Unhealthy",
        "ProtectedFromScaleIn": True, "InstanceType": "c7g.large",
        "LaunchTemplate": {"LaunchTemplateId": "lt-1", "Version": "4"},
    }  # fmt: skip
    pool = {
        "WarmPoolConfiguration": {"MinSize": 1},
        "Instances": [{"InstanceId": "i-0", "AvailabilityZone": "b", "LifecycleState": "Warmed:Stopped"}],
    }

    members = read({"describe-warm-pool": pool}, Instances=[instance]).group.members

    assert members == (
        Member("i-0", "b", "Warmed:Stopped"),
        Member("i-1", "a", "Standby", healthy=False, protected=True, instance_type="c7g.large", version="lt-1:4"),
    )


def test_several_types_have_weights_in_their_order(read):
    mixed = {
        "LaunchTemplate": {
            "LaunchTemplateSpecification": {"LaunchTemplateId": "lt-1", "Version": "7"},
            "Overrides": [
                {"InstanceType": "m7g.xlarge", "WeightedCapacity": "4"},
                {"InstanceType": "c7g.large", "WeightedCapacity": "2"},
            ],
        },
        "InstancesDistribution": {"OnDemandPercentageAboveBaseCapacity": 0},
    }
    sizes = {"InstanceTypes": [
        {"InstanceType": name, "VCpuInfo": {"DefaultVCpus": cpus}, "MemoryInfo": {"SizeInMiB": mib}}
        for name, cpus, mib in (("c7g.large", 2, 4096), ("m7g.xlarge", 4, 16384))
    ]}  # fmt: skip

    group = read({"describe-instance-types": sizes}, LaunchTemplate=None, MixedInstancesPolicy=mixed).group

    assert group.instance_type == InstanceType("m7g.xlarge", 4, 16384, 4)
    assert group.other_types == (InstanceType("c7g.large", 2, 4096, 2),)
    assert group.weighted
    assert (group.spot, group.version) == (True, "lt-1:7")


@pytest.mark.parametrize(("share", "base", "spot", "noted"), [(100, 0, False, False), (0, 3, True, True),
                                                               (60, 0, False, True), (20, 0, True, True)])  # fmt: skip
def test_a_mix_of_on_demand_and_spot_counts_as_what_it_mostly_is(read, share, base, spot, noted):
    mixed = {
        "LaunchTemplate": {"LaunchTemplateSpecification": {"LaunchTemplateName": "web"}},
        "InstancesDistribution": {"OnDemandPercentageAboveBaseCapacity": share, "OnDemandBaseCapacity": base},
    }

    plan = read(LaunchTemplate=None, MixedInstancesPolicy=mixed)

    assert plan.group.spot == spot
    assert any("mixes On-Demand" in note for note in plan.notes) == noted


@pytest.mark.parametrize("weight", ["0", "1000", "two", "²"])
def test_a_weight_that_aws_does_not_know_is_told(read, weight):
    mixed = {"LaunchTemplate": {"Overrides": [{"InstanceType": "c7g.large", "WeightedCapacity": weight}]}}

    with pytest.raises(PlanError, match=r"WeightedCapacity is .* it must be 1 to 999"):
        read(LaunchTemplate=None, MixedInstancesPolicy=mixed)


@pytest.mark.parametrize(("monitoring", "detailed"), [(None, True), ({"Enabled": False}, False)])
def test_a_launch_configuration_is_read(read, monitoring, detailed):
    told = {"LaunchConfigurationName": "old", "InstanceType": "m4.large", "SpotPrice": "0.05"}
    told |= {} if monitoring is None else {"InstanceMonitoring": monitoring}
    answers = {"describe-launch-configurations": {"LaunchConfigurations": [told]}}

    group = read(answers, LaunchTemplate=None, LaunchConfigurationName="old").group

    assert (group.instance_type.name, group.spot, group.version) == ("m4.large", True, "old")
    assert group.detailed_monitoring == detailed


def test_the_latest_template_is_told_by_its_number(read):
    told = {"LaunchTemplateId": "lt-1", "VersionNumber": 12, "LaunchTemplateData": {"InstanceType": "c7g.large"}}

    group = read({"describe-launch-template-versions": {"LaunchTemplateVersions": [told]}}).group

    assert (group.version, group.instance_type.name) == ("lt-1:12", "c7g.large")


def test_without_a_template_the_instances_tell_their_type(read):
    there = [{"InstanceId": f"i-{n}", "InstanceType": kind} for n, kind in enumerate(("a.x", "b.x", "b.x"))]

    group = read(Instances=there).group

    assert [group.instance_type.name, *(kind.name for kind in group.other_types)] == ["b.x", "a.x"]
    assert group.instance_type.vcpus == 0


def test_addresses_are_counted_by_zone(read):
    subnets = [("subnet-1", "a", 5), ("subnet-2", "a", 7), ("subnet-3", "b", 1), ("subnet-4", "b", 250)]
    told = [
        {"SubnetId": name, "AvailabilityZone": zone, "AvailableIpAddressCount": free} for name, zone, free in subnets
    ]

    assert read({"describe-subnets": {"Subnets": told}}).group.subnet_addresses == (("a", 12), ("b", 1))


def test_an_alarm_of_metric_math_is_read_with_the_period_of_its_metrics(read):
    alarm = {
        "AlarmName": "a", "Metrics": MATH, "EvaluationPeriods": 3, "Threshold": 1.0,
        "ComparisonOperator": "GreaterThanThreshold", "OKActions": ["arn:p"], "InsufficientDataActions": ["arn:x"],
        "ActionsEnabled": False,
    }  # fmt: skip

    plan = read(policies(STEP, alarms=[alarm]))

    (policy,) = plan.group.policies
    assert isinstance(policy, StepScaling)
    (found,) = policy.alarms
    assert (found.metric, found.period_s, found.datapoints_to_alarm) == (READ_MATH, 30, 3)
    assert (found.ok_actions, found.insufficient_data_actions) == (("arn:p",), ("arn:x",))
    assert not found.actions_enabled
    assert any("actions switched off" in note for note in plan.notes)


def test_a_percentile_alarm_keeps_its_samples_rule_and_state(read):
    (policy,) = read(policies(STEP, alarms=[ALARM])).group.policies

    assert isinstance(policy, StepScaling)
    (found,) = policy.alarms
    assert isinstance(found.metric, Metric)
    assert (found.metric.statistic, found.period_s, found.state) == ("p99.9", 10, "ALARM")
    assert (found.evaluation_periods, found.datapoints_to_alarm, found.evaluate_low_samples) == (5, 3, False)


@pytest.mark.parametrize(
    "change",
    [
        {"ThresholdMetricId": "rate", "MetricName": None, "Metrics": MATH, "Threshold": None},
        {"MetricName": None, "Metrics": [q | {"ReturnData": True} for q in MATH]},
        {"MetricName": None, "Metrics": [{"Id": "e", "Expression": "SEARCH('{A} x', 'Sum')", "ReturnData": True}]},
    ],
)
def test_an_alarm_that_cannot_be_followed_is_noted_and_left_out(read, change):
    plan = read(policies(STEP, alarms=[ALARM | change]))

    (policy,) = plan.group.policies
    assert isinstance(policy, StepScaling)
    assert policy.alarms == ()
    assert any("alarm 'a'" in note for note in plan.notes)


@pytest.mark.parametrize(
    ("settings", "metric", "period_s"),
    [
        ({"CustomizedMetricSpecification": {"Metrics": MATH}}, READ_MATH, 30),
        ({"CustomizedMetricSpecification": STAT["Metric"] | {"Statistic": "Sum", "Period": 10}}, ERRORS, 10),
        ({"CustomizedMetricSpecification": STAT["Metric"] | {"Statistic": "Sum"}}, ERRORS, 60),
    ],
)
def test_target_tracking_follows_customized_metrics_at_their_period(read, settings, metric, period_s):
    (policy,) = read(policies(tracking(**settings))).group.policies

    assert isinstance(policy, TargetTracking)
    assert (policy.metric, policy.period_s, policy.target) == (metric, period_s, 5.0)


def test_target_tracking_knows_its_label_and_the_alarms_that_it_names(read):
    told = tracking(PredefinedMetricSpecification={"PredefinedMetricType": "ALBRequestCountPerTarget",
                                                   "ResourceLabel": "app/x/1/targetgroup/y/2"})  # fmt: skip
    told |= {"Alarms": [{"AlarmName": "a"}], "EstimatedInstanceWarmup": 40, "Enabled": False}

    (policy,) = read(policies(told, alarms=[ALARM])).group.policies

    assert isinstance(policy, TargetTracking)
    assert (policy.resource_label, policy.warmup_s, policy.enabled) == ("app/x/1/targetgroup/y/2", 40, False)
    assert [alarm.name for alarm in policy.alarms] == ["a"]


def test_a_policy_without_a_type_is_a_simple_one(read):
    simple = {"PolicyName": "s", "AdjustmentType": "ExactCapacity", "ScalingAdjustment": 4, "MinAdjustmentStep": 2}

    (policy,) = read(policies(simple)).group.policies

    assert isinstance(policy, SimpleScaling)
    assert (policy.adjustment, policy.min_adjustment_magnitude, policy.cooldown_s) == (4, 2, None)


def test_a_predictive_policy_that_is_switched_off_only_forecasts(read):
    told = {"PolicyName": "f", "PolicyType": "PredictiveScaling", "Enabled": False} | {
        "PredictiveScalingConfiguration": {"Mode": "ForecastAndScale"}
    }

    plan = read(policies(told))

    (policy,) = plan.group.policies
    assert isinstance(policy, PredictiveScaling)
    assert policy.mode == "ForecastOnly"
    assert any("switched off" in note for note in plan.notes)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"CapacityRebalance": True}, "Capacity Rebalancing"),
        ({"LoadBalancerNames": ["old"]}, "Classic Load Balancers are not read"),
        ({"Status": "Delete in progress"}, "Delete in progress"),
        ({"DesiredCapacityType": "vcpu"}, "counted in vcpu"),
        ({"TerminationPolicies": ["arn:aws:lambda:x"]}, "a function of its own"),
        ({"TrafficSources": [{"Identifier": "x", "Type": "vpc-lattice"}]}, "vpc-lattice"),
    ],
)
def test_what_no_rule_plays_is_noted(read, change, words):
    assert any(words in note for note in read(**change).notes)


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        (policies({"PolicyName": "p", "PolicyType": "StepScaling"}), "policy 'p' has no StepAdjustments"),
        (policies(STEP | {"AdjustmentType": "Double"}), "AdjustmentType is 'Double'; it must be one of"),
        (policies(tracking(TargetValue=0.0, PredefinedMetricSpecification={"PredefinedMetricType": "x"})), "above 0"),
        (policies(STEP, alarms=[ALARM | {"DatapointsToAlarm": 6}]), "6 is above EvaluationPeriods 5"),
        (policies(STEP, alarms=[ALARM | {"TreatMissingData": "zero"}]), "TreatMissingData is 'zero'"),
        ({"describe-lifecycle-hooks": {"LifecycleHooks": [{"LifecycleHookName": "h"}]}}, "no LifecycleTransition"),
    ],
)
def test_what_aws_would_never_say_is_told(read, answers, words):
    with pytest.raises(PlanError, match=words):
        read(answers)
