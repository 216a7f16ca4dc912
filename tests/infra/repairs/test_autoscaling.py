"""Auto Scaling's repairs, each proved with it and without it.

The proofs state AWS's documented behaviour; that AWS does it so, only an account can show.
"""

from collections import Counter

import pytest
from botocore.exceptions import ClientError

from floodgate.offline.transport import NotOffline, OfflineFault

STEPS = [
    {"MetricIntervalLowerBound": 0, "MetricIntervalUpperBound": 10, "ScalingAdjustment": 10},
    {"MetricIntervalLowerBound": 10, "ScalingAdjustment": 50},
]
CPU = {
    "PredefinedMetricSpecification": {"PredefinedMetricType": "ASGAverageCPUUtilization"},
    "TargetValue": 50.0,
}


def subnets(aws):
    """One in each of three zones, in a network of their own."""
    vpc = aws.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    zones = {f"ap-northeast-2{z}": f"10.0.{i}.0/24" for i, z in enumerate("abc")}
    made = [aws.ec2.create_subnet(VpcId=vpc, CidrBlock=c, AvailabilityZone=z)["Subnet"] for z, c in zones.items()]
    return vpc, [subnet["SubnetId"] for subnet in made]


def group(aws, name="web", *, in_subnets=None, **more):
    """A group of at most 6; its parameters for calls that shall be refused are `more`."""
    template = more.pop("template", None)
    given = {"MinSize": 0, "MaxSize": 6, "VPCZoneIdentifier": ",".join(in_subnets or subnets(aws)[1])}
    if "MixedInstancesPolicy" not in more:
        given["LaunchTemplate"] = {"LaunchTemplateId": template or aws.template()}
    aws.autoscaling.create_auto_scaling_group(AutoScalingGroupName=name, **given | more)
    return {"AutoScalingGroupName": name}


def told(aws, name="web"):
    return aws.autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"][0]


def policy(aws, name="p", group_name="web", **more):
    given = {"PolicyType": "StepScaling", "AdjustmentType": "PercentChangeInCapacity", "StepAdjustments": STEPS}
    if "TargetTrackingConfiguration" in more:
        given = {"PolicyType": "TargetTrackingScaling"}
    return aws.autoscaling.put_scaling_policy(AutoScalingGroupName=group_name, PolicyName=name, **given | more)


def test_new_bounds_move_the_desired_capacity(proves):
    def proof(aws):
        it = group(aws, DesiredCapacity=5)
        aws.autoscaling.suspend_processes(**it, ScalingProcesses=["Terminate"])
        aws.autoscaling.update_auto_scaling_group(**it, MaxSize=3)

        assert told(aws)["DesiredCapacity"] == 3
        assert len(told(aws)["Instances"]) == 5, "what is suspended terminates nothing"

    proves(proof)


def test_a_name_is_taken_once(proves):
    def proof(aws):
        template = aws.template()
        group(aws, template=template)
        code = aws.refused(group, aws=aws, template=template)

        assert code == "AlreadyExists"

    proves(proof)


def test_a_group_with_instances_is_deleted_only_by_force_and_with_all_that_is_its_own(proves):
    def proof(aws):
        it = group(aws, DesiredCapacity=1)
        policy(aws, TargetTrackingConfiguration=CPU)
        aws.autoscaling.put_lifecycle_hook(
            **it, LifecycleHookName="h", LifecycleTransition="autoscaling:EC2_INSTANCE_LAUNCHING"
        )
        aws.autoscaling.put_scheduled_update_group_action(
            **it, ScheduledActionName="s", MinSize=1, StartTime="2027-08-09T00:00:00Z"
        )
        code = aws.refused(aws.autoscaling.delete_auto_scaling_group, **it)
        aws.autoscaling.delete_auto_scaling_group(**it, ForceDelete=True)

        assert code == "ResourceInUse"
        assert aws.autoscaling.describe_policies()["ScalingPolicies"] == []
        assert aws.autoscaling.describe_scheduled_actions()["ScheduledUpdateGroupActions"] == []
        assert aws.cloudwatch.describe_alarms()["MetricAlarms"] == []

    proves(proof, (AssertionError, ClientError))


