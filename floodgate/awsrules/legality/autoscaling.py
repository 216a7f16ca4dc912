"""EC2 Auto Scaling: what it refuses of groups, hooks and warm pools; policies and schedules have their own modules.

Sources: the API reference, https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CreateAutoScalingGroup.html,
API_PutLifecycleHook.html, API_PutWarmPool.html beside it; "Quotas",
https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-quotas.html.
"""

from __future__ import annotations

from math import inf
from typing import Any

from floodgate.awsrules.legality import autoscaling_instances
from floodgate.awsrules.legality.autoscaling_groups import find_group, uses_spot, weighted
from floodgate.awsrules.legality.autoscaling_mixed import check_mixed, check_templates
from floodgate.awsrules.legality.autoscaling_policies import put_scaling_policy
from floodgate.awsrules.legality.autoscaling_refreshes import start_instance_refresh
from floodgate.awsrules.legality.autoscaling_schedules import batch_put_scheduled_actions, put_scheduled_action
from floodgate.awsrules.legality.checking import one_of, room, within
from floodgate.awsrules.legality.facts import Check, Facts, Params
from floodgate.awsrules.refusal import Refusal

INVALID = "ValidationError"
MAX_HOOKS = 50
TRANSITIONS = ("autoscaling:EC2_INSTANCE_LAUNCHING", "autoscaling:EC2_INSTANCE_TERMINATING")
HEALTH_CHECKS = ("EC2", "ELB", "EBS", "VPC_LATTICE")
DAY_S = 86_400


def create_group(params: Params, facts: Facts) -> None:
    """CreateAutoScalingGroup."""
    name = params["AutoScalingGroupName"]
    sources = ("LaunchConfigurationName", "LaunchTemplate", "MixedInstancesPolicy", "InstanceId")
    given = [source for source in sources if params.get(source)]
    if len(given) != 1:
        rule = "Valid requests must contain exactly one of " + ", ".join(sources)
        raise Refusal(INVALID, value=f"group {name} has {given or 'none'}", rule=rule, remedy="give one of them")
    if not any(params.get(place) for place in ("VPCZoneIdentifier", "AvailabilityZones", "AvailabilityZoneIds")):
        rule = "At least one Availability Zone or VPC Subnet is required"
        raise Refusal(INVALID, value=f"group {name} has neither", rule=rule, remedy="give subnets")
    _check_sizes(params["MinSize"], params["MaxSize"], params.get("DesiredCapacity"))
    _check_settings(params)
    for hook in params.get("LifecycleHookSpecificationList", ()):
        _check_hook(hook)
    _check_places(params, facts)
    check_templates(params, facts)


def update_group(params: Params, facts: Facts) -> None:
    """UpdateAutoScalingGroup: what it leaves out stays as it is."""
    group = find_group(params["AutoScalingGroupName"], facts)
    low, high = params.get("MinSize", group["MinSize"]), params.get("MaxSize", group["MaxSize"])
    _check_sizes(low, high, params.get("DesiredCapacity"))
    _check_settings(params)
    if group.get("WarmPoolConfiguration") and (params.get("MixedInstancesPolicy") or params.get("LaunchTemplate")):
        _check_pool_fits({**group, **params}, facts)
    _check_places(params, facts)
    check_templates(params, facts)


def _check_sizes(low: int, high: int, desired: int | None) -> None:
    within(INVALID, "MinSize", low, 0, inf)
    if low > high:
        rule = f"Max bound, {high}, must be greater than or equal to min bound, {low}"
        raise Refusal(
            INVALID, value=f"MinSize {low}, MaxSize {high}", rule=rule, remedy="raise MaxSize or lower MinSize"
        )
    if desired is not None and not low <= desired <= high:
        rule = f"Desired capacity:{desired} must be between the specified min size:{low} and max size:{high}"
        raise Refusal(INVALID, value=f"DesiredCapacity {desired}", rule=rule, remedy="set it between them")


def _check_settings(params: Params) -> None:
    within(INVALID, "DefaultInstanceWarmup", params.get("DefaultInstanceWarmup"), -1, 3600, " s")
    within(INVALID, "DefaultCooldown", params.get("DefaultCooldown"), 0, inf)
    within(INVALID, "HealthCheckGracePeriod", params.get("HealthCheckGracePeriod"), 0, inf)
    if params.get("MaxInstanceLifetime"):
        within(INVALID, "MaxInstanceLifetime", params["MaxInstanceLifetime"], DAY_S, 365 * DAY_S, " s, or 0")
    for kind in filter(None, params.get("HealthCheckType", "").split(",")):
        one_of(INVALID, "HealthCheckType", kind.strip(), HEALTH_CHECKS)
    _check_maintenance(params.get("InstanceMaintenancePolicy") or {})
    check_mixed(params.get("MixedInstancesPolicy") or {})


