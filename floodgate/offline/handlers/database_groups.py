"""Amazon RDS: subnet groups and parameter groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from floodgate.offline.handlers.base import AutoName, Aws, Change, Props, resource
from floodgate.offline.handlers.declared import MANAGED
from floodgate.offline.handlers.modified import Modified, parameter_changes, portions
from floodgate.offline.handlers.requests import request


class RdsGroup(Modified):
    """What groups have in common."""

    service = "rds"


@resource("aws:rds/subnetGroup:SubnetGroup", auto_name=AutoName(lower=True))
class SubnetGroup(RdsGroup):
    """The subnets that databases may be in."""

    create_call, id_prop = "create_db_subnet_group", "name"
    read_call, read_by, read_path = "describe_db_subnet_groups", "DBSubnetGroupName", "DBSubnetGroups[0]"
    update_call, update_by, update_with = "modify_db_subnet_group", "DBSubnetGroupName", ("description", "subnetIds")
    following: ClassVar = {"subnetIds": ("supportedNetworkTypes", "vpcId")}
    delete_call, delete_by = "delete_db_subnet_group", "DBSubnetGroupName"
    rename: ClassVar = {"name": "DBSubnetGroupName", "description": "DBSubnetGroupDescription"}
    apart = ("namePrefix",)
    outputs = ("arn", "name", "supportedNetworkTypes", "vpcId")
    paths: ClassVar = {
        "arn": "DBSubnetGroupArn",
        "name": "DBSubnetGroupName",
        "subnetIds": "Subnets[].SubnetIdentifier",
    }

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """AWS insists on a description."""
        return super().parameters(client, {"description": MANAGED, **props})


class Parameters(RdsGroup):
    """A group of parameters: made empty, then set."""

    modify_call: ClassVar[str]
    reset_call: ClassVar[str]
    list_call: ClassVar[str]
    apart = ("namePrefix", "parameters", "skipDestroy")
    kept = ("skipDestroy",)
    refined = frozenset({"parameters"})
    id_prop = "name"
    outputs = ("arn", "name")

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """AWS insists on a description."""
        return super().parameters(client, {"description": MANAGED, **props})

    def finish(self, aws: Aws, id_: str, props: Props) -> None:
        """Set the parameters."""
        self._send(aws, self.modify_call, id_, props.get("parameters", []))

    def refine(self, aws: Aws, id_: str, change: Change) -> None:
        """Set the parameters that are new or other, and reset those that are gone."""
        given, gone = parameter_changes(change)
        self._send(aws, self.modify_call, id_, given)
        self._send(aws, self.reset_call, id_, gone)

    def _send(self, aws: Aws, call: str, id_: str, parameters: list[Any]) -> None:
        """As many parameters at once as AWS takes."""
        client, name = aws.client(self.service), {self.rename["name"]: id_}
        rename = {"name": "ParameterName", "value": "ParameterValue"}
        for some in portions([{"applyMethod": "immediate", **parameter} for parameter in parameters]):
            getattr(client, call)(**name, **request(client, call, {"parameters": some}, rename))

    def observed(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """The parameters that somebody has set."""
        pages = (
            aws.client(self.service).get_paginator(self.list_call).paginate(**{self.rename["name"]: id_}, Source="user")
        )
        names = {"name": "ParameterName", "value": "ParameterValue", "applyMethod": "ApplyMethod"}
        found = [
            {ours: one[theirs] for ours, theirs in names.items() if theirs in one}
            for page in pages
            for one in page["Parameters"]
        ]
        told = super().observed(aws, id_, item, props)
        return told | ({"parameters": found} if found or "parameters" in props else {})

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        """Delete the group, unless it is to be left."""
        if not props.get("skipDestroy"):
            super().delete(aws, id_, props)


@resource("aws:rds/parameterGroup:ParameterGroup", auto_name=AutoName(lower=True))
class ParameterGroup(Parameters):
    """Parameters of instances."""

    create_call, modify_call = "create_db_parameter_group", "modify_db_parameter_group"
    reset_call, list_call = "reset_db_parameter_group", "describe_db_parameters"
    read_call, read_by, read_path = "describe_db_parameter_groups", "DBParameterGroupName", "DBParameterGroups[0]"
    delete_call, delete_by = "delete_db_parameter_group", "DBParameterGroupName"
    rename: ClassVar = {"name": "DBParameterGroupName", "family": "DBParameterGroupFamily"}
    paths: ClassVar = {"arn": "DBParameterGroupArn", "name": "DBParameterGroupName"}


@resource("aws:rds/clusterParameterGroup:ClusterParameterGroup", auto_name=AutoName(lower=True))
class ClusterParameterGroup(Parameters):
    """Parameters of clusters."""

    create_call, modify_call = "create_db_cluster_parameter_group", "modify_db_cluster_parameter_group"
    reset_call, list_call = "reset_db_cluster_parameter_group", "describe_db_cluster_parameters"
    read_call, read_by = "describe_db_cluster_parameter_groups", "DBClusterParameterGroupName"
    read_path = "DBClusterParameterGroups[0]"
    delete_call, delete_by = "delete_db_cluster_parameter_group", "DBClusterParameterGroupName"
    rename: ClassVar = {"name": "DBClusterParameterGroupName", "family": "DBParameterGroupFamily"}
    paths: ClassVar = {"arn": "DBClusterParameterGroupArn", "name": "DBClusterParameterGroupName"}
