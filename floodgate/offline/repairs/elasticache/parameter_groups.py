"""Parameter groups, which moto does not have: their family, and the parameters that were set.

https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateCacheParameterGroup.html
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.elasticache.exceptions import ElastiCacheException
from moto.elasticache.models import ElastiCacheBackend
from moto.elasticache.responses import ElastiCacheResponse

from floodgate.offline.repairs.elasticache.records import arn, records, tag, taggable
from floodgate.offline.repairs.patching import patch

KIND = "parameter_groups"


def default_group(group: Any) -> str:
    """The group of AWS's own that a replication group gets when it names none."""
    major = group.engine_version.partition(".")[0]
    version = major if group.engine == "valkey" or major != "6" else "6.x"
    return f"default.{group.engine}{version}{'.cluster.on' if group.cluster_mode == 'enabled' else ''}"


def check_parameter_group(backend: Any, name: str | None) -> None:
    """A group that is named must exist; AWS's own begin with ``default.``."""
    if name and not name.startswith("default.") and name not in records(backend, KIND):
        raise _not_found(name)


def _not_found(name: str) -> ElastiCacheException:
    return ElastiCacheException("CacheParameterGroupNotFound", f"CacheParameterGroup not found: {name}")


def _group(response: Any) -> dict[str, Any]:
    name = response._get_params()["CacheParameterGroupName"]  # noqa: SLF001 - moto's own
    groups = records(response.elasticache_backend, KIND)
    if name not in groups:
        raise _not_found(name)
    return groups[name]


@patch(ElastiCacheResponse, "create_cache_parameter_group")
def create_cache_parameter_group(self: Any) -> ActionResult:
    """Moto has no such operation."""
    params, backend = self._get_params(), self.elasticache_backend
    name, groups = params["CacheParameterGroupName"], records(backend, KIND)
    if name in groups:
        raise ElastiCacheException("CacheParameterGroupAlreadyExists", f"Parameter group {name} already exists")
    groups[name] = {
        "ARN": arn(backend, "parametergroup", name),
        "CacheParameterGroupName": name,
        "CacheParameterGroupFamily": params["CacheParameterGroupFamily"],
        "Description": params["Description"],
        "IsGlobal": False,
        "parameters": {},
    }
    tag(backend, groups[name]["ARN"], params)
    return ActionResult({"CacheParameterGroup": groups[name]})


@patch(ElastiCacheResponse, "describe_cache_parameter_groups")
def describe_cache_parameter_groups(self: Any) -> ActionResult:
    """Moto has no such operation."""
    named = "CacheParameterGroupName" in self._get_params()
    found = [_group(self)] if named else list(records(self.elasticache_backend, KIND).values())
    return ActionResult({"CacheParameterGroups": found})


@patch(ElastiCacheResponse, "modify_cache_parameter_group")
def modify_cache_parameter_group(self: Any) -> ActionResult:
    """Moto has no such operation."""
    group = _group(self)
    for pair in self._get_params()["ParameterNameValues"]:
        group["parameters"][pair["ParameterName"]] = pair["ParameterValue"]
    return ActionResult({"CacheParameterGroupName": group["CacheParameterGroupName"]})


@patch(ElastiCacheResponse, "describe_cache_parameters")
def describe_cache_parameters(self: Any) -> ActionResult:
    """Moto has no such operation. Only what was set is known; AWS also tells the defaults."""
    found = [
        {"ParameterName": name, "ParameterValue": value, "Source": "user", "IsModifiable": True}
        for name, value in sorted(_group(self)["parameters"].items())
    ]
    return ActionResult({"Parameters": found})


@patch(ElastiCacheResponse, "reset_cache_parameter_group")
def reset_cache_parameter_group(self: Any) -> ActionResult:
    """Moto has no such operation."""
    params, group = self._get_params(), _group(self)
    if params.get("ResetAllParameters"):
        group["parameters"].clear()
    for one in params.get("ParameterNameValues", []):
        group["parameters"].pop(one["ParameterName"], None)
    return ActionResult({"CacheParameterGroupName": group["CacheParameterGroupName"]})


@patch(ElastiCacheResponse, "delete_cache_parameter_group")
def delete_cache_parameter_group(self: Any) -> EmptyResult:
    """Moto has no such operation."""
    name = _group(self)["CacheParameterGroupName"]
    users = [
        id_
        for id_, one in self.elasticache_backend.replication_groups.items()
        if one.cache_parameter_group_name == name
    ]
    if users:
        raise ElastiCacheException(
            "InvalidCacheParameterGroupState",
            f"One or more cache clusters are still members of this parameter group {name}, so the group cannot be "
            "deleted.",
        )
    del records(self.elasticache_backend, KIND)[_group(self)["CacheParameterGroupName"]]
    return EmptyResult()


@patch(ElastiCacheBackend, "__init__")
def backend_that_tags_more(self: Any, *args: Any, **kwargs: Any) -> None:
    """Moto refuses the ARNs of what it does not have."""
    backend_that_tags_more.original(self, *args, **kwargs)
    self.arn_regex = taggable(self.arn_regex)
