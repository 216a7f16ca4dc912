"""The Application Load Balancer's arithmetic: capacity units, ramp, reservation, slow start, health checks."""

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


def requests_per_target(requests: float, healthy: int, registered: int) -> float:
    """CloudWatch's RequestCountPerTarget: requests by healthy targets, by all registered ones where none is healthy.

    Source: "CloudWatch metrics for your Application Load Balancer",
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
    """
    return requests / (healthy or registered or 1)


def slow_start_share(age_s: float, slow_start_s: float) -> float:
    """The share of a full target's requests that a target of this age gets: linear from 0 to 1, 0 s is off.

    Source: "Slow start mode",
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html
    """
    return 1.0 if slow_start_s <= 0 else min(1.0, max(0.0, age_s / slow_start_s))


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """A target group's health check; the defaults are AWS's.

    Source: "Target group health checks",
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
    """

    interval_s: float = 30.0
    timeout_s: float = 5.0
    healthy_threshold: int = 5
    unhealthy_threshold: int = 2

    def first_pass_s(self) -> tuple[float, float]:
        """Least and most time until a newly registered target is healthy: it needs one pass only."""
        return 0.0, self.interval_s

    def unhealthy_after_s(self) -> tuple[float, float]:
        """Least and most time from a target's death until it is unhealthy."""
        waits = (self.unhealthy_threshold - 1) * self.interval_s
        return waits, waits + self.interval_s + self.timeout_s

    def recovered_after_s(self) -> tuple[float, float]:
        """Least and most time from a target's recovery until it is healthy again."""
        waits = (self.healthy_threshold - 1) * self.interval_s
        return waits, waits + self.interval_s


def receiving(healthy: int, registered: int) -> int:
    """Targets that get requests: the healthy ones, and all of them where none is healthy (fail open).

    Source: "Target group health checks", as above.
    """
    return healthy or registered
