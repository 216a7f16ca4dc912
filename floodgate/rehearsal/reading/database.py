"""The PostgreSQL database in the group's network: its writer, its readers, its connections, its proxy."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from floodgate.awsrules.database.connections import max_connections, serverless_connections
from floodgate.awsrules.model import InstanceType
from floodgate.rehearsal.errors import PlanError
from floodgate.rehearsal.plan import Database
from floodgate.rehearsal.reading.calls import Calls
from floodgate.rehearsal.reading.group import instance_type

Described = Mapping[str, Any]

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


def connections(setting: str | None, default: int, memory_mib: int) -> int:
    """max_connections: AWS's default, or what the parameter group sets, a number or a formula over the memory.

    Source of the formulas: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ParamValuesRef.html
    """
    if setting is None:
        return default
    if setting.isdigit():
        return int(setting)
    formula = re.fullmatch(r"(?:LEAST\()?\{DBInstanceClassMemory/(\d+)\}(?:,\s*(\d+)\))?", setting)
    if formula is None:
        return default
    by_memory = memory_mib * 1024 * 1024 // int(formula[1])
    return min(by_memory, int(formula[2])) if formula[2] else by_memory


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
    kind, default = _size(calls, writer, cluster.get("ServerlessV2ScalingConfiguration", {}))
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
        max_connections=connections(setting or _own_setting(calls, writer), default, kind.memory_mib),
        proxy_max_connections_percent=_proxy_percent(calls, vpc_id, {name, *members}),
    )


def _instance(calls: Calls, instance: Described, instances: Sequence[Described], vpc_id: str) -> Database:
    name = instance["DBInstanceIdentifier"]
    kind, default = _size(calls, instance, {})
    replicas = [i for i in instances if i.get("ReadReplicaSourceDBInstanceIdentifier") == name]
    return Database(
        name=name,
        engine=instance["Engine"],
        instance_class=instance["DBInstanceClass"],
        vcpus=kind.vcpus,
        memory_mib=kind.memory_mib,
        readers=len(replicas),
        max_connections=connections(_own_setting(calls, instance), default, kind.memory_mib),
        proxy_max_connections_percent=_proxy_percent(calls, vpc_id, {name}),
    )


def _size(calls: Calls, instance: Described, serverless: Described) -> tuple[InstanceType, int]:
    """What the class brings, and its default of max_connections; a serverless class counts at its maximum."""
    name, engine = instance["DBInstanceClass"], instance["Engine"]
    try:
        if name == "db.serverless":
            least, most = serverless.get("MinCapacity", 0.5), serverless.get("MaxCapacity", 1)
            calls.notes.append(f"the serverless database is rehearsed at its maximum of {most:g} capacity units")
            kind = InstanceType(name, max(1, int(most / _ACU_PER_VCPU)), int(most * _MIB_PER_ACU))
            return kind, serverless_connections(engine, least, most)
        # a database class is an EC2 type with "db." before it
        kind = instance_type(calls, name.removeprefix("db."))
        return kind, max_connections(engine, name, kind.memory_mib)
    except KeyError as error:
        raise PlanError(
            f"database engine '{engine}' on '{name}' is not rehearsed; use a PostgreSQL or MySQL engine"
        ) from error


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
