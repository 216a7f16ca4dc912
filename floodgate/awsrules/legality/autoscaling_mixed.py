"""EC2 Auto Scaling: what it refuses of a mixed instances policy, and of templates that nothing can be launched with.

Sources: "InstancesDistribution", https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_InstancesDistribution.html;
"LaunchTemplateOverrides",
https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_LaunchTemplateOverrides.html; "LaunchTemplate",
https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_LaunchTemplate.html.
"""

from __future__ import annotations

from floodgate.awsrules.legality.checking import one_of, within
from floodgate.awsrules.legality.ec2 import check_launchable, check_requirements
from floodgate.awsrules.legality.facts import Facts, Params
from floodgate.awsrules.refusal import Refusal

INVALID = "ValidationError"
ON_DEMAND = ("lowest-price", "prioritized")
SPOT = ("capacity-optimized", "capacity-optimized-prioritized", "lowest-price", "price-capacity-optimized")
MAX_OVERRIDES, MAX_POOLS, MAX_WEIGHT = 40, 20, 999


def check_mixed(policy: Params) -> None:
    """Refuse a distribution out of its ranges, and overrides that do not go together."""
    distribution = policy.get("InstancesDistribution") or {}
    one_of(INVALID, "OnDemandAllocationStrategy", distribution.get("OnDemandAllocationStrategy"), ON_DEMAND)
    one_of(INVALID, "SpotAllocationStrategy", distribution.get("SpotAllocationStrategy"), SPOT)
    share = distribution.get("OnDemandPercentageAboveBaseCapacity")
    within(INVALID, "OnDemandPercentageAboveBaseCapacity", share, 0, 100, " %")
    within(INVALID, "OnDemandBaseCapacity", distribution.get("OnDemandBaseCapacity"), 0, 2**31 - 1)
    pools = distribution.get("SpotInstancePools")
    within(INVALID, "SpotInstancePools", pools, 1, MAX_POOLS)
    if pools is not None and distribution.get("SpotAllocationStrategy", "lowest-price") != "lowest-price":
        rule = "SpotInstancePools option is only available with the lowest-price allocation strategy"
        raise Refusal(INVALID, value=f"SpotInstancePools {pools}", rule=rule, remedy="leave it out")
    _check_overrides((policy.get("LaunchTemplate") or {}).get("Overrides") or ())


def _check_overrides(overrides: list[Params] | tuple[()]) -> None:
    if len(overrides) > MAX_OVERRIDES:
        rule = f"a group has at most {MAX_OVERRIDES} instance types"
        raise Refusal(INVALID, value=f"{len(overrides)} overrides", rule=rule, remedy="name fewer")
    types = [override["InstanceType"] for override in overrides if override.get("InstanceType")]
    for name in types:
        if types.count(name) > 1:
            rule = "each instance type may be named once"
            raise Refusal(INVALID, value=f"override {name} twice", rule=rule, remedy="leave one out")
    wanted = [override["InstanceRequirements"] for override in overrides if override.get("InstanceRequirements")]
    if wanted and types:
        rule = "overrides name instance types or InstanceRequirements, not both"
        raise Refusal(INVALID, value=f"InstanceType {types[0]}", rule=rule, remedy="leave one of the two out")
    for requirements in wanted:
        check_requirements(INVALID, requirements)
    _check_weights(overrides)


def _check_weights(overrides: list[Params] | tuple[()]) -> None:
    """Source: "Configure an Auto Scaling group to use instance weights",
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-mixed-instances-groups-instance-weighting.html.
    """
    weights = [override.get("WeightedCapacity") for override in overrides]
    given = [weight for weight in weights if weight]
    for weight in given:
        if not (weight.isascii() and weight.isdecimal() and len(weight) < 5 and 1 <= int(weight) <= MAX_WEIGHT):
            rule = f"it must be a whole number from 1 to {MAX_WEIGHT}"
            raise Refusal(INVALID, value=f"WeightedCapacity is {weight!r}", rule=rule, remedy="set it in that range")
    if given and len(given) < len(overrides):
        rule = "either every instance type has a weight or none"
        value = f"{len(given)} of {len(overrides)} overrides have a WeightedCapacity"
        raise Refusal(INVALID, value=value, rule=rule, remedy="give the others one, too")


def check_templates(params: Params, facts: Facts) -> None:
    """Refuse a launch template out of which EC2 would launch nothing.

    AWS tries the template when a group takes it, not when it is stored: "Create a launch template for an Auto Scaling
    group", https://docs.aws.amazon.com/autoscaling/ec2/userguide/create-launch-template.html.
    """
    mixed = (params.get("MixedInstancesPolicy") or {}).get("LaunchTemplate") or {}
    template = params.get("LaunchTemplate") or mixed.get("LaunchTemplateSpecification")
    if not template:
        return
    named = [key for key in ("LaunchTemplateId", "LaunchTemplateName") if template.get(key)]
    if len(named) != 1:
        rule = "Valid requests must contain either launchTemplateId or LaunchTemplateName"
        raise Refusal(INVALID, value=f"LaunchTemplate has {named or 'neither'}", rule=rule, remedy="give one of them")
    version = str(template.get("Version") or "$Default")
    asked = {named[0]: template[named[0]], "Versions": [version]}
    found = facts.known("ec2.describe_launch_template_versions", asked)
    data = (found[0].get("LaunchTemplateData") or {}) if found else {}
    try:
        check_launchable(data)
    except Refusal as refusal:
        rule = f"You must use a valid fully-formed launch template. {refusal.rule}"
        raise Refusal(INVALID, value=refusal.value, rule=rule, remedy=refusal.remedy) from refusal
