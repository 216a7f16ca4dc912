"""Who stands in a subnet and who wears a security group: interfaces, and services that moto gives none.

On AWS every balancer, database and cache has interfaces in its subnets, and these keep the subnet, its groups and the
way to the internet from being deleted.
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/requester-managed-eni.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from moto.elasticache.models import elasticache_backends
from moto.elbv2.models import elbv2_backends
from moto.rds.models import rds_backends


@dataclass(frozen=True, slots=True)
class Standing:
    """Something with an interface.

    Args:
        subnets: the ids of the subnets in which it stands.
        groups: the ids of the security groups that it wears.
        public: whether it has a public address.
    """

    subnets: frozenset[str]
    groups: frozenset[str]
    public: bool = False


def standing(ec2: Any) -> Iterator[Standing]:
    """Everything that stands in any subnet of an account's region.

    Args:
        ec2: moto's backend of it.
    """
    for interface in ec2.enis.values():
        yield Standing(
            frozenset({interface.subnet.id}),
            frozenset(group.id for group in interface.group_set),
            bool(interface.public_ip),
        )
    yield from _balancers(_present(elbv2_backends, ec2))
    yield from _databases(_present(rds_backends, ec2))
    yield from _caches(_present(elasticache_backends, ec2))


def _present(backends: Any, ec2: Any) -> Any:
    """A service's backend, where it has one already."""
    return dict.get(backends[ec2.account_id], ec2.region_name)


def _balancers(elbv2: Any) -> Iterator[Standing]:
    for balancer in elbv2.load_balancers.values() if elbv2 else ():
        subnets = frozenset(getattr(subnet, "id", subnet) for subnet in balancer.subnets)
        yield Standing(subnets, frozenset(balancer.security_groups or ()), balancer.scheme != "internal")


def _databases(rds: Any) -> Iterator[Standing]:
    if not rds:
        return
    for database in rds.databases.values():
        cluster = vars(database).get("cluster")
        name = cluster.db_subnet_group_name if cluster else ""
        group = vars(database).get("db_subnet_group") or rds.subnet_groups.get(name)
        subnets = frozenset(subnet["SubnetIdentifier"] for subnet in group.subnets) if group else frozenset()
        yield Standing(subnets, frozenset(database.vpc_security_group_ids or ()))
    for proxy in rds.db_proxies.values():
        yield Standing(frozenset(proxy.vpc_subnet_ids or ()), frozenset(proxy.vpc_security_group_ids or ()))


def _caches(elasticache: Any) -> Iterator[Standing]:
    if not elasticache:
        return
    for cache in (*elasticache.cache_clusters.values(), *elasticache.replication_groups.values()):
        group = elasticache.cache_subnet_groups.get(cache.cache_subnet_group_name)
        yield Standing(frozenset(group.subnet_ids if group else ()), frozenset(cache.security_group_ids or ()))
