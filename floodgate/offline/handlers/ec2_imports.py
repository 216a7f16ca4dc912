"""What an id says of a resource that is imported, for types that AWS gives no id that tells where they are.

The forms are the real provider's; each type's page of https://www.pulumi.com/registry/packages/aws/api-docs/ec2/ tells
its own under "Import".
"""

from __future__ import annotations

from typing import Any

from floodgate.offline.handlers.base import Gone, Props


def route_of(id_: str, props: Props) -> Props:
    """A route: ``rtb-1_10.0.0.0/8``."""
    if "routeTableId" in props:
        return props
    table, _, where = id_.partition("_")
    kind = {"pl-": "destinationPrefixListId"}.get(where[:3], _family(where, "destinationIpv6CidrBlock"))
    _told(id_, where, "table_destination")
    return {"routeTableId": table, kind or "destinationCidrBlock": where}


def association_of(id_: str, props: Props) -> Props:
    """A table's association with a subnet or gateway: ``subnet-1/rtb-1``."""
    if "routeTableId" in props:
        return props
    target, _, table = id_.partition("/")
    _told(id_, table, "subnet/table or gateway/table")
    return {"routeTableId": table, "subnetId" if target.startswith("subnet-") else "gatewayId": target}


def acl_rule_of(id_: str, props: Props) -> Props:
    """An entry of a network ACL: ``acl-1:100:tcp:false``."""
    if "networkAclId" in props:
        return props
    acl, number, protocol, egress = [*id_.split(":"), "", "", ""][:4]
    _told(id_, egress, "acl:number:protocol:egress")
    return {"networkAclId": acl, "ruleNumber": int(number), "protocol": protocol, "egress": egress == "true"}


def group_rule_of(id_: str, props: Props) -> Props:
    """An old rule of a security group: ``sg-1_ingress_tcp_443_443_10.0.0.0/8_self``."""
    if "securityGroupId" in props:
        return props
    group, type_, protocol, first, last, *sources = [*id_.split("_"), "", "", "", ""]
    sources = [source for source in sources if source]
    _told(id_, " ".join(sources), "group_type_protocol_from_to_source")
    rule: dict[str, Any] = {"securityGroupId": group, "type": type_, "protocol": protocol}
    rule |= {"fromPort": int(first), "toPort": int(last)}
    for source in sources:
        if source == "self":
            rule["self"] = True
        elif source.startswith("sg-"):
            rule["sourceSecurityGroupId"] = source
        else:
            kind = "prefixListIds" if source.startswith("pl-") else _family(source, "ipv6CidrBlocks") or "cidrBlocks"
            rule.setdefault(kind, []).append(source)
    return rule


def _family(where: str, ipv6: str) -> str:
    return ipv6 if ":" in where else ""


def _told(id_: str, last_part: str, form: str) -> None:
    if not last_part:
        raise Gone(f"nothing has the id {id_!r}; to import, give {form}")
