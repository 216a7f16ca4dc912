"""Instance warmup: how long a new instance does not count yet.

Source: "Set the default instance warmup",
https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-default-instance-warmup.html.
"""

from __future__ import annotations

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
