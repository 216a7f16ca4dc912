"""Subnet groups: changed, and deleted when nothing is in them any more.

https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_ModifyCacheSubnetGroup.html and
API_DeleteCacheSubnetGroup
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.elasticache.exceptions import CacheSubnetGroupNotFound, ElastiCacheException
from moto.elasticache.models import CacheSubnetGroup
from moto.elasticache.responses import ElastiCacheResponse

from floodgate.offline.repairs.patching import patch


def _group(response: Any) -> Any:
    name = response._get_params()["CacheSubnetGroupName"]  # noqa: SLF001 - moto's own
    groups = response.elasticache_backend.cache_subnet_groups
    if name not in groups:
        raise CacheSubnetGroupNotFound(name)
    return groups[name]


@patch(ElastiCacheResponse, "modify_cache_subnet_group")
def modify_cache_subnet_group(self: Any) -> ActionResult:
    """Moto has no such operation."""
    params, group, backend = self._get_params(), _group(self), self.elasticache_backend
    if "CacheSubnetGroupDescription" in params:
        group.cache_subnet_group_description = params["CacheSubnetGroupDescription"]
    if "SubnetIds" in params:
        changed: Any = CacheSubnetGroup(
            account_id=backend.account_id,
            region_name=backend.region_name,
            cache_subnet_group_name=group.cache_subnet_group_name,
            cache_subnet_group_description=group.cache_subnet_group_description,
            subnet_ids=params["SubnetIds"],
            tags=group.tags,
        )
        vars(group).update(vars(changed))
    return ActionResult({"CacheSubnetGroup": group})


@patch(ElastiCacheResponse, "delete_cache_subnet_group")
def delete_cache_subnet_group(self: Any) -> EmptyResult:
    """Moto has no such operation."""
    name, backend = _group(self).cache_subnet_group_name, self.elasticache_backend
    users = [id_ for id_, one in backend.replication_groups.items() if one.cache_subnet_group_name == name]
    users += [id_ for id_, one in backend.cache_clusters.items() if one.cache_subnet_group_name == name]
    if users:
        raise ElastiCacheException(
            "CacheSubnetGroupInUse", f"Cache subnet group {name} is currently in use by a cache cluster."
        )
    del backend.cache_subnet_groups[name]
    return EmptyResult()
