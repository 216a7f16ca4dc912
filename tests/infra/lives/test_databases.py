"""The lives of clusters and instances: changed in place, found drifted, deleted as RDS and the provider do it.

How long a change or a deletion takes on AWS is not shown here; which changes wait for the maintenance window is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from floodgate.offline.problems import Refused
from floodgate.offline.repairs.patching import unrepaired
from tests.infra.lives.lives import Life, Thing
from tests.infra.lives.stores import KEY, ROLE, changes, restore, settled, subnets

CLUSTER, MEMBER, INSTANCE = (
    "aws:rds/cluster:Cluster",
    "aws:rds/clusterInstance:ClusterInstance",
    "aws:rds/instance:Instance",
)
TO_BE_GONE = {"applyImmediately": True, "skipFinalSnapshot": True}
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


def said(*props: Mapping[str, Any]) -> dict[str, Any]:
    """All of them, the later ones before the earlier; None takes one away."""
    every = {name: value for some in props for name, value in some.items()}
    return {name: value for name, value in every.items() if value is not None}


def cluster(life: Life, **props: Any) -> Thing:
    given = {"clusterIdentifier": "db", "engine": "aurora-postgresql", "engineVersion": "16.6", "masterUsername": "app"}
    return life.make(CLUSTER, **said(given, {"manageMasterUserPassword": True}, TO_BE_GONE, props))


def member(life: Life, name: str = "one", **props: Any) -> Thing:
    given = {"clusterIdentifier": "db", "engine": "aurora-postgresql", "instanceClass": "db.r8g.large"}
    return life.make(MEMBER, name, identifier=name, applyImmediately=True, **given | props)


def instance(life: Life, **props: Any) -> Thing:
    given = {"identifier": "single", "engine": "postgres", "engineVersion": "16.8", "instanceClass": "db.t4g.small"}
    more = {"allocatedStorage": 20, "username": "app", "manageMasterUserPassword": True}
    return life.make(INSTANCE, **said(given, more, TO_BE_GONE, props))


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


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (cluster, "RDS Cluster final_snapshot_identifier is required when skip_final_snapshot is false"),
        (instance, "'thing': final_snapshot_identifier is required when skip_final_snapshot is false"),
    ],
)
def test_data_is_not_lost_without_a_word(life: Life, make: Any, error: str) -> None:
    thing = make(life, skipFinalSnapshot=None)
    with pytest.raises(Refused, match=error):
        life.delete(thing)

    assert not life.gone(thing)
    life.change(thing, finalSnapshotIdentifier="last")
    life.delete(thing)
    rds = life.world.session.client("rds")
    kept = [s["DBClusterSnapshotIdentifier"] for s in rds.describe_db_cluster_snapshots()["DBClusterSnapshots"]]
    kept += [s["DBSnapshotIdentifier"] for s in rds.describe_db_snapshots()["DBSnapshots"]]
    assert life.gone(thing)
    assert kept == ["last"], "the automated ones go with the database"


def test_automated_backups_stay_where_they_are_to(life: Life) -> None:
    thing = cluster(life, deleteAutomatedBackups=False)
    life.delete(thing)
    kept = life.world.session.client("rds").describe_db_cluster_snapshots()["DBClusterSnapshots"]

    assert [snapshot["SnapshotType"] for snapshot in kept] == ["automated"]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (cluster, "Cannot delete protected DB Cluster, please disable deletion protection and try again."),
        (instance, "Cannot delete protected DB Instance, please disable deletion protection and try again."),
    ],
)
def test_a_protected_database_is_not_deleted(life: Life, make: Any, words: str) -> None:
    thing = make(life, deletionProtection=True)
    with pytest.raises(Refused, match=f"InvalidParameterCombination: {words}"):
        life.delete(thing)

    assert not life.gone(thing)
    life.change(thing, deletionProtection=False)
    life.delete(thing)
    assert life.gone(thing)


def test_protection_that_only_aws_knows_of_ends_where_changes_are_applied_at_once(life: Life) -> None:
    thing = cluster(life)
    rds = life.world.session.client("rds")
    rds.modify_db_cluster(DBClusterIdentifier="db", DeletionProtection=True)
    life.delete(thing)

    assert life.gone(thing)


def test_a_cluster_with_members_is_not_deleted(life: Life) -> None:
    thing, one = cluster(life), member(life)
    with pytest.raises(Refused, match="InvalidDBClusterStateFault: Cluster cannot be deleted"):
        life.delete(thing)

    life.delete(one)
    life.delete(thing)
    assert life.gone(one)
    assert life.gone(thing)


def test_what_is_gone_is_deleted_without_an_error(life: Life) -> None:
    things = [cluster(life), instance(life)]
    things.insert(0, member(life))
    rds = life.world.session.client("rds")
    for name in ("one", "single"):
        rds.delete_db_instance(DBInstanceIdentifier=name, SkipFinalSnapshot=True)
    rds.delete_db_cluster(DBClusterIdentifier="db", SkipFinalSnapshot=True)

    for thing in things:
        assert life.gone(thing)
        life.delete(thing)


def test_a_cluster_that_cannot_be_finished_is_not_left_behind(life: Life) -> None:
    twice = [ROLE.format("a"), ROLE.format("a")]
    with pytest.raises(Refused, match="DBClusterRoleAlreadyExists"):
        cluster(life, iamRoles=twice, deletionProtection=True)

    assert life.world.session.client("rds").describe_db_clusters()["DBClusters"] == []


def test_a_password_is_in_no_error(life: Life) -> None:
    with pytest.raises(Refused) as short:
        cluster(life, manageMasterUserPassword=None, masterPassword="tiny")
    thing = cluster(life, manageMasterUserPassword=None, masterPassword="quiet-and-long")
    with pytest.raises(Refused) as changed:
        life.change(thing, masterPassword="small")

    assert "tiny" not in str(short.value)
    assert "small" not in str(changed.value)


def test_the_refusals_of_deletions_are_the_repaired_ones(life: Life) -> None:
    thing, subnet_ids = cluster(life), subnets(life)
    rds = life.world.session.client("rds")
    rds.create_db_subnet_group(DBSubnetGroupName="g", DBSubnetGroupDescription="d", SubnetIds=subnet_ids)
    with pytest.raises(ClientError, match="FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot"):
        rds.delete_db_cluster(DBClusterIdentifier="db")
    with unrepaired():
        rds.delete_db_cluster(DBClusterIdentifier="db")

    assert life.gone(thing), "the control: plain moto deletes without asking"
