"""The Auto Scaling group: which one, its sizes, what it launches, its schedules, hooks and warm pool."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from floodgate.awsrules.model import Group, LifecycleHook, MaintenancePolicy, WarmPool
from floodgate.rehearsal.errors import GroupNotFound, PlanError
from floodgate.rehearsal.reading.calls import Calls, NotTold
from floodgate.rehearsal.reading.evaluable import check_evaluable
from floodgate.rehearsal.reading.launching import read_launching
from floodgate.rehearsal.reading.members import read_members
from floodgate.rehearsal.reading.policies import read_policies
from floodgate.rehearsal.reading.schedules import read_schedules
from floodgate.rehearsal.reading.values import Described, need, one_of, whole

STACK_TAG = "floodgate:stack"
UNKNOWN_ZONE = "unknown"
_TRANSITIONS = frozenset({"autoscaling:EC2_INSTANCE_LAUNCHING", "autoscaling:EC2_INSTANCE_TERMINATING"})
_POOL_STATES = frozenset({"Stopped", "Running", "Hibernated"})
_STRATEGIES = frozenset({"balanced-best-effort", "balanced-only"})


def tags(described: Described) -> dict[str, str]:
    """The tags of a described resource by key."""
    return {tag["Key"]: tag.get("Value") or "" for tag in described.get("Tags") or [] if tag.get("Key")}


def choose_group(calls: Calls, name: str | None, stack: str | None) -> dict[str, Any]:
    """The described group: the named one, the stack's own, or the only one there is.

    Raises:
        GroupNotFound: there is none, or several and none of them is meant.
    """
    groups = calls.all("autoscaling", "describe_auto_scaling_groups", "AutoScalingGroups")
    here = ", ".join(sorted(need(g, "AutoScalingGroupName", "a group") for g in groups)) or "none"
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


def read_group(calls: Calls, described: Described) -> Group:
    """The group as a frozen value, with everything that can change its size.

    Raises:
        PlanError: what is described breaks a rule, or cannot be evaluated.
    """
    name = described["AutoScalingGroupName"]
    smallest, largest, desired = _sizes(described, f"group '{name}'")
    launching = read_launching(calls, described)
    pool, pooled = _warm_pool(calls, described)
    _note_what_is_left_out(calls, described)
    group = Group(
        name=name,
        min_size=smallest,
        max_size=largest,
        desired=desired,
        instance_type=launching.types[0],
        zones=_zones(calls, described),
        **_timing(described, f"group '{name}'"),
        health_check_type=described.get("HealthCheckType") or "EC2",
        detailed_monitoring=launching.detailed_monitoring,
        policies=read_policies(calls, described),
        schedules=read_schedules(calls, name),
        hooks=_hooks(calls, name),
        warm_pool=pool,
        suspended=frozenset(p.get("ProcessName") or "" for p in described.get("SuspendedProcesses") or []),
        other_types=launching.types[1:],
        spot=launching.spot,
        maintenance=_maintenance(described, f"group '{name}'"),
        termination_policies=tuple(described.get("TerminationPolicies") or ("Default",)),
        zone_strategy=one_of(
            described.get("AvailabilityZoneDistribution") or {}, "CapacityDistributionStrategy", f"group '{name}'",
            _STRATEGIES, "balanced-best-effort",
        ),
        protect_new=described.get("NewInstancesProtectedFromScaleIn", False),
        members=read_members(described, pooled),
        version=launching.version,
        subnet_addresses=_addresses(calls, described),
        behind_balancer=any(described.get(key) for key in ("TargetGroupARNs", "LoadBalancerNames", "TrafficSources")),
    )  # fmt: skip
    check_evaluable(group)
    return group


def subnet_ids(described: Described) -> list[str]:
    """The group's subnets, whose ids AWS joins by commas."""
    return [part.strip() for part in (described.get("VPCZoneIdentifier") or "").split(",") if part.strip()]


def _sizes(described: Described, what: str) -> tuple[int, int, int]:
    smallest, largest = whole(described, "MinSize", what), whole(described, "MaxSize", what)
    if smallest > largest:
        raise PlanError(f"{what}: MinSize {smallest} is above MaxSize {largest}; correct one of them")
    return smallest, largest, whole(described, "DesiredCapacity", what)


def _timing(described: Described, what: str) -> dict[str, Any]:
    warmup = described.get("DefaultInstanceWarmup")
    return {
        "default_cooldown_s": whole(described, "DefaultCooldown", what, 300),
        # -1 switches it off
        "default_warmup_s": None if warmup in (None, -1) else whole(described, "DefaultInstanceWarmup", what),
        "health_check_grace_s": whole(described, "HealthCheckGracePeriod", what, 0),
        "max_lifetime_s": whole(described, "MaxInstanceLifetime", what, 0),
    }


