"""The bounds of a group's capacity, and which of several wishes wins.

Sources: "Set scaling limits", https://docs.aws.amazon.com/autoscaling/ec2/userguide/asg-capacity-limits.html; "Dynamic
scaling", https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scale-based-on-demand.html.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from floodgate.awsrules.instances.zones import limit as rebalancing_limit

__all__ = ["Bounds", "Wish", "clamp", "largest", "rebalancing_limit", "rebound"]


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a group may be and shall be: minimum, maximum and desired capacity."""

    minimum: int
    maximum: int
    desired: int


@dataclass(frozen=True, slots=True)
class Wish:
    """The capacity one policy asks for, and why in words that a person understands."""

    policy: str
    capacity: int
    reason: str


def clamp(wanted: int, minimum: int, maximum: int) -> int:
    """`wanted` within the group's limits; policies never leave them.

    Source: "Dynamic scaling", https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scale-based-on-demand.html
    """
    return max(minimum, min(wanted, maximum))


def largest(wishes: Iterable[Wish]) -> Wish | None:
    """The wish that wins where several policies act at once: the largest capacity, for scale out and for scale in.

    Equal wishes are settled by name, so that the order of policies does not matter.
    Source: "Multiple dynamic scaling policies",
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scale-based-on-demand.html
    """
    return min(wishes, key=lambda wish: (-wish.capacity, wish.policy), default=None)


def rebound(bounds: Bounds, minimum: int | None, maximum: int | None, desired: int | None) -> Bounds:
    """`bounds` after an update or a scheduled action that sets any of the three.

    A minimum above the desired capacity raises it, a maximum below lowers it, and a given desired capacity is
    bound by both. Where one limit alone is set beyond the other, which AWS refuses when it is asked at once and
    leaves open for a schedule, the other gives way.
    Source: "UpdateAutoScalingGroup",
    https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_UpdateAutoScalingGroup.html and
    "Set scaling limits", https://docs.aws.amazon.com/autoscaling/ec2/userguide/asg-capacity-limits.html
    """
    high = maximum if maximum is not None else max(bounds.maximum, minimum or 0)
    low = minimum if minimum is not None else min(bounds.minimum, high)
    return Bounds(low, high, clamp(bounds.desired if desired is None else desired, low, high))
