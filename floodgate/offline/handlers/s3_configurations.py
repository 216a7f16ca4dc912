"""Amazon S3: what is configured on a bucket, each a resource of its own since version 4 of the provider."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from botocore.exceptions import ClientError

from floodgate.offline.handlers.base import Aws, Change, Gone, Props, Resource, is_gone, resource
from floodgate.offline.handlers.declared import refused
from floodgate.offline.handlers.reflection import reflect
from floodgate.offline.handlers.requests import input_shape, to_shape
from floodgate.offline.handlers.s3 import website_outputs, with_former_name
from floodgate.offline.schema import arguments


class BucketConfiguration(Resource):
    """Something configured on a bucket: one call writes it, one reads it, and the bucket is its id."""

    put: ClassVar[str]
    body: ClassVar[str]
    """The parameter of `put` that holds the configuration."""
    get: ClassVar[str]
    drop: ClassVar[str] = ""
    """The call that takes it away."""
    beside: ClassVar[Mapping[str, str]] = {}
    """Further parameters of `put`, Pulumi's name to AWS's."""
    about_the_bucket = ("bucket", "expectedBucketOwner", "region", "skipDestroy", "timeouts", "tags", "tagsAll")

    def create(self, aws: Aws, props: Props) -> str:
        """Write the configuration."""
        self.write(aws, props)
        owner = props.get("expectedBucketOwner")
        return f"{props['bucket']},{owner}" if owner else props["bucket"]

    def write(self, aws: Aws, props: Props) -> None:
        """Put the whole of it."""
        s3, apart = aws.client("s3"), (*self.about_the_bucket, *self.beside)
        given = self.content({name: value for name, value in props.items() if name not in apart})
        if given is not None:
            body = to_shape(given, input_shape(s3, self.put).members[self.body])
            more = {theirs: props[ours] for ours, theirs in self.beside.items() if ours in props}
            getattr(s3, self.put)(Bucket=props["bucket"], **{self.body: body}, **more)

    def content(self, props: Props) -> Any:
        """What stands in the body; None for nothing to write."""
        return props

    def read(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """The bucket; ClientError or Gone where it or the configuration is gone."""
        bucket = bucket_of(id_)
        self.described(getattr(aws.client("s3"), self.get)(Bucket=bucket))
        return {"bucket": bucket} | self.more(aws, bucket)

    def described(self, answer: Mapping[str, Any]) -> Mapping[str, Any]:
        """The configuration in the answer of `get`; Gone where there is none."""
        return answer.get(self.body, answer)

    def more(self, aws: Aws, bucket: str) -> dict[str, Any]:
        """Outputs beyond the bucket."""
        return {}

    def observe(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """The configuration as it is now; what AWS does not tell is not set."""
        known, bucket = arguments(self.token), bucket_of(id_)
        assert known is not None, f"{self.token} has a handler, so the SDK has it"
        item = self.described(getattr(aws.client("s3"), self.get)(Bucket=bucket))
        told = reflect(item, known)
        absent = dict.fromkeys(name for name in props if name in known.properties and name not in self.about_the_bucket)
        return absent | told | {"bucket": bucket} | self.observed(item, props)

    def observed(self, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """Properties that no single name in the configuration tells."""
        return {}

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """Put the whole of it again, as the provider does."""
        if change.names - set(self.about_the_bucket):
            self.write(aws, change.new)

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        """Take it away."""
        try:
            self.take_away(aws.client("s3"), bucket_of(id_), props)
        except ClientError as error:
            if not is_gone(error):
                raise

    def take_away(self, s3: Any, bucket: str, props: Props) -> None:
        """The call that does it."""
        getattr(s3, self.drop)(Bucket=bucket)


def bucket_of(id_: str) -> str:
    """The bucket in an id, which may tell its owner and more after it."""
    return id_.split(",", maxsplit=1)[0]


@with_former_name
@resource("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration")
class BucketServerSideEncryptionConfiguration(BucketConfiguration):
    """How objects are encrypted."""

    put, body, get = "put_bucket_encryption", "ServerSideEncryptionConfiguration", "get_bucket_encryption"
    drop = "delete_bucket_encryption"

    def described(self, answer: Mapping[str, Any]) -> Mapping[str, Any]:
        """With the blocked kinds of encryption as the plain list that the program writes."""
        rules = [dict(rule) for rule in answer[self.body]["Rules"]]
        for rule in rules:
            if "BlockedEncryptionTypes" in rule:
                rule["BlockedEncryptionTypes"] = rule["BlockedEncryptionTypes"].get("EncryptionType", [])
        return {"Rules": rules}


@with_former_name
@resource("aws:s3/bucketVersioning:BucketVersioning")
class BucketVersioning(BucketConfiguration):
    """Whether former versions of objects are kept."""

    put, body, get = "put_bucket_versioning", "VersioningConfiguration", "get_bucket_versioning"
    beside: ClassVar = {"mfa": "MFA"}

    def content(self, props: Props) -> Any:
        """A bucket that never kept versions is `Disabled`, which no call can say."""
        given = props["versioningConfiguration"]
        return None if given["status"] == "Disabled" else given

    def described(self, answer: Mapping[str, Any]) -> Mapping[str, Any]:
        """What AWS does not tell was never switched on."""
        told = {"Status": answer.get("Status", "Disabled"), "MFADelete": answer.get("MFADelete", "Disabled")}
        return {"VersioningConfiguration": told}

    def observed(self, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """The device's code is never told."""
        return {"mfa": props["mfa"]} if "mfa" in props else {}

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """Versions that were once kept can only be suspended."""
        if change.new["versioningConfiguration"]["status"] == "Disabled":
            before = change.old["versioningConfiguration"]["status"]
            rule = f"cannot be updated from '{before}' to 'Disabled'"
            raise refused(self.token, rule, "use 'Suspended'", path="versioningConfiguration.status")
        super().update(aws, id_, change)

    def take_away(self, s3: Any, bucket: str, props: Props) -> None:
        """Suspend it, as the provider does: versions that were kept stay."""
        if props["versioningConfiguration"]["status"] != "Disabled":
            s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})