def test_fields_that_a_group_was_given_are_told(proves):
    def proof(aws):
        policy = {"MinHealthyPercentage": 90, "MaxHealthyPercentage": 110}
        it = group(aws, DefaultInstanceWarmup=60, MaxInstanceLifetime=86400, InstanceMaintenancePolicy=policy)
        aws.autoscaling.update_auto_scaling_group(**it, DefaultCooldown=30, TerminationPolicies=["NewestInstance"])
        found = told(aws)

        assert (found["DefaultInstanceWarmup"], found["MaxInstanceLifetime"]) == (60, 86400)
        assert found["InstanceMaintenancePolicy"] == policy
        assert (found["DefaultCooldown"], found["TerminationPolicies"]) == (30, ["NewestInstance"])
        assert found["HealthCheckGracePeriod"] == 0, "the API's default; 300 is the console's and the provider's"

    proves(proof, KeyError)


def test_instances_are_spread_over_the_zones_and_leave_the_fullest_first(proves):
    def proof(aws):
        it = group(aws, DesiredCapacity=6)
        launched = Counter(i["AvailabilityZone"] for i in told(aws)["Instances"])
        aws.autoscaling.set_desired_capacity(**it, DesiredCapacity=4)
        left = Counter(i["AvailabilityZone"] for i in told(aws)["Instances"])

        assert set(launched.values()) == {2}
        assert sorted(left.values()) == [1, 1, 2]

    proves(proof)


def test_targets_come_and_go_with_their_instances(proves):
    def proof(aws):
        vpc, ids = subnets(aws)
        arn = aws.elbv2.create_target_group(Name="t", Protocol="HTTP", Port=80, VpcId=vpc)
        arn = arn["TargetGroups"][0]["TargetGroupArn"]
        it = group(aws, in_subnets=ids, TargetGroupARNs=[arn], DesiredCapacity=5)
        aws.autoscaling.set_desired_capacity(**it, DesiredCapacity=2)
        instances = {i["InstanceId"] for i in told(aws)["Instances"]}
        aws.ec2.terminate_instances(InstanceIds=[min(instances)])
        health = aws.elbv2.describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"]

        assert {one["Target"]["Id"] for one in health} == {i["InstanceId"] for i in told(aws)["Instances"]}
        assert len(health) == 2

    proves(proof)


def mixed(aws, base, percent, **more):
    specification = {"LaunchTemplateId": aws.template(), "Version": "$Latest"}
    return {
        "InstancesDistribution": {"OnDemandBaseCapacity": base, "OnDemandPercentageAboveBaseCapacity": percent},
        "LaunchTemplate": {
            "LaunchTemplateSpecification": specification,
            "Overrides": [{"InstanceType": "c7g.2xlarge", **more}],
        },
    }


def test_mixed_instances_are_counted_and_typed_and_survive_an_update(proves):
    def proof(aws):
        it = group(aws, DesiredCapacity=5, MixedInstancesPolicy=mixed(aws, 2, 50))
        instances = aws.ec2.describe_instances()["Reservations"]
        spot = [i for r in instances for i in r["Instances"] if i.get("InstanceLifecycle") == "spot"]
        aws.autoscaling.update_auto_scaling_group(**it, MaxSize=5)
        found = told(aws)

        assert [i["InstanceType"] for i in found["Instances"]] == ["c7g.2xlarge"] * 5
        assert len(spot) == 1, "two, and half of three rounded up, are on demand"
        assert found["MixedInstancesPolicy"]["InstancesDistribution"]["OnDemandBaseCapacity"] == 2

    proves(proof)


