"""Users: changed, and gone when they are deleted.

https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_ModifyUser.html and API_DeleteUser
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.elasticache.exceptions import InvalidParameterCombinationException, PasswordTooShort, UserNotFound
from moto.elasticache.models import ElastiCacheBackend
from moto.elasticache.responses import ElastiCacheResponse

from floodgate.offline.repairs.elasticache.records import records
from floodgate.offline.repairs.patching import patch

LEAST_PASSWORD = 16


@patch(ElastiCacheResponse, "modify_user")
def modify_user(self: Any) -> ActionResult:
    """Moto has no such operation."""
    params = self._get_params()
    users, id_ = self.elasticache_backend.users, params["UserId"]
    if id_ not in users:
        raise UserNotFound(id_)
    user = users[id_]
    user.access_string = params.get("AccessString", user.access_string)
    if more := params.get("AppendAccessString"):
        user.access_string = f"{user.access_string} {more}"
    user.engine = params.get("Engine", user.engine).lower()
    _authenticate(user, params, no_password=self._get_bool_param("NoPasswordRequired"))
    return ActionResult(user)


def _authenticate(user: Any, params: Any, *, no_password: bool | None) -> None:
    mode = params.get("AuthenticationMode") or {}
    passwords = mode.get("Passwords") or params.get("Passwords") or []
    kind = mode.get("Type") or ("no-password-required" if no_password else "password" if passwords else None)
    if any(len(password) < LEAST_PASSWORD for password in passwords):
        raise PasswordTooShort
    if passwords and kind != "password":
        raise InvalidParameterCombinationException(f"Password field is not allowed with authentication type: {kind}")
    if kind is None:
        return
    if kind == "password" and not (passwords or user.passwords):
        raise InvalidParameterCombinationException(
            "A user with Authentication Mode: password, must have at least one password"
        )
    user.authentication_type = kind
    user.no_password_required = kind == "no-password-required"
    user.passwords = (passwords or user.passwords) if kind == "password" else []


@patch(ElastiCacheBackend, "delete_user")
def delete_user(self: Any, user_id: str) -> Any:
    """Moto shows a deleted user once more; AWS takes it out of its groups."""
    user = delete_user.original(self, user_id)
    self.users.pop(user_id, None)
    for group in records(self, "user_groups").values():
        group["UserIds"] = [id_ for id_ in group["UserIds"] if id_ != user_id]
    return user