@with_former_name
@resource("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration")
class BucketLifecycleConfiguration(BucketConfiguration):
    """When objects move to another class or go."""

    put, body = "put_bucket_lifecycle_configuration", "LifecycleConfiguration"
    get, drop = "get_bucket_lifecycle_configuration", "delete_bucket_lifecycle"
    beside: ClassVar = {"transitionDefaultMinimumObjectSize": "TransitionDefaultMinimumObjectSize"}

    def content(self, props: Props) -> Any:
        """A rule that names no objects is for all of them."""
        everything = {"filter": {"prefix": ""}}
        return {"rules": [rule if "prefix" in rule else everything | rule for rule in props["rules"]]}

    def more(self, aws: Aws, bucket: str) -> dict[str, Any]:
        """From which size on objects move, where the program does not say it."""
        return {}


@with_former_name
@resource("aws:s3/bucketLogging:BucketLogging")
class BucketLogging(BucketConfiguration):
    """Where requests are written down."""

    put, body, get = "put_bucket_logging", "BucketLoggingStatus", "get_bucket_logging"

    def content(self, props: Props) -> Any:
        """Everything inside the switch."""
        return {"loggingEnabled": dict(props)}

    def described(self, answer: Mapping[str, Any]) -> Mapping[str, Any]:
        """What is inside the switch."""
        if "LoggingEnabled" not in answer:
            raise Gone("the bucket's requests are not written down")
        return answer["LoggingEnabled"]

    def take_away(self, s3: Any, bucket: str, props: Props) -> None:
        """Nothing inside the switch."""
        s3.put_bucket_logging(Bucket=bucket, BucketLoggingStatus={})


@with_former_name
@resource("aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration")
class BucketWebsiteConfiguration(BucketConfiguration):
    """A bucket served as a website."""

    put, body, get = "put_bucket_website", "WebsiteConfiguration", "get_bucket_website"
    drop = "delete_bucket_website"

    def content(self, props: Props) -> Any:
        """Rules that are given as text stand where those given as objects would."""
        plain = {name: value for name, value in props.items() if name != "routingRuleDetails"}
        text = props.get("routingRuleDetails")
        return plain | ({"routingRules": json.loads(text)} if text else {})

    def observed(self, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """The rules in the form that the program chose."""
        if "routingRuleDetails" not in props:
            return {}
        rules = item.get("RoutingRules")
        return {"routingRuleDetails": json.dumps(rules) if rules else None, "routingRules": None}

    def more(self, aws: Aws, bucket: str) -> dict[str, Any]:
        """Where it is served."""
        return website_outputs(aws, bucket)


@with_former_name
@resource("aws:s3/bucketCorsConfiguration:BucketCorsConfiguration")
class BucketCorsConfiguration(BucketConfiguration):
    """Which other sites may read."""

    put, body, get, drop = "put_bucket_cors", "CORSConfiguration", "get_bucket_cors", "delete_bucket_cors"
