"""S3: objects live in memory and go without a word, and a bucket policy counts where its conditions are met.

Moto keeps each object in a temporary file and warns when Python forgets one, as it does with every world that ends.
It also refuses every request that a statement with a condition is about: a policy that only denies plain HTTP would
close the bucket to everybody. And it forgets parts of what is configured on a bucket, and who pays for requests.
"""

from __future__ import annotations

import json
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import moto.s3.models
from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.s3.models import FakeBucket, FakeKey
from moto.s3.responses import S3Response

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


WHOLE = ("lifecycle", "logging", "encryption", "requestPayment")
"""What moto keeps in part, or not at all: the text that was put is the text that is told."""
SIZE = "x-amz-transition-default-minimum-object-size"
USUAL_PAYER = b"<RequestPaymentConfiguration><Payer>BucketOwner</Payer></RequestPaymentConfiguration>"


def _whole(querystring: Any) -> str:
    return next((name for name in WHOLE if name in querystring), "")


@patch(S3Response, "_bucket_response_put")
def put_the_whole(self: Any, request: Any, bucket_name: str, querystring: Any) -> Any:
    """Moto checks a configuration and keeps what it knows of it; the rest is kept here."""
    name = _whole(querystring)
    if name != "requestPayment":
        answer = put_the_whole.original(self, request, bucket_name, querystring)
    else:
        answer = (200, {}, "")
    if name:
        bucket = self.backend.get_bucket(bucket_name)
        headers = {SIZE: request.headers[SIZE]} if SIZE in request.headers else {}
        bucket.whole = {**getattr(bucket, "whole", {}), name: (headers, self.body)}
    return answer


@patch(S3Response, "_bucket_response_get")
def get_the_whole(self: Any, bucket_name: str, querystring: Any) -> Any:
    """What was put is told."""
    name = _whole(querystring)
    put = getattr(self.backend.get_bucket(bucket_name), "whole", {}) if name else {}
    if name in put:
        headers, body = put[name]
        return 200, headers, body
    return (
        (200, {}, USUAL_PAYER) if name == "requestPayment" else get_the_whole.original(self, bucket_name, querystring)
    )


@patch(S3Response, "_bucket_response_delete")
def delete_the_whole(self: Any, bucket_name: str, querystring: Any) -> Any:
    """What was taken away is not told any more."""
    answer = delete_the_whole.original(self, bucket_name, querystring)
    if name := _whole(querystring):
        getattr(self.backend.get_bucket(bucket_name), "whole", {}).pop(name, None)
    return answer
