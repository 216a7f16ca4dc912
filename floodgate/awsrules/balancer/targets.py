"""What a balancer knows of its targets: their health, their share of requests."""

from __future__ import annotations

from dataclasses import dataclass


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
