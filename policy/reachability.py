"""Who may call whom: security groups' rules and subnets' routes, followed from outside.

Outside is whatever is not in the VPC: the internet, and networks joined to it. A packet from there reaches a thing if
one of its groups admits it and one of its subnets has a route by which such packets come. Network ACLs can only close
more, so a path that is found may be shut by one; it is found all the same, because then a single list holds the door.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from policy.admissions import DEFAULT_GROUP, GROUP, Admissions
from policy.routes import SUBNET, way_in
from policy.view import Resource, Stack, texts

# kind: the properties with its security groups, and those with its subnets; "x>y" is y of the resource that x names
_VIA_SUBNET_GROUP = ("dbSubnetGroupName>subnetIds",)
_PLACES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "rds/cluster": (("vpcSecurityGroupIds",), _VIA_SUBNET_GROUP),
    "rds/instance": (("vpcSecurityGroupIds",), _VIA_SUBNET_GROUP),
    "docdb/cluster": (("vpcSecurityGroupIds",), _VIA_SUBNET_GROUP),
    "rds/proxy": (("vpcSecurityGroupIds",), ("vpcSubnetIds",)),
    "elasticache/replicationGroup": (("securityGroupIds",), ("subnetGroupName>subnetIds",)),
    "elasticache/cluster": (("securityGroupIds",), ("subnetGroupName>subnetIds",)),
    "elasticache/serverlessCache": (("securityGroupIds",), ("subnetIds",)),
    "memorydb/cluster": (("securityGroupIds",), ("subnetGroupName>subnetIds",)),
    "lb/loadBalancer": (("securityGroups",), ("subnets", "subnetMappings")),
    "ec2/instance": (("vpcSecurityGroupIds",), ("subnetId",)),
    "ec2/networkInterface": (("securityGroups",), ("subnetId",)),
    "ec2/vpcEndpoint": (("securityGroupIds",), ("subnetIds",)),
    "autoscaling/group": (
        ("launchTemplate>vpcSecurityGroupIds", "launchTemplate>networkInterfaces"),
        ("vpcZoneIdentifiers",),
    ),
    "ecs/service": (("networkConfiguration",), ("networkConfiguration",)),
    "lambda/function": (("vpcConfig",), ("vpcConfig",)),
}
_HOLDERS = (
    "rds/subnetGroup",
    "docdb/subnetGroup",
    "elasticache/subnetGroup",
    "memorydb/subnetGroup",
    "ec2/launchTemplate",
)
STORES = (
    "rds/cluster",
    "rds/instance",
    "rds/proxy",
    "docdb/cluster",
    "elasticache/replicationGroup",
    "elasticache/cluster",
    "elasticache/serverlessCache",
    "memorydb/cluster",
)
# the port a store listens on where it names none
_PORTS = {"postgres": 5432, "mysql": 3306, "mariadb": 3306, "redis": 6379, "valkey": 6379, "memcached": 11211}


class Reach:
    """The paths of one stack's network."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self.admissions = Admissions(stack)

    def groups(self, thing: Resource) -> list[Resource]:
        """The security groups around a thing."""
        return self._places(thing, _PLACES[thing.kind][0], GROUP, DEFAULT_GROUP)

    def subnets(self, thing: Resource) -> list[Resource]:
        """The subnets a thing stands in."""
        return self._places(thing, _PLACES[thing.kind][1], SUBNET)

    def _places(self, thing: Resource, paths: tuple[str, ...], *kinds: str) -> list[Resource]:
        found: dict[str, Resource] = {}
        for path in paths:
            via, _, name = path.rpartition(">")
            for holder in self._stack.targets(thing, via, *_HOLDERS) if via else [thing]:
                found |= {target.urn: target for target in self._stack.targets(holder, name, *kinds)}
        return list(found.values())

    def way_in(self, thing: Resource) -> str | None:
        """The route by which packets from outside come to one of its subnets, in words; None where there is none."""
        ways = (way_in(self._stack, subnet) for subnet in self.subnets(thing))
        return next((way for way in ways if way), None)

    def exposed(self, group: Resource) -> tuple[Resource, str] | None:
        """A member of a group that is itself called from outside, and by whom; None where there is none."""
        source = self.admissions.from_outside(group, None)
        for thing in self._members.get(group.urn, ()) if source else ():
            if thing.get("internal") is not True and self.way_in(thing):
                return thing, str(source)
        return None

    @cached_property
    def _members(self) -> dict[str, list[Resource]]:
        found: dict[str, list[Resource]] = {}
        for thing in self._stack.of(*_PLACES):
            for group in self.groups(thing):
                found.setdefault(group.urn, []).append(thing)
        return found

    def paths_to(self, store: Resource) -> Iterator[str]:
        """The ways from outside to a store, in words: straight, or with a single thing between."""
        port, way = port_of(store), self.way_in(store)
        for group in self.groups(store):
            source = self.admissions.from_outside(group, port)
            if source and way:
                yield f"{source}, along {way}"
            callers = [caller for a in self.admissions.of(group) if a.reaches(port) for caller in a.groups]
            for found in map(self.exposed, callers):
                if found and found[0] is not store:
                    yield f"{found[1]} to {found[0].name}, which {group.name} admits"


def port_of(store: Resource) -> int | None:
    """The port a store listens on; None where it cannot be known."""
    port = store.get("port")
    if isinstance(port, int):
        return port
    engine = " ".join(texts([store.get("engine"), store.get("engineFamily")])).lower()
    return next((number for name, number in _PORTS.items() if name in engine), None)
