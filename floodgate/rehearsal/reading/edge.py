"""The CloudFront distribution before the balancer, and the paths it answers itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from floodgate.rehearsal.plan import Edge
from floodgate.rehearsal.reading.calls import Calls
from floodgate.rehearsal.reading.group import STACK_TAG

MANAGED_TTL_S: Mapping[str, tuple[int, int]] = {
    "658327ea-f89d-4fab-a63d-7e88639e58f6": (1, 86_400),  # CachingOptimized
    "b2884449-e4de-46a7-ac36-70bc7f1ddd6d": (1, 86_400),  # CachingOptimizedForUncompressedObjects
    "4135ea2d-6df8-44a3-9df3-4b5a84be39ad": (0, 0),  # CachingDisabled
    "83da9c7e-98b4-4e11-a168-04f0df8e2c65": (0, 0),  # UseOriginCacheControlHeaders
    "4cc15a8a-d715-48a4-82b8-cc0b614638fe": (0, 0),  # UseOriginCacheControlHeaders-QueryStrings
}
"""Least and default seconds that AWS's managed cache policies keep an object, by id.

Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
"""


def read_edge(calls: Calls, balancer_dns: str, stack: str | None = None) -> Edge | None:
    """The enabled distribution before the balancer with this DNS name; None without one.

    Its origin is the DNS name itself or, since a certificate cannot name that, a name that Route 53 leads to it.
    Where the names are kept elsewhere, the tag ``floodgate:stack`` tells.
    """
    found = [
        item
        for item in calls.all("cloudfront", "list_distributions", "DistributionList.Items")
        if item.get("Enabled", True)
    ]
    balancer = _plain(balancer_dns)
    tests = (
        lambda item: balancer in _origins(item),
        lambda item: any(_leads_to(calls, name, balancer) for name in _origins(item)),
        lambda item: stack is not None and _stack_of(calls, item) == stack,
    )
    for test in tests:
        for item in found:
            if test(item):
                return Edge(domain=item["DomainName"], cached_paths=_cached_paths(calls, item))
    return None


def _origins(item: Mapping[str, Any]) -> list[str]:
    return [_plain(origin["DomainName"]) for origin in item.get("Origins", {}).get("Items", [])]


def _plain(name: str) -> str:
    """A DNS name as it compares: lower case, without its last dot and the prefix that Route 53's console adds."""
    return name.lower().rstrip(".").removeprefix("dualstack.")


def _leads_to(calls: Calls, name: str, balancer: str) -> bool:
    """Whether Route 53 answers `name` with the balancer, by an alias or a CNAME."""
    if name.endswith(".amazonaws.com"):
        return False
    zones = calls.all("route53", "list_hosted_zones", "HostedZones")
    for zone in (z for z in zones if f".{name}".endswith(f".{_plain(z['Name'])}")):
        answer = calls.one("route53", "list_resource_record_sets", HostedZoneId=zone["Id"], StartRecordName=name)
        for record in answer.get("ResourceRecordSets", []):
            targets = [record.get("AliasTarget", {}).get("DNSName", "")]
            targets += [r["Value"] for r in record.get("ResourceRecords", []) if record["Type"] == "CNAME"]
            if _plain(record["Name"]) == name and balancer in map(_plain, targets):
                return True
    return False


def _stack_of(calls: Calls, item: Mapping[str, Any]) -> str | None:
    tags = calls.all("cloudfront", "list_tags_for_resource", "Tags.Items", Resource=item["ARN"])
    return next((tag.get("Value") for tag in tags if tag["Key"] == STACK_TAG), None)


def _cached_paths(calls: Calls, item: Mapping[str, Any]) -> tuple[str, ...]:
    behaviours = [(b["PathPattern"], b) for b in item.get("CacheBehaviors", {}).get("Items", []) or []]
    behaviours.append(("*", item["DefaultCacheBehavior"]))
    return tuple(path for path, behaviour in behaviours if _caches(calls, behaviour))


def _caches(calls: Calls, behaviour: Mapping[str, Any]) -> bool:
    """Whether an object stays at the edge when its origin says nothing about caching."""
    policy_id = behaviour.get("CachePolicyId")
    if not policy_id:
        return max(behaviour.get("MinTTL", 0), behaviour.get("DefaultTTL", 0)) > 0
    if policy_id in MANAGED_TTL_S:
        return max(MANAGED_TTL_S[policy_id]) > 0
    policy = calls.one("cloudfront", "get_cache_policy", Id=policy_id)["CachePolicy"]["CachePolicyConfig"]
    return max(policy.get("MinTTL", 0), policy.get("DefaultTTL", 0)) > 0
