"""Amazon EC2: route tables and their routes."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Any, ClassVar

from floodgate.offline.handlers.base import Aws, Change, Gone, NotYet, Props, Resource, resource
from floodgate.offline.handlers.ec2_imports import route_of
from floodgate.offline.handlers.ec2_network import NetworkPart, forgiving
from floodgate.offline.handlers.requests import request
from floodgate.offline.handlers.shapes import to_output, upper_first

RENAME: Mapping[str, str] = {
    "cidrBlock": "DestinationCidrBlock",
    "ipv6CidrBlock": "DestinationIpv6CidrBlock",
    "egressOnlyGatewayId": "EgressOnlyInternetGatewayId",
}
DESTINATIONS = ("destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId")
INLINE_DESTINATIONS = ("cidrBlock", "ipv6CidrBlock", "destinationPrefixListId")
TARGETS = (
    "gatewayId",
    "natGatewayId",
    "transitGatewayId",
    "vpcPeeringConnectionId",
    "networkInterfaceId",
    "egressOnlyGatewayId",
    "carrierGatewayId",
    "vpcEndpointId",
)
NO_TARGETS_YET = ("localGatewayId", "coreNetworkArn", "odbNetworkArn")


def hashcode(text: str) -> int:
    """The number that the provider makes of a text for ids of things that AWS gives none."""
    return zlib.crc32(text.encode())


def send_route(ec2: Any, call: str, table: str, route: Props) -> None:
    """One route into a table, by `create_route` or `replace_route`.

    Raises:
        NotYet: it leads to something that the offline AWS does not have.
    """
    for name in NO_TARGETS_YET:
        if route.get(name):
            raise NotYet(f"a route with {name} is not in the offline AWS yet")
    getattr(ec2, call)(**request(ec2, call, {"routeTableId": table, **route}, RENAME))


def drop_route(ec2: Any, table: str, route: Props) -> None:
    """One route out of a table; where it is gone, nothing is to be done."""
    where = {name: route[name] for name in (*DESTINATIONS, *INLINE_DESTINATIONS) if route.get(name)}
    with forgiving():
        ec2.delete_route(**request(ec2, "delete_route", {"routeTableId": table, **where}, RENAME))


def described_routes(table: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The routes that somebody made, under Pulumi's names; AWS's own local and endpoint routes are not among them."""
    out = []
    for route in table["Routes"]:
        gateway = route.get("GatewayId", "")
        if gateway == "local" or (gateway.startswith("vpce-") and "DestinationPrefixListId" in route):
            continue
        found = {name: route.get(RENAME.get(name, upper_first(name))) for name in (*INLINE_DESTINATIONS, *TARGETS)}
        if gateway.startswith("vpce-"):
            found |= {"gatewayId": None, "vpcEndpointId": gateway}
        out.append({name: value for name, value in found.items() if value})
    return out


