"""User groups and serverless caches as records.

https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateUserGroup.html and
API_CreateServerlessCache
"""

from __future__ import annotations

from typing import Any

from moto.core import utils
from moto.core.responses import ActionResult
from moto.elasticache.exceptions import ElastiCacheException
from moto.elasticache.responses import ElastiCacheResponse
from moto.moto_api._internal import mock_random

from floodgate.offline.repairs.elasticache.records import arn, records, tag
from floodgate.offline.repairs.patching import patch

GROUPS, CACHES = "user_groups", "serverless_caches"


def _existing(response: Any, kind: str, name: str, code: str) -> dict[str, Any]:
    found = records(response.elasticache_backend, kind)
    if name not in found:
        raise ElastiCacheException(code, f"{name} not found")
    return found[name]


def _group(response: Any) -> dict[str, Any]:
    return _existing(response, GROUPS, response._get_params()["UserGroupId"], "UserGroupNotFound")  # noqa: SLF001 - moto's own


@patch(ElastiCacheResponse, "create_user_group")
def create_user_group(self: Any) -> ActionResult:
    """Moto has no such operation."""
    params, backend = self._get_params(), self.elasticache_backend
    name, users = params["UserGroupId"], params.get("UserIds", [])
    if name in records(backend, GROUPS):
        raise ElastiCacheException("UserGroupAlreadyExists", f"User group {name} already exists")
    _check_users(backend, params["Engine"].lower(), users)
    group = {
        "ARN": arn(backend, "usergroup", name),
        "Engine": params["Engine"].lower(),
        "MinimumEngineVersion": "6.0",
        "ReplicationGroups": [],
        "Status": "active",
        "UserGroupId": name,
        "UserIds": users,
    }
    records(backend, GROUPS)[name] = group
    _tell_users(backend)
    tag(backend, group["ARN"], params)
    return ActionResult(group)


def _check_users(backend: Any, engine: str, users: list[str]) -> None:
    for user in users:
        if user not in backend.users:
            raise ElastiCacheException("UserNotFound", f"User {user} not found.")
    # Valkey has no default user that everybody may be
    if engine == "redis" and not any(backend.users[user].name == "default" for user in users):
        raise ElastiCacheException("DefaultUserRequired", "A user with the username default is required")


def _tell_users(backend: Any) -> None:
    for user in backend.users.values():
        user.user_group_ids = [n for n, group in records(backend, GROUPS).items() if user.id in group["UserIds"]]


@patch(ElastiCacheResponse, "modify_user_group")
def modify_user_group(self: Any) -> ActionResult:
    """Moto has no such operation."""
    params, group = self._get_params(), _group(self)
    gone, new = params.get("UserIdsToRemove", []), params.get("UserIdsToAdd", [])
    users = [user for user in group["UserIds"] if user not in gone] + new
    _check_users(self.elasticache_backend, group["Engine"], users)
    group["UserIds"] = users
    _tell_users(self.elasticache_backend)
    return ActionResult(group)


@patch(ElastiCacheResponse, "describe_user_groups")
def describe_user_groups(self: Any) -> ActionResult:
    """Moto has no such operation."""
    named = "UserGroupId" in self._get_params()
    backend = self.elasticache_backend
    found = [_group(self)] if named else list(records(backend, GROUPS).values())
    for group in found:
        group["ReplicationGroups"] = [
            name for name, rg in backend.replication_groups.items() if group["UserGroupId"] in (rg.user_group_ids or [])
        ]
    return ActionResult({"UserGroups": found})


@patch(ElastiCacheResponse, "delete_user_group")
def delete_user_group(self: Any) -> ActionResult:
    """Moto has no such operation."""
    group = _group(self)
    del records(self.elasticache_backend, GROUPS)[group["UserGroupId"]]
    _tell_users(self.elasticache_backend)
    return ActionResult(group | {"Status": "deleting"})


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


@patch(ElastiCacheResponse, "describe_serverless_caches")
def describe_serverless_caches(self: Any) -> ActionResult:
    """Moto has no such operation."""
    name = self._get_params().get("ServerlessCacheName")
    every = list(records(self.elasticache_backend, CACHES).values())
    found = [_existing(self, CACHES, name, "ServerlessCacheNotFoundFault")] if name else every
    return ActionResult({"ServerlessCaches": found})


@patch(ElastiCacheResponse, "delete_serverless_cache")
def delete_serverless_cache(self: Any) -> ActionResult:
    """Moto has no such operation."""
    name = self._get_params()["ServerlessCacheName"]
    cache = _existing(self, CACHES, name, "ServerlessCacheNotFoundFault")
    del records(self.elasticache_backend, CACHES)[name]
    return ActionResult({"ServerlessCache": cache | {"Status": "deleting"}})
