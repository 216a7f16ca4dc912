"""Groups and all that is attached to them, made through the handlers and read back through boto3.

This proves that what a program declares is what AWS is told; what AWS makes of it in time is the rehearsal's business.
"""

from datetime import UTC, datetime

import pytest

from floodgate.offline.problems import Refused

pytestmark = pytest.mark.filterwarnings("ignore:.* has been deprecated in favor of:DeprecationWarning")

IMAGE = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"


@pytest.fixture
def subnets(make):
    vpc, _ = make("aws:ec2/vpc:Vpc", cidrBlock="10.0.0.0/16")
    return [
        make("aws:ec2/subnet:Subnet", z, vpcId=vpc, cidrBlock=f"10.0.{i}.0/24", availabilityZone=f"ap-northeast-2{z}")[
            0
        ]
        for i, z in enumerate("abc")
    ]


@pytest.fixture
def template(make):
    image = make.ask("aws:ssm/getParameter:getParameter", name=IMAGE)["value"]
    return make("aws:ec2/launchTemplate:LaunchTemplate", imageId=image, instanceType="c7g.xlarge")[0]


@pytest.fixture
def group(make, subnets, template):
    def declare(**props):
        given = {"name": "web", "minSize": 0, "maxSize": 6, "vpcZoneIdentifiers": subnets}
        if "mixedInstancesPolicy" not in props:
            given["launchTemplate"] = {"id": template}
        return make("aws:autoscaling/group:Group", **given | props)

    return declare


def told(make):
    (only,) = make.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
    return only


def test_every_choice_about_a_group_reaches_aws(make, group):
    id_, state = group(
        minSize=2,
        maxSize=9,
        desiredCapacity=3,
        healthCheckType="ELB",
        defaultInstanceWarmup=120,
        maxInstanceLifetime=86400,
        instanceMaintenancePolicy={"minHealthyPercentage": 90, "maxHealthyPercentage": 120},
        availabilityZoneDistribution={"capacityDistributionStrategy": "balanced-only"},
        enabledMetrics=["GroupMinSize", "GroupMaxSize"],
        suspendedProcesses=["AZRebalance"],
        terminationPolicies=["OldestInstance"],
        warmPool={"poolState": "Stopped", "minSize": 4, "instanceReusePolicy": {"reuseOnScaleIn": True}},
        initialLifecycleHooks=[
            {"name": "boot", "lifecycleTransition": "autoscaling:EC2_INSTANCE_LAUNCHING", "heartbeatTimeout": 300}
        ],
        tags=[{"key": "floodgate:service", "value": "/s", "propagateAtLaunch": False}],
        # the provider's own, which AWS never hears of
        instanceRefresh={"strategy": "Rolling"},
        waitForCapacityTimeout="0",
    )
    aws = told(make)
    hooks = make.client("autoscaling").describe_lifecycle_hooks(AutoScalingGroupName="web")["LifecycleHooks"]

    assert id_ == "web"
    assert [aws[name] for name in ("MinSize", "MaxSize", "DesiredCapacity")] == [2, 9, 3]
    assert [len(aws["Instances"]), aws["HealthCheckType"], aws["HealthCheckGracePeriod"]] == [3, "ELB", 300]
    assert [aws["DefaultInstanceWarmup"], aws["MaxInstanceLifetime"]] == [120, 86400]
    assert aws["InstanceMaintenancePolicy"] == {"MinHealthyPercentage": 90, "MaxHealthyPercentage": 120}
    assert aws["AvailabilityZoneDistribution"] == {"CapacityDistributionStrategy": "balanced-only"}
    assert [metric["Metric"] for metric in aws["EnabledMetrics"]] == ["GroupMinSize", "GroupMaxSize"]
    assert [process["ProcessName"] for process in aws["SuspendedProcesses"]] == ["AZRebalance"]
    assert aws["TerminationPolicies"] == ["OldestInstance"]
    assert aws["WarmPoolConfiguration"]["InstanceReusePolicy"] == {"ReuseOnScaleIn": True}
    assert aws["WarmPoolSize"] == state["warmPoolSize"] == 6, "what is prepared up to the maximum"
    assert [tag["PropagateAtLaunch"] for tag in aws["Tags"]] == [False]
    assert [(hook["LifecycleHookName"], hook["HeartbeatTimeout"]) for hook in hooks] == [("boot", 300)]


def test_a_group_of_mixed_instances_keeps_its_mixture(make, group, template):
    group(
        desiredCapacity=4,
        mixedInstancesPolicy={
            "instancesDistribution": {"onDemandBaseCapacity": 1, "onDemandPercentageAboveBaseCapacity": 50},
            "launchTemplate": {
                "launchTemplateSpecification": {"launchTemplateId": template, "version": "$Latest"},
                "overrides": [
                    {"instanceType": "c7g.2xlarge", "weightedCapacity": "2"},
                    {"instanceType": "c7g.xlarge", "weightedCapacity": "1"},
                ],
            },
        },
    )
    aws = told(make)

    assert aws["MixedInstancesPolicy"]["InstancesDistribution"]["OnDemandBaseCapacity"] == 1
    assert [instance["InstanceType"] for instance in aws["Instances"]] == ["c7g.2xlarge"] * 2, "each counts for two"


def policies(make):
    found = make.client("autoscaling").describe_policies(AutoScalingGroupName="web")["ScalingPolicies"]
    return {policy["PolicyName"]: policy for policy in found}


def policy(make, name, **props):
    return make("aws:autoscaling/policy:Policy", name, name=name, autoscalingGroupName="web", **props)


