"""Amazon RDS: what clusters and instances have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from botocore.exceptions import ClientError

from floodgate.offline.handlers.base import Aws, Change, NotYet, Props
from floodgate.offline.handlers.declared import refused
from floodgate.offline.handlers.modified import Modified, given_key
from floodgate.offline.handlers.shapes import lower_first

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
    "domain": "DomainMemberships[0].Domain",
    "domainIamRoleName": "DomainMemberships[0].IAMRoleName",
    "enabledCloudwatchLogsExports": "EnabledCloudwatchLogsExports",
    "engineVersionActual": "EngineVersion",
    "iamDatabaseAuthenticationEnabled": "IAMDatabaseAuthenticationEnabled",
    "optionGroupName": "OptionGroupMemberships[0].OptionGroupName",
    "performanceInsightsEnabled": "PerformanceInsightsEnabled",
    "tags": "TagList",
    "vpcSecurityGroupIds": "VpcSecurityGroups[].VpcSecurityGroupId",
}
# what AWS computes where it is not said, and the provider leaves as it is, is not here
CLEARED = {
    "deletionProtection": False,
    "domain": "none",
    "iamDatabaseAuthenticationEnabled": False,
    "manageMasterUserPassword": False,
}
FOLLOWING = {
    "engineVersion": ("engineVersionActual", "optionGroupName", "parameterGroupName"),
    "manageMasterUserPassword": ("masterUserSecrets",),
    "masterUserSecretKmsKeyId": ("masterUserSecrets",),
    "performanceInsightsEnabled": ("performanceInsightsKmsKeyId", "performanceInsightsRetentionPeriod"),
}
NO_SNAPSHOT = "final_snapshot_identifier is required when skip_final_snapshot is false"


class Rds(Modified):
    """What clusters and instances have in common.

    A change is AWS's to time: without `applyImmediately` the class, the storage and the version wait for the
    maintenance window, and until then AWS tells the old ones.
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.DBInstance.Modifying.html
    """

    service = "rds"
    rename = RENAME
    update_with = ("applyImmediately",)
    cleared: ClassVar = CLEARED
    following: ClassVar = FOLLOWING
    snapshot_error: ClassVar[str] = NO_SNAPSHOT
    passwords: ClassVar[tuple[str, str, str]]
    """The password, the one that is only written, and the number of its version."""

    def changed(self, change: Change) -> dict[str, Any]:
        """A password that is only written is sent with its version; none where AWS manages it."""
        sent = super().changed(change)
        plain, written, version = self.passwords
        if change.touches(written, version) and written in change.new:
            sent[written] = change.new[written]
        sent.pop(version, None)
        if change.new.get("manageMasterUserPassword"):
            sent.pop(plain, None)
        return sent

    def modification(self, client: Any, id_: str, sent: Props, change: Change) -> dict[str, Any]:
        """Logs are told as those that start and those that stop; a version with whether it may be a new major one."""
        given = dict(sent)
        exports = given.pop("enabledCloudwatchLogsExports", None)
        if "masterUserSecretKmsKeyId" in given:
            given["manageMasterUserPassword"] = True
        if "engineVersion" in given and change.new.get("allowMajorVersionUpgrade"):
            given["allowMajorVersionUpgrade"] = True
        params = super().modification(client, id_, given, change)
        if exports is not None:
            params["CloudwatchLogsExportConfiguration"] = _exports(change)
        return params

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        """Delete it; protection that only AWS knows of ends first where changes are applied at once."""
        try:
            super().delete(aws, id_, props)
        except ClientError as error:
            unprotected = not props.get("deletionProtection") and props.get("applyImmediately")
            if "disable deletion pro" not in str(error) or not unprotected:
                raise
            name = {self.update_by: id_, "ApplyImmediately": True}
            getattr(aws.client(self.service), self.update_call)(**name, DeletionProtection=False)
            super().delete(aws, id_, props)

    def delete_options(self, props: Props) -> dict[str, Any]:
        """The last snapshot, which the provider insists on being told about."""
        backups = {"DeleteAutomatedBackups": props.get("deleteAutomatedBackups", True)}
        if props.get("skipFinalSnapshot"):
            return {"SkipFinalSnapshot": True, **backups}
        name = props.get("finalSnapshotIdentifier")
        if not name:
            raise refused("", self.snapshot_error, "name the last snapshot, or say that there is to be none")
        return {"SkipFinalSnapshot": False, "FinalDBSnapshotIdentifier": name, **backups}

    def more(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """The version as it was asked for where it begins like the real one, and the managed secret."""
        asked = props.get("engineVersion")
        out: dict[str, Any] = {"engineVersion": item["EngineVersion"]}
        if asked and item["EngineVersion"].startswith(f"{asked}."):
            out["engineVersion"] = asked
        if "MasterUserSecret" in item:
            out["masterUserSecrets"] = [{lower_first(name): value for name, value in item["MasterUserSecret"].items()}]
        return out

    def observed(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """Whether AWS manages the password, and with which key; the description tells the tags."""
        secret = item.get("MasterUserSecret")
        out = self.more(aws, id_, item, props) | {"manageMasterUserPassword": bool(secret)}
        if secret and "KmsKeyId" in secret:
            out["masterUserSecretKmsKeyId"] = given_key(props.get("masterUserSecretKmsKeyId"), secret["KmsKeyId"])
        return out


def _exports(change: Change) -> dict[str, list[str]]:
    old, new = (set(props.get("enabledCloudwatchLogsExports", [])) for props in (change.old, change.new))
    return {"EnableLogTypes": sorted(new - old), "DisableLogTypes": sorted(old - new)}


def not_in_place(change: Change, *names: str) -> None:
    """Say of properties that AWS or the provider cannot change, or the offline AWS cannot yet.

    Raises:
        NotYet: one of them changed.
    """
    changed = sorted(change.names & set(names))
    if changed:
        raise NotYet(f"{', '.join(changed)} cannot be changed in place in the offline AWS yet")
