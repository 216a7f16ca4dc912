"""AWS Secrets Manager: descriptions that are taken away, and names that are not free yet.

https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecret.html and API_DeleteSecret
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.secretsmanager.exceptions import InvalidRequestException
from moto.secretsmanager.models import SecretsManagerBackend

from floodgate.offline.repairs.patching import patch

# what a secret that waits for its deletion refuses; moto lets it do all of this
REFUSED = ("delete_resource_policy", "get_resource_policy", "get_secret_value", "put_resource_policy")
REFUSED += ("put_secret_value", "tag_resource", "untag_resource", "update_secret_version_stage")


def apply() -> None:
    """Apply this module's repairs; idempotent."""
    for name in REFUSED:
        patch(SecretsManagerBackend, name)(_unless_deleted(name))


def _unless_deleted(name: str) -> Callable[..., Any]:
    def refuse(self: Any, *args: Any, **kwargs: Any) -> Any:
        id_ = args[0] if args else kwargs.get("secret_id", kwargs.get("arn"))
        if id_ in self.secrets and self.secrets[id_].is_deleted():
            raise InvalidRequestException(
                "You can't perform this operation on the secret because it was marked for deletion."
            )
        return refuse.original(self, *args, **kwargs)  # ty: ignore[missing-attribute] - set by patch

    refuse.__qualname__ = f"refuse_{name}"
    return refuse


@patch(SecretsManagerBackend, "update_secret")
def update_with_an_empty_description(self: Any, secret_id: str, **changes: Any) -> str:
    """Moto keeps the old description where the new one is empty."""
    answer = update_with_an_empty_description.original(self, secret_id=secret_id, **changes)
    if changes.get("description") == "":
        self.secrets[secret_id].description = None
    return answer


@patch(SecretsManagerBackend, "create_secret")
def create_under_a_free_name(self: Any, name: str, **given: Any) -> str:
    """Moto says of a secret that waits for its deletion that it exists."""
    if name in self.secrets and self.secrets[name].is_deleted():
        raise InvalidRequestException(
            "You can't create this secret because a secret with this name is already scheduled for deletion."
        )
    return create_under_a_free_name.original(self, name=name, **given)