def test_target_tracking_follows_aws_own_metrics_or_any_other(make, group):
    group()
    metric = {"metricName": "People", "namespace": "Floodgate"}
    predefined = {"predefinedMetricType": "ASGAverageCPUUtilization"}
    custom = {**metric, "metricDimensions": [{"name": "Stack", "value": "a"}], "statistic": "Maximum"}
    maths = [
        {"id": "people", "metricStat": {"metric": metric, "stat": "Sum"}, "returnData": False},
        {"id": "half", "expression": "people / 2", "returnData": True},
    ]
    for name, source in {
        "cpu": {"predefinedMetricSpecification": predefined},
        "custom": {"customizedMetricSpecification": custom},
        "maths": {"customizedMetricSpecification": {"metrics": maths}},
    }.items():
        configuration = {"targetValue": 40.0, **source}
        _, state = policy(make, name, policyType="TargetTrackingScaling", targetTrackingConfiguration=configuration)
        assert state["arn"] == policies(make)[name]["PolicyARN"]
    found = {name: p["TargetTrackingConfiguration"] for name, p in policies(make).items()}

    assert found["cpu"]["PredefinedMetricSpecification"]["PredefinedMetricType"] == "ASGAverageCPUUtilization"
    assert found["custom"]["CustomizedMetricSpecification"]["Dimensions"] == [{"Name": "Stack", "Value": "a"}]
    assert found["maths"]["CustomizedMetricSpecification"]["Metrics"][1]["Expression"] == "people / 2"
    assert [len(p["Alarms"]) for p in policies(make).values()] == [2, 2, 2], "a high and a low alarm for each"


def test_step_simple_and_predictive_policies_arrive_as_declared(make, group):
    group()
    steps = [
        {"metricIntervalLowerBound": "0", "metricIntervalUpperBound": "1000", "scalingAdjustment": 10},
        {"metricIntervalLowerBound": "1000", "scalingAdjustment": 30},
    ]
    policy(
        make, "step", policyType="StepScaling", adjustmentType="PercentChangeInCapacity", minAdjustmentMagnitude=2,
        estimatedInstanceWarmup=90, stepAdjustments=steps,
    )  # fmt: skip
    policy(make, "simple", adjustmentType="ChangeInCapacity", scalingAdjustment=1, cooldown=60)
    pair = {"predefinedMetricType": "ASGCPUUtilization"}
    predictive = {
        "mode": "ForecastOnly",
        "schedulingBufferTime": "600",
        "metricSpecification": {"targetValue": 40, "predefinedMetricPairSpecification": pair},
    }
    policy(make, "predictive", policyType="PredictiveScaling", predictiveScalingConfiguration=predictive)
    found = policies(make)

    assert found["step"]["StepAdjustments"] == [
        {"MetricIntervalLowerBound": 0.0, "MetricIntervalUpperBound": 1000.0, "ScalingAdjustment": 10},
        {"MetricIntervalLowerBound": 1000.0, "ScalingAdjustment": 30},
    ]
    assert [found["step"][name] for name in ("MinAdjustmentMagnitude", "EstimatedInstanceWarmup")] == [2, 90]
    assert [found["simple"]["Cooldown"], found["simple"]["Enabled"]] == [60, True]
    assert found["predictive"]["PredictiveScalingConfiguration"]["SchedulingBufferTime"] == 600


def test_a_scheduled_action_leaves_alone_what_is_minus_one(make, group):
    group()
    _, state = make(
        "aws:autoscaling/schedule:Schedule",
        scheduledActionName="open",
        autoscalingGroupName="web",
        minSize=5,
        maxSize=-1,
        desiredCapacity=-1,
        startTime="2027-08-09T10:30:00Z",
        timeZone="Asia/Seoul",
    )
    (action,) = make.client("autoscaling").describe_scheduled_actions()["ScheduledUpdateGroupActions"]

    assert action["MinSize"] == 5
    assert not {"MaxSize", "DesiredCapacity"} & set(action)
    assert action["StartTime"] == datetime(2027, 8, 9, 10, 30, tzinfo=UTC)
    assert (state["maxSize"], state["startTime"]) == (-1, "2027-08-09T10:30:00Z")


def test_targets_are_attached_in_any_of_the_three_ways(make, group, subnets):
    vpc = make.client("ec2").describe_subnets(SubnetIds=subnets[:1])["Subnets"][0]["VpcId"]
    arns = [
        make("aws:lb/targetGroup:TargetGroup", name, name=name, port=80, protocol="HTTP", vpcId=vpc)[0]
        for name in "abc"
    ]
    group(targetGroupArns=arns[:1], desiredCapacity=1)
    make("aws:autoscaling/attachment:Attachment", autoscalingGroupName="web", lbTargetGroupArn=arns[1])
    source = {"identifier": arns[2], "type": "elbv2"}
    id_, _ = make("aws:autoscaling/trafficSourceAttachment:TrafficSourceAttachment", autoscalingGroupName="web",
                  trafficSource=source)  # fmt: skip

    assert told(make)["TargetGroupARNs"] == arns
    assert id_ == f"web,elbv2,{arns[2]}"
    for arn in arns:
        health = make.client("elbv2").describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"]
        assert [one["Target"]["Id"] for one in health] == [told(make)["Instances"][0]["InstanceId"]]


def test_a_group_of_sixty_is_spread_evenly(make, group):
    group(maxSize=60, desiredCapacity=60)
    zones = [instance["AvailabilityZone"] for instance in told(make)["Instances"]]

    assert {zone: zones.count(zone) for zone in set(zones)} == {f"ap-northeast-2{z}": 20 for z in "abc"}


def test_a_group_that_aws_refuses_is_refused_in_aws_words(group):
    with pytest.raises(Refused, match="ValidationError"):
        group(minSize=7)
