"""What the account says of an Auto Scaling group that a request names."""

from __future__ import annotations

from typing import Any

from floodgate.awsrules.legality.facts import Facts
from floodgate.awsrules.refusal import Refusal


def find_group(name: str, facts: Facts) -> dict[str, Any]:
    """The group of this name, as AWS describes it.

    Raises:
        Refusal: there is none.
    """
    groups = facts.lookup("autoscaling.describe_auto_scaling_groups", {"AutoScalingGroupNames": [name]})
    if not groups:
        rule = "AutoScalingGroup name not found"
        raise Refusal("ValidationError", value=f"AutoScalingGroupName {name!r}", rule=rule, remedy="create it first")
    return groups[0]


def target_group_arns(group: dict[str, Any]) -> set[str]:
    """The target groups that a group's instances are registered with."""
    sources = group.get("TrafficSources") or ()
    return {
        *(group.get("TargetGroupARNs") or ()),
        *(source["Identifier"] for source in sources if source.get("Identifier")),
    }


def weighted(group: dict[str, Any]) -> bool:
    """Whether instance types of the group carry weights."""
    template = (group.get("MixedInstancesPolicy") or {}).get("LaunchTemplate") or {}
    return any(override.get("WeightedCapacity") for override in template.get("Overrides") or ())


def uses_spot(group: dict[str, Any], facts: Facts) -> bool:
    """Whether the group asks for Spot Instances, by its distribution or its launch template."""
    mixed = group.get("MixedInstancesPolicy") or {}
    distribution = mixed.get("InstancesDistribution") or {}
    if mixed and distribution.get("OnDemandPercentageAboveBaseCapacity", 100) < 100:
        return True
    template = (mixed.get("LaunchTemplate") or {}).get("LaunchTemplateSpecification") or group.get("LaunchTemplate")
    key = next((name for name in ("LaunchTemplateId", "LaunchTemplateName") if (template or {}).get(name)), None)
    if not template or not key:
        return False
    version = str(template.get("Version") or "$Default")
    found = facts.known("ec2.describe_launch_template_versions", {key: template[key], "Versions": [version]})
    market = (found[0].get("LaunchTemplateData") or {}).get("InstanceMarketOptions") if found else None
    return bool(market) and market.get("MarketType") == "spot"