def _check_maintenance(policy: Params) -> None:
    """Source: "Instance maintenance policies",
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/instance-maintenance-policy-overview-and-considerations.html.
    """
    low, high = policy.get("MinHealthyPercentage"), policy.get("MaxHealthyPercentage")
    if (low is None and high is None) or (low, high) == (-1, -1):
        return
    if low is None or high is None:
        rule = "Both MinHealthyPercentage and MaxHealthyPercentage must be specified"
        raise Refusal(INVALID, value=f"InstanceMaintenancePolicy {dict(policy)}", rule=rule, remedy="give both")
    within(INVALID, "MinHealthyPercentage", low, 0, 100, " %")
    within(INVALID, "MaxHealthyPercentage", high, 100, 200, " %")
    if high - low > 100:
        rule = "the difference between the two percentages cannot be greater than 100"
        raise Refusal(INVALID, value=f"{low} % to {high} %", rule=rule, remedy="bring them closer together")


def _check_places(params: Params, facts: Facts) -> None:
    zones = params.get("AvailabilityZones") or ()
    if zones:
        told = facts.known("ec2.describe_availability_zones", {})
        for zone in zones if told is not None else ():
            one_of(INVALID, "AvailabilityZone", zone, {zone["ZoneName"] for zone in told or ()})
    subnets = [part.strip() for part in params.get("VPCZoneIdentifier", "").split(",") if part.strip()]
    told = facts.known("ec2.describe_subnets", {}) if subnets else None
    if told is not None:
        known = {subnet["SubnetId"] for subnet in told}
        for subnet in subnets:
            if subnet not in known and facts.is_missing(f"subnet {subnet}"):
                rule = f"The subnet ID '{subnet}' does not exist"
                raise Refusal(INVALID, value="VPCZoneIdentifier", rule=rule, remedy="name subnets of this account")


def put_lifecycle_hook(params: Params, facts: Facts) -> None:
    """PutLifecycleHook: 30 to 7,200 s, at most 50 a group."""
    asked = {"AutoScalingGroupName": params["AutoScalingGroupName"]}
    hooks = facts.known("autoscaling.describe_lifecycle_hooks", asked) or []
    if not hooks:
        find_group(params["AutoScalingGroupName"], facts)
    others = [hook for hook in hooks if hook["LifecycleHookName"] != params["LifecycleHookName"]]
    if len(others) == len(hooks):
        if not params.get("LifecycleTransition"):
            rule = "a new lifecycle hook needs a LifecycleTransition"
            raise Refusal(INVALID, value=params["LifecycleHookName"], rule=rule, remedy="give LifecycleTransition")
        room("LimitExceeded", "lifecycle hooks", len(others), MAX_HOOKS)
    _check_hook(params)


def _check_hook(hook: Params) -> None:
    one_of(INVALID, "LifecycleTransition", hook.get("LifecycleTransition"), TRANSITIONS)
    one_of(INVALID, "DefaultResult", hook.get("DefaultResult"), ("CONTINUE", "ABANDON"))
    within(INVALID, "HeartbeatTimeout", hook.get("HeartbeatTimeout"), 30, 7200, " s")


def put_warm_pool(params: Params, facts: Facts) -> None:
    """PutWarmPool: not with Spot Instances nor instance weights.

    Source: "Warm pools", https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-warm-pools.html
    """
    group = find_group(params["AutoScalingGroupName"], facts)
    within(INVALID, "MinSize", params.get("MinSize"), 0, inf)
    within(INVALID, "MaxGroupPreparedCapacity", params.get("MaxGroupPreparedCapacity"), -1, inf)
    _check_pool_fits(group, facts)


def _check_pool_fits(group: dict[str, Any], facts: Facts) -> None:
    value, remedy = f"warm pool of group {group['AutoScalingGroupName']}", "take away one of the two"
    if weighted(group):
        rule = "You can't add a warm pool to an Auto Scaling group that has instance weights"
        raise Refusal(INVALID, value=value, rule=rule, remedy=remedy)
    if uses_spot(group, facts):
        rule = "You can't add a warm pool to an Auto Scaling group that requests Spot Instances"
        raise Refusal(INVALID, value=value, rule=rule, remedy=remedy)


CHECKS: dict[str, Check] = {
    "CreateAutoScalingGroup": create_group,
    "UpdateAutoScalingGroup": update_group,
    "PutScalingPolicy": put_scaling_policy,
    "PutScheduledUpdateGroupAction": put_scheduled_action,
    "PutLifecycleHook": put_lifecycle_hook,
    "PutWarmPool": put_warm_pool,
    "BatchPutScheduledUpdateGroupAction": batch_put_scheduled_actions,
    "StartInstanceRefresh": start_instance_refresh,
    **autoscaling_instances.CHECKS,
}
