"""Amazon CloudFront: what its types share, and who may read private origins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from botocore.exceptions import ClientError

from floodgate.offline.handlers.base import AutoName, Aws, Change, Props, is_gone, resource
from floodgate.offline.handlers.declared import Declared, unique, without
from floodgate.offline.handlers.described import arn
from floodgate.offline.handlers.reflection import reflect
from floodgate.offline.handlers.requests import input_shape, to_shape
from floodgate.offline.schema import ObjectOf, arguments


class CloudFront(Declared):
    """What all types of this service have in common: one configuration block is sent, and an ETag comes back.

    An update puts the whole configuration, with the ETag of what it takes the place of:
    https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_UpdateDistribution.html
    """

    service, tagged = "cloudfront", False
    config: ClassVar[str]
    """The block of `create_call` that holds the configuration."""
    read_by = delete_by = "Id"
    arn_kind: ClassVar[str] = ""
    """The kind in the ARN, for what the API tells no ARN of."""
    changing_outputs = frozenset({"etag"})

    @property
    def known(self) -> ObjectOf:
        """The SDK's argument class."""
        known = arguments(self.token)
        assert known is not None, f"{self.token} has a handler, so the SDK has it"
        return known

    def configuration(self, props: Props) -> dict[str, Any]:
        """The properties as the configuration has them."""
        return without(props, self.apart)

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """The configuration block."""
        shape = input_shape(client, self.create_call).members[self.config]
        return {self.config: to_shape(self.configuration(props), shape, self.rename)}

    def etag(self, client: Any, id_: str) -> str:
        """What the next change must match."""
        return getattr(client, self.read_call)(**{self.read_by: id_})["ETag"]

    def read(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """What the description tells, with the ETag that stands beside it."""
        out = super().read(aws, id_, props)
        out["etag"] = self.etag(aws.client(self.service), id_)
        if self.arn_kind:
            out["arn"] = arn(aws, self.service, f"{self.arn_kind}/{id_}", region="")
        return out

    def observe(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """All properties that the configuration tells."""
        item = self.describe(aws, id_, props)
        told = reflect(whole_lists(item[self.config]), self.known, self.rename)
        absent = {name: None for name in self.silent if props.get(name)}
        return absent | told | self.observed(aws, id_, item, props)

    def observed(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """Nothing that the configuration does not tell."""
        return {}

    def new_parameters(self, client: Any, id_: str, change: Change) -> dict[str, Any]:
        """The whole configuration, and what it takes the place of."""
        return {"Id": id_, "IfMatch": self.etag(client, id_), **self.parameters(client, change.new)}

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        """Delete it, unless a distribution uses it."""
        client = aws.client(self.service)
        try:
            getattr(client, self.delete_call)(**{self.delete_by: id_}, IfMatch=self.etag(client, id_))
        except ClientError as error:
            if not is_gone(error):
                raise


def whole_lists(value: Any) -> Any:
    """A description in which also empty lists are lists: CloudFront tells only their length."""
    if isinstance(value, Mapping):
        items = {"Items": []} if value.get("Quantity") == 0 else {}
        return items | {key: whole_lists(item) for key, item in value.items()}
    return [whole_lists(item) for item in value] if isinstance(value, list) else value


@resource("aws:cloudfront/originAccessControl:OriginAccessControl", auto_name=AutoName(limit=64))
class OriginAccessControl(CloudFront):
    """How CloudFront signs its requests to a private bucket."""

    create_call, id_path = "create_origin_access_control", "OriginAccessControl.Id"
    read_call, read_path = "get_origin_access_control", "OriginAccessControl"
    update_call, delete_call = "update_origin_access_control", "delete_origin_access_control"
    config, arn_kind = "OriginAccessControlConfig", "origin-access-control"


@resource("aws:cloudfront/originAccessIdentity:OriginAccessIdentity")
class OriginAccessIdentity(CloudFront):
    """Who CloudFront is to a private bucket, in the older way."""

    create_call, id_path = "create_cloud_front_origin_access_identity", "CloudFrontOriginAccessIdentity.Id"
    read_call, read_path = "get_cloud_front_origin_access_identity", "CloudFrontOriginAccessIdentity"
    update_call = "update_cloud_front_origin_access_identity"
    delete_call = "delete_cloud_front_origin_access_identity"
    config, arn_kind = "CloudFrontOriginAccessIdentityConfig", "origin-access-identity"
    outputs = ("callerReference", "s3CanonicalUserId")
    paths: ClassVar = {
        "callerReference": "CloudFrontOriginAccessIdentityConfig.CallerReference",
        "s3CanonicalUserId": "S3CanonicalUserId",
    }

    def configuration(self, props: Props) -> dict[str, Any]:
        """AWS tells requests apart by a reference."""
        return {"callerReference": f"terraform-{unique()}", "comment": props.get("comment", "")}

    def new_parameters(self, client: Any, id_: str, change: Change) -> dict[str, Any]:
        """The reference is that of the creation."""
        out = super().new_parameters(client, id_, change)
        now = client.get_cloud_front_origin_access_identity(Id=id_)[self.read_path][self.config]
        return {**out, self.config: {**out[self.config], "CallerReference": now["CallerReference"]}}

    def more(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """As a distribution and a bucket policy name it."""
        return {
            "cloudfrontAccessIdentityPath": f"origin-access-identity/cloudfront/{id_}",
            "iamArn": f"arn:{aws.partition}:iam::cloudfront:user/CloudFront Origin Access Identity {id_}",
        }
