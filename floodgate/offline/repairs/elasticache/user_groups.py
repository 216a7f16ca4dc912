"""User groups as records.

https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateUserGroup.html
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.elasticache.exceptions import ElastiCacheException
from moto.elasticache.responses import ElastiCacheResponse

from floodgate.offline.repairs.elasticache.records import arn, existing, records, tag
from floodgate.offline.repairs.patching import patch

GROUPS = "user_groups"


def _group(response: Any) -> dict[str, Any]:
    return existing(response, GROUPS, response._get_params()["UserGroupId"], "UserGroupNotFound")  # noqa: SLF001 - moto's own


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
    group["Engine"] = params.get("Engine", group["Engine"]).lower()
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
    users = [
        id_
        for id_, one in self.elasticache_backend.replication_groups.items()
        if group["UserGroupId"] in (one.user_group_ids or [])
    ]
    if users:
        raise ElastiCacheException(
            "InvalidUserGroupState",
            f"User group {group['UserGroupId']} is associated to a replication group: {users[0]}",
        )
    del records(self.elasticache_backend, GROUPS)[group["UserGroupId"]]
    _tell_users(self.elasticache_backend)
    return ActionResult(group | {"Status": "deleting"})
