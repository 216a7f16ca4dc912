"""Amazon CloudFront: distributions, who may read their origins, and what is cached and sent on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from floodgate.offline.handlers.base import AutoName, Aws, Props, function, resource
from floodgate.offline.handlers.declared import Declared, refused, unique, without
from floodgate.offline.handlers.described import arn
from floodgate.offline.handlers.requests import input_shape, to_shape
from floodgate.offline.handlers.shapes import all_tags, lower_first

# every distribution's name is in this zone: https://docs.aws.amazon.com/general/latest/gr/cf_region.html
HOSTED_ZONE = "Z2FDTNDATAQYW2"


class CloudFront(Declared):
    """What all types of this service have in common: one configuration block is sent, and an ETag comes back."""

    service, tagged = "cloudfront", False
    config: ClassVar[str]
    """The block of `create_call` that holds the configuration."""
    read_by = "Id"
    arn_kind: ClassVar[str] = ""
    """The kind in the ARN, for what the API tells no ARN of."""

    def configuration(self, props: Props) -> dict[str, Any]:
        """The properties as the configuration has them."""
        return without(props, self.apart)

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """The configuration block."""
        shape = input_shape(client, self.create_call).members[self.config]
        return {self.config: to_shape(self.configuration(props), shape, self.rename)}

    def read(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """What the description tells, with the ETag that stands beside it."""
        out = super().read(aws, id_, props)
        out["etag"] = getattr(aws.client(self.service), self.read_call)(**{self.read_by: id_})["ETag"]
        if self.arn_kind:
            out["arn"] = arn(aws, self.service, f"{self.arn_kind}/{id_}", region="")
        return out


@resource("aws:cloudfront/originAccessControl:OriginAccessControl", auto_name=AutoName(limit=64))
class OriginAccessControl(CloudFront):
    """How CloudFront signs its requests to a private bucket."""

    create_call, id_path = "create_origin_access_control", "OriginAccessControl.Id"
    read_call, read_path = "get_origin_access_control", "OriginAccessControl"
    config, arn_kind = "OriginAccessControlConfig", "origin-access-control"


@resource("aws:cloudfront/originAccessIdentity:OriginAccessIdentity")
class OriginAccessIdentity(CloudFront):
    """Who CloudFront is to a private bucket, in the older way."""

    create_call, id_path = "create_cloud_front_origin_access_identity", "CloudFrontOriginAccessIdentity.Id"
    read_call, read_path = "get_cloud_front_origin_access_identity", "CloudFrontOriginAccessIdentity"
    config, arn_kind = "CloudFrontOriginAccessIdentityConfig", "origin-access-identity"
    outputs = ("callerReference", "s3CanonicalUserId")
    paths: ClassVar = {
        "callerReference": "CloudFrontOriginAccessIdentityConfig.CallerReference",
        "s3CanonicalUserId": "S3CanonicalUserId",
    }

    def configuration(self, props: Props) -> dict[str, Any]:
        """AWS tells requests apart by a reference."""
        return {"callerReference": f"terraform-{unique(self.token, props)}", "comment": props.get("comment", "")}

    def more(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """As a distribution and a bucket policy name it."""
        return {
            "cloudfrontAccessIdentityPath": f"origin-access-identity/cloudfront/{id_}",
            "iamArn": f"arn:{aws.partition}:iam::cloudfront:user/CloudFront Origin Access Identity {id_}",
        }


@resource("aws:cloudfront/cachePolicy:CachePolicy", auto_name=AutoName(limit=128))
class CachePolicy(CloudFront):
    """What makes two requests the same, and how long an answer holds."""

    create_call, id_path = "create_cache_policy", "CachePolicy.Id"
    read_call, read_path = "get_cache_policy", "CachePolicy"
    config, arn_kind = "CachePolicyConfig", "cache-policy"

    def configuration(self, props: Props) -> dict[str, Any]:
        """What is optional for the provider and not for AWS."""
        key = {"enableAcceptEncodingGzip": False} | props["parametersInCacheKeyAndForwardedToOrigin"]
        return {"minTtl": 0} | super().configuration(props) | {"parametersInCacheKeyAndForwardedToOrigin": key}


@resource("aws:cloudfront/originRequestPolicy:OriginRequestPolicy", auto_name=AutoName(limit=128))
class OriginRequestPolicy(CloudFront):
    """What the origin is told of a request."""

    create_call, id_path = "create_origin_request_policy", "OriginRequestPolicy.Id"
    read_call, read_path = "get_origin_request_policy", "OriginRequestPolicy"
    config, arn_kind = "OriginRequestPolicyConfig", "origin-request-policy"


@resource("aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy", auto_name=AutoName(limit=128))
class ResponseHeadersPolicy(CloudFront):
    """Headers that CloudFront adds to answers."""

    create_call, id_path = "create_response_headers_policy", "ResponseHeadersPolicy.Id"
    read_call, read_path = "get_response_headers_policy", "ResponseHeadersPolicy"
    config, arn_kind = "ResponseHeadersPolicyConfig", "response-headers-policy"


@resource("aws:cloudfront/function:Function", auto_name=AutoName(limit=64))
class Function(CloudFront):
    """Code that runs at the edge; published unless it says otherwise."""

    create_call, id_prop = "create_function", "name"
    read_call, read_by, read_path = "describe_function", "Name", "FunctionSummary"
    outputs = ("arn", "status")
    paths: ClassVar = {"arn": "FunctionMetadata.FunctionARN"}
    tagged = True
    apart = ("code", "comment", "runtime", "keyValueStoreAssociations", "publish", "tags")

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """Code and configuration."""
        config = {"Comment": props.get("comment", ""), "Runtime": props["runtime"]}
        stores = [{"KeyValueStoreARN": store} for store in props.get("keyValueStoreAssociations", [])]
        if stores:
            config["KeyValueStoreAssociations"] = {"Quantity": len(stores), "Items": stores}
        return {"Name": props["name"], "FunctionConfig": config, "FunctionCode": props["code"].encode()}

    def finish(self, aws: Aws, id_: str, props: Props) -> None:
        """Publish."""
        client = aws.client(self.service)
        if props.get("publish", True):
            client.publish_function(Name=id_, IfMatch=client.describe_function(Name=id_)["ETag"])

    def read(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """The live stage has an ETag of its own once there is one."""
        out = super().read(aws, id_, props)
        return out | ({"liveStageEtag": out["etag"]} if props.get("publish", True) else {})


def policy(aws: Aws, props: Props, kind: type[CloudFront], listed: str) -> dict[str, Any]:
    """A policy by id or by name, AWS's managed ones among them."""
    name, client = kind.read_path, aws.client("cloudfront")
    if "id" in props:
        found = getattr(client, kind.read_call)(Id=props["id"])[name]
    else:
        items = getattr(client, listed)()[f"{name}List"]["Items"]
        named = [item[name] for item in items if item[name][f"{name}Config"]["Name"] == props.get("name")]
        if not named:
            raise refused(kind.token, "no policy has this name", "check it", path="name", value=str(props.get("name")))
        found = named[0]
    config = found[f"{name}Config"]
    plain = {lower_first(k).replace("TTL", "Ttl"): v for k, v in config.items() if not isinstance(v, Mapping)}
    return {**plain, "id": found["Id"], "arn": arn(aws, "cloudfront", f"{kind.arn_kind}/{found['Id']}", region="")}


