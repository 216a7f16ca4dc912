"""Scale-in protection: from what it spares an instance, and what then becomes of the desired capacity.

Source: "Use instance scale-in protection",
https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-instance-protection.html.
"""

from __future__ import annotations

from typing import Literal

from floodgate.awsrules.instances.lifecycle import may_follow

Reason = Literal[
    "scale in", "rebalancing", "maximum lifetime", "instance refresh", "health check", "manual termination",
    "spot interruption",
]  # fmt: skip

SPARES = frozenset({"scale in", "rebalancing", "maximum lifetime", "instance refresh"})


def spares(reason: Reason, *, protected: bool, state: str = "InService") -> bool:
    """Whether protection keeps an instance from being terminated for a reason.

    It begins when the instance comes into service. It spares nobody from failed health checks, from a termination by
    hand, or from the end of Spot capacity.

    Raises:
        KeyError: AWS has no such state.
    """
    return protected and reason in SPARES and state == "InService" and may_follow(state, "Terminating")


def inherited(*, group_protects_new: bool) -> bool:
    """The protection of a new instance, of one that leaves the warm pool, and of one attached again: the group's."""
    return group_protects_new


def after_scale_in(desired: int, remove: int, terminable: int) -> tuple[int, int]:
    """The desired capacity after a scale in, and how many instances are really terminated.

    The desired capacity falls although protected instances stay; the group is then larger than it should be, until
    their protection ends.
    """
    return desired - remove, min(remove, terminable)
