"""How many load balancer capacity units (LCU) an opening needs, from what one person sends.

A unit is the most used of four dimensions, so the estimate is a maximum, not a sum:
https://aws.amazon.com/elasticloadbalancing/pricing/ (Application Load Balancer, "LCU details").
"""

from __future__ import annotations

import math
from dataclasses import dataclass

NEW_CONNECTIONS_PER_S = 25
ACTIVE_CONNECTIONS = 3_000
GIGABYTES_PER_HOUR = 1
RULE_EVALUATIONS_PER_S = 1_000
# the first ten rules that a request is compared with are free
FREE_RULES = 10

# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/capacity-unit-reservation.html
LEAST_RESERVATION = 100
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
MOST_RESERVATION = 15_000


@dataclass(frozen=True, slots=True)
class JourneyTraffic:
    """What one person's way through the service puts on the balancer.

    Attributes:
        requests: Requests that reach the balancer.
        connections: New connections, counted where they end at the balancer.
        connection_s: Seconds that a connection stays open.
        kilobytes: Bytes of requests and answers, in kB of 1000 bytes.
    """

    requests: float
    connections: float
    connection_s: float
    kilobytes: float


@dataclass(frozen=True, slots=True)
class LcuEstimate:
    """Units by dimension; `units` is what is billed and what must be ready."""

    new_connections: float
    active_connections: float
    bytes: float
    rule_evaluations: float

    @property
    def units(self) -> float:
        """The most used dimension."""
        return max(self.new_connections, self.active_connections, self.bytes, self.rule_evaluations)

    @property
    def driver(self) -> str:
        """The dimension that decides."""
        dimensions = ("new_connections", "active_connections", "bytes", "rule_evaluations")
        return max(dimensions, key=lambda dimension: getattr(self, dimension))


def estimate(journeys_per_s: float, journey: JourneyTraffic, rules: int = 1) -> LcuEstimate:
    """Units for a steady flow of journeys.

    Args:
        journeys_per_s: People who begin their way through the service in each second.
        journey: What each of them sends.
        rules: Listener rules that a request is compared with, the default action not counted.
    """
    new_per_s = journeys_per_s * journey.connections
    return LcuEstimate(
        new_connections=new_per_s / NEW_CONNECTIONS_PER_S,
        # Little's law: connections open at once are their rate times their life
        active_connections=new_per_s * journey.connection_s / ACTIVE_CONNECTIONS,
        bytes=journeys_per_s * journey.kilobytes * 3600 / 1_000_000 / GIGABYTES_PER_HOUR,
        rule_evaluations=journeys_per_s * journey.requests * max(0, rules - FREE_RULES) / RULE_EVALUATIONS_PER_S,
    )


def reservation(estimated: LcuEstimate, headroom_percent: float) -> int:
    """Units to reserve: the estimate and its headroom, within what AWS takes."""
    wanted = math.ceil(estimated.units * (1 + headroom_percent / 100))
    return min(max(wanted, LEAST_RESERVATION), MOST_RESERVATION)
