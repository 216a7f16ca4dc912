"""Instance warmup: how long a new instance does not count yet.

Source: "Set the default instance warmup",
https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-default-instance-warmup.html.
"""

from __future__ import annotations

from collections.abc import Iterable

from floodgate.awsrules.model import Group, StepScaling, TargetTracking


def warmup_s(policy: TargetTracking | StepScaling | None, group: Group) -> int:
    """Seconds from InService: the policy's own, else the group's default warmup, else its default cooldown.

    A default warmup of -1 means that it is turned off.
    """
    if policy is not None and policy.warmup_s is not None:
        return policy.warmup_s
    if group.default_warmup_s is not None and group.default_warmup_s >= 0:
        return group.default_warmup_s
    return group.default_cooldown_s


def group_warmup_s(group: Group) -> int:
    """The warmup that blocks scale in for the whole group: the longest of its policies'."""
    warming = [p for p in group.policies if isinstance(p, (TargetTracking, StepScaling))]
    return max((warmup_s(policy, group) for policy in warming), default=warmup_s(None, group))


def is_warming(in_service_s: float, now_s: float, length_s: float) -> bool:
    """Whether an instance that came into service at `in_service_s` still warms up; at the end of it it counts."""
    return now_s - in_service_s < length_s


def warm(in_service_s: Iterable[float], now_s: float, length_s: float) -> int:
    """How many of the instances in service are past their warmup."""
    return sum(not is_warming(began, now_s, length_s) for began in in_service_s)


def scale_in_blocked(*, launching: int, warming: int) -> bool:
    """Whether policies may take nothing away: while a scale out is in progress, until its instances are warm.

    Source: "Target tracking scaling policies",
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-target-tracking.html
    """
    return launching > 0 or warming > 0
