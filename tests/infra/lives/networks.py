"""A network to live in, and what every life in it must show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from floodgate.offline import changing, lifecycle
from floodgate.offline.lifecycle import Identity
from tests.infra.lives.lives import Life, Thing

VPC, SUBNET = "aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet"
GATEWAY = "aws:ec2/internetGateway:InternetGateway"
TABLE, GROUP = "aws:ec2/routeTable:RouteTable", "aws:ec2/securityGroup:SecurityGroup"
EIP, NAT, ENDPOINT = "aws:ec2/eip:Eip", "aws:ec2/natGateway:NatGateway", "aws:ec2/vpcEndpoint:VpcEndpoint"
ACL, LIST = "aws:ec2/networkAcl:NetworkAcl", "aws:ec2/managedPrefixList:ManagedPrefixList"
SERVICE = "com.amazonaws.ap-northeast-2"


@dataclass(frozen=True, slots=True)
class Net:
    """A network with two subnets."""

    life: Life
    vpc: Thing
    subnets: tuple[Thing, Thing]

    @property
    def ec2(self) -> Any:
        """What people would use behind Pulumi's back."""
        return self.life.world.session.client("ec2")

    def make(self, token: str, name: str = "thing", **inputs: Any) -> Thing:
        """A thing that need not name the network."""
        return self.life.make(token, name, **inputs)

    def inside(self, token: str, name: str = "thing", **inputs: Any) -> Thing:
        """A thing that names the network."""
        return self.life.make(token, name, vpcId=self.vpc.id, **inputs)

    def made(self, token: str, inputs: Mapping[str, Any]) -> Thing:
        """A thing with inputs that Python has other uses for as keywords."""
        who = Identity(token, token, "made")
        checked = changing.check(self.life.world, who, self.life.provider, {}, inputs)
        props = {name: value for name, value in checked.items() if name != changing.DEFAULTS}
        id_, state = lifecycle.make(self.life.world, who, self.life.provider, props)
        return Thing(who, id_, checked, state)

    def interface(self, **more: Any) -> str:
        """The id of an interface in the first subnet."""
        made = self.ec2.create_network_interface(SubnetId=self.subnets[0].id, **more)
        return made["NetworkInterface"]["NetworkInterfaceId"]

    def settled(self, thing: Thing) -> None:
        """What was deployed is found so, nothing is left to do, and the state is what a fresh look tells."""
        before = dict(thing.state)
        assert self.life.refresh(thing) == set(), "drift right after a deployment"
        assert not self.life.plan(thing), "a second deployment would change something"
        assert {name: thing.state.get(name) for name in before} == before, "the state is not what a refresh tells"

    def changed(self, thing: Thing, **inputs: Any) -> None:
        """Change it in place; it is found so, and nothing is left to do."""
        assert self.life.change(thing, **inputs) == set(inputs)
        self.settled(thing)

    def ends(self, thing: Thing) -> None:
        """Deleted, it is gone, and deleting what is gone is no error."""
        self.life.delete(thing)
        assert self.life.gone(thing)
        self.life.delete(thing)

    def tagged(self, thing: Thing) -> Mapping[str, str]:
        """The tags of it as AWS has them."""
        tags = self.ec2.describe_tags(Filters=[{"Name": "resource-id", "Values": [thing.id]}])["Tags"]
        return {tag["Key"]: tag["Value"] for tag in tags}


def network(life: Life) -> Net:
    """A new network."""
    vpc = life.make(VPC, cidrBlock="10.0.0.0/16")
    zones = {"a": "10.0.0.0/24", "b": "10.0.1.0/24"}
    made = [
        life.make(SUBNET, zone, vpcId=vpc.id, cidrBlock=cidr, availabilityZone=f"ap-northeast-2{zone}")
        for zone, cidr in zones.items()
    ]
    return Net(life, vpc, (made[0], made[1]))
