"""How fast and how many instances an account may launch.

Sources: "Request throttling for the Amazon EC2 API",
https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html; "On-Demand Instances" (vCPU limits),
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-on-demand-instances.html; "Configure instance weighting for
Amazon EC2 Auto Scaling",
https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-mixed-instances-groups-instance-weighting.html.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Literal

RESOURCE_BURST = 1000
RESOURCE_REFILL_PER_S = 2.0
STANDARD_FAMILIES = frozenset("ACDHIMRTZ")
DEFAULT_STANDARD_VCPUS = 5

Action = Literal["RunInstances", "StartInstances", "StopInstances", "TerminateInstances"]


@dataclass(frozen=True, slots=True)
class TokenBucket:
    """A bucket that starts full; `tokens` is what it held at `at_s`."""

    burst: float = RESOURCE_BURST
    refill_per_s: float = RESOURCE_REFILL_PER_S
    tokens: float = RESOURCE_BURST
    at_s: float = 0.0

    def level(self, now_s: float) -> float:
        """Tokens held now."""
        return min(self.burst, self.tokens + (now_s - self.at_s) * self.refill_per_s)

    def take(self, wanted: int, now_s: float) -> tuple[TokenBucket, int]:
        """The bucket after as many of `wanted` whole tokens as it holds were taken, and how many those were."""
        level = self.level(now_s)
        granted = max(0, min(wanted, int(level)))
        return replace(self, tokens=level - granted, at_s=now_s), granted

    def ready_s(self, tokens: float, now_s: float) -> float:
        """When the bucket next holds so many tokens, now where it does; never, for more than it can hold."""
        if tokens > self.burst:
            return float("inf")
        return now_s + max(0.0, tokens - self.level(now_s)) / self.refill_per_s


def full(burst: float, refill_per_s: float) -> TokenBucket:
    """A full bucket."""
    return TokenBucket(burst, refill_per_s, burst)


BUCKETS: dict[Action, tuple[tuple[float, float], tuple[float, float]]] = {
    "RunInstances": ((1000, 2.0), (5, 2.0)),
    "StartInstances": ((1000, 2.0), (5, 2.0)),
    "StopInstances": ((1000, 20.0), (5, 2.0)),
    "TerminateInstances": ((1000, 20.0), (100, 5.0)),
}
"""By API action: tokens and refill a second of its bucket of resources, and of its bucket of requests."""


@dataclass(frozen=True, slots=True)
class Throttle:
    """The two buckets of one API action, of an account in a Region: each call takes a request and its resources."""

    resources: TokenBucket
    requests: TokenBucket

    def call(self, instances: int, now_s: float) -> tuple[Throttle, bool]:
        """The buckets after one call for so many instances, and whether it went through.

        A call that lacks tokens is refused as a whole with ``RequestLimitExceeded``; what it does to the other bucket
        AWS does not say, here a refused call takes its request and no resources.
        """
        requests, asked = self.requests.take(1, now_s)
        if not asked or self.resources.level(now_s) < instances:
            return replace(self, requests=requests), False
        return Throttle(self.resources.take(instances, now_s)[0], requests), True


def throttle(action: Action) -> Throttle:
    """The full buckets of an API action.

    Whether the launches of an Auto Scaling group draw on the account's own buckets AWS does not say; rehearsals take
    it that they do.

    Raises:
        KeyError: the action has no bucket of its own here.
    """
    resources, requests = BUCKETS[action]
    return Throttle(full(*resources), full(*requests))


def family(instance_type: str) -> str:
    """The letters by which quotas group instance types, e.g. ``M`` of ``m5.2xlarge``."""
    return "".join(takewhile(_is_no_digit, instance_type)).upper()


def _is_no_digit(sign: str) -> bool:
    return not sign.isdigit()


def is_standard(instance_type: str) -> bool:
    """Whether a type counts against the quota of Standard On-Demand instances (A, C, D, H, I, M, R, T, Z)."""
    # families such as P or Inf have quotas of their own; what begins like a standard letter may still not be one
    return family(instance_type)[:1] in STANDARD_FAMILIES and family(instance_type) not in {
        "DL",
        "TRN",
        "HPC",
        "INF",
        "MAC",
    }


def counts(ec2_state: str) -> bool:
    """Whether an instance in a state of EC2 counts against the quota of vCPUs: running ones alone."""
    return ec2_state == "running"


def vcpus_in_use(instances: Iterable[tuple[str, int]], reserved_vcpus: int = 0) -> int:
    """What counts against the quota: vCPUs of instances by EC2 state, and unused ones of Capacity Reservations."""
    return reserved_vcpus + sum(vcpus for state, vcpus in instances if counts(state))


def quota_room(vcpu_quota: int | None, vcpus_in_use: int, vcpus_each: int) -> int | None:
    """How many more instances the On-Demand quota takes; None without a quota.

    Running instances count; stopped ones, as in a warm pool, do not.
    """
    if vcpu_quota is None:
        return None
    return max(0, vcpu_quota - vcpus_in_use) // vcpus_each


def size_beyond_desired(missing_units: int, weight: int) -> tuple[int, int]:
    """How many instances of a weight fill so many missing units of capacity, and by how much they exceed them."""
    launched = -(-max(0, missing_units) // weight)
    return launched, launched * weight - max(0, missing_units)


def weighted_limit(desired: int, largest_weight: int) -> int:
    """The most units that a weighted group ever holds: its desired capacity and its largest weight."""
    return desired + largest_weight
