"""A warm pool: how many instances it holds, who leaves it first, and what scale in gives back to it.

Sources: "Warm pools for Auto Scaling groups",
https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-warm-pools.html; "PutWarmPool",
https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_PutWarmPool.html; "Amazon CloudWatch metrics for Amazon EC2
Auto Scaling", https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-metrics.html.
"""

from __future__ import annotations

from dataclasses import dataclass

from floodgate.awsrules.instances import maintenance
from floodgate.awsrules.model import Group, MaintenancePolicy, WarmPool


@dataclass(frozen=True, slots=True)
class Refill:
    """What a pool does to reach its size: launches into it, or terminates from it."""

    launch: int
    terminate: int


@dataclass(frozen=True, slots=True)
class ScaleOut:
    """Where a scale out takes its instances from: the pool (warm start) or new ones straight into the group (cold)."""

    warm: int
    cold: int


@dataclass(frozen=True, slots=True)
class ScaleIn:
    """What becomes of the instances that leave the group: back into the pool, or terminated."""

    reused: int
    terminated: int


def size(pool: WarmPool, maximum: int, desired: int) -> int:
    """The pool's own desired capacity: what is prepared beyond the group's desired capacity, at least its minimum.

    The minimum size is a floor also where the group has already outgrown what is prepared. A `max_prepared` of -1
    means that it is cleared, as None does.
    """
    prepared = maximum if pool.max_prepared in (None, -1) else pool.max_prepared
    assert prepared is not None
    return max(pool.min_size, prepared - desired)


def possible(group: Group) -> bool:
    """Whether a group may have a warm pool: not with Spot instances, not with instance weights."""
    return not group.spot and not group.weighted


def resting_state(pool: WarmPool, *, hibernation: bool = True) -> str:
    """The lifecycle state that prepared instances rest in; what cannot hibernate is stopped instead."""
    state = "Stopped" if pool.state == "Hibernated" and not hibernation else pool.state
    return f"Warmed:{state}"


def scale_out(wanted: int, warmed: int) -> ScaleOut:
    """The pool is used first; what it cannot give is launched straight into the group, a cold start.

    Args:
        wanted: instances that the group misses.
        warmed: prepared instances that can be started; none of a zone that is out of capacity.
    """
    warm = max(0, min(wanted, warmed))
    return ScaleOut(warm, max(0, wanted) - warm)


def scale_in(leaving: int, pool: WarmPool | None) -> ScaleIn:
    """What leaves the group is terminated and the pool refilled with new ones, unless the pool reuses it.

    A reused instance returns through ``Warmed:Pending``, waits for the termination hook at ``Warmed:Pending:Wait``
    and may then be surplus: the pool falls to its size with the default termination policy.
    """
    reused = leaving if pool is not None and pool.reuse_on_scale_in else 0
    return ScaleIn(reused, leaving - reused)


def refill(wanted: int, warmed: int, preparing: int = 0) -> Refill:
    """What brings a pool to its size: new instances, or the end of surplus ones; what is prepared already counts."""
    missing = wanted - warmed - preparing
    return Refill(max(0, missing), min(max(0, -missing), warmed))


def bounds(pool_size: int, policy: MaintenancePolicy) -> tuple[int, int]:
    """The least and most instances of a pool while an instance refresh replaces it, after the group's own.

    Source: "Instance maintenance policy for Auto Scaling group",
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/instance-maintenance-policy-overview-and-considerations.html
    """
    return maintenance.bounds(pool_size, policy)
