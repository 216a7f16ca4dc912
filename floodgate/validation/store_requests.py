"""The create calls that would make what a saved plan describes of databases, proxies and caches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from floodgate.validation.request import Request, request
from floodgate.validation.told import Told

# AWS never tells a password; this one stands where it takes one
_PASSWORD = "is-not-told"  # noqa: S105 - no password of anybody
_ON = ("enabled", "enabling")


def _first_user(item: Mapping[str, Any]) -> dict[str, Any]:
    managed = bool(item.get("MasterUserSecret"))
    return {"ManageMasterUserPassword": True} if managed else {"MasterUserPassword": _PASSWORD}


def clusters(told: Told) -> Iterator[Request]:
    """CreateDBCluster of every cluster."""
    for cluster in told.items("rds", "describe_db_clusters"):
        scaling = cluster.get("ServerlessV2ScalingConfiguration")
        where = f"cluster {cluster['DBClusterIdentifier']}"
        yield request(
            where, "rds", "CreateDBCluster", cluster,
            ServerlessV2ScalingConfiguration=scaling, DBSubnetGroupName=cluster.get("DBSubnetGroup"),
            DBClusterParameterGroupName=cluster.get("DBClusterParameterGroup"), **_first_user(cluster),
        )  # fmt: skip


def instances(told: Told) -> Iterator[Request]:
    """CreateDBInstance of every instance that is no replica of another."""
    for instance in told.items("rds", "describe_db_instances"):
        where = f"database instance {instance['DBInstanceIdentifier']}"
        source = instance.get("ReadReplicaSourceDBInstanceIdentifier")
        if source:
            given = {"SourceDBInstanceIdentifier": source}
            yield request(where, "rds", "CreateDBInstanceReadReplica", instance, **given)
        else:
            own = {} if instance.get("DBClusterIdentifier") else _first_user(instance)
            yield request(where, "rds", "CreateDBInstance", instance, **own)


def proxies(told: Told) -> Iterator[Request]:
    """CreateDBProxy of every proxy."""
    for proxy in told.items("rds", "describe_db_proxies"):
        name = proxy["DBProxyName"]
        made = request(f"proxy {name}", "rds", "CreateDBProxy", proxy)
        itself = ("rds.describe_db_proxies", "DBProxyName", name)
        yield Request(made.resource, "rds", made.operation, made.params, itself)


def proxy_pools(told: Told) -> Iterator[Request]:
    """ModifyDBProxyTargetGroup with the connection pool of every proxy."""
    for group in told.items("rds", "describe_db_proxy_target_groups"):
        where = f"connection pool of proxy {group['DBProxyName']}"
        pool = group.get("ConnectionPoolConfig")
        yield request(where, "rds", "ModifyDBProxyTargetGroup", group, ConnectionPoolConfig=pool)


def caches(told: Told) -> Iterator[Request]:
    """CreateReplicationGroup of every replication group."""
    for group in told.items("elasticache", "describe_replication_groups"):
        yield request(
            f"replication group {group['ReplicationGroupId']}", "elasticache", "CreateReplicationGroup", group,
            ReplicationGroupDescription=group.get("Description") or "not told",
            AutomaticFailoverEnabled=group.get("AutomaticFailover") in _ON,
            MultiAZEnabled=group.get("MultiAZ") in _ON,
            **_nodes(group),
        )  # fmt: skip


def _nodes(group: Mapping[str, Any]) -> dict[str, Any]:
    shards = group.get("NodeGroups") or ()
    members = len(group.get("MemberClusters") or ()) or max(
        (len(shard.get("NodeGroupMembers") or ()) for shard in shards), default=0
    )
    if len(shards) > 1 or group.get("ClusterEnabled"):
        fullest = max((len(shard.get("NodeGroupMembers") or ()) for shard in shards), default=0)
        return {"NumNodeGroups": len(shards) or None, "ReplicasPerNodeGroup": fullest - 1 if fullest else None}
    return {"NumCacheClusters": members or None}
