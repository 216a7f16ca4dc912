"""Amazon RDS: clusters and instances."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from floodgate.offline.handlers.base import AutoName, Aws, Props, function, resource
from floodgate.offline.handlers.declared import Declared, refused, without
from floodgate.offline.handlers.described import NO_PROPS
from floodgate.offline.handlers.requests import request
from floodgate.offline.handlers.shapes import lower_first, told

RENAME = {
    "backupWindow": "PreferredBackupWindow",
    "caCertIdentifier": "CACertificateIdentifier",
    "clusterIdentifier": "DBClusterIdentifier",
    "enabledCloudwatchLogsExports": "EnableCloudwatchLogsExports",
    "iamDatabaseAuthenticationEnabled": "EnableIAMDatabaseAuthentication",
    "identifier": "DBInstanceIdentifier",
    "instanceClass": "DBInstanceClass",
    "maintenanceWindow": "PreferredMaintenanceWindow",
    "masterPassword": "MasterUserPassword",
    "masterPasswordWo": "MasterUserPassword",
    "parameterGroupName": "DBParameterGroupName",
    "password": "MasterUserPassword",
    "passwordWo": "MasterUserPassword",
    "performanceInsightsEnabled": "EnablePerformanceInsights",
    "replicateSourceDb": "SourceDBInstanceIdentifier",
    "username": "MasterUsername",
}
# of deletions and changes, which the provider keeps until then
LATER = ("applyImmediately", "allowMajorVersionUpgrade", "finalSnapshotIdentifier", "skipFinalSnapshot")
LATER += ("deleteAutomatedBackups", "warningEventCategories")
PATHS = {
    "caCertIdentifier": "CACertificateIdentifier",
    "dbParameterGroupName": "DBParameterGroups[0].DBParameterGroupName",
    "dbSubnetGroupName": "DBSubnetGroup.DBSubnetGroupName",
    "engineVersionActual": "EngineVersion",
    "iamDatabaseAuthenticationEnabled": "IAMDatabaseAuthenticationEnabled",
    "optionGroupName": "OptionGroupMemberships[0].OptionGroupName",
    "vpcSecurityGroupIds": "VpcSecurityGroups[].VpcSecurityGroupId",
}


class Rds(Declared):
    """What clusters and instances have in common."""

    service = "rds"
    rename = RENAME

    def more(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """The version as it was asked for where it begins like the real one, and the managed secret."""
        asked = props.get("engineVersion")
        out: dict[str, Any] = {"engineVersion": item["EngineVersion"]}
        if asked and item["EngineVersion"].startswith(f"{asked}."):
            out["engineVersion"] = asked
        if "MasterUserSecret" in item:
            out["masterUserSecrets"] = [{lower_first(name): value for name, value in item["MasterUserSecret"].items()}]
        return out


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
        "clusterIdentifier": "DBClusterIdentifier",
        "clusterMembers": "DBClusterMembers[].DBInstanceIdentifier",
        "clusterResourceId": "DbClusterResourceId",
        "dbClusterParameterGroupName": "DBClusterParameterGroup",
        "dbSubnetGroupName": "DBSubnetGroup",
        "iamRoles": "AssociatedRoles[].RoleArn",
        "performanceInsightsKmsKeyId": "PerformanceInsightsKMSKeyId",
    }

    def finish(self, aws: Aws, id_: str, props: Props) -> None:
        """Roles are added to an existing cluster."""
        for role in props.get("iamRoles", []):
            aws.client(self.service).add_role_to_db_cluster(DBClusterIdentifier=id_, RoleArn=role)


@resource("aws:rds/clusterInstance:ClusterInstance", auto_name=AutoName("identifier", limit=63, lower=True))
class ClusterInstance(Rds):
    """An instance of an Aurora cluster."""

    create_call, id_prop = "create_db_instance", "identifier"
    read_call, read_by, read_path = "describe_db_instances", "DBInstanceIdentifier", "DBInstances[0]"
    apart = (*LATER, "identifierPrefix", "forceDestroy")
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


@resource("aws:rds/instance:Instance", auto_name=AutoName("identifier", limit=63, lower=True))
class Instance(Rds):
    """An instance that is in no cluster; its id is the resource id, which outlives a rename."""

    create_call, id_path = "create_db_instance", "DBInstance.DbiResourceId"
    apart = (
        *LATER,
        *("identifierPrefix", "passwordWoVersion", "blueGreenUpdate", "upgradeStorageConfig", "customerOwnedIpEnabled"),
        *("replicateSourceDb", "replicaMode"),
    )
    missing = ("snapshotIdentifier", "restoreToPointInTime", "s3Import")
    outputs = (
        *("address", "allocatedStorage", "arn", "availabilityZone", "backupRetentionPeriod", "backupWindow"),
        *("caCertIdentifier", "characterSetName", "databaseInsightsMode", "dbName", "dbSubnetGroupName", "engine"),
        *("engineLifecycleSupport", "engineVersionActual", "hostedZoneId", "identifier", "iops", "kmsKeyId"),
        *("licenseModel", "maintenanceWindow", "monitoringRoleArn", "multiAz", "networkType", "optionGroupName"),
        *("parameterGroupName", "performanceInsightsKmsKeyId", "performanceInsightsRetentionPeriod", "port"),
        *("replicas", "resourceId", "status", "storageThroughput", "storageType", "username", "vpcSecurityGroupIds"),
    )
    paths: ClassVar = PATHS | {
        "address": "Endpoint.Address",
        "arn": "DBInstanceArn",
        "backupWindow": "PreferredBackupWindow",
        "dbName": "DBName",
        "hostedZoneId": "Endpoint.HostedZoneId",
        "identifier": "DBInstanceIdentifier",
        "maintenanceWindow": "PreferredMaintenanceWindow",
        "multiAz": "MultiAZ",
        "parameterGroupName": "DBParameterGroups[0].DBParameterGroupName",
        "performanceInsightsKmsKeyId": "PerformanceInsightsKMSKeyId",
        "port": "Endpoint.Port",
        "replicas": "ReadReplicaDBInstanceIdentifiers",
        "resourceId": "DbiResourceId",
        "status": "DBInstanceStatus",
        "username": "MasterUsername",
    }

    def create(self, aws: Aws, props: Props) -> str:
        """Make the instance, or a replica of another."""
        if "replicateSourceDb" not in props:
            return super().create(aws, props)
        client, call = aws.client(self.service), "create_db_instance_read_replica"
        wanted = without(props, tuple(name for name in self.apart if name != "replicateSourceDb"))
        return getattr(client, call)(**request(client, call, wanted, self.rename))["DBInstance"]["DbiResourceId"]

    def describe(self, aws: Aws, id_: str, props: Props = NO_PROPS) -> dict[str, Any]:
        """The instance by its resource id."""
        by_id = [{"Name": "dbi-resource-id", "Values": [id_]}]
        found = aws.client(self.service).describe_db_instances(Filters=by_id)["DBInstances"]
        if not found:
            raise KeyError(f"{self.token} {id_} does not exist")
        return found[0]

    def more(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """The endpoint with its port."""
        at = item["Endpoint"]
        return super().more(aws, id_, item, props) | {"endpoint": f"{at['Address']}:{at['Port']}"}


@function("aws:rds/getEngineVersion:getEngineVersion")
def get_engine_version(aws: Aws, props: Props) -> dict[str, Any]:
    """The newest version that fits what is asked, or the first of those preferred."""
    client = aws.client("rds")
    asked = {k: v for k, v in props.items() if k in ("engine", "defaultOnly")}
    if "version" in props:
        asked["engineVersion"] = props["version"]
    rename = {"parameterGroupFamily": "DBParameterGroupFamily"}
    if "parameterGroupFamily" in props:
        asked["parameterGroupFamily"] = props["parameterGroupFamily"]
    found = client.describe_db_engine_versions(**request(client, "describe_db_engine_versions", asked, rename))
    versions = {version["EngineVersion"]: version for version in found["DBEngineVersions"]}
    preferred = [name for name in props.get("preferredVersions", []) if name in versions]
    if not versions:
        rule, remedy = "no version fits what is asked", "ask for less, or for a version that the offline AWS knows"
        raise refused("aws:rds/getEngineVersion:getEngineVersion", rule, remedy, path="engine", value=props["engine"])
    chosen = versions[(preferred or list(versions)[-1:])[0]]
    paths = {"versionActual": "EngineVersion", "versionDescription": "DBEngineVersionDescription"}
    paths |= {"engineDescription": "DBEngineDescription", "parameterGroupFamily": "DBParameterGroupFamily"}
    paths |= {"exportableLogTypes": "ExportableLogTypes", "validUpgradeTargets": "ValidUpgradeTarget[].EngineVersion"}
    names = ("engine", "status", "supportedFeatureNames", *paths)
    return {"id": chosen["EngineVersion"], "version": chosen["EngineVersion"]} | told(chosen, names, paths)
