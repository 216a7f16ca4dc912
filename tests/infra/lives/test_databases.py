"""The lives of clusters and instances: changed in place, and found drifted.

How long a change takes on AWS is not shown here; which changes wait for the maintenance window is.
"""

from __future__ import annotations

from typing import Any

import pytest

from floodgate.offline.problems import Refused
from tests.infra.lives.lives import Life
from tests.infra.lives.stores import (
    INSTANCE,
    KEY,
    ROLE,
    TO_BE_GONE,
    changes,
    cluster,
    instance,
    member,
    restore,
    settled,
)

CLUSTER_CHANGES = (
    ({"backupRetentionPeriod": 14}, "BackupRetentionPeriod", 14),
    ({"deletionProtection": True}, "DeletionProtection", True),
    ({"deletionProtection": None}, "DeletionProtection", False),
    ({"iamDatabaseAuthenticationEnabled": True}, "IAMDatabaseAuthenticationEnabled", True),
    ({"iamDatabaseAuthenticationEnabled": None}, "IAMDatabaseAuthenticationEnabled", False),
    ({"enabledCloudwatchLogsExports": ["postgresql"]}, "EnabledCloudwatchLogsExports", ["postgresql"]),
    ({"enabledCloudwatchLogsExports": ["instance"]}, "EnabledCloudwatchLogsExports", ["instance"]),
    ({"enabledCloudwatchLogsExports": None}, "EnabledCloudwatchLogsExports || `[]`", []),
    (
        {"serverlessv2ScalingConfiguration": {"minCapacity": 0.5, "maxCapacity": 8.0}},
        "ServerlessV2ScalingConfiguration",
        {"MinCapacity": 0.5, "MaxCapacity": 8.0},
    ),
    (
        {"serverlessv2ScalingConfiguration": {"minCapacity": 2.0, "maxCapacity": 32.0}},
        "ServerlessV2ScalingConfiguration.MaxCapacity",
        32.0,
    ),
    ({"engineVersion": "16.8"}, "EngineVersion", "16.8"),
    ({"allowMajorVersionUpgrade": True, "engineVersion": "17"}, "EngineVersion", "17.5"),
    ({"preferredBackupWindow": "18:00-18:30"}, "PreferredBackupWindow", "18:00-18:30"),
    ({"preferredMaintenanceWindow": "Tue:19:00-Tue:19:30"}, "PreferredMaintenanceWindow", "Tue:19:00-Tue:19:30"),
    ({"copyTagsToSnapshot": True}, "CopyTagsToSnapshot", True),
    ({"port": 5433}, "Port", 5433),
    ({"storageType": "aurora-iopt1"}, "StorageType", "aurora-iopt1"),
    ({"performanceInsightsEnabled": True}, "PerformanceInsightsEnabled", True),
    ({"performanceInsightsEnabled": None}, "PerformanceInsightsEnabled", False),
    ({"databaseInsightsMode": "advanced"}, "DatabaseInsightsMode", "advanced"),
    ({"monitoringInterval": 15, "monitoringRoleArn": ROLE.format("m")}, "MonitoringInterval", 15),
    ({"enableHttpEndpoint": True}, "HttpEndpointEnabled", True),
    ({"enableHttpEndpoint": False}, "HttpEndpointEnabled", False),
    ({"enableLocalWriteForwarding": True}, "LocalWriteForwardingStatus", "enabled"),
    ({"enableGlobalWriteForwarding": True}, "GlobalWriteForwardingRequested", True),
    ({"iamRoles": [ROLE.format("a"), ROLE.format("b")]}, "length(AssociatedRoles)", 2),
    ({"iamRoles": [ROLE.format("b")]}, "AssociatedRoles[].RoleArn", [ROLE.format("b")]),
    ({"networkType": "DUAL"}, "NetworkType", "DUAL"),
    ({"domain": "d-1234567890", "domainIamRoleName": "joins"}, "DomainMemberships[0].Domain", "d-1234567890"),
    ({"domain": None, "domainIamRoleName": None}, "DomainMemberships || `[]`", []),
    ({"caCertificateIdentifier": "rds-ca-rsa4096-g1"}, "CertificateDetails.CAIdentifier", "rds-ca-rsa4096-g1"),
    ({"tags": {"of": "ours"}}, "sort_by(TagList, &Key)[0]", {"Key": "of", "Value": "ours"}),
    ({"tags": None}, "TagList[].Key", ["owner"]),
    ({"finalSnapshotIdentifier": "last", "skipFinalSnapshot": False}, "DBClusterIdentifier", "db"),
    ({"manageMasterUserPassword": None, "masterPassword": "quiet-and-long"}, "MasterUserSecret", None),
    ({"masterPassword": "quiet-and-longer"}, "MasterUserSecret", None),
    ({"manageMasterUserPassword": True, "masterPassword": None}, "MasterUserSecret.SecretStatus != null", True),
)
MEMBER_CHANGES = (
    ({"instanceClass": "db.r8g.xlarge"}, "DBInstanceClass", "db.r8g.xlarge"),
    ({"promotionTier": 3}, "PromotionTier", 3),
    ({"publiclyAccessible": True}, "PubliclyAccessible", True),
    ({"autoMinorVersionUpgrade": False}, "AutoMinorVersionUpgrade", False),
    ({"caCertIdentifier": "rds-ca-rsa4096-g1"}, "CACertificateIdentifier", "rds-ca-rsa4096-g1"),
    ({"copyTagsToSnapshot": True}, "CopyTagsToSnapshot", True),
    ({"preferredMaintenanceWindow": "tue:19:00-tue:19:30"}, "PreferredMaintenanceWindow", "tue:19:00-tue:19:30"),
    ({"monitoringInterval": 30, "monitoringRoleArn": ROLE.format("m")}, "MonitoringInterval", 30),
    ({"performanceInsightsEnabled": True, "performanceInsightsKmsKeyId": KEY}, "PerformanceInsightsKMSKeyId", KEY),
    ({"performanceInsightsRetentionPeriod": 93}, "PerformanceInsightsRetentionPeriod", 93),
    ({"tags": {"of": "ours"}}, "sort_by(TagList, &Key)[0].Value", "ours"),
    ({"forceDestroy": True}, "DBInstanceIdentifier", "one"),
)
INSTANCE_CHANGES = (
    ({"instanceClass": "db.t4g.medium"}, "DBInstanceClass", "db.t4g.medium"),
    ({"allocatedStorage": 40, "maxAllocatedStorage": 100}, "MaxAllocatedStorage", 100),
    ({"maxAllocatedStorage": None}, "MaxAllocatedStorage", None),
    ({"backupRetentionPeriod": 7}, "BackupRetentionPeriod", 7),
    ({"backupWindow": "18:00-18:30"}, "PreferredBackupWindow", "18:00-18:30"),
    ({"maintenanceWindow": "Tue:19:00-Tue:19:30"}, "PreferredMaintenanceWindow", "tue:19:00-tue:19:30"),
    ({"multiAz": True}, "MultiAZ", True),
    ({"deletionProtection": True}, "DeletionProtection", True),
    ({"deletionProtection": None}, "DeletionProtection", False),
    ({"engineVersion": "16.9"}, "EngineVersion", "16.9"),
    ({"allowMajorVersionUpgrade": True, "engineVersion": "17"}, "EngineVersion", "17.5"),
    ({"storageType": "gp3", "iops": 12000, "storageThroughput": 500}, "[StorageType, StorageThroughput]", ["gp3", 500]),
    ({"port": 5433}, "Endpoint.Port", 5433),
    ({"enabledCloudwatchLogsExports": ["postgresql", "upgrade"]}, "length(EnabledCloudwatchLogsExports)", 2),
    ({"enabledCloudwatchLogsExports": ["postgresql"]}, "EnabledCloudwatchLogsExports", ["postgresql"]),
    ({"iamDatabaseAuthenticationEnabled": True}, "IAMDatabaseAuthenticationEnabled", True),
    ({"performanceInsightsEnabled": True}, "PerformanceInsightsEnabled", True),
    ({"monitoringInterval": 30, "monitoringRoleArn": ROLE.format("m")}, "MonitoringInterval", 30),
    ({"publiclyAccessible": True}, "PubliclyAccessible", True),
    ({"dedicatedLogVolume": True}, "DedicatedLogVolume", True),
    ({"networkType": "DUAL"}, "NetworkType", "DUAL"),
    ({"licenseModel": "postgresql-license"}, "LicenseModel", "postgresql-license"),
    ({"caCertIdentifier": "rds-ca-rsa4096-g1"}, "CACertificateIdentifier", "rds-ca-rsa4096-g1"),
    ({"copyTagsToSnapshot": True}, "CopyTagsToSnapshot", True),
    ({"autoMinorVersionUpgrade": False}, "AutoMinorVersionUpgrade", False),
    ({"customerOwnedIpEnabled": True}, "CustomerOwnedIpEnabled", True),
    ({"identifier": "renamed"}, "DBInstanceIdentifier", "renamed"),
    ({"tags": {"of": "ours"}}, "sort_by(TagList, &Key)[0].Value", "ours"),
    ({"manageMasterUserPassword": None, "password": "quiet-and-long"}, "MasterUserSecret", None),
)


