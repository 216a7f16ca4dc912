"""Amazon S3's names: those of a bucket in DNS and IAM, and the former names of its resource types."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError

from floodgate.offline.handlers.base import Aws, Gone, R, resource

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


def head(call: Callable[..., Mapping[str, Any]], **where: str) -> Mapping[str, Any]:
    """What S3 tells at the head of a bucket or an object.

    Raises:
        Gone: there is none. A head has no body, so that AWS can tell it only by the number 404.
    """
    try:
        return call(**where)
    except ClientError as error:
        if error.response["Error"]["Code"] != "404":
            raise
        raise Gone(f"{'/'.join(where.values())} does not exist") from error
