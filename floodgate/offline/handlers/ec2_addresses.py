"""Amazon EC2: fixed public addresses, and the gateways that stand behind them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from floodgate.offline.handlers.base import Aws, Change, Props, resource
from floodgate.offline.handlers.ec2_network import NetworkPart, forgiving


@resource("aws:ec2/natGateway:NatGateway")
class NatGateway(NetworkPart):
    """The way out for private subnets of one zone."""

    create_call, id_path = "create_nat_gateway", "NatGateway.NatGatewayId"
    read_call, read_by = "describe_nat_gateways", "NatGatewayIds"
    # AWS tells of a deleted gateway for about an hour
    read_path = "NatGateways[?State!='deleted' && State!='deleting'] | [0]"
    delete_call, delete_by = "delete_nat_gateway", "NatGatewayId"
    rename: ClassVar = {"privateIp": "PrivateIpAddress"}
    outputs = ("connectivityType", "networkInterfaceId", "privateIp", "publicIp", "associationId", "subnetId", "vpcId")
    paths: ClassVar = {
        "allocationId": "NatGatewayAddresses[0].AllocationId",
        "networkInterfaceId": "NatGatewayAddresses[0].NetworkInterfaceId",
        "privateIp": "NatGatewayAddresses[0].PrivateIp",
        "publicIp": "NatGatewayAddresses[0].PublicIp",
        "associationId": "NatGatewayAddresses[0].AssociationId",
    }
    tag_type = "natgateway"
    missing = ("availabilityZoneAddresses", "vpcId", "secondaryAllocationIds", "secondaryPrivateIpAddresses")
    missing += ("secondaryPrivateIpAddressCount",)


@resource("aws:ec2/eip:Eip")
class Eip(NetworkPart):
    """A fixed public address."""

    create_call, id_path = "allocate_address", "AllocationId"
    read_call, read_by, read_path = "describe_addresses", "AllocationIds", "Addresses[0]"
    delete_call, delete_by = "release_address", "AllocationId"
    outputs = ("allocationId", "associationId", "domain", "instance", "networkInterface", "privateIp", "publicIp")
    paths: ClassVar = {
        "instance": "InstanceId",
        "networkInterface": "NetworkInterfaceId",
        "privateIp": "PrivateIpAddress",
        "address": "PublicIp",
    }
    tag_type, arn_format = "elastic-ip", "elastic-ip/{id}"
    targets: ClassVar = ("instance", "networkInterface")
    refined = frozenset({*targets, "associateWithPrivateIp"})
    changing_outputs = frozenset({"associationId", "privateIp", "privateDns"})
    missing = ("customerOwnedIpv4Pool", "ipamPoolId")

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """An address of a network, the only kind that AWS still gives out."""
        return {"Domain": "vpc"} | super().parameters(client, props)

    def finish(self, aws: Aws, id_: str, props: Props) -> None:
        """Put it on what it is for, where that is named."""
        named = {
            "InstanceId": props.get("instance"),
            "NetworkInterfaceId": props.get("networkInterface"),
            "PrivateIpAddress": props.get("associateWithPrivateIp"),
        }
        target = {theirs: value for theirs, value in named.items() if value}
        if target:
            aws.client("ec2").associate_address(AllocationId=id_, **target)

    def refine(self, aws: Aws, id_: str, change: Change) -> None:
        """Take it from one thing to another."""
        if not change.touches(*self.refined):
            return
        present = self.describe(aws, id_).get("AssociationId")
        if present:
            aws.client("ec2").disassociate_address(AssociationId=present)
        # what it was for before may stand in `new` still, as something that AWS computes
        targets = change.within(self.targets) or {name: change.new.get(name) for name in self.targets}
        self.finish(aws, id_, {**targets, "associateWithPrivateIp": change.new.get("associateWithPrivateIp")})

    def unmake(self, aws: Aws, id_: str, props: Props) -> None:
        """Take it from what it was put on; AWS does not release an address in use."""
        if props.get("associationId"):
            with forgiving():
                aws.client("ec2").disassociate_address(AssociationId=props["associationId"])

    def more(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """The names that AWS's DNS gives the address."""
        zone = "compute-1" if aws.region == "us-east-1" else f"{aws.region}.compute"
        inside = "ec2.internal" if aws.region == "us-east-1" else f"{aws.region}.compute.internal"
        out = {"publicDns": f"ec2-{item['PublicIp'].replace('.', '-')}.{zone}.amazonaws.com"}
        if item.get("PrivateIpAddress"):
            out["privateDns"] = f"ip-{item['PrivateIpAddress'].replace('.', '-')}.{inside}"
        return out | {"publicIpv4Pool": item.get("PublicIpv4Pool", "amazon")}
