"""The lives of what is configured on a bucket by a resource of its own.

They prove the handlers against the offline AWS; that AWS itself answers so is the documentation's word, not theirs.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from floodgate.offline.problems import Refused
from floodgate.offline.repairs.patching import unrepaired
from tests.infra.lives.lives import Life, Thing
from tests.infra.lives.steps import changed, ended, seen_behind, settled

pytestmark = pytest.mark.filterwarnings("ignore:.* has been deprecated in favor of:DeprecationWarning")

OWNER = "75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a"


def policy(action: str = "s3:GetObject") -> str:
    given = {"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": action}
    return json.dumps({"Version": "2012-10-17", "Statement": [{**given, "Resource": "arn:aws:s3:::shelf/*"}]})


LOGGED = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "s3:PutObject",
                "Principal": {"Service": "logging.s3.amazonaws.com"},
                "Resource": "arn:aws:s3:::records/*",
            }
        ],
    }
)
MOVES = [{"days": 30, "storageClass": "STANDARD_IA"}, {"days": 90, "storageClass": "GLACIER"}]
RULE = {
    "id": "old",
    "status": "Enabled",
    "filter": {"prefix": "tmp/"},
    "expiration": {"days": 400},
    "transitions": MOVES,
}
EVERY_RULE = [
    {"id": "a", "status": "Enabled", "expiration": {"expiredObjectDeleteMarker": True}},
    {"id": "b", "status": "Disabled", "filter": {}, "abortIncompleteMultipartUpload": {"daysAfterInitiation": 2}},
    {"id": "c", "status": "Enabled", "prefix": "old/", "expiration": {"date": "2028-01-01T00:00:00Z"}},
    {
        "id": "d",
        "status": "Enabled",
        "filter": {
            "and": {
                "prefix": "x/",
                "tags": {"kind": "draft", "of": "us"},
                "objectSizeGreaterThan": 500,
                "objectSizeLessThan": 64000,
            }
        },
        "noncurrentVersionExpiration": {"noncurrentDays": 30, "newerNoncurrentVersions": 3},
        "noncurrentVersionTransitions": [
            {"noncurrentDays": 5, "newerNoncurrentVersions": 2, "storageClass": "GLACIER"}
        ],
    },
    {"id": "e", "status": "Enabled", "filter": {"tag": {"key": "k", "value": "v"}}, "expiration": {"days": 3}},
    {"id": "f", "status": "Enabled", "filter": {"objectSizeGreaterThan": 10}, "expiration": {"days": 3}},
]
GET = {"allowedMethods": ["GET"], "allowedOrigins": ["https://example.org"]}
ANY = {"allowedMethods": ["PUT", "GET"], "allowedOrigins": ["*"]}
AES = {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}
BY_KEY = {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": "alias/mine"}
KMS = {"applyServerSideEncryptionByDefault": BY_KEY, "bucketKeyEnabled": True}
ELSEWHERE = {"hostName": "example.org", "protocol": "https"}
DATED = {"partitionedPrefix": {"partitionDateSource": "EventTime"}}
ROUTE = {"condition": {"keyPrefixEquals": "docs/"}, "redirect": {"replaceKeyPrefixWith": "documents/"}}

# what it is called, what it is made with, what it becomes one after the other
CONFIGURATIONS: list[tuple[str, dict[str, Any], list[dict[str, Any]]]] = [
    (
        "bucketPublicAccessBlock:BucketPublicAccessBlock",
        {"blockPublicAcls": True},
        [
            {"blockPublicPolicy": True, "ignorePublicAcls": True},
            {"blockPublicAcls": None, "restrictPublicBuckets": True},
        ],
    ),
    (
        "bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        {"rules": [AES]},
        [{"rules": [KMS]}, {"rules": [{**AES, "blockedEncryptionTypes": ["SSE-C"]}]}],
    ),
    (
        "bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        {"rules": [RULE]},
        [
            {"rules": EVERY_RULE},
            {"rules": [{**RULE, "status": "Disabled"}]},
            {"transitionDefaultMinimumObjectSize": "varies_by_storage_class"},
        ],
    ),
    (
        "bucketOwnershipControls:BucketOwnershipControls",
        {"rule": {"objectOwnership": "BucketOwnerPreferred"}},
        [{"rule": {"objectOwnership": "ObjectWriter"}}],
    ),
    (
        "bucketLogging:BucketLogging",
        {"targetBucket": "records", "targetPrefix": "a/"},
        [{"targetPrefix": "b/"}, {"targetObjectKeyFormat": DATED}],
    ),
    (
        "bucketWebsiteConfiguration:BucketWebsiteConfiguration",
        {"indexDocument": {"suffix": "index.html"}},
        [
            {"errorDocument": {"key": "404.html"}, "routingRules": [ROUTE]},
            {"routingRules": None, "routingRuleDetails": json.dumps([{"Redirect": {"HostName": "example.org"}}])},
            {
                "indexDocument": None,
                "errorDocument": None,
                "routingRuleDetails": None,
                "redirectAllRequestsTo": ELSEWHERE,
            },
        ],
    ),
    (
        "bucketCorsConfiguration:BucketCorsConfiguration",
        {"corsRules": [GET]},
        [
            {"corsRules": [GET, {**ANY, "id": "all", "maxAgeSeconds": 9, "exposeHeaders": ["ETag"]}]},
            {"corsRules": [ANY]},
        ],
    ),
    ("bucketPolicy:BucketPolicy", {"policy": policy()}, [{"policy": policy("s3:*")}, {"policy": json.loads(policy())}]),
]
FORMER = [
    (f"{place}V2:{name}V2", made, changes)
    for each, made, changes in CONFIGURATIONS
    for place, name in [each.split(":")]
    if name not in ("BucketPublicAccessBlock", "BucketOwnershipControls", "BucketPolicy")
]


@pytest.fixture
def shelf(life: Life) -> Thing:
    """A bucket, and another one that may be written logs to."""
    life.make("aws:s3/bucket:Bucket", "records", bucket="records", policy=LOGGED)
    return life.make("aws:s3/bucket:Bucket", "shelf", bucket="shelf")


@pytest.mark.parametrize(("token", "made", "changes"), CONFIGURATIONS + FORMER, ids=lambda value: str(value)[:20])
def test_a_configuration_lives(life: Life, shelf: Thing, token: str, made: Any, changes: Any) -> None:
    thing = life.make(f"aws:s3/{token}", bucket="shelf", **made)
    settled(life, thing)
    for change in changes:
        changed(life, thing, **change)
    settled(life, shelf)
    ended(life, thing)
    assert life.gone(life.make(f"aws:s3/{token}", "again", bucket="shelf", **made)) is False
    ended(life, shelf)
    assert life.gone(thing)


@pytest.mark.parametrize(
    ("token", "made", "call", "given", "name"),
    [
        (
            "bucketPublicAccessBlock:BucketPublicAccessBlock",
            {"blockPublicAcls": True},
            "put_public_access_block",
            {"PublicAccessBlockConfiguration": {"BlockPublicAcls": False}},
            "blockPublicAcls",
        ),
        (
            "bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
            {"rules": [KMS]},
            "put_bucket_encryption",
            {
                "ServerSideEncryptionConfiguration": {
                    "Rules": [
                        {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}},
                    ]
                }
            },
            "rules",
        ),
        (
            "bucketLifecycleConfiguration:BucketLifecycleConfiguration",
            {"rules": [RULE]},
            "put_bucket_lifecycle_configuration",
            {
                "LifecycleConfiguration": {
                    "Rules": [
                        {"ID": "old", "Status": "Enabled", "Filter": {"Prefix": "tmp/"}, "Expiration": {"Days": 1}},
                    ]
                }
            },
            "rules",
        ),
        (
            "bucketOwnershipControls:BucketOwnershipControls",
            {"rule": {"objectOwnership": "ObjectWriter"}},
            "put_bucket_ownership_controls",
            {"OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}},
            "rule",
        ),
        (
            "bucketLogging:BucketLogging",
            {"targetBucket": "records", "targetPrefix": "a/"},
            "put_bucket_logging",
            {"BucketLoggingStatus": {"LoggingEnabled": {"TargetBucket": "records", "TargetPrefix": "b/"}}},
            "targetPrefix",
        ),
        (
            "bucketWebsiteConfiguration:BucketWebsiteConfiguration",
            {"indexDocument": {"suffix": "index.html"}, "errorDocument": {"key": "404.html"}},
            "put_bucket_website",
            {"WebsiteConfiguration": {"IndexDocument": {"Suffix": "index.html"}}},
            "errorDocument",
        ),
        (
            "bucketCorsConfiguration:BucketCorsConfiguration",
            {"corsRules": [GET]},
            "put_bucket_cors",
            {"CORSConfiguration": {"CORSRules": [{"AllowedMethods": ["PUT"], "AllowedOrigins": ["*"]}]}},
            "corsRules",
        ),
        ("bucketPolicy:BucketPolicy", {"policy": policy()}, "put_bucket_policy", {"Policy": policy("s3:*")}, "policy"),
        (
            "bucketVersioning:BucketVersioning",
            {"versioningConfiguration": {"status": "Enabled"}},
            "put_bucket_versioning",
            {"VersioningConfiguration": {"Status": "Suspended"}},
            "versioningConfiguration",
        ),
    ],
)
@pytest.mark.usefixtures("shelf")
def test_what_somebody_changes_of_a_configuration_shows_and_is_put_right(
    life: Life, token: str, made: Any, call: str, given: Any, name: str
) -> None:
    thing = life.make(f"aws:s3/{token}", bucket="shelf", **made)
    s3 = life.world.session.client("s3")

    assert seen_behind(life, thing, {name}, lambda: getattr(s3, call)(Bucket="shelf", **given))


@pytest.mark.usefixtures("shelf")
def test_plain_moto_forgets_parts_of_a_lifecycle(life: Life) -> None:
    token = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
    with unrepaired():
        thing = life.make(token, bucket="shelf", rules=EVERY_RULE)

        assert life.refresh(thing) == {"rules", "transitionDefaultMinimumObjectSize"} - {
            "transitionDefaultMinimumObjectSize"
        }


@pytest.mark.parametrize("token", ["bucketVersioning:BucketVersioning", "bucketVersioningV2:BucketVersioningV2"])
def test_versions_are_kept_suspended_and_never_disabled_again(life: Life, shelf: Thing, token: str) -> None:
    thing = life.make(f"aws:s3/{token}", bucket="shelf", versioningConfiguration={"status": "Disabled"})
    s3 = life.world.session.client("s3")
    settled(life, thing)
    changed(life, thing, versioningConfiguration={"status": "Enabled"})
    changed(life, thing, versioningConfiguration={"status": "Suspended"})
    changed(life, thing, versioningConfiguration={"status": "Enabled", "mfaDelete": "Disabled"})
    with pytest.raises(Refused, match="cannot be updated from 'Enabled' to 'Disabled'"):
        life.change(thing, versioningConfiguration={"status": "Disabled"})
    life.delete(thing)

    assert s3.get_bucket_versioning(Bucket="shelf")["Status"] == "Suspended", "as the provider leaves it"
    life.delete(shelf)
    life.delete(thing)
    assert life.gone(thing)


def test_a_block_that_is_to_be_kept_is_only_forgotten(life: Life, shelf: Thing) -> None:
    block = {"blockPublicAcls": True, "skipDestroy": True}
    thing = life.make("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", bucket=shelf.id, **block)
    life.delete(thing)
    assert not life.gone(thing)
    changed(life, thing, skipDestroy=False)
    ended(life, thing)


def test_a_ready_made_permission_changes_and_is_only_forgotten(life: Life, shelf: Thing) -> None:
    thing = life.make("aws:s3/bucketAcl:BucketAcl", bucket=shelf.id, acl="private")
    s3 = life.world.session.client("s3")
    settled(life, thing)
    changed(life, thing, acl="public-read")
    assert len(s3.get_bucket_acl(Bucket="shelf")["Grants"]) == 2
    life.delete(thing)

    assert len(s3.get_bucket_acl(Bucket="shelf")["Grants"]) == 2
    life.delete(shelf)
    assert life.gone(thing)


def test_permissions_grant_by_grant_live(life: Life, shelf: Thing) -> None:
    everything = {"grantee": {"type": "CanonicalUser", "id": OWNER}, "permission": "FULL_CONTROL"}
    group = {"type": "Group", "uri": "http://acs.amazonaws.com/groups/s3/LogDelivery"}
    writing = [everything, {"grantee": group, "permission": "WRITE"}]
    made = {"owner": {"id": OWNER}, "grants": writing}
    thing = life.make("aws:s3/bucketAcl:BucketAcl", bucket=shelf.id, accessControlPolicy=made)
    s3 = life.world.session.client("s3")
    settled(life, thing)
    changed(
        life, thing, accessControlPolicy={**made, "grants": [*writing, {"grantee": group, "permission": "READ_ACP"}]}
    )

    assert seen_behind(life, thing, {"accessControlPolicy"}, lambda: s3.put_bucket_acl(Bucket="shelf", ACL="private"))
