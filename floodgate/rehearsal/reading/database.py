"""The PostgreSQL database in the group's network: its writer, its readers, its connections, its proxy."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from floodgate.awsrules.database.connections import max_connections, serverless_connections
from floodgate.awsrules.model import InstanceType
from floodgate.rehearsal.errors import PlanError
from floodgate.rehearsal.plan import Database
from floodgate.rehearsal.reading.calls import Calls, NotTold
from floodgate.rehearsal.reading.launching import instance_type
from floodgate.rehearsal.reading.values import Described, need, whole

_MIB_PER_ACU = 2048
_ACU_PER_VCPU = 4  # a capacity unit has 2 GiB, and the memory-optimised classes 8 GiB for each vCPU


_NO_DATABASE = "the group is read without a database"


def read_database(calls: Calls, vpc_id: str | None) -> Database | None:
    """The database in this VPC: an Aurora cluster first, else an instance that is no replica; None without one.

    A saved plan that does not tell the VPC (None) holds nothing but the group's own, so any database is taken.
    """
    clusters = calls.told(_NO_DATABASE, "rds", "describe_db_clusters", "DBClusters")
    instances = calls.told(_NO_DATABASE, "rds", "describe_db_instances", "DBInstances")
    if not clusters and not instances:
        return None
    groups = _subnet_groups(calls, instances, vpc_id)
    here = [c for c in clusters if vpc_id is None or _subnet_group(c.get("DBSubnetGroup")) in groups]
    if here:
        return _cluster(calls, _first(calls, here, "DBClusterIdentifier"), instances, vpc_id)
    alone = [
        i
        for i in instances
        if (vpc_id is None or _subnet_group(i.get("DBSubnetGroup")) in groups)
        and not i.get("ReadReplicaSourceDBInstanceIdentifier")
    ]
    return _instance(calls, _first(calls, alone, "DBInstanceIdentifier"), instances, vpc_id) if alone else None


def _subnet_groups(calls: Calls, instances: Sequence[Described], vpc_id: str | None) -> set[str | None]:
    """The names of this VPC's subnet groups; where they are not told, instances tell their own."""
    try:
        found = calls.all("rds", "describe_db_subnet_groups", "DBSubnetGroups")
    except NotTold:
        found = [i.get("DBSubnetGroup") or {} for i in instances]
    return {g.get("DBSubnetGroupName") for g in found if g.get("VpcId") == vpc_id}


def connections(setting: str | None, default: int, memory_mib: int) -> int:
    """max_connections: AWS's default, or what the parameter group sets, a number or a formula over the memory.

    Source of the formulas: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ParamValuesRef.html
    """
    if setting is None:
        return default
    if re.fullmatch(r"[0-9]{1,9}", setting):
        return int(setting)
    formula = re.fullmatch(r"(?:LEAST\()?\{DBInstanceClassMemory/([1-9][0-9]{0,11})\}(?:,\s*([0-9]{1,9})\))?", setting)
    if formula is None:
        return default
    by_memory = memory_mib * 1024 * 1024 // int(formula[1])
    return min(by_memory, int(formula[2])) if formula[2] else by_memory


def _subnet_group(value: Any) -> str | None:
    """A cluster tells the name of its subnet group, an instance the whole group."""
    return value.get("DBSubnetGroupName") if isinstance(value, Mapping) else value


def _first(calls: Calls, found: Sequence[Described], key: str) -> Described:
    chosen = min(found, key=lambda f: need(f, key, "a database"))
    if len(found) > 1:
        calls.notes.append(f"of the network's {len(found)} databases only '{chosen[key]}' is rehearsed")
    return chosen


