"""Target tracking policies: the two alarms, how much is added, how little is taken away.

Source of all rules here unless a function names another: "Target tracking scaling policies",
https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-target-tracking.html. AWS prints neither the
alarms' settings nor the formula; what stands here agrees with every example that it prints.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Literal

from floodgate.awsrules.model import AlarmState, MetricMath, Signal, TargetTracking
from floodgate.awsrules.scaling.capacity import Wish, largest
from floodgate.awsrules.scaling.target_tracking_alarms import (
    HIGH_PERIODS,
    LOW_PERIODS,
    PREDEFINED,
    alarms,
    metric_of,
    metrics_of,
)

__all__ = [
    "HIGH_PERIODS",
    "LOW_PERIODS",
    "PREDEFINED",
    "Sizes",
    "Vote",
    "alarms",
    "base",
    "combine",
    "metric_of",
    "metrics_of",
    "proportional",
    "scale_in",
    "scale_out",
    "vote",
]

# capacity times metric over target may miss a whole number by the last bits of a float
EPSILON = 1e-9

Base = Literal["warm", "in service"]
# what divides by every instance in service, also by those that warm up
COUNT_ALL = frozenset(
    {"RequestCountPerTarget", "GroupInServiceInstances", "GroupInServiceCapacity", "HealthyHostCount"}
)


@dataclass(frozen=True, slots=True)
class Sizes:
    """What a policy sees of its group, in instances, or in units where the group has weights.

    `warm` are in service and past their warmup, `in_service` all that are, `terminating` still count on scale in.
    """

    desired: int
    warm: int
    in_service: int
    terminating: int = 0


def base(signal: Signal, sizes: Sizes, ec2_base: Base = "warm") -> int:
    """How much capacity a metric is an average of, and so what a scale out multiplies.

    While instances warm up, AWS adds more only if those that do not exceed the target, so they are the base. Requests
    per target divide by healthy targets, and math over the size of the group by what is in service, whether it warms up
    or not; so do those. AWS prints the first sentence and not the base, which therefore is an argument.
    """
    metrics = signal.metrics if isinstance(signal, MetricMath) else (signal,)
    counts_all = any(metric.name in COUNT_ALL for metric in metrics)
    return sizes.in_service if counts_all or ec2_base == "in service" else sizes.warm


def proportional(capacity: int, metric: float, target: float) -> int:
    """The capacity that brings an average metric to the target, rounded up: ``ceil(capacity * metric / target)``.

    Source of the worked example: "Scaling policy based on Amazon SQS",
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-using-sqs-queue.html
    """
    return ceil(capacity * metric / target - EPSILON)


def scale_out(capacity: int, metric: float, target: float, desired: int) -> int:
    """The desired capacity after a breach of the high alarm.

    `capacity` is the number of instances that the metric is an average of. Instances still warming up are part of
    `desired`, so breaches that need no more than what is coming change nothing.
    """
    return max(desired, proportional(capacity, metric, target))


def scale_in(capacity: int, metric: float, target: float, largest_share: float) -> int:
    """The desired capacity after a breach of the low alarm, never so low that the metric would pass the target.

    AWS takes away gradually and does not say how: `largest_share` is the most that goes at once. Less than half of
    an instance too many is no instance too many.
    """
    gradual = capacity - max(1, int(capacity * largest_share))
    return min(capacity, max(gradual, proportional(capacity, metric, target)))


@dataclass(frozen=True, slots=True)
class Vote:
    """What one policy says at an evaluation: more, less, nothing, or that it has no data."""

    says: Literal["out", "in", "hold", "no data"]
    wish: Wish
    may_scale_in: bool = True


def vote(
    policy: TargetTracking,
    states: tuple[AlarmState, AlarmState],
    metric: float | None,
    sizes: Sizes,
    *,
    capacity_base: int,
    scale_in_share: float,
    reason: str = "",
) -> Vote:
    """What a policy says with its high and low alarm in `states`.

    Without data it says nothing, in neither direction. A policy that may not scale in never does.

    Args:
        policy: the policy.
        states: of the high and the low alarm.
        metric: the newest datapoint, None where there is none.
        sizes: the group.
        capacity_base: what a scale out multiplies, see `base`.
        scale_in_share: the most of the group that goes at once.
        reason: why, in words.
    """
    high, low = states
    may_scale_in = not policy.disable_scale_in
    stay = Wish(policy.name, sizes.desired, reason)
    if metric is None or "INSUFFICIENT_DATA" in states:
        return Vote("no data", stay, may_scale_in)
    if high == "ALARM":
        wanted = scale_out(capacity_base, metric, policy.target, sizes.desired)
        return Vote("out" if wanted > sizes.desired else "hold", Wish(policy.name, wanted, reason), may_scale_in)
    if low == "ALARM" and may_scale_in:
        current = sizes.in_service + sizes.terminating
        wanted = min(sizes.desired, scale_in(current, metric, policy.target, scale_in_share))
        return Vote("in" if wanted < sizes.desired else "hold", Wish(policy.name, wanted, reason))
    return Vote("hold", stay, may_scale_in)


def combine(votes: Sequence[Vote]) -> Wish | None:
    """What all target tracking policies of a group want together.

    Scale out if any is ready; scale in only if all that may scale in are ready; a policy that has no data blocks
    scale in. The largest capacity wins.
    """
    out = [vote.wish for vote in votes if vote.says == "out"]
    if out:
        return largest(out)
    voters = [vote for vote in votes if vote.may_scale_in]
    if any(vote.says != "in" for vote in voters):
        return None
    return largest(vote.wish for vote in voters)
