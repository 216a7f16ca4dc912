"""An Application Load Balancer's capacity: units, ramp, reservation."""

from __future__ import annotations

from dataclasses import dataclass

NEW_CONNECTIONS_PER_S = 25.0
ACTIVE_CONNECTIONS = 3_000.0
GIGABYTES_PER_HOUR = 1.0
RULES_PER_S = 1_000.0
FREE_RULES = 10
DOUBLING_S = 300.0
MIN_RESERVATION_LCU = 100
MAX_RESERVATION_LCU = 15_000


@dataclass(frozen=True, slots=True)
class Traffic:
    """What passes a balancer: connections opened a second, connections open in a minute, data, rules a request."""

    new_connections_per_s: float = 0.0
    active_connections: float = 0.0
    gigabytes_per_hour: float = 0.0
    requests_per_s: float = 0.0
    rules: int = 1


def lcu(traffic: Traffic) -> float:
    """Load balancer capacity units: the largest of the four dimensions; the first ten rules are free.

    Source: "Elastic Load Balancing pricing", https://aws.amazon.com/elasticloadbalancing/pricing/
    """
    return max(
        traffic.new_connections_per_s / NEW_CONNECTIONS_PER_S,
        traffic.active_connections / ACTIVE_CONNECTIONS,
        traffic.gigabytes_per_hour / GIGABYTES_PER_HOUR,
        traffic.requests_per_s * max(0, traffic.rules - FREE_RULES) / RULES_PER_S,
    )


def ramped(capacity: float, elapsed_s: float, doubling_s: float = DOUBLING_S) -> float:
    """What a balancer of `capacity` can have grown to after `elapsed_s` of a load that asks for more.

    Source: "Using load balancer capacity unit reservation to prepare for sharp increases in traffic",
    https://aws.amazon.com/blogs/networking-and-content-delivery/using-load-balancer-capacity-unit-reservation-to-prepare-for-sharp-increases-in-traffic
    """
    return capacity * 2.0 ** (elapsed_s / doubling_s)


def reserved_per_zone(reserved_lcu: float, zones: int) -> float:
    """A reservation is split evenly over the zones.

    Source: "Capacity unit reservations",
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/capacity-unit-reservation.html
    """
    return reserved_lcu / zones


def billed_lcu(reserved_lcu: float, used_lcu: float) -> tuple[float, float]:
    """Reserved and further units that are paid for: the reservation whether used or not, and what goes beyond it.

    Source: "CloudWatch metrics for your Application Load Balancer",
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
    """
    return reserved_lcu, max(0.0, used_lcu - reserved_lcu)
