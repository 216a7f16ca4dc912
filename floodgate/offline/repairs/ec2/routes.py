"""Routes: what they lead to must exist, and a subnet has one table."""

from __future__ import annotations

from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.route_tables import RouteBackend, RouteTable

from floodgate.offline.repairs.patching import patch


def _check(backend: Any, targets: dict[str, Any]) -> None:
    """Refuse unknown targets that moto silently leaves out of the route."""
    for name, kind, code, stored in (
        ("nat_gateway_id", "natGateway", "InvalidNatGatewayID.NotFound", backend.nat_gateways),
        ("transit_gateway_id", "transitGateway", "InvalidTransitGatewayID.NotFound", backend.transit_gateways),
        ("destination_prefix_list_id", "prefix list", "InvalidPrefixListID.NotFound", backend.managed_prefix_lists),
    ):
        id_ = targets.get(name)
        if id_ and getattr(stored.get(id_), "state", "deleted") == "deleted":
            raise EC2ClientError(code, f"The {kind} ID '{id_}' does not exist")


@patch(RouteBackend, "create_route")
def to_what_exists(self: Any, route_table_id: str, destination_cidr_block: Any, *args: Any, **kwargs: Any) -> Any:
    """Moto makes a route to a NAT gateway that does not exist, and it leads nowhere."""
    _check(self, kwargs)
    return to_what_exists.original(self, route_table_id, destination_cidr_block, *args, **kwargs)


@patch(RouteBackend, "replace_route")
def replaced_by_what_exists(self: Any, *args: Any, **kwargs: Any) -> Any:
    """The same for a route that is changed."""
    _check(self, kwargs)
    return replaced_by_what_exists.original(self, *args, **kwargs)


@patch(RouteBackend, "associate_route_table")
def one_table_for_a_subnet(self: Any, route_table_id: str, gateway_id: Any = None, subnet_id: Any = None) -> str:
    """Moto answers with the association that a subnet has, also when another table is asked for."""
    target = subnet_id or gateway_id
    for table in self.route_tables.values():
        if target in table._associations.values() and table.id != route_table_id:  # noqa: SLF001 - moto's own
            text = f"the specified association for route table {route_table_id} conflicts with an existing association"
            raise EC2ClientError("Resource.AlreadyAssociated", text)
    return one_table_for_a_subnet.original(self, route_table_id, gateway_id, subnet_id)


@patch(RouteTable, "get_filter_value")
def by_gateway_too(self: Any, filter_name: str, method_name: str | None = None) -> Any:
    """Moto finds the table of a subnet, and not that of a gateway."""
    if filter_name == "association.gateway-id":
        return [target for target in self._associations.values() if not target.startswith("subnet-")]
    return by_gateway_too.original(self, filter_name, method_name)
