"""One value decides: calls that AWS takes, and the same calls with one value changed, which it refuses.

Launch templates and the calls on Auto Scaling groups beside policies; the account is hand-made.
"""
# ruff: noqa: E501 - a table reads best with one refusal a line

import base64
from datetime import UTC, datetime, timedelta

import pytest

NOW = datetime(2027, 8, 8, 11, tzinfo=UTC)
TG = "arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:targetgroup/web/5678"
AS, EC2, INVALID = "autoscaling", "ec2", "ValidationError"
COMBINATION, VALUE = "InvalidParameterCombination", "InvalidParameterValue"


def instances(*states):
    return [{"InstanceId": f"i-{n}", "LifecycleState": state} for n, state in enumerate(states)]


WEB = {"AutoScalingGroupName": "web", "MinSize": 2, "MaxSize": 10, "DesiredCapacity": 4, "TargetGroupARNs": [TG],
       "Instances": instances("InService", "InService", "InService", "Pending", "Standby")}  # fmt: skip
BY_ID = {"LaunchTemplate": {"LaunchTemplateId": "lt-1", "Version": "3"}}
GROUP = {"AutoScalingGroupName": "web", **BY_ID, "MinSize": 1, "MaxSize": 9, "VPCZoneIdentifier": "subnet-a"}
ON_WEB = {"AutoScalingGroupName": "web"}
ACTION = {"ScheduledActionName": "open", "StartTime": NOW + timedelta(days=1), "DesiredCapacity": 5}


def template(**data):
    return {"LaunchTemplateName": "web", "LaunchTemplateData": {"InstanceType": "m6i.large", **data}}


def user_data(size):
    return base64.b64encode(b"#" * size).decode()


def mixed(distribution=None, overrides=()):
    return {"LaunchTemplate": None, "MixedInstancesPolicy": {
        "LaunchTemplate": {"LaunchTemplateSpecification": BY_ID["LaunchTemplate"], "Overrides": list(overrides)},
        "InstancesDistribution": distribution or {},
    }}  # fmt: skip


def types(*names, **more):
    return [{"InstanceType": name, **more} for name in names]


def actions(count, **more):
    return [
        {**ACTION, "ScheduledActionName": f"a{n}", "StartTime": NOW + timedelta(hours=n + 1), **more}
        for n in range(count)
    ]


def volume(**ebs):
    return [{"LaunchTemplateData": {"BlockDeviceMappings": [{"DeviceName": "/dev/sda1", "Ebs": ebs}]}}]


CREATE, UPDATE = (AS, "CreateAutoScalingGroup"), (AS, "UpdateAutoScalingGroup")
TEMPLATE, VERSION, MODIFY = (
    (EC2, "CreateLaunchTemplate"),
    (EC2, "CreateLaunchTemplateVersion"),
    (EC2, "ModifyLaunchTemplate"),
)
REFRESH, BATCH, SIZE = (
    (AS, "StartInstanceRefresh"),
    (AS, "BatchPutScheduledUpdateGroupAction"),
    (AS, "SetDesiredCapacity"),
)
ATTACH, STANDBY, BACK, PROTECT = (
    (AS, "AttachInstances"),
    (AS, "EnterStandby"),
    (AS, "ExitStandby"),
    (AS, "SetInstanceProtection"),
)
SUSPEND, RESUME, TARGETS, SOURCES = (
    (AS, "SuspendProcesses"),
    (AS, "ResumeProcesses"),
    (AS, "AttachLoadBalancerTargetGroups"),
    (AS, "AttachTrafficSources"),
)

