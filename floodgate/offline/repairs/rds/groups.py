"""Groups of subnets and of parameters: changed and reset, and kept while a database is in them.

https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DeleteDBSubnetGroup.html and
API_DeleteDBParameterGroup; API_ResetDBParameterGroup tells what a reset leaves.
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.rds.exceptions import (
    DBClusterParameterGroupNotFoundError,
    DBParameterGroupNotFoundError,
    DBSubnetGroupNotFoundError,
    RDSClientError,
)
from moto.rds.models import RDSBackend
from moto.rds.responses import RDSResponse

from floodgate.offline.repairs.patching import patch


@patch(RDSBackend, "modify_db_subnet_group")
def change_subnet_group(self: Any, subnet_name: str, description: str, subnets: list[Any]) -> Any:
    """Moto loses a group that is changed."""
    group = self.subnet_groups.get(subnet_name)
    if group is None:
        raise DBSubnetGroupNotFoundError(subnet_name)
    group.subnets = subnets
    if description is not None:
        group.description = description
    return group


@patch(RDSBackend, "delete_subnet_group")
def delete_unused_subnet_group(self: Any, subnet_name: str) -> Any:
    """Moto takes the subnets away from under a database."""
    for kind, users in (("instance", _instances_in(self, subnet_name)), ("cluster", _clusters_in(self, subnet_name))):
        if users:
            raise RDSClientError(
                "InvalidDBSubnetGroupStateFault",
                f"Cannot delete the subnet group '{subnet_name}' because at least one database {kind}: {users[0]} "
                "is still using it.",
            )
    return delete_unused_subnet_group.original(self, subnet_name)


def _instances_in(backend: Any, group: str) -> list[str]:
    return [
        name
        for name, one in backend.databases.items()
        if getattr(getattr(one, "db_subnet_group", None), "name", "") == group
    ]


def _clusters_in(backend: Any, group: str) -> list[str]:
    return [name for name, one in backend.clusters.items() if one.db_subnet_group_name == group]


@patch(RDSBackend, "delete_db_parameter_group")
def delete_unused_parameter_group(self: Any, db_parameter_group_name: str) -> Any:
    """Moto takes the parameters away from under an instance."""
    if any(one.db_parameter_group_name == db_parameter_group_name for one in self.databases.values()):
        raise _in_use("instances", db_parameter_group_name)
    return delete_unused_parameter_group.original(self, db_parameter_group_name)


@patch(RDSBackend, "delete_db_cluster_parameter_group")
def delete_unused_cluster_parameter_group(self: Any, db_cluster_parameter_group_name: str) -> None:
    """Moto takes the parameters away from under a cluster."""
    if any(one.parameter_group == db_cluster_parameter_group_name for one in self.clusters.values()):
        raise _in_use("clusters", db_cluster_parameter_group_name)
    delete_unused_cluster_parameter_group.original(self, db_cluster_parameter_group_name)


def _in_use(kind: str, group: str) -> RDSClientError:
    return RDSClientError(
        "InvalidDBParameterGroupState",
        f"One or more database {kind} are still members of this parameter group {group}, so the group cannot be "
        "deleted",
    )


@patch(RDSResponse, "reset_db_parameter_group")
def reset_db_parameter_group(self: Any) -> ActionResult:
    """Moto has no such operation."""
    name = self.params["DBParameterGroupName"]
    if name not in self.backend.db_parameter_groups:
        raise DBParameterGroupNotFoundError(name)
    _reset(self.backend.db_parameter_groups[name], self.params)
    return ActionResult({"DBParameterGroupName": name})


@patch(RDSResponse, "reset_db_cluster_parameter_group")
def reset_db_cluster_parameter_group(self: Any) -> ActionResult:
    """Moto has no such operation."""
    name = self.params["DBClusterParameterGroupName"]
    if name not in self.backend.db_cluster_parameter_groups:
        raise DBClusterParameterGroupNotFoundError(name)
    _reset(self.backend.db_cluster_parameter_groups[name], self.params)
    return ActionResult({"DBClusterParameterGroupName": name})


def _reset(group: Any, params: Any) -> None:
    if params.get("ResetAllParameters"):
        group.parameters.clear()
    for parameter in params.get("Parameters", []):
        group.parameters.pop(parameter["ParameterName"], None)
