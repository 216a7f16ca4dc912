"""RDS and Aurora: what they refuse of changes to clusters, instances and proxies, and of read replicas.

Sources: the API reference, https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBCluster.html,
API_ModifyDBInstance.html, API_CreateDBInstanceReadReplica.html, API_ModifyDBProxy.html beside it; "Working with DB
instance read replicas", https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.html.
"""

from __future__ import annotations

from typing import Any

from floodgate.awsrules.legality.checking import within
from floodgate.awsrules.legality.facts import Check, Facts, Params
from floodgate.awsrules.legality.rds_settings import (
    COMBINATION,
    INVALID,
    check_identifier,
    check_insights,
    check_monitoring_interval,
    check_password,
    check_serverless,
)
from floodgate.awsrules.refusal import Refusal

MAX_REPLICAS = 15


def modify_cluster(params: Params, facts: Facts) -> None:
    """ModifyDBCluster: what it leaves out stays as it is."""
    if params.get("NewDBClusterIdentifier"):
        check_identifier("NewDBClusterIdentifier", params["NewDBClusterIdentifier"])
    within(INVALID, "BackupRetentionPeriod", params.get("BackupRetentionPeriod"), 1, 35, " days")
    check_password(params, needed=False)
    _check_rotation(params)
    check_monitoring_interval(params)
    check_insights(params)
    scaling = params.get("ServerlessV2ScalingConfiguration") or {}
    if scaling:
        asked = {"DBClusterIdentifier": params["DBClusterIdentifier"]}
        held = _first(facts.known("rds.describe_db_clusters", asked))
        check_serverless({**(held.get("ServerlessV2ScalingConfiguration") or {}), **scaling})


def modify_instance(params: Params, facts: Facts) -> None:
    """ModifyDBInstance: what it leaves out stays as it is; storage never shrinks."""
    if params.get("NewDBInstanceIdentifier"):
        check_identifier("NewDBInstanceIdentifier", params["NewDBInstanceIdentifier"])
    within(INVALID, "PromotionTier", params.get("PromotionTier"), 0, 15)
    within(INVALID, "BackupRetentionPeriod", params.get("BackupRetentionPeriod"), 0, 35, " days")
    check_password(params, needed=False)
    _check_rotation(params)
    check_monitoring_interval(params)
    check_insights(params)
    if params.get("AllocatedStorage") is not None or params.get("MaxAllocatedStorage") is not None:
        asked = {"DBInstanceIdentifier": params["DBInstanceIdentifier"]}
        _check_storage(params, _first(facts.known("rds.describe_db_instances", asked)))


def _first(items: list[dict[str, Any]] | None) -> dict[str, Any]:
    return items[0] if items else {}


def _check_rotation(params: Params) -> None:
    if params.get("RotateMasterUserPassword") and not params.get("ApplyImmediately"):
        rule = "You must apply the change immediately when rotating the master user password"
        raise Refusal(COMBINATION, value="RotateMasterUserPassword", rule=rule, remedy="set ApplyImmediately")


def _check_storage(params: Params, held: dict[str, Any]) -> None:
    now, wanted = held.get("AllocatedStorage", 0), params.get("AllocatedStorage")
    if wanted is not None and wanted < now:
        rule = f"storage cannot become less than what it is, {now} GiB"
        raise Refusal(COMBINATION, value=f"AllocatedStorage {wanted}", rule=rule, remedy="keep it, or ask for more")
    most, size = params.get("MaxAllocatedStorage"), wanted if wanted is not None else now
    if most is not None and most < size:
        rule = f"Max storage size must not be less than storage size, {size} GiB"
        raise Refusal(COMBINATION, value=f"MaxAllocatedStorage {most}", rule=rule, remedy="raise it")


def create_read_replica(params: Params, facts: Facts) -> None:
    """CreateDBInstanceReadReplica: of an instance with backups outside of any cluster, at most 15."""
    check_identifier("DBInstanceIdentifier", params["DBInstanceIdentifier"])
    sources = [key for key in ("SourceDBInstanceIdentifier", "SourceDBClusterIdentifier") if params.get(key)]
    if len(sources) != 1:
        rule = "it needs either SourceDBInstanceIdentifier or SourceDBClusterIdentifier"
        value = f"replica {params['DBInstanceIdentifier']} has {'both' if sources else 'neither'}"
        raise Refusal(COMBINATION, value=value, rule=rule, remedy="name one source")
    check_monitoring_interval(params)
    check_insights(params)
    source = params.get("SourceDBInstanceIdentifier")
    if not source or ":" in source:  # an ARN leads into another Region
        return
    held = _first(facts.known("rds.describe_db_instances", {"DBInstanceIdentifier": source}))
    if held.get("DBClusterIdentifier"):
        rule = "an instance of an Aurora cluster has no replicas of this kind"
        raise Refusal("InvalidDBInstanceState", value=f"source {source}", rule=rule, remedy="create it in the cluster")
    if held.get("BackupRetentionPeriod") == 0:
        rule = "Automated backups are not enabled for it"
        raise Refusal("InvalidDBInstanceState", value=f"source {source}", rule=rule, remedy="set BackupRetentionPeriod")
    replicas = [
        name for name in held.get("ReadReplicaDBInstanceIdentifiers") or () if name != params["DBInstanceIdentifier"]
    ]
    if len(replicas) >= MAX_REPLICAS:
        value, rule = f"{len(replicas)} replicas of {source}", f"the quota is {MAX_REPLICAS}"
        raise Refusal("InstanceQuotaExceeded", value=value, rule=rule, remedy="delete one")


def modify_proxy(params: Params, _facts: Facts) -> None:
    """ModifyDBProxy."""
    if params.get("NewDBProxyName"):
        check_identifier("NewDBProxyName", params["NewDBProxyName"])
    within(INVALID, "IdleClientTimeout", params.get("IdleClientTimeout"), 1, 28_800, " s")
    if params.get("Auth") == [] and params.get("DefaultAuthScheme", "NONE") == "NONE":
        rule = "without DefaultAuthScheme you must specify Auth"
        raise Refusal(COMBINATION, value=f"proxy {params['DBProxyName']}", rule=rule, remedy="give Auth")


CHECKS: dict[str, Check] = {
    "ModifyDBCluster": modify_cluster,
    "ModifyDBInstance": modify_instance,
    "CreateDBInstanceReadReplica": create_read_replica,
    "ModifyDBProxy": modify_proxy,
}
