"""One page for the evening of an opening, as a plain value.

The body's grammar: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
"""

from __future__ import annotations

from typing import Any

from infra.observability.alarms import Watched

WIDTH, HEIGHT, COLUMNS = 8, 6, 3
# CloudFront's metrics are kept there whatever the stack's Region
CLOUDFRONT_REGION = "us-east-1"

Line = list[Any]
# title, Region, lines
Chart = tuple[str, Any, list[Line]]


def body(watched: Watched, stack: str, region: Any, distribution_id: Any = None) -> dict[str, Any]:
    """The dashboard: the crowd, the servers, the balancer, the database, the cache and the edge.

    Args:
        watched: What there is to watch.
        stack: The stack's name, the dimension of the service's own metric.
        region: The stack's Region.
        distribution_id: The edge, where there is one.
    """
    charts = _charts(watched, stack, region)
    if distribution_id is not None:
        charts.append(("Requests at the edge", CLOUDFRONT_REGION, _edge(distribution_id)))
    return {"widgets": [_chart(place, *chart) for place, chart in enumerate(charts)]}


def _charts(watched: Watched, stack: str, region: Any) -> list[Chart]:
    balancer = ["LoadBalancer", watched.load_balancer]
    targets = ["TargetGroup", watched.target_group, *balancer]
    database = [part for pair in watched.database.items() for part in pair]
    return [
        ("People waiting", region, [["Floodgate", "PeopleWaiting", "Stack", stack, {"stat": "Maximum"}]]),
        ("Servers", region, _servers(watched.group_name)),
        ("Requests", region, [_alb("RequestCount", balancer), _alb("RequestCountPerTarget", targets)]),
        ("Errors", region, _errors(balancer)),
        ("Capacity units", region, [_alb("PeakLCUs", balancer), _alb("ReservedLCUs", balancer)]),
        ("Answer time, p99", region, [_alb("TargetResponseTime", targets, "p99")]),
        ("Database connections", region, [["AWS/RDS", "DatabaseConnections", *database, {"stat": "Maximum"}]]),
        ("Database CPU", region, [["AWS/RDS", "CPUUtilization", *database, {"stat": "Maximum"}]]),
        ("Cache memory", region, _cache(watched)),
    ]


def _chart(place: int, title: str, region: Any, lines: list[Line]) -> dict[str, Any]:
    return {
        "type": "metric",
        "x": place % COLUMNS * WIDTH,
        "y": place // COLUMNS * HEIGHT,
        "width": WIDTH,
        "height": HEIGHT,
        "properties": {"title": title, "region": region, "view": "timeSeries", "period": 60, "metrics": lines},
    }


def _servers(group_name: Any) -> list[Line]:
    names = ("GroupDesiredCapacity", "GroupInServiceInstances", "GroupMaxSize", "WarmPoolWarmedCapacity")
    return [["AWS/AutoScaling", name, "AutoScalingGroupName", group_name, {"stat": "Maximum"}] for name in names]


def _errors(balancer: list[Any]) -> list[Line]:
    names = ("HTTPCode_ELB_5XX_Count", "HTTPCode_Target_5XX_Count", "RejectedConnectionCount")
    return [_alb(name, balancer) for name in names]


def _cache(watched: Watched) -> list[Line]:
    name = "DatabaseMemoryUsagePercentage"
    return [["AWS/ElastiCache", name, "CacheClusterId", node, {"stat": "Maximum"}] for node in watched.cache_nodes]


def _edge(distribution_id: Any) -> list[Line]:
    dimensions = ["DistributionId", distribution_id, "Region", "Global"]
    return [
        ["AWS/CloudFront", "Requests", *dimensions, {"stat": "Sum"}],
        ["AWS/CloudFront", "5xxErrorRate", *dimensions, {"stat": "Average", "yAxis": "right"}],
    ]


def _alb(name: str, dimensions: list[Any], statistic: str = "Sum") -> Line:
    return ["AWS/ApplicationELB", name, *dimensions, {"stat": statistic}]
