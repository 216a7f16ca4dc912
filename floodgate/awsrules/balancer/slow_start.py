"""Slow start: the growing share of requests that a new target gets.

Source: "Edit target group attributes for your Application Load Balancer", slow start mode,
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html.
"""

from __future__ import annotations

from collections.abc import Iterable

SHORTEST_S = 30
LONGEST_S = 900


def slow_start_share(age_s: float, slow_start_s: float) -> float:
    """The share of a full target's requests that a target of this age gets: linear from 0 to 1, 0 s is off."""
    return 1.0 if slow_start_s <= 0 else min(1.0, max(0.0, age_s / slow_start_s))


def valid(slow_start_s: int, algorithm: str = "round_robin") -> bool:
    """Whether AWS takes the setting: 0 for none, or 30 to 900 s, and then with round robin only."""
    return slow_start_s == 0 or (SHORTEST_S <= slow_start_s <= LONGEST_S and algorithm == "round_robin")


def begins(slow_start_s: float, others: int) -> bool:
    """Whether a target that turns healthy starts slowly.

    Args:
        slow_start_s: the target group's setting, 0 for none.
        others: healthy targets that are not in slow start themselves; without one there is nobody to spare the new.
    """
    return slow_start_s > 0 and others > 0


def ends_s(healthy_s: float, slow_start_s: float, leaves_s: float | None = None) -> float:
    """When a target leaves slow start: after the duration, or when it turns unhealthy or is deregistered before.

    Such a target starts slowly anew when it is healthy again.
    """
    over_s = healthy_s + slow_start_s
    return over_s if leaves_s is None else min(over_s, leaves_s)


def effective(ages_s: Iterable[float], full: int, slow_start_s: float) -> float:
    """How many full targets the healthy ones are worth: `full` of them, and by their share those in slow start."""
    return full + sum(slow_start_share(age_s, slow_start_s) for age_s in ages_s)


def shares(ages_s: Iterable[float], full: int, slow_start_s: float) -> tuple[float, tuple[float, ...]]:
    """Of all requests, what each full target gets, and what each target in slow start gets, in their order."""
    slow = tuple(slow_start_share(age_s, slow_start_s) for age_s in ages_s)
    whole = full + sum(slow)
    if whole == 0:
        return 0.0, tuple(1.0 / len(slow) for _ in slow)
    return (1.0 / whole if full else 0.0), tuple(share / whole for share in slow)
