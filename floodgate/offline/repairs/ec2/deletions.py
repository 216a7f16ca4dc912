"""What is in use stays: moto deletes networks, subnets, groups, tables and addresses under those who need them.

https://docs.aws.amazon.com/vpc/latest/userguide/delete-vpc.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from moto.ec2.exceptions import DependencyViolationError, EC2ClientError, InvalidVPCIdError
from moto.ec2.models.elastic_ip_addresses import ElasticAddressBackend
from moto.ec2.models.internet_gateways import InternetGatewayBackend
from moto.ec2.models.nat_gateways import NatGatewayBackend
from moto.ec2.models.network_acls import NetworkAclBackend
from moto.ec2.models.route_tables import RouteBackend
from moto.ec2.models.security_groups import SecurityGroupBackend
from moto.ec2.models.subnets import SubnetBackend
from moto.ec2.models.vpcs import VPCBackend

from floodgate.offline.repairs.ec2.interfaces import standing
from floodgate.offline.repairs.patching import patch


def _in_use(what: str, id_: str) -> DependencyViolationError:
    return DependencyViolationError(f"The {what} '{id_}' has dependencies and cannot be deleted.")


@patch(VPCBackend, "delete_vpc")
def with_nothing_left_in_it(self: Any, vpc_id: str) -> Any:
    """Moto deletes a network with gateways, endpoints and groups, and keeps its default ACL."""
    vpc = self.vpcs.get(vpc_id)
    if vpc is None:
        raise InvalidVPCIdError(vpc_id)
    if any(_inhabitants(self, vpc_id)):
        raise _in_use("vpc", vpc_id)
    for stored in (self.route_tables, self.network_acls, self.groups[vpc_id]):
        for id_ in [id_ for id_, each in stored.items() if each.vpc_id == vpc_id]:
            del stored[id_]
            self.tags.pop(id_, None)
    self.tags.pop(vpc_id, None)
    return self.vpcs.pop(vpc_id)


def _inhabitants(ec2: Any, vpc_id: str) -> Iterator[Any]:
    """All in a network that AWS did not make with it."""
    yield from ec2.describe_subnets(filters={"vpc-id": vpc_id})
    yield from (gateway for gateway in ec2.internet_gateways.values() if gateway.vpc and gateway.vpc.id == vpc_id)
    yield from (gateway for gateway in ec2.egress_only_internet_gateways.values() if gateway.vpc_id == vpc_id)
    yield from (endpoint for endpoint in ec2.vpc_end_points.values() if endpoint.vpc_id == vpc_id)
    yield from (
        table for table in ec2.route_tables.values() if table.vpc_id == vpc_id and not table.main_association_id
    )
    yield from (acl for acl in ec2.network_acls.values() if acl.vpc_id == vpc_id and not acl.default)
    yield from (group for group in ec2.groups[vpc_id].values() if not group.is_default)
    for gateway in ec2.vpn_gateways.values():
        attached = gateway.attachments.get(vpc_id)
        if attached and attached.state == "attached":
            yield gateway


@patch(SubnetBackend, "delete_subnet")
def with_nobody_standing_in_it(self: Any, subnet_id: str) -> Any:
    """Moto deletes a subnet with interfaces, and lets its route table and its ACL remember it."""
    if any(subnet_id in each.subnets for each in standing(self)):
        raise _in_use("subnet", subnet_id)
    subnet = with_nobody_standing_in_it.original(self, subnet_id)
    for table in self.route_tables.values():
        table._associations = {id_: target for id_, target in table._associations.items() if target != subnet_id}  # noqa: SLF001 - moto's own
    for acl in self.network_acls.values():
        acl._associations = {id_: each for id_, each in acl._associations.items() if each.subnet_id != subnet_id}  # noqa: SLF001 - moto's own
    self.tags.pop(subnet_id, None)
    return subnet


@patch(SecurityGroupBackend, "delete_security_group")
def that_nobody_wears_or_names(self: Any, name: str | None = None, group_id: str | None = None) -> None:
    """Moto deletes a group that an interface wears or a rule of another names, and even a default one."""
    group = self.get_security_group_from_id(group_id) if group_id else self.get_security_group_by_name_or_id(name)
    if group is not None:
        _refuse_in_use(self, group)
        self.tags.pop(group.id, None)
    that_nobody_wears_or_names.original(self, name, group_id)


def _refuse_in_use(ec2: Any, group: Any) -> None:
    if group.is_default:
        text = f'the specified group: "{group.id}" name: "{group.name}" cannot be deleted by a user'
        raise EC2ClientError("CannotDelete", text)
    others = (other for groups in ec2.groups.values() for other in groups.values() if other is not group)
    named = (
        rule.source_group.get("GroupId") for other in others for rule in (*other.ingress_rules, *other.egress_rules)
    )
    if group.id in named or any(group.id in each.groups for each in standing(ec2)):
        raise DependencyViolationError(f"resource {group.id} has a dependent object")


@patch(RouteBackend, "delete_route_table")
def that_serves_nobody(self: Any, route_table_id: str) -> None:
    """Moto deletes a network's main table."""
    if self.get_route_table(route_table_id).main_association_id:
        raise _in_use("routeTable", route_table_id)
    that_serves_nobody.original(self, route_table_id)
    self.tags.pop(route_table_id, None)


