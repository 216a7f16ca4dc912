"""Clusters and instances deleted as RDS and the provider do it: what is refused, what is left, what is no error.

How long a deletion takes on AWS is not shown here.
"""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from floodgate.offline.problems import Refused
from floodgate.offline.repairs.patching import unrepaired
from tests.infra.lives.lives import Life
from tests.infra.lives.stores import ROLE, cluster, instance, member


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
    thing = cluster(life)
    rds = life.world.session.client("rds")
    with pytest.raises(ClientError, match="FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot"):
        rds.delete_db_cluster(DBClusterIdentifier="db")
    with unrepaired():
        rds.delete_db_cluster(DBClusterIdentifier="db")

    assert life.gone(thing), "the control: plain moto deletes without asking"
