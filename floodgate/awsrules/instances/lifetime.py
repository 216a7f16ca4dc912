"""The maximum instance lifetime: who is due for replacement, and how many at a time.

Source: "Replace Auto Scaling instances based on maximum instance lifetime",
https://docs.aws.amazon.com/autoscaling/ec2/userguide/asg-max-instance-lifetime.html.
"""

from __future__ import annotations

from collections.abc import Iterable

LEAST_S = 86_400
SHARE_PERCENT = 10


def valid(max_lifetime_s: int) -> bool:
    """Whether AWS takes the setting: 0 turns it off, else it is a day at least."""
    return max_lifetime_s == 0 or max_lifetime_s >= LEAST_S


def due(launched_s: Iterable[float], max_lifetime_s: int, now_s: float) -> int:
    """How many instances have reached the maximum lifetime."""
    return sum(now_s - at_s >= max_lifetime_s for at_s in launched_s) if max_lifetime_s else 0


def begins_s(launched_s: Iterable[float], max_lifetime_s: int, each_s: float) -> float | None:
    """When the first replacement begins so that all are done in time one by one; None without a lifetime.

    AWS spaces replacements out and does not promise to wait for the very end of a lifetime; how long before, it does
    not say, so the time that one replacement takes is an argument.
    """
    ends = sorted(at_s + max_lifetime_s for at_s in launched_s) if max_lifetime_s else []
    return min((end_s - (place + 1) * each_s for place, end_s in enumerate(ends)), default=None)


def at_once(launched_s: Iterable[float], max_lifetime_s: int, now_s: float, each_s: float, capacity: int) -> int:
    """How many instances are replaced now: one, or more where one by one would be too late, 10 percent at the most.

    Args:
        launched_s: when the unprotected instances in service were launched.
        max_lifetime_s: the group's maximum instance lifetime, 0 for none.
        now_s: now, on the same clock.
        each_s: what one replacement takes: boot, health check, warmup, pause.
        capacity: the group's current capacity.
    """
    begins = sorted(launched_s)
    first_s = begins_s(begins, max_lifetime_s, each_s)
    if first_s is None or now_s < first_s:
        return 0
    most = max(1, capacity * SHARE_PERCENT // 100)
    return min(most, max(1, due(begins, max_lifetime_s, now_s + each_s)))
