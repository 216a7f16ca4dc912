"""The two alarms of a target tracking policy, which moto does not make.

Names: https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-target-tracking.html. AWS prints neither the
counts of datapoints nor the low threshold and may change them; these are the values seen on real groups: above the
target for 3 minutes, below 70 % of it for 15.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.cloudwatch.models import Dimension, Metric, MetricDataQuery, MetricStat, cloudwatch_backends
from moto.moto_api._internal import mock_random

from floodgate.awsrules.scaling.target_tracking import HIGH_PERIODS, LOW_PERIODS, PREDEFINED

LOW_RATIO = 0.70
HIGH_RESOLUTION = "HighResolution"


def create(policy: Any) -> list[dict[str, str]]:
    """Put the high and the low alarm of a policy and answer their names and ARNs."""
    target = policy.target_tracking_configuration.TargetValue
    watched = _watched(policy)
    high = _put(policy, "AlarmHigh", "GreaterThanThreshold", HIGH_PERIODS, target, watched)
    low = _put(policy, "AlarmLow", "LessThanThreshold", LOW_PERIODS, round(target * LOW_RATIO, 9), watched)
    return [high, low]


def remove(policy: Any) -> None:
    """Delete the alarms that belong to a target tracking policy; a step policy's alarms are their owner's."""
    if policy.policy_type == "TargetTrackingScaling":
        _cloudwatch(policy).delete_alarms([alarm["AlarmName"] for alarm in policy.alarms])


def wired_to(policy: Any) -> list[dict[str, str]]:
    """The alarms whose actions name the policy, in the order of their names."""
    arn = policy.arn
    alarms = [alarm for alarm in _cloudwatch(policy).alarms.values() if arn in (alarm.alarm_actions or [])]
    return [{"AlarmName": alarm.name, "AlarmARN": alarm.alarm_arn} for alarm in sorted(alarms, key=lambda a: a.name)]


def _cloudwatch(policy: Any) -> Any:
    backend = policy.autoscaling_backend
    return cloudwatch_backends[backend.account_id][backend.region_name]


def _put(
    policy: Any, side: str, comparison: str, periods: int, threshold: float, watched: Mapping[str, Any]
) -> dict[str, str]:
    group = policy.auto_scaling_group_name
    alarm = _cloudwatch(policy).put_metric_alarm(
        name=f"TargetTracking-{group}-{side}-{mock_random.uuid4()}",
        comparison_operator=comparison,
        evaluation_periods=periods,
        threshold=threshold,
        description=f"DO NOT EDIT OR DELETE. For TargetTrackingScaling policy {policy.arn}.",
        alarm_actions=[policy.arn],
        ok_actions=[],
        insufficient_data_actions=[],
        **watched,
    )
    return {"AlarmName": alarm.name, "AlarmARN": alarm.alarm_arn}


def _watched(policy: Any) -> dict[str, Any]:
    """The metric of the policy, as moto's alarm takes it."""
    configuration = vars(policy.target_tracking_configuration)
    predefined = configuration.get("PredefinedMetricSpecification")
    if predefined:
        return _predefined(policy.auto_scaling_group_name, predefined)
    custom = configuration["CustomizedMetricSpecification"]
    if custom.get("Metrics"):
        return _one_metric() | {"metric_data_queries": [_query(metric) for metric in custom["Metrics"]]}
    return _one_metric(
        custom["Namespace"],
        custom["MetricName"],
        {d["Name"]: d["Value"] for d in custom.get("Dimensions", [])},
        custom["Statistic"],
        int(custom.get("Period", 60)),
    ) | {"unit": custom.get("Unit")}


def _predefined(group: str, specification: Mapping[str, Any]) -> dict[str, Any]:
    kind = specification["PredefinedMetricType"]
    namespace, name, statistic = PREDEFINED[kind.removesuffix(HIGH_RESOLUTION)]
    dimensions = {"AutoScalingGroupName": group}
    if namespace == "AWS/ApplicationELB":
        # app/<name>/<id>/targetgroup/<name>/<id>
        parts = specification.get("ResourceLabel", "").split("/")
        dimensions = {"LoadBalancer": "/".join(parts[:3]), "TargetGroup": "/".join(parts[3:])}
    return _one_metric(namespace, name, dimensions, statistic, 10 if kind.endswith(HIGH_RESOLUTION) else 60)


def _one_metric(
    namespace: str | None = None,
    name: str | None = None,
    dimensions: Mapping[str, str] | None = None,
    statistic: str | None = None,
    period_s: int | None = 60,
) -> dict[str, Any]:
    return {
        "namespace": namespace,
        "metric_name": name,
        "dimensions": [{"Name": key, "Value": value} for key, value in (dimensions or {}).items()],
        "statistic": statistic,
        "period": period_s if name else None,
    }


def _query(data: Mapping[str, Any]) -> MetricDataQuery:
    stat = data.get("MetricStat")
    return MetricDataQuery(
        query_id=data["Id"],
        label=data.get("Label"),  # ty: ignore[invalid-argument-type] - moto takes None here
        period=data.get("Period"),  # ty: ignore[invalid-argument-type] - moto takes None here
        return_data=data.get("ReturnData", True),
        expression=data.get("Expression"),
        metric_stat=_stat(stat) if stat else None,
    )


def _stat(data: Mapping[str, Any]) -> MetricStat:
    metric = data["Metric"]
    dimensions = [Dimension(name=d["Name"], value=d["Value"]) for d in metric.get("Dimensions", [])]
    return MetricStat(
        metric=Metric(metric_name=metric["MetricName"], namespace=metric["Namespace"], dimensions=dimensions),
        period=str(data.get("Period", 60)),
        stat=data["Stat"],
        unit=data.get("Unit"),  # ty: ignore[invalid-argument-type] - moto takes None here
    )
