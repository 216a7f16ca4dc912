"""The four kinds of scaling policy, and the alarms whose actions name them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from floodgate.awsrules.model import (
    Alarm,
    Metric,
    Policy,
    PredictiveScaling,
    SimpleScaling,
    Step,
    StepScaling,
    TargetTracking,
)
from floodgate.rehearsal.reading.calls import Calls

Described = Mapping[str, Any]


def read_policies(calls: Calls, group: Described) -> tuple[Policy, ...]:
    """Every policy of the group, sorted by name; one that cannot be rehearsed is noted and left out."""
    found = calls.all(
        "autoscaling", "describe_policies", "ScalingPolicies", AutoScalingGroupName=group["AutoScalingGroupName"]
    )
    alarms = read_alarms(calls, group) if found else ()
    policies = []
    for described in sorted(found, key=lambda p: p["PolicyName"]):
        kind = described.get("PolicyType", "SimpleScaling")
        named = tuple(a for a in alarms if described["PolicyARN"] in a.actions)
        policy = _READERS[kind](described, named) if kind in _READERS else None
        if policy is None:
            calls.notes.append(f"policy '{described['PolicyName']}' ({kind}) uses a metric that is not rehearsed")
        else:
            policies.append(policy)
    return tuple(policies)


def read_alarms(calls: Calls, group: Described) -> tuple[Alarm, ...]:
    """The metric alarms of the region whose actions lead to Auto Scaling."""
    prefix = group["AutoScalingGroupARN"].split(":autoScalingGroup:")[0]
    found = calls.all("cloudwatch", "describe_alarms", "MetricAlarms", ActionPrefix=prefix, AlarmTypes=["MetricAlarm"])
    alarms = []
    for described in sorted(found, key=lambda a: a["AlarmName"]):
        metric = _alarm_metric(described)
        if metric is None:
            calls.notes.append(f"alarm '{described['AlarmName']}' computes its metric and is not rehearsed")
        else:
            alarms.append(_alarm(described, metric))
    return tuple(alarms)


def _alarm(described: Described, metric: Metric) -> Alarm:
    return Alarm(
        name=described["AlarmName"],
        metric=metric,
        comparison=described["ComparisonOperator"],
        threshold=described["Threshold"],
        period_s=described.get("Period") or described.get("Metrics", [{}])[0].get("MetricStat", {}).get("Period", 60),
        evaluation_periods=described["EvaluationPeriods"],
        datapoints_to_alarm=described.get("DatapointsToAlarm") or described["EvaluationPeriods"],
        treat_missing_data=described.get("TreatMissingData") or "missing",
        actions=tuple(described.get("AlarmActions", [])),
        state=described.get("StateValue", "INSUFFICIENT_DATA"),
    )


def _alarm_metric(described: Described) -> Metric | None:
    if described.get("MetricName"):
        statistic = described.get("Statistic") or described.get("ExtendedStatistic") or "Average"
        return _metric(described["Namespace"], described["MetricName"], described.get("Dimensions", []), statistic)
    return _single(described.get("Metrics", []))


def _metric(namespace: str, name: str, dimensions: list[dict[str, str]], statistic: str) -> Metric:
    return Metric(namespace, name, tuple(sorted((d["Name"], d["Value"]) for d in dimensions)), statistic)


def _single(queries: list[dict[str, Any]]) -> Metric | None:
    """The one plain metric of a list of metric queries; None where metric math is used."""
    if len(queries) != 1 or "MetricStat" not in queries[0]:
        return None
    stat = queries[0]["MetricStat"]
    metric = stat["Metric"]
    return _metric(metric["Namespace"], metric["MetricName"], metric.get("Dimensions", []), stat["Stat"])


def _target_tracking(described: Described, _: tuple[Alarm, ...]) -> Policy | None:
    settings = described["TargetTrackingConfiguration"]
    predefined = settings.get("PredefinedMetricSpecification", {}).get("PredefinedMetricType")
    custom = settings.get("CustomizedMetricSpecification", {})
    metric = None
    if custom.get("MetricName"):
        metric = _metric(
            custom["Namespace"], custom["MetricName"], custom.get("Dimensions", []), custom.get("Statistic", "Average")
        )
    elif custom:
        metric = _single(custom.get("Metrics", []))
    if predefined is None and metric is None:
        return None
    return TargetTracking(
        name=described["PolicyName"],
        arn=described["PolicyARN"],
        target=settings["TargetValue"],
        predefined=predefined,
        metric=metric,
        disable_scale_in=settings.get("DisableScaleIn", False),
        warmup_s=described.get("EstimatedInstanceWarmup"),
        enabled=described.get("Enabled", True),
    )


def _step(described: Described, alarms: tuple[Alarm, ...]) -> Policy:
    steps = (
        Step(s.get("MetricIntervalLowerBound"), s.get("MetricIntervalUpperBound"), s["ScalingAdjustment"])
        for s in described.get("StepAdjustments", [])
    )
    return StepScaling(
        name=described["PolicyName"],
        arn=described["PolicyARN"],
        adjustment_type=described["AdjustmentType"],
        steps=tuple(sorted(steps, key=lambda s: float("-inf") if s.lower is None else s.lower)),
        alarms=alarms,
        min_adjustment_magnitude=described.get("MinAdjustmentMagnitude"),
        aggregation=described.get("MetricAggregationType", "Average"),
        warmup_s=described.get("EstimatedInstanceWarmup"),
        enabled=described.get("Enabled", True),
    )


def _simple(described: Described, alarms: tuple[Alarm, ...]) -> Policy:
    return SimpleScaling(
        name=described["PolicyName"],
        arn=described["PolicyARN"],
        adjustment_type=described["AdjustmentType"],
        adjustment=described["ScalingAdjustment"],
        alarms=alarms,
        min_adjustment_magnitude=described.get("MinAdjustmentMagnitude"),
        cooldown_s=described.get("Cooldown"),
        enabled=described.get("Enabled", True),
    )


def _predictive(described: Described, _: tuple[Alarm, ...]) -> Policy:
    settings = described.get("PredictiveScalingConfiguration", {})
    return PredictiveScaling(
        name=described["PolicyName"],
        arn=described["PolicyARN"],
        mode=settings.get("Mode", "ForecastOnly"),
        buffer_s=settings.get("SchedulingBufferTime", 300),
        max_capacity_behaviour=settings.get("MaxCapacityBreachBehavior", "HonorMaxCapacity"),
        max_capacity_buffer_percent=settings.get("MaxCapacityBuffer", 0),
    )


_READERS: dict[str, Callable[[Described, tuple[Alarm, ...]], Policy | None]] = {
    "TargetTrackingScaling": _target_tracking,
    "StepScaling": _step,
    "SimpleScaling": _simple,
    "PredictiveScaling": _predictive,
}
