"""Amazon EC2: networks, their gateways and addresses, endpoints and flow logs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from floodgate.offline.handlers.base import Aws, Props, Resource, resource
from floodgate.offline.handlers.described import Described
from floodgate.offline.handlers.shapes import upper_first


class Ec2(Described):
    """What EC2's resource types have in common."""

    service = "ec2"


@resource("aws:ec2/vpc:Vpc")
class Vpc(Ec2):
    """A network. AWS makes its main route table, default network ACL and default security group with it."""

    create_call, id_path = "create_vpc", "Vpc.VpcId"
    read_call, read_by, read_path = "describe_vpcs", "VpcIds", "Vpcs[0]"
    rename: ClassVar = {"assignGeneratedIpv6CidrBlock": "AmazonProvidedIpv6CidrBlock"}
    outputs = ("cidrBlock", "dhcpOptionsId", "instanceTenancy", "ownerId", "ipv6AssociationId", "ipv6CidrBlock")
    paths: ClassVar = {
        "ipv6AssociationId": "Ipv6CidrBlockAssociationSet[0].AssociationId",
        "ipv6CidrBlock": "Ipv6CidrBlockAssociationSet[0].Ipv6CidrBlock",
    }
    tag_type, arn_format = "vpc", "vpc/{id}"

    attributes: ClassVar = {
        "enableDnsSupport": True,
        "enableDnsHostnames": False,
        "enableNetworkAddressUsageMetrics": False,
    }
    """What AWS gives a new network that does not say otherwise."""

    def finish(self, aws: Aws, id_: str, props: Props) -> None:
        """Set the attributes, which AWS takes one in a call."""
        for name, given in self.attributes.items():
            if props.get(name, given) != given:
                aws.client("ec2").modify_vpc_attribute(VpcId=id_, **{upper_first(name): {"Value": props[name]}})

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
class Subnet(Ec2):
    """A range of addresses in one zone."""

    create_call, id_path = "create_subnet", "Subnet.SubnetId"
    read_call, read_by, read_path = "describe_subnets", "SubnetIds", "Subnets[0]"
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
        "ipv6CidrBlockAssociationId": "Ipv6CidrBlockAssociationSet[0].AssociationId",
        "privateDnsHostnameTypeOnLaunch": "PrivateDnsNameOptionsOnLaunch.HostnameType",
        "enableResourceNameDnsARecordOnLaunch": "PrivateDnsNameOptionsOnLaunch.EnableResourceNameDnsARecord",
        "enableResourceNameDnsAaaaRecordOnLaunch": "PrivateDnsNameOptionsOnLaunch.EnableResourceNameDnsAAAARecord",
    }
    tag_type, arn_format = "subnet", "subnet/{id}"

    switches: ClassVar = {
        "mapPublicIpOnLaunch": "MapPublicIpOnLaunch",
        "assignIpv6AddressOnCreation": "AssignIpv6AddressOnCreation",
        "enableDns64": "EnableDns64",
        "enableResourceNameDnsARecordOnLaunch": "EnableResourceNameDnsARecordOnLaunch",
        "enableResourceNameDnsAaaaRecordOnLaunch": "EnableResourceNameDnsAAAARecordOnLaunch",
    }

    def finish(self, aws: Aws, id_: str, props: Props) -> None:
        """Set what is switched on, which AWS takes one in a call."""
        for ours, theirs in self.switches.items():
            if props.get(ours):
                aws.client("ec2").modify_subnet_attribute(SubnetId=id_, **{theirs: {"Value": True}})


@resource("aws:ec2/internetGateway:InternetGateway")
class InternetGateway(Ec2):
    """The way between a network and the internet."""

    create_call, id_path = "create_internet_gateway", "InternetGateway.InternetGatewayId"
    read_call, read_by, read_path = "describe_internet_gateways", "InternetGatewayIds", "InternetGateways[0]"
    outputs = ("ownerId", "vpcId")
    paths: ClassVar = {"vpcId": "Attachments[0].VpcId"}
    tag_type, arn_format = "internet-gateway", "internet-gateway/{id}"

    def finish(self, aws: Aws, id_: str, props: Props) -> None:
        """Attach it, where a network is named."""
        if "vpcId" in props:
            aws.client("ec2").attach_internet_gateway(InternetGatewayId=id_, VpcId=props["vpcId"])