def told_cluster(life: Life) -> Any:
    return life.world.session.client("rds").describe_db_clusters()["DBClusters"][0]


def told_instance(life: Life) -> Any:
    return life.world.session.client("rds").describe_db_instances()["DBInstances"][0]


def test_every_property_of_a_cluster_changes_in_place_and_is_what_it_was_declared(life: Life) -> None:
    thing = cluster(life)
    settled(life, thing)
    for new, path, expected in CLUSTER_CHANGES:
        changes(life, thing, lambda: told_cluster(life), new, path, expected)


def test_every_property_of_a_member_changes_in_place(life: Life) -> None:
    cluster(life)
    thing = member(life)
    settled(life, thing)
    for new, path, expected in MEMBER_CHANGES:
        changes(life, thing, lambda: told_instance(life), new, path, expected)


def test_every_property_of_an_instance_changes_in_place_even_its_name(life: Life) -> None:
    thing = instance(life)
    settled(life, thing)
    for new, path, expected in INSTANCE_CHANGES:
        changes(life, thing, lambda: told_instance(life), new, path, expected)


@pytest.mark.parametrize(
    ("changed", "names"),
    [
        ({"BackupRetentionPeriod": 1}, {"backupRetentionPeriod"}),
        ({"DeletionProtection": True}, {"deletionProtection"}),
        ({"EngineVersion": "16.8"}, {"engineVersion"}),
        (
            {"ServerlessV2ScalingConfiguration": {"MinCapacity": 0.5, "MaxCapacity": 1.0}},
            {"serverlessv2ScalingConfiguration"},
        ),
        ({"CloudwatchLogsExportConfiguration": {"DisableLogTypes": ["postgresql"]}}, {"enabledCloudwatchLogsExports"}),
        ({"MasterUserPassword": "quiet-and-long", "ManageMasterUserPassword": False}, {"manageMasterUserPassword"}),
        ({"Port": 6543}, {"port"}),
        ({"EnableIAMDatabaseAuthentication": False}, {"iamDatabaseAuthenticationEnabled"}),
    ],
)  # fmt: skip
def test_what_somebody_changes_of_a_cluster_is_found_and_put_right(life: Life, changed: Any, names: set[str]) -> None:
    declared = {
        "backupRetentionPeriod": 14, "deletionProtection": False, "enabledCloudwatchLogsExports": ["postgresql"],
        "iamDatabaseAuthenticationEnabled": True, "port": 5432,
        "serverlessv2ScalingConfiguration": {"minCapacity": 0.5, "maxCapacity": 8.0},
    }  # fmt: skip
    thing = cluster(life, **declared)
    settled(life, thing)
    rds = life.world.session.client("rds")
    rds.modify_db_cluster(DBClusterIdentifier="db", ApplyImmediately=True, **changed)

    assert life.refresh(thing) == names
    if "engineVersion" not in names:  # RDS goes to no older version
        restore(life, thing, **declared, manageMasterUserPassword=True)


