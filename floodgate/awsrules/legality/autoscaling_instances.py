"""EC2 Auto Scaling: what it refuses of a group's capacity, instances, processes and attachments.

Sources: the API reference, https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_SetDesiredCapacity.html,
API_AttachInstances.html, API_EnterStandby.html, API_ExitStandby.html, API_SetInstanceProtection.html,
API_SuspendProcesses.html, API_AttachLoadBalancerTargetGroups.html, API_AttachTrafficSources.html beside it; "Quotas",
https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-quotas.html.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from floodgate.awsrules.legality.autoscaling_groups import find_group, target_group_arns
from floodgate.awsrules.legality.checking import one_of
from floodgate.awsrules.legality.facts import Check, Facts, Params
from floodgate.awsrules.refusal import Refusal

INVALID = "ValidationError"
MAX_IDS, MAX_PROTECTED = 20, 50
MAX_SOURCES, MAX_TARGET_GROUPS = 10, 50
PROCESSES = (
    "Launch",
    "Terminate",
    "AddToLoadBalancer",
    "AlarmNotification",
    "AZRebalance",
    "HealthCheck",
    "InstanceRefresh",
    "ReplaceUnhealthy",
    "ScheduledActions",
)


def set_desired_capacity(params: Params, facts: Facts) -> None:
    """SetDesiredCapacity: between the group's limits."""
    group, wanted = find_group(params["AutoScalingGroupName"], facts), params["DesiredCapacity"]
    low, high = group["MinSize"], group["MaxSize"]
    value = f"DesiredCapacity {wanted}"
    if wanted > high:
        rule = f"New SetDesiredCapacity value {wanted} is above max value {high} for the AutoScalingGroup"
        raise Refusal(INVALID, value=value, rule=rule, remedy="raise MaxSize or ask for fewer")
    if wanted < low:
        rule = f"New SetDesiredCapacity value {wanted} is below min value {low} for the AutoScalingGroup"
        raise Refusal(INVALID, value=value, rule=rule, remedy="lower MinSize or ask for more")


def attach_instances(params: Params, facts: Facts) -> None:
    """AttachInstances: the desired capacity grows by them, and must stay within the maximum."""
    group, ids = find_group(params["AutoScalingGroupName"], facts), params.get("InstanceIds") or ()
    _check_count("InstanceIds", ids, MAX_IDS)
    after = group.get("DesiredCapacity", 0) + len(ids)
    if after > group["MaxSize"]:
        rule = f"the desired capacity would become {after}, above the maximum of {group['MaxSize']}"
        raise Refusal(INVALID, value=f"{len(ids)} InstanceIds", rule=rule, remedy="raise MaxSize or attach fewer")


def enter_standby(params: Params, facts: Facts) -> None:
    """EnterStandby: only what is in service, and not below the minimum where the desired capacity is lowered."""
    group, ids = find_group(params["AutoScalingGroupName"], facts), params.get("InstanceIds") or ()
    _check_count("InstanceIds", ids, MAX_IDS)
    _check_states(group, ids, "InService")
    after = group.get("DesiredCapacity", 0) - len(ids)
    if params["ShouldDecrementDesiredCapacity"] and after < group["MinSize"]:
        rule = f"the desired capacity would become {after}, below the minimum of {group['MinSize']}"
        remedy = "lower MinSize, or let the group replace them"
        raise Refusal(INVALID, value=f"{len(ids)} InstanceIds", rule=rule, remedy=remedy)


def exit_standby(params: Params, facts: Facts) -> None:
    """ExitStandby: only what is in standby; the desired capacity grows by it, within the maximum."""
    group, ids = find_group(params["AutoScalingGroupName"], facts), params.get("InstanceIds") or ()
    _check_count("InstanceIds", ids, MAX_IDS)
    _check_states(group, ids, "Standby")
    after = group.get("DesiredCapacity", 0) + len(ids)
    if after > group["MaxSize"]:
        rule = f"the desired capacity would become {after}, above the maximum of {group['MaxSize']}"
        raise Refusal(INVALID, value=f"{len(ids)} InstanceIds", rule=rule, remedy="raise MaxSize first")


