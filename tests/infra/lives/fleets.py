"""What the tests of scaling stand on: a network over three zones, an image, a launch template and a group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.infra.lives.lives import Life, Thing

REGION = "ap-northeast-2"
IMAGE = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"
GROUP = "aws:autoscaling/group:Group"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"


@dataclass(frozen=True, slots=True)
class Ground:
    """An account with a network.

    Args:
        life: the account.
        vpc: the network's id.
        subnets: one in each of three zones.
        image: an image that exists.
    """

    life: Life
    vpc: str
    subnets: tuple[str, ...]
    image: str

    def client(self, service: str) -> Any:
        """Boto3, as somebody behind Pulumi's back uses it."""
        return self.life.world.session.client(service)

    def template(self, name: str = "template", /, **inputs: Any) -> Thing:
        """A launch template."""
        return self.life.make(TEMPLATE, name, **{"imageId": self.image, "instanceType": "c7g.large", **inputs})

    def group(self, template: Thing | None = None, **inputs: Any) -> Thing:
        """A group called web, of two to a hundred instances unless told otherwise."""
        given: dict[str, Any] = {"name": "web", "minSize": 2, "maxSize": 100, "vpcZoneIdentifiers": [*self.subnets]}
        if not inputs.keys() & {"mixedInstancesPolicy", "launchTemplate"}:
            template = template or self.template()
            given["launchTemplate"] = {"id": template.id, "version": f"{template.state['latestVersion']}"}
        return self.life.make(GROUP, "group", **given | {"waitForCapacityTimeout": "0"} | inputs)

    def told(self, group: str = "web") -> dict[str, Any]:
        """A group as AWS describes it."""
        found = self.client("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=[group])
        return found["AutoScalingGroups"][0]

    def targets(self, name: str) -> str:
        """The ARN of a new target group."""
        made = self.client("elbv2").create_target_group(Name=name, Protocol="HTTP", Port=80, VpcId=self.vpc)
        return made["TargetGroups"][0]["TargetGroupArn"]

    def instances(self) -> list[str]:
        """The instances that run."""
        running = [{"Name": "instance-state-name", "Values": ["pending", "running"]}]
        pages = self.client("ec2").get_paginator("describe_instances").paginate(Filters=running)
        return [i["InstanceId"] for page in pages for r in page["Reservations"] for i in r["Instances"]]


def ground(life: Life) -> Ground:
    """A network, without Pulumi."""
    ec2 = life.world.session.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{i}.0/24", AvailabilityZone=f"{REGION}{zone}")["Subnet"]
        for i, zone in enumerate("abc")
    ]
    image = life.world.session.client("ssm").get_parameter(Name=IMAGE)["Parameter"]["Value"]
    return Ground(life, vpc, tuple(subnet["SubnetId"] for subnet in subnets), image)