def test_what_somebody_changes_of_an_instance_is_found_and_put_right(life: Life) -> None:
    thing = instance(life, multiAz=False, deletionProtection=False)
    changed = {
        "DBInstanceClass": "db.t4g.large",
        "MultiAZ": True,
        "DeletionProtection": True,
        "MaxAllocatedStorage": 99,
    }
    life.world.session.client("rds").modify_db_instance(DBInstanceIdentifier="single", ApplyImmediately=True, **changed)

    assert life.refresh(thing) == {"instanceClass", "multiAz", "deletionProtection"}, "a growth not declared is AWS's"
    restore(life, thing, instanceClass="db.t4g.small", multiAz=False, deletionProtection=False)


def test_tags_that_somebody_changes_are_found(life: Life) -> None:
    thing = cluster(life, tags={"of": "ours"})
    name = {"ResourceName": thing.state["arn"]}
    life.world.session.client("rds").add_tags_to_resource(**name, Tags=[{"Key": "of", "Value": "theirs"}])

    assert life.refresh(thing) == {"tags"}
    restore(life, thing, tags={"of": "ours"})


def test_only_what_changed_is_sent_and_what_people_changed_meanwhile_stays(life: Life) -> None:
    thing = cluster(life, backupRetentionPeriod=7)
    life.world.session.client("rds").modify_db_cluster(
        DBClusterIdentifier="db", BackupRetentionPeriod=30, ApplyImmediately=True
    )
    life.change(thing, copyTagsToSnapshot=True)

    assert told_cluster(life)["BackupRetentionPeriod"] == 30


