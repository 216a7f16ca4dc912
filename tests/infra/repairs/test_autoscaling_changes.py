"""Auto Scaling's repairs around changing and deleting, each proved with it and without it.

The proofs state AWS's documented behaviour; that AWS does it so, only an account can show.
"""

from datetime import UTC, datetime

import pytest
from botocore.exceptions import ClientError

from floodgate.offline.transport import OfflineFault

WEB = {"AutoScalingGroupName": "web"}


def group(aws, **more):
    """A group of two at most a hundred, in one subnet."""
    given = {"MinSize": 2, "MaxSize": 100, "VPCZoneIdentifier": aws.subnet("10.0.0.0/24")}
    given |= {"LaunchTemplate": {"LaunchTemplateId": aws.template(), "Version": "1"}}
    aws.autoscaling.create_auto_scaling_group(**WEB, **given | more)


def told(aws):
    return aws.autoscaling.describe_auto_scaling_groups()["AutoScalingGroups"][0]


def running(aws):
    alive = [{"Name": "instance-state-name", "Values": ["pending", "running"]}]
    return sum(len(r["Instances"]) for r in aws.ec2.describe_instances(Filters=alive)["Reservations"])


def test_an_instance_whose_protection_is_lifted_goes_with_the_size(proves):
    def proof(aws):
        group(aws, NewInstancesProtectedFromScaleIn=True)
        aws.autoscaling.update_auto_scaling_group(**WEB, MinSize=0, DesiredCapacity=0)
        held = [instance["InstanceId"] for instance in told(aws)["Instances"]]
        assert len(held) == 2
        aws.autoscaling.set_instance_protection(**WEB, InstanceIds=held, ProtectedFromScaleIn=False)
        assert running(aws) == 0

    proves(proof)


def test_a_deletion_by_force_ends_protected_instances_too(proves):
    def proof(aws):
        group(aws, NewInstancesProtectedFromScaleIn=True)
        aws.autoscaling.suspend_processes(**WEB, ScalingProcesses=["Terminate"])
        aws.autoscaling.delete_auto_scaling_group(**WEB, ForceDelete=True)
        assert running(aws) == 0

    proves(proof)


def test_a_group_with_a_warm_pool_is_deleted_by_force_only(proves):
    def proof(aws):
        group(aws, MinSize=0)
        aws.autoscaling.put_warm_pool(**WEB, MinSize=2)
        assert aws.refused(aws.autoscaling.delete_auto_scaling_group, **WEB) == "ResourceInUse"
        assert aws.refused(aws.autoscaling.delete_warm_pool, **WEB) == "ResourceInUse"
        aws.autoscaling.delete_warm_pool(**WEB, ForceDelete=True)
        assert aws.refused(aws.autoscaling.delete_warm_pool, **WEB) == "ValidationError"

    proves(proof)


@pytest.mark.parametrize(
    ("field", "value", "nothing"),
    [
        ("PlacementGroup", "near", ""),
        ("MaxInstanceLifetime", 86400, 0),
        ("DefaultInstanceWarmup", 60, -1),
        (
            "InstanceMaintenancePolicy",
            {"MinHealthyPercentage": 90, "MaxHealthyPercentage": 110},
            {"MinHealthyPercentage": -1, "MaxHealthyPercentage": -1},
        ),
    ],
)
def test_a_setting_is_cleared_by_the_value_that_stands_for_none(proves, field, value, nothing):
    def proof(aws):
        group(aws, **{field: value})
        assert told(aws).get(field) == value
        aws.autoscaling.update_auto_scaling_group(**WEB, **{field: nothing})
        assert field not in told(aws)

    proves(proof)


def test_a_group_has_either_a_template_or_a_launch_configuration(proves):
    def proof(aws):
        group(aws)
        template = {"LaunchTemplateId": told(aws)["LaunchTemplate"]["LaunchTemplateId"]}
        aws.autoscaling.create_launch_configuration(
            LaunchConfigurationName="old", ImageId=aws.image(), InstanceType="c7g.large"
        )
        aws.autoscaling.update_auto_scaling_group(**WEB, LaunchConfigurationName="old")
        assert "LaunchTemplate" not in told(aws)
        aws.autoscaling.update_auto_scaling_group(**WEB, LaunchTemplate=template)
        assert "LaunchConfigurationName" not in told(aws)

    proves(proof)


def test_a_group_whose_hook_is_refused_leaves_no_instances(proves):
    def proof(aws):
        source = {"Identifier": "arn:aws:elasticloadbalancing:x:1:targetgroup/none/1", "Type": "elbv2"}
        with pytest.raises(ClientError):
            group(aws, TrafficSources=[source])
        assert aws.autoscaling.describe_auto_scaling_groups()["AutoScalingGroups"] == []
        assert running(aws) == 0

    # plain moto takes it without a word
    proves(proof, plain=pytest.fail.Exception)


