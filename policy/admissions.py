"""Whom security groups admit, by their own rules and by those that other resources give them.

https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

from policy.view import Resource, Stack, has_unknown, texts

GROUP = "ec2/securityGroup"
DEFAULT_GROUP = "ec2/defaultSecurityGroup"
PREFIX_LIST = "ec2/managedPrefixList"
EVERYWHERE = frozenset({"0.0.0.0/0", "::/0"})
_EVERY_PROTOCOL = {"-1", -1, "all"}


@dataclass(frozen=True, slots=True)
class Admission:
    """One ingress rule: who may open connections to which ports.

    Args:
        ports: first and last port; None for all of them.
        addresses: address ranges that are admitted.
        lists: prefix lists that are admitted: the resource, or the id of one that is made elsewhere.
        groups: security groups whose members are admitted.
    """

    ports: tuple[int, int] | None
    addresses: tuple[str, ...] = ()
    lists: tuple[Resource | str, ...] = ()
    groups: tuple[Resource, ...] = ()

    def reaches(self, port: int | None) -> bool:
        """Whether the port is among them; one that nobody knows may be."""
        return self.ports is None or port is None or self.ports[0] <= port <= self.ports[1]


class Admissions:
    """The ingress rules of a stack."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack

    def of(self, group: Resource) -> list[Admission]:
        """Every ingress rule of a group."""
        return self._by_group.get(group.urn, [])

    def from_outside(self, group: Resource, port: int | None) -> str | None:
        """Who outside the VPC a group admits to a port (None: to any), in words; None where nobody is."""
        for admission in self.of(group):
            for source in self._outside(admission, group) if admission.reaches(port) else ():
                return f"{source} by {group.name}"
        return None

    @cached_property
    def _by_group(self) -> dict[str, list[Admission]]:
        stack = self._stack
        found = {
            group.urn: [self._inline(group, entry) for entry in group.items("ingress")]
            for group in stack.of(GROUP, DEFAULT_GROUP)
        }
        for rule in stack.of("vpc/securityGroupIngressRule"):
            for group in stack.targets(rule, "securityGroupId", GROUP, DEFAULT_GROUP):
                found[group.urn].append(self._rule(rule))
        for rule in stack.of("ec2/securityGroupRule"):
            for group in stack.targets(rule, "securityGroupId", GROUP, DEFAULT_GROUP):
                if rule.get("type") == "ingress":
                    found[group.urn].append(self._older_rule(rule, group))
        return found

    def _rule(self, rule: Resource) -> Admission:
        return Admission(
            ports=_ports(rule.get("ipProtocol"), rule),
            addresses=(*texts(rule.get("cidrIpv4")), *texts(rule.get("cidrIpv6"))),
            lists=self._lists(rule, "prefixListId"),
            groups=tuple(self._stack.targets(rule, "referencedSecurityGroupId", GROUP, DEFAULT_GROUP)),
        )

    def _older_rule(self, rule: Resource, group: Resource) -> Admission:
        named = self._stack.targets(rule, "sourceSecurityGroupId", GROUP, DEFAULT_GROUP)
        return Admission(
            ports=_ports(rule.get("protocol"), rule),
            addresses=(*texts(rule.get("cidrBlocks")), *texts(rule.get("ipv6CidrBlocks"))),
            lists=self._lists(rule, "prefixListIds"),
            groups=(*named, group) if rule.get("self") is True else tuple(named),
        )

    def _inline(self, group: Resource, entry: Mapping[str, Any]) -> Admission:
        named = self._within(group, entry.get("securityGroups"), GROUP)
        made = self._within(group, entry.get("prefixListIds"), PREFIX_LIST)
        return Admission(
            ports=_ports(entry.get("protocol"), entry),
            addresses=(*texts(entry.get("cidrBlocks")), *texts(entry.get("ipv6CidrBlocks"))),
            lists=tuple(made) or tuple(texts(entry.get("prefixListIds"))),
            groups=(*named, group) if entry.get("self") is True else tuple(named),
        )

    def _within(self, group: Resource, value: Any, kind: str) -> list[Resource]:
        """The resources that a part of `ingress` names; while it is unknown, all that `ingress` comes from."""
        if has_unknown(value):
            return self._stack.targets(group, "ingress", kind)
        known = set(texts(value))
        return [resource for resource in self._stack.of(kind) if resource.id in known]

    def _lists(self, rule: Resource, name: str) -> tuple[Resource | str, ...]:
        return tuple(self._stack.targets(rule, name, PREFIX_LIST)) or tuple(texts(rule.get(name)))

    def _outside(self, admission: Admission, group: Resource) -> Iterator[str]:
        inside = self._own_ranges(group)
        yield from (text for text in admission.addresses if _is_outside(text, inside))
        for prefix_list in admission.lists:
            if isinstance(prefix_list, str):
                # whoever keeps it may add any address
                yield f"prefix list {prefix_list}"
                continue
            own = [entry.get("cidr") for entry in prefix_list.items("entries")]
            joined = self._stack.naming(prefix_list, "prefixListId", "ec2/managedPrefixListEntry")
            ranges = [*own, *(entry.get("cidr") for entry in joined)]
            yield from (f"{text} in {prefix_list.name}" for text in ranges if _is_outside(text, inside))

    def _own_ranges(self, group: Resource) -> list[IPv4Network | IPv6Network]:
        vpcs = self._stack.targets(group, "vpcId", "ec2/vpc")
        more = [a for v in vpcs for a in self._stack.naming(v, "vpcId", "ec2/vpcIpv4CidrBlockAssociation")]
        return [ip_network(text) for holder in (*vpcs, *more) for text in texts(holder.get("cidrBlock"))]


def _ports(protocol: Any, entry: Resource | Mapping[str, Any]) -> tuple[int, int] | None:
    first, last = entry.get("fromPort"), entry.get("toPort")
    known = isinstance(first, int | float) and isinstance(last, int | float)
    return None if protocol in _EVERY_PROTOCOL or not known else (int(first), int(last))


def _is_outside(text: Any, inside: list[IPv4Network | IPv6Network]) -> bool:
    try:
        asked = ip_network(text, strict=False)
    except ValueError:
        return False
    # a VPC's own ranges are of both versions, and only like can be compared with like
    return not any(
        asked.subnet_of(own)
        if isinstance(asked, IPv4Network) and isinstance(own, IPv4Network)
        else isinstance(asked, IPv6Network) and isinstance(own, IPv6Network) and asked.subnet_of(own)
        for own in inside
    )
