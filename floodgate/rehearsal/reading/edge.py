"""The CloudFront distribution before the balancer, and the paths it answers itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from floodgate.rehearsal.plan import Edge
from floodgate.rehearsal.reading.calls import Calls

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


def read_edge(calls: Calls, balancer_dns: str) -> Edge | None:
    """The enabled distribution whose origin is the balancer with this DNS name; None without one."""
    wanted = balancer_dns.lower()
    for item in calls.all("cloudfront", "list_distributions", "DistributionList.Items"):
        origins = [o["DomainName"].lower() for o in item.get("Origins", {}).get("Items", [])]
        if item.get("Enabled", True) and wanted in origins:
            return Edge(domain=item["DomainName"], cached_paths=_cached_paths(calls, item))
    return None


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