def test_one_launch_of_several_that_fails_ends_the_others(proves):
    def proof(aws):
        vpc = aws.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        # the second of the two subnets has room for eleven
        made = [
            aws.ec2.create_subnet(VpcId=vpc, CidrBlock=cidr, AvailabilityZone=f"ap-northeast-2{zone}")["Subnet"]
            for cidr, zone in (("10.0.0.0/24", "a"), ("10.0.1.0/28", "b"))
        ]
        with pytest.raises((ClientError, OfflineFault)):
            group(aws, MinSize=40, VPCZoneIdentifier=",".join(subnet["SubnetId"] for subnet in made))
        assert running(aws) == 0

    proves(proof, plain=pytest.fail.Exception)


def test_only_what_is_attached_can_be_detached(proves):
    def proof(aws):
        group(aws)
        vpc = aws.ec2.describe_subnets(SubnetIds=[told(aws)["VPCZoneIdentifier"]])["Subnets"][0]["VpcId"]
        made = aws.elbv2.create_target_group(Name="blue", Protocol="HTTP", Port=80, VpcId=vpc)
        arn = made["TargetGroups"][0]["TargetGroupArn"]
        client = aws.autoscaling
        assert [
            aws.refused(client.detach_load_balancer_target_groups, **WEB, TargetGroupARNs=[arn]),
            aws.refused(client.detach_load_balancers, **WEB, LoadBalancerNames=["none"]),
        ] == ["ValidationError"] * 2
        client.attach_load_balancer_target_groups(**WEB, TargetGroupARNs=[arn])
        aws.elbv2.delete_target_group(TargetGroupArn=arn)
        client.detach_load_balancer_target_groups(**WEB, TargetGroupARNs=[arn])
        assert told(aws)["TargetGroupARNs"] == []

    proves(proof)


def test_detaching_one_balancer_leaves_the_instances_with_the_others(proves):
    def proof(aws):
        group(aws)
        for name in ("one", "two"):
            listener = {"Protocol": "HTTP", "LoadBalancerPort": 80, "InstancePort": 80}
            zones = ["ap-northeast-2a"]
            aws.elb.create_load_balancer(LoadBalancerName=name, Listeners=[listener], AvailabilityZones=zones)
        aws.autoscaling.attach_load_balancers(**WEB, LoadBalancerNames=["one", "two"])
        aws.autoscaling.detach_load_balancers(**WEB, LoadBalancerNames=["one"])
        described = aws.elb.describe_load_balancers()["LoadBalancerDescriptions"]
        assert {each["LoadBalancerName"]: len(each["Instances"]) for each in described} == {"one": 0, "two": 2}

    proves(proof)


def test_a_hook_that_is_not_there_is_not_deleted(proves):
    def proof(aws):
        group(aws)
        with pytest.raises(ClientError, match="No Lifecycle Hook found"):
            aws.autoscaling.delete_lifecycle_hook(**WEB, LifecycleHookName="none")

    proves(proof, plain=pytest.fail.Exception)


def test_a_scheduled_action_is_there_until_it_has_run(proves):
    def proof(aws):
        group(aws)
        once, daily = datetime(2027, 8, 8, 12, tzinfo=UTC), "0 12 * * *"
        put = aws.autoscaling.put_scheduled_update_group_action
        put(**WEB, ScheduledActionName="once", StartTime=once, MinSize=4)
        put(**WEB, ScheduledActionName="daily", Recurrence=daily, MinSize=4)
        put(**WEB, ScheduledActionName="ends", Recurrence=daily, EndTime=once, MinSize=4)

        def names():
            found = aws.autoscaling.describe_scheduled_actions(**WEB)["ScheduledUpdateGroupActions"]
            return [action["ScheduledActionName"] for action in found]

        assert names() == ["once", "daily", "ends"]
        aws.world.now = once
        assert names() == ["daily"]

    proves(proof)


@pytest.mark.parametrize("version", [None, "$Latest", "$Default"])
def test_a_rollback_needs_a_version_that_stays_what_it_is(proves, version):
    def proof(aws):
        group(aws)
        id_ = told(aws)["LaunchTemplate"]["LaunchTemplateId"]
        template = {"LaunchTemplateId": id_} | ({"Version": version} if version else {})
        wanted = {"DesiredConfiguration": {"LaunchTemplate": template}, "Preferences": {"AutoRollback": True}}
        start = aws.autoscaling.start_instance_refresh
        assert aws.refused(start, **WEB, **wanted) == "ValidationError"
        assert aws.refused(start, **WEB, Preferences={"AutoRollback": True}) == "ValidationError"
        wanted["DesiredConfiguration"]["LaunchTemplate"]["Version"] = "1"
        assert aws.refused(start, **WEB, **wanted) == ""

    proves(proof, plain=Exception)
