"""Which subnets packets from outside the VPC come to: by the routes of their tables.

https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from policy.view import UNKNOWN, Resource, Stack

SUBNET = "ec2/subnet"
_TABLES = ("ec2/routeTable", "ec2/defaultRouteTable")
# NAT gateways, egress-only gateways and endpoints let nobody in, so they are not among these
_GATEWAYS = {
    "gatewayId": "an internet or VPN gateway",
    "transitGatewayId": "a transit gateway",
    "vpcPeeringConnectionId": "a peering connection",
    "coreNetworkArn": "a core network",
    "carrierGatewayId": "a carrier gateway",
    "localGatewayId": "a local gateway",
}
_OPEN_GATEWAYS = ("ec2/internetGateway", "ec2/vpnGateway")


def way_in(stack: Stack, subnet: Resource) -> str | None:
    """The route by which packets from outside come to a subnet, in words; None where there is none."""
    for table in _tables(stack, subnet):
        for route, owner in _routes(stack, table):
            for name, words in _GATEWAYS.items():
                if _leads_out(stack, route.get(name), owner, name):
                    return f"{words} in route table {table.name}"
    return None


def _tables(stack: Stack, subnet: Resource) -> list[Resource]:
    joined = stack.naming(subnet, "subnetId", "ec2/routeTableAssociation")
    if joined:
        return [table for join in joined for table in stack.targets(join, "routeTableId", *_TABLES)]
    # without an association a subnet has its VPC's main table
    vpcs = stack.targets(subnet, "vpcId", "ec2/vpc")
    mains = [main for vpc in vpcs for main in stack.naming(vpc, "vpcId", "ec2/mainRouteTableAssociation")]
    chosen = [table for main in mains for table in stack.targets(main, "routeTableId", *_TABLES)]
    return chosen or [table for vpc in vpcs for table in _default_tables(stack, vpc)]


def _default_tables(stack: Stack, vpc: Resource) -> list[Resource]:
    id_ = vpc.get("defaultRouteTableId")
    tables = stack.of("ec2/defaultRouteTable")
    named = [table for table in tables if isinstance(id_, str) and table.get("defaultRouteTableId") == id_]
    return named or stack.naming(vpc, "defaultRouteTableId", "ec2/defaultRouteTable")


def _routes(stack: Stack, table: Resource) -> Iterator[tuple[Mapping[str, Any], Resource]]:
    """Each route of a table with the resource that declares it."""
    for route in table.items("routes"):
        yield route, table
    for route in stack.naming(table, "routeTableId", "ec2/route"):
        yield route.properties, route


def _leads_out(stack: Stack, value: Any, owner: Resource, name: str) -> bool:
    if value is UNKNOWN:
        # what a gateway is shows in the resource it comes from; the other kinds are open whatever they are
        source = name if name in owner.references else "routes"
        return name != "gatewayId" or bool(stack.targets(owner, source, *_OPEN_GATEWAYS))
    if not isinstance(value, str) or not value:
        return False
    gateways = (gateway.id for gateway in stack.of(*_OPEN_GATEWAYS))
    return name != "gatewayId" or value.startswith(("igw-", "vgw-")) or value in gateways