# the call, what AWS takes of it, the one value that makes it wrong, AWS's code, words of the refusal
ROWS = [
    (TEMPLATE, template(), {"LaunchTemplateName": "w!b"}, "InvalidLaunchTemplateName.MalformedException", "3 to 128"),
    (TEMPLATE, template(UserData=user_data(16_384)), template(UserData=user_data(16_385)), VALUE, "limited to 16384"),
    (TEMPLATE, template(UserData="aGVsbG8="), template(UserData="#!/bin/sh"), "InvalidUserData.Malformed", "BASE64"),
    (TEMPLATE, template(), template(InstanceRequirements={"VCpuCount": {"Min": 2}}), COMBINATION, "can't specify InstanceType"),
    (TEMPLATE, template(InstanceType=None, InstanceRequirements={"VCpuCount": {"Min": 2, "Max": 2}}), template(InstanceType=None, InstanceRequirements={"VCpuCount": {"Min": 3, "Max": 2}}), COMBINATION, "VCpuCount 3 to 2"),
    (TEMPLATE, template(InstanceType=None, InstanceRequirements={"AllowedInstanceTypes": ["m*"]}), template(InstanceType=None, InstanceRequirements={"AllowedInstanceTypes": ["m*"], "ExcludedInstanceTypes": ["t*"]}), COMBINATION, "Only one of"),
    (TEMPLATE, template(MetadataOptions={"HttpPutResponseHopLimit": 64}), template(MetadataOptions={"HttpPutResponseHopLimit": 65}), VALUE, "1 to 64"),
    (VERSION, {"LaunchTemplateId": "lt-1", "LaunchTemplateData": {"InstanceType": "m6i.large"}}, {"LaunchTemplateName": "web"}, COMBINATION, "but not both"),
    (VERSION, {"LaunchTemplateId": "lt-1", "LaunchTemplateData": {}, "SourceVersion": "1"}, {"SourceVersion": None}, "MissingParameter", "built on"),
    (MODIFY, {"LaunchTemplateId": "lt-1", "DefaultVersion": "3"}, {"DefaultVersion": "4"}, "InvalidLaunchTemplateId.VersionNotFound", "no such version"),
    (MODIFY, {"LaunchTemplateId": "lt-1", "DefaultVersion": "3"}, {"DefaultVersion": "$Latest"}, "InvalidLaunchTemplateVersion.Malformed", "number of a version"),
    (MODIFY, {"LaunchTemplateId": "lt-1", "DefaultVersion": "3"}, {"DefaultVersion": None}, "MissingParameter", "becomes the default"),
    (CREATE, GROUP, {"LaunchTemplate": {"LaunchTemplateId": "lt-1", "LaunchTemplateName": "web"}}, INVALID, "either launchTemplateId or"),
    (CREATE, {**GROUP, **mixed({"SpotInstancePools": 20})}, mixed({"SpotInstancePools": 21}), INVALID, "1 to 20"),
    (CREATE, {**GROUP, **mixed({"SpotInstancePools": 2})}, mixed({"SpotInstancePools": 2, "SpotAllocationStrategy": "capacity-optimized"}), INVALID, "only available with the lowest-price"),
    (CREATE, {**GROUP, **mixed({"OnDemandPercentageAboveBaseCapacity": 100})}, mixed({"OnDemandPercentageAboveBaseCapacity": 101}), INVALID, "0 to 100"),
    (CREATE, {**GROUP, **mixed({"SpotAllocationStrategy": "capacity-optimized"})}, mixed({"SpotAllocationStrategy": "cheapest"}), INVALID, "SpotAllocationStrategy is 'cheapest'"),
    (CREATE, {**GROUP, **mixed(None, types("m6i.large", WeightedCapacity="999"))}, mixed(None, types("m6i.large", WeightedCapacity="1000")), INVALID, "1 to 999"),
    (CREATE, {**GROUP, **mixed(None, types("m6i.large", "m7i.large", WeightedCapacity="1"))}, mixed(None, types("m6i.large", WeightedCapacity="1") + types("m7i.large")), INVALID, "1 of 2 overrides"),
    (CREATE, {**GROUP, **mixed(None, types("m6i.large", "m7i.large"))}, mixed(None, types("m6i.large", "m6i.large")), INVALID, "named once"),
    (CREATE, {**GROUP, **mixed(None, types(*(f"t{n}" for n in range(40))))}, mixed(None, types(*(f"t{n}" for n in range(41)))), INVALID, "at most 40"),
    (CREATE, {**GROUP, **mixed(None, types("m6i.large"))}, mixed(None, [*types("m6i.large"), {"InstanceRequirements": {"VCpuCount": {"Min": 2}}}]), INVALID, "not both"),
    (UPDATE, {**ON_WEB, "MaxInstanceLifetime": 86_400}, {"MaxInstanceLifetime": 86_399}, INVALID, "MaxInstanceLifetime is 86,399"),
    (UPDATE, {**ON_WEB, "InstanceMaintenancePolicy": {"MinHealthyPercentage": 90, "MaxHealthyPercentage": 190}}, {"InstanceMaintenancePolicy": {"MinHealthyPercentage": 90, "MaxHealthyPercentage": 191}}, INVALID, "greater than 100"),
    (UPDATE, {**ON_WEB, "InstanceMaintenancePolicy": {"MinHealthyPercentage": -1, "MaxHealthyPercentage": -1}}, {"InstanceMaintenancePolicy": {"MinHealthyPercentage": -1, "MaxHealthyPercentage": 100}}, INVALID, "0 to 100"),
    (UPDATE, {**ON_WEB, "DefaultInstanceWarmup": 3600}, {"DefaultInstanceWarmup": 3601}, INVALID, "DefaultInstanceWarmup is 3,601"),
    (REFRESH, {**ON_WEB, "Preferences": {"MinHealthyPercentage": 90, "MaxHealthyPercentage": 120}}, {"Preferences": {"MaxHealthyPercentage": 120}}, INVALID, "must also specify MinHealthyPercentage"),
    (REFRESH, {**ON_WEB, "Preferences": {"MinHealthyPercentage": 20, "MaxHealthyPercentage": 120}}, {"Preferences": {"MinHealthyPercentage": 19, "MaxHealthyPercentage": 120}}, INVALID, "greater than 100"),
    (REFRESH, {**ON_WEB, "Preferences": {"CheckpointPercentages": [20, 50]}}, {"Preferences": {"CheckpointPercentages": [50, 20]}}, INVALID, "ascending"),
    (REFRESH, {**ON_WEB, "Preferences": {"CheckpointPercentages": [1, 100]}}, {"Preferences": {"CheckpointPercentages": [1, 101]}}, INVALID, "1 to 100"),
    (REFRESH, {**ON_WEB, "Preferences": {"CheckpointDelay": 60, "CheckpointPercentages": [50]}}, {"Preferences": {"CheckpointDelay": 60}}, INVALID, "CheckpointPercentages"),
    (REFRESH, {**ON_WEB, "Preferences": {"AutoRollback": True}, "DesiredConfiguration": BY_ID}, {"DesiredConfiguration": None}, INVALID, "DesiredConfiguration parameter is empty"),
    (REFRESH, {**ON_WEB, "Preferences": {"AutoRollback": True}, "DesiredConfiguration": BY_ID}, {"DesiredConfiguration": {"LaunchTemplate": {"LaunchTemplateId": "lt-1", "Version": "$Latest"}}}, INVALID, "$Latest or $Default"),
    (REFRESH, {**ON_WEB, "DesiredConfiguration": BY_ID}, {"DesiredConfiguration": {**BY_ID, "MixedInstancesPolicy": {"LaunchTemplate": {}}}}, INVALID, "has both"),
    (REFRESH, ON_WEB, {"AutoScalingGroupName": "blog"}, INVALID, "not found"),
    (BATCH, {**ON_WEB, "ScheduledUpdateGroupActions": actions(50)}, {"ScheduledUpdateGroupActions": actions(51)}, INVALID, "maximum number allowed is 50"),
    (BATCH, {**ON_WEB, "ScheduledUpdateGroupActions": actions(2)}, {"ScheduledUpdateGroupActions": actions(2, StartTime=NOW + timedelta(days=1))}, "AlreadyExists", "already starts then"),
    (BATCH, {**ON_WEB, "ScheduledUpdateGroupActions": actions(2)}, {"ScheduledUpdateGroupActions": actions(2, TimeZone="Seoul")}, INVALID, "TimeZone 'Seoul'"),
    (SIZE, {**ON_WEB, "DesiredCapacity": 10}, {"DesiredCapacity": 11}, INVALID, "above max value 10"),
    (SIZE, {**ON_WEB, "DesiredCapacity": 2}, {"DesiredCapacity": 1}, INVALID, "below min value 2"),
    (ATTACH, {**ON_WEB, "InstanceIds": ["i-x"] * 6}, {"InstanceIds": ["i-x"] * 7}, INVALID, "above the maximum of 10"),
    (ATTACH, {**ON_WEB, "InstanceIds": ["i-x"]}, {"InstanceIds": ["i-x"] * 21}, INVALID, "at most 20"),
    (STANDBY, {**ON_WEB, "InstanceIds": ["i-0", "i-1"], "ShouldDecrementDesiredCapacity": True}, {"InstanceIds": ["i-0", "i-1", "i-2"]}, INVALID, "below the minimum of 2"),
    (STANDBY, {**ON_WEB, "InstanceIds": ["i-0"], "ShouldDecrementDesiredCapacity": False}, {"InstanceIds": ["i-3"]}, INVALID, "in Pending"),
    (STANDBY, {**ON_WEB, "InstanceIds": ["i-0"], "ShouldDecrementDesiredCapacity": False}, {"InstanceIds": ["i-9"]}, INVALID, "not part of"),
    (BACK, {**ON_WEB, "InstanceIds": ["i-4"]}, {"InstanceIds": ["i-0"]}, INVALID, "must be in Standby"),
    (PROTECT, {**ON_WEB, "InstanceIds": ["i-0"] * 50, "ProtectedFromScaleIn": True}, {"InstanceIds": ["i-0"] * 51}, INVALID, "at most 50"),
    (SUSPEND, {**ON_WEB, "ScalingProcesses": ["AZRebalance"]}, {"ScalingProcesses": ["Rebalance"]}, INVALID, "'Rebalance'"),
    (RESUME, {**ON_WEB, "ScalingProcesses": ["AZRebalance"]}, {"ScalingProcesses": ["Rebalance"]}, INVALID, "'Rebalance'"),
    (TARGETS, {**ON_WEB, "TargetGroupARNs": [TG]}, {"TargetGroupARNs": [TG[:-1]]}, INVALID, "not found"),
    (TARGETS, {**ON_WEB, "TargetGroupARNs": [TG] * 10}, {"TargetGroupARNs": [TG] * 11}, INVALID, "at most 10"),
    (SOURCES, {**ON_WEB, "TrafficSources": [{"Identifier": TG}]}, {"TrafficSources": [{"Identifier": TG[:-1]}]}, INVALID, "not found"),
    (SOURCES, {**ON_WEB, "TrafficSources": [{"Identifier": TG}] * 10}, {"TrafficSources": [{"Identifier": TG}] * 11}, INVALID, "at most 10"),
]  # fmt: skip