@resource("aws:ec2/internetGatewayAttachment:InternetGatewayAttachment")
class InternetGatewayAttachment(Resource):
    """An internet gateway put on a network; its id is both theirs."""

    def create(self, aws: Aws, props: Props) -> str:
        """Attach the gateway."""
        gateway, vpc = props["internetGatewayId"], props["vpcId"]
        aws.client("ec2").attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
        return f"{gateway}:{vpc}"

    def read(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """The two ids; KeyError where the gateway is not on that network."""
        gateway, vpc = id_.split(":")
        found = aws.client("ec2").describe_internet_gateways(InternetGatewayIds=[gateway])["InternetGateways"][0]
        if vpc not in [attached["VpcId"] for attached in found["Attachments"]]:
            raise KeyError(f"{gateway} is not attached to {vpc}")
        return {"internetGatewayId": gateway, "vpcId": vpc}


@resource("aws:ec2/natGateway:NatGateway")
class NatGateway(Ec2):
    """The way out for private subnets of one zone."""

    create_call, id_path = "create_nat_gateway", "NatGateway.NatGatewayId"
    read_call, read_by, read_path = "describe_nat_gateways", "NatGatewayIds", "NatGateways[0]"
    rename: ClassVar = {"privateIp": "PrivateIpAddress"}
    outputs = ("connectivityType", "networkInterfaceId", "privateIp", "publicIp", "associationId", "subnetId", "vpcId")
    paths: ClassVar = {
        "networkInterfaceId": "NatGatewayAddresses[0].NetworkInterfaceId",
        "privateIp": "NatGatewayAddresses[0].PrivateIp",
        "publicIp": "NatGatewayAddresses[0].PublicIp",
        "associationId": "NatGatewayAddresses[0].AssociationId",
    }
    tag_type = "natgateway"


@resource("aws:ec2/eip:Eip")
class Eip(Ec2):
    """A fixed public address."""

    create_call, id_path = "allocate_address", "AllocationId"
    read_call, read_by, read_path = "describe_addresses", "AllocationIds", "Addresses[0]"
    outputs = ("allocationId", "associationId", "domain", "instance", "networkInterface", "privateIp", "publicIp")
    paths: ClassVar = {
        "instance": "InstanceId",
        "networkInterface": "NetworkInterfaceId",
        "privateIp": "PrivateIpAddress",
    }
    tag_type, arn_format = "elastic-ip", "elastic-ip/{id}"

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """An address of a network, the only kind that AWS still gives out."""
        return {"Domain": "vpc"} | super().parameters(client, props)

    def finish(self, aws: Aws, id_: str, props: Props) -> None:
        """Put it on what it is for, where that is named."""
        target = {"InstanceId": props.get("instance"), "NetworkInterfaceId": props.get("networkInterface")}
        if any(target.values()):
            aws.client("ec2").associate_address(AllocationId=id_, **{k: v for k, v in target.items() if v})

    def more(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """The names that AWS's DNS gives the address."""
        zone = "compute-1" if aws.region == "us-east-1" else f"{aws.region}.compute"
        inside = "ec2.internal" if aws.region == "us-east-1" else f"{aws.region}.compute.internal"
        out = {"publicDns": f"ec2-{item['PublicIp'].replace('.', '-')}.{zone}.amazonaws.com"}
        if item.get("PrivateIpAddress"):
            out["privateDns"] = f"ip-{item['PrivateIpAddress'].replace('.', '-')}.{inside}"
        return out | {"publicIpv4Pool": item.get("PublicIpv4Pool", "amazon")}


@resource("aws:ec2/vpcEndpoint:VpcEndpoint")
class VpcEndpoint(Ec2):
    """A private way to an AWS service: routes of a gateway, or interfaces in subnets."""

    create_call, id_path = "create_vpc_endpoint", "VpcEndpoint.VpcEndpointId"
    read_call, read_by, read_path = "describe_vpc_endpoints", "VpcEndpointIds", "VpcEndpoints[0]"
    rename: ClassVar = {"policy": "PolicyDocument"}
    outputs = ("networkInterfaceIds", "ownerId", "policy", "privateDnsEnabled", "requesterManaged", "routeTableIds")
    outputs += ("securityGroupIds", "state", "subnetIds", "ipAddressType", "vpcEndpointType", "serviceRegion")
    paths: ClassVar = {"policy": "PolicyDocument", "securityGroupIds": "Groups[].GroupId"}
    tag_type, arn_format = "vpc-endpoint", "vpc-endpoint/{id}"

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """An endpoint that names no type is a gateway."""
        return {"VpcEndpointType": "Gateway"} | super().parameters(client, props)

    def more(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """DNS names of interfaces; prefix list and addresses of a gateway."""
        out: dict[str, Any] = {
            "dnsEntries": [
                {"dnsName": e.get("DnsName"), "hostedZoneId": e.get("HostedZoneId")} for e in item.get("DnsEntries", [])
            ],
            "ownerId": item.get("OwnerId", aws.account_id),
            "serviceRegion": item.get("ServiceRegion", aws.region),
        }
        if item["VpcEndpointType"] == "Gateway":
            filters = [{"Name": "prefix-list-name", "Values": [item["ServiceName"]]}]
            for found in aws.client("ec2").describe_prefix_lists(Filters=filters)["PrefixLists"]:
                out |= {"prefixListId": found["PrefixListId"], "cidrBlocks": found.get("Cidrs", [])}
        return out


@resource("aws:ec2/flowLog:FlowLog")
class FlowLog(Ec2):
    """A record of the traffic of a network, a subnet or an interface."""

    read_call, read_by, read_path = "describe_flow_logs", "FlowLogIds", "FlowLogs[0]"
    rename: ClassVar = {"iamRoleArn": "DeliverLogsPermissionArn"}
    outputs = ("logDestination", "logDestinationType", "logFormat", "maxAggregationInterval")
    tag_type, arn_format = "vpc-flow-log", "vpc-flow-log/{id}"

    kinds: ClassVar = {"vpcId": "VPC", "subnetId": "Subnet", "eniId": "NetworkInterface"}

    create_call = "create_flow_logs"

    def create(self, aws: Aws, props: Props) -> str:
        """Begin the record; AWS tells what it refuses inside an answer of success."""
        client = aws.client("ec2")
        target = next(name for name in self.kinds if name in props)
        kind = {"ResourceIds": [props[target]], "ResourceType": self.kinds[target]}
        answer = client.create_flow_logs(**kind, **self.parameters(client, props))
        for refused in answer.get("Unsuccessful", []):
            error = refused["Error"]
            raise client.exceptions.ClientError({"Error": error}, "CreateFlowLogs")
        return answer["FlowLogIds"][0]
