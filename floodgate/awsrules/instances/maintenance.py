"""The instance maintenance policy: between which bounds a group stays while its instances are replaced.

Sources: "Instance maintenance policy for Auto Scaling group",
https://docs.aws.amazon.com/autoscaling/ec2/userguide/instance-maintenance-policy-overview-and-considerations.html;
"InstanceMaintenancePolicy", https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_InstanceMaintenancePolicy.html.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from floodgate.awsrules.model import MaintenancePolicy

Event = Literal["health check", "instance refresh", "maximum lifetime", "rebalancing"]
Order = Literal["terminate and launch", "launch first"]


@dataclass(frozen=True, slots=True)
class Replacement:
    """What is done now: how many instances are launched and how many are terminated."""

    launch: int
    terminate: int


def bounds(desired: int, policy: MaintenancePolicy) -> tuple[int, int]:
    """The least capacity that stays and the most that there may be: the lower is rounded up, the upper down.

    That the least healthy capacity is rounded up is said in "RefreshPreferences",
    https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_RefreshPreferences.html; for the upper bound AWS says
    nothing. Where nothing is left to move between them, one instance is replaced at a time: launched first where the
    policy asks for 100 percent or allows more, terminated first where it does neither.
    """
    lower = -(-desired * policy.min_healthy_percent // 100)
    upper = desired * policy.max_healthy_percent // 100
    if lower < upper or not desired:
        return lower, upper
    first = policy.min_healthy_percent >= 100 or policy.max_healthy_percent > 100
    return (lower, lower + 1) if first else (upper - 1, upper)


def order(event: Event, policy: MaintenancePolicy | None = None) -> Order:
    """Which comes first when an instance is replaced.

    Without a policy only rebalancing launches first. With one, a lower bound of 100 percent launches first for every
    event; below it instances may be terminated before their replacements are ready.
    """
    if policy is None:
        return "launch first" if event == "rebalancing" else "terminate and launch"
    return "launch first" if policy.min_healthy_percent >= 100 else "terminate and launch"


def replace(outgoing: int, ready: int, pending: int, desired: int, policy: MaintenancePolicy) -> Replacement:
    """What replacing `outgoing` instances does now within a policy's bounds.

    Args:
        outgoing: instances in service that are to go.
        ready: instances in service that stay, past their warmup.
        pending: instances that stay and are not ready yet.
        desired: the group's desired capacity.
        policy: the bounds.
    """
    lower, upper = bounds(desired, policy)
    terminate = max(0, min(outgoing, ready + outgoing - lower))
    room = upper - (ready + pending + outgoing - terminate)
    return Replacement(max(0, min(desired - ready - pending, room)), terminate)
