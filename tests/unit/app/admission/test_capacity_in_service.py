"""Which servers count, read through boto3 from an AWS on this machine (moto), and what counts while it is away.

That AWS means by these answers what is counted here is its documentation; no test stands on a real account.
"""

import asyncio

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from app.admission import capacity
from app.admission.capacity import FixedCapacity, GroupCapacity, healthy_servers
from app.admission.troubles import Troubles

REGION = "ap-northeast-2"
GROUP = "floodgate-opening"


class Fleet:
    """A group of servers behind one balancer."""

    def __init__(self, session, servers):
        self.session = session
        self.groups, self.balancer, ec2 = map(session.client, ("autoscaling", "elbv2", "ec2"))
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        self.subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/20")["Subnet"]["SubnetId"]
        image = ec2.describe_images()["Images"][0]["ImageId"]
        template = ec2.create_launch_template(
            LaunchTemplateName="server", LaunchTemplateData={"ImageId": image, "InstanceType": "t3.micro"}
        )["LaunchTemplate"]["LaunchTemplateId"]
        self.targets = [
            self.balancer.create_target_group(Name=name, Protocol="HTTP", Port=80, VpcId=vpc)["TargetGroups"][0][
                "TargetGroupArn"
            ]
            for name in ("public", "internal")
        ]
        self.groups.create_auto_scaling_group(
            AutoScalingGroupName=GROUP,
            LaunchTemplate={"LaunchTemplateId": template},
            MinSize=0,
            MaxSize=20,
            DesiredCapacity=servers,
            VPCZoneIdentifier=self.subnet,
            TargetGroupARNs=self.targets,
        )

    def instances(self):
        (group,) = self.groups.describe_auto_scaling_groups(AutoScalingGroupNames=[GROUP])["AutoScalingGroups"]
        return [instance["InstanceId"] for instance in group["Instances"]]

    def make_unhealthy(self, instance, target_group):
        self.balancer.deregister_targets(TargetGroupArn=self.targets[target_group], Targets=[{"Id": instance}])

    def count(self):
        return healthy_servers(self.groups, self.balancer, GROUP)


@pytest.fixture(scope="module")
def session():
    """One for all tests: it reads AWS's service models once."""
    return boto3.Session("a", "b", region_name=REGION)


@pytest.fixture
def fleet(session):
    with mock_aws():
        yield Fleet(session, 5)


def test_servers_that_are_in_service_and_healthy_count(fleet):
    assert fleet.count() == 5


def test_a_server_that_one_target_group_calls_unhealthy_does_not_count(fleet):
    first, second, *_ = fleet.instances()
    fleet.make_unhealthy(first, 0)
    assert fleet.count() == 4
    fleet.make_unhealthy(second, 1)
    assert fleet.count() == 3


def test_a_server_on_standby_does_not_count_though_it_is_healthy(fleet):
    first = fleet.instances()[0]
    fleet.groups.enter_standby(InstanceIds=[first], AutoScalingGroupName=GROUP, ShouldDecrementDesiredCapacity=True)
    for arn in fleet.targets:
        fleet.balancer.register_targets(TargetGroupArn=arn, Targets=[{"Id": first}])
    assert fleet.count() == 4


def test_servers_of_another_group_do_not_count(fleet):
    other = fleet.groups.describe_auto_scaling_groups(AutoScalingGroupNames=[GROUP])["AutoScalingGroups"][0]
    fleet.groups.create_auto_scaling_group(
        AutoScalingGroupName="another",
        LaunchTemplate={"LaunchTemplateId": other["LaunchTemplate"]["LaunchTemplateId"]},
        MinSize=3,
        MaxSize=3,
        VPCZoneIdentifier=fleet.subnet,
        TargetGroupARNs=fleet.targets,
    )
    assert fleet.count() == 5


def test_a_group_that_is_not_there_is_told_with_its_name(fleet):
    with pytest.raises(LookupError, match="'nobody'"):
        healthy_servers(fleet.groups, fleet.balancer, "nobody")


REFUSED = ClientError({"Error": {"Code": "Throttling", "Message": "Rate exceeded"}}, "DescribeTargetHealth")


async def asked(group):
    """Wait until the question that is out is answered."""
    assert group._asking is not None
    await group._asking


class Answers:
    """What AWS answers, without any AWS; an exception is raised."""

    def __init__(self, monkeypatch, *answers):
        self.left = list(answers)
        monkeypatch.setattr(capacity, "healthy_servers", self)

    def __call__(self, groups, balancer, name):
        assert name == GROUP
        answer = self.left.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def test_the_last_number_counts_for_a_minute_while_aws_is_away_and_then_the_least(session, monkeypatch):
    now, troubles = [0.0], Troubles()
    Answers(monkeypatch, 5, REFUSED, REFUSED, 7)

    async def play():
        group = GroupCapacity(session, GROUP, 2, lambda: now[0], troubles)
        assert group.servers() == 2, "the least, until AWS has answered"
        await asked(group)
        assert group.servers() == 5
        now[0] = 59.0
        assert group.servers() == 5
        await asked(group)
        assert troubles.counted == {"capacity": 1}
        now[0] = 65.0
        assert group.servers() == 2
        await asked(group)
        now[0] = 71.0
        group.servers()
        await asked(group)
        assert group.servers() == 7

    asyncio.run(play())


def test_aws_is_asked_once_in_five_seconds_and_never_waited_for(session, monkeypatch):
    now = [0.0]
    answers = Answers(monkeypatch, 5, 5)

    async def play():
        group = GroupCapacity(session, GROUP, 2, lambda: now[0])
        group.servers()
        first = group._asking
        now[0] = 6.0
        group.servers()
        assert group._asking is first, "a question that is still out is not asked again"
        await asked(group)
        now[0] = 6.1
        group.servers()
        await asked(group)
        now[0] = 11.0
        group.servers()
        assert not answers.left

    asyncio.run(play())


def test_a_fixed_number_without_aws():
    assert FixedCapacity(3).servers() == 3
