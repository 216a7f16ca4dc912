"""Elastic Load Balancing: the balancers themselves.

Every type of this service has two tokens: Pulumi's ``lb`` and its older twin ``alb``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar

from floodgate.offline.handlers.balancing_attributes import (
    BALANCER,
    BALANCER_NAMES,
    LOGS,
    balancer_attributes,
    changed,
    pairs,
    told_attributes,
)
from floodgate.offline.handlers.base import RESOURCES, AutoName, Aws, Change, Props, Resource, function, resource
from floodgate.offline.handlers.declared import Declared
from floodgate.offline.handlers.reflection import reflect
from floodgate.offline.handlers.requests import request
from floodgate.offline.handlers.tagging import tags_of
from floodgate.offline.schema import ObjectOf, arguments

R = TypeVar("R", bound=type[Resource])


def twin(cls: R) -> R:
    """Register a handler under the older token too."""
    RESOURCES[cls.token.replace("aws:lb/", "aws:alb/")] = RESOURCES[cls.token]
    return cls


class Balancing(Declared):
    """What all types of this service have in common: the id is the ARN, and no description tells the tags."""

    service = "elbv2"

    @property
    def known(self) -> ObjectOf:
        """The SDK's argument class."""
        known = arguments(self.token)
        assert known is not None, f"{self.token} has a handler, so the SDK has it"
        return known

    def observed(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """The tags."""
        return {"tags": tags_of(aws, self.service, id_)}


@twin
@resource("aws:lb/loadBalancer:LoadBalancer", auto_name=AutoName(limit=32))
class LoadBalancer(Balancing):
    """An application, network or gateway load balancer, with its attributes and reserved capacity."""

    create_call, id_path = "create_load_balancer", "LoadBalancers[0].LoadBalancerArn"
    read_call, read_by, read_path = "describe_load_balancers", "LoadBalancerArns", "LoadBalancers[0]"
    delete_call, delete_by = "delete_load_balancer", "LoadBalancerArn"
    rename: ClassVar = {"loadBalancerType": "Type", "privateIpv4Address": "PrivateIPv4Address"}
    apart = (
        *("namePrefix", "internal", "minimumLoadBalancerCapacity"),
        *("enforceSecurityGroupInboundRulesOnPrivateLinkTraffic", *sorted(BALANCER_NAMES)),
    )
    refined = BALANCER_NAMES | {
        *("enablePrefixForIpv6SourceNat", "enforceSecurityGroupInboundRulesOnPrivateLinkTraffic", "ipAddressType"),
        *("ipamPools", "minimumLoadBalancerCapacity", "securityGroups", "subnetMappings", "subnets"),
    }
    outputs = ("arn", "dnsName", "ipAddressType", "name", "securityGroups", "subnets", "vpcId", "zoneId", "internal")
    paths: ClassVar = {
        "arn": "LoadBalancerArn",
        "dnsName": "DNSName",
        "internal": "Scheme == 'internal'",
        "name": "LoadBalancerName",
        "subnets": "AvailabilityZones[].SubnetId",
        "zoneId": "CanonicalHostedZoneId",
    }

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """A balancer is public unless it is internal."""
        scheme = {"Scheme": "internal"} if props.get("internal") else {}
        return scheme | super().parameters(client, props)

    def finish(self, aws: Aws, id_: str, props: Props) -> None:
        """The capacity reservation, then attributes: protection from deletion comes last, for a failure to clean up."""
        self._reserve(aws, id_, props)
        if "enforceSecurityGroupInboundRulesOnPrivateLinkTraffic" in props:
            self._set_groups(aws, id_, props)
        attributes = pairs(balancer_attributes(props))
        if attributes:
            aws.client(self.service).modify_load_balancer_attributes(LoadBalancerArn=id_, Attributes=attributes)

    def _reserve(self, aws: Aws, id_: str, props: Props, *, had: bool = False) -> None:
        client, capacity = aws.client(self.service), props.get("minimumLoadBalancerCapacity")
        if capacity:
            units = {"CapacityUnits": capacity["capacityUnits"]}
            client.modify_capacity_reservation(LoadBalancerArn=id_, MinimumLoadBalancerCapacity=units)
        elif had:
            client.modify_capacity_reservation(LoadBalancerArn=id_, ResetCapacityReservation=True)

    def _set_groups(self, aws: Aws, id_: str, props: Props) -> None:
        """The rules for private links can only be set together with the groups."""
        name = "enforceSecurityGroupInboundRulesOnPrivateLinkTraffic"
        rules = {"EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic": props[name]} if name in props else {}
        groups = props.get("securityGroups") or self.describe(aws, id_)["SecurityGroups"]
        aws.client(self.service).set_security_groups(LoadBalancerArn=id_, SecurityGroups=groups, **rules)

    def refine(self, aws: Aws, id_: str, change: Change) -> None:
        """Every property has a call of its own; only those that changed are made."""
        client, new = aws.client(self.service), change.new
        if change.touches("subnets", "subnetMappings", "enablePrefixForIpv6SourceNat"):
            self._set_subnets(client, id_, new)
        if change.touches("securityGroups", "enforceSecurityGroupInboundRulesOnPrivateLinkTraffic"):
            self._set_groups(aws, id_, new)
        if change.touches("ipAddressType"):
            client.set_ip_address_type(LoadBalancerArn=id_, IpAddressType=new.get("ipAddressType", "ipv4"))
        if change.touches("ipamPools"):
            pools = request(client, "modify_ip_pools", change.within(["ipamPools"])) or {"RemoveIpamPools": ["ipv4"]}
            client.modify_ip_pools(LoadBalancerArn=id_, **pools)
        if change.touches("minimumLoadBalancerCapacity"):
            self._reserve(aws, id_, new, had=True)
        attributes = changed(balancer_attributes(change.old), balancer_attributes(new))
        if attributes:
            client.modify_load_balancer_attributes(LoadBalancerArn=id_, Attributes=attributes)

    def _set_subnets(self, client: Any, id_: str, new: Props) -> None:
        where = "subnetMappings" if new.get("subnetMappings") else "subnets"
        sent = {name: new[name] for name in (where, "enablePrefixForIpv6SourceNat") if name in new}
        if where in sent:
            client.set_subnets(LoadBalancerArn=id_, **request(client, "set_subnets", sent, self.rename))

    def observed(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """Attributes, the reservation and the addresses in each subnet."""
        client = aws.client(self.service)
        answer = client.describe_load_balancer_attributes(LoadBalancerArn=id_)
        told = reflect(told_attributes(answer, BALANCER[item["Type"]]), self.known)
        told |= {name: None for name in LOGS if name not in props and not told.get(name, {}).get("bucket")}
        if item["Type"] != "gateway":
            reserved = client.describe_capacity_reservation(LoadBalancerArn=id_).get("MinimumLoadBalancerCapacity")
            told["minimumLoadBalancerCapacity"] = reserved and {"capacityUnits": reserved["CapacityUnits"]}
        # the addresses that were chosen are told once traffic flows, if at all
        given = {mapping["subnetId"]: mapping for mapping in props.get("subnetMappings", [])}
        if given:
            zones = [zone["SubnetId"] for zone in item["AvailabilityZones"]]
            told["subnetMappings"] = [{**given.get(subnet, {}), "subnetId": subnet} for subnet in zones]
        return told | super().observed(aws, id_, item, props)

    def more(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """The suffix that CloudWatch knows the balancer by."""
        return {"arnSuffix": id_.partition(":loadbalancer/")[2]}


def found(kind: type[Balancing], aws: Aws, props: Props, describe: str) -> dict[str, Any]:
    """A balancer or target group by its ARN or its name."""
    handler, arn = kind(), props.get("arn")
    if arn is None:
        answer = getattr(aws.client("elbv2"), describe)(Names=[props["name"]])
        (items,) = (value for value in answer.values() if isinstance(value, list))
        arn = items[0][kind.paths["arn"]]
    return {**handler.read(aws, arn, {}), "id": arn}


@function("aws:lb/getLoadBalancer:getLoadBalancer")
@function("aws:alb/getLoadBalancer:getLoadBalancer")
def get_load_balancer(aws: Aws, props: Props) -> dict[str, Any]:
    """A balancer that is made elsewhere."""
    return found(LoadBalancer, aws, props, "describe_load_balancers")
