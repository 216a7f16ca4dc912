"""Amazon S3: settings that a program writes inside a bucket, as all did before version 4 of the provider."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from floodgate.offline.handlers import s3_setting_forms as forms
from floodgate.offline.handlers.base import is_gone
from floodgate.offline.handlers.policy_document import as_given, text_of
from floodgate.offline.handlers.requests import input_shape, to_shape


@dataclass(frozen=True, slots=True)
class Setting:
    """How one setting is written and read.

    Args:
        put, get: the calls.
        body: the parameter of `put` that holds it.
        to_api: from the program's form to AWS's.
        from_api: back, given the answer of `get` and the program's own value; None where it is not set.
        drop: the call that takes it away, for an empty value; empty where there is none.
        usual: the value that a new bucket has anyway.
    """

    put: str
    get: str
    body: str
    to_api: Callable[[Any], Any]
    from_api: Callable[[Mapping[str, Any], Any], Any]
    drop: str = ""
    usual: Any = None

    def is_usual(self, value: Any) -> bool:
        """Whether a new bucket has this value without a call."""
        return value == self.usual

    def write(self, s3: Any, bucket: str, value: Any) -> None:
        """Write it, or take it away where the value is empty."""
        if not value and self.drop:
            getattr(s3, self.drop)(Bucket=bucket)
        elif value:
            body = to_shape(self.to_api(value), input_shape(s3, self.put).members[self.body])
            if self.body == "AccessControlPolicy":
                body["Owner"] = s3.get_bucket_acl(Bucket=bucket)["Owner"]
            getattr(s3, self.put)(Bucket=bucket, **{self.body: body})

    def seen(self, s3: Any, bucket: str, given: Any) -> Any:
        """It as it is now, in the program's form; None where it is not set."""
        try:
            return self.from_api(getattr(s3, self.get)(Bucket=bucket), given)
        except ClientError as error:
            if not is_gone(error):
                raise
            return None


SETTINGS: dict[str, Setting] = {
    "accelerationStatus": Setting(
        "put_bucket_accelerate_configuration",
        "get_bucket_accelerate_configuration",
        "AccelerateConfiguration",
        lambda given: {"status": given},
        lambda answer, _: answer.get("Status"),
    ),
    # AWS keeps the grants of a ready-made form, and forgets the form
    "acl": Setting("put_bucket_acl", "get_bucket_acl", "ACL", lambda given: given, lambda _, given: given),
    "corsRules": Setting(
        "put_bucket_cors",
        "get_bucket_cors",
        "CORSConfiguration",
        lambda given: {"corsRules": given},
        lambda answer, _: forms.lowered(answer["CORSRules"]),
        drop="delete_bucket_cors",
    ),
    "grants": Setting("put_bucket_acl", "get_bucket_acl", "AccessControlPolicy", forms.grants, forms.told_grants),
    "lifecycleRules": Setting(
        "put_bucket_lifecycle_configuration",
        "get_bucket_lifecycle_configuration",
        "LifecycleConfiguration",
        forms.lifecycle,
        forms.told_lifecycle,
        drop="delete_bucket_lifecycle",
    ),
    "logging": Setting(
        "put_bucket_logging",
        "get_bucket_logging",
        "BucketLoggingStatus",
        lambda given: {"loggingEnabled": {"targetPrefix": "", **given}},
        lambda answer, _: forms.lowered(answer["LoggingEnabled"]) if "LoggingEnabled" in answer else None,
    ),
    "objectLockConfiguration": Setting(
        "put_object_lock_configuration",
        "get_object_lock_configuration",
        "ObjectLockConfiguration",
        lambda given: {"objectLockEnabled": "Enabled", **given},
        forms.told_lock,
    ),
    "policy": Setting(
        "put_bucket_policy",
        "get_bucket_policy",
        "Policy",
        text_of,
        lambda answer, given: as_given(answer["Policy"], given),
    ),
    "requestPayer": Setting(
        "put_bucket_request_payment",
        "get_bucket_request_payment",
        "RequestPaymentConfiguration",
        lambda given: {"payer": given},
        lambda answer, _: answer["Payer"],
        usual="BucketOwner",
    ),
    "serverSideEncryptionConfiguration": Setting(
        "put_bucket_encryption",
        "get_bucket_encryption",
        "ServerSideEncryptionConfiguration",
        lambda given: {"rules": [given["rule"]]},
        forms.told_encryption,
        drop="delete_bucket_encryption",
    ),
    "versioning": Setting(
        "put_bucket_versioning",
        "get_bucket_versioning",
        "VersioningConfiguration",
        forms.versioning,
        forms.told_versioning,
        usual={"enabled": False},
    ),
    "website": Setting(
        "put_bucket_website",
        "get_bucket_website",
        "WebsiteConfiguration",
        forms.website,
        forms.told_website,
        drop="delete_bucket_website",
    ),
}

ONE = {
    "applyServerSideEncryptionByDefaults": "applyServerSideEncryptionByDefault",
    "defaultRetentions": "defaultRetention",
    "expirations": "expiration",
    "loggings": "logging",
    "noncurrentVersionExpirations": "noncurrentVersionExpiration",
    "replicationConfigurations": "replicationConfiguration",
    "rules": "rule",
    "serverSideEncryptionConfigurations": "serverSideEncryptionConfiguration",
    "versionings": "versioning",
    "websites": "website",
}
"""The names of lists of one in a bucket's former type, and of the same as an object."""


def singular(value: Any) -> Any:
    """Settings without the lists of one, whatever the type's schema; others unchanged."""
    if isinstance(value, Mapping):
        return {
            ONE.get(name, name): singular(item[0] if name in ONE and isinstance(item, list) and item else item)
            for name, item in value.items()
        }
    return [singular(item) for item in value] if isinstance(value, list) else value


def plural(value: Any) -> Any:
    """The way back."""
    many = {one: name for name, one in ONE.items()}
    if isinstance(value, Mapping):
        return {
            many.get(name, name): [plural(item)] if name in many and item is not None else plural(item)
            for name, item in value.items()
        }
    return [plural(item) for item in value] if isinstance(value, list) else value
