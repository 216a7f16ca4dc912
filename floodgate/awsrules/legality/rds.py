"""RDS and Aurora: what they refuse of clusters, instances and proxies.

Sources: the API reference, https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html,
API_CreateDBInstance.html, API_CreateDBProxy.html, API_ConnectionPoolConfiguration.html beside it; "Using Aurora
Serverless v2", https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html.
"""

from __future__ import annotations

from floodgate.awsrules.legality import rds_changes
from floodgate.awsrules.legality.checking import one_of, within
from floodgate.awsrules.legality.facts import Check, Facts, Params
from floodgate.awsrules.legality.rds_settings import (
    COMBINATION,
    INVALID,
    check_identifier,
    check_monitoring,
    check_password,
    check_serverless,
)
from floodgate.awsrules.refusal import Refusal

MAX_PROXIES = 20
FAMILIES = ("MYSQL", "POSTGRESQL", "SQLSERVER")


def create_cluster(params: Params, _facts: Facts) -> None:
    """CreateDBCluster."""
    check_identifier("DBClusterIdentifier", params["DBClusterIdentifier"])
    within(INVALID, "BackupRetentionPeriod", params.get("BackupRetentionPeriod"), 1, 35, " days")
    check_password(params, needed=not params.get("ReplicationSourceIdentifier"))
    check_monitoring(params)
    check_serverless(params.get("ServerlessV2ScalingConfiguration") or {})


def create_instance(params: Params, _facts: Facts) -> None:
    """CreateDBInstance: in a cluster, master user, storage and backups are the cluster's."""
    check_identifier("DBInstanceIdentifier", params["DBInstanceIdentifier"])
    within(INVALID, "PromotionTier", params.get("PromotionTier"), 0, 15)
    within(INVALID, "BackupRetentionPeriod", params.get("BackupRetentionPeriod"), 0, 35, " days")
    check_monitoring(params)
    in_cluster = bool(params.get("DBClusterIdentifier"))
    if params["Engine"].startswith("aurora") != in_cluster:
        rule = "Aurora instances, and only they, belong to a cluster"
        value = f"Engine {params['Engine']} {'with' if in_cluster else 'without'} DBClusterIdentifier"
        raise Refusal(COMBINATION, value=value, rule=rule, remedy="name the cluster, or another engine")
    if not in_cluster:
        check_password(params, needed=not params.get("CustomIamInstanceProfile"))
        if params.get("AllocatedStorage") is None:
            rule = "AllocatedStorage is required"
            value = f"instance {params['DBInstanceIdentifier']}"
            raise Refusal("InvalidParameterCombination", value=value, rule=rule, remedy="give it in GiB")


def create_proxy(params: Params, facts: Facts) -> None:
    """CreateDBProxy: at most 20 an account and Region."""
    check_identifier("DBProxyName", params["DBProxyName"])
    one_of(INVALID, "EngineFamily", params["EngineFamily"], FAMILIES)
    within(INVALID, "IdleClientTimeout", params.get("IdleClientTimeout"), 1, 28_800, " s")
    if not params.get("Auth") and params.get("DefaultAuthScheme", "NONE") == "NONE":
        rule = "without DefaultAuthScheme you must specify Auth"
        raise Refusal(COMBINATION, value=f"proxy {params['DBProxyName']}", rule=rule, remedy="give Auth")
    if len(set(params["VpcSubnetIds"])) < 2:
        rule = "a proxy needs subnets in two zones"
        raise Refusal(INVALID, value=f"VpcSubnetIds {params['VpcSubnetIds']}", rule=rule, remedy="give another subnet")
    held = len(facts.known("rds.describe_db_proxies", {}) or ())
    if held >= MAX_PROXIES:
        rule = f"the quota is {MAX_PROXIES}"
        raise Refusal(
            "DBProxyQuotaExceededFault", value=f"{held} proxies exist", rule=rule, remedy="ask for more quota"
        )


def modify_proxy_target_group(params: Params, _facts: Facts) -> None:
    """ModifyDBProxyTargetGroup: shares of the database's connections."""
    pool = params.get("ConnectionPoolConfig") or {}
    most, idle = pool.get("MaxConnectionsPercent"), pool.get("MaxIdleConnectionsPercent")
    within(INVALID, "MaxConnectionsPercent", most, 1, 100, " %")
    within(INVALID, "ConnectionBorrowTimeout", pool.get("ConnectionBorrowTimeout"), 0, 300, " s")
    if idle is None:
        return
    if most is None:
        rule = "MaxConnectionsPercent must be given with it"
        value = f"MaxIdleConnectionsPercent {idle}"
        raise Refusal(COMBINATION, value=value, rule=rule, remedy="give MaxConnectionsPercent")
    within(INVALID, "MaxIdleConnectionsPercent", idle, 0, most, " %")


CHECKS: dict[str, Check] = {
    "CreateDBCluster": create_cluster,
    "CreateDBInstance": create_instance,
    "CreateDBProxy": create_proxy,
    "ModifyDBProxyTargetGroup": modify_proxy_target_group,
    **rds_changes.CHECKS,
}
