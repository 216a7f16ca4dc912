"""The states of an instance in its group, which may follow which, and what an instance counts for in each.

Sources: "Amazon EC2 Auto Scaling instance lifecycle",
https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-lifecycle.html; "Use lifecycle hooks with a
warm pool", https://docs.aws.amazon.com/autoscaling/ec2/userguide/warm-pool-instance-lifecycle.html.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

WAITING = frozenset({"Pending:Wait", "Terminating:Wait", "Warmed:Pending:Wait", "Warmed:Terminating:Wait"})
POOLED = frozenset({"Warmed:Stopped", "Warmed:Running", "Warmed:Hibernated"})
STANDBY = frozenset({"EnteringStandby", "Standby"})

_TO_POOL = ("Warmed:Pending", "Warmed:Pending:Wait", "Warmed:Pending:Proceed")
_LEAVING = ("Terminating", "Terminating:Wait", "Terminating:Proceed")
_POOL_LEAVING = ("Warmed:Terminating", "Warmed:Terminating:Wait", "Warmed:Terminating:Proceed", "Warmed:Terminated")

TRANSITIONS: dict[str, frozenset[str]] = {
    "Pending": frozenset({"Pending:Wait", "InService", "Terminating"}),
    "Pending:Wait": frozenset({"Pending:Proceed", "Terminating"}),
    "Pending:Proceed": frozenset({"InService", "Terminating"}),
    "InService": frozenset({"Terminating", "EnteringStandby", "Detaching", "Warmed:Pending"}),
    "EnteringStandby": frozenset({"Standby", "Terminating"}),
    # out of standby an instance is pending again, without hooks
    "Standby": frozenset({"Pending", "Detaching", "Terminating"}),
    "Detaching": frozenset({"Detached"}),
    "Detached": frozenset(),
    "Terminating": frozenset({"Terminating:Wait", "Terminated"}),
    "Terminating:Wait": frozenset({"Terminating:Proceed"}),
    "Terminating:Proceed": frozenset({"Terminated"}),
    "Terminated": frozenset(),
    "Warmed:Pending": frozenset({"Warmed:Pending:Wait", "Warmed:Terminating", *POOLED}),
    "Warmed:Pending:Wait": frozenset({"Warmed:Pending:Proceed", "Warmed:Terminating"}),
    "Warmed:Pending:Proceed": frozenset({"Warmed:Terminating", *POOLED}),
    **dict.fromkeys(sorted(POOLED), frozenset({"Pending", "Warmed:Terminating"})),
    "Warmed:Terminating": frozenset({"Warmed:Terminating:Wait", "Warmed:Terminated"}),
    "Warmed:Terminating:Wait": frozenset({"Warmed:Terminating:Proceed"}),
    "Warmed:Terminating:Proceed": frozenset({"Warmed:Terminated"}),
    "Warmed:Terminated": frozenset(),
}
"""Which states may follow a state; an empty set ends the instance's life in the group."""


def may_follow(state: str, following: str) -> bool:
    """Whether an instance may go from one state to another.

    Raises:
        KeyError: AWS has no such state.
    """
    return following in TRANSITIONS[state]


def after_launch(pool_state: str | None, *, hooked: bool) -> tuple[str, ...]:
    """The states of a new instance, from its launch until it serves or lies in the pool.

    Args:
        pool_state: ``Stopped``, ``Running`` or ``Hibernated`` for an instance of the warm pool, None for the group.
        hooked: whether the group has a launch hook.
    """
    prefix, end = ("Warmed:", f"Warmed:{pool_state}") if pool_state else ("", "InService")
    waits = (f"{prefix}Pending:Wait", f"{prefix}Pending:Proceed") if hooked else ()
    return (f"{prefix}Pending", *waits, end)


def after_termination(*, hooked: bool, pooled: bool = False) -> tuple[str, ...]:
    """The states of an instance that is terminated, in the group or out of its warm pool."""
    states = _POOL_LEAVING if pooled else (*_LEAVING, "Terminated")
    return states if hooked else (states[0], states[-1])


def counts_as_capacity(state: str) -> bool:
    """Whether the instance fills the group's desired capacity: pending and in service, not pool, not standby.

    Instances on standby have left the desired capacity or been replaced.
    """
    return state in {"Pending", "Pending:Wait", "Pending:Proceed", "InService"}


def counts_while_scaling_in(state: str) -> bool:
    """Whether a scaling policy counts the instance as current capacity: terminating ones still do.

    Source: "Step and simple scaling policies for Amazon EC2 Auto Scaling",
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-simple-step.html
    """
    return state == "InService" or state in _LEAVING


def counts_in_group_metrics(state: str, in_service_for_s: float, warmup_s: float = 0) -> bool:
    """Whether the instance is part of the group's aggregated EC2 metrics, such as CPUUtilization.

    A launch hook has to end first, then the warmup. What terminates stops counting shortly after its termination
    begins; here it stops at once. Instances of the warm pool never count.

    Source: "Amazon EC2 Auto Scaling lifecycle hooks",
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/lifecycle-hooks.html
    """
    return state == "InService" and in_service_for_s >= warmup_s


def is_target(state: str) -> bool:
    """Whether the balancer sends requests: instances are registered before they are in service, and leave before hooks.

    An instance that is registered, or being drained, is not counted.
    """
    return state == "InService"


def is_running(state: str) -> bool:
    """Whether EC2 runs the instance, so that it counts against the quota of running On-Demand vCPUs.

    Stopped and hibernated instances of a warm pool do not, terminated and detached ones are not the group's.
    """
    return state not in {"Warmed:Stopped", "Warmed:Hibernated", "Terminated", "Warmed:Terminated", "Detached"}


def group_metrics(states: Iterable[str]) -> dict[str, int]:
    """The group's own metrics by the names that CloudWatch gives them.

    Pending and terminating instances are not in service; the warm pool's are counted apart, and those that are on
    their way into the group as pending.

    Source: "Amazon CloudWatch metrics for Amazon EC2 Auto Scaling",
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-metrics.html
    """
    counted = Counter(_metric(state) for state in states)
    group = {f"Group{name}Instances": counted[name] for name in ("InService", "Pending", "Standby", "Terminating")}
    pool = {
        "WarmPoolPendingCapacity": counted["pool pending"],
        "WarmPoolWarmedCapacity": counted["pool warmed"],
        "WarmPoolTerminatingCapacity": counted["pool terminating"],
    }
    totals = {"GroupTotalInstances": sum(group.values()), "WarmPoolTotalCapacity": sum(pool.values())}
    return group | pool | totals


def _metric(state: str) -> str:
    if state in STANDBY:
        return "Standby"
    if state in POOLED:
        return "pool warmed"
    for part, name in (("Warmed:Pending", "pool pending"), ("Warmed:Terminating", "pool terminating")):
        if state.startswith(part):
            return name
    return state.partition(":")[0]