@function("aws:cloudfront/getCachePolicy:getCachePolicy")
def get_cache_policy(aws: Aws, props: Props) -> dict[str, Any]:
    """A cache policy that is made elsewhere."""
    return policy(aws, props, CachePolicy, "list_cache_policies")


@function("aws:cloudfront/getOriginRequestPolicy:getOriginRequestPolicy")
def get_origin_request_policy(aws: Aws, props: Props) -> dict[str, Any]:
    """An origin request policy that is made elsewhere."""
    return policy(aws, props, OriginRequestPolicy, "list_origin_request_policies")


@function("aws:cloudfront/getResponseHeadersPolicy:getResponseHeadersPolicy")
def get_response_headers_policy(aws: Aws, props: Props) -> dict[str, Any]:
    """A response headers policy that is made elsewhere."""
    return policy(aws, props, ResponseHeadersPolicy, "list_response_headers_policies")


@resource("aws:cloudfront/distribution:Distribution")
class Distribution(CloudFront):
    """The edge in front of origins."""

    create_call, id_path = "create_distribution_with_tags", "Distribution.Id"
    read_call, read_path = "get_distribution", "Distribution"
    config, tagged = "DistributionConfigWithTags", True
    apart = ("tags", "tagsAll", "retainOnDelete", "waitForDeployment", "region")
    rename: ClassVar = {
        "acmCertificateArn": "ACMCertificateArn",
        "groupId": "Id",
        "lambdaArn": "LambdaFunctionARN",
        "locations": "Items",
        "loggingConfig": "Logging",
        "name": "HeaderName",
        "orderedCacheBehaviors": "CacheBehaviors",
        "originKey": "Id",
        "value": "HeaderValue",
    }
    outputs = ("arn", "callerReference", "domainName", "inProgressValidationBatches", "lastModifiedTime", "status")
    paths: ClassVar = {
        "arn": "ARN",
        "callerReference": "DistributionConfig.CallerReference",
        "inProgressValidationBatches": "InProgressInvalidationBatches",
    }

    def configuration(self, props: Props) -> dict[str, Any]:
        """The whole distribution, in the few places rearranged where AWS nests differently."""
        given = super().configuration(props)
        given["defaultCacheBehavior"] = behavior(given["defaultCacheBehavior"])
        if "orderedCacheBehaviors" in given:
            given["orderedCacheBehaviors"] = [behavior(one) for one in given["orderedCacheBehaviors"]]
        given["origins"] = [origin(one) for one in given["origins"]]
        if "originGroups" in given:
            given["originGroups"] = [renamed(group, "originId", "groupId") for group in given["originGroups"]]
        if "loggingConfig" in given:
            given["loggingConfig"] = {"enabled": True, "includeCookies": False, "prefix": ""} | given["loggingConfig"]
        given["restrictions"] = {"geoRestriction": {"locations": []} | given["restrictions"]["geoRestriction"]}
        defaults = {"comment": "", "callerReference": f"terraform-{unique(self.token, props)}"}
        tags = [{"key": key, "value": value} for key, value in sorted(all_tags(props).items())]
        return {"distributionConfig": defaults | given, "tags": {"items": tags}}

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """Tags are pairs of key and value, unlike an origin's headers."""
        shape = input_shape(client, self.create_call).members[self.config]
        whole = self.configuration(props)
        tags = to_shape(whole["tags"], shape.members["Tags"])
        given = to_shape(whole["distributionConfig"], shape.members["DistributionConfig"], self.rename)
        return {self.config: {"DistributionConfig": given, "Tags": tags}}

    def more(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """The zone for alias records."""
        return {"hostedZoneId": HOSTED_ZONE}


def renamed(block: Props, old: str, new: str) -> dict[str, Any]:
    """The block with one property under another name."""
    return {new if name == old else name: value for name, value in block.items()}


def behavior(given: Props) -> dict[str, Any]:
    """A cache behavior: AWS nests the cached methods, and refuses times beside a cache policy."""
    out = dict(given)
    if "allowedMethods" in out:
        cached = out.pop("cachedMethods", ["HEAD", "GET"])
        out["allowedMethods"] = {"items": out["allowedMethods"], "cachedMethods": cached}
    for name in ("trustedKeyGroups", "trustedSigners"):
        if name in out:
            out[name] = {"enabled": bool(out[name]), "items": out[name]}
    if "cachePolicyId" in out:
        out = without(out, ("minTtl", "defaultTtl", "maxTtl"))
    if "forwardedValues" in out:
        out["forwardedValues"] = {"cookies": {"forward": "none"}} | out["forwardedValues"]
    return out


def origin(given: Props) -> dict[str, Any]:
    """An origin: whatever is no server of one's own is a bucket to AWS."""
    out = renamed(given, "originId", "originKey")
    if not {"customOriginConfig", "vpcOriginConfig", "s3OriginConfig"} & set(out):
        out["s3OriginConfig"] = {"originAccessIdentity": ""}
    return out
