"""Availability Zones: where instances are launched, and how a group that has become uneven is brought level.

Sources: "Auto Scaling group Availability Zone distribution",
https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-availability-zone-balanced.html; "Amazon EC2 Auto
Scaling benefits", https://docs.aws.amazon.com/autoscaling/ec2/userguide/auto-scaling-benefits.html.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from floodgate.awsrules.model import ZoneStrategy

MARGIN_PERCENT = 10


def launches(
    counts: Mapping[str, int],
    wanted: int,
    without_capacity: Collection[str] = (),
    strategy: ZoneStrategy = "balanced-best-effort",
) -> dict[str, int]:
    """How many instances are launched in which zone: each in the zone that has the fewest.

    A zone that cannot launch is left out, and the others take its share, with ``balanced-best-effort``. With
    ``balanced-only`` the group keeps trying there: what falls to that zone is not launched.

    Args:
        counts: instances by zone, of every zone of the group; ties go to the zone that is named first.
        wanted: instances to launch.
        without_capacity: zones where launches fail now.
        strategy: the group's capacity distribution strategy.
    """
    best_effort = strategy == "balanced-best-effort"
    open_zones = [zone for zone in counts if not best_effort or zone not in without_capacity]
    shares = spread({zone: counts[zone] for zone in open_zones}, wanted)
    return {zone: count for zone, count in shares.items() if count and zone not in without_capacity}


def spread(counts: Mapping[str, int], wanted: int) -> dict[str, int]:
    """What each zone gets when `wanted` instances are added one by one to the zone with the fewest."""
    if not counts or wanted <= 0:
        return dict.fromkeys(counts, 0)
    zones = sorted(counts, key=counts.__getitem__)
    filled, level, room = 1, counts[zones[0]], wanted
    while filled < len(zones) and (counts[zones[filled]] - level) * filled <= room:
        room -= (counts[zones[filled]] - level) * filled
        level = counts[zones[filled]]
        filled += 1
    each, rest = divmod(room, filled)
    lowest = [zone for zone in counts if counts[zone] <= level][:rest]
    return {zone: (level + each + (zone in lowest) - count if count <= level else 0) for zone, count in counts.items()}


def balanced(counts: Mapping[str, int]) -> bool:
    """Whether no zone has more than one instance above another."""
    return max(counts.values(), default=0) - min(counts.values(), default=0) <= 1


def limit(maximum: int) -> int:
    """The most instances that a group may briefly hold while it is rebalanced: 10 percent or one beyond its maximum.

    Whichever of the two is greater. The group returns below its maximum when it is level.
    """
    return maximum + max(1, maximum * MARGIN_PERCENT // 100)


@dataclass(frozen=True, slots=True)
class Move:
    """One instance launched in a zone, and one terminated in another once the new one is in service."""

    to: str
    out_of: str


def rebalancing(counts: Mapping[str, int], maximum: int, without_capacity: Iterable[str] = ()) -> tuple[Move, ...]:
    """The moves that bring a group level and fit below its limit now; launches come before terminations.

    A group is rebalanced after a zone has come back, after its zones have changed, and after instances were detached,
    put on standby or terminated by hand. A zone that cannot launch is not moved to.

    Args:
        counts: instances by zone, in service or pending, of every zone of the group, also of such as it has left.
        maximum: the group's maximum.
        without_capacity: zones where launches fail now.
    """
    room = limit(maximum) - sum(counts.values())
    levels, moves = dict(counts), []
    closed = set(without_capacity)
    while len(moves) < room:
        lowest = min((zone for zone in levels if zone not in closed), key=levels.__getitem__, default=None)
        highest = max(levels, key=levels.__getitem__, default=None)
        if lowest is None or highest is None or levels[highest] - levels[lowest] <= 1:
            break
        levels[lowest] += 1
        levels[highest] -= 1
        moves.append(Move(lowest, highest))
    return tuple(moves)


def leaving(counts: Mapping[str, int], zones: Collection[str]) -> dict[str, int]:
    """Instances in zones that the group no longer names; all of them are moved."""
    return {zone: count for zone, count in counts.items() if zone not in zones and count}
