"""Amazon EC2: which route table serves which subnet or gateway, and which serves the rest of a network.

AWS gives a changed association a new id, and Pulumi keeps the old one for as long as the resource lives. So an
association is found by its id or, where that is out of date, by what it is of.
"""

from __future__ import annotations

from typing import Any

from floodgate.offline.handlers.base import Aws, Change, Gone, Props, Resource, resource
from floodgate.offline.handlers.ec2_imports import association_of
from floodgate.offline.handlers.ec2_network import forgiving
from floodgate.offline.handlers.requests import request
from floodgate.offline.handlers.shapes import upper_first


@resource("aws:ec2/routeTableAssociation:RouteTableAssociation")
class RouteTableAssociation(Resource):
    """A route table given to a subnet or gateway."""

    def create(self, aws: Aws, props: Props) -> str:
        """Associate them."""
        ec2 = aws.client("ec2")
        return ec2.associate_route_table(**request(ec2, "associate_route_table", props))["AssociationId"]

    def read(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """Which table serves which subnet."""
        found = self._found(aws, id_, props)
        names = ("routeTableId", "subnetId", "gatewayId")
        return {name: found[upper_first(name)] for name in names if found.get(upper_first(name))}

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """Another table in the place of this one."""
        present = self._found(aws, id_, change.old)["RouteTableAssociationId"]
        aws.client("ec2").replace_route_table_association(
            AssociationId=present, RouteTableId=change.new["routeTableId"]
        )  # fmt: skip

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        """Give the subnet back to the network's main table."""
        with forgiving():
            present = self._found(aws, id_, props)["RouteTableAssociationId"]
            aws.client("ec2").disassociate_route_table(AssociationId=present)

    def _found(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """The association with this id, or else that of the same subnet or gateway."""
        ec2, props = aws.client("ec2"), association_of(id_, props)
        for name, value in (
            ("association.route-table-association-id", id_),
            ("association.subnet-id", props.get("subnetId")),
            ("association.gateway-id", props.get("gatewayId")),
        ):
            filters = [{"Name": name, "Values": [value]}]
            for table in ec2.describe_route_tables(Filters=filters)["RouteTables"] if value else []:
                for found in table["Associations"]:
                    if value in (found["RouteTableAssociationId"], found.get("SubnetId"), found.get("GatewayId")):
                        return found
        raise Gone(f"association {id_} does not exist")


@resource("aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation")
class MainRouteTableAssociation(Resource):
    """A route table made the one for every subnet that names none."""

    def create(self, aws: Aws, props: Props) -> str:
        """Put the table in the place of the present main table."""
        return self._put(aws, self._main(aws, props["vpcId"]), props["routeTableId"])

    def read(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """The table that AWS made with the network, which is the network's oldest."""
        main = self._main(aws, props["vpcId"])
        if id_ != main["RouteTableAssociationId"] and main["RouteTableId"] != props["routeTableId"]:
            raise Gone(f"{main['RouteTableId']} is the main table of {props['vpcId']} instead")
        return {
            "vpcId": props["vpcId"],
            "routeTableId": main["RouteTableId"],
            "originalRouteTableId": self._tables(aws, props["vpcId"])[0]["RouteTableId"],
        }

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """Another table in the place of this one."""
        self._put(aws, self._main(aws, change.new["vpcId"]), change.new["routeTableId"])

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        """Put the table that AWS made with the network back in its place."""
        with forgiving():
            told = self.read(aws, id_, props)
            self._put(aws, self._main(aws, props["vpcId"]), told["originalRouteTableId"])

    def _put(self, aws: Aws, present: Props, table: str) -> str:
        answer = aws.client("ec2").replace_route_table_association(
            AssociationId=present["RouteTableAssociationId"], RouteTableId=table
        )
        return answer["NewAssociationId"]

    def _main(self, aws: Aws, vpc: str) -> dict[str, Any]:
        found = (a for table in self._tables(aws, vpc) for a in table["Associations"] if a["Main"])
        if main := next(found, None):
            return main
        raise Gone(f"the network {vpc} does not exist")

    def _tables(self, aws: Aws, vpc: str) -> list[dict[str, Any]]:
        filters = [{"Name": "vpc-id", "Values": [vpc]}]
        return aws.client("ec2").describe_route_tables(Filters=filters)["RouteTables"]
