"""Launches that fail: why, where they are tried next, and when AWS gives up.

Sources: "Troubleshoot Amazon EC2 Auto Scaling: EC2 instance launch failures",
https://docs.aws.amazon.com/autoscaling/ec2/userguide/ts-as-instancelaunchfailure.html; "Amazon EC2 Auto Scaling
benefits", https://docs.aws.amazon.com/autoscaling/ec2/userguide/auto-scaling-benefits.html; "Suspend and resume
Amazon EC2 Auto Scaling processes",
https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-suspend-resume-processes.html.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from floodgate.awsrules.instances import zones as distribution
from floodgate.awsrules.model import ZoneStrategy

ADMINISTRATIVE_SUSPENSION_S = 24 * 3600
RESERVED_ADDRESSES = 5

Reason = Literal["capacity", "quota", "addresses", "throttling"]


@dataclass(frozen=True, slots=True)
class Market:
    """What can be had now.

    Args:
        without_capacity: pairs of zone and instance type that EC2 has none of.
        addresses: free addresses by zone; a zone that is not named has enough.
    """

    without_capacity: frozenset[tuple[str, str]] = frozenset()
    addresses: Mapping[str, int] | None = None

    def has(self, zone: str, instance_type: str) -> bool:
        """Whether EC2 has capacity of a type in a zone."""
        return (zone, instance_type) not in self.without_capacity

    def free(self, zone: str) -> float:
        """Free addresses of a zone's subnets."""
        return (self.addresses or {}).get(zone, float("inf"))


@dataclass(frozen=True, slots=True)
class Launch:
    """Instances of one type launched in one zone."""

    zone: str
    instance_type: str
    count: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What could be launched, and what failed for which reason by zone."""

    launches: tuple[Launch, ...]
    failed: tuple[tuple[str, Reason, int], ...] = ()

    @property
    def launched(self) -> int:
        """Instances launched altogether."""
        return sum(launch.count for launch in self.launches)


def place(
    wanted: int,
    counts: Mapping[str, int],
    types: Sequence[str],
    market: Market,
    strategy: ZoneStrategy = "balanced-best-effort",
) -> Outcome:
    """Where `wanted` instances are launched.

    Each goes to the zone with the fewest instances, there to the first of the group's types that can be had. What
    fails in a zone, for want of capacity or of addresses, is launched in the others with ``balanced-best-effort``, and
    waits with ``balanced-only``.

    Args:
        wanted: instances to launch.
        counts: instances by zone, of every zone of the group.
        types: the group's instance types, the one that is launched first before those tried where it cannot be had.
        market: what can be had now.
        strategy: the group's capacity distribution strategy.
    """
    free, sizes = {zone: market.free(zone) for zone in counts}, dict(counts)
    launches: list[Launch] = []
    failed: list[tuple[str, Reason, int]] = []
    rest = wanted
    while rest > 0:
        shares = distribution.launches(sizes, rest, {zone for zone, _, _ in failed}, strategy)
        missed = False
        for zone, share in shares.items():
            launch, reason = _in_zone(zone, share, types, market, free[zone])
            launches += [launch] if launch.count else []
            sizes[zone] += launch.count
            free[zone] -= launch.count
            rest -= launch.count
            if launch.count < share:
                failed.append((zone, reason, share - launch.count))
                missed = True
        if strategy == "balanced-only" or not missed:
            break
    return Outcome(tuple(launches), tuple(failed))


def _in_zone(zone: str, share: int, types: Sequence[str], market: Market, free: float) -> tuple[Launch, Reason]:
    """What is launched of a zone's share, and what stops the rest of it."""
    kind = next((kind for kind in types if market.has(zone, kind)), None)
    if kind is None:
        return Launch(zone, "", 0), "capacity"
    return Launch(zone, kind, int(min(share, free))), "addresses"


def addresses(prefix_length: int, used: int = 0) -> int:
    """Free addresses of a subnet: AWS keeps five of every subnet for itself.

    Source: "Subnet CIDR blocks", https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
    """
    return max(0, 2 ** (32 - prefix_length) - RESERVED_ADDRESSES - used)


def next_try_s(failed_s: float, failures: int, retry_s: float, longest_s: float) -> float:
    """When AWS tries again after so many failures in a row.

    AWS does not publish it; taken is a wait that doubles from `retry_s` up to `longest_s`.
    """
    return failed_s + min(longest_s, retry_s * 2.0 ** min(60, max(0, failures - 1)))


def suspended_by_aws(first_failure_s: float | None, now_s: float) -> bool:
    """Whether AWS has suspended the group's processes: no launch has succeeded for more than 24 hours.

    Args:
        first_failure_s: when the first launch failed since the last one that succeeded, None where none has.
        now_s: now, on the same clock.
    """
    return first_failure_s is not None and now_s - first_failure_s > ADMINISTRATIVE_SUSPENSION_S


def zones_to_try(counts: Mapping[str, int], failing: Iterable[str], strategy: ZoneStrategy) -> tuple[str, ...]:
    """The zones in which a launch is tried, the one with the fewest instances first.

    With ``balanced-only`` the zone that fails is tried again, since the others would put the group out of balance.
    """
    closed = set(failing)
    zones = sorted(counts, key=counts.__getitem__)
    if strategy == "balanced-only":
        return tuple(zone for zone in zones if counts[zone] == counts[zones[0]])
    return tuple(zone for zone in zones if zone not in closed)


def all_fail(zones: Collection[str], types: Iterable[str], market: Market) -> bool:
    """Whether nothing can be launched anywhere now."""
    kinds = tuple(types)
    return not any(market.has(zone, kind) and market.free(zone) >= 1 for zone in zones for kind in kinds)
