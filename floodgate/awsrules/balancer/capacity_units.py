"""What a load balancer capacity unit is, and how many of them traffic takes.

Sources: "Elastic Load Balancing pricing", https://aws.amazon.com/elasticloadbalancing/pricing/; "CloudWatch metrics for
your Application Load Balancer",
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html.
"""

from __future__ import annotations

from dataclasses import dataclass

from floodgate.awsrules.balancer.ramp import DOUBLING_S, ramped
from floodgate.awsrules.balancer.reservation import (
    MAX_RESERVATION_LCU,
    MIN_RESERVATION_LCU,
    billed_lcu,
    reserved_per_zone,
)

__all__ = [
    "DOUBLING_S",
    "MAX_RESERVATION_LCU",
    "MIN_RESERVATION_LCU",
    "Traffic",
    "billed_lcu",
    "dimensions",
    "lcu",
    "ramped",
    "reserved_per_zone",
]

NEW_CONNECTIONS_PER_S = 25.0
ACTIVE_CONNECTIONS = 3_000.0
GIGABYTES_PER_HOUR = 1.0
LAMBDA_GIGABYTES_PER_HOUR = 0.4
RULES_PER_S = 1_000.0
FREE_RULES = 10


@dataclass(frozen=True, slots=True)
class Traffic:
    """What passes a balancer: connections opened a second, connections open in a minute, data, rules a request.

    `lambda_gigabytes_per_hour` goes to Lambda functions, beside what goes to other targets.
    """

    new_connections_per_s: float = 0.0
    active_connections: float = 0.0
    gigabytes_per_hour: float = 0.0
    requests_per_s: float = 0.0
    rules: int = 1
    lambda_gigabytes_per_hour: float = 0.0


def dimensions(traffic: Traffic) -> dict[str, float]:
    """The units that each of the four dimensions takes; the first ten rules of a request are free."""
    return {
        "new connections": traffic.new_connections_per_s / NEW_CONNECTIONS_PER_S,
        "active connections": traffic.active_connections / ACTIVE_CONNECTIONS,
        "processed bytes": traffic.gigabytes_per_hour / GIGABYTES_PER_HOUR
        + traffic.lambda_gigabytes_per_hour / LAMBDA_GIGABYTES_PER_HOUR,
        "rule evaluations": traffic.requests_per_s * max(0, traffic.rules - FREE_RULES) / RULES_PER_S,
    }


def lcu(traffic: Traffic) -> float:
    """Load balancer capacity units: the largest of the four dimensions."""
    # spelled out, since a rehearsal asks every second
    return max(
        traffic.new_connections_per_s / NEW_CONNECTIONS_PER_S,
        traffic.active_connections / ACTIVE_CONNECTIONS,
        traffic.gigabytes_per_hour / GIGABYTES_PER_HOUR + traffic.lambda_gigabytes_per_hour / LAMBDA_GIGABYTES_PER_HOUR,
        traffic.requests_per_s * max(0, traffic.rules - FREE_RULES) / RULES_PER_S,
    )
