"""A distribution's configuration, as Pulumi has it and as CloudFront does: both ways, without asking AWS.

https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_DistributionConfig.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from floodgate.offline.handlers.base import Props
from floodgate.offline.handlers.declared import without
from floodgate.offline.handlers.edge import whole_lists
from floodgate.offline.handlers.reflection import reflect
from floodgate.offline.schema import ObjectOf

NAMES = {
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
TIMES = ("minTtl", "defaultTtl", "maxTtl")


def configured(given: Props) -> dict[str, Any]:
    """Pulumi's properties, in the few places rearranged where AWS nests differently."""
    out = dict(given)
    out["defaultCacheBehavior"] = _behavior(out["defaultCacheBehavior"])
    if "orderedCacheBehaviors" in out:
        out["orderedCacheBehaviors"] = [_behavior(one) for one in out["orderedCacheBehaviors"]]
    out["origins"] = [_origin(one) for one in out["origins"]]
    if "originGroups" in out:
        out["originGroups"] = [_renamed(group, "originId", "groupId") for group in out["originGroups"]]
    if "loggingConfig" in out:
        out["loggingConfig"] = {"enabled": True, "includeCookies": False, "prefix": ""} | out["loggingConfig"]
    out["restrictions"] = {"geoRestriction": {"locations": []} | out["restrictions"]["geoRestriction"]}
    return {"comment": ""} | out


def _renamed(block: Props, old: str, new: str) -> dict[str, Any]:
    return {new if name == old else name: value for name, value in block.items()}


def _behavior(given: Props) -> dict[str, Any]:
    """A cache behavior: AWS nests the cached methods, and refuses times beside a cache policy."""
    out = dict(given)
    if "allowedMethods" in out:
        cached = out.pop("cachedMethods", ["HEAD", "GET"])
        out["allowedMethods"] = {"items": out["allowedMethods"], "cachedMethods": cached}
    for name in ("trustedKeyGroups", "trustedSigners"):
        if name in out:
            out[name] = {"enabled": bool(out[name]), "items": out[name]}
    if "cachePolicyId" in out:
        out = without(out, TIMES)
    if "forwardedValues" in out:
        out["forwardedValues"] = {"cookies": {"forward": "none"}} | out["forwardedValues"]
    return out


def _origin(given: Props) -> dict[str, Any]:
    """An origin: whatever is no server of one's own is a bucket to AWS."""
    out = _renamed(given, "originId", "originKey")
    if not {"customOriginConfig", "vpcOriginConfig", "s3OriginConfig"} & set(out):
        out["s3OriginConfig"] = {"originAccessIdentity": ""}
    return out


def told_configuration(config: Mapping[str, Any], known: ObjectOf, given: Props) -> dict[str, Any]:
    """CloudFront's configuration as the program would have written it.

    Args:
        config: a distribution's configuration, as described.
        known: the SDK's argument class.
        given: the properties as they were declared, for the times that the provider keeps back.
    """
    item = dict(whole_lists(config))
    item["Origins"] = _under(item["Origins"], OriginId="Id")
    item["OriginGroups"] = _under(item.get("OriginGroups", {}), OriginId="Id")
    item["DefaultCacheBehavior"] = _with_methods(item["DefaultCacheBehavior"])
    item["CacheBehaviors"] = [_with_methods(one) for one in item.get("CacheBehaviors", {}).get("Items", [])]
    area = item.get("Restrictions", {}).get("GeoRestriction", {})
    item["Restrictions"] = {"GeoRestriction": {**area, "Locations": area.get("Items", [])}}
    told = reflect(item, known, without(NAMES, ("groupId", "originKey", "locations")))
    if not config.get("Logging", {}).get("Enabled"):
        told["loggingConfig"] = None
    told["defaultCacheBehavior"] = _with_times(told["defaultCacheBehavior"], [given.get("defaultCacheBehavior", {})])
    behaviors, before = told.get("orderedCacheBehaviors", []), given.get("orderedCacheBehaviors", [])
    told["orderedCacheBehaviors"] = [_with_times(one, before) for one in behaviors]
    return told


def _under(listed: Mapping[str, Any], **names: str) -> list[dict[str, Any]]:
    items = listed.get("Items", [])
    return [{**item, **{ours: item[theirs] for ours, theirs in names.items()}} for item in items]


def _with_methods(behavior: Mapping[str, Any]) -> dict[str, Any]:
    methods = behavior.get("AllowedMethods", {}).get("CachedMethods", {})
    return {**behavior, "CachedMethods": methods.get("Items", [])}


def _with_times(told: dict[str, Any], given: Sequence[Props]) -> dict[str, Any]:
    """Beside a cache policy no times are sent, so none can come back."""
    if "cachePolicyId" not in told:
        return told
    same = next((one for one in given if one.get("pathPattern") == told.get("pathPattern")), {})
    return told | {name: same[name] for name in TIMES if name in same}
