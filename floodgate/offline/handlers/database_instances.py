"""Amazon RDS: instances that are in no cluster."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, ClassVar

from floodgate.offline.handlers.base import AutoName, Aws, Change, Gone, NotYet, Props, resource
from floodgate.offline.handlers.database_shared import CLEARED, FOLLOWING, LATER, PATHS, Rds, not_in_place
from floodgate.offline.handlers.declared import without
from floodgate.offline.handlers.described import NO_PROPS
from floodgate.offline.handlers.requests import request


@resource("aws:rds/instance:Instance", auto_name=AutoName("identifier", limit=63, lower=True))
class Instance(Rds):
    """An instance that is in no cluster; its id is the resource id, which outlives a rename."""

    create_call, id_path = "create_db_instance", "DBInstance.DbiResourceId"
    apart = (
        *LATER,
        *("identifierPrefix", "passwordWoVersion", "blueGreenUpdate", "upgradeStorageConfig", "customerOwnedIpEnabled"),
        *("replicateSourceDb", "replicaMode"),
    )
    kept = (*LATER, "blueGreenUpdate", "identifierPrefix", "passwordWoVersion", "upgradeStorageConfig")
    refined = frozenset({"replicateSourceDb"})
    passwords = ("password", "passwordWo", "passwordWoVersion")
    cleared: ClassVar = CLEARED | {"customerOwnedIpEnabled": False, "enabledCloudwatchLogsExports": []}
    update_call, update_by = "modify_db_instance", "DBInstanceIdentifier"
    update_rename: ClassVar = {
        "customerOwnedIpEnabled": "EnableCustomerOwnedIp",
        "identifier": "NewDBInstanceIdentifier",
        "port": "DBPortNumber",
    }
    following: ClassVar = FOLLOWING | {"identifier": ("address", "arn", "endpoint"), "port": ("endpoint",)}
    delete_call, delete_by = "delete_db_instance", "DBInstanceIdentifier"
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
        "domainAuthSecretArn": "DomainMemberships[0].AuthSecretArn",
        "domainDnsIps": "DomainMemberships[0].DnsIps",
        "domainFqdn": "DomainMemberships[0].FQDN",
        "domainOu": "DomainMemberships[0].OU",
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

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """What a new instance is given; a replica is made by another call, with other rules."""
        if "replicateSourceDb" in props:
            raise NotYet("a replica is not made by CreateDBInstance")
        return super().parameters(client, props)

    def create(self, aws: Aws, props: Props) -> str:
        """Make the instance, or a replica of another."""
        if "replicateSourceDb" not in props:
            return super().create(aws, props)
        client, call = aws.client(self.service), "create_db_instance_read_replica"
        wanted = without(props, tuple(name for name in self.apart if name != "replicateSourceDb"))
        return getattr(client, call)(**request(client, call, wanted, self.rename))["DBInstance"]["DbiResourceId"]

    def changed(self, change: Change) -> dict[str, Any]:
        """Storage that is no longer to grow by itself grows as far as it is."""
        if change.new.get("blueGreenUpdate", {}).get("enabled") and change.names - {*self.kept, "tags"}:
            not_in_place(Change(change.old, change.new, frozenset({"blueGreenUpdate"})), "blueGreenUpdate")
        sent = super().changed(change)
        if change.touches("maxAllocatedStorage") and not change.new.get("maxAllocatedStorage"):
            sent["maxAllocatedStorage"] = change.new["allocatedStorage"]
        return sent

    def modification(self, client: Any, id_: str, sent: Props, change: Change) -> dict[str, Any]:
        """An instance is changed under its name."""
        return super().modification(client, self._name(client, id_), sent, change)

    def refine(self, aws: Aws, id_: str, change: Change) -> None:
        """A replica without a source is an instance of its own."""
        if change.touches("replicateSourceDb"):
            if change.new.get("replicateSourceDb"):
                not_in_place(change, "replicateSourceDb")
            rds = aws.client(self.service)
            rds.promote_read_replica(DBInstanceIdentifier=self._name(rds, id_))

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        """An instance is deleted under its name."""
        with suppress(Gone):
            super().delete(aws, self._name(aws.client(self.service), id_), props)

    def _name(self, client: Any, id_: str) -> str:
        return self._found(client, id_)["DBInstanceIdentifier"]

    def describe(self, aws: Aws, id_: str, props: Props = NO_PROPS) -> dict[str, Any]:
        """The instance by its resource id."""
        return self._found(aws.client(self.service), id_)

    def _found(self, client: Any, id_: str) -> dict[str, Any]:
        by_id = [{"Name": "dbi-resource-id", "Values": [id_]}]
        found = client.describe_db_instances(Filters=by_id)["DBInstances"]
        if not found:
            raise Gone(f"{self.token} {id_} does not exist")
        return found[0]

    def more(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """The endpoint with its port."""
        at = item["Endpoint"]
        return super().more(aws, id_, item, props) | {"endpoint": f"{at['Address']}:{at['Port']}"}

    def observed(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """What a replica follows, in the form in which the program named it; how far storage may grow."""
        told = super().observed(aws, id_, item, props)
        if "maxAllocatedStorage" in props:
            told["maxAllocatedStorage"] = item.get("MaxAllocatedStorage", 0)
        source, given = item.get("ReadReplicaSourceDBInstanceIdentifier"), props.get("replicateSourceDb")
        if source:
            told["replicateSourceDb"] = (
                given if given and given.rpartition(":")[2] == source.rpartition(":")[2] else source
            )
        elif given:
            told["replicateSourceDb"] = None
        return told
