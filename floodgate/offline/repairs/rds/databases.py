"""Instances and clusters: identities of their own, zones of their subnets, and every field they were given.

https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html and API_CreateDBCluster
"""

from __future__ import annotations

import string
from collections import Counter
from typing import Any

from moto.core.responses import ActionResult
from moto.moto_api._internal import mock_random
from moto.rds.models import DBCluster, DBInstance, DBInstanceClustered, DBSubnetGroup, RDSBackend
from moto.rds.responses import RDSResponse

from floodgate.offline.repairs.kept import keep
from floodgate.offline.repairs.patching import patch, replace
from floodgate.offline.repairs.rds.engines import family, resolve

INSIGHTS = {
    "EnablePerformanceInsights": "performance_insights_enabled",
    "PerformanceInsightsKMSKeyId": "performance_insights_kms_key_id",
    "PerformanceInsightsRetentionPeriod": "performance_insights_retention_period",
}
FORGOTTEN = ("DatabaseInsightsMode", "DedicatedLogVolume", "EngineLifecycleSupport", "NetworkType")
FORGOTTEN_BY_CLUSTERS = (*FORGOTTEN, "MonitoringInterval", "MonitoringRoleArn", "CACertificateIdentifier")
FORGOTTEN_BY_CLUSTERS += ("EnableLocalWriteForwarding",)
LIFECYCLE = "open-source-rds-extended-support"


def resource_id(prefix: str) -> str:
    """An identity as AWS makes it, e.g. ``db-M5ENSHXFPU6XHZ4G4ZEI5QIO2U``."""
    letters = string.ascii_uppercase + string.digits
    return prefix + "".join(mock_random.choice(letters) for _ in range(26))


def key_of(database: Any, given: str | None) -> str | None:
    """The key that storage is encrypted with: AWS's own for RDS where none was given."""
    if not database.storage_encrypted:
        return None
    return given or database.backend.kms.describe_key("alias/aws/rds").arn


@patch(DBInstance, "__init__")
def instance_of_its_own(self: Any, *args: Any, **kwargs: Any) -> None:
    """Moto gives every instance the same resource id, and puts all of them into the region's first zone."""
    if kwargs.get("db_cluster_identifier") is None:
        kwargs["engine_version"] = resolve(kwargs["engine"], kwargs.get("engine_version"))
    instance_of_its_own.original(self, *args, **kwargs)
    self.dbi_resource_id = resource_id("db-")
    if self.db_cluster_identifier is None:
        self.kms_key_id = key_of(self, kwargs.get("kms_key_id"))
    zones = _zones(self)
    if zones and not kwargs.get("availability_zone"):
        taken = Counter(peer.availability_zone for peer in _peers(self))
        self.availability_zone = min(zones, key=lambda zone: (taken[zone], zone))
    self.secondary_availability_zone = next((z for z in zones if self.multi_az and z != self.availability_zone), None)


def _zones(instance: Any) -> list[str]:
    """The zones of the subnet group that the instance, or its cluster, is in."""
    group, cluster = getattr(instance, "db_subnet_group", None), instance.db_cluster_identifier
    if group is None and cluster in list(instance.backend.clusters):
        group = instance.backend.subnet_groups.get(instance.backend.clusters[cluster].db_subnet_group_name)
    return sorted({subnet.availability_zone for subnet in group._subnets}) if group else []  # noqa: SLF001 - moto's own


def _peers(instance: Any) -> list[Any]:
    cluster = instance.db_cluster_identifier
    return [
        other for other in instance.backend.databases.values() if cluster and other.db_cluster_identifier == cluster
    ]


@patch(RDSResponse, "create_db_instance")
def create_keeps_every_field(self: Any) -> ActionResult:
    """Moto forgets insights and half a dozen other fields."""
    answer = create_keeps_every_field.original(self)
    _keep(answer.result["DBInstance"], self.params, FORGOTTEN)
    return answer


@patch(RDSResponse, "modify_db_instance")
def modify_keeps_every_field(self: Any) -> ActionResult:
    """As at creation."""
    answer = modify_keeps_every_field.original(self)
    _keep(answer.result["DBInstance"], self.params, FORGOTTEN)
    return answer