@resource("aws:ec2/routeTable:RouteTable")
class RouteTable(NetworkPart):
    """A route table, with the routes that are given inside it."""

    create_call, id_path = "create_route_table", "RouteTable.RouteTableId"
    read_call, read_by, read_path = "describe_route_tables", "RouteTableIds", "RouteTables[0]"
    delete_call, delete_by = "delete_route_table", "RouteTableId"
    outputs = ("ownerId", "vpcId")
    tag_type, arn_format = "route-table", "route-table/{id}"
    missing, refined = ("propagatingVgws",), frozenset({"routes"})

    def finish(self, aws: Aws, id_: str, props: Props) -> None:
        """Add the routes."""
        for route in props.get("routes", []):
            send_route(aws.client("ec2"), "create_route", id_, route)

    def refine(self, aws: Aws, id_: str, change: Change) -> None:
        """Take out what goes, turn what leads elsewhere, add what comes."""
        if not change.touches("routes"):
            return
        ec2, present = aws.client("ec2"), described_routes(self.describe(aws, id_))
        old = {_where(route): route for route in change.old.get("routes", present)}
        new = {_where(route): route for route in change.new["routes"]}
        for where in old.keys() - new.keys():
            drop_route(ec2, id_, old[where])
        known = {_where(route) for route in present}
        for where, route in new.items():
            if old.get(where) != route or where not in known:
                send_route(ec2, "replace_route" if where in known else "create_route", id_, route)

    def unmake(self, aws: Aws, id_: str, props: Props) -> None:
        """Take it from its subnets and gateways, as the provider does."""
        for found in self.describe(aws, id_)["Associations"]:
            if not found["Main"]:
                with forgiving():
                    aws.client("ec2").disassociate_route_table(AssociationId=found["RouteTableAssociationId"])

    def more(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """Its routes and gateways that announce routes."""
        gateways = [gateway["GatewayId"] for gateway in item.get("PropagatingVgws", [])]
        return {"routes": described_routes(item), "propagatingVgws": gateways}


def _where(route: Props) -> tuple[str, str]:
    """The destination of an inline route."""
    return next(((name, route[name]) for name in INLINE_DESTINATIONS if route.get(name)), ("", ""))


@resource("aws:ec2/defaultRouteTable:DefaultRouteTable")
class DefaultRouteTable(RouteTable):
    """The main route table of a network, taken over: AWS made it, and its routes are replaced."""

    paths: ClassVar = {"defaultRouteTableId": "RouteTableId"}

    def create(self, aws: Aws, props: Props) -> str:
        """Adopt the table."""
        ec2, id_ = aws.client("ec2"), props["defaultRouteTableId"]
        for route in described_routes(self.describe(aws, id_)):
            drop_route(ec2, id_, route)
        tags = request(ec2, "create_tags", props).get("Tags")
        if tags:
            ec2.create_tags(Resources=[id_], Tags=tags)
        self.finish(aws, id_, props)
        return id_

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        """Forget it: it lives as long as its network."""


@resource("aws:ec2/route:Route")
class Route(Resource):
    """One route of a table, known by table and destination."""

    def create(self, aws: Aws, props: Props) -> str:
        """Add the route."""
        destination = next(props[name] for name in DESTINATIONS if name in props)
        send_route(aws.client("ec2"), "create_route", props["routeTableId"], props)
        return f"r-{props['routeTableId']}{hashcode(destination)}"

    def read(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """Where the route leads, and who made it."""
        route = self._found(aws, id_, props)
        told = ("origin", "state", "instanceId", "instanceOwnerId", "networkInterfaceId")
        found = {name: to_output(route.get(upper_first(name))) for name in told}
        # told as nothing, too: what the state has may be what it led to before
        return {"networkInterfaceId": ""} | {name: value for name, value in found.items() if value}

    def observe(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """Where the route leads; None for what it led to and no longer does."""
        known = route_of(id_, props)
        route = self._found(aws, id_, known)
        seen = described_routes({"Routes": [route]})
        target = seen[0] if seen else {"gatewayId": route.get("GatewayId")}
        leads = {name: target.get(name) for name in TARGETS if name in target or name in props}
        return {name: known[name] for name in ("routeTableId", *DESTINATIONS) if name in known} | leads

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """Lead it elsewhere, without a moment in which it leads nowhere."""
        where = {name: change.new[name] for name in DESTINATIONS if change.new.get(name)}
        # what it led to before may stand in `new` still, as something that AWS computes
        target = change.within((*TARGETS, *NO_TARGETS_YET))
        send_route(aws.client("ec2"), "replace_route", change.new["routeTableId"], where | target)

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        """Take it out of its table."""
        where = {name: props[name] for name in DESTINATIONS if props.get(name)}
        drop_route(aws.client("ec2"), props["routeTableId"], where)

    def _found(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """The route as its table tells it."""
        props = route_of(id_, props)
        tables = aws.client("ec2").describe_route_tables(RouteTableIds=[props["routeTableId"]])["RouteTables"]
        for route in tables[0]["Routes"]:
            if any(props.get(name) and route.get(upper_first(name)) == props[name] for name in DESTINATIONS):
                return route
        raise Gone(f"route {id_} does not exist")
