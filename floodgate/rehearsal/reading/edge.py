"""The CloudFront distribution before the balancer, and the paths it answers itself."""

from __future__ import annotations

from collections.abc import Mapping

from floodgate.rehearsal.plan import Edge
from floodgate.rehearsal.reading.calls import Calls, NotTold
from floodgate.rehearsal.reading.group import STACK_TAG
from floodgate.rehearsal.reading.values import Described, need

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


_NO_NAMES = "an edge is found by its origin's own name alone"


def read_edge(calls: Calls, balancer_dns: str, stack: str | None = None) -> Edge | None:
    """The enabled distribution before the balancer with this DNS name; None without one.

    Its origin is the DNS name itself or, since a certificate cannot name that, a name that Route 53 leads to it.
    Where the names are kept elsewhere, the tag ``floodgate:stack`` tells.
    """
    found = [
        item
        for item in calls.told(
            "the group is read without an edge", "cloudfront", "list_distributions", "DistributionList.Items"
        )
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
                domain = need(item, "DomainName", "the distribution")
                return Edge(domain=domain, cached_paths=_cached_paths(calls, item))
    return None


def _origins(item: Described) -> list[str]:
    origins = (item.get("Origins") or {}).get("Items") or []
    return [_plain(origin["DomainName"]) for origin in origins if origin.get("DomainName")]


def _plain(name: str) -> str:
    """A DNS name as it compares: lower case, without its last dot and the prefix that Route 53's console adds."""
    return name.lower().rstrip(".").removeprefix("dualstack.")


def _leads_to(calls: Calls, name: str, balancer: str) -> bool:
    """Whether Route 53 answers `name` with the balancer, by an alias or a CNAME."""
    if name.endswith(".amazonaws.com"):
        return False
    zones = calls.told(_NO_NAMES, "route53", "list_hosted_zones", "HostedZones")
    for zone in (z for z in zones if z.get("Name") and f".{name}".endswith(f".{_plain(z['Name'])}")):
        try:
            answer = calls.one(
                "route53",
                "list_resource_record_sets",
                HostedZoneId=need(zone, "Id", "a hosted zone"),
                StartRecordName=name,
            )
        except NotTold as gap:
            calls.note(f"{gap.file} is not there: {_NO_NAMES}")
            return False
        if any(_answers(record, name, balancer) for record in answer.get("ResourceRecordSets") or []):
            return True
    return False


def _answers(record: Described, name: str, balancer: str) -> bool:
    targets = [(record.get("AliasTarget") or {}).get("DNSName") or ""]
    if record.get("Type") == "CNAME":
        targets += [r.get("Value") or "" for r in record.get("ResourceRecords") or []]
    return _plain(record.get("Name") or "") == name and balancer in map(_plain, targets)


def _stack_of(calls: Calls, item: Described) -> str | None:
    arn = need(item, "ARN", "the distribution")
    found = calls.told(_NO_NAMES, "cloudfront", "list_tags_for_resource", "Tags.Items", Resource=arn)
    return next((tag.get("Value") for tag in found if tag.get("Key") == STACK_TAG), None)


def _cached_paths(calls: Calls, item: Described) -> tuple[str, ...]:
    behaviours = (item.get("CacheBehaviors") or {}).get("Items") or []
    found = [(need(b, "PathPattern", "a cache behaviour"), b) for b in behaviours]
    found.append(("*", item.get("DefaultCacheBehavior") or {}))
    return tuple(path for path, behaviour in found if _caches(calls, behaviour))


def _caches(calls: Calls, behaviour: Described) -> bool:
    """Whether an object stays at the edge when its origin says nothing about caching."""
    policy_id = behaviour.get("CachePolicyId")
    if not policy_id:
        return _keeps(behaviour)
    if policy_id in MANAGED_TTL_S:
        return max(MANAGED_TTL_S[policy_id]) > 0
    try:
        answer = calls.one("cloudfront", "get_cache_policy", Id=policy_id)
    except NotTold as gap:
        calls.note(f"{gap.file} is not there: what cache policy {policy_id} keeps is not known, and counts as nothing")
        return False
    return _keeps((answer.get("CachePolicy") or {}).get("CachePolicyConfig") or {})


def _keeps(times: Described) -> bool:
    return max(times.get("MinTTL") or 0, times.get("DefaultTTL") or 0) > 0
