"""The Valkey or Redis replication group in the group's network."""

from __future__ import annotations

from floodgate.rehearsal.plan import Cache
from floodgate.rehearsal.reading.calls import Calls


def read_cache(calls: Calls, vpc_id: str) -> Cache | None:
    """The replication group whose nodes stand in this VPC; None without one."""
    groups = calls.all("elasticache", "describe_replication_groups", "ReplicationGroups")
    if not groups:
        return None
    subnet_groups = {
        g["CacheSubnetGroupName"]
        for g in calls.all("elasticache", "describe_cache_subnet_groups", "CacheSubnetGroups")
        if g.get("VpcId") == vpc_id
    }
    clusters = calls.all("elasticache", "describe_cache_clusters", "CacheClusters")
    here = {c.get("ReplicationGroupId") for c in clusters if c.get("CacheSubnetGroupName") in subnet_groups}
    for group in sorted(groups, key=lambda g: g["ReplicationGroupId"]):
        if group["ReplicationGroupId"] in here:
            return Cache(group["ReplicationGroupId"], group["CacheNodeType"], len(group.get("MemberClusters", [])))
    return None
