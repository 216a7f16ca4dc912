"""Amazon RDS: clusters and their instances."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, ClassVar

from botocore.exceptions import ClientError

from floodgate.offline.handlers.base import AutoName, Aws, Change, Props, resource
from floodgate.offline.handlers.database_shared import CLEARED, LATER, NO_SNAPSHOT, PATHS, Rds, not_in_place
from floodgate.offline.handlers.declared import without
from floodgate.offline.handlers.described import arn


@resource("aws:rds/cluster:Cluster", auto_name=AutoName("clusterIdentifier", limit=63, lower=True))
class Cluster(Rds):
    """An Aurora or Multi-AZ DB cluster."""

    create_call, id_prop = "create_db_cluster", "clusterIdentifier"
    read_call, read_by, read_path = "describe_db_clusters", "DBClusterIdentifier", "DBClusters[0]"
    apart = (
        *LATER,
        *("clusterIdentifierPrefix", "clusterMembers", "iamRoles", "masterPasswordWoVersion", "sourceRegion"),
        "dbInstanceParameterGroupName",
    )
    kept = (*LATER, "clusterMembers", "masterPasswordWoVersion")
    refined = frozenset({"enableHttpEndpoint", "globalClusterIdentifier", "iamRoles", "replicationSourceIdentifier"})
    passwords = ("masterPassword", "masterPasswordWo", "masterPasswordWoVersion")
    cleared: ClassVar = CLEARED | {
        "backtrackWindow": 0,
        "enabledCloudwatchLogsExports": [],
        "performanceInsightsEnabled": False,
    }
    update_call, update_by = "modify_db_cluster", "DBClusterIdentifier"
    delete_call, delete_by = "delete_db_cluster", "DBClusterIdentifier"
    snapshot_error = f"RDS Cluster {NO_SNAPSHOT}"
    missing = ("snapshotIdentifier", "restoreToPointInTime", "s3Import")
    outputs = (
        *("allocatedStorage", "arn", "availabilityZones", "backupRetentionPeriod", "clusterIdentifier"),
        *("clusterMembers", "clusterResourceId", "databaseInsightsMode", "databaseName"),
        *("dbClusterParameterGroupName", "dbSubnetGroupName", "endpoint", "engineLifecycleSupport"),
        *("engineVersionActual", "hostedZoneId", "iamRoles", "kmsKeyId", "masterUsername", "monitoringInterval"),
        *("monitoringRoleArn", "networkType", "performanceInsightsKmsKeyId", "performanceInsightsRetentionPeriod"),
        *("port", "preferredBackupWindow", "preferredMaintenanceWindow", "readerEndpoint", "storageEncrypted"),
        *("storageType", "vpcSecurityGroupIds"),
    )
    paths: ClassVar = PATHS | {
        "arn": "DBClusterArn",
        "caCertificateIdentifier": "CertificateDetails.CAIdentifier",
        "clusterIdentifier": "DBClusterIdentifier",
        "clusterMembers": "DBClusterMembers[].DBInstanceIdentifier",
        "clusterResourceId": "DbClusterResourceId",
        "dbClusterParameterGroupName": "DBClusterParameterGroup",
        "dbSubnetGroupName": "DBSubnetGroup",
        "enableGlobalWriteForwarding": "GlobalWriteForwardingRequested",
        "enableHttpEndpoint": "HttpEndpointEnabled",
        "enableLocalWriteForwarding": "LocalWriteForwardingStatus",
        "iamRoles": "AssociatedRoles[].RoleArn",
        "performanceInsightsKmsKeyId": "PerformanceInsightsKMSKeyId",
        "scalingConfiguration": "ScalingConfigurationInfo",
    }

    def finish(self, aws: Aws, id_: str, props: Props) -> None:
        """Roles are added to an existing cluster, which must not stay behind protected if that fails."""
        rds = aws.client(self.service)
        try:
            for role in props.get("iamRoles", []):
                rds.add_role_to_db_cluster(DBClusterIdentifier=id_, RoleArn=role)
        except ClientError:
            rds.modify_db_cluster(DBClusterIdentifier=id_, DeletionProtection=False, ApplyImmediately=True)
            rds.delete_db_cluster(DBClusterIdentifier=id_, SkipFinalSnapshot=True)
            raise

    def refine(self, aws: Aws, id_: str, change: Change) -> None:
        """Roles, the data API, and the ties to other clusters have calls of their own."""
        rds = aws.client(self.service)
        if change.touches("iamRoles"):
            old, new = (set(props.get("iamRoles", [])) for props in (change.old, change.new))
            for role in sorted(old - new):
                rds.remove_role_from_db_cluster(DBClusterIdentifier=id_, RoleArn=role)
            for role in sorted(new - old):
                rds.add_role_to_db_cluster(DBClusterIdentifier=id_, RoleArn=role)
        if change.touches("enableHttpEndpoint"):
            switch = rds.enable_http_endpoint if change.new.get("enableHttpEndpoint") else rds.disable_http_endpoint
            switch(ResourceArn=arn(aws, "rds", f"cluster:{id_}"))
        _untie(rds, id_, arn(aws, "rds", f"cluster:{id_}"), change)

    def unmake(self, aws: Aws, id_: str, props: Props) -> None:
        """A cluster leaves its global one first."""
        if name := props.get("globalClusterIdentifier"):
            rds = aws.client(self.service)
            with suppress(ClientError):
                rds.remove_from_global_cluster(
                    GlobalClusterIdentifier=name, DbClusterIdentifier=arn(aws, "rds", f"cluster:{id_}")
                )


def _untie(rds: Any, id_: str, own_arn: str, change: Change) -> None:
    """Leave a global cluster, or the source of a replica; neither is joined later."""
    for name, leave in (
        (
            "globalClusterIdentifier",
            lambda before: rds.remove_from_global_cluster(GlobalClusterIdentifier=before, DbClusterIdentifier=own_arn),
        ),
        (
            "replicationSourceIdentifier",
            lambda _before: rds.promote_read_replica_db_cluster(DBClusterIdentifier=id_),
        ),
    ):
        if change.touches(name):
            if change.new.get(name):
                not_in_place(change, name)
            leave(change.old[name])


@resource("aws:rds/clusterInstance:ClusterInstance", auto_name=AutoName("identifier", limit=63, lower=True))
class ClusterInstance(Rds):
    """An instance of an Aurora cluster."""

    create_call, id_prop = "create_db_instance", "identifier"
    read_call, read_by, read_path = "describe_db_instances", "DBInstanceIdentifier", "DBInstances[0]"
    apart = (*LATER, "identifierPrefix", "forceDestroy")
    kept = (*LATER, "engineVersion", "forceDestroy")
    passwords = ("", "", "")
    cleared: ClassVar = {}
    update_call, update_by = "modify_db_instance", "DBInstanceIdentifier"
    delete_call, delete_by = "delete_db_instance", "DBInstanceIdentifier"
    outputs = (
        *("arn", "availabilityZone", "caCertIdentifier", "dbParameterGroupName", "dbSubnetGroupName"),
        *("dbiResourceId", "endpoint", "engineVersionActual", "identifier", "kmsKeyId", "monitoringRoleArn"),
        *("networkType", "performanceInsightsEnabled", "performanceInsightsKmsKeyId"),
        *("performanceInsightsRetentionPeriod", "port", "preferredBackupWindow", "preferredMaintenanceWindow"),
        *("publiclyAccessible", "storageEncrypted"),
    )
    paths: ClassVar = PATHS | {
        "arn": "DBInstanceArn",
        "endpoint": "Endpoint.Address",
        "identifier": "DBInstanceIdentifier",
        "performanceInsightsKmsKeyId": "PerformanceInsightsKMSKeyId",
        "port": "Endpoint.Port",
    }

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """A cluster's instance has the cluster's version, so that of the properties is not sent."""
        return super().parameters(client, without(props, ("engineVersion",)))

    def more(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """Whether it is the writer is the cluster's to tell."""
        clusters = aws.client(self.service).describe_db_clusters(DBClusterIdentifier=item["DBClusterIdentifier"])
        members = clusters["DBClusters"][0]["DBClusterMembers"]
        writers = [member["DBInstanceIdentifier"] for member in members if member["IsClusterWriter"]]
        return super().more(aws, id_, item, props) | {"writer": item["DBInstanceIdentifier"] in writers}

    def delete_options(self, props: Props) -> dict[str, Any]:
        """The cluster has the data."""
        return {}
