"""Databases deleted as AWS deletes them: protected, with a last snapshot or on demand without one.

https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DeleteDBCluster.html and API_DeleteDBInstance
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.rds.exceptions import DBClusterNotFoundError, RDSClientError
from moto.rds.models import DBInstanceClustered, RDSBackend
from moto.rds.responses import RDSResponse

from floodgate.offline.repairs.patching import patch


def _combination(message: str) -> RDSClientError:
    return RDSClientError("InvalidParameterCombination", message)


@patch(RDSBackend, "delete_db_cluster")
def delete_unprotected(self: Any, cluster_identifier: str, snapshot_name: str | None = None) -> Any:
    """Moto refuses in other words than AWS, and takes the last snapshot after what it would fail on."""
    if cluster_identifier not in self.clusters:
        raise DBClusterNotFoundError(cluster_identifier)
    if self.clusters[cluster_identifier].deletion_protection:
        raise _combination("Cannot delete protected DB Cluster, please disable deletion protection and try again.")
    if snapshot_name and snapshot_name in self.cluster_snapshots:
        raise RDSClientError(
            "DBClusterSnapshotAlreadyExistsFault",
            f"Cannot create the cluster snapshot because one with the identifier {snapshot_name} already exists.",
        )
    return delete_unprotected.original(self, cluster_identifier, snapshot_name)


@patch(RDSResponse, "delete_db_cluster")
def delete_cluster_with_its_backups(self: Any) -> ActionResult:
    """Moto asks for no last snapshot, and keeps the automated ones for ever."""
    backend, name = self.backend, self.params["DBClusterIdentifier"]
    if name in backend.clusters and not backend.clusters[name].deletion_protection:
        _check_last_snapshot(self.params)
    answer = delete_cluster_with_its_backups.original(self)
    if self.params.get("DeleteAutomatedBackups") is not False:
        for id_, snapshot in list(backend.cluster_snapshots.items()):
            if snapshot.snapshot_type == "automated" and snapshot.db_cluster_identifier == name:
                del backend.cluster_snapshots[id_]
    return answer


@patch(RDSResponse, "delete_db_instance")
def delete_instance_with_a_snapshot(self: Any) -> ActionResult:
    """Moto asks for no last snapshot."""
    instance = self.backend.databases.get(self.params["DBInstanceIdentifier"])
    if instance is not None and not instance.deletion_protection:
        if not isinstance(instance, DBInstanceClustered):
            _check_last_snapshot(self.params)
        if instance.is_replica and self.params.get("FinalDBSnapshotIdentifier"):
            raise _combination("Cannot create a final snapshot of a read replica")
    return delete_instance_with_a_snapshot.original(self)


def _check_last_snapshot(params: Any) -> None:
    skipped, named = params.get("SkipFinalSnapshot"), params.get("FinalDBSnapshotIdentifier")
    if skipped and named:
        raise _combination("FinalDBSnapshotIdentifier can not be specified when SkipFinalSnapshot is true")
    if not skipped and not named:
        raise _combination("FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.")
