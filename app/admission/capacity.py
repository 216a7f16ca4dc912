"""How many servers are in service right now.

On a fleet: those that the Auto Scaling group calls InService and that every target group of it calls healthy. Boto3
blocks, so it is asked in a thread, and the controller's second never waits for it.

Degradation: where AWS does not answer, the last number counts for a minute, then the least that the settings tell.
Calling too slowly is repaired, calling too fast is not.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Protocol

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from app.admission.troubles import Troubles

REFRESH_S = 5.0
KEPT_S = 60.0
# a call that hangs must be over before the number that it replaces is too old
BOTO = Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 2, "mode": "standard"})


class Capacity(Protocol):
    """Tells how many servers are in service."""

    def servers(self) -> float:
        """The number, at once; it may be some seconds old."""
        ...


class FixedCapacity:
    """Always the same number; for one machine, and where AWS is not there."""

    def __init__(self, servers: float) -> None:
        self._servers = servers

    def servers(self) -> float:
        """See `Capacity.servers`."""
        return self._servers


class GroupCapacity:
    """Servers of an Auto Scaling group that are in service and healthy.

    Args:
        session: of boto3, in the group's region.
        group: its name.
        least: what counts while nothing is known.
        monotonic: this machine's clock that never goes back, in seconds.
        troubles: where failures are told.
    """

    def __init__(
        self, session: Any, group: str, least: float, monotonic: Callable[[], float], troubles: Troubles | None = None
    ) -> None:
        self._groups = session.client("autoscaling", config=BOTO)
        self._balancer = session.client("elbv2", config=BOTO)
        self._group = group
        self._least = least
        self._monotonic = monotonic
        self._troubles = troubles or Troubles()
        self._known: tuple[float, int] | None = None
        self._asked_at = float("-inf")
        self._asking: asyncio.Task[None] | None = None

    def servers(self) -> float:
        """See `Capacity.servers`; asks AWS in the background where the number is older than five seconds."""
        now = self._monotonic()
        if now - self._asked_at >= REFRESH_S and (self._asking is None or self._asking.done()):
            self._asked_at = now
            self._asking = asyncio.create_task(self.refresh())
        if self._known is None or now - self._known[0] > KEPT_S:
            return self._least
        return self._known[1]

    async def refresh(self) -> None:
        """Ask AWS now; a failure is told and changes nothing."""
        asked_at = self._monotonic()
        try:
            healthy = await asyncio.to_thread(healthy_servers, self._groups, self._balancer, self._group)
        except (BotoCoreError, ClientError, LookupError) as error:
            self._troubles.failed("capacity", error)
        else:
            self._known = (asked_at, healthy)
            self._troubles.well("capacity")


def healthy_servers(groups: Any, balancer: Any, name: str) -> int:
    """Count them, blocking.

    Args:
        groups: a client of `autoscaling`.
        balancer: a client of `elbv2`.
        name: the group.

    Raises:
        LookupError: there is no group of this name.
        ClientError: AWS refuses, as every other error of boto3.
    """
    pages = groups.get_paginator("describe_auto_scaling_groups").paginate(AutoScalingGroupNames=[name])
    found = [group for page in pages for group in page["AutoScalingGroups"]]
    if not found:
        raise LookupError(f"there is no Auto Scaling group {name!r}; check FLOODGATE_GROUP_NAME")
    serving = {
        instance["InstanceId"]
        for group in found
        for instance in group.get("Instances", ())
        if instance["LifecycleState"] == "InService"
    }
    for arn in {arn for group in found for arn in group.get("TargetGroupARNs", ())}:
        answers = balancer.describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"]
        serving &= {answer["Target"]["Id"] for answer in answers if answer["TargetHealth"]["State"] == "healthy"}
    return len(serving)
