"""Changes of databases: deferred to the maintenance window unless asked for at once, as AWS does.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.DBInstance.Modifying.html tells which are deferred.
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.rds.exceptions import DBClusterNotFoundError, RDSClientError
from moto.rds.models import DBCluster, DBInstanceClustered, DomainMembership, RDSBackend
from moto.rds.responses import RDSResponse

from floodgate.offline.repairs.patching import patch, replace
from floodgate.offline.repairs.rds.engines import VERSIONS, family, resolve

DEFERRED = ("AllocatedStorage", "DBInstanceClass", "EngineVersion", "Iops", "LicenseModel", "MultiAZ")
DEFERRED += ("StorageThroughput", "StorageType")
DEFERRED_BY_CLUSTERS = ("DBClusterInstanceClass", "EngineVersion")
DOMAIN = {
    "Domain": "domain",
    "DomainIAMRoleName": "iam_role_name",
    "DomainOu": "domain_ou",
    "DomainFqdn": "domain_fqdn",
    "DomainAuthSecretArn": "auth_secret_arn",
    "DomainDnsIps": "dns_ips",
}
# what an instance may not be told that its cluster decides, by AWS's name for it
OF_THE_CLUSTER = {
    "BackupRetentionPeriod": "backup retention period",
    "DBPortNumber": "database endpoint port",
    "EngineVersion": "engine version",
    "PreferredBackupWindow": "backup window",
    "VpcSecurityGroupIds": "VPC security groups",
}


@patch(RDSResponse, "modify_db_instance")
def change_instance(self: Any) -> ActionResult:
    """Moto applies every change at once, and knows neither port, domain nor half of the members' rules."""
    instance = self.backend.describe_db_instances(self.params["DBInstanceIdentifier"])[0]
    if isinstance(instance, DBInstanceClustered):
        _check_member(self.params)
    _resolve_version(instance, self.params)
    pending = _deferred(instance, self.params, DEFERRED)
    if "DBPortNumber" in self.params:
        instance.port = self.params.pop("DBPortNumber")
    _change_domain(instance, self.params)
    _export(instance, self.params)
    group = self.params.pop("DBParameterGroupName", None)
    if group is not None:
        _change_group(self.backend, instance, group)
    _storage_first(instance, self.params)
    answer = change_instance.original(self)
    instance.pending_modified_values = pending
    instance.enable_customer_owned_ip = self.params.get(
        "EnableCustomerOwnedIp", getattr(instance, "enable_customer_owned_ip", False)
    )
    instance.customer_owned_ip_enabled = instance.enable_customer_owned_ip
    return answer


def _check_member(params: Any) -> None:
    for name, told in OF_THE_CLUSTER.items():
        if name in params:
            raise RDSClientError(
                "InvalidParameterCombination",
                f"The requested DB Instance will be a member of a DB Cluster. Set {told} for the DB Cluster.",
            )


def _change_group(backend: Any, instance: Any, name: str) -> None:
    """Moto does not know AWS's own groups."""
    if not instance.is_default_parameter_group(name) and name not in backend.db_parameter_groups:
        raise RDSClientError("DBParameterGroupNotFound", f"DBParameterGroup not found: {name}")
    instance.db_parameter_group_name = name


def _storage_first(instance: Any, params: Any) -> None:
    """The highest storage is checked against what is allocated, the throughput against the type."""
    if "AllocatedStorage" in params:
        instance.allocated_storage = params.pop("AllocatedStorage")
    if "StorageType" in params:
        instance.storage_type = params.pop("StorageType")


@patch(RDSResponse, "modify_db_cluster")
def change_cluster(self: Any) -> ActionResult:
    """Moto applies every change at once, and fails on a cluster that is not there."""
    name = self.params["DBClusterIdentifier"]
    if name not in self.backend.clusters:
        raise DBClusterNotFoundError(name)
    cluster = self.backend.clusters[name]
    _resolve_version(cluster, self.params)
    pending = _deferred(cluster, self.params, DEFERRED_BY_CLUSTERS)
    _change_domain(cluster, self.params)
    _export(cluster, self.params)
    if "EnableIAMDatabaseAuthentication" in self.params:
        cluster.iam_auth = self.params["EnableIAMDatabaseAuthentication"]
    if "EnableGlobalWriteForwarding" in self.params:
        cluster._global_write_forwarding_requested = self.params["EnableGlobalWriteForwarding"]  # noqa: SLF001 - moto's
    answer = change_cluster.original(self)
    cluster.pending_modified_values = pending
    return answer


def _export(database: Any, params: Any) -> None:
    """Moto takes a log twice, and stumbles over one that was not exported."""
    exports = params.pop("CloudwatchLogsExportConfiguration", None) or {}
    logs = [log for log in database.enabled_cloudwatch_logs_exports if log not in exports.get("DisableLogTypes", [])]
    database.enabled_cloudwatch_logs_exports = list(dict.fromkeys([*logs, *exports.get("EnableLogTypes", [])]))


