"""Amazon EC2: networks, their subnets and their gateways to the internet."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, ClassVar

from botocore.exceptions import ClientError

from floodgate.offline.facts import facts
from floodgate.offline.handlers.base import Aws, Change, Gone, Props, Resource, is_gone, resource
from floodgate.offline.handlers.declared import NOT_YET, refused
from floodgate.offline.handlers.described import Described
from floodgate.offline.handlers.shapes import upper_first
from floodgate.offline.handlers.tagging import retag


class Ec2(Described):
    """What EC2's resource types have in common."""

    service = "ec2"


class NetworkPart(Ec2):
    """What the types of a network have in common."""

    missing: ClassVar[tuple[str, ...]] = ()
    """Properties that the offline AWS cannot honour yet; asking for one is an error."""

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """What `create_call` is given, if the offline AWS honours all of it."""
        asked = [name for name in self.missing if props.get(name)]
        if asked:
            raise refused(self.token, NOT_YET, "leave it out offline", path=asked[0])
        return super().parameters(client, props)

    def observe(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """What the description tells; an empty text there is nothing, and what cannot be asked for is not told."""
        told = super().observe(aws, id_, props)
        return {name: None if value == "" else value for name, value in told.items() if name not in self.missing}

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """As usual; what AWS computes stays as it is when a program no longer says it, as with the real provider."""
        stays = computed(self.token) - change.new.keys()
        if names := change.names - stays:
            super().update(aws, id_, replace(change, names=names))

    def retag(self, aws: Aws, id_: str, change: Change) -> None:
        """Change the tags; EC2 asks for the id alone."""
        retag(aws, self.service, id_, "", change)


@contextmanager
def forgiving(*codes: str) -> Generator[None]:
    """Whatever is asked of AWS inside is done already where AWS says so.

    Args:
        codes: error codes that say so, beside those that any API uses for it.
    """
    try:
        yield
    except Gone:
        return
    except ClientError as error:
        if not is_gone(error, codes):
            raise


def computed(token: str) -> frozenset[str]:
    """The properties of a type that AWS chooses where the program does not."""
    return frozenset(facts(token).get("computed", ()))


@resource("aws:ec2/vpc:Vpc")
class Vpc(NetworkPart):
    """A network. AWS makes its main route table, default network ACL and default security group with it."""

    create_call, id_path = "create_vpc", "Vpc.VpcId"
    read_call, read_by, read_path = "describe_vpcs", "VpcIds", "Vpcs[0]"
    delete_call, delete_by = "delete_vpc", "VpcId"
    rename: ClassVar = {"assignGeneratedIpv6CidrBlock": "AmazonProvidedIpv6CidrBlock"}
    outputs = ("cidrBlock", "dhcpOptionsId", "instanceTenancy", "ownerId", "ipv6AssociationId", "ipv6CidrBlock")
    ipv6 = "Ipv6CidrBlockAssociationSet[?Ipv6CidrBlockState.State=='associated'] | [0]"
    paths: ClassVar = {
        "ipv6AssociationId": f"{ipv6}.AssociationId",
        "ipv6CidrBlock": f"{ipv6}.Ipv6CidrBlock",
        "ipv6CidrBlockNetworkBorderGroup": f"{ipv6}.NetworkBorderGroup",
    }
    tag_type, arn_format = "vpc", "vpc/{id}"
    missing = ("ipv4IpamPoolId", "ipv4NetmaskLength", "ipv6CidrBlock", "ipv6IpamPoolId", "ipv6NetmaskLength")
    changing_outputs = frozenset({"ipv6AssociationId", "ipv6CidrBlock"})

    attributes: ClassVar = {
        "enableDnsSupport": True,
        "enableDnsHostnames": False,
        "enableNetworkAddressUsageMetrics": False,
    }
    """What AWS gives a new network that does not say otherwise."""
    refined = frozenset({*attributes, "assignGeneratedIpv6CidrBlock"})

    def finish(self, aws: Aws, id_: str, props: Props) -> None:
        """Set the attributes, which AWS takes one in a call."""
        for name, given in self.attributes.items():
            if props.get(name, given) != given:
                self._set(aws, id_, name, props[name])

    def refine(self, aws: Aws, id_: str, change: Change) -> None:
        """The attributes that changed, and whether it has IPv6 addresses of Amazon's."""
        for name, value in change.within(self.attributes).items():
            self._set(aws, id_, name, value)
        if not change.touches("assignGeneratedIpv6CidrBlock"):
            return
        ec2, present = aws.client("ec2"), self.read(aws, id_, change.new).get("ipv6AssociationId")
        wanted = change.new.get("assignGeneratedIpv6CidrBlock", False)
        if wanted and not present:
            ec2.associate_vpc_cidr_block(VpcId=id_, AmazonProvidedIpv6CidrBlock=True)
        elif present and not wanted:
            ec2.disassociate_vpc_cidr_block(AssociationId=present)

    def _set(self, aws: Aws, id_: str, name: str, value: bool) -> None:
        aws.client("ec2").modify_vpc_attribute(VpcId=id_, **{upper_first(name): {"Value": value}})

    def observed(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """The attributes, which the description does not tell, and whether there are IPv6 addresses."""
        ec2, given = aws.client("ec2"), item.get("Ipv6CidrBlockAssociationSet", [])
        told: dict[str, Any] = {name: _attribute(ec2, id_, upper_first(name)) for name in self.attributes}
        told["assignGeneratedIpv6CidrBlock"] = any(g["Ipv6CidrBlockState"]["State"] == "associated" for g in given)
        return told

    def more(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """What AWS made with the network, and its attributes."""
        ec2 = aws.client("ec2")

        def made(call: str, condition: str, value: str) -> list[dict[str, Any]]:
            filters = [{"Name": "vpc-id", "Values": [id_]}, {"Name": condition, "Values": [value]}]
            return next(v for v in getattr(ec2, call)(Filters=filters).values() if isinstance(v, list))

        main = made("describe_route_tables", "association.main", "true")[0]["RouteTableId"]
        return {
            "mainRouteTableId": main,
            "defaultRouteTableId": main,
            "defaultNetworkAclId": made("describe_network_acls", "default", "true")[0]["NetworkAclId"],
            "defaultSecurityGroupId": made("describe_security_groups", "group-name", "default")[0]["GroupId"],
            **{name: _attribute(ec2, id_, upper_first(name)) for name in self.attributes},
        }


def _attribute(ec2: Any, vpc_id: str, name: str) -> bool:
    answer = ec2.describe_vpc_attribute(VpcId=vpc_id, Attribute=name[:1].lower() + name[1:])
    return answer.get(name, {}).get("Value", False)


@resource("aws:ec2/subnet:Subnet")
class Subnet(NetworkPart):
    """A range of addresses in one zone."""

    create_call, id_path = "create_subnet", "Subnet.SubnetId"
    read_call, read_by, read_path = "describe_subnets", "SubnetIds", "Subnets[0]"
    delete_call, delete_by = "delete_subnet", "SubnetId"
    outputs = (
        "availabilityZone",
        "availabilityZoneId",
        "cidrBlock",
        "mapPublicIpOnLaunch",
        "assignIpv6AddressOnCreation",
        "ipv6CidrBlockAssociationId",
        "privateDnsHostnameTypeOnLaunch",
        "enableResourceNameDnsARecordOnLaunch",
        "enableResourceNameDnsAaaaRecordOnLaunch",
        "ownerId",
        "vpcId",
    )
    paths: ClassVar = {
        "ipv6CidrBlock": "Ipv6CidrBlockAssociationSet[0].Ipv6CidrBlock",
        "ipv6CidrBlockAssociationId": "Ipv6CidrBlockAssociationSet[0].AssociationId",
        "privateDnsHostnameTypeOnLaunch": "PrivateDnsNameOptionsOnLaunch.HostnameType",
        "enableResourceNameDnsARecordOnLaunch": "PrivateDnsNameOptionsOnLaunch.EnableResourceNameDnsARecord",
        "enableResourceNameDnsAaaaRecordOnLaunch": "PrivateDnsNameOptionsOnLaunch.EnableResourceNameDnsAAAARecord",
    }
    silent = ("ipv6CidrBlock",)
    tag_type, arn_format = "subnet", "subnet/{id}"
    missing = ("customerOwnedIpv4Pool", "mapCustomerOwnedIpOnLaunch", "outpostArn", "enableLniAtDeviceIndex")
    missing += ("ipv4IpamPoolId", "ipv4NetmaskLength", "ipv6IpamPoolId", "ipv6NetmaskLength")
    changing_outputs = frozenset({"ipv6CidrBlockAssociationId"})

    switches: ClassVar = {
        "mapPublicIpOnLaunch": "MapPublicIpOnLaunch",
        "assignIpv6AddressOnCreation": "AssignIpv6AddressOnCreation",
        "enableDns64": "EnableDns64",
        "enableResourceNameDnsARecordOnLaunch": "EnableResourceNameDnsARecordOnLaunch",
        "enableResourceNameDnsAaaaRecordOnLaunch": "EnableResourceNameDnsAAAARecordOnLaunch",
    }
    refined = frozenset({*switches, "ipv6CidrBlock", "privateDnsHostnameTypeOnLaunch"})

    def finish(self, aws: Aws, id_: str, props: Props) -> None:
        """Set what is switched on, which AWS takes one in a call."""
        for ours in self.switches:
            if props.get(ours):
                self._switch(aws, id_, ours, props[ours])
        if props.get("privateDnsHostnameTypeOnLaunch", "ip-name") != "ip-name":
            self._name_by(aws, id_, props)

    def refine(self, aws: Aws, id_: str, change: Change) -> None:
        """What is switched off, the IPv6 range, then what is switched on: some of it AWS refuses without a range."""
        switched = change.within(self.switches)
        for ours in [name for name, on in switched.items() if not on]:
            self._switch(aws, id_, ours, False)
        if change.touches("ipv6CidrBlock"):
            self._range(aws, id_, change.new.get("ipv6CidrBlock"))
        for ours in [name for name, on in switched.items() if on]:
            self._switch(aws, id_, ours, True)
        if change.touches("privateDnsHostnameTypeOnLaunch"):
            self._name_by(aws, id_, change.new)

    def observed(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """The zone by its name or by its id, as the program has it: both cannot be said."""
        return {} if "availabilityZoneId" in props else {"availabilityZoneId": None}

    def _switch(self, aws: Aws, id_: str, ours: str, on: bool) -> None:
        aws.client("ec2").modify_subnet_attribute(SubnetId=id_, **{self.switches[ours]: {"Value": on}})

    def _name_by(self, aws: Aws, id_: str, props: Props) -> None:
        kind = props["privateDnsHostnameTypeOnLaunch"]
        aws.client("ec2").modify_subnet_attribute(SubnetId=id_, PrivateDnsHostnameTypeOnLaunch=kind)

    def _range(self, aws: Aws, id_: str, wanted: str | None) -> None:
        """Another IPv6 range, or none."""
        ec2 = aws.client("ec2")
        for present in self.describe(aws, id_).get("Ipv6CidrBlockAssociationSet", []):
            ec2.disassociate_subnet_cidr_block(AssociationId=present["AssociationId"])
        if wanted:
            ec2.associate_subnet_cidr_block(SubnetId=id_, Ipv6CidrBlock=wanted)


@resource("aws:ec2/internetGateway:InternetGateway")
class InternetGateway(NetworkPart):
    """The way between a network and the internet."""

    create_call, id_path = "create_internet_gateway", "InternetGateway.InternetGatewayId"
    read_call, read_by, read_path = "describe_internet_gateways", "InternetGatewayIds", "InternetGateways[0]"
    delete_call, delete_by = "delete_internet_gateway", "InternetGatewayId"
    outputs = ("ownerId", "vpcId")
    paths: ClassVar = {"vpcId": "Attachments[0].VpcId"}
    silent, refined = ("vpcId",), frozenset({"vpcId"})
    tag_type, arn_format = "internet-gateway", "internet-gateway/{id}"

    def finish(self, aws: Aws, id_: str, props: Props) -> None:
        """Attach it, where a network is named."""
        if "vpcId" in props:
            aws.client("ec2").attach_internet_gateway(InternetGatewayId=id_, VpcId=props["vpcId"])

    def refine(self, aws: Aws, id_: str, change: Change) -> None:
        """Take it from one network to another."""
        if change.touches("vpcId"):
            self.unmake(aws, id_, change.new)
            self.finish(aws, id_, change.new)

    def unmake(self, aws: Aws, id_: str, props: Props) -> None:
        """Detach it from wherever it is attached, as the provider does."""
        for attached in self.describe(aws, id_)["Attachments"]:
            aws.client("ec2").detach_internet_gateway(InternetGatewayId=id_, VpcId=attached["VpcId"])


@resource("aws:ec2/internetGatewayAttachment:InternetGatewayAttachment")
class InternetGatewayAttachment(Resource):
    """An internet gateway put on a network; its id is both theirs."""

    def create(self, aws: Aws, props: Props) -> str:
        """Attach the gateway."""
        gateway, vpc = props["internetGatewayId"], props["vpcId"]
        aws.client("ec2").attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
        return f"{gateway}:{vpc}"

    def read(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """The two ids; Gone where the gateway is not on that network."""
        gateway, vpc = id_.split(":")
        found = aws.client("ec2").describe_internet_gateways(InternetGatewayIds=[gateway])["InternetGateways"][0]
        if vpc not in [attached["VpcId"] for attached in found["Attachments"]]:
            raise Gone(f"{gateway} is not attached to {vpc}")
        return {"internetGatewayId": gateway, "vpcId": vpc}

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        """Detach the gateway."""
        gateway, vpc = id_.split(":")
        with forgiving("Gateway.NotAttached"):
            aws.client("ec2").detach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
