"""Amazon ElastiCache: users and their groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from floodgate.offline.handlers.base import Aws, Change, Props, resource
from floodgate.offline.handlers.cache_shared import ElastiCache
from floodgate.offline.handlers.declared import without
from floodgate.offline.handlers.requests import request


@resource("aws:elasticache/user:User")
class User(ElastiCache):
    """Somebody who may use a cache, and for what."""

    create_call, id_prop = "create_user", "userId"
    read_call, read_by, read_path = "describe_users", "UserId", "Users[0]"
    rename: ClassVar = {"passwordsWo": "Passwords"}
    apart = ("authenticationMode", "passwordsWoVersion")
    kept = ("passwordsWoVersion",)
    update_call, update_by = "modify_user", "UserId"
    delete_call, delete_by = "delete_user", "UserId"

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """The number of passwords is told, not sent."""
        out = super().parameters(client, props)
        if "authenticationMode" in props:
            mode = {"authenticationMode": without(props["authenticationMode"], ("passwordCount",))}
            out |= request(client, self.create_call, mode)
        return out

    def changed(self, change: Change) -> dict[str, Any]:
        """A password that is only written is sent with its version."""
        sent = super().changed(change)
        if change.touches("passwordsWo", "passwordsWoVersion") and "passwordsWo" in change.new:
            sent["passwordsWo"] = change.new["passwordsWo"]
        return sent

    def modification(self, client: Any, id_: str, sent: Props, change: Change) -> dict[str, Any]:
        """The number of passwords is told, not sent."""
        given = dict(sent)
        if "authenticationMode" in given:
            given["authenticationMode"] = without(given["authenticationMode"], ("passwordCount",))
            given.pop("noPasswordRequired", None)
        return super().modification(client, id_, given, change)

    def observed(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """How the user proves who it is. Passwords are never told, only how many there are."""
        told, kind = super().observed(aws, id_, item, props), item.get("Authentication", {}).get("Type")
        kind = {"no-password": "no-password-required"}.get(kind, kind)
        given = props.get("authenticationMode")
        if given:
            told["authenticationMode"] = {**given, "type": kind}
        else:
            told["noPasswordRequired"] = kind == "no-password-required"
        return told


@resource("aws:elasticache/userGroup:UserGroup")
class UserGroup(ElastiCache):
    """Users that a cache admits."""

    create_call, id_prop = "create_user_group", "userGroupId"
    read_call, read_by, read_path = "describe_user_groups", "UserGroupId", "UserGroups[0]"
    update_call, update_by = "modify_user_group", "UserGroupId"
    cleared: ClassVar = {"userIds": []}
    delete_call, delete_by = "delete_user_group", "UserGroupId"

    def modification(self, client: Any, id_: str, sent: Props, change: Change) -> dict[str, Any]:
        """Users are added and removed."""
        params = super().modification(client, id_, without(sent, ("userIds",)), change)
        if "userIds" in sent:
            old, new = (set(props.get("userIds", [])) for props in (change.old, change.new))
            added, removed = sorted(new - old), sorted(old - new)
            params |= {"UserIdsToAdd": added} if added else {}
            params |= {"UserIdsToRemove": removed} if removed else {}
        return params
