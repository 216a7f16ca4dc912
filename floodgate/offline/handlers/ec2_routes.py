"""Amazon EC2: route tables, their routes and the subnets they serve."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Any

from floodgate.offline.handlers.base import Aws, Props, Resource, resource
from floodgate.offline.handlers.ec2_network import Ec2
from floodgate.offline.handlers.requests import request
from floodgate.offline.handlers.shapes import to_output, upper_first

RENAME: Mapping[str, str] = {
    "cidrBlock": "DestinationCidrBlock",
    "ipv6CidrBlock": "DestinationIpv6CidrBlock",
    "egressOnlyGatewayId": "EgressOnlyInternetGatewayId",
}
DESTINATIONS = ("destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId")
TARGETS = (
    "gatewayId",
    "natGatewayId",
    "transitGatewayId",
    "vpcPeeringConnectionId",
    "networkInterfaceId",
    "egressOnlyGatewayId",
    "carrierGatewayId",
    "localGatewayId",
    "coreNetworkArn",
)


def hashcode(text: str) -> int:
    """The number that the provider makes of a text for ids of things that AWS gives none."""
    return zlib.crc32(text.encode())


def add_route(ec2: Any, table: str, route: Props) -> None:
    """One route into a table."""
    ec2.create_route(**request(ec2, "create_route", {"routeTableId": table, **route}, RENAME))


def described_routes(table: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The routes that somebody made, under Pulumi's names; AWS's own local and endpoint routes are not among them."""
    out = []
    for route in table["Routes"]:
        if route.get("GatewayId", "").startswith(("local", "vpce-")):
            continue
        found = {
            name: route.get(RENAME.get(name, upper_first(name))) for name in ("cidrBlock", "ipv6CidrBlock", *TARGETS)
        }
        found["destinationPrefixListId"] = route.get("DestinationPrefixListId")
        out.append({name: value for name, value in found.items() if value})
    return out


@resource("aws:ec2/routeTable:RouteTable")
class RouteTable(Ec2):
    """A route table, with the routes that are given inside it."""

    create_call, id_path = "create_route_table", "RouteTable.RouteTableId"
    read_call, read_by, read_path = "describe_route_tables", "RouteTableIds", "RouteTables[0]"
    outputs = ("ownerId", "vpcId")
    tag_type, arn_format = "route-table", "route-table/{id}"

    def finish(self, aws: Aws, id_: str, props: Props) -> None:
        """Add the routes."""
        for route in props.get("routes", []):
            add_route(aws.client("ec2"), id_, route)

    def more(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """Its routes and gateways that announce routes."""
        gateways = [gateway["GatewayId"] for gateway in item.get("PropagatingVgws", [])]
        return {"routes": described_routes(item), "propagatingVgws": gateways}


@resource("aws:ec2/defaultRouteTable:DefaultRouteTable")
class DefaultRouteTable(RouteTable):
    """The main route table of a network, taken over: AWS made it, and its routes are replaced."""

    def create(self, aws: Aws, props: Props) -> str:
        """Adopt the table."""
        ec2, id_ = aws.client("ec2"), props["defaultRouteTableId"]
        for route in described_routes(self.describe(aws, id_)):
            where = {RENAME.get(k, upper_first(k)): v for k, v in route.items() if k not in TARGETS}
            ec2.delete_route(RouteTableId=id_, **where)
        tags = request(ec2, "create_tags", props).get("Tags")
        if tags:
            ec2.create_tags(Resources=[id_], Tags=tags)
        self.finish(aws, id_, props)
        return id_


@resource("aws:ec2/route:Route")
class Route(Resource):
    """One route of a table, known by table and destination."""

    def create(self, aws: Aws, props: Props) -> str:
        """Add the route."""
        destination = next(props[name] for name in DESTINATIONS if name in props)
        add_route(aws.client("ec2"), props["routeTableId"], props)
        return f"r-{props['routeTableId']}{hashcode(destination)}"

    def read(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """Where the route leads, and who made it."""
        tables = aws.client("ec2").describe_route_tables(RouteTableIds=[props["routeTableId"]])["RouteTables"]
        for route in tables[0]["Routes"]:
            if any(name in props and route.get(upper_first(name)) == props[name] for name in DESTINATIONS):
                told = ("origin", "state", "instanceId", "instanceOwnerId", "networkInterfaceId")
                found = {name: to_output(route.get(upper_first(name))) for name in told}
                return {name: value for name, value in found.items() if value}
        raise KeyError(f"route {id_} does not exist")


@resource("aws:ec2/routeTableAssociation:RouteTableAssociation")
class RouteTableAssociation(Resource):
    """A route table given to a subnet or gateway."""

    def create(self, aws: Aws, props: Props) -> str:
        """Associate them."""
        ec2 = aws.client("ec2")
        return ec2.associate_route_table(**request(ec2, "associate_route_table", props))["AssociationId"]

    def read(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """Which table serves which subnet."""
        filters = [{"Name": "association.route-table-association-id", "Values": [id_]}]
        for table in aws.client("ec2").describe_route_tables(Filters=filters)["RouteTables"]:
            for found in table["Associations"]:
                if found["RouteTableAssociationId"] == id_:
                    names = ("routeTableId", "subnetId", "gatewayId")
                    return {name: found[upper_first(name)] for name in names if found.get(upper_first(name))}
        raise KeyError(f"association {id_} does not exist")


@resource("aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation")
class MainRouteTableAssociation(Resource):
    """A route table made the one for every subnet that names none."""

    def create(self, aws: Aws, props: Props) -> str:
        """Put the table in the place of the present main table."""
        present = next(a for t in self._tables(aws, props["vpcId"]) for a in t["Associations"] if a["Main"])
        answer = aws.client("ec2").replace_route_table_association(
            AssociationId=present["RouteTableAssociationId"], RouteTableId=props["routeTableId"]
        )
        return answer["NewAssociationId"]

    def read(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """The table that AWS made with the network, which is the network's oldest."""
        return {"originalRouteTableId": self._tables(aws, props["vpcId"])[0]["RouteTableId"]}

    def _tables(self, aws: Aws, vpc: str) -> list[dict[str, Any]]:
        filters = [{"Name": "vpc-id", "Values": [vpc]}]
        return aws.client("ec2").describe_route_tables(Filters=filters)["RouteTables"]
