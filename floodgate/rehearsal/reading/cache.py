"""The Valkey or Redis replication group in the group's network."""

from __future__ import annotations

from floodgate.rehearsal.plan import Cache
from floodgate.rehearsal.reading.calls import Calls, NotTold
from floodgate.rehearsal.reading.values import need


def read_cache(calls: Calls, vpc_id: str | None) -> Cache | None:
    """The replication group whose nodes stand in this VPC; None without one.

    A saved plan that does not tell which is where holds nothing but the group's own, so its first is taken.
    """
    groups = calls.told(
        "the group is read without a cache", "elasticache", "describe_replication_groups", "ReplicationGroups"
    )
    here = _in_network(calls, vpc_id) if groups else None
    for group in sorted(groups, key=lambda g: need(g, "ReplicationGroupId", "a replication group")):
        name = group["ReplicationGroupId"]
        if here is None or name in here:
            kind = group.get("CacheNodeType") or "unknown"
            return Cache(name, kind, len(group.get("MemberClusters") or []))
    return None


def _in_network(calls: Calls, vpc_id: str | None) -> set[str | None] | None:
    """The replication groups with nodes in the VPC; None where that is not told."""
    if vpc_id is None:
        return None
    try:
        found = calls.all("elasticache", "describe_cache_subnet_groups", "CacheSubnetGroups")
        clusters = calls.all("elasticache", "describe_cache_clusters", "CacheClusters")
    except NotTold as gap:
        calls.note(f"{gap.file} is not there: the cache is taken to be in the group's network")
        return None
    subnet_groups = {g.get("CacheSubnetGroupName") for g in found if g.get("VpcId") == vpc_id}
    return {c.get("ReplicationGroupId") for c in clusters if c.get("CacheSubnetGroupName") in subnet_groups}
