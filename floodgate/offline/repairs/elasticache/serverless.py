"""Serverless caches as records.

https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateServerlessCache.html and
API_ModifyServerlessCache
"""

from __future__ import annotations

from typing import Any

from moto.core import utils
from moto.core.responses import ActionResult
from moto.elasticache.exceptions import ElastiCacheException
from moto.elasticache.responses import ElastiCacheResponse
from moto.moto_api._internal import mock_random

from floodgate.offline.repairs.elasticache.records import arn, existing, records, tag
from floodgate.offline.repairs.patching import patch

CACHES = "serverless_caches"
CHANGED = ("CacheUsageLimits", "DailySnapshotTime", "Description", "Engine", "MajorEngineVersion")
CHANGED += ("SecurityGroupIds", "SnapshotRetentionLimit", "UserGroupId")


@patch(ElastiCacheResponse, "create_serverless_cache")
def create_serverless_cache(self: Any) -> ActionResult:
    """Moto has no such operation."""
    params, backend = self._get_params(), self.elasticache_backend
    name, engine = params["ServerlessCacheName"], params["Engine"]
    if name in records(backend, CACHES):
        raise ElastiCacheException("ServerlessCacheAlreadyExistsFault", f"Serverless cache {name} already exists")
    major = params.get("MajorEngineVersion") or {"valkey": "8", "redis": "7"}.get(engine, "1.6")
    suffix = mock_random.get_random_string(6, lower_case=True)
    domain = f"{name}-{suffix}.serverless.{backend.region_name}.cache.amazonaws.com"
    port = 11211 if engine == "memcached" else 6379
    cache: dict[str, Any] = {key: value for key, value in params.items() if key != "Tags"} | {
        "ARN": arn(backend, "serverlesscache", name),
        "CreateTime": utils.utcnow(),
        "Endpoint": {"Address": domain, "Port": port},
        "FullEngineVersion": {"valkey": "8.1", "redis": "7.1"}.get(engine, "1.6"),
        "MajorEngineVersion": major,
        "ReaderEndpoint": {"Address": domain, "Port": port + 1},
        "SnapshotRetentionLimit": params.get("SnapshotRetentionLimit", 0),
        "Status": "available",
    }
    records(backend, CACHES)[name] = cache
    tag(backend, cache["ARN"], params)
    return ActionResult({"ServerlessCache": cache})


@patch(ElastiCacheResponse, "modify_serverless_cache")
def modify_serverless_cache(self: Any) -> ActionResult:
    """Moto has no such operation."""
    params = self._get_params()
    cache = existing(self, CACHES, params["ServerlessCacheName"], "ServerlessCacheNotFoundFault")
    for name in CHANGED:
        if name in params:
            cache[name] = params[name]
    if self._get_bool_param("RemoveUserGroup"):
        cache.pop("UserGroupId", None)
    return ActionResult({"ServerlessCache": cache})


@patch(ElastiCacheResponse, "describe_serverless_caches")
def describe_serverless_caches(self: Any) -> ActionResult:
    """Moto has no such operation."""
    name = self._get_params().get("ServerlessCacheName")
    every = list(records(self.elasticache_backend, CACHES).values())
    found = [existing(self, CACHES, name, "ServerlessCacheNotFoundFault")] if name else every
    return ActionResult({"ServerlessCaches": found})


@patch(ElastiCacheResponse, "delete_serverless_cache")
def delete_serverless_cache(self: Any) -> ActionResult:
    """Moto has no such operation."""
    name = self._get_params()["ServerlessCacheName"]
    cache = existing(self, CACHES, name, "ServerlessCacheNotFoundFault")
    del records(self.elasticache_backend, CACHES)[name]
    return ActionResult({"ServerlessCache": cache | {"Status": "deleting"}})
