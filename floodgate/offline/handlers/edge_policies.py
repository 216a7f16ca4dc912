"""Amazon CloudFront: policies on what is cached, sent on and added to answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from floodgate.offline.handlers.base import AutoName, Aws, Props, function, resource
from floodgate.offline.handlers.declared import refused
from floodgate.offline.handlers.described import arn
from floodgate.offline.handlers.edge import CloudFront
from floodgate.offline.handlers.shapes import lower_first


@resource("aws:cloudfront/cachePolicy:CachePolicy", auto_name=AutoName(limit=128))
class CachePolicy(CloudFront):
    """What makes two requests the same, and how long an answer holds."""

    create_call, id_path = "create_cache_policy", "CachePolicy.Id"
    read_call, read_path = "get_cache_policy", "CachePolicy"
    update_call, delete_call = "update_cache_policy", "delete_cache_policy"
    config, arn_kind = "CachePolicyConfig", "cache-policy"
    silent = ("comment",)

    def configuration(self, props: Props) -> dict[str, Any]:
        """What is optional for the provider and not for AWS."""
        key = {"enableAcceptEncodingGzip": False} | props["parametersInCacheKeyAndForwardedToOrigin"]
        return {"minTtl": 0} | super().configuration(props) | {"parametersInCacheKeyAndForwardedToOrigin": key}


@resource("aws:cloudfront/originRequestPolicy:OriginRequestPolicy", auto_name=AutoName(limit=128))
class OriginRequestPolicy(CloudFront):
    """What the origin is told of a request."""

    create_call, id_path = "create_origin_request_policy", "OriginRequestPolicy.Id"
    read_call, read_path = "get_origin_request_policy", "OriginRequestPolicy"
    update_call, delete_call = "update_origin_request_policy", "delete_origin_request_policy"
    config, arn_kind = "OriginRequestPolicyConfig", "origin-request-policy"
    silent = ("comment",)


@resource("aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy", auto_name=AutoName(limit=128))
class ResponseHeadersPolicy(CloudFront):
    """Headers that CloudFront adds to answers."""

    create_call, id_path = "create_response_headers_policy", "ResponseHeadersPolicy.Id"
    read_call, read_path = "get_response_headers_policy", "ResponseHeadersPolicy"
    update_call, delete_call = "update_response_headers_policy", "delete_response_headers_policy"
    config, arn_kind = "ResponseHeadersPolicyConfig", "response-headers-policy"
    silent = (
        *("comment", "corsConfig", "customHeadersConfig", "removeHeadersConfig", "securityHeadersConfig"),
        "serverTimingHeadersConfig",
    )


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
