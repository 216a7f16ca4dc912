"""AWS KMS: how often a key rotates, and that one which is to be deleted can do no more.

https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html lists what a key refuses in which state.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.kms.responses import KmsResponse

from floodgate.offline.repairs.patching import patch

USUAL_PERIOD_DAYS = 365
REFUSED = ("disable_key", "disable_key_rotation", "enable_key", "enable_key_rotation", "schedule_key_deletion")
REFUSED += ("tag_resource", "untag_resource", "update_key_description")


def apply() -> None:
    """Apply this module's repairs; idempotent."""
    for name in REFUSED:
        patch(KmsResponse, name)(_unless_pending(name))


def _key(response: Any, parameter: str = "KeyId") -> Any:
    backend = response.kms_backend
    return backend.keys.get(backend.get_key_id(response._get_param(parameter) or ""))  # noqa: SLF001 - moto's own


def _unless_pending(name: str) -> Callable[..., Any]:
    def refuse(self: Any) -> Any:
        key = _key(self)
        if key is not None and key.key_state == "PendingDeletion":
            raise JsonRESTError("KMSInvalidStateException", f"{key.arn} is pending deletion.")
        answer = refuse.original(self)  # ty: ignore[missing-attribute] - set by patch
        if name == "enable_key_rotation":
            key.rotation_period_in_days = self._get_param("RotationPeriodInDays") or USUAL_PERIOD_DAYS
        return answer

    refuse.__qualname__ = f"refuse_{name}"
    return refuse


@patch(KmsResponse, "get_key_rotation_status")
def rotation_with_its_period(self: Any) -> str:
    """Moto does not tell how often a key rotates."""
    answer, key = json.loads(rotation_with_its_period.original(self)), _key(self)
    if answer["KeyRotationEnabled"]:
        answer["RotationPeriodInDays"] = getattr(key, "rotation_period_in_days", USUAL_PERIOD_DAYS)
    return json.dumps(answer | {"KeyId": key.id})
