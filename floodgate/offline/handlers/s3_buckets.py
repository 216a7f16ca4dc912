"""Amazon S3: buckets."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, ClassVar

from botocore.exceptions import ClientError

from floodgate.offline.handlers.base import AutoName, Aws, Change, NotYet, Props, Resource, is_gone, resource
from floodgate.offline.handlers.s3 import bucket_outputs, head, website_outputs
from floodgate.offline.handlers.s3_bucket_settings import SETTINGS, Setting, plural, singular
from floodgate.offline.handlers.shapes import all_tags, tag_list, tag_map

MISSING = ("replicationConfiguration", "bucketNamespace")
"""Properties that the offline AWS does not have yet."""


@resource("aws:s3/bucket:Bucket", auto_name=AutoName("bucket", 63, lower=True))
class Bucket(Resource):
    """A bucket, with the settings that programs from before version 4 of the provider write inside it."""

    settings: ClassVar[dict[str, Setting]] = SETTINGS

    def create(self, aws: Aws, props: Props) -> str:
        """Make the bucket in the handler's region and write its settings; or leave nothing."""
        if asked := [name for name in MISSING if singular(props).get(name)]:
            raise NotYet(f"{asked[0]} is not in the offline AWS yet")
        s3, bucket = aws.client("s3"), props["bucket"]
        s3.create_bucket(Bucket=bucket, **self.options(aws, props))
        try:
            if all_tags(props):
                s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": tag_list(props)})
            for name, value in singular(props).items():
                if name in self.settings and value and not self.settings[name].is_usual(value):
                    self.settings[name].write(s3, bucket, value)
        except Exception:
            with suppress(ClientError):
                s3.delete_bucket(Bucket=bucket)
            raise
        return bucket

    def options(self, aws: Aws, props: Props) -> dict[str, Any]:
        """What can be said only when a bucket is made."""
        lock = singular(props).get("objectLockConfiguration", {}).get("objectLockEnabled") == "Enabled"
        options: dict[str, Any] = {}
        if props.get("objectLockEnabled") or lock:
            options["ObjectLockEnabledForBucket"] = True
        if aws.region != "us-east-1":
            options["CreateBucketConfiguration"] = {"LocationConstraint": aws.region}
        return options

    def read(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """Its names."""
        head(aws.client("s3").head_bucket, Bucket=id_)
        out = {"requestPayer": props.get("requestPayer", "BucketOwner")}
        out["objectLockEnabled"] = bool(props.get("objectLockEnabled"))
        website = website_outputs(aws, id_) if singular(props).get("website") else {}
        return bucket_outputs(aws, id_) | out | website | {"tagsAll": all_tags(props)}

    def observe(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """Its tags, and of its settings those that the program writes inside it: others may own the rest."""
        s3, given = aws.client("s3"), singular(props)
        head(s3.head_bucket, Bucket=id_)
        seen = {name: each.seen(s3, id_, given[name]) for name, each in self.settings.items() if name in given}
        return self.in_own_form(seen) | {"bucket": id_, "tags": tags_of_bucket(s3, id_)}

    def in_own_form(self, seen: dict[str, Any]) -> dict[str, Any]:
        """Settings as this type's schema nests them."""
        return seen

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """Write the settings that changed. One that the program no longer speaks of stays, as with the provider."""
        s3, new = aws.client("s3"), singular(change.new)
        names = singular(dict.fromkeys(change.names)).keys()
        if asked := [name for name in MISSING if name in names]:
            raise NotYet(f"{asked[0]} cannot be changed in place in the offline AWS yet")
        for name in sorted(names & self.settings.keys() & new.keys()):
            self.settings[name].write(s3, id_, new[name])
        if change.touches("tags"):
            if all_tags(change.new):
                s3.put_bucket_tagging(Bucket=id_, Tagging={"TagSet": tag_list(change.new)})
            else:
                s3.delete_bucket_tagging(Bucket=id_)

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        """Delete it; one that is not empty only where the program allows it, with every version of every object."""
        s3 = aws.client("s3")
        try:
            s3.delete_bucket(Bucket=id_)
        except ClientError as error:
            if is_gone(error):
                return
            if error.response["Error"]["Code"] != "BucketNotEmpty" or not props.get("forceDestroy"):
                raise
            delete_versions(s3, id_, force=True)
            s3.delete_bucket(Bucket=id_)


@resource("aws:s3/bucketV2:BucketV2", auto_name=AutoName("bucket", 63, lower=True))
class BucketV2(Bucket):
    """A bucket under its former name, whose settings are lists of one."""

    def in_own_form(self, seen: dict[str, Any]) -> dict[str, Any]:
        """Each in a list."""
        return plural(seen)


def tags_of_bucket(s3: Any, bucket: str) -> dict[str, str]:
    """A bucket's tags; AWS refuses to tell none."""
    try:
        return tag_map(s3.get_bucket_tagging(Bucket=bucket)["TagSet"])
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchTagSet":
            raise
        return {}


def delete_versions(s3: Any, bucket: str, key: str = "", *, force: bool) -> None:
    """Delete every version and every mark of deletion of one object, or of all.

    Args:
        s3: a client.
        bucket: whose.
        key: the object; empty for all.
        force: also what is locked, as far as AWS lets.
    """
    bypass = {"BypassGovernanceRetention": True} if force else {}
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=key):
        for found in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
            if not key or found["Key"] == key:
                s3.delete_object(Bucket=bucket, Key=found["Key"], VersionId=found["VersionId"], **bypass)
