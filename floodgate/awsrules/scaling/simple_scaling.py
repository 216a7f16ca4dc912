"""Simple scaling: one adjustment, then a pause.

Sources: "Scaling cooldowns", https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-scaling-cooldowns.html;
"Simple scaling policies", https://docs.aws.amazon.com/autoscaling/ec2/userguide/simple-scaling-policies.html.
"""

from __future__ import annotations

from floodgate.awsrules.model import Group, SimpleScaling
from floodgate.awsrules.scaling import cooldowns
from floodgate.awsrules.scaling.step_scaling import change


def cooldown_s(policy: SimpleScaling, group: Group) -> int:
    """The pause after an activity of this policy: its own, else the group's default."""
    return cooldowns.length_s(policy, group)


def may_act(*, now_s: float, activity_in_progress: bool, cooldown_ends_s: float) -> bool:
    """Whether a simple policy answers an alarm now.

    It waits for the running activity, and then for the cooldown, which starts when the last instance has finished
    launching or terminating.
    """
    return not activity_in_progress and now_s >= cooldown_ends_s


def propose(policy: SimpleScaling, desired: int) -> int:
    """The capacity that the policy asks for."""
    return desired + change(policy.adjustment_type, policy.adjustment, desired, policy.min_adjustment_magnitude)
