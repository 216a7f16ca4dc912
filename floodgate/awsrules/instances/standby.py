"""Standby: an instance leaves service without leaving its group.

Source: "Temporarily remove instances from your Auto Scaling group",
https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-enter-exit-standby.html.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Change:
    """What a change does: the desired capacity after it, instances launched to replace, surplus ones terminated."""

    desired: int
    launched: int = 0
    terminated: int = 0


def enter(desired: int, minimum: int, count: int, *, decrement: bool) -> Change:
    """Put `count` instances on standby: the desired capacity falls, or others are launched in their place.

    They are deregistered from the balancer and drained first, and their health is no longer checked.

    Raises:
        ValueError: the desired capacity would fall below the group's minimum.
    """
    if not decrement:
        return Change(desired, launched=count)
    if desired - count < minimum:
        raise ValueError(
            f"desired capacity {desired} less {count} is below the minimum of {minimum};"
            " lower the minimum, or do not decrement the desired capacity"
        )
    return Change(desired - count)


def leave(desired: int, maximum: int, count: int, active: int, *, decremented: bool) -> Change:
    """Put `count` instances back in service.

    Args:
        desired: desired capacity before.
        maximum: the group's maximum.
        count: instances that come back.
        active: instances in service or pending, without them.
        decremented: whether the desired capacity fell when they went; it then rises by them. Otherwise the group now
            has more than it wants, and its termination policy takes the surplus away.

    Raises:
        ValueError: the desired capacity would rise above the group's maximum.
    """
    wanted = desired + count if decremented else desired
    if decremented and wanted > maximum:
        raise ValueError(
            f"desired capacity {desired} and {count} are above the maximum of {maximum}; raise the maximum"
        )
    return Change(wanted, terminated=max(0, active + count - wanted))
