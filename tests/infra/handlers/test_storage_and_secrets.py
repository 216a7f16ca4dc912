"""Buckets, objects, keys, secrets and parameters, made through the handlers and read back through boto3."""

import pulumi
import pytest

pytestmark = pytest.mark.filterwarnings("ignore:.* has been deprecated in favor of:DeprecationWarning")

BUCKET, OBJECT = "aws:s3/bucket:Bucket", "aws:s3/bucketObject:BucketObject"


@pytest.fixture
def bucket(make):
    return make(BUCKET, "Static-Files", tags={"of": "ours"})[0]


def test_a_bucket_has_a_name_that_s3_allows_and_the_names_of_its_region(make, bucket):
    state = make(BUCKET, "other")[1]

    assert bucket == bucket.lower()
    assert bucket.startswith("static-files-")
    assert state["arn"] == f"arn:aws:s3:::{state['bucket']}"
    assert state["bucketRegionalDomainName"] == f"{state['bucket']}.s3.ap-northeast-2.amazonaws.com"
    assert state["hostedZoneId"] == "Z3W03O7B5YMIYP", "Seoul's"
    tags = make.client("s3").get_bucket_tagging(Bucket=bucket)["TagSet"]
    assert tags == [{"Key": "of", "Value": "ours"}]


def test_what_is_configured_on_a_bucket_is_a_resource_of_its_own(make, bucket):
    make(
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", bucket=bucket, blockPublicAcls=True,
        blockPublicPolicy=True, ignorePublicAcls=True, restrictPublicBuckets=True,
    )  # fmt: skip
    make(
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration", bucket=bucket,
        rules=[{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms"}, "bucketKeyEnabled": True}],
    )  # fmt: skip
    make("aws:s3/bucketVersioning:BucketVersioning", bucket=bucket, versioningConfiguration={"status": "Enabled"})
    make(
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", bucket=bucket,
        rules=[{"id": "old", "status": "Enabled", "noncurrentVersionExpiration": {"noncurrentDays": 30}}],
    )  # fmt: skip
    s3 = make.client("s3")

    blocked = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    assert set(blocked.values()) == {True}
    encryption = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"][0]
    assert encryption["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "aws:kms"}
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    rule = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"][0]
    assert rule["NoncurrentVersionExpiration"]["NoncurrentDays"] == 30


def test_the_former_name_of_a_type_makes_the_same(make, bucket):
    former = "aws:s3/bucketVersioningV2:BucketVersioningV2"
    id_, _ = make(former, bucket=bucket, versioningConfiguration={"status": "Suspended"})

    assert id_ == bucket
    assert make.client("s3").get_bucket_versioning(Bucket=bucket)["Status"] == "Suspended"


def test_a_setting_inside_a_bucket_works_as_it_did_before_there_were_resources_for_it(make):
    bucket, state = make(BUCKET, versioning={"enabled": True}, website={"indexDocument": "index.html"})

    assert make.client("s3").get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    assert state["websiteEndpoint"] == f"{bucket}.s3-website.ap-northeast-2.amazonaws.com"


@pytest.mark.parametrize(
    "content",
    [{"content": "hello"}, {"contentBase64": "aGVsbG8="}, {"source": pulumi.StringAsset("hello")}],
    ids=["text", "base64", "asset"],
)
def test_an_object_holds_what_it_was_given(make, bucket, content):
    id_, state = make(OBJECT, bucket=bucket, key="wait/index.html", contentType="text/html", **content)
    stored = make.client("s3").get_object(Bucket=bucket, Key="wait/index.html")

    assert id_ == f"{bucket}/wait/index.html"
    assert state["etag"] == "5d41402abc4b2a76b9719d911017c592", "MD5 of the content, without quotes"
    assert stored["Body"].read() == b"hello"
    assert stored["ContentType"] == "text/html"


def test_a_file_on_this_machine_becomes_an_object(make, bucket, tmp_path):
    (tmp_path / "page.html").write_text("hello")
    make(OBJECT, bucket=bucket, key="page", source=pulumi.FileAsset(str(tmp_path / "page.html")))

    assert make.client("s3").get_object(Bucket=bucket, Key="page")["Body"].read() == b"hello"


def test_a_key_tells_the_policy_that_aws_wrote_for_it_and_its_name_leads_to_it(make):
    key, state = make("aws:kms/key:Key", enableKeyRotation=True, description="all at rest")
    alias, named = make("aws:kms/alias:Alias", "at-rest", targetKeyId=key)
    kms = make.client("kms")

    assert state["arn"].endswith(f":key/{key}")
    assert '"kms:*"' in state["policy"]
    assert kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"] is True
    assert alias.startswith("alias/at-rest-")
    assert named["targetKeyArn"] == state["arn"]


def test_a_secret_keeps_its_value_to_itself(make):
    secret, state = make("aws:secretsmanager/secret:Secret", "door", description="between edge and origin")
    version, told = make("aws:secretsmanager/secretVersion:SecretVersion", secretId=secret, secretString="quiet")
    stored = make.client("secretsmanager").get_secret_value(SecretId=state["name"])

    assert stored["SecretString"] == "quiet"
    assert version == f"{secret}|{told['versionId']}"
    assert told["versionStages"] == ["AWSCURRENT"]


def test_a_parameter_is_found_under_its_name(make):
    id_, state = make("aws:ssm/parameter:Parameter", name="/floodgate/dev/service", type="String", value='{"a": 1}')
    stored = make.client("ssm").get_parameter(Name="/floodgate/dev/service")["Parameter"]

    assert id_ == "/floodgate/dev/service"
    assert state["arn"] == "arn:aws:ssm:ap-northeast-2:123456789012:parameter/floodgate/dev/service"
    assert (stored["Value"], stored["Type"], state["version"]) == ('{"a": 1}', "String", 1)
