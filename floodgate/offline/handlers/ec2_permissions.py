"""What security groups let through, as single permissions that can be compared, whatever form they were written in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from floodgate.offline.handlers.base import Props

SOURCES: Mapping[str, tuple[str, str]] = {
    "cidrBlocks": ("IpRanges", "CidrIp"),
    "ipv6CidrBlocks": ("Ipv6Ranges", "CidrIpv6"),
    "prefixListIds": ("PrefixListIds", "PrefixListId"),
    "securityGroups": ("UserIdGroupPairs", "GroupId"),
}
"""Where a rule's sources stand in AWS's permission: the list and the member of its objects."""

# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html
_PROTOCOLS = {"all": "-1", "1": "icmp", "6": "tcp", "17": "udp", "58": "icmpv6"}


@dataclass(frozen=True, slots=True)
class Permission:
    """One source, one range of ports.

    Args:
        protocol: as AWS tells it; ``-1`` is every protocol.
        ports: first and last, or ICMP's type and code; None for every protocol.
        kind: which of `SOURCES` the source is.
        source: the address range, prefix list or group.
        description: what it is for, or nothing.
    """

    protocol: str
    ports: tuple[int, int] | None
    kind: str
    source: str
    description: str


def protocol_of(value: Any) -> str:
    """A protocol as AWS tells it, from its name or number."""
    text = str(value).lower()
    return _PROTOCOLS.get(text, text)


def permission(rule: Props, group_id: str) -> dict[str, Any]:
    """An inline rule (or an old standalone one) as AWS's permission."""
    sources = {name: list(rule.get(name, [])) for name in SOURCES}
    if rule.get("self"):
        sources["securityGroups"].append(group_id)
    if "sourceSecurityGroupId" in rule:
        sources["securityGroups"].append(rule["sourceSecurityGroupId"])
    text = {"Description": rule["description"]} if rule.get("description") else {}
    protocol = str(rule["protocol"])
    out: dict[str, Any] = {"IpProtocol": "-1" if protocol == "all" else protocol}
    if out["IpProtocol"] != "-1":
        out |= {"FromPort": rule["fromPort"], "ToPort": rule["toPort"]}
    for name, values in sources.items():
        block, member = SOURCES[name]
        if values:
            out[block] = [{member: value, **text} for value in values]
    return out


def permissions_of(rule: Props, group_id: str) -> set[Permission]:
    """An inline rule (or an old standalone one) taken apart."""
    whole = permission(rule, group_id)
    protocol = protocol_of(whole["IpProtocol"])
    ports = None if protocol == "-1" else (int(whole["FromPort"]), int(whole["ToPort"]))
    return {
        Permission(protocol, ports, kind, source[member], source.get("Description", ""))
        for kind, (block, member) in SOURCES.items()
        for source in whole.get(block, [])
    }


def described_permission(rule: Mapping[str, Any]) -> Permission:
    """A rule as `describe_security_group_rules` tells it."""
    protocol = protocol_of(rule["IpProtocol"])
    found = {
        "cidrBlocks": rule.get("CidrIpv4"),
        "ipv6CidrBlocks": rule.get("CidrIpv6"),
        "prefixListIds": rule.get("PrefixListId"),
        "securityGroups": rule.get("ReferencedGroupInfo", {}).get("GroupId"),
    }
    kind, source = next(((kind, source) for kind, source in found.items() if source), ("", ""))
    ports = None if protocol == "-1" else (rule["FromPort"], rule["ToPort"])
    return Permission(protocol, ports, kind, source or "", rule.get("Description", ""))


def api_permissions(permissions: Iterable[Permission]) -> list[dict[str, Any]]:
    """Permissions as AWS takes them, in an order of their own."""
    out = []
    for each in sorted(permissions, key=repr):
        block, member = SOURCES[each.kind]
        ports = dict(zip(("FromPort", "ToPort"), each.ports or (), strict=False))
        text = {"Description": each.description} if each.description else {}
        out.append({"IpProtocol": each.protocol, **ports, block: [{member: each.source, **text}]})
    return out


def told_rules(given: Iterable[Props], present: set[Permission], group_id: str) -> list[dict[str, Any]]:
    """The inline rules that say what is present: those given where they still hold, then rules for the rest.

    Args:
        given: inline rules of the program.
        present: everything that AWS has on that side of the group.
        group_id: the group, which rules may mean by ``self``.
    """
    out, left = [], set(present)
    for rule in given:
        meant = permissions_of(rule, group_id)
        if meant <= left:
            out.append(dict(rule))
            left -= meant
    return out + _rules(left, group_id)


def _rules(permissions: Iterable[Permission], group_id: str) -> list[dict[str, Any]]:
    """One rule for all that have ports and description in common."""
    rules: dict[tuple[Any, ...], dict[str, Any]] = {}
    for each in sorted(permissions, key=repr):
        first, last = each.ports or (0, 0)
        key = (each.protocol, first, last, each.description)
        rule = rules.setdefault(key, {"protocol": each.protocol, "fromPort": first, "toPort": last, "self": False})
        if each.description:
            rule["description"] = each.description
        if each.kind == "securityGroups" and each.source == group_id:
            rule["self"] = True
        elif each.kind:
            rule.setdefault(each.kind, []).append(each.source)
    return list(rules.values())
