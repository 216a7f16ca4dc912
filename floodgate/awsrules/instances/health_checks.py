"""Which instance is unhealthy for its group, from when on, and whether it is acted on at once.

Sources: "Health checks for instances in an Auto Scaling group",
https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-health-checks.html; "Set the health check grace
period", https://docs.aws.amazon.com/autoscaling/ec2/userguide/health-check-grace-period.html.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from floodgate.awsrules.instances.lifecycle import POOLED, STANDBY

API_GRACE_S = 0
CONSOLE_GRACE_S = 300

StatusCheck = Literal["ok", "impaired", "insufficient-data", "initializing", "not-applicable"]
Cause = Literal["ec2 state", "status check", "balancer", "volume", "custom", "scheduled event"]
BALANCER_TYPES = frozenset({"ELB", "VPC_LATTICE"})


@dataclass(frozen=True, slots=True)
class Checkup:
    """What is known of one instance.

    Args:
        state: its lifecycle state in the group.
        in_service_s: when it came into service, also back from standby or attached by hand; None before.
        ec2_state: what EC2 says, e.g. ``running`` or ``stopped``.
        status_check: the result of EC2's status checks.
        impaired_s: since when they fail, None where they do not.
        balancer: whether a balancer tells that the target is unhealthy.
        custom: whether `SetInstanceHealth` has told that the instance is unhealthy.
        custom_respects_grace: what that call was told; AWS's default is that it does.
        event_s: when a scheduled event of EC2 begins, None without one.
        volume: whether an attached EBS volume is impaired.
    """

    state: str = "InService"
    in_service_s: float | None = 0.0
    ec2_state: str = "running"
    status_check: StatusCheck = "ok"
    impaired_s: float | None = None
    balancer: bool = False
    custom: bool = False
    custom_respects_grace: bool = True
    event_s: float | None = None
    volume: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """An instance is unhealthy: why, and whether it is replaced at once, beside all limits of replacement."""

    cause: Cause
    at_once: bool


def unhealthy(
    checkup: Checkup, now_s: float, grace_s: float, types: Collection[str] = ("EC2",), impaired_wait_s: float = 300
) -> Finding | None:
    """Why an instance is unhealthy now, None where it is not.

    Instances on standby are not checked. Not running is acted on at once, also within the grace period. Prepared
    instances of a warm pool have no grace period, and are checked once their hook has ended; stopped ones by their
    volumes. An unknown status check is no failure.

    For the warm pool: "View health check status and the reason for health check failures",
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/warm-pools-health-checks-monitor-view-status.html

    Args:
        checkup: what is known of the instance.
        now_s: now, on the checkup's clock.
        grace_s: the group's health check grace period.
        types: health check types of the group; those of EC2 are always on, ``ELB``, ``VPC_LATTICE`` and ``EBS``
            have to be named.
        impaired_wait_s: how long AWS waits for a failed status check to recover, "a few minutes".
    """
    if checkup.state in STANDBY or checkup.state.startswith(("Terminat", "Detach", "Warmed:Terminat")):
        return None
    if not _runs(checkup):
        return Finding("ec2 state", at_once=True)
    spared = in_grace(checkup, now_s, grace_s)
    if checkup.custom and not (spared and checkup.custom_respects_grace):
        return Finding("custom", at_once=True)
    if spared:
        return None
    return _found(checkup, now_s, types, impaired_wait_s)


def _runs(checkup: Checkup) -> bool:
    rests = checkup.state in POOLED and checkup.state != "Warmed:Running"
    pending = checkup.state != "InService" and checkup.ec2_state == "pending"
    return rests or pending or checkup.ec2_state == "running"


def in_grace(checkup: Checkup, now_s: float, grace_s: float) -> bool:
    """Whether an instance in service is still within its grace period, which begins when it comes into service."""
    if checkup.state in POOLED:
        return False
    return checkup.in_service_s is None or now_s < checkup.in_service_s + grace_s


def _found(checkup: Checkup, now_s: float, types: Collection[str], impaired_wait_s: float) -> Finding | None:
    since_s = checkup.impaired_s if checkup.status_check == "impaired" else None
    if since_s is not None and now_s >= since_s + impaired_wait_s:
        return Finding("status check", at_once=False)
    if checkup.event_s is not None and now_s >= checkup.event_s:
        return Finding("scheduled event", at_once=False)
    if checkup.balancer and BALANCER_TYPES.intersection(types) and checkup.state == "InService":
        return Finding("balancer", at_once=False)
    if checkup.volume and ("EBS" in types or checkup.state in POOLED):
        return Finding("volume", at_once=False)
    return None


def marked(reported: int, in_service: int, when_all: int = 1) -> int:
    """How many of the instances that a balancer reports are marked unhealthy at a time.

    Where it reports all of them AWS marks fewer, so that a wrong check does not end a whole group; how many it does
    not say, which makes it the argument `when_all`.
    """
    return min(reported, when_all) if in_service and reported >= in_service else reported
