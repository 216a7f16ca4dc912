"""Amazon S3: buckets, what is configured on them, and objects.

Since version 7 of the provider a bucket's configurations are resources of their own. The names that end in V2 are
the same types' former names.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from floodgate.offline.handlers.base import AutoName, Aws, Props, R, Resource, resource
from floodgate.offline.handlers.requests import input_shape, request, to_shape
from floodgate.offline.handlers.shapes import all_tags, tag_list, told
from floodgate.offline.problems import Problem, Refused

# https://docs.aws.amazon.com/general/latest/gr/s3.html, website endpoints
HOSTED_ZONES = {
    "us-east-1": "Z3AQBSTGFYJSTF",
    "us-east-2": "Z2O1EMRO9K5GLX",
    "us-west-1": "Z2F56UZL2M1ACD",
    "us-west-2": "Z3BJ6K6RIION7M",
    "ap-south-1": "Z11RGJOFQNVJUP",
    "ap-northeast-1": "Z2M4EHUR26P7ZW",
    "ap-northeast-2": "Z3W03O7B5YMIYP",
    "ap-northeast-3": "Z2YQB5RD63NC85",
    "ap-southeast-1": "Z3O0J2DXBE1FTB",
    "ap-southeast-2": "Z1WCIGYICN2BYD",
    "ca-central-1": "Z1QDHH18159H29",
    "eu-central-1": "Z21DNDUVLTQW6Q",
    "eu-north-1": "Z3BAZG2TWCNX0D",
    "eu-west-1": "Z1BKCTXD74EZPE",
    "eu-west-2": "Z3GKZC51ZF0DB4",
    "eu-west-3": "Z3R1K369G5AVDG",
    "sa-east-1": "Z7KQH4QJS55SO",
}
DASHED_WEBSITES = ("us-east-1", "us-west-1", "us-west-2", "ap-southeast-1", "ap-southeast-2", "ap-northeast-1")
DASHED_WEBSITES += ("eu-west-1", "sa-east-1")


def bucket_outputs(aws: Aws, bucket: str) -> dict[str, Any]:
    """The names that AWS's DNS and IAM have for a bucket."""
    return {
        "arn": f"arn:{aws.partition}:s3:::{bucket}",
        "bucket": bucket,
        "bucketDomainName": f"{bucket}.s3.amazonaws.com",
        "bucketRegionalDomainName": f"{bucket}.s3.{aws.region}.amazonaws.com",
        "bucketRegion": aws.region,
        "hostedZoneId": HOSTED_ZONES.get(aws.region, ""),
    }


def website_outputs(aws: Aws, bucket: str) -> dict[str, str]:
    """Where a bucket's website is; some regions join its name with a dash, some with a point."""
    join = "-" if aws.region in DASHED_WEBSITES else "."
    domain = f"s3-website{join}{aws.region}.amazonaws.com"
    return {"websiteDomain": domain, "websiteEndpoint": f"{bucket}.{domain}"}


def with_former_name(cls: R) -> R:
    """Register the type under its former name as well, the one that ends in V2."""
    place, name = cls.token.split(":")[1:]
    former = type(f"{cls.__name__}V2", (cls,), {"__doc__": cls.__doc__})
    resource(f"aws:{place}V2:{name}V2", auto_name=cls.auto_name)(former)
    return cls