def test_an_instance_tells_the_version_it_was_launched_from(proves):
    def proof(aws):
        template = aws.template()
        data = {"ImageId": aws.image(), "InstanceType": "c7g.xlarge"}
        aws.ec2.create_launch_template_version(LaunchTemplateId=template, LaunchTemplateData=data)
        latest = {"LaunchTemplateId": template, "Version": "$Latest"}
        group(aws, template=template, LaunchTemplate=latest, DesiredCapacity=1)

        assert told(aws)["Instances"][0]["LaunchTemplate"]["Version"] == "2"

    proves(proof)


def test_all_group_metrics_are_enabled_unless_named_and_can_be_disabled(proves):
    def proof(aws):
        it = group(aws)
        aws.autoscaling.enable_metrics_collection(**it, Granularity="1Minute")
        every = len(told(aws)["EnabledMetrics"])
        aws.autoscaling.disable_metrics_collection(**it, Metrics=["GroupMinSize"])

        assert (every, len(told(aws)["EnabledMetrics"])) == (20, 19)

    proves(proof, (AssertionError, NotOffline))


def test_a_policy_answers_with_its_arn_and_alarms_that_act_on_it(proves):
    def proof(aws):
        group(aws)
        made = policy(aws, TargetTrackingConfiguration=CPU)
        alarms = {a["AlarmName"].split("-")[2]: a for a in aws.cloudwatch.describe_alarms()["MetricAlarms"]}

        assert ":policyName/p" in made["PolicyARN"]
        assert len(made["Alarms"]) == 2
        high, low = alarms["AlarmHigh"], alarms["AlarmLow"]
        assert (high["ComparisonOperator"], high["Threshold"], high["EvaluationPeriods"]) == (
            "GreaterThanThreshold",
            50,
            3,
        )
        assert (low["ComparisonOperator"], low["Threshold"], low["EvaluationPeriods"]) == ("LessThanThreshold", 35, 15)
        assert high["AlarmActions"] == low["AlarmActions"] == [made["PolicyARN"]]
        assert high["Dimensions"] == [{"Name": "AutoScalingGroupName", "Value": "web"}]

    proves(proof, KeyError)


def test_a_changed_policy_keeps_its_arn_and_has_no_alarms_too_many(proves):
    def proof(aws):
        group(aws)
        first = policy(aws, TargetTrackingConfiguration=CPU)["PolicyARN"]
        again = policy(aws, TargetTrackingConfiguration=CPU | {"TargetValue": 60.0})["PolicyARN"]
        thresholds = sorted(alarm["Threshold"] for alarm in aws.cloudwatch.describe_alarms()["MetricAlarms"])
        aws.autoscaling.delete_policy(PolicyName=again)

        assert first == again
        assert thresholds == [42, 60]
        assert aws.cloudwatch.describe_alarms()["MetricAlarms"] == []

    proves(proof, KeyError)


def test_two_groups_may_name_policies_and_schedules_alike(proves):
    def proof(aws):
        template, (_, ids) = aws.template(), subnets(aws)
        for name in ("a", "b"):
            group(aws, name, template=template, in_subnets=ids)
            policy(aws, group_name=name)
            aws.autoscaling.put_scheduled_update_group_action(
                AutoScalingGroupName=name, ScheduledActionName="s", MinSize=1, StartTime="2027-08-09T00:00:00Z"
            )
        policies = aws.autoscaling.describe_policies()["ScalingPolicies"]
        actions = aws.autoscaling.describe_scheduled_actions()["ScheduledUpdateGroupActions"]

        assert len({p["PolicyARN"] for p in policies}) == 2
        assert len({a["ScheduledActionARN"] for a in actions}) == 2

    proves(proof)


@pytest.mark.parametrize(
    ("breach", "magnitude", "expected"),
    [(5, None, 5), (15, None, 6), (5, 2, 6)],
    ids=["a tenth of four is one", "half of four is two", "two at least"],
)
def test_a_step_policy_is_executed_by_its_arn_with_steps_magnitude_and_bounds(proves, breach, magnitude, expected):
    def proof(aws):
        group(aws, DesiredCapacity=4)
        arn = policy(aws, **{"MinAdjustmentMagnitude": magnitude} if magnitude else {})["PolicyARN"]
        aws.autoscaling.execute_policy(PolicyName=arn, MetricValue=100 + breach, BreachThreshold=100)

        assert told(aws)["DesiredCapacity"] == expected

    proves(proof, KeyError)