def _cluster(calls: Calls, cluster: Described, instances: Sequence[Described], vpc_id: str | None) -> Database:
    name = cluster["DBClusterIdentifier"]
    what = f"database cluster '{name}'"
    members = {
        need(m, "DBInstanceIdentifier", what): m.get("IsClusterWriter", False)
        for m in cluster.get("DBClusterMembers") or []
    }
    described = {i.get("DBInstanceIdentifier"): i for i in instances}
    writers = [n for n, writes in members.items() if writes] or sorted(members)
    if not writers or writers[0] not in described:
        raise PlanError(f"{what}: its writer is not among the database instances; save describe-db-instances whole")
    writer = described[writers[0]]
    kind, default = _size(calls, writer, cluster.get("ServerlessV2ScalingConfiguration") or {}, what)
    group = cluster.get("DBClusterParameterGroup")
    setting = _parameter(calls, "describe_db_cluster_parameters", DBClusterParameterGroupName=group) if group else None
    return Database(
        name=name,
        engine=need(cluster, "Engine", what),
        instance_class=writer["DBInstanceClass"],
        vcpus=kind.vcpus,
        memory_mib=kind.memory_mib,
        readers=len(members) - 1,
        max_connections=connections(setting or _own_setting(calls, writer), default, kind.memory_mib),
        proxy_max_connections_percent=_proxy_percent(calls, vpc_id, {name, *members}),
    )


def _instance(calls: Calls, instance: Described, instances: Sequence[Described], vpc_id: str | None) -> Database:
    name = instance["DBInstanceIdentifier"]
    kind, default = _size(calls, instance, {}, f"database '{name}'")
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


def _size(calls: Calls, instance: Described, serverless: Described, what: str) -> tuple[InstanceType, int]:
    """What the class brings, and its default of max_connections; a serverless class counts at its maximum."""
    name, engine = need(instance, "DBInstanceClass", what), need(instance, "Engine", what)
    try:
        if name == "db.serverless":
            least, most = serverless.get("MinCapacity", 0.5), serverless.get("MaxCapacity", 1)
            calls.note(f"the serverless database is rehearsed at its maximum of {most:g} capacity units")
            kind = InstanceType(name, max(1, int(most / _ACU_PER_VCPU)), int(most * _MIB_PER_ACU))
            return kind, serverless_connections(engine, least, most)
        # a database class is an EC2 type with "db." before it
        kind = instance_type(calls, name.removeprefix("db."))
        return kind, max_connections(engine, name, kind.memory_mib) if kind.memory_mib else 0
    except (KeyError, ValueError) as error:
        raise PlanError(
            f"database engine '{engine}' on '{name}' is not rehearsed; use a PostgreSQL or MySQL engine"
        ) from error


def _own_setting(calls: Calls, instance: Described) -> str | None:
    groups = instance.get("DBParameterGroups") or [{}]
    name = groups[0].get("DBParameterGroupName")
    return _parameter(calls, "describe_db_parameters", DBParameterGroupName=name) if name else None


def _parameter(calls: Calls, operation: str, **group: str) -> str | None:
    """The value of max_connections that somebody set in a parameter group; None where the default holds."""
    if next(iter(group.values())).startswith("default."):
        return None
    otherwise = "the engine's default of max_connections is taken"
    found = calls.told(otherwise, "rds", operation, "Parameters", Source="user", **group)
    return next((p.get("ParameterValue") for p in found if p.get("ParameterName") == "max_connections"), None)


def _proxy_percent(calls: Calls, vpc_id: str | None, targets: set[str]) -> int | None:
    """The share of the connections that the proxy before one of these targets may take; None without a proxy."""
    for proxy in calls.told("the database is read without a proxy", "rds", "describe_db_proxies", "DBProxies"):
        if vpc_id is not None and proxy.get("VpcId") != vpc_id:
            continue
        name = need(proxy, "DBProxyName", "a database proxy")
        if _stands_before(calls, name, targets):
            return _pool_percent(calls, name)
    return None


def _stands_before(calls: Calls, proxy: str, targets: set[str]) -> bool:
    try:
        registered = calls.all("rds", "describe_db_proxy_targets", "Targets", DBProxyName=proxy)
    except NotTold as gap:
        calls.note(f"{gap.file} is not there: proxy '{proxy}' is taken to stand before the database")
        return True
    return bool(targets & {t.get(key) for t in registered for key in ("RdsResourceId", "TrackedClusterId")})


def _pool_percent(calls: Calls, proxy: str) -> int:
    groups = calls.told(
        f"proxy '{proxy}' may take 100 % of the connections, which is AWS's default",
        "rds", "describe_db_proxy_target_groups", "TargetGroups", DBProxyName=proxy,
    )  # fmt: skip
    pool = (groups[0].get("ConnectionPoolConfig") or {}) if groups else {}
    return whole(pool, "MaxConnectionsPercent", f"proxy '{proxy}'", 100, least=1)
