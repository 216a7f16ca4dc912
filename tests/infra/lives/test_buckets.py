"""The lives of buckets, with what is written inside them and emptied or not, and of objects.

They prove the handlers against the offline AWS; that AWS itself answers so is the documentation's word, not theirs.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from floodgate.offline.problems import Refused
from tests.infra.lives.lives import Life, Thing
from tests.infra.lives.steps import changed, ended, refused, seen_behind, settled

pytestmark = pytest.mark.filterwarnings("ignore:.* has been deprecated in favor of:DeprecationWarning")

BUCKET, FORMER = "aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2"
OBJECT, OTHER_OBJECT = "aws:s3/bucketObject:BucketObject", "aws:s3/bucketObjectv2:BucketObjectv2"


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
RULE = {
    "id": "old",
    "enabled": True,
    "prefix": "tmp/",
    "tags": {"kind": "draft"},
    "expiration": {"days": 90},
    "transitions": [{"days": 30, "storageClass": "STANDARD_IA"}, {"days": 60, "storageClass": "GLACIER"}],
    "noncurrentVersionExpiration": {"days": 7},
    "abortIncompleteMultipartUploadDays": 3,
    "noncurrentVersionTransitions": [{"days": 2, "storageClass": "GLACIER"}],
}
CORS = {"allowedMethods": ["GET", "HEAD"], "allowedOrigins": ["https://example.org"], "maxAgeSeconds": 60}
ENCRYPTED = {"rule": {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms"}, "bucketKeyEnabled": True}}
EVERYBODY = "http://acs.amazonaws.com/groups/global/AllUsers"


@pytest.fixture
def records(life: Life) -> Thing:
    """A bucket that may be written logs to."""
    return life.make(BUCKET, "records", bucket="records", policy=LOGGED)


def shelf(life: Life, **props: Any) -> Thing:
    return life.make(BUCKET, "shelf", bucket="shelf", **props)


@pytest.mark.parametrize(
    ("name", "value", "other"),
    [
        ("versioning", {"enabled": True}, {"enabled": False}),
        (
            "serverSideEncryptionConfiguration",
            ENCRYPTED,
            {"rule": {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}},
        ),
        ("policy", policy(), policy("s3:*")),
        ("website", {"indexDocument": "index.html", "errorDocument": "404.html"}, {"indexDocument": "start.html"}),
        ("website", {"redirectAllRequestsTo": "https://example.org"}, {"redirectAllRequestsTo": "example.org"}),
        ("logging", {"targetBucket": "records", "targetPrefix": "a/"}, {"targetBucket": "records"}),
        ("lifecycleRules", [RULE], [{"id": "old", "enabled": False, "expiration": {"days": 5}}]),
        (
            "lifecycleRules",
            [{"enabled": True, "expiration": {"date": "2028-01-01T00:00:00Z"}}],
            [{**RULE, "prefix": "x/"}],
        ),
        ("corsRules", [CORS], [{**CORS, "allowedHeaders": ["*"], "exposeHeaders": ["ETag"]}]),
        ("requestPayer", "Requester", "BucketOwner"),
        ("accelerationStatus", "Enabled", "Suspended"),
        (
            "grants",
            [{"type": "Group", "uri": EVERYBODY, "permissions": ["READ"]}],
            [{"type": "Group", "uri": EVERYBODY, "permissions": ["READ", "READ_ACP"]}],
        ),
        ("acl", "private", "public-read"),
    ],
)
def test_a_setting_inside_a_bucket_is_made_changed_and_left(
    life: Life, records: Thing, name: str, value: Any, other: Any
) -> None:
    thing = shelf(life, **{name: value})
    settled(life, thing)
    changed(life, thing, **{name: other})
    life.change(thing, **{name: None})
    settled(life, thing)
    changed(life, thing, **{name: value})
    settled(life, records)
    ended(life, thing)


@pytest.mark.parametrize(
    ("name", "value", "call", "given"),
    [
        (
            "versioning",
            {"enabled": True},
            "put_bucket_versioning",
            {"VersioningConfiguration": {"Status": "Suspended"}},
        ),
        ("serverSideEncryptionConfiguration", ENCRYPTED, "delete_bucket_encryption", {}),
        ("policy", policy(), "put_bucket_policy", {"Policy": policy("s3:*")}),
        ("policy", policy(), "delete_bucket_policy", {}),
        ("website", {"indexDocument": "index.html"}, "delete_bucket_website", {}),
        (
            "logging",
            {"targetBucket": "records", "targetPrefix": "a/"},
            "put_bucket_logging",
            {"BucketLoggingStatus": {}},
        ),
        ("lifecycleRules", [RULE], "delete_bucket_lifecycle", {}),
        ("corsRules", [CORS], "delete_bucket_cors", {}),
        (
            "requestPayer",
            "Requester",
            "put_bucket_request_payment",
            {"RequestPaymentConfiguration": {"Payer": "BucketOwner"}},
        ),
        (
            "accelerationStatus",
            "Enabled",
            "put_bucket_accelerate_configuration",
            {"AccelerateConfiguration": {"Status": "Suspended"}},
        ),
        ("tags", {"team": "doors"}, "delete_bucket_tagging", {}),
    ],
)
@pytest.mark.usefixtures("records")
def test_what_somebody_changes_of_a_setting_shows_and_is_put_right(
    life: Life, name: str, value: Any, call: str, given: Any
) -> None:
    thing = shelf(life, **{name: value})
    s3 = life.world.session.client("s3")

    assert seen_behind(life, thing, {name}, lambda: getattr(s3, call)(Bucket="shelf", **given))


def test_what_others_configure_on_a_bucket_is_no_drift_of_its_own(life: Life) -> None:
    thing = shelf(life)
    on_it = "aws:s3/bucketVersioning:BucketVersioning"
    versions = life.make(on_it, bucket="shelf", versioningConfiguration={"status": "Enabled"})
    settled(life, thing)

    assert settled(life, versions)


def test_a_bucket_whose_objects_are_locked_lives(life: Life) -> None:
    lock = {"objectLockEnabled": "Enabled", "rule": {"defaultRetention": {"mode": "GOVERNANCE", "days": 1}}}
    thing = shelf(life, objectLockConfiguration=lock, forceDestroy=True)
    settled(life, thing)
    longer = {"objectLockEnabled": "Enabled", "rule": {"defaultRetention": {"mode": "GOVERNANCE", "days": 5}}}
    changed(life, thing, objectLockConfiguration=longer)
    life.world.session.client("s3").put_object(Bucket="shelf", Key="a", Body=b"1", ChecksumAlgorithm="SHA256")

    assert ended(life, thing), "governance lets the owner delete, and forceDestroy asks for it"


def test_a_bucket_under_its_former_name_nests_its_settings_in_lists(life: Life, records: Thing) -> None:
    thing = life.make(
        FORMER,
        bucket="shelf",
        versionings=[{"enabled": True}],
        websites=[{"indexDocument": "index.html"}],
        loggings=[{"targetBucket": "records", "targetPrefix": "a/"}],
        lifecycleRules=[
            {"id": "old", "enabled": True, "expirations": [{"days": 9}], "noncurrentVersionExpirations": [{"days": 2}]},
        ],
        serverSideEncryptionConfigurations=[
            {"rules": [{"applyServerSideEncryptionByDefaults": [{"sseAlgorithm": "AES256"}]}]}
        ],
    )
    s3 = life.world.session.client("s3")
    settled(life, thing)
    changed(life, thing, versionings=[{"enabled": False}])
    assert s3.get_bucket_versioning(Bucket="shelf")["Status"] == "Suspended"
    assert seen_behind(life, thing, {"websites"}, lambda: s3.delete_bucket_website(Bucket="shelf"))
    settled(life, records)
    ended(life, thing)


def test_tags_of_a_bucket_change(life: Life) -> None:
    thing = shelf(life, tags={"team": "doors"})
    changed(life, thing, tags={"cost": "9"}, forceDestroy=True)
    tags = life.world.session.client("s3").get_bucket_tagging(Bucket="shelf")["TagSet"]

    assert {tag["Key"]: tag["Value"] for tag in tags} == {"cost": "9", "owner": "tests"}
    changed(life, thing, tags=None)
    ended(life, thing)


def fill(life: Life) -> None:
    """An object in three versions, one of them a mark that it was deleted, and another one."""
    s3 = life.world.session.client("s3")
    for body in (b"one", b"two"):
        s3.put_object(Bucket="shelf", Key="page", Body=body)
    s3.delete_object(Bucket="shelf", Key="page")
    s3.put_object(Bucket="shelf", Key="other page", Body=b"")


def test_a_bucket_that_is_not_empty_is_deleted_only_where_that_was_said(life: Life) -> None:
    thing = shelf(life, versioning={"enabled": True})
    fill(life)
    refused(life, thing, "BucketNotEmpty")
    changed(life, thing, forceDestroy=True)
    ended(life, thing)

    assert settled(life, shelf(life)), "the name is free again, and nothing of the former is left"


def test_a_bucket_with_nothing_but_former_versions_is_not_empty(life: Life) -> None:
    thing = shelf(life, versioning={"enabled": True})
    s3 = life.world.session.client("s3")
    s3.put_object(Bucket="shelf", Key="page", Body=b"one")
    s3.delete_object(Bucket="shelf", Key="page")
    assert "Contents" not in s3.list_objects_v2(Bucket="shelf")

    assert refused(life, thing, "BucketNotEmpty")


def test_a_bucket_whose_settings_aws_refuses_is_not_left_behind(life: Life) -> None:
    with pytest.raises(Refused, match="InvalidTargetBucketForLogging"):
        shelf(life, tags={"a": "b"}, logging={"targetBucket": "nowhere"})

    assert life.world.session.client("s3").list_buckets()["Buckets"] == []


def test_replication_inside_a_bucket_is_refused_by_name(life: Life) -> None:
    rules = [{"status": "Enabled", "destination": {"bucket": "arn:aws:s3:::records"}}]
    with pytest.raises(Refused, match="replicationConfiguration is not in the offline AWS yet"):
        shelf(life, replicationConfiguration={"role": "arn:aws:iam::123456789012:role/copy", "rules": rules})


def stored(life: Life, key: str = "page") -> Any:
    return life.world.session.client("s3").get_object(Bucket="shelf", Key=key)


@pytest.mark.parametrize("token", [OBJECT, OTHER_OBJECT])
@pytest.mark.parametrize(
    ("change", "seen"),
    [
        ({"content": "good bye"}, {"Body": b"good bye"}),
        ({"content": None, "contentBase64": "Yg=="}, {"Body": b"b"}),
        ({"content": None, "source": {"text": "from a file"}}, {"Body": b"from a file"}),
        ({"etag": "0f"}, {"Body": b"hello"}),
        ({"sourceHash": "0f"}, {"Body": b"hello"}),
        ({"cacheControl": "max-age=60"}, {"CacheControl": "max-age=60"}),
        ({"contentType": "text/css"}, {"ContentType": "text/css"}),
        ({"contentDisposition": "attachment"}, {"ContentDisposition": "attachment"}),
        ({"contentEncoding": "gzip"}, {"ContentEncoding": "gzip"}),
        ({"contentLanguage": "ko"}, {"ContentLanguage": "ko"}),
        ({"metadata": {"made-by": "us"}}, {"Metadata": {"made-by": "us"}}),
        ({"storageClass": "STANDARD_IA"}, {"StorageClass": "STANDARD_IA"}),
        ({"serverSideEncryption": "AES256"}, {"ServerSideEncryption": "AES256"}),
        ({"websiteRedirect": "/other"}, {"WebsiteRedirectLocation": "/other"}),
        ({"acl": "public-read"}, {}),
        ({"tags": {"a b": "c=d/e"}}, {"TagCount": 2}),
        ({"forceDestroy": True}, {}),
    ],
)
def test_an_object_is_changed_in_place(life: Life, token: str, change: Any, seen: Any) -> None:
    shelf(life)
    thing = life.make(token, bucket="shelf", key="page", content="hello", tags={"team": "doors"})
    settled(life, thing)
    assert life.change(thing, **change) == set(change)
    found = stored(life)
    told = {**found, "Body": found["Body"].read()}

    assert told | seen == told
    if "etag" in change:
        assert life.refresh(thing) == {"etag"}, "a sum that is not the content's never settles, as on AWS"
        return
    settled(life, thing)
    ended(life, thing)


def test_what_somebody_changes_of_an_object_shows(life: Life) -> None:
    shelf(life)
    thing = life.make(OBJECT, bucket="shelf", key="page", content="hello", etag="5d41402abc4b2a76b9719d911017c592")
    s3 = life.world.session.client("s3")
    put = {"Bucket": "shelf", "Key": "page", "Body": b"other", "ContentType": "text/html", "Tagging": "owner=tests"}
    settled(life, thing)

    assert seen_behind(life, thing, {"etag"}, lambda: s3.put_object(**put))
    assert stored(life)["Body"].read() == b"hello", "a sum in the program makes a foreign content show"
    tagging = {"TagSet": [{"Key": "owner", "Value": "tests"}, {"Key": "new", "Value": "1"}]}
    assert seen_behind(
        life, thing, {"tags"}, lambda: s3.put_object_tagging(Bucket="shelf", Key="page", Tagging=tagging)
    )


def test_an_object_goes_with_all_its_versions(life: Life) -> None:
    kept = shelf(life, versioning={"enabled": True})
    thing = life.make(OTHER_OBJECT, bucket="shelf", key="page", content="one")
    near = life.make(OTHER_OBJECT, "near", bucket="shelf", key="page.css", content="near")
    first = thing.state["versionId"]
    life.change(thing, content="two")
    assert thing.state["versionId"] != first
    ended(life, thing)

    assert settled(life, near), "an object whose name begins the same is another one"
    ended(life, near)
    assert ended(life, kept), "nothing is left that would keep the bucket"


def test_an_object_is_held_and_let_go(life: Life) -> None:
    shelf(life, objectLockEnabled=True)
    until = "2028-01-01T00:00:00Z"
    thing = life.make(
        OTHER_OBJECT,
        bucket="shelf",
        key="page",
        content="one",
        objectLockMode="GOVERNANCE",
        objectLockRetainUntilDate=until,
        forceDestroy=True,
    )
    settled(life, thing)
    changed(life, thing, objectLockRetainUntilDate="2029-01-01T00:00:00Z")
    changed(life, thing, objectLockLegalHoldStatus="ON")
    changed(life, thing, objectLockLegalHoldStatus="OFF")
    ended(life, thing)
