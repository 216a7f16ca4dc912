"""The instances that a group begins with: those that were read, else its desired capacity in service."""

from __future__ import annotations

from itertools import cycle

from floodgate.awsrules.instances import warm_pool
from floodgate.awsrules.instances.lifecycle import POOLED, STANDBY
from floodgate.awsrules.model import InstanceType, Member
from floodgate.fleet.context import Context
from floodgate.fleet.instance import Instance, Place

# launched so long ago that warmup, grace and slow start are over
LONG_AGO_S = -7 * 86_400.0


def begin(context: Context) -> tuple[list[Instance], list[Instance]]:
    """Put the instances of the beginning into the roster.

    Those on their way into service or into the pool have just been launched, since nothing tells for how long they
    have been on it.

    Returns:
        Those that are on their way, and those that were read as unhealthy.
    """
    group = context.group
    if group.members:
        there = [_member(context, member) for member in group.members if _place(member) is not None]
        coming = [one for one in there if one.place in ("launching", "preparing")]
        return coming, [one for one in there if not one.healthy]
    zones = cycle(group.zones or ("",))
    weight = group.instance_type.weight
    for _ in range(-(-group.desired // weight)):
        _old(context, next(zones), "in service", "InService")
    if group.warm_pool is not None and warm_pool.possible(group):
        resting = warm_pool.resting_state(group.warm_pool)
        for _ in range(warm_pool.size(group.warm_pool, group.max_size, group.desired)):
            _old(context, next(zones), "pool", resting)
    return [], []


def _old(context: Context, zone: str, place: Place, state: str) -> None:
    group, roster = context.group, context.roster
    roster.launched += 1
    protected = group.protect_new and place == "in service"
    roster.join(
        Instance(
            f"i-{roster.launched:06d}", zone, group.instance_type, group.version, 0.0, place, state,
            protected=protected, in_service_s=LONG_AGO_S,
        )
    )  # fmt: skip


def _place(member: Member) -> Place | None:
    """Where a member stands; None for one that is leaving, of which nothing is to be expected."""
    state = member.state
    if state == "InService":
        return "in service"
    if state in STANDBY:
        return "standby"
    if state in POOLED:
        return "pool"
    if state.startswith("Warmed:Pending"):
        return "preparing"
    return "launching" if state.startswith("Pending") else None


def _member(context: Context, member: Member) -> Instance:
    launched_s = 0.0 if member.launched is None else (member.launched - context.start).total_seconds()
    place = _place(member)
    assert place is not None, member.state
    context.roster.launched += 1
    return context.roster.join(
        Instance(
            member.id,
            member.zone,
            _kind(context, member.instance_type),
            member.version or context.group.version,
            launched_s,
            place,
            member.state,
            protected=member.protected,
            healthy=member.healthy,
            in_service_s=LONG_AGO_S,
        )
    )


def _kind(context: Context, name: str) -> InstanceType:
    group = context.group
    return next((kind for kind in (group.instance_type, *group.other_types) if kind.name == name), group.instance_type)
