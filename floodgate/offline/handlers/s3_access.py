"""Amazon S3: who may do what with a bucket."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from floodgate.offline.handlers.base import Aws, Props, resource
from floodgate.offline.handlers.policy_document import as_given, text_of
from floodgate.offline.handlers.s3 import with_former_name
from floodgate.offline.handlers.s3_configurations import BucketConfiguration


@resource("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock")
class BucketPublicAccessBlock(BucketConfiguration):
    """Whether anything in the bucket may ever be public."""

    put, body, get = "put_public_access_block", "PublicAccessBlockConfiguration", "get_public_access_block"
    drop = "delete_public_access_block"

    def take_away(self, s3: Any, bucket: str, props: Props) -> None:
        """Unless the program wants to keep it."""
        if not props.get("skipDestroy"):
            super().take_away(s3, bucket, props)


@resource("aws:s3/bucketOwnershipControls:BucketOwnershipControls")
class BucketOwnershipControls(BucketConfiguration):
    """Who owns objects that others write."""

    put, body, get = "put_bucket_ownership_controls", "OwnershipControls", "get_bucket_ownership_controls"
    drop = "delete_bucket_ownership_controls"

    def content(self, props: Props) -> Any:
        """The one rule in a list."""
        return {"rules": [props["rule"]]}


@resource("aws:s3/bucketPolicy:BucketPolicy")
class BucketPolicy(BucketConfiguration):
    """Who may do what."""

    put, body, get, drop = "put_bucket_policy", "Policy", "get_bucket_policy", "delete_bucket_policy"

    def content(self, props: Props) -> Any:
        """The document as it is."""
        return text_of(props["policy"])

    def described(self, answer: Mapping[str, Any]) -> Mapping[str, Any]:
        """The answer holds the document beside other things."""
        return answer

    def observed(self, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """The document, compared by what it means."""
        return {"policy": as_given(item["Policy"], props.get("policy"))}


@with_former_name
@resource("aws:s3/bucketAcl:BucketAcl")
class BucketAcl(BucketConfiguration):
    """The oldest kind of permission: in one of its ready-made forms, or grant by grant."""

    put, body, get = "put_bucket_acl", "AccessControlPolicy", "get_bucket_acl"
    beside: ClassVar = {"acl": "ACL"}

    def create(self, aws: Aws, props: Props) -> str:
        """Write it; the ready-made form is part of the id."""
        parts = (super().create(aws, props), props.get("acl"))
        return ",".join(part for part in parts if part)

    def write(self, aws: Aws, props: Props) -> None:
        """In the form that the program chose."""
        if "acl" in props:
            aws.client("s3").put_bucket_acl(Bucket=props["bucket"], ACL=props["acl"])
        else:
            super().write(aws, props)

    def content(self, props: Props) -> Any:
        """The grants and whose bucket it is."""
        return props["accessControlPolicy"]

    def described(self, answer: Mapping[str, Any]) -> Mapping[str, Any]:
        """The grants and whose bucket it is."""
        return {"AccessControlPolicy": answer}

    def observed(self, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """AWS keeps the grants of a ready-made form, and forgets the form."""
        return {"acl": props["acl"]} if "acl" in props else {}

    def take_away(self, s3: Any, bucket: str, props: Props) -> None:
        """AWS cannot: the provider only forgets it."""
