"""Fail open: who gets requests where too few targets are healthy, and which zones leave DNS.

Sources: "Health checks for Application Load Balancer target groups",
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html; "Target group
health", https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

DNS_TTL_S = 60


@dataclass(frozen=True, slots=True)
class Threshold:
    """The healthy targets that have to be: a count, a percentage, or both; None is off.

    By default routing fails open below one healthy target, and zones leave DNS likewise.
    """

    count: int | None = 1
    percent: int | None = None

    def missed(self, healthy: int, registered: int) -> bool:
        """Whether too few are healthy: either of the two, where both are set, is enough."""
        too_few = self.count is not None and healthy < self.count
        too_small = self.percent is not None and healthy * 100 < registered * self.percent
        return too_few or too_small


ONE = Threshold()


def receiving(healthy: int, registered: int, routing: Threshold | None = None) -> int:
    """Targets that get requests: the healthy ones, and all of them where too few are healthy (fail open)."""
    return registered if (routing or ONE).missed(healthy, registered) else healthy


def receiving_by_zone(
    targets: Mapping[str, tuple[int, int]], routing: Threshold | None = None, *, cross_zone: bool = True
) -> dict[str, int]:
    """Targets that get requests in each zone, of pairs of healthy and registered ones.

    With cross-zone load balancing all zones are counted together, without it each by itself.
    """
    if not cross_zone:
        return {zone: receiving(*pair, routing) for zone, pair in targets.items()}
    healthy, registered = (sum(pair[part] for pair in targets.values()) for part in (0, 1))
    opened = (routing or ONE).missed(healthy, registered)
    return {zone: pair[1] if opened else pair[0] for zone, pair in targets.items()}


def zones_in_dns(
    targets: Mapping[str, tuple[int, int]], dns: Threshold | None = None, *, cross_zone: bool = True
) -> tuple[str, ...]:
    """The zones whose addresses the balancer's name resolves to: those with enough healthy targets, all if none has.

    With cross-zone load balancing every zone has the targets of all, so that all stay or, since none is left, all
    stay as well. Clients may keep an address that has left for the 60 s of its record.
    """
    if cross_zone:
        return tuple(targets)
    return tuple(zone for zone, pair in targets.items() if not (dns or ONE).missed(*pair)) or tuple(targets)


def consistent(routing: Threshold, dns: Threshold) -> bool:
    """Whether AWS takes both thresholds: that of DNS is not below that of routing, where both are set."""
    pairs = ((routing.count, dns.count), (routing.percent, dns.percent))
    return all(low is None or high is None or high >= low for low, high in pairs)