def set_instance_protection(params: Params, facts: Facts) -> None:
    """SetInstanceProtection: at most 50 instances of the group, none of its warm pool."""
    group, ids = find_group(params["AutoScalingGroupName"], facts), params["InstanceIds"]
    _check_count("InstanceIds", ids, MAX_PROTECTED)
    _check_states(group, ids, "")


def _check_count(name: str, given: Collection[Any], most: int) -> None:
    if len(given) > most:
        rule = f"at most {most} at once"
        raise Refusal(INVALID, value=f"{len(given)} {name}", rule=rule, remedy="ask several times")


def _check_states(group: dict[str, Any], ids: Collection[str], state: str) -> None:
    states = {item["InstanceId"]: item.get("LifecycleState", "") for item in group.get("Instances") or ()}
    for instance in ids:
        if instance not in states:
            rule = f"The instance {instance} is not part of Auto Scaling group {group['AutoScalingGroupName']}"
            raise Refusal(INVALID, value="InstanceIds", rule=rule, remedy="name instances of the group")
        if state and states[instance] != state:
            rule = f"it must be in {state}"
            value = f"instance {instance} is in {states[instance]}"
            raise Refusal(INVALID, value=value, rule=rule, remedy="wait until it is")


def change_processes(params: Params, facts: Facts) -> None:
    """SuspendProcesses and ResumeProcesses: "Suspend and resume Amazon EC2 Auto Scaling processes",
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-suspend-resume-processes.html.
    """
    find_group(params["AutoScalingGroupName"], facts)
    for process in params.get("ScalingProcesses") or ():
        one_of(INVALID, "a process", process, PROCESSES)


def attach_target_groups(params: Params, facts: Facts) -> None:
    """AttachLoadBalancerTargetGroups: ten at once, and target groups that are there."""
    _check_sources(params["AutoScalingGroupName"], "TargetGroupARNs", params["TargetGroupARNs"], facts)


def attach_traffic_sources(params: Params, facts: Facts) -> None:
    """AttachTrafficSources: ten at once; of Elastic Load Balancing those that are there."""
    sources = params["TrafficSources"]
    _check_count("TrafficSources", sources, MAX_SOURCES)
    arns = [source["Identifier"] for source in sources if ":targetgroup/" in source["Identifier"]]
    _check_sources(params["AutoScalingGroupName"], "TrafficSources", arns, facts)


def _check_sources(group: str, name: str, arns: Collection[str], facts: Facts) -> None:
    _check_count(name, arns, MAX_SOURCES)
    held = target_group_arns(find_group(group, facts))
    if len(held | set(arns)) > MAX_TARGET_GROUPS:
        value, rule = f"{len(held | set(arns))} target groups", f"a group has at most {MAX_TARGET_GROUPS}"
        raise Refusal("LimitExceeded", value=value, rule=rule, remedy="detach one")
    told = facts.known("elbv2.describe_target_groups", {}) if set(arns) - held else None
    if told is None:
        return
    for arn in sorted(set(arns) - held - {item["TargetGroupArn"] for item in told}):
        if facts.is_missing(f"target group {arn}"):
            rule = f"Target group {arn} not found"
            raise Refusal(INVALID, value=name, rule=rule, remedy="create it first")


CHECKS: dict[str, Check] = {
    "SetDesiredCapacity": set_desired_capacity,
    "AttachInstances": attach_instances,
    "EnterStandby": enter_standby,
    "ExitStandby": exit_standby,
    "SetInstanceProtection": set_instance_protection,
    "SuspendProcesses": change_processes,
    "ResumeProcesses": change_processes,
    "AttachLoadBalancerTargetGroups": attach_target_groups,
    "AttachTrafficSources": attach_traffic_sources,
}
