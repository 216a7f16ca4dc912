"""S3: objects live in memory and go without a word, and a bucket policy counts where its conditions are met.

Moto keeps each object in a temporary file and warns when Python forgets one, as it does with every world that ends.
It also refuses every request that a statement with a condition is about: a policy that only denies plain HTTP would
close the bucket to everybody.
"""

from __future__ import annotations

import json
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import moto.s3.models
from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.s3.models import FakeBucket, FakeKey

from floodgate.offline.repairs.patching import patch, replace


def _in_memory(max_size: int) -> BytesIO:
    del max_size
    return BytesIO()


replace(moto.s3.models, "tempfile", SimpleNamespace(SpooledTemporaryFile=_in_memory))


def apply() -> None:
    """Importing this module has applied its repairs."""


@patch(FakeKey, "dispose")
def dispose_without_a_word(self: Any, garbage: bool = False) -> None:
    """There is nothing to close that Python would not close."""
    del garbage
    dispose_without_a_word.original(self)


@patch(FakeBucket, "get_permission")
def permission_where_conditions_are_met(self: Any, action: str, resource: str) -> PermissionResult:
    """What the bucket's policy says of a request, by its statements that apply to it.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html
    """
    if self.policy is None:
        return PermissionResult.NEUTRAL
    policy = json.loads(self.policy)
    statements = policy["Statement"] if isinstance(policy["Statement"], list) else [policy["Statement"]]
    applying = [
        {name: value for name, value in statement.items() if name != "Condition"}
        for statement in statements
        if _is_met(statement.get("Condition", {}))
    ]
    return IAMPolicy(json.dumps({**policy, "Statement": applying})).is_action_permitted(action, resource)


def _is_met(condition: dict[str, Any]) -> bool:
    """Whether a request of this account over TLS meets a condition; one about anything else is not met."""
    return all(
        operator == "Bool" and key.lower() == "aws:securetransport" and str(value).lower() == "true"
        for operator, wanted in condition.items()
        for key, value in wanted.items()
    )
