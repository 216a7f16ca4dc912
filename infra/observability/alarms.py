"""The alarms as plain values: what is watched, from which figure on, and what to do then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from infra.observability.settings import ObservabilitySettings

Comparison = Literal["GreaterThanThreshold", "GreaterThanOrEqualToThreshold", "LessThanThreshold"]
Statistic = Literal["Average", "Maximum", "Minimum", "Sum"]


@dataclass(frozen=True)
class Watched:
    """What there is to watch; names may be outputs.

    Attributes:
        load_balancer: The part of the balancer's ARN that its metrics carry.
        target_group: The same of the target group.
        group_name: The Auto Scaling group.
        database: Dimensions of the writer's, or the one instance's, metrics.
        database_connections: How many connections it takes.
        cache_nodes: Identifiers of the cache's nodes.
    """

    load_balancer: Any
    target_group: Any
    group_name: Any
    database: Mapping[str, Any]
    database_connections: int
    cache_nodes: tuple[Any, ...]


@dataclass(frozen=True)
class Metric:
    """One CloudWatch metric by the minute."""

    namespace: str
    name: str
    statistic: Statistic
    dimensions: Mapping[str, Any]


@dataclass(frozen=True)
class Alarm:
    """One alarm; with an `expression`, over metrics m1, m2, …

    Attributes:
        name: Ending of its name.
        description: What it means and what to do, for somebody who was just woken up.
        metrics: What is watched.
        comparison: With the threshold.
        threshold: In the metric's unit.
        minutes: Minutes in a row before anybody is told.
        expression: Metric math over m1, m2, …; None for a single metric.
        missing: What a minute without data counts as.
    """

    name: str
    description: str
    metrics: tuple[Metric, ...]
    comparison: Comparison
    threshold: float
    minutes: int
    expression: str | None = None
    missing: Literal["breaching", "notBreaching"] = "notBreaching"


def alarms(watched: Watched, settings: ObservabilitySettings) -> list[Alarm]:
    """Every alarm of a stack."""
    return [
        *_crowd(watched, settings),
        *_servers(watched, settings),
        *_fleet(watched),
        *_database(watched, settings),
        *_cache(watched, settings),
    ]


def _crowd(watched: Watched, settings: ObservabilitySettings) -> Iterator[Alarm]:
    balancer = {"LoadBalancer": watched.load_balancer}
    yield Alarm(
        "failed-requests",
        "People get errors (5xx). If the balancer gives them, look at rejected connections and healthy servers; if "
        "the servers do, look at the database's connections and lower the admission.",
        (
            _alb("HTTPCode_ELB_5XX_Count", "Sum", balancer),
            _alb("HTTPCode_Target_5XX_Count", "Sum", balancer),
            _alb("RequestCount", "Sum", balancer),
        ),
        "GreaterThanThreshold",
        settings.failed_requests_percent,
        settings.minutes,
        expression="100 * (FILL(m1, 0) + FILL(m2, 0)) / m3",
    )
    yield Alarm(
        "rejected-connections",
        "The balancer turns people away: it grows slower than the crowd. Raise the reservation (balancer.reservation) "
        "and lower the admission until it is granted.",
        (_alb("RejectedConnectionCount", "Sum", balancer),),
        "GreaterThanThreshold",
        0,
        1,
    )


def _servers(watched: Watched, settings: ObservabilitySettings) -> Iterator[Alarm]:
    targets = {"TargetGroup": watched.target_group, "LoadBalancer": watched.load_balancer}
    yield Alarm(
        "unhealthy-servers",
        "Servers fail their health check. If all do, look at the last release and at the database; if few do, the "
        "group replaces them by itself.",
        (_alb("UnHealthyHostCount", "Maximum", targets),),
        "GreaterThanThreshold",
        0,
        settings.minutes,
    )
    yield Alarm(
        "no-healthy-servers",
        "Nobody is served. Close the doors (admission 0), look at the last release, roll back.",
        (_alb("HealthyHostCount", "Maximum", targets),),
        "LessThanThreshold",
        1,
        1,
        missing="breaching",
    )


def _fleet(watched: Watched) -> Iterator[Alarm]:
    group = {"AutoScalingGroupName": watched.group_name}
    yield Alarm(
        "fleet-at-maximum",
        "Scaling has nothing left to add. Raise fleet.maxSize if quota and database allow, or lower the admission.",
        (
            Metric("AWS/AutoScaling", "GroupDesiredCapacity", "Maximum", group),
            Metric("AWS/AutoScaling", "GroupMaxSize", "Maximum", group),
        ),
        "GreaterThanOrEqualToThreshold",
        1,
        1,
        # compared with the group's own maximum, so that the figure is written once
        expression="IF(m1 >= m2, 1, 0)",
    )


def _database(watched: Watched, settings: ObservabilitySettings) -> Iterator[Alarm]:
    yield Alarm(
        "database-cpu",
        "The database works at its limit and bookings slow down. Lower the admission; look for a slow statement in "
        "Database Insights.",
        (Metric("AWS/RDS", "CPUUtilization", "Maximum", watched.database),),
        "GreaterThanThreshold",
        settings.database_cpu_percent,
        settings.minutes,
    )
    yield Alarm(
        "database-connections",
        "The database is running out of connections. Lower the admission; look for transactions left open.",
        (Metric("AWS/RDS", "DatabaseConnections", "Maximum", watched.database),),
        "GreaterThanThreshold",
        float(watched.database_connections * settings.database_connections_percent // 100),
        1,
    )


def _cache(watched: Watched, settings: ObservabilitySettings) -> Iterator[Alarm]:
    for index, node in enumerate(watched.cache_nodes, start=1):
        dimensions = {"CacheClusterId": node}
        yield Alarm(
            f"cache-memory-{index}",
            "The line is about to fill the cache's memory; beyond it nobody new gets a place. Choose a larger "
            "cache.nodeType: it is changed without losing the line.",
            (Metric("AWS/ElastiCache", "DatabaseMemoryUsagePercentage", "Maximum", dimensions),),
            "GreaterThanThreshold",
            settings.cache_memory_percent,
            settings.minutes,
        )
        yield Alarm(
            f"cache-cpu-{index}",
            "The cache answers late and so does every page. See that polls are answered by the edge; choose a larger "
            "cache.nodeType.",
            (Metric("AWS/ElastiCache", "EngineCPUUtilization", "Maximum", dimensions),),
            "GreaterThanThreshold",
            settings.cache_cpu_percent,
            settings.minutes,
        )


def _alb(name: str, statistic: Statistic, dimensions: Mapping[str, Any]) -> Metric:
    return Metric("AWS/ApplicationELB", name, statistic, dimensions)
