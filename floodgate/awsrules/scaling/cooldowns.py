"""Cooldowns of a group: how long, from when, and who waits for them.

Source of all rules here: "Scaling cooldowns for Amazon EC2 Auto Scaling",
https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-scaling-cooldowns.html.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from floodgate.awsrules.model import Group, SimpleScaling

DrainingReading = Literal["draining begins", "draining ends"]
"""From when the cooldown of a scale in behind a balancer runs: the page says both, so it is an argument."""

Actor = Literal[
    "simple", "step", "target tracking", "predictive", "scheduled", "health", "manual", "manual, honouring"
]  # fmt: skip


def length_s(policy: SimpleScaling | None, group: Group) -> int:
    """The pause after an activity: the simple policy's own, else the group's default (300 s)."""
    if policy is None or policy.cooldown_s is None:
        return group.default_cooldown_s
    return policy.cooldown_s


def after_launch_s(in_service_s: Iterable[float]) -> float:
    """From when it runs after a scale out: the last instance is in service, its launch hook ended."""
    return max(in_service_s)


def after_termination_s(
    deregistered_s: Iterable[float],
    terminated_s: Iterable[float],
    *,
    behind_balancer: bool,
    reading: DrainingReading = "draining begins",
) -> float:
    """From when it runs after a scale in: the last instance is terminated, or leaves the balancer.

    Args:
        deregistered_s: when each instance began to drain.
        terminated_s: when each had drained and terminated.
        behind_balancer: whether the group has a balancer.
        reading: which of two statements of the page holds: the cooldown waits for neither draining nor hook, or it
            begins when draining has ended.
    """
    early = behind_balancer and reading == "draining begins"
    return max(deregistered_s if early else terminated_s)


def binds(actor: Actor, *, scale_in: bool) -> bool:
    """Whether a running cooldown makes somebody wait.

    Simple policies wait always, step and target tracking policies only where they scale in. Schedules, health
    replacements and changes by hand do not wait, unless a hand asks for it (``--honor-cooldown``).
    """
    if actor in ("step", "target tracking"):
        return scale_in
    return actor in ("simple", "manual, honouring")


def waits(actor: Actor, *, scale_in: bool, now_s: float, ends_s: float) -> bool:
    """Whether somebody waits now for a cooldown that ends at `ends_s`."""
    return now_s < ends_s and binds(actor, scale_in=scale_in)
