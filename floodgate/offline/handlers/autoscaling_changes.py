"""What an update of an Auto Scaling group sends: only what the program changed.

The size of a group belongs to its policies and schedules between two deployments, so that nothing may be sent that
the program did not change. A computed property that a program no longer sets stays as it is, as on the real provider;
"to remove all target group attachments an empty list should be specified":
https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/autoscaling_group
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from floodgate.offline.handlers.autoscaling import tag_of
from floodgate.offline.handlers.base import Change, Props
from floodgate.offline.handlers.declared import refused, without
from floodgate.offline.handlers.requests import request

TRAFFIC = ("loadBalancers", "targetGroupArns", "trafficSources")
BATCH = 10
"""Balancers, target groups or traffic sources that one call may attach or detach."""
RESET: Mapping[str, Any] = {
    "availabilityZoneDistribution": {"capacityDistributionStrategy": "balanced-best-effort"},
    "capacityRebalance": False,
    "capacityReservationSpecification": {"capacityReservationPreference": "default"},
    "context": "",
    "defaultInstanceWarmup": -1,
    "desiredCapacityType": "units",
    "instanceLifecyclePolicy": {"retentionTriggers": {"terminateHookAbandon": "terminate"}},
    "instanceMaintenancePolicy": {"minHealthyPercentage": -1, "maxHealthyPercentage": -1},
    "maxInstanceLifetime": 0,
    "placementGroup": "",
    "terminationPolicies": ["Default"],
}
"""What AWS is sent for a setting that was taken away; those that are not here stay as they are."""


def changed_settings(client: Any, change: Change, apart: frozenset[str], rename: Mapping[str, str]) -> dict[str, Any]:
    """What UpdateAutoScalingGroup is given beside the name; empty where nothing of it changed.

    Args:
        client: a boto3 client of the service.
        change: the update.
        apart: the properties that other calls change, or none.
        rename: Pulumi's names to AWS's.
    """
    names = change.names - apart - {*TRAFFIC}
    sent = {name: change.new.get(name, RESET.get(name)) for name in sorted(names)}
    sent = {name: value for name, value in sent.items() if value is not None}
    out = request(client, "update_auto_scaling_group", sent, rename)
    if change.within(["vpcZoneIdentifiers"]):
        out["VPCZoneIdentifier"] = ",".join(change.new["vpcZoneIdentifiers"])
    return out


def change_tags(client: Any, group: str, change: Change) -> None:
    """Take away the tags that are no longer there, and set those that are new or different."""
    if not change.touches("tags"):
        return
    old, new = ({tag["key"]: tag_of(tag, group) for tag in each.get("tags", [])} for each in (change.old, change.new))
    if gone := [without(old[key], ("Value", "PropagateAtLaunch")) for key in old if key not in new]:
        client.delete_tags(Tags=gone)
    if changed := [tag for key, tag in new.items() if old.get(key) != tag]:
        client.create_or_update_tags(Tags=changed)


def move_traffic(client: Any, group: str, change: Change, *, told: Callable[[], Mapping[str, Any]]) -> None:
    """Detach the instances from what no longer sends them traffic, then attach them to what now does.

    Args:
        client: a boto3 client of the service.
        group: the group's name.
        change: the update.
        told: describes the group, for a list that the program did not say before.
    """
    named = {"AutoScalingGroupName": group}
    for prop, noun, member in (
        ("trafficSources", "traffic_sources", "TrafficSources"),
        ("loadBalancers", "load_balancers", "LoadBalancerNames"),
        ("targetGroupArns", "load_balancer_target_groups", "TargetGroupARNs"),
    ):
        if prop not in change.names or prop not in change.new:
            continue
        new = request(client, f"attach_{noun}", {member: change.new[prop]})[member]
        known = prop in change.old
        old = request(client, f"attach_{noun}", {member: change.old[prop]})[member] if known else told()[member]
        gone, added = _difference(old, new)
        for verb, moved in (("detach", gone), ("attach", added)):
            for some in _batches(moved):
                getattr(client, f"{verb}_{noun}")(**named, **{member: some})


def change_metrics(client: Any, group: str, change: Change) -> None:
    """Stop and start the group's own metrics."""
    if not change.touches("enabledMetrics"):
        return
    gone, added = _difference(change.old.get("enabledMetrics", []), change.new.get("enabledMetrics", []))
    if gone:
        client.disable_metrics_collection(AutoScalingGroupName=group, Metrics=gone)
    if added:
        granularity = change.new.get("metricsGranularity", "1Minute")
        client.enable_metrics_collection(AutoScalingGroupName=group, Granularity=granularity, Metrics=added)


def change_processes(client: Any, group: str, change: Change) -> None:
    """Resume and suspend what the group does by itself."""
    gone, added = _difference(change.old.get("suspendedProcesses", []), change.new.get("suspendedProcesses", []))
    calls: tuple[tuple[Callable[..., Any], list[Any]], ...] = (
        (client.resume_processes, gone),
        (client.suspend_processes, added),
    )
    for call, processes in calls:
        if processes:
            call(AutoScalingGroupName=group, ScalingProcesses=processes)


def await_capacity(group: Mapping[str, Any], props: Props) -> None:
    """Refuse what the real provider would wait for in vain.

    After a change of size it waits until exactly as many instances are in service as the program says, also where
    scaling has long made more of them. Nothing takes time here, so that a wrong number stays wrong.

    Args:
        group: the group as AWS describes it after the change.
        props: the group's properties.

    Raises:
        Refused: the numbers differ, and the program has not set `waitForCapacityTimeout` to ``0``.
    """
    timeout = props.get("waitForCapacityTimeout", "10m")
    if "desiredCapacity" not in props or not re.search(r"[1-9]", timeout):
        return
    serving = [each for each in group["Instances"] if each["LifecycleState"] == "InService"]
    have = sum(int(instance.get("WeightedCapacity", 1)) for instance in serving)
    wanted = max(props["minSize"], props["desiredCapacity"])
    balanced = props.get("waitForElbCapacity") or have
    if have == wanted and have == balanced:
        return
    rule = f"want exactly {wanted if have != wanted else balanced} healthy instances in the group, have {have}"
    remedy = "set waitForCapacityTimeout to 0, or leave desiredCapacity to scaling"
    where = f"{group['AutoScalingGroupName']} after {timeout}"
    raise refused(where, rule, remedy, path="waitForCapacityTimeout", value=timeout)


def _difference(old: list[Any], new: list[Any]) -> tuple[list[Any], list[Any]]:
    return [each for each in old if each not in new], [each for each in new if each not in old]


def _batches(items: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]
