"""Nobody outside calls a database or a cache, and no door is open to everybody that is not meant to be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from policy.admissions import EVERYWHERE
from policy.configuration import Configuration
from policy.reachability import STORES, Reach
from policy.rule import Finding, example, resource_rule, stack_rule
from policy.view import UNKNOWN, Resource, Stack, texts

# SSH, RDP
ADMINISTRATION = (22, 3389)
_SECURITY_GROUPS = "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html"


def _tier(name: str, **rule: Any) -> tuple[tuple[str, str, dict[str, Any]], ...]:
    group = ("ec2/securityGroup", name, {"vpcId": "@vpc"})
    given = {"securityGroupId": f"@{name}", "ipProtocol": "tcp", **rule}
    return (group, ("vpc/securityGroupIngressRule", f"{name}-in", given))


_VPC = (
    ("ec2/vpc", "vpc", {"cidrBlock": "10.0.0.0/16"}),
    ("ec2/internetGateway", "internet", {"vpcId": "@vpc"}),
    ("ec2/routeTable", "public", {"vpcId": "@vpc"}),
    ("ec2/route", "out", {"routeTableId": "@public", "destinationCidrBlock": "0.0.0.0/0", "gatewayId": "@internet"}),
    ("ec2/subnet", "public-a", {"vpcId": "@vpc", "cidrBlock": "10.0.0.0/24"}),
    ("ec2/routeTableAssociation", "public-in", {"subnetId": "@public-a", "routeTableId": "@public"}),
    ("ec2/routeTable", "closed", {"vpcId": "@vpc"}),
    ("ec2/subnet", "data-a", {"vpcId": "@vpc", "cidrBlock": "10.0.1.0/24"}),
    ("ec2/routeTableAssociation", "data-in", {"subnetId": "@data-a", "routeTableId": "@closed"}),
    ("rds/subnetGroup", "data-subnets", {"subnetIds": ["@data-a"]}),
    ("rds/subnetGroup", "public-subnets", {"subnetIds": ["@public-a"]}),
)
_DOOR = (
    *_tier("door", fromPort=443, toPort=443, cidrIpv4="0.0.0.0/0"),
    ("lb/loadBalancer", "balancer", {"internal": False, "securityGroups": ["@door"], "subnets": ["@public-a"]}),
    *_tier("servers", fromPort=8080, toPort=8080, referencedSecurityGroupId="@door"),
)


def _database(subnets: str = "data-subnets", **more: Any) -> tuple[str, str, dict[str, Any]]:
    place = {"dbSubnetGroupName": f"@{subnets}", "vpcSecurityGroupIds": ["@data"]}
    return ("rds/cluster", "database", {"engine": "aurora-postgresql", "port": 5432, **place, **more})


@stack_rule(
    id="stores-out-of-reach",
    title="No path leads from outside to a database or a cache",
    severity="critical",
    why="Whoever may open a connection may try passwords and unpatched faults. Only servers need one, and they stand "
    "behind the balancer; so a store may admit nobody from outside the VPC, and no group with a member that is itself "
    "called from outside. Followed are the rules of security groups, prefix lists and the routes of subnets.",
    remedy="admit only the servers' security group, and put the store into subnets without a route from outside",
    source=_SECURITY_GROUPS,
    refused=example(
        *_VPC, *_DOOR, *_tier("data", fromPort=5432, toPort=5432, referencedSecurityGroupId="@door"), _database()
    ),
    mended=example(
        *_VPC, *_DOOR, *_tier("data", fromPort=5432, toPort=5432, referencedSecurityGroupId="@servers"), _database()
    ),
)
def _stores_out_of_reach(stack: Stack, configuration: Configuration) -> Iterator[Finding]:
    del configuration
    reach = Reach(stack)
    for store in stack.of(*STORES):
        for path in dict.fromkeys(reach.paths_to(store)):
            yield Finding(f"is called from outside: {path}", store)


@stack_rule(
    id="stores-in-closed-subnets",
    title="Databases and caches stand in subnets to which no route leads from outside",
    severity="high",
    why="A security group is one list that one edit opens. Without a route the edit opens nothing.",
    remedy="give the store subnets whose route table has no internet, VPN, transit or peering route",
    source="https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html",
    refused=example(*_VPC, *_tier("data", fromPort=5432, toPort=5432), _database("public-subnets")),
    mended=example(*_VPC, *_tier("data", fromPort=5432, toPort=5432), _database()),
)
def _stores_in_closed_subnets(stack: Stack, configuration: Configuration) -> Iterator[Finding]:
    del configuration
    reach = Reach(stack)
    for store in stack.of(*STORES):
        way = reach.way_in(store)
        if way:
            yield Finding(f"stands in a subnet with {way}", store)


@stack_rule(
    id="stores-name-their-callers",
    title="The security groups of databases and caches admit groups, not addresses from outside",
    severity="high",
    why="An address range says where a caller is today, a group says what it is. A range beyond the VPC waits for the "
    "day on which a route to it is added.",
    remedy="name the callers' security group in the rule, and give every store a group of its own",
    source=_SECURITY_GROUPS,
    refused=example(*_VPC, *_tier("data", fromPort=5432, toPort=5432, cidrIpv4="0.0.0.0/0"), _database()),
    mended=example(
        *_VPC, *_DOOR, *_tier("data", fromPort=5432, toPort=5432, referencedSecurityGroupId="@servers"), _database()
    ),
)
def _stores_name_their_callers(stack: Stack, configuration: Configuration) -> Iterator[Finding]:
    del configuration
    reach = Reach(stack)
    for store in stack.of(*STORES):
        given = {"vpcSecurityGroupIds", "securityGroupIds"} & {*store.properties, *store.references}
        # a cluster restored into a global one and the like may say nothing; what says nothing has the VPC's default
        if not given:
            yield Finding("names no security group, so the VPC's default group is its only door", store)
        for group in reach.groups(store):
            source = reach.admissions.from_outside(group, None)
            if source:
                yield Finding(f"admits {source}", store)


@resource_rule(
    id="database-not-public",
    title="No database has a public address",
    severity="critical",
    why="A public address is the one thing that makes an error in a security group an incident.",
    remedy="set publiclyAccessible to false",
    source="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html",
    refused=example(("rds/instance", "database", {"publiclyAccessible": True})),
    mended=example(("rds/instance", "database", {"publiclyAccessible": False})),
)
def _database_not_public(resource: Resource) -> Iterator[str]:
    # AWS makes what stands in a default VPC public unless it is told otherwise; stores-in-closed-subnets sees to that
    kinds = {"rds/instance", "rds/cluster", "rds/clusterInstance", "docdb/clusterInstance", "neptune/clusterInstance"}
    if resource.kind in {*kinds, "redshift/cluster"} and resource.get("publiclyAccessible") is True:
        yield "publiclyAccessible is true"


def _is_open_to_all(value: Any) -> bool:
    return bool(EVERYWHERE & set(texts(value)))


def _opens(entry: Any, names: tuple[str, str, str]) -> str | None:
    """What an ingress entry opens that no service needs: everything, or a port of administration."""
    protocol, first, last = (entry.get(name) for name in names)
    if UNKNOWN in (protocol, first, last):
        return None
    if str(protocol) in {"-1", "all"} or first is None or last is None:
        return "every port"
    inside = [str(port) for port in ADMINISTRATION if int(first) <= port <= int(last)]
    return f"port {' and '.join(inside)}" if inside else None


@resource_rule(
    id="no-administration-from-everywhere",
    title="Nobody is let in from everywhere to every port, to SSH or to RDP",
    severity="high",
    why="These doors are tried within minutes of being opened. Session Manager needs none of them.",
    remedy="use Session Manager, or name the few addresses or the group that may come",
    source="https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html",
    refused=example(
        (
            "vpc/securityGroupIngressRule",
            "ssh",
            {"cidrIpv4": "0.0.0.0/0", "ipProtocol": "tcp", "fromPort": 22, "toPort": 22},
        )
    ),
    mended=example(
        (
            "vpc/securityGroupIngressRule",
            "https",
            {"cidrIpv4": "0.0.0.0/0", "ipProtocol": "tcp", "fromPort": 443, "toPort": 443},
        )
    ),
)
def _no_administration_from_everywhere(resource: Resource) -> Iterator[str]:
    entries: list[tuple[Any, Any]] = []
    names = ("protocol", "fromPort", "toPort")
    if resource.kind == "vpc/securityGroupIngressRule":
        names = ("ipProtocol", "fromPort", "toPort")
        entries = [(resource, [resource.get("cidrIpv4"), resource.get("cidrIpv6")])]
    elif resource.kind == "ec2/securityGroupRule" and resource.get("type") == "ingress":
        entries = [(resource, [resource.get("cidrBlocks"), resource.get("ipv6CidrBlocks")])]
    elif resource.kind in {"ec2/securityGroup", "ec2/defaultSecurityGroup"}:
        entries = [
            (entry, [entry.get("cidrBlocks"), entry.get("ipv6CidrBlocks")]) for entry in resource.items("ingress")
        ]
    for entry, ranges in entries:
        opened = _opens(entry, names) if _is_open_to_all(ranges) else None
        if opened:
            yield f"lets everybody in to {opened}"


@stack_rule(
    id="default-group-empty",
    title="The default security group of every VPC is empty",
    severity="medium",
    enforcement="advisory",
    why="Whatever is started without a group gets this one, and as AWS makes it, its members may call one another on "
    "every port.",
    remedy="declare aws.ec2.DefaultSecurityGroup for the VPC, without rules",
    source="https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html",
    refused=example(("ec2/vpc", "vpc", {"cidrBlock": "10.0.0.0/16"})),
    mended=example(
        ("ec2/vpc", "vpc", {"cidrBlock": "10.0.0.0/16"}), ("ec2/defaultSecurityGroup", "default", {"vpcId": "@vpc"})
    ),
)
def _default_group_empty(stack: Stack, configuration: Configuration) -> Iterator[Finding]:
    del configuration
    for vpc in stack.of("ec2/vpc"):
        groups = stack.may_name(vpc, "vpcId", "ec2/defaultSecurityGroup")
        if not groups:
            yield Finding("keeps AWS's default security group as it is", vpc)
        for group in groups:
            if group.items("ingress") or group.items("egress"):
                yield Finding("has rules", group)


@stack_rule(
    id="traffic-recorded",
    title="The traffic of every VPC is recorded",
    severity="medium",
    enforcement="advisory",
    why="Who called whom can be asked afterwards only if it was written down.",
    remedy="declare aws.ec2.FlowLog for the VPC",
    source="https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html",
    refused=example(("ec2/vpc", "vpc", {"cidrBlock": "10.0.0.0/16"})),
    mended=example(("ec2/vpc", "vpc", {"cidrBlock": "10.0.0.0/16"}), ("ec2/flowLog", "log", {"vpcId": "@vpc"})),
)
def _traffic_recorded(stack: Stack, configuration: Configuration) -> Iterator[Finding]:
    del configuration
    for vpc in stack.of("ec2/vpc"):
        if not stack.may_name(vpc, "vpcId", "ec2/flowLog"):
            yield Finding("has no flow log", vpc)


RULES = (
    _stores_out_of_reach,
    _stores_in_closed_subnets,
    _stores_name_their_callers,
    _database_not_public,
    _no_administration_from_everywhere,
    _default_group_empty,
    _traffic_recorded,
)
