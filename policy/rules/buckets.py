"""Buckets are closed to the public and to plain HTTP, and say how they are encrypted."""

from __future__ import annotations

from collections.abc import Iterator

from policy.configuration import Configuration
from policy.documents import statements
from policy.rule import Finding, example, resource_rule, stack_rule
from policy.view import UNKNOWN, Resource, Stack

BUCKETS = ("s3/bucket",)
_BLOCKS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
_BUCKET = ("s3/bucket", "files", {"bucket": "files"})


@stack_rule(
    id="buckets-not-public",
    title="No bucket can be made public",
    severity="critical",
    why="Public buckets are how most data of other people got out. Static files are served by CloudFront, which needs "
    "no public bucket.",
    remedy="declare aws.s3.BucketPublicAccessBlock for the bucket with all four settings true",
    source="https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
    refused=example(_BUCKET),
    mended=example(
        _BUCKET, ("s3/bucketPublicAccessBlock", "access", {"bucket": "@files", **dict.fromkeys(_BLOCKS, True)})
    ),
)
def _buckets_not_public(stack: Stack, configuration: Configuration) -> Iterator[Finding]:
    del configuration
    account = [block for block in stack.of("s3/accountPublicAccessBlock") if not _open_settings(block)]
    for bucket in stack.of(*BUCKETS):
        blocks = stack.may_name(bucket, "bucket", "s3/bucketPublicAccessBlock")
        if not blocks and not account:
            yield Finding("has no public access block", bucket)
        for block in blocks:
            for name in _open_settings(block):
                yield Finding(f"{name} is not true for bucket {bucket.name}", block)


def _open_settings(block: Resource) -> list[str]:
    return [name for name in _BLOCKS if block.lacks(name, True, default=False)]


@resource_rule(
    id="no-public-acl",
    title="No access control list gives a bucket or an object to everybody",
    severity="critical",
    why="An access control list is seen by nobody who reads the bucket's policy.",
    remedy="leave out acl, and set objectOwnership to BucketOwnerEnforced",
    source="https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html",
    refused=example(("s3/bucketAcl", "acl", {"bucket": "files", "acl": "public-read"})),
    mended=example(("s3/bucketAcl", "acl", {"bucket": "files", "acl": "private"})),
)
def _no_public_acl(resource: Resource) -> Iterator[str]:
    acl = resource.get("acl")
    if resource.kind.startswith("s3/") and acl in {"public-read", "public-read-write", "authenticated-read"}:
        yield f"acl is {acl}"


@stack_rule(
    id="buckets-tls-only",
    title="Buckets refuse plain HTTP",
    severity="medium",
    why="S3 answers on both, and a signed address works on either.",
    remedy="deny s3:* in the bucket's policy where aws:SecureTransport is false",
    source="https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies.html",
    refused=example(_BUCKET),
    mended=example(
        _BUCKET,
        (
            "s3/bucketPolicy",
            "policy",
            {
                "bucket": "@files",
                "policy": '{"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", '
                '"Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}',
            },
        ),
    ),
)
def _buckets_tls_only(stack: Stack, configuration: Configuration) -> Iterator[Finding]:
    del configuration
    for bucket in stack.of(*BUCKETS):
        policies = stack.may_name(bucket, "bucket", "s3/bucketPolicy")
        # a policy that names the bucket's own ARN is not known before the bucket is there
        known = [policy.get("policy") for policy in policies]
        if UNKNOWN not in known and not any(_denies_plain_http(text) for text in known):
            yield Finding("takes requests without TLS", bucket)


def _denies_plain_http(policy: object) -> bool:
    return any(
        statement.get("Effect") == "Deny"
        and str(condition.get("Bool", {}).get("aws:SecureTransport", "")).lower() == "false"
        for statement in statements(policy)
        if isinstance(condition := statement.get("Condition", {}), dict)
    )


@stack_rule(
    id="buckets-say-their-encryption",
    title="Every bucket declares how it is encrypted",
    severity="low",
    enforcement="advisory",
    why="S3 encrypts with its own keys since 2023 whatever is declared; declared, a change to it is seen as drift.",
    remedy="declare aws.s3.BucketServerSideEncryptionConfiguration for the bucket",
    source="https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-bucket-encryption.html",
    refused=example(_BUCKET),
    mended=example(
        _BUCKET,
        (
            "s3/bucketServerSideEncryptionConfiguration",
            "encryption",
            {"bucket": "@files", "rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}]},
        ),
    ),
)
def _buckets_say_their_encryption(stack: Stack, configuration: Configuration) -> Iterator[Finding]:
    del configuration
    for bucket in stack.of(*BUCKETS):
        declared = stack.may_name(bucket, "bucket", "s3/bucketServerSideEncryptionConfiguration")
        if not declared and bucket.get("serverSideEncryptionConfiguration") is None:
            yield Finding("declares no encryption", bucket)


RULES = (_buckets_not_public, _no_public_acl, _buckets_tls_only, _buckets_say_their_encryption)