def test_an_executed_policy_stays_within_the_groups_bounds(proves):
    def proof(aws):
        group(aws, DesiredCapacity=4, MinSize=1)
        for name, adjustment in (("up", 50), ("down", -50)):
            aws.autoscaling.put_scaling_policy(
                AutoScalingGroupName="web",
                PolicyName=name,
                AdjustmentType="ChangeInCapacity",
                ScalingAdjustment=adjustment,
            )
        aws.autoscaling.execute_policy(AutoScalingGroupName="web", PolicyName="up")
        up = told(aws)["DesiredCapacity"]
        aws.autoscaling.execute_policy(AutoScalingGroupName="web", PolicyName="down")

        assert (up, told(aws)["DesiredCapacity"]) == (6, 1)

    proves(proof, (AssertionError, OfflineFault))


def test_a_hook_is_told_as_it_was_given(proves):
    def proof(aws):
        it = group(aws)
        given = {
            "LifecycleHookName": "h",
            "LifecycleTransition": "autoscaling:EC2_INSTANCE_LAUNCHING",
            "NotificationMetadata": "for later",
            "HeartbeatTimeout": 600,
        }
        aws.autoscaling.put_lifecycle_hook(**it, **given)
        (hook,) = aws.autoscaling.describe_lifecycle_hooks(**it)["LifecycleHooks"]

        assert hook == {**it, **given, "DefaultResult": "ABANDON", "GlobalTimeout": 60_000}

    proves(proof)


def test_a_warm_pool_has_a_size(proves):
    def proof(aws):
        it = group(aws, DesiredCapacity=2)
        aws.autoscaling.put_warm_pool(**it, MaxGroupPreparedCapacity=5)

        assert told(aws)["WarmPoolSize"] == 3, "what is prepared beyond the two that run"

    proves(proof, KeyError)


def test_traffic_sources_and_target_groups_are_two_names_for_one_thing(proves):
    def proof(aws):
        vpc, ids = subnets(aws)
        arn = aws.elbv2.create_target_group(Name="t", Protocol="HTTP", Port=80, VpcId=vpc)
        source = {"Identifier": arn["TargetGroups"][0]["TargetGroupArn"], "Type": "elbv2"}
        it = group(aws, in_subnets=ids, TrafficSources=[source])
        made = told(aws)["TargetGroupARNs"]
        aws.autoscaling.detach_traffic_sources(**it, TrafficSources=[source])

        assert made == [source["Identifier"]]
        assert aws.autoscaling.describe_traffic_sources(**it)["TrafficSources"] == []

    proves(proof, NotOffline)


def test_an_instance_refresh_is_a_record(proves):
    def proof(aws):
        it = group(aws, DesiredCapacity=1)
        id_ = aws.autoscaling.start_instance_refresh(**it)["InstanceRefreshId"]
        again = aws.refused(aws.autoscaling.start_instance_refresh, **it)
        states = [aws.autoscaling.describe_instance_refreshes(**it)["InstanceRefreshes"][0] for _ in range(2)]

        assert [state["InstanceRefreshId"] for state in states] == [id_, id_]
        assert (again, [s["Status"] for s in states]) == ("InstanceRefreshInProgress", ["Pending", "Successful"])

    proves(proof, NotOffline)


def test_who_is_told_of_a_group_is_kept(proves):
    def proof(aws):
        it, topic = group(aws), "arn:aws:sns:ap-northeast-2:123456789012:t"
        kinds = ["autoscaling:EC2_INSTANCE_LAUNCH"]
        aws.autoscaling.put_notification_configuration(**it, TopicARN=topic, NotificationTypes=kinds)
        found = aws.autoscaling.describe_notification_configurations()["NotificationConfigurations"]

        assert found == [{**it, "TopicARN": topic, "NotificationType": kinds[0]}]

    proves(proof, NotOffline)
