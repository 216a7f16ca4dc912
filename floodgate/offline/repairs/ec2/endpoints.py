"""VPC endpoints: interfaces that wear their groups, routes that come and go, and an end.

Moto gives interfaces of endpoints the network's default group, changes the lists of an endpoint and nothing of what
they stand for, and keeps deleted endpoints.
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcEndpoint.html
"""

from __future__ import annotations

import json
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError, InvalidVpcEndPointIdError
from moto.ec2.models.vpcs import VPCBackend, VPCEndPoint
from moto.ec2.responses.vpcs import VPCs

from floodgate.offline.repairs.patching import patch


def _is_interface(endpoint: Any) -> bool:
    return (endpoint.vpc_endpoint_type or "").lower() == "interface"


@patch(VPCs, "create_vpc_endpoint")
def with_its_options(self: Any) -> Any:
    """Moto drops the kind of addresses and the DNS options."""
    for group in self._get_param("SecurityGroupIds", []):
        if self.ec2_backend.get_security_group_from_id(group) is None:
            raise EC2ClientError("InvalidGroup.NotFound", f"The security group '{group}' does not exist")
    result = with_its_options.original(self)
    _keep_options(result.result["VpcEndpoint"], self)
    return result


def _keep_options(endpoint: Any, response: Any) -> None:
    endpoint.ip_address_type = response._get_param("IpAddressType") or endpoint.__dict__.get("ip_address_type", "ipv4")  # noqa: SLF001 - moto's own
    options = response._get_param("DnsOptions")  # noqa: SLF001 - moto's own
    if options is not None:
        endpoint.dns_options = {**endpoint.__dict__.get("dns_options", {}), **options}


@patch(VPCBackend, "create_vpc_endpoint")
def wearing_its_groups(self: Any, *args: Any, **kwargs: Any) -> Any:
    """The interfaces wear the endpoint's groups; the network's default group where it names none."""
    before = set(self.enis)
    try:
        endpoint = wearing_its_groups.original(self, *args, **kwargs)
    except Exception:
        for id_ in set(self.enis) - before:
            self.enis[id_].delete()
        raise
    if _is_interface(endpoint):
        if not endpoint.security_group_ids:
            endpoint.security_group_ids = [self.get_default_security_group(endpoint.vpc_id).id]
        _dress(self, endpoint)
    else:
        endpoint.private_dns_enabled = False  # moto says so of routes, too
    return endpoint


def _dress(ec2: Any, endpoint: Any) -> None:
    groups = [ec2.get_security_group_from_id(id_) for id_ in endpoint.security_group_ids]
    for id_ in endpoint.network_interface_ids:
        ec2.enis[id_]._group_set = groups  # noqa: SLF001 - moto's own
        ec2.enis[id_].description = f"VPC Endpoint Interface {endpoint.id}"
        ec2.enis[id_].requester_managed = True


@patch(VPCs, "modify_vpc_endpoint")
def as_a_whole(self: Any) -> Any:
    """Moto changes neither private DNS nor the options, and knows no way back to the default policy."""
    endpoint = self.ec2_backend.describe_vpc_endpoints(vpc_end_point_ids=[self._get_param("VpcEndpointId")])[0]
    private = self._get_bool_param("PrivateDnsEnabled")
    if private is not None:
        endpoint.private_dns_enabled = private
    if self._get_bool_param("ResetPolicy"):
        endpoint.policy_document = json.dumps(VPCEndPoint.DEFAULT_POLICY)
    _keep_options(endpoint, self)
    as_a_whole.original(self)
    return ActionResult({"Return": True})


@patch(VPCBackend, "modify_vpc_endpoint")
def with_what_it_stands_for(self: Any, *args: Any, **kwargs: Any) -> None:
    """Interfaces and routes follow the lists."""
    endpoint = self.describe_vpc_endpoints(vpc_end_point_ids=[kwargs["vpc_id"]])[0]
    for group in kwargs.get("add_security_groups") or []:
        if self.get_security_group_from_id(group) is None:
            raise EC2ClientError("InvalidGroup.NotFound", f"The security group '{group}' does not exist")
    with_what_it_stands_for.original(self, *args, **kwargs)
    if _is_interface(endpoint):
        _move_interfaces(self, endpoint, kwargs)
        _dress(self, endpoint)
        return
    for table in kwargs.get("remove_route_tables") or []:
        _unroute(self, endpoint, table)
    for table in kwargs.get("add_route_tables") or []:
        list_ = endpoint.destination_prefix_list_id
        if list_:
            self.create_route(table, None, gateway_id=endpoint.id, destination_prefix_list_id=list_)


def _move_interfaces(ec2: Any, endpoint: Any, lists: dict[str, Any]) -> None:
    for id_ in list(endpoint.network_interface_ids):
        if ec2.enis[id_].subnet.id in (lists.get("remove_subnets") or []):
            endpoint.network_interface_ids.remove(id_)
            ec2.enis[id_].delete()
    taken = {ec2.enis[id_].subnet.id for id_ in endpoint.network_interface_ids}
    for subnet in lists.get("add_subnets") or []:
        if subnet not in taken:
            endpoint.network_interface_ids.append(ec2.create_network_interface(subnet, None).id)


def _unroute(ec2: Any, endpoint: Any, table_id: str) -> None:
    table = ec2.route_tables.get(table_id)
    if table is not None:
        routes = table._routes.items()  # noqa: SLF001 - moto's own
        table._routes = {id_: route for id_, route in routes if route.gateway is not endpoint}  # noqa: SLF001 - moto's own


@patch(VPCBackend, "delete_vpc_endpoints")
def for_good(self: Any, vpce_ids: list[str] | None = None) -> None:
    """AWS no longer describes an endpoint that is deleted, and frees its addresses."""
    for id_ in vpce_ids or []:
        endpoint = self.vpc_end_points.pop(id_, None)
        if endpoint is None:
            raise InvalidVpcEndPointIdError(id_)
        for interface in [self.enis[eni] for eni in endpoint.network_interface_ids if eni in self.enis]:
            interface.delete()
        for table in endpoint.route_table_ids or []:
            _unroute(self, endpoint, table)
        self.tags.pop(id_, None)
