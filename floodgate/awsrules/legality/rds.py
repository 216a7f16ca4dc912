"""RDS and Aurora: what they refuse of clusters, instances and proxies.

Sources: the API reference, https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html,
API_CreateDBInstance.html, API_CreateDBProxy.html, API_ConnectionPoolConfiguration.html beside it; "Using Aurora
Serverless v2", https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html.
"""

from __future__ import annotations

from floodgate.awsrules.legality.checking import matching, one_of, within
from floodgate.awsrules.legality.facts import Check, Facts, Params
from floodgate.awsrules.refusal import Refusal

INVALID = "InvalidParameterValue"
COMBINATION = "InvalidParameterCombination"
IDENTIFIER = r"[A-Za-z](?:-?[A-Za-z0-9])*"
IDENTIFIER_RULE = "it must begin with a letter and hold letters, digits and single hyphens, not at the end"
MAX_PROXIES = 20
MONITORING_S = (0, 1, 5, 10, 15, 30, 60)
FAMILIES = ("MYSQL", "POSTGRESQL", "SQLSERVER")


def create_cluster(params: Params, _facts: Facts) -> None:
    """CreateDBCluster."""
    _check_identifier("DBClusterIdentifier", params["DBClusterIdentifier"])
    within(INVALID, "BackupRetentionPeriod", params.get("BackupRetentionPeriod"), 1, 35, " days")
    _check_password(params, needed=not params.get("ReplicationSourceIdentifier"))
    _check_monitoring(params)
    _check_serverless(params.get("ServerlessV2ScalingConfiguration") or {})


def create_instance(params: Params, _facts: Facts) -> None:
    """CreateDBInstance: in a cluster, master user, storage and backups are the cluster's."""
    _check_identifier("DBInstanceIdentifier", params["DBInstanceIdentifier"])
    within(INVALID, "PromotionTier", params.get("PromotionTier"), 0, 15)
    within(INVALID, "BackupRetentionPeriod", params.get("BackupRetentionPeriod"), 0, 35, " days")
    _check_monitoring(params)
    in_cluster = bool(params.get("DBClusterIdentifier"))
    if params["Engine"].startswith("aurora") != in_cluster:
        rule = "Aurora instances, and only they, belong to a cluster"
        value = f"Engine {params['Engine']} {'with' if in_cluster else 'without'} DBClusterIdentifier"
        raise Refusal(COMBINATION, value=value, rule=rule, remedy="name the cluster, or another engine")
    if not in_cluster:
        _check_password(params, needed=not params.get("CustomIamInstanceProfile"))
        if params.get("AllocatedStorage") is None:
            rule = "AllocatedStorage is required"
            value = f"instance {params['DBInstanceIdentifier']}"
            raise Refusal("InvalidParameterCombination", value=value, rule=rule, remedy="give it in GiB")


def _check_identifier(name: str, value: str) -> None:
    matching(INVALID, name, value, IDENTIFIER, IDENTIFIER_RULE)
    if len(value) > 63:
        rule = "it must be at most 63 characters"
        raise Refusal(INVALID, value=f"{name} has {len(value)} characters", rule=rule, remedy="shorten it")


def _check_password(params: Params, *, needed: bool) -> None:
    password, managed = params.get("MasterUserPassword"), params.get("ManageMasterUserPassword")
    if password is not None and managed:
        rule = "MasterUserPassword can't be specified if ManageMasterUserPassword is turned on"
        raise Refusal(COMBINATION, value="both are given", rule=rule, remedy="leave out MasterUserPassword")
    if needed and password is None and not managed:
        rule = "the master user needs a password"
        raise Refusal(INVALID, value="neither password is given", rule=rule, remedy="turn on ManageMasterUserPassword")
    if password is not None and (not 8 <= len(password) <= 128 or set(password) & set('/"@')):
        rule = 'it must be 8 to 128 printable characters without / " @'
        raise Refusal(INVALID, value="MasterUserPassword", rule=rule, remedy="choose another password")
    if needed and not params.get("MasterUsername"):
        rule = "the master user needs a name"
        raise Refusal(INVALID, value="MasterUsername is missing", rule=rule, remedy="give MasterUsername")


def _check_monitoring(params: Params) -> None:
    interval, role = params.get("MonitoringInterval"), params.get("MonitoringRoleArn")
    if interval is not None and interval not in MONITORING_S:
        rule = f"it must be one of {', '.join(map(str, MONITORING_S))}"
        raise Refusal(INVALID, value=f"MonitoringInterval is {interval}", rule=rule, remedy="use one of these")
    if bool(interval) != bool(role):
        rule = "MonitoringInterval and MonitoringRoleArn go together"
        value = f"MonitoringInterval {interval}, MonitoringRoleArn {role!r}"
        raise Refusal(COMBINATION, value=value, rule=rule, remedy="give both or neither")
    days = params.get("PerformanceInsightsRetentionPeriod")
    if days is not None and days not in (7, 731) and (days % 31 or not 31 <= days <= 23 * 31):
        rule = "it must be 7, 731 or a multiple of 31 up to 713"
        value = f"PerformanceInsightsRetentionPeriod is {days}"
        raise Refusal(INVALID, value=value, rule=rule, remedy="use one of these")


def _check_serverless(scaling: Params) -> None:
    low, high = scaling.get("MinCapacity"), scaling.get("MaxCapacity")
    within(INVALID, "MinCapacity", low, 0, 256, " capacity units")
    within(INVALID, "MaxCapacity", high, 1, 256, " capacity units")
    for name, units in (("MinCapacity", low), ("MaxCapacity", high)):
        if units is not None and units * 2 % 1:
            raise Refusal(INVALID, value=f"{name} is {units}", rule="it moves in halves", remedy="round it")
    if low is not None and high is not None and low > high:
        rule = "the minimum must not be above the maximum"
        raise Refusal(INVALID, value=f"MinCapacity {low}, MaxCapacity {high}", rule=rule, remedy="swap them")


def create_proxy(params: Params, facts: Facts) -> None:
    """CreateDBProxy: at most 20 an account and Region."""
    _check_identifier("DBProxyName", params["DBProxyName"])
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
}
