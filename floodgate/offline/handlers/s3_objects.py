"""Amazon S3: objects."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlencode

from floodgate.offline.handlers.base import Aws, Change, Props, Resource, resource
from floodgate.offline.handlers.declared import refused
from floodgate.offline.handlers.requests import request
from floodgate.offline.handlers.s3 import head
from floodgate.offline.handlers.s3_buckets import delete_versions
from floodgate.offline.handlers.shapes import all_tags, tag_list, tag_map, told

CONTENT = frozenset(
    {
        "bucketKeyEnabled",
        "cacheControl",
        "checksumAlgorithm",
        "content",
        "contentBase64",
        "contentDisposition",
        "contentEncoding",
        "contentLanguage",
        "contentType",
        "etag",
        "kmsKeyId",
        "metadata",
        "serverSideEncryption",
        "source",
        "sourceHash",
        "storageClass",
        "websiteRedirect",
    }
)
"""Properties that S3 takes only with the content: a change of one writes the object anew."""
RENAME = {"kmsKeyId": "SSEKMSKeyId", "websiteRedirect": "WebsiteRedirectLocation", "etag": "ETag"}


class Object(Resource):
    """An object."""

    paths: ClassVar = {"etag": "ETag", "kmsKeyId": "SSEKMSKeyId"}
    outputs = ("contentType", "etag", "kmsKeyId", "serverSideEncryption", "versionId", "bucketKeyEnabled")
    seen = ("bucketKeyEnabled", "cacheControl", "contentDisposition", "contentEncoding", "contentLanguage")
    seen += ("contentType", "kmsKeyId", "metadata", "objectLockLegalHoldStatus", "objectLockMode")
    seen += ("objectLockRetainUntilDate", "serverSideEncryption", "websiteRedirect")
    changing_outputs = frozenset({"etag", "versionId"})

    def create(self, aws: Aws, props: Props) -> str:
        """Write it."""
        s3, tags = aws.client("s3"), urlencode(sorted(all_tags(props).items()))
        params = request(s3, "put_object", props, RENAME) | {"Body": content_of(props)}
        if props.get("kmsKeyId"):
            params.setdefault("ServerSideEncryption", "aws:kms")
        s3.put_object(**params, **({"Tagging": tags} if tags else {}))
        return f"{props['bucket']}/{props['key']}"

    def read(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """What S3 says about it."""
        bucket, key = id_.split("/", 1)
        found = head(aws.client("s3").head_object, Bucket=bucket, Key=key)
        out = told(found, self.outputs, self.paths) | {"storageClass": found.get("StorageClass", "STANDARD")}
        out |= {"etag": out["etag"].strip('"'), "arn": f"arn:{aws.partition}:s3:::{id_}"}
        return out | {"tagsAll": all_tags(props)}

    def observe(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """What S3 says about it, and its tags. Of the content it tells a sum: `etag`."""
        bucket, key = id_.split("/", 1)
        s3 = aws.client("s3")
        found = head(s3.head_object, Bucket=bucket, Key=key)
        seen = dict.fromkeys(self.seen) | told(found, self.seen, RENAME)
        seen |= {"etag": found["ETag"].strip('"'), "storageClass": found.get("StorageClass", "STANDARD")}
        tags = tag_map(s3.get_object_tagging(Bucket=bucket, Key=key)["TagSet"])
        return seen | {"bucket": bucket, "key": key, "tags": tags}

    def unknown_after(self, change: Change) -> frozenset[str]:
        """A new content has another sum and another version."""
        return self.changing_outputs if change.touches(*CONTENT) else frozenset()

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """Write it anew where its content or what travels with it changed; else change what can be changed."""
        if change.touches(*CONTENT):
            self.create(aws, change.new)
            return
        s3, new = aws.client("s3"), change.new
        where = {"Bucket": new["bucket"], "Key": new["key"]}
        if "acl" in change.within(["acl"]):
            s3.put_object_acl(**where, ACL=new["acl"])
        if change.touches("objectLockLegalHoldStatus"):
            s3.put_object_legal_hold(**where, LegalHold={"Status": new.get("objectLockLegalHoldStatus", "OFF")})
        if change.touches("objectLockMode", "objectLockRetainUntilDate"):
            until = {"Mode": "objectLockMode", "RetainUntilDate": "objectLockRetainUntilDate"}
            retention = {theirs: new[ours] for theirs, ours in until.items() if ours in new}
            s3.put_object_retention(**where, Retention=retention, BypassGovernanceRetention=True)
        if change.touches("tags"):
            s3.put_object_tagging(**where, Tagging={"TagSet": tag_list(new)})

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        """Delete it, and where versions are kept all of them."""
        bucket, key = id_.split("/", 1)
        s3 = aws.client("s3")
        if props.get("versionId"):
            delete_versions(s3, bucket, key, force=props.get("forceDestroy", False))
        else:
            s3.delete_object(Bucket=bucket, Key=key)


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
    return _read(path) if isinstance(path, str) and path else b""


def _read(path: str) -> bytes:
    try:
        return Path(path).expanduser().read_bytes()
    except OSError as error:
        rule = f"cannot be read ({error.strerror}) from {Path.cwd()}"
        raise refused("source", rule, "give a file that is there", value=path) from error
