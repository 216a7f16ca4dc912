"""The lives of users of caches and their groups, and of caches without nodes."""

from __future__ import annotations

from typing import Any

import pytest

from floodgate.offline.problems import Refused
from tests.infra.lives.lives import Life
from tests.infra.lives.stores import changes, settled
from tests.infra.lives.test_caches import elasticache, group, told

USER, USERS = "aws:elasticache/user:User", "aws:elasticache/userGroup:UserGroup"
SERVERLESS = "aws:elasticache/serverlessCache:ServerlessCache"


def test_a_user_changes_and_leaves_its_groups_when_it_is_deleted(life: Life) -> None:
    thing = life.make(
        USER, userId="u", userName="u", engine="valkey", accessString="on ~* +@all", noPasswordRequired=True
    )
    users = life.make(USERS, userGroupId="g", engine="valkey", userIds=["u"])
    client = elasticache(life)

    def described() -> Any:
        return client.describe_users(UserId="u")["Users"][0]

    settled(life, thing)
    changes(life, thing, described, {"accessString": "on ~line:* +@read"}, "AccessString", "on ~line:* +@read")
    mode = {"type": "password", "passwords": ["first-password-of-u", "second-password-of-u"]}
    changes(life, thing, described, {"authenticationMode": mode, "noPasswordRequired": None}, "Authentication", {
        "Type": "password", "PasswordCount": 2,
    })  # fmt: skip
    changes(life, thing, described, {"authenticationMode": {"type": "iam"}}, "Authentication.Type", "iam")
    changes(life, thing, described, {"tags": {"of": "ours"}}, "UserId", "u")
    client.modify_user(UserId="u", AccessString="off", AuthenticationMode={"Type": "no-password-required"})
    assert life.refresh(thing) == {"accessString", "authenticationMode"}

    life.delete(thing)
    assert life.gone(thing)
    assert life.refresh(users) == {"userIds"}


def test_a_user_group_changes_and_is_not_deleted_while_a_cache_admits_it(life: Life) -> None:
    for name in ("a", "b"):
        life.make(USER, name, userId=name, userName=name, engine="valkey", accessString="on", noPasswordRequired=True)
    thing = life.make(USERS, userGroupId="g", engine="valkey", userIds=["a"])
    client = elasticache(life)

    def described() -> Any:
        return client.describe_user_groups(UserGroupId="g")["UserGroups"][0]

    settled(life, thing)
    changes(life, thing, described, {"userIds": ["b"]}, "UserIds", ["b"])
    changes(life, thing, described, {"userIds": None}, "UserIds", [])
    changes(life, thing, described, {"userIds": ["a", "b"]}, "length(UserIds)", 2)
    changes(life, thing, described, {"tags": {"of": "ours"}}, "UserGroupId", "g")
    client.modify_user_group(UserGroupId="g", UserIdsToRemove=["a"])
    assert life.refresh(thing) == {"userIds"}

    cache = group(life)
    changes(life, cache, lambda: told(life), {"userGroupIds": ["g"]}, "UserGroupIds", ["g"])
    with pytest.raises(Refused, match="InvalidUserGroupState"):
        life.delete(thing)
    changes(life, cache, lambda: told(life), {"userGroupIds": None}, "UserGroupIds || `[]`", [])
    life.delete(thing)
    assert life.gone(thing)


def test_a_serverless_cache_changes_in_place(life: Life) -> None:
    life.make(USERS, userGroupId="g", engine="valkey")
    thing = life.make(SERVERLESS, name="s", engine="valkey")
    client = elasticache(life)

    def described() -> Any:
        return client.describe_serverless_caches(ServerlessCacheName="s")["ServerlessCaches"][0]

    settled(life, thing)
    limits = {"dataStorage": {"maximum": 10, "unit": "GB"}, "ecpuPerSeconds": [{"minimum": 1000, "maximum": 50000}]}
    for new, path, expected in (
        ({"description": "of lines"}, "Description", "of lines"),
        ({"cacheUsageLimits": limits}, "CacheUsageLimits.ECPUPerSecond.Maximum", 50000),
        (
            {"cacheUsageLimits": {"dataStorage": {"maximum": 20, "unit": "GB"}}},
            "CacheUsageLimits.DataStorage.Maximum",
            20,
        ),
        ({"dailySnapshotTime": "16:00"}, "DailySnapshotTime", "16:00"),
        ({"snapshotRetentionLimit": 5}, "SnapshotRetentionLimit", 5),
        ({"securityGroupIds": ["sg-1"]}, "SecurityGroupIds", ["sg-1"]),
        ({"userGroupId": "g"}, "UserGroupId", "g"),
        ({"userGroupId": None}, "UserGroupId", None),
        ({"tags": {"of": "ours"}}, "ServerlessCacheName", "s"),
    ):
        changes(life, thing, described, new, path, expected)
    client.modify_serverless_cache(ServerlessCacheName="s", SnapshotRetentionLimit=1, Description="theirs")
    assert life.refresh(thing) == {"description", "snapshotRetentionLimit"}
    life.delete(thing)
    assert life.gone(thing)
    life.delete(thing)
