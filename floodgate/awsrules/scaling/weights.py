"""Instance weights: a group's capacity counted in units.

Source of all rules here: "Configure an Auto Scaling group to use instance weights",
https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-mixed-instances-groups-instance-weighting.html.
Policies reckon in units as they do in instances: what they add or remove, and every limit, is in units.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

LEAST, MOST = 1, 999


def check(weight: int) -> int:
    """The weight itself.

    Raises:
        ValueError: AWS has no such weight.
    """
    if not LEAST <= weight <= MOST:
        raise ValueError(f"weight {weight}: a weight is from {LEAST} to {MOST}; choose a coarser unit")
    return weight


def units(weights: Iterable[int]) -> int:
    """The capacity of instances in units."""
    return sum(weights)


def launches(desired: int, current: int, weight: int) -> int:
    """How many instances of a weight are launched: until the desired capacity is reached, even beyond it."""
    return -(-max(0, desired - current) // check(weight))


def overage(desired: int, current: int, weight: int) -> int:
    """By how many units that goes beyond what was desired."""
    return max(0, current + launches(desired, current, weight) * weight - desired) if current < desired else 0


def terminations(desired: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Which of the instances (places in `weights`, in the order of the termination policy) go.

    The capacity stays at the desired capacity or above it, so an instance that would leave too few is passed over.
    """
    left, gone = units(weights), []
    for place, weight in enumerate(weights):
        if left - weight >= desired:
            left -= weight
            gone.append(place)
    return tuple(gone)


def most(maximum: int, largest_weight: int) -> int:
    """The most units a group holds: never beyond its maximum by more than its largest weight.

    Source: "UpdateAutoScalingGroup", MaxSize,
    https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_UpdateAutoScalingGroup.html
    """
    return maximum + check(largest_weight)