def _resolve_version(database: Any, params: Any) -> None:
    """The whole version of the one asked for; AWS goes to a new major version only when told that it may."""
    asked = params.get("EngineVersion")
    if not asked:
        return
    version = params["EngineVersion"] = resolve(database.engine, asked)
    known = VERSIONS.get(database.engine, ())
    if database.engine_version not in known or version not in known:
        return
    if known.index(version) < known.index(database.engine_version):
        raise RDSClientError(
            "InvalidParameterCombination",
            f"Cannot upgrade {database.engine} from {database.engine_version} to {version}",
        )
    major = family(database.engine, version) != family(database.engine, database.engine_version)
    if major and not params.get("AllowMajorVersionUpgrade"):
        raise RDSClientError(
            "InvalidParameterCombination",
            "The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version.",
        )


def _deferred(database: Any, params: Any, names: tuple[str, ...]) -> dict[str, Any]:
    """What waits for the maintenance window: taken out of `params`. Asking at once applies what waited before, too."""
    waiting = dict(getattr(database, "pending_modified_values", None) or {})
    if params.get("ApplyImmediately"):
        for name, value in waiting.items():
            params.setdefault(name, value)
        return {}
    return waiting | {name: params.pop(name) for name in names if name in params}


def _change_domain(database: Any, params: Any) -> None:
    given = {ours: params.pop(theirs) for theirs, ours in DOMAIN.items() if theirs in params}
    if params.pop("DisableDomain", False) or given.get("domain") in ("", "none"):
        database.domain_memberships = []
    elif given:
        before = [
            {
                "domain": one.domain,
                "iam_role_name": one.iam_role_name,
                "domain_ou": one.ou,
                "domain_fqdn": one.fqdn,
                "auth_secret_arn": one.auth_secret_arn,
                "dns_ips": one.dns_ips,
            }
            for one in database.domain_memberships
        ]
        database.domain_memberships = [DomainMembership(**(before[0] if before else {}) | given)]


@patch(RDSResponse, "remove_role_from_db_cluster")
def remove_role_from_db_cluster(self: Any) -> EmptyResult:
    """Moto has no such operation."""
    name, role = self.params["DBClusterIdentifier"], self.params["RoleArn"]
    if name not in self.backend.clusters:
        raise DBClusterNotFoundError(name)
    roles = self.backend.clusters[name]._associated_roles  # noqa: SLF001 - moto's own
    found = [one for one in roles if one.role_arn == role]
    if not found:
        raise RDSClientError("DBClusterRoleNotFound", f"Role ARN {role} cannot be found for DB Cluster: {name}.")
    roles.remove(found[0])
    return EmptyResult()


@patch(RDSBackend, "add_role_to_db_cluster")
def add_several_roles(self: Any, db_cluster_identifier: str, role_arn: str, feature_name: str | None) -> None:
    """Moto takes a second role without a feature for the first one once more."""
    cluster = self.clusters.get(db_cluster_identifier)
    apart = [role for role in cluster._associated_roles if not role.feature_name] if cluster else []  # noqa: SLF001 - moto's own
    for role in apart:
        role.feature_name = role.role_arn
    try:
        add_several_roles.original(self, db_cluster_identifier, role_arn, feature_name)
    finally:
        for role in apart:
            role.feature_name = None


@patch(RDSResponse, "enable_http_endpoint")
def enable_http_endpoint(self: Any) -> ActionResult:
    """Moto has no such operation."""
    return _http_endpoint(self, enabled=True)


@patch(RDSResponse, "disable_http_endpoint")
def disable_http_endpoint(self: Any) -> ActionResult:
    """Moto has no such operation."""
    return _http_endpoint(self, enabled=False)


def _http_endpoint(response: Any, *, enabled: bool) -> ActionResult:
    arn = response.params["ResourceArn"]
    name = arn.rpartition(":")[2]
    if name not in response.backend.clusters:
        raise RDSClientError("ResourceNotFoundException", f"{arn} not found")
    response.backend.clusters[name].enable_http_endpoint = enabled
    return ActionResult({"ResourceArn": arn, "HttpEndpointEnabled": enabled})


def _given(self: Any) -> bool:
    return getattr(self, "_enable_http_endpoint", False)


def _give(self: Any, enabled: bool | None) -> None:
    self._enable_http_endpoint = bool(enabled)


# moto knows the data API of versions only that are gone by now
replace(DBCluster, "enable_http_endpoint", property(_given, _give))


@patch(RDSBackend, "promote_read_replica")
def promote_read_replica(self: Any, db_kwargs: Any) -> Any:
    """Moto tells a promoted instance's former source for ever."""
    replica = self.databases.get(db_kwargs["db_instance_identifier"])
    source = replica.source_db_instance_identifier if replica is not None and replica.is_replica else None
    promoted = promote_read_replica.original(self, db_kwargs)
    if source is not None:
        self.find_db_from_id(source).remove_replica(promoted)
        promoted.source_db_instance_identifier = None
    return promoted
