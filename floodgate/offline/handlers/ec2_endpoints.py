"""Amazon EC2: private ways to AWS's services, and records of a network's traffic."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from floodgate.offline.handlers.base import Aws, Change, Props, resource
from floodgate.offline.handlers.ec2_network import NetworkPart
from floodgate.offline.handlers.shapes import upper_first


@resource("aws:ec2/vpcEndpoint:VpcEndpoint")
class VpcEndpoint(NetworkPart):
    """A private way to an AWS service: routes of a gateway, or interfaces in subnets."""

    create_call, id_path = "create_vpc_endpoint", "VpcEndpoint.VpcEndpointId"
    read_call, read_by = "describe_vpc_endpoints", "VpcEndpointIds"
    read_path = "VpcEndpoints[?State!='deleted' && State!='deleting'] | [0]"
    update_call, update_by = "modify_vpc_endpoint", "VpcEndpointId"
    delete_call, delete_by = "delete_vpc_endpoints", "VpcEndpointIds"
    rename: ClassVar = {"policy": "PolicyDocument"}
    outputs = ("networkInterfaceIds", "ownerId", "policy", "privateDnsEnabled", "requesterManaged", "routeTableIds")
    outputs += ("securityGroupIds", "state", "subnetIds", "ipAddressType", "vpcEndpointType", "serviceRegion")
    paths: ClassVar = {"policy": "PolicyDocument", "securityGroupIds": "Groups[].GroupId"}
    tag_type, arn_format = "vpc-endpoint", "vpc-endpoint/{id}"
    kept = ("autoAccept",)
    missing = ("resourceConfigurationArn", "serviceNetworkArn", "serviceRegion", "subnetConfigurations")
    changing_outputs = frozenset({"networkInterfaceIds"})

    lists: ClassVar = ("routeTableIds", "securityGroupIds", "subnetIds")
    """What AWS changes by what comes and what goes."""

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """An endpoint that names no type is a gateway."""
        return {"VpcEndpointType": "Gateway"} | super().parameters(client, props)

    def new_parameters(self, client: Any, id_: str, change: Change) -> dict[str, Any]:
        """What changed; of lists, what comes and what goes."""
        sent = super().new_parameters(client, id_, change)
        for name in self.lists:
            if change.touches(name):
                old, new = (props.get(name, []) for props in (change.old, change.new))
                for verb, ids in (("Add", set(new) - set(old)), ("Remove", set(old) - set(new))):
                    sent |= {f"{verb}{upper_first(name)}": sorted(ids)} if ids else {}
        return sent

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
class FlowLog(NetworkPart):
    """A record of the traffic of a network, a subnet or an interface. All but its tags stays as it was made."""

    read_call, read_by, read_path = "describe_flow_logs", "FlowLogIds", "FlowLogs[0]"
    delete_call, delete_by = "delete_flow_logs", "FlowLogIds"
    rename: ClassVar = {"iamRoleArn": "DeliverLogsPermissionArn"}
    outputs = ("logDestination", "logDestinationType", "logFormat", "maxAggregationInterval")
    tag_type, arn_format = "vpc-flow-log", "vpc-flow-log/{id}"
    missing = ("regionalNatGatewayId", "tagFieldSpecifications", "transitGatewayId", "transitGatewayAttachmentId")

    kinds: ClassVar = {"vpcId": "VPC", "subnetId": "Subnet", "eniId": "NetworkInterface"}
    prefixes: ClassVar = {"vpcId": "vpc-", "subnetId": "subnet-", "eniId": "eni-"}

    create_call = "create_flow_logs"

    def create(self, aws: Aws, props: Props) -> str:
        """Begin the record; AWS tells what it refuses inside an answer of success."""
        client = aws.client("ec2")
        params = self.parameters(client, props)
        target = next(name for name in self.kinds if name in props)
        kind = {"ResourceIds": [props[target]], "ResourceType": self.kinds[target]}
        answer = client.create_flow_logs(**kind, **params)
        for refused in answer.get("Unsuccessful", []):
            error = refused["Error"]
            raise client.exceptions.ClientError({"Error": error}, "CreateFlowLogs")
        return answer["FlowLogIds"][0]

    def observed(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """Whose traffic it records."""
        target = item["ResourceId"]
        return {name: target for name, prefix in self.prefixes.items() if target.startswith(prefix)}