@with_former_name
@resource("aws:s3/bucket:Bucket", auto_name=AutoName("bucket", 63, lower=True))
class Bucket(Resource):
    """A bucket. Configurations inside it are deprecated; the common ones work, the others are refused."""

    inline: ClassVar = {
        "versioning": "aws:s3/bucketVersioning:BucketVersioning",
        "serverSideEncryptionConfiguration": (
            "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
        ),
        "policy": "aws:s3/bucketPolicy:BucketPolicy",
        "website": "aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration",
        "logging": "aws:s3/bucketLogging:BucketLogging",
        "lifecycleRules": "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        "corsRules": "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration",
        "acl": "aws:s3/bucketAcl:BucketAcl",
    }

    def create(self, aws: Aws, props: Props) -> str:
        """Make the bucket in the handler's region."""
        for name, instead in self.inline.items():
            if props.get(name) and name != "policy":
                rule = "is deprecated inside a bucket, and not offered here"
                raise Refused([Problem(name, "", "", rule, f"use {instead}")])
        s3, bucket = aws.client("s3"), props["bucket"]
        lock: dict[str, Any] = {"ObjectLockEnabledForBucket": True} if props.get("objectLockEnabled") else {}
        if aws.region != "us-east-1":
            lock["CreateBucketConfiguration"] = {"LocationConstraint": aws.region}
        s3.create_bucket(Bucket=bucket, **lock)
        if all_tags(props):
            s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": tag_list(props)})
        if props.get("policy"):
            s3.put_bucket_policy(Bucket=bucket, Policy=props["policy"])
        return bucket

    def read(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """Its names."""
        aws.client("s3").head_bucket(Bucket=id_)
        out = {"requestPayer": "BucketOwner", "objectLockEnabled": bool(props.get("objectLockEnabled"))}
        return bucket_outputs(aws, id_) | out | {"tagsAll": all_tags(props)}


class BucketConfiguration(Resource):
    """Something configured on a bucket: one call writes it, one reads it, and the bucket is its id."""

    put: ClassVar[str]
    body: ClassVar[str]
    """The parameter of `put` that holds the configuration."""
    get: ClassVar[str]
    rename: ClassVar[Mapping[str, str]] = {}
    about_the_bucket = ("bucket", "expectedBucketOwner", "region", "skipDestroy", "timeouts", "tags", "tagsAll")

    def create(self, aws: Aws, props: Props) -> str:
        """Write the configuration."""
        s3, bucket = aws.client("s3"), props["bucket"]
        given = self.content({name: v for name, v in props.items() if name not in self.about_the_bucket})
        if given is not None:
            body = to_shape(given, input_shape(s3, self.put).members[self.body], self.rename)
            getattr(s3, self.put)(Bucket=bucket, **{self.body: body})
        owner = props.get("expectedBucketOwner")
        return f"{bucket},{owner}" if owner else bucket

    def content(self, props: Props) -> Any:
        """What stands in the body; None for nothing to write."""
        return props

    def read(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """The bucket; ClientError where it or the configuration is gone."""
        bucket = id_.split(",", maxsplit=1)[0]
        getattr(aws.client("s3"), self.get)(Bucket=bucket)
        return {"bucket": bucket} | self.more(aws, bucket)

    def more(self, aws: Aws, bucket: str) -> dict[str, Any]:
        """Outputs beyond the bucket."""
        return {}


@resource("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock")
class BucketPublicAccessBlock(BucketConfiguration):
    """Whether anything in the bucket may ever be public."""

    put, body, get = "put_public_access_block", "PublicAccessBlockConfiguration", "get_public_access_block"


@with_former_name
@resource("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration")
class BucketServerSideEncryptionConfiguration(BucketConfiguration):
    """How objects are encrypted."""

    put, body, get = "put_bucket_encryption", "ServerSideEncryptionConfiguration", "get_bucket_encryption"


@with_former_name
@resource("aws:s3/bucketVersioning:BucketVersioning")
class BucketVersioning(BucketConfiguration):
    """Whether former versions of objects are kept."""

    put, body, get = "put_bucket_versioning", "VersioningConfiguration", "get_bucket_versioning"

    def content(self, props: Props) -> Any:
        """A bucket that never kept versions is `Disabled`, which no call can say."""
        given = props["versioningConfiguration"]
        return None if given["status"] == "Disabled" else given


@with_former_name
@resource("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration")
class BucketLifecycleConfiguration(BucketConfiguration):
    """When objects move to another class or go."""

    put, body, get = (
        "put_bucket_lifecycle_configuration",
        "LifecycleConfiguration",
        "get_bucket_lifecycle_configuration",
    )

    def content(self, props: Props) -> Any:
        """A rule that names no objects is for all of them."""
        everything = {"filter": {"prefix": ""}}
        return {"rules": [rule if "prefix" in rule else everything | rule for rule in props["rules"]]}

    def more(self, aws: Aws, bucket: str) -> dict[str, Any]:
        """From which size on objects move."""
        return {"transitionDefaultMinimumObjectSize": "all_storage_classes_128K"}


@resource("aws:s3/bucketOwnershipControls:BucketOwnershipControls")
class BucketOwnershipControls(BucketConfiguration):
    """Who owns objects that others write."""

    put, body, get = "put_bucket_ownership_controls", "OwnershipControls", "get_bucket_ownership_controls"

    def content(self, props: Props) -> Any:
        """The one rule in a list."""
        return {"rules": [props["rule"]]}


@with_former_name
@resource("aws:s3/bucketLogging:BucketLogging")
class BucketLogging(BucketConfiguration):
    """Where requests are written down."""

    put, body, get = "put_bucket_logging", "BucketLoggingStatus", "get_bucket_logging"

    def content(self, props: Props) -> Any:
        """Everything inside the switch."""
        return {"loggingEnabled": dict(props)}


@with_former_name
@resource("aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration")
class BucketWebsiteConfiguration(BucketConfiguration):
    """A bucket served as a website."""

    put, body, get = "put_bucket_website", "WebsiteConfiguration", "get_bucket_website"

    def more(self, aws: Aws, bucket: str) -> dict[str, Any]:
        """Where it is served."""
        return website_outputs(aws, bucket)


@with_former_name
@resource("aws:s3/bucketCorsConfiguration:BucketCorsConfiguration")
class BucketCorsConfiguration(BucketConfiguration):
    """Which other sites may read."""

    put, body, get = "put_bucket_cors", "CORSConfiguration", "get_bucket_cors"


@resource("aws:s3/bucketPolicy:BucketPolicy")
class BucketPolicy(BucketConfiguration):
    """Who may do what."""

    put, body, get = "put_bucket_policy", "Policy", "get_bucket_policy"

    def content(self, props: Props) -> Any:
        """The document as it is."""
        return props["policy"]


@with_former_name
@resource("aws:s3/bucketAcl:BucketAcl")
class BucketAcl(Resource):
    """The oldest kind of permission, in one of its ready-made forms."""

    def create(self, aws: Aws, props: Props) -> str:
        """Write it."""
        aws.client("s3").put_bucket_acl(Bucket=props["bucket"], ACL=props["acl"])
        return f"{props['bucket']},{props['acl']}"

    def read(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """The bucket and the form."""
        bucket, acl = id_.split(",")
        aws.client("s3").get_bucket_acl(Bucket=bucket)
        return {"bucket": bucket, "acl": acl}


class Object(Resource):
    """An object."""

    paths: ClassVar = {"etag": "ETag", "kmsKeyId": "SSEKMSKeyId"}
    outputs = ("contentType", "etag", "kmsKeyId", "serverSideEncryption", "versionId", "bucketKeyEnabled")

    def create(self, aws: Aws, props: Props) -> str:
        """Write it."""
        s3, tags = aws.client("s3"), "&".join(f"{k}={v}" for k, v in sorted(all_tags(props).items()))
        rename = {"kmsKeyId": "SSEKMSKeyId", "websiteRedirect": "WebsiteRedirectLocation"}
        params = request(s3, "put_object", props, rename) | {"Body": content_of(props)}
        s3.put_object(**params, **({"Tagging": tags} if tags else {}))
        return f"{props['bucket']}/{props['key']}"

    def read(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """What S3 says about it."""
        bucket, key = id_.split("/", 1)
        found = aws.client("s3").head_object(Bucket=bucket, Key=key)
        out = told(found, self.outputs, self.paths) | {"storageClass": found.get("StorageClass", "STANDARD")}
        out |= {"etag": out["etag"].strip('"'), "arn": f"arn:{aws.partition}:s3:::{id_}"}
        return out | {"tagsAll": all_tags(props)}


resource("aws:s3/bucketObject:BucketObject")(type("BucketObject", (Object,), {}))
resource("aws:s3/bucketObjectv2:BucketObjectv2")(type("BucketObjectv2", (Object,), {}))


def content_of(props: Props) -> bytes:
    """An object's bytes, given as text, as base64, as a file's path or as one of Pulumi's assets."""
    if "content" in props:
        return props["content"].encode()
    if "contentBase64" in props:
        return base64.b64decode(props["contentBase64"])
    source = props.get("source", "")
    if isinstance(source, Mapping):
        text, path = source.get("text"), source.get("path")
    else:
        text, path = getattr(source, "text", None), getattr(source, "path", source)
    if text is not None:
        return text.encode()
    return Path(path).expanduser().read_bytes() if path else b""
