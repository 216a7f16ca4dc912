"""The create calls that would make what a saved plan describes of its Auto Scaling groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from floodgate.validation.request import Request, request
from floodgate.validation.told import Told

SERVICE = "autoscaling"
_TRACKING_ALARM = "TargetTracking-"


def groups(told: Told) -> Iterator[Request]:
    """CreateAutoScalingGroup of every group."""
    for name, group in told.groups.items():
        yield Request(
            f"group {name}",
            SERVICE,
            "CreateAutoScalingGroup",
            _group_params(group),
            ("autoscaling.describe_auto_scaling_groups", "AutoScalingGroupName", name),
        )


def _group_params(group: Mapping[str, Any]) -> dict[str, Any]:
    params = dict(request("", SERVICE, "CreateAutoScalingGroup", group).params)
    if params.get("VPCZoneIdentifier"):
        for places in ("AvailabilityZones", "AvailabilityZoneIds"):
            params.pop(places, None)  # AWS tells the subnets' zones, which nobody asked for
    if params.get("AvailabilityZones"):
        params.pop("AvailabilityZoneIds", None)
    if params.get("TargetGroupARNs") or params.get("LoadBalancerNames"):
        params.pop("TrafficSources", None)  # the same once more
    if "LaunchTemplate" in params:
        params["LaunchTemplate"] = _by_id(params["LaunchTemplate"])
    return params


def _by_id(template: Mapping[str, Any]) -> dict[str, Any]:
    """AWS tells a template's id and name, and takes one of them."""
    unwanted = "LaunchTemplateName" if template.get("LaunchTemplateId") else ""
    return {key: value for key, value in template.items() if key != unwanted}


def warm_pools(told: Told) -> Iterator[Request]:
    """PutWarmPool of every group that has a warm pool."""
    for name, group in told.groups.items():
        pool = group.get("WarmPoolConfiguration")
        if pool:
            params = request("", SERVICE, "PutWarmPool", pool, AutoScalingGroupName=name).params
            yield Request(f"warm pool of group {name}", SERVICE, "PutWarmPool", params)


def policies(told: Told) -> Iterator[Request]:
    """PutScalingPolicy of every policy of the plan's groups."""
    for policy in told.of_groups(SERVICE, "describe_policies"):
        where = f"policy {policy['PolicyName']} of group {policy['AutoScalingGroupName']}"
        yield request(where, SERVICE, "PutScalingPolicy", policy)


def schedules(told: Told) -> Iterator[Request]:
    """PutScheduledUpdateGroupAction of every action of the plan's groups."""
    for action in told.of_groups(SERVICE, "describe_scheduled_actions"):
        where = f"scheduled action {action['ScheduledActionName']} of group {action['AutoScalingGroupName']}"
        # AWS writes one start under two names, and of a recurring action the next run
        unasked = ("Time", "StartTime") if action.get("Recurrence") else ("Time",) if action.get("StartTime") else ()
        given = {key: value for key, value in action.items() if key not in unasked}
        yield request(where, SERVICE, "PutScheduledUpdateGroupAction", given)


def hooks(told: Told) -> Iterator[Request]:
    """PutLifecycleHook of every hook of the plan's groups."""
    for hook in told.of_groups(SERVICE, "describe_lifecycle_hooks"):
        where = f"lifecycle hook {hook['LifecycleHookName']} of group {hook['AutoScalingGroupName']}"
        yield Request(
            where,
            SERVICE,
            "PutLifecycleHook",
            request("", SERVICE, "PutLifecycleHook", hook).params,
            ("autoscaling.describe_lifecycle_hooks", "LifecycleHookName", hook["LifecycleHookName"]),
        )


def alarms(told: Told) -> Iterator[Request]:
    """PutMetricAlarm of every alarm that AWS did not make itself for target tracking."""
    for alarm in told.items("cloudwatch", "describe_alarms"):
        if not alarm["AlarmName"].startswith(_TRACKING_ALARM):
            yield request(f"alarm {alarm['AlarmName']}", "cloudwatch", "PutMetricAlarm", alarm)
