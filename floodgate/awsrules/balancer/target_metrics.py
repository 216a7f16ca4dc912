"""The metrics of a target group, and when CloudWatch has a datapoint of them.

Source: "CloudWatch metrics for your Application Load Balancer",
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html.
"""

from __future__ import annotations

from collections.abc import Iterable

PERIOD_S = 60


def requests_per_target(requests: float, healthy: int, registered: int) -> float:
    """RequestCountPerTarget: requests by healthy targets, by all registered ones where none is healthy.

    Its only statistic is ``Sum``, which stands for the average of targets. It is always reported, so a minute without
    requests is a zero, not a gap. Requests that were turned away before a target was chosen do not count, and health
    checks neither.
    """
    return requests / (healthy or registered or 1)


def request_count(arrived: float, rejected: float = 0.0) -> float:
    """RequestCount: requests for which the balancer could choose a target."""
    return max(0.0, arrived - rejected)


def healthy_host_count(states: Iterable[str]) -> int | None:
    """HealthyHostCount: targets that are healthy; no datapoint where none is registered."""
    return _counted(states, "healthy")


def unhealthy_host_count(states: Iterable[str]) -> int | None:
    """UnHealthyHostCount: targets that are unhealthy; neither new ones nor draining ones are counted."""
    return _counted(states, "unhealthy")


def _counted(states: Iterable[str], wanted: str) -> int | None:
    registered = [state for state in states if state not in {"draining", "unused"}]
    return registered.count(wanted) if registered else None


def reported(value: float, *, always: bool) -> float | None:
    """A counter's datapoint: counters that are not always reported have none where they are zero."""
    return value if always or value else None
