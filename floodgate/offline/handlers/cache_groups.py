"""Amazon ElastiCache: subnet groups and parameter groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from floodgate.offline.handlers.base import AutoName, Aws, Change, Props, resource
from floodgate.offline.handlers.cache_shared import ElastiCache
from floodgate.offline.handlers.declared import MANAGED
from floodgate.offline.handlers.modified import parameter_changes, portions


@resource("aws:elasticache/subnetGroup:SubnetGroup", auto_name=AutoName(lower=True))
class SubnetGroup(ElastiCache):
    """The subnets that caches may be in."""

    create_call, id_prop = "create_cache_subnet_group", "name"
    read_call, read_by, read_path = "describe_cache_subnet_groups", "CacheSubnetGroupName", "CacheSubnetGroups[0]"
    rename: ClassVar = {"name": "CacheSubnetGroupName", "description": "CacheSubnetGroupDescription"}
    outputs = ("arn", "vpcId")
    paths: ClassVar = {"arn": "ARN", "subnetIds": "Subnets[].SubnetIdentifier"}
    update_call, update_by = "modify_cache_subnet_group", "CacheSubnetGroupName"
    update_with = ("description", "subnetIds")
    following: ClassVar = {"subnetIds": ("vpcId",)}
    delete_call, delete_by = "delete_cache_subnet_group", "CacheSubnetGroupName"

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """AWS insists on a description."""
        return super().parameters(client, {"description": MANAGED, **props})


@resource("aws:elasticache/parameterGroup:ParameterGroup", auto_name=AutoName(lower=True))
class ParameterGroup(ElastiCache):
    """A group of parameters: made empty, then set."""

    create_call, id_prop = "create_cache_parameter_group", "name"
    read_call, read_by = "describe_cache_parameter_groups", "CacheParameterGroupName"
    read_path = "CacheParameterGroups[0]"
    rename: ClassVar = {"name": "CacheParameterGroupName", "family": "CacheParameterGroupFamily"}
    apart = ("parameters",)
    refined = frozenset({"parameters"})
    delete_call, delete_by = "delete_cache_parameter_group", "CacheParameterGroupName"

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """AWS insists on a description."""
        return super().parameters(client, {"description": MANAGED, **props})

    def finish(self, aws: Aws, id_: str, props: Props) -> None:
        """Set the parameters."""
        self._send(aws, "modify_cache_parameter_group", id_, props.get("parameters", []))

    def refine(self, aws: Aws, id_: str, change: Change) -> None:
        """Set the parameters that are new or other, and reset those that are gone."""
        given, gone = parameter_changes(change)
        self._send(aws, "modify_cache_parameter_group", id_, given)
        self._send(aws, "reset_cache_parameter_group", id_, gone)

    def _send(self, aws: Aws, call: str, id_: str, parameters: list[Any]) -> None:
        """As many parameters at once as AWS takes."""
        for some in portions([{"ParameterName": p["name"], "ParameterValue": p["value"]} for p in parameters]):
            getattr(aws.client(self.service), call)(CacheParameterGroupName=id_, ParameterNameValues=some)

    def observed(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """The parameters that somebody has set."""
        pages = (
            aws.client(self.service)
            .get_paginator("describe_cache_parameters")
            .paginate(CacheParameterGroupName=id_, Source="user")
        )
        found = [
            {"name": p["ParameterName"], "value": p["ParameterValue"]} for page in pages for p in page["Parameters"]
        ]
        return super().observed(aws, id_, item, props) | {"parameters": found}
