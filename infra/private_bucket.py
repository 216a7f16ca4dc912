"""An S3 bucket that nobody reaches but those its policy names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.component import Component, Tags
from infra.policy_documents import Statement, document

KEEP_OLD_VERSIONS_DAYS = 90


@dataclass(frozen=True)
class PrivateBucketArgs:
    """What a bucket is for.

    Attributes:
        tags: The stack's tags.
        versioned: Whether older versions of an object are kept for a while.
        expire_days: After how many days objects are deleted; None keeps them.
        force_destroy: Whether the bucket may be deleted with its objects; for development.
    """

    tags: Tags
    versioned: bool = False
    expire_days: int | None = None
    force_destroy: bool = False


class PrivateBucket(Component):
    """Encrypted, owned by its account, closed to the public and to plain HTTP."""

    def __init__(self, name: str, args: PrivateBucketArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("storage", name, args.tags, opts)
        self._args = args
        self.bucket = aws.s3.Bucket(name, force_destroy=args.force_destroy, tags=self.tags(), opts=self.child())
        self.name = self.bucket.bucket
        self.arn = self.bucket.arn
        self._block = self._closed_to_the_public()
        self._encrypted()
        self._versions()
        self._lifecycle()
        self.register_outputs({"name": self.name, "arn": self.arn})

    def allow(self, statements: Sequence[Statement]) -> aws.s3.BucketPolicy:
        """Set the bucket's policy: these statements, and TLS for everybody."""
        return aws.s3.BucketPolicy(
            self.named("policy"),
            bucket=self.bucket.id,
            policy=document([*statements, self._only_tls()]),
            # S3 refuses to change a bucket's policy and its public access at the same moment
            opts=self.child(depends_on=[self._block]),
        )

    def _only_tls(self) -> Statement:
        return {
            "Sid": "OnlyTls",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [self.arn, pulumi.Output.concat(self.arn, "/*")],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }

    def _closed_to_the_public(self) -> aws.s3.BucketPublicAccessBlock:
        aws.s3.BucketOwnershipControls(
            self.named("ownership"),
            bucket=self.bucket.id,
            rule={"object_ownership": "BucketOwnerEnforced"},
            opts=self.child(),
        )
        return aws.s3.BucketPublicAccessBlock(
            self.named("access"),
            bucket=self.bucket.id,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=self.child(),
        )

    def _encrypted(self) -> None:
        # log delivery writes only to buckets with S3's own keys:
        # https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
        aws.s3.BucketServerSideEncryptionConfiguration(
            self.named("encryption"),
            bucket=self.bucket.id,
            rules=[{"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}}],
            opts=self.child(),
        )

    def _versions(self) -> None:
        if self._args.versioned:
            aws.s3.BucketVersioning(
                self.named("versions"),
                bucket=self.bucket.id,
                versioning_configuration={"status": "Enabled"},
                opts=self.child(),
            )

    def _lifecycle(self) -> None:
        args = self._args
        aws.s3.BucketLifecycleConfiguration(
            self.named("lifecycle"),
            bucket=self.bucket.id,
            rules=[
                {
                    "id": "clean-up",
                    "status": "Enabled",
                    "filter": {"prefix": ""},
                    "abort_incomplete_multipart_upload": {"days_after_initiation": 7},
                    "expiration": {"days": args.expire_days} if args.expire_days else None,
                    "noncurrent_version_expiration": {"noncurrent_days": KEEP_OLD_VERSIONS_DAYS}
                    if args.versioned
                    else None,
                }
            ],
            opts=self.child(),
        )