def test_a_class_waits_for_the_maintenance_window_unless_it_is_asked_for_at_once(life: Life) -> None:
    thing = instance(life, applyImmediately=False)
    life.change(thing, instanceClass="db.t4g.large")
    waiting = told_instance(life)

    assert waiting["DBInstanceClass"] == "db.t4g.small"
    assert waiting["PendingModifiedValues"] == {"DBInstanceClass": "db.t4g.large"}
    assert life.refresh(thing) == {"instanceClass"}, "as with the real provider: it is not what was declared"

    life.change(thing, instanceClass="db.t4g.large", applyImmediately=True)
    assert told_instance(life)["DBInstanceClass"] == "db.t4g.large"
    settled(life, thing)


def test_a_new_major_version_must_be_allowed(life: Life) -> None:
    thing = cluster(life)
    with pytest.raises(Refused, match="AllowMajorVersionUpgrade flag must be present"):
        life.change(thing, engineVersion="17")


def test_a_rename_keeps_an_instance_and_its_id(life: Life) -> None:
    thing = instance(life)
    before = thing.id
    life.change(thing, identifier="other")

    assert (thing.id, thing.state["identifier"]) == (before, "other")
    life.delete(thing)
    assert life.gone(thing)


def test_a_replica_becomes_an_instance_of_its_own(life: Life) -> None:
    instance(life)
    replica = life.make(
        INSTANCE,
        "replica",
        identifier="replica",
        instanceClass="db.t4g.small",
        replicateSourceDb="single",
        **TO_BE_GONE,
    )
    settled(life, replica)
    life.world.session.client("rds").promote_read_replica(DBInstanceIdentifier="replica")

    assert life.refresh(replica) == {"replicateSourceDb"}
    settled(life, replica)
