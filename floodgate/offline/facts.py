"""What the real AWS provider requires, defaults and refuses, by resource type (data/README.md tells its origin)."""

from __future__ import annotations

import json
from collections.abc import Collection
from functools import cache
from typing import Any

from floodgate.offline.environment import DATA

# lists that were cut off, were read as their neighbour's, or grow with every region and runtime
LEFT_OUT = frozenset(
    {
        ("aws:autoscaling/policy:Policy", "resourceLabel"),
        ("aws:cloudfront/distribution:Distribution", "whitelistedNames"),
        ("aws:ec2/launchTemplate:LaunchTemplate", "resourceType"),
        ("aws:lambda/function:Function", "runtime"),
        ("aws:lambda/layerVersion:LayerVersion", "compatibleRuntimes"),
        ("aws:route53/healthCheck:HealthCheck", "cloudwatchAlarmRegion"),
        ("aws:route53/vpcAssociationAuthorization:VpcAssociationAuthorization", "vpcRegion"),
        ("aws:route53/zoneAssociation:ZoneAssociation", "vpcRegion"),
        ("aws:ssm/maintenanceWindowTask:MaintenanceWindowTask", "notificationArn"),
    }
)

# Pulumi's bridge says its own name where Terraform's default says Terraform's
_BRIDGED = {"Managed by Terraform": "Managed by Pulumi"}


@cache
def _all() -> dict[str, dict[str, Any]]:
    known = json.loads((DATA / "provider-facts.json").read_text(encoding="utf-8"))
    # Pulumi calls Terraform's routing_rules, a text, routingRuleDetails, and its routing_rule blocks routingRules
    for version in ("", "V2"):
        website = known[f"aws:s3/bucketWebsiteConfiguration{version}:BucketWebsiteConfiguration{version}"]
        website["computed"] = [{"routingRules": "routingRuleDetails"}.get(name, name) for name in website["computed"]]
        website["conflicts"]["routingRuleDetails"] = ["routingRules"]
        del website["conflicts"]["routingRules"]
    for token, added in json.loads((DATA / "provider-additions.json").read_text(encoding="utf-8")).items():
        told = known.setdefault(token, {})
        for kind in ("computed", "replaces"):
            told[kind] = [*told.get(kind, ()), *added.get(kind, ())]
        told["defaults"] = told.get("defaults", {}) | added.get("defaults", {})
    return known


def facts(token: str) -> dict[str, Any]:
    """What is known of a resource type; empty for one that was not read."""
    return _all().get(_SAME_AS.get(token, token), {})


# Pulumi's second names of one and the same type
_SAME_AS = {
    f"aws:alb/{name}": f"aws:lb/{name}"
    for name in (
        "listener:Listener",
        "listenerCertificate:ListenerCertificate",
        "listenerRule:ListenerRule",
        "loadBalancer:LoadBalancer",
        "targetGroup:TargetGroup",
        "targetGroupAttachment:TargetGroupAttachment",
    )
}


@cache
def allowed_values(token: str) -> dict[str, list[str]]:
    """The values that a property may have, by its path, without the lists known to be wrong."""
    listed = facts(token).get("one_of", {})
    return {path: values for path, values in listed.items() if (token, path.rpartition(".")[2]) not in LEFT_OUT}


@cache
def computed(token: str) -> frozenset[str]:
    """First-level properties that AWS fills in where the program does not set them."""
    return frozenset(facts(token).get("computed", ()))


@cache
def replaces(token: str) -> tuple[str, ...]:
    """The paths of the properties whose change makes the resource anew; ``a.*.b`` is b inside the elements of a."""
    return tuple(facts(token).get("replaces", ()))


@cache
def ranges(token: str) -> dict[str, list[list[float]]]:
    """The ranges that a property may be in, by its path; any of them will do."""
    return facts(token).get("range", {}) | {path: told for (type_, path), told in _RANGES.items() if type_ == token}


# where the provider takes one value beside the range that was read, by its own source
_RANGES: dict[tuple[str, str], list[list[float]]] = {
    # 0 deletes at once
    ("aws:secretsmanager/secret:Secret", "recoveryWindowInDays"): [[0, 0], [7, 30]],
}


@cache
def defaults(token: str) -> dict[str, Any]:
    """What first-level properties become that the program does not set."""
    known = facts(token).get("defaults", {})
    return {name: _BRIDGED.get(value, value) if isinstance(value, str) else value for name, value in known.items()}


def tells_nothing_new(token: str, given: Collection[str]) -> bool:
    """Whether a resource of this type has no output beyond its id and what it was given: nobody need ask AWS."""
    computed = facts(token).get("computed")
    return computed is not None and set(computed) <= {"id", *given}
