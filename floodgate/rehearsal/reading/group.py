"""The Auto Scaling group: which one, its sizes, what it launches, its schedules, hooks and warm pool."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from floodgate.awsrules.model import Group, InstanceType, LifecycleHook, ScheduledAction, WarmPool
from floodgate.rehearsal.errors import GroupNotFound, PlanError
from floodgate.rehearsal.reading.calls import Calls
from floodgate.rehearsal.reading.policies import read_policies

STACK_TAG = "floodgate:stack"


def tags(described: Mapping[str, Any]) -> dict[str, str]:
    """The tags of a described resource by key."""
    return {tag["Key"]: tag.get("Value", "") for tag in described.get("Tags", [])}


def choose_group(calls: Calls, name: str | None, stack: str | None) -> dict[str, Any]:
    """The described group: the named one, the stack's own, or the only one there is.

    Raises:
        GroupNotFound: there is none, or several and none of them is meant.
    """
    groups = calls.all("autoscaling", "describe_auto_scaling_groups", "AutoScalingGroups")
    here = ", ".join(sorted(g["AutoScalingGroupName"] for g in groups)) or "none"
    if name is not None:
        candidates = [g for g in groups if g["AutoScalingGroupName"] == name]
        asked = f"group '{name}' was asked for"
    else:
        own = [g for g in groups if stack is not None and tags(g).get(STACK_TAG) == stack]
        # a group that says it belongs to another stack is never taken by chance
        candidates = own or [g for g in groups if stack is None or STACK_TAG not in tags(g)]
        asked = f"no group was named and {len(candidates)} could be meant"
    if len(candidates) != 1:
        raise GroupNotFound(
            f"{asked}: a rehearsal needs exactly one; groups in this region: {here}; name one (--group)"
        )
    return candidates[0]


def read_group(calls: Calls, described: Mapping[str, Any]) -> Group:
    """The group as a frozen value, with everything that can change its size."""
    name = described["AutoScalingGroupName"]
    type_name, monitored = _launch(calls, described)
    return Group(
        name=name,
        min_size=described["MinSize"],
        max_size=described["MaxSize"],
        desired=described["DesiredCapacity"],
        instance_type=instance_type(calls, type_name),
        zones=tuple(sorted(described["AvailabilityZones"])),
        default_cooldown_s=described.get("DefaultCooldown", 300),
        default_warmup_s=described.get("DefaultInstanceWarmup"),
        health_check_type=described.get("HealthCheckType", "EC2"),
        health_check_grace_s=described.get("HealthCheckGracePeriod", 0),
        detailed_monitoring=monitored,
        policies=read_policies(calls, described),
        schedules=_schedules(calls, name),
        hooks=_hooks(calls, name),
        warm_pool=_warm_pool(calls, name),
        suspended=frozenset(p["ProcessName"] for p in described.get("SuspendedProcesses", [])),
    )


def instance_type(calls: Calls, name: str) -> InstanceType:
    """What an instance of this type brings."""
    found = calls.all("ec2", "describe_instance_types", "InstanceTypes", InstanceTypes=[name])
    if not found:
        raise PlanError(f"instance type '{name}' is unknown in this region; choose one that EC2 offers here")
    return InstanceType(name, found[0]["VCpuInfo"]["DefaultVCpus"], found[0]["MemoryInfo"]["SizeInMiB"])


def _launch(calls: Calls, described: Mapping[str, Any]) -> tuple[str, bool]:
    """The instance type that is launched first, and whether monitoring is detailed (every minute)."""
    mixed = described.get("MixedInstancesPolicy", {}).get("LaunchTemplate", {})
    chosen = described.get("LaunchTemplate") or mixed.get("LaunchTemplateSpecification")
    if not chosen:
        name = described["AutoScalingGroupName"]
        raise PlanError(
            f"group '{name}' has no launch template: launch configurations are not read; give it a template"
        )
    which = (
        {"LaunchTemplateId": chosen["LaunchTemplateId"]}
        if chosen.get("LaunchTemplateId")
        else {"LaunchTemplateName": chosen["LaunchTemplateName"]}
    )
    versions = calls.all(
        "ec2",
        "describe_launch_template_versions",
        "LaunchTemplateVersions",
        Versions=[chosen.get("Version", "$Default")],
        **which,
    )
    data = versions[0]["LaunchTemplateData"]
    overrides = [o["InstanceType"] for o in mixed.get("Overrides", []) if "InstanceType" in o]
    if len(overrides) > 1:
        calls.notes.append(f"of the group's {len(overrides)} instance types only {overrides[0]} is rehearsed")
    type_name = overrides[0] if overrides else data.get("InstanceType")
    if not type_name:
        raise PlanError(
            "the launch template names no instance type: attribute-based selection is not read; name a type"
        )
    return type_name, bool(data.get("Monitoring", {}).get("Enabled", False))


def _utc(moment: datetime | None) -> datetime | None:
    return moment and (moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC))


def _schedules(calls: Calls, name: str) -> tuple[ScheduledAction, ...]:
    found = calls.all(
        "autoscaling", "describe_scheduled_actions", "ScheduledUpdateGroupActions", AutoScalingGroupName=name
    )
    actions = (
        ScheduledAction(
            name=action["ScheduledActionName"],
            start=_utc(action.get("StartTime")),
            end=_utc(action.get("EndTime")),
            recurrence=action.get("Recurrence") or None,
            time_zone=action.get("TimeZone") or "Etc/UTC",
            min_size=action.get("MinSize"),
            max_size=action.get("MaxSize"),
            desired=action.get("DesiredCapacity"),
        )
        for action in found
    )
    return tuple(sorted(actions, key=lambda a: (a.start or datetime.min.replace(tzinfo=UTC), a.name)))


def _hooks(calls: Calls, name: str) -> tuple[LifecycleHook, ...]:
    found = calls.all("autoscaling", "describe_lifecycle_hooks", "LifecycleHooks", AutoScalingGroupName=name)
    hooks = (
        LifecycleHook(
            hook["LifecycleHookName"],
            hook["LifecycleTransition"],
            hook.get("HeartbeatTimeout", 3600),
            hook.get("DefaultResult", "ABANDON"),
        )
        for hook in found
    )
    return tuple(sorted(hooks, key=lambda h: h.name))


def _warm_pool(calls: Calls, name: str) -> WarmPool | None:
    pool = calls.one("autoscaling", "describe_warm_pool", AutoScalingGroupName=name).get("WarmPoolConfiguration")
    if not pool:
        return None
    prepared = pool.get("MaxGroupPreparedCapacity")
    return WarmPool(
        state=pool.get("PoolState", "Stopped"),
        min_size=pool.get("MinSize", 0),
        # AWS writes -1 where the group's own maximum holds
        max_prepared=None if prepared in (None, -1) else prepared,
        reuse_on_scale_in=pool.get("InstanceReusePolicy", {}).get("ReuseOnScaleIn", False),
    )