@patch(RDSBackend, "create_db_instance_read_replica")
def replica_of_its_own(self: Any, db_kwargs: Any) -> Any:
    """Moto's replica is a copy of its source: the same resource id, and Multi-AZ where the source is."""
    replica = replica_of_its_own.original(self, db_kwargs)
    replica.dbi_resource_id = resource_id("db-")
    replica.multi_az = bool(db_kwargs.get("multi_az"))
    replica.replicas = []
    return replica


def supported_network_types(group: Any) -> list[str]:
    """What a subnet group can speak, which moto does not tell."""
    dual = all(subnet.ipv6_cidr_block_associations for subnet in group._subnets)  # noqa: SLF001 - moto's own
    return ["IPV4", "DUAL"] if dual else ["IPV4"]


replace(DBSubnetGroup, "supported_network_types", property(supported_network_types))


@patch(DBInstanceClustered, "storage_type")
def storage_type_of_its_cluster(self: Any) -> str:
    """An instance is stored as its cluster is."""
    return self.cluster.storage_type


@patch(DBCluster, "__init__")
def cluster_as_declared(self: Any, *args: Any, **kwargs: Any) -> None:
    """Moto gives PostgreSQL the parameters of MySQL, and every cluster a key that does not exist."""
    kwargs["engine_version"] = resolve(kwargs["engine"], kwargs.get("engine_version"))
    cluster_as_declared.original(self, *args, **kwargs)
    if self.engine.startswith("aurora"):
        self.parameter_group = (
            kwargs.get("db_cluster_parameter_group_name") or f"default.{family(self.engine, self.engine_version)}"
        )
        self.storage_type = kwargs.get("storage_type") or "aurora"
    self.kms_key_id = key_of(self, kwargs.get("kms_key_id"))
    group = self.backend.subnet_groups.get(kwargs.get("db_subnet_group_name") or "")
    if group is not None and not kwargs.get("availability_zones"):
        self.availability_zones = sorted({subnet.availability_zone for subnet in group._subnets})[:3]  # noqa: SLF001 - moto's own


@patch(DBCluster, "default_allocated_storage")
def storage_grows_by_itself(engine: str, storage_type: str) -> int:
    """Moto fails on Aurora's own storage types, which allocate nothing in advance."""
    if engine.startswith("aurora"):
        return 1
    return storage_grows_by_itself.original(engine, "io1" if storage_type in {"io2", "gp3"} else storage_type)


def certificate_details(cluster: Any) -> dict[str, str] | None:
    """The certificate that a cluster was given."""
    given = getattr(cluster, "ca_certificate_identifier", None)
    return {"CAIdentifier": given} if given else None


def local_write_forwarding_status(cluster: Any) -> str:
    """Whether readers pass writes on."""
    return "enabled" if getattr(cluster, "enable_local_write_forwarding", False) else "disabled"


replace(DBCluster, "certificate_details", property(certificate_details))
replace(DBCluster, "local_write_forwarding_status", property(local_write_forwarding_status))


@patch(RDSResponse, "create_db_cluster")
def create_cluster_keeps_every_field(self: Any) -> ActionResult:
    """Moto forgets insights, monitoring and half a dozen other fields."""
    answer = create_cluster_keeps_every_field.original(self)
    _keep(self.backend.clusters[self.params["DBClusterIdentifier"]], self.params, FORGOTTEN_BY_CLUSTERS)
    return answer


@patch(RDSResponse, "modify_db_cluster")
def modify_cluster_keeps_every_field(self: Any) -> ActionResult:
    """As at creation."""
    answer = modify_cluster_keeps_every_field.original(self)
    name = self.params.get("NewDBClusterIdentifier") or answer.result["DBCluster"].db_cluster_identifier
    _keep(self.backend.clusters[name], self.params, FORGOTTEN_BY_CLUSTERS)
    return answer


def _keep(database: Any, params: Any, forgotten: tuple[str, ...]) -> None:
    keep(database, params, forgotten)
    for theirs, ours in INSIGHTS.items():
        if theirs in params:
            setattr(database, ours, params[theirs])
    if getattr(database, "performance_insights_enabled", False) and not hasattr(
        database, "performance_insights_retention_period"
    ):
        database.performance_insights_retention_period = 7
    for name, default in (
        ("performance_insights_enabled", False),
        ("database_insights_mode", "standard"),
        ("engine_lifecycle_support", LIFECYCLE),
        ("network_type", "IPV4"),
    ):
        if not hasattr(database, name):
            setattr(database, name, default)
