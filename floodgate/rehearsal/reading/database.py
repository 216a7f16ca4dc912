"""The PostgreSQL database in the group's network: its writer, its readers, its connections, its proxy."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from floodgate.awsrules.model import InstanceType
from floodgate.rehearsal.plan import Database
from floodgate.rehearsal.reading.calls import Calls
from floodgate.rehearsal.reading.group import instance_type

Described = Mapping[str, Any]

BYTES_PER_CONNECTION = 9_531_392
MOST_CONNECTIONS = 5000
"""The default of max_connections is LEAST({DBInstanceClassMemory/9531392}, 5000).

Source: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.Managing.html
"""

_MIB_PER_ACU = 2048
_ACU_PER_VCPU = 4  # a capacity unit has 2 GiB, and the memory-optimised classes 8 GiB for each vCPU


def read_database(calls: Calls, vpc_id: str) -> Database | None:
    """The database in this VPC: an Aurora cluster first, else an instance that is no replica; None without one."""
    groups = {
        g["DBSubnetGroupName"]
        for g in calls.all("rds", "describe_db_subnet_groups", "DBSubnetGroups")
        if g.get("VpcId") == vpc_id
    }
    clusters = [
        c
        for c in calls.all("rds", "describe_db_clusters", "DBClusters")
        if _subnet_group(c.get("DBSubnetGroup")) in groups
    ]
    instances = calls.all("rds", "describe_db_instances", "DBInstances")
    if clusters:
        return _cluster(calls, _first(calls, clusters, "DBClusterIdentifier"), instances, vpc_id)
    here = [i for i in instances if _subnet_group(i.get("DBSubnetGroup")) in groups]
    alone = [i for i in here if not i.get("ReadReplicaSourceDBInstanceIdentifier")]
    return _instance(calls, _first(calls, alone, "DBInstanceIdentifier"), instances, vpc_id) if alone else None


def connections(setting: str | None, memory_mib: int) -> int:
    """max_connections of an instance with this memory; `setting` is the parameter group's own value, if any.

    A setting that is a formula counts as AWS's default formula with its own divisor and ceiling.
    """
    numbers = [int(n) for n in re.findall(r"\d+", setting or "")]
    if setting and setting.isdigit():
        return numbers[0]
    divisor = next((n for n in numbers if n > 100_000), BYTES_PER_CONNECTION)
    ceiling = next((n for n in numbers if n <= 100_000), MOST_CONNECTIONS)
    return min(memory_mib * 1024 * 1024 // divisor, ceiling)


def _subnet_group(value: Any) -> str | None:
    """A cluster tells the name of its subnet group, an instance the whole group."""
    return value.get("DBSubnetGroupName") if isinstance(value, Mapping) else value


def _first(calls: Calls, found: Sequence[Described], key: str) -> Described:
    chosen = min(found, key=lambda f: f[key])
    if len(found) > 1:
        calls.notes.append(f"of the network's {len(found)} databases only '{chosen[key]}' is rehearsed")
    return chosen


def _cluster(calls: Calls, cluster: Described, instances: Sequence[Described], vpc_id: str) -> Database:
    name = cluster["DBClusterIdentifier"]
    members = {m["DBInstanceIdentifier"]: m.get("IsClusterWriter", False) for m in cluster.get("DBClusterMembers", [])}
    described = {i["DBInstanceIdentifier"]: i for i in instances}
    writers = [n for n, writes in members.items() if writes] or sorted(members)
    writer = described[writers[0]]
    kind = _size(calls, writer["DBInstanceClass"], cluster)
    setting = _parameter(
        calls, "describe_db_cluster_parameters", DBClusterParameterGroupName=cluster["DBClusterParameterGroup"]
    )
    return Database(
        name=name,
        engine=cluster["Engine"],
        instance_class=writer["DBInstanceClass"],
        vcpus=kind.vcpus,
        memory_mib=kind.memory_mib,
        readers=len(members) - 1,
        max_connections=connections(setting or _own_setting(calls, writer), kind.memory_mib),
        proxy_max_connections_percent=_proxy_percent(calls, vpc_id, {name, *members}),
    )


def _instance(calls: Calls, instance: Described, instances: Sequence[Described], vpc_id: str) -> Database:
    name = instance["DBInstanceIdentifier"]
    kind = _size(calls, instance["DBInstanceClass"], {})
    replicas = [i for i in instances if i.get("ReadReplicaSourceDBInstanceIdentifier") == name]
    return Database(
        name=name,
        engine=instance["Engine"],
        instance_class=instance["DBInstanceClass"],
        vcpus=kind.vcpus,
        memory_mib=kind.memory_mib,
        readers=len(replicas),
        max_connections=connections(_own_setting(calls, instance), kind.memory_mib),
        proxy_max_connections_percent=_proxy_percent(calls, vpc_id, {name}),
    )


def _size(calls: Calls, instance_class: str, cluster: Described) -> InstanceType:
    """Size of a database class, which is an EC2 type with `db.` before it, or a serverless maximum."""
    if instance_class == "db.serverless":
        units = cluster.get("ServerlessV2ScalingConfiguration", {}).get("MaxCapacity", 1)
        calls.notes.append(f"the serverless database is rehearsed at its maximum of {units:g} capacity units")
        return InstanceType(instance_class, max(1, int(units / _ACU_PER_VCPU)), int(units * _MIB_PER_ACU))
    return instance_type(calls, instance_class.removeprefix("db."))


def _own_setting(calls: Calls, instance: Described) -> str | None:
    groups = instance.get("DBParameterGroups", [])
    if not groups:
        return None
    return _parameter(calls, "describe_db_parameters", DBParameterGroupName=groups[0]["DBParameterGroupName"])


def _parameter(calls: Calls, operation: str, **group: str) -> str | None:
    """The value of max_connections that somebody set in a parameter group; None where the default holds."""
    if next(iter(group.values())).startswith("default."):
        return None
    found = calls.all("rds", operation, "Parameters", Source="user", **group)
    return next((p.get("ParameterValue") for p in found if p["ParameterName"] == "max_connections"), None)


def _proxy_percent(calls: Calls, vpc_id: str, targets: set[str]) -> int | None:
    """The share of the connections that the proxy before one of these targets may take; None without a proxy."""
    for proxy in calls.all("rds", "describe_db_proxies", "DBProxies"):
        if proxy.get("VpcId") != vpc_id:
            continue
        name = proxy["DBProxyName"]
        registered = calls.all("rds", "describe_db_proxy_targets", "Targets", DBProxyName=name)
        if targets & {t.get(key) for t in registered for key in ("RdsResourceId", "TrackedClusterId")}:
            groups = calls.all("rds", "describe_db_proxy_target_groups", "TargetGroups", DBProxyName=name)
            return groups[0].get("ConnectionPoolConfig", {}).get("MaxConnectionsPercent", 100)
    return None