@patch(NetworkAclBackend, "delete_network_acl")
def that_is_not_the_default(self: Any, network_acl_id: str) -> Any:
    """Moto deletes a network's default ACL."""
    if self.get_network_acl(network_acl_id).default:
        text = f"The network ACL '{network_acl_id}' is the default network ACL and cannot be deleted."
        raise EC2ClientError("InvalidParameterValue", text)
    deleted = that_is_not_the_default.original(self, network_acl_id)
    self.tags.pop(network_acl_id, None)
    return deleted


@patch(NetworkAclBackend, "delete_network_acl_entry")
def that_exists(self: Any, network_acl_id: str, rule_number: int, egress: bool) -> Any:
    """Moto fails with a bare StopIteration where there is no such entry."""
    entries = self.get_network_acl(network_acl_id).network_acl_entries
    if (rule_number, egress) not in [(entry.rule_number, entry.egress) for entry in entries]:
        side = "egress" if egress else "ingress"
        text = f"The {side} entry with rule number {rule_number} in network ACL '{network_acl_id}' does not exist"
        raise EC2ClientError("InvalidNetworkAclEntry.NotFound", text)
    return that_exists.original(self, network_acl_id, rule_number, egress)


@patch(InternetGatewayBackend, "detach_internet_gateway")
def with_no_public_address_behind_it(self: Any, internet_gateway_id: str, vpc_id: str) -> None:
    """Moto detaches a gateway that public addresses are reached through."""
    inside = {subnet.id for subnet in self.describe_subnets(filters={"vpc-id": vpc_id})}
    attached = getattr(self.get_internet_gateway(internet_gateway_id).vpc, "id", None) == vpc_id
    if attached and any(each.public and each.subnets & inside for each in standing(self)):
        text = f"Network {vpc_id} has some mapped public address(es). Please unmap those public address(es) before "
        raise DependencyViolationError(f"{text}detaching the gateway.")
    with_no_public_address_behind_it.original(self, internet_gateway_id, vpc_id)


@patch(InternetGatewayBackend, "delete_internet_gateway")
def with_its_tags(self: Any, internet_gateway_id: str) -> None:
    """Moto keeps the tags of what is gone."""
    with_its_tags.original(self, internet_gateway_id)
    self.tags.pop(internet_gateway_id, None)


@patch(ElasticAddressBackend, "release_address")
def that_is_free(self: Any, address: str | None = None, allocation_id: str | None = None) -> None:
    """Moto releases an address in use. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReleaseAddress.html"""
    found = self.address_by_allocation([allocation_id]) if allocation_id else self.address_by_ip([address])
    if found[0].association_id:
        raise EC2ClientError("InvalidIPAddress.InUse", f"Address {found[0].public_ip} is in use.")
    id_ = found[0].id
    that_is_free.original(self, address, allocation_id)
    self.tags.pop(id_, None)


@patch(ElasticAddressBackend, "disassociate_address")
def that_no_gateway_holds(self: Any, address: str | None = None, association_id: str | None = None) -> None:
    """Moto takes the address of a NAT gateway away from it, which only its deletion does."""
    found = self.address_by_ip([address]) if address else self.address_by_association([association_id])
    held = {gateway._eni.id for gateway in self.nat_gateways.values() if gateway.state != "deleted"}  # noqa: SLF001 - moto's own
    if found[0].eni and found[0].eni.id in held:
        raise EC2ClientError("AuthFailure", "You do not have permission to access the specified resource.")
    that_no_gateway_holds.original(self, address, association_id)


@patch(NatGatewayBackend, "delete_nat_gateway")
def and_free_its_address(self: Any, nat_gateway_id: str) -> Any:
    """Moto keeps a deleted gateway's interface and its hold on the public address."""
    gateway = self.nat_gateways.get(nat_gateway_id)
    if gateway is None:
        raise EC2ClientError("NatGatewayNotFound", f"NAT gateway {nat_gateway_id} was not found")
    deleted = and_free_its_address.original(self, nat_gateway_id)
    interface = gateway._eni  # noqa: SLF001 - moto's own
    for address in [each for each in self.addresses if each.eni is interface]:
        self.disassociate_address(address=address.public_ip)
    if interface.id in self.enis:
        interface.delete()
    return deleted
