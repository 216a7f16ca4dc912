"""Every repair is proved twice: it holds in the offline AWS, and plain moto fails the same proof."""

from datetime import UTC, datetime

import pytest
from botocore.exceptions import ClientError

from floodgate.offline.repairs.patching import unrepaired
from floodgate.offline.world import World


class Account:
    """A fresh world's clients, with the smallest things that EC2 stands on."""

    def __init__(self):
        self.world = World(now=datetime(2027, 8, 8, 11, tzinfo=UTC), region="ap-northeast-2")

    def __getattr__(self, service):
        return self.world.session.client(service.replace("_", "-"))

    def subnet(self, cidr="10.0.0.0/28"):
        """A subnet in a network of its own."""
        vpc = self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        return self.ec2.create_subnet(VpcId=vpc, CidrBlock=cidr)["Subnet"]["SubnetId"]

    def image(self):
        """An image that exists."""
        images = self.ec2.describe_images(Filters=[{"Name": "name", "Values": ["al2023-ami-2023*arm64"]}])["Images"]
        return images[0]["ImageId"]

    def template(self, **data):
        """A launch template for that image."""
        data = {"ImageId": self.image(), "InstanceType": "c7g.large", **data}
        made = self.ec2.create_launch_template(LaunchTemplateName="its", LaunchTemplateData=data)
        return made["LaunchTemplate"]["LaunchTemplateId"]

    def launch(self, template, **more):
        """One instance from a template, as EC2 describes it."""
        made = self.ec2.run_instances(
            LaunchTemplate={"LaunchTemplateId": template, "Version": "$Latest"}, MinCount=1, MaxCount=1, **more
        )
        id_ = made["Instances"][0]["InstanceId"]
        return self.ec2.describe_instances(InstanceIds=[id_])["Reservations"][0]["Instances"][0]

    @staticmethod
    def refused(call, **params):
        """The error code with which AWS refuses a call; empty where it does not."""
        try:
            call(**params)
        except ClientError as error:
            return error.response["Error"]["Code"]
        return ""


@pytest.fixture(params=["repaired", "plain moto"])
def proves(request):
    """Runs a proof in the offline AWS; and on plain moto, where it must fail with `plain`."""

    def run(proof, plain=AssertionError):
        if request.param == "repaired":
            proof(Account())
            return
        with unrepaired(), pytest.raises(plain):
            proof(Account())

    return run