def _zones(calls: Calls, described: Described) -> tuple[str, ...]:
    found = described.get("AvailabilityZones") or [i.get("AvailabilityZone") for i in described.get("Instances") or []]
    zones = tuple(sorted({zone for zone in found if zone}))
    if not zones:
        calls.note("the group does not tell its zones: it is read as standing in one")
    return zones or (UNKNOWN_ZONE,)


def _addresses(calls: Calls, described: Described) -> tuple[tuple[str, int], ...]:
    """Free addresses of the group's subnets by zone, as far as they are told."""
    ids = subnet_ids(described)
    if not ids:
        return ()
    try:
        subnets = calls.all("ec2", "describe_subnets", "Subnets", SubnetIds=ids)
    except NotTold:
        # without them addresses never run out, which is how nearly every group is
        return ()
    free: dict[str, int] = {}
    for subnet in subnets:
        if subnet.get("AvailabilityZone") and subnet.get("AvailableIpAddressCount") is not None:
            zone = subnet["AvailabilityZone"]
            free[zone] = free.get(zone, 0) + subnet["AvailableIpAddressCount"]
    return tuple(sorted(free.items()))


def _maintenance(described: Described, what: str) -> MaintenancePolicy | None:
    """The instance maintenance policy; AWS writes -1 for both where there is none."""
    policy = described.get("InstanceMaintenancePolicy") or {}
    low, high = policy.get("MinHealthyPercentage", -1), policy.get("MaxHealthyPercentage", -1)
    if -1 in (low, high):
        return None
    if not (0 <= low <= 100 <= high <= 200):
        raise PlanError(f"{what}: its maintenance policy is {low} to {high} %; AWS has 0-100 % and 100-200 %")
    return MaintenancePolicy(low, high)


def _hooks(calls: Calls, name: str) -> tuple[LifecycleHook, ...]:
    found = calls.told(
        "the group is read without lifecycle hooks", "autoscaling", "describe_lifecycle_hooks", "LifecycleHooks",
        AutoScalingGroupName=name,
    )  # fmt: skip
    return tuple(sorted((_hook(described) for described in found), key=lambda h: h.name))


def _hook(described: Described) -> LifecycleHook:
    name = need(described, "LifecycleHookName", "a lifecycle hook")
    what = f"lifecycle hook '{name}'"
    return LifecycleHook(
        name,
        one_of(described, "LifecycleTransition", what, _TRANSITIONS),
        whole(described, "HeartbeatTimeout", what, 3600, least=1),
        one_of(described, "DefaultResult", what, {"ABANDON", "CONTINUE"}, "ABANDON"),
    )


def _warm_pool(calls: Calls, group: Described) -> tuple[WarmPool | None, Sequence[Described]]:
    """The warm pool and its instances; where its own answer is missing the group's description tells of it."""
    name = group["AutoScalingGroupName"]
    try:
        answer = calls.one("autoscaling", "describe_warm_pool", AutoScalingGroupName=name)
    except NotTold as gap:
        answer = group
        if not group.get("WarmPoolConfiguration"):
            calls.note(f"{gap.file} is not there: the group is read without a warm pool")
    pool = answer.get("WarmPoolConfiguration")
    if not pool:
        return None, ()
    what = f"warm pool of group '{name}'"
    prepared = pool.get("MaxGroupPreparedCapacity")
    found = WarmPool(
        state=one_of(pool, "PoolState", what, _POOL_STATES, "Stopped"),
        min_size=whole(pool, "MinSize", what, 0),
        # AWS writes -1 where the group's own maximum holds
        max_prepared=None if prepared in (None, -1) else whole(pool, "MaxGroupPreparedCapacity", what),
        reuse_on_scale_in=(pool.get("InstanceReusePolicy") or {}).get("ReuseOnScaleIn", False),
    )
    return found, () if answer is group else answer.get("Instances") or ()


def _note_what_is_left_out(calls: Calls, described: Described) -> None:
    """Say what the group has and no rule here plays."""
    left_out = {
        "LoadBalancerNames": "its Classic Load Balancers are not read",
        "CapacityRebalance": "Spot instances are not replaced before they are taken away (Capacity Rebalancing)",
        "Status": f"its status is '{described.get('Status')}'",
    }
    for key, words in left_out.items():
        if described.get(key):
            calls.note(f"group '{described['AutoScalingGroupName']}': {words}")
    unit = described.get("DesiredCapacityType")
    if unit and unit != "units":
        calls.note(f"capacity is counted in {unit}: it is read as a number of instances")
    for policy in described.get("TerminationPolicies") or []:
        if policy.startswith("arn:"):
            calls.note(f"termination policy '{policy}' is a function of its own, which is not asked")
    for source in described.get("TrafficSources") or []:
        if source.get("Type", "elbv2") != "elbv2":
            calls.note(f"traffic source '{source.get('Identifier')}' ({source['Type']}) is not read")
