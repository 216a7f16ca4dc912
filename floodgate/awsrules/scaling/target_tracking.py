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

from floodgate.awsrules.model import Alarm, Metric, Signal, TargetTracking
from floodgate.awsrules.scaling.capacity import Wish, largest

HIGH_PERIODS = 3
LOW_PERIODS = 15
# capacity times metric over target may miss a whole number by the last bits of a float
EPSILON = 1e-9

PREDEFINED = {
    "ASGAverageCPUUtilization": ("AWS/EC2", "CPUUtilization", "Average"),
    "ASGAverageNetworkIn": ("AWS/EC2", "NetworkIn", "Average"),
    "ASGAverageNetworkOut": ("AWS/EC2", "NetworkOut", "Average"),
    "ALBRequestCountPerTarget": ("AWS/ApplicationELB", "RequestCountPerTarget", "Sum"),
}


def metric_of(policy: TargetTracking, group: str) -> Signal:
    """The metric that a policy follows; predefined ones are those of the group."""
    if policy.metric is not None:
        return policy.metric
    assert policy.predefined is not None, f"policy {policy.name} has no metric"
    namespace, name, statistic = PREDEFINED[policy.predefined]
    dimensions = () if policy.predefined.startswith("ALB") else (("AutoScalingGroupName", group),)
    return Metric(namespace, name, dimensions, statistic)


def alarms(policy: TargetTracking, group: str, low_ratio: float, period_s: int = 60) -> tuple[Alarm, Alarm]:
    """The high and the low alarm that Auto Scaling makes for a policy.

    Three minutes above the target, fifteen below `low_ratio` times the target. Observed on groups of EC2, and AWS
    says that it may retune them; the ratio has been seen as 0.7 and 0.9.
    """
    metric = metric_of(policy, group)

    def alarm(kind: str, comparison: str, threshold: float, periods: int) -> Alarm:
        name = f"TargetTracking-{group}-Alarm{kind}-{policy.name}"
        return Alarm(name, metric, comparison, threshold, period_s, periods, periods, actions=(policy.arn,))

    return (
        alarm("High", "GreaterThanThreshold", policy.target, HIGH_PERIODS),
        alarm("Low", "LessThanThreshold", policy.target * low_ratio, LOW_PERIODS),
    )


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