# the call, what the account tells when AWS takes it, and when it refuses
ACCOUNTS = [
    (CREATE, GROUP, "describe_launch_template_versions", volume(VolumeType="gp3", Iops=3000), volume(VolumeType="gp2", Iops=3000), INVALID, "fully-formed launch template. The parameter iops"),
    (CREATE, GROUP, "describe_launch_template_versions", volume(VolumeType="gp3", Throughput=125), volume(VolumeType="gp3", Throughput=124), INVALID, "125 to 2,000"),
    (CREATE, GROUP, "describe_launch_template_versions", volume(VolumeType="gp3", Throughput=125), volume(VolumeType="gp2", Throughput=125), INVALID, "throughput is not supported"),
    (CREATE, GROUP, "describe_launch_template_versions", volume(VolumeType="io2", Iops=100), volume(VolumeType="io2"), INVALID, "must be specified for io2"),
    (CREATE, GROUP, "describe_launch_template_versions", volume(VolumeType="standard", VolumeSize=1024), volume(VolumeType="standard", VolumeSize=1025), INVALID, "1 to 1,024"),
    (CREATE, GROUP, "describe_launch_template_versions", [{"LaunchTemplateData": {"NetworkInterfaces": [{"DeviceIndex": 0}]}}], [{"LaunchTemplateData": {"NetworkInterfaces": [{"DeviceIndex": 0}], "SecurityGroupIds": ["sg-1"]}}], INVALID, "instance-level security groups"),
    (CREATE, GROUP, "describe_launch_template_versions", [{"LaunchTemplateData": {"NetworkInterfaces": [{"DeviceIndex": 0}, {"DeviceIndex": 1}]}}], [{"LaunchTemplateData": {"NetworkInterfaces": [{"DeviceIndex": 0}, {"DeviceIndex": 0}]}}], INVALID, "its own device index"),
    (CREATE, GROUP, "describe_launch_template_versions", [{"LaunchTemplateData": {"NetworkInterfaces": [{"AssociatePublicIpAddress": True}]}}], [{"LaunchTemplateData": {"NetworkInterfaces": [{"AssociatePublicIpAddress": True}, {"DeviceIndex": 1}]}}], INVALID, "multiple interfaces"),
    (CREATE, GROUP, "describe_launch_template_versions", [{"LaunchTemplateData": {"InstanceMarketOptions": {"SpotOptions": {}}}}], [{"LaunchTemplateData": {"InstanceMarketOptions": {"SpotOptions": {"InstanceInterruptionBehavior": "stop"}}}}], INVALID, "persistent"),
    (TARGETS, {**ON_WEB, "TargetGroupARNs": [TG]}, "describe_auto_scaling_groups", [{**WEB, "TargetGroupARNs": [f"{TG}{n}" for n in range(49)]}], [{**WEB, "TargetGroupARNs": [f"{TG}{n}" for n in range(50)]}], "LimitExceeded", "at most 50"),
    (BACK, {**ON_WEB, "InstanceIds": ["i-4"]}, "describe_auto_scaling_groups", [{**WEB, "MaxSize": 5}], [{**WEB, "MaxSize": 4}], INVALID, "above the maximum of 4"),
]  # fmt: skip

HERE = {
    "describe_launch_template_versions": [{"LaunchTemplateData": {}, "VersionNumber": 3}],
}


def here(params):
    return {**HERE, "describe_auto_scaling_groups": [WEB] if params.get("AutoScalingGroupName", "web") == "web" else []}


@pytest.mark.parametrize(("call", "params", "change", "code", "words"), ROWS)
def test_a_single_value_makes_a_call_illegal(ask, refused, call, params, change, code, words):
    ask(call, params, here(params))

    refused(call, {**params, **change}, code, words, here({**params, **change}))


@pytest.mark.parametrize("row", ACCOUNTS)
def test_a_single_fact_makes_a_call_illegal(ask, refused, row):
    call, params, describe, fitting, forbidding, code, words = row
    ask(call, params, {**here(params), describe: fitting})

    refused(call, params, code, words, {**here(params), describe: forbidding})
