"""SQS: what a change does not mention stays, and a queue tells all that was set on it."""

from __future__ import annotations

from typing import Any

from moto.sqs.models import Queue

from floodgate.offline.repairs.patching import patch


def apply() -> None:
    """Importing this module has applied its repairs."""


@patch(Queue, "_set_attributes")
def change_what_is_given(self: Any, attributes: dict[str, Any], now: float | None = None) -> None:
    """Moto takes a queue's policy away with any change; and a key of the customer's ends SQS's own encryption."""
    given = dict(attributes)
    if "Policy" not in given:
        given["Policy"] = self.policy
    if given.get("KmsMasterKeyId"):
        given["SqsManagedSseEnabled"] = "false"
    if given.get("RedriveAllowPolicy") == "":
        given["RedriveAllowPolicy"] = None
    change_what_is_given.original(self, given, now)


@patch(Queue, "attributes")
def tell_who_may_send_here(self: Any) -> dict[str, Any]:
    """Moto does not tell which queues may send here what they could not deliver."""
    allowed = getattr(self, "redrive_allow_policy", None)
    return tell_who_may_send_here.original(self) | ({"RedriveAllowPolicy": allowed} if allowed else {})
