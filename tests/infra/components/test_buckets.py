"""Every bucket of every stack: closed, encrypted, owned by its account, and not kept for ever."""

import json

import pytest
from botocore.exceptions import ClientError


def buckets(stack):
    s3 = stack.world.session.client("s3")
    names = [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
    assert names
    return s3, names


def could_be_public(s3, names):
    """Buckets on which a slip of a policy or an access list would let the public in."""
    return [name for name in names if not all(blocks(s3, name).values())]


def blocks(s3, name):
    try:
        return s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"]
    except ClientError:
        return {"BlockPublicAcls": False}


def test_no_bucket_can_be_made_public(any_stack):
    assert not could_be_public(*buckets(any_stack))


def test_a_bucket_without_its_guard_would_be_seen(floodgate_stack):
    s3, names = buckets(floodgate_stack("dev", seed=3))
    s3.delete_public_access_block(Bucket=names[0])
    assert could_be_public(s3, names) == names[:1]


def test_no_bucket_has_access_lists(any_stack):
    s3, names = buckets(any_stack)
    for name in names:
        (rule,) = s3.get_bucket_ownership_controls(Bucket=name)["OwnershipControls"]["Rules"]
        assert rule["ObjectOwnership"] == "BucketOwnerEnforced"


def test_every_bucket_is_encrypted(any_stack):
    s3, names = buckets(any_stack)
    for name in names:
        (rule,) = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"]
        assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] in ("AES256", "aws:kms")


def test_every_bucket_refuses_plain_http(any_stack):
    s3, names = buckets(any_stack)
    for name in names:
        statements = json.loads(s3.get_bucket_policy(Bucket=name)["Policy"])["Statement"]
        refusals = [s for s in statements if s["Effect"] == "Deny" and s["Principal"] == "*"]
        assert any(s["Condition"] == {"Bool": {"aws:SecureTransport": "false"}} for s in refusals), name


def test_nobody_but_named_services_is_allowed_anything(any_stack):
    s3, names = buckets(any_stack)
    for name in names:
        for statement in json.loads(s3.get_bucket_policy(Bucket=name)["Policy"])["Statement"]:
            assert statement["Effect"] == "Deny" or set(statement["Principal"]) == {"Service"}, name


@pytest.mark.parametrize("purpose", ["balancer-logs", "edge-records"])
def test_records_are_deleted_after_their_time(opening, purpose):
    s3, names = buckets(opening)
    (name,) = [name for name in names if name.startswith(purpose)]
    (rule,) = s3.get_bucket_lifecycle_configuration(Bucket=name)["Rules"]
    assert rule["Expiration"]["Days"] == 90
