"""The four kinds of scaling policy, and the alarms whose actions name them."""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter

from floodgate.awsrules.model import (
    Alarm,
    Policy,
    PredictiveScaling,
    Signal,
    SimpleScaling,
    Step,
    StepScaling,
    TargetTracking,
)
from floodgate.rehearsal.errors import PlanError
from floodgate.rehearsal.reading import metrics
from floodgate.rehearsal.reading.alarms import read_alarms
from floodgate.rehearsal.reading.calls import Calls
from floodgate.rehearsal.reading.values import Described, need, one_of, whole

_ADJUSTMENTS = frozenset({"ChangeInCapacity", "ExactCapacity", "PercentChangeInCapacity"})
_AGGREGATIONS = frozenset({"Average", "Minimum", "Maximum"})


def read_policies(calls: Calls, group: Described) -> tuple[Policy, ...]:
    """Every policy of the group, sorted by name; one that cannot be rehearsed is noted and left out.

    A policy's alarms are those whose actions of any state name its ARN, and those that it names itself.
    """
    found = calls.told(
        "the group is read without scaling policies", "autoscaling", "describe_policies", "ScalingPolicies",
        AutoScalingGroupName=group["AutoScalingGroupName"],
    )  # fmt: skip
    for described in found:
        need(described, "PolicyName", "a scaling policy")
    alarms = read_alarms(calls, group) if found else ()
    policies = []
    for described in sorted(found, key=itemgetter("PolicyName")):
        kind = described.get("PolicyType") or "SimpleScaling"
        policy = _READERS[kind](calls, described, _named(described, alarms)) if kind in _READERS else None
        if policy is None:
            calls.note(f"policy '{described['PolicyName']}' ({kind}) uses a metric that is not rehearsed")
        else:
            policies.append(policy)
    return tuple(policies)


def _named(described: Described, alarms: tuple[Alarm, ...]) -> tuple[Alarm, ...]:
    arn = described.get("PolicyARN")
    own = {alarm.get("AlarmName") for alarm in described.get("Alarms") or []}
    return tuple(a for a in alarms if a.name in own or arn in (*a.actions, *a.ok_actions, *a.insufficient_data_actions))


def _common(described: Described) -> tuple[str, str]:
    return described["PolicyName"], described.get("PolicyARN") or ""


def _target_tracking(calls: Calls, described: Described, alarms: tuple[Alarm, ...]) -> Policy | None:
    name, arn = _common(described)
    what = f"policy '{name}'"
    settings = need(described, "TargetTrackingConfiguration", what)
    predefined = settings.get("PredefinedMetricSpecification") or {}
    custom = settings.get("CustomizedMetricSpecification") or {}
    signal = _customized(custom, what)
    if not predefined.get("PredefinedMetricType") and signal is None:
        return None
    target = need(settings, "TargetValue", what)
    if target <= 0:
        raise PlanError(f"{what}: TargetValue is {target}, which must be above 0; correct it")
    return TargetTracking(
        name=name,
        arn=arn,
        target=target,
        predefined=predefined.get("PredefinedMetricType"),
        metric=signal,
        disable_scale_in=settings.get("DisableScaleIn", False),
        warmup_s=_optional(described, "EstimatedInstanceWarmup", what),
        enabled=described.get("Enabled", True),
        resource_label=predefined.get("ResourceLabel"),
        period_s=whole(custom, "Period", what, metrics.period_s(custom.get("Metrics") or []), least=1),
        alarms=_silent(calls, alarms),
    )


def _silent(calls: Calls, alarms: tuple[Alarm, ...]) -> tuple[Alarm, ...]:
    """The alarms as they are; those whose actions are switched off are noted."""
    for alarm in alarms:
        if not alarm.actions_enabled:
            calls.note(f"alarm '{alarm.name}' has its actions switched off: it changes nothing")
    return alarms


def _customized(custom: Described, what: str) -> Signal | None:
    if custom.get("MetricName"):
        return metrics.plain(custom, custom.get("Statistic") or "Average", what)
    return metrics.computed(custom.get("Metrics") or [], what)


def _optional(described: Described, key: str, what: str) -> int | None:
    return None if described.get(key) is None else whole(described, key, what)


def _step(calls: Calls, described: Described, alarms: tuple[Alarm, ...]) -> Policy:
    name, arn = _common(described)
    what = f"policy '{name}'"
    steps = (
        Step(
            s.get("MetricIntervalLowerBound"),
            s.get("MetricIntervalUpperBound"),
            need(s, "ScalingAdjustment", what),
        )
        for s in need(described, "StepAdjustments", what)
    )
    return StepScaling(
        name=name,
        arn=arn,
        adjustment_type=one_of(described, "AdjustmentType", what, _ADJUSTMENTS),
        steps=tuple(sorted(steps, key=lambda s: float("-inf") if s.lower is None else s.lower)),
        alarms=_silent(calls, alarms),
        min_adjustment_magnitude=described.get("MinAdjustmentMagnitude"),
        aggregation=one_of(described, "MetricAggregationType", what, _AGGREGATIONS, "Average"),
        warmup_s=_optional(described, "EstimatedInstanceWarmup", what),
        enabled=described.get("Enabled", True),
    )


def _simple(calls: Calls, described: Described, alarms: tuple[Alarm, ...]) -> Policy:
    name, arn = _common(described)
    what = f"policy '{name}'"
    least = described.get("MinAdjustmentMagnitude")
    return SimpleScaling(
        name=name,
        arn=arn,
        adjustment_type=one_of(described, "AdjustmentType", what, _ADJUSTMENTS),
        adjustment=need(described, "ScalingAdjustment", what),
        alarms=_silent(calls, alarms),
        # the older name of the same number
        min_adjustment_magnitude=described.get("MinAdjustmentStep") if least is None else least,
        cooldown_s=_optional(described, "Cooldown", what),
        enabled=described.get("Enabled", True),
    )


def _predictive(calls: Calls, described: Described, _: tuple[Alarm, ...]) -> Policy:
    name, arn = _common(described)
    what = f"policy '{name}'"
    settings = described.get("PredictiveScalingConfiguration") or {}
    mode = one_of(settings, "Mode", what, {"ForecastOnly", "ForecastAndScale"}, "ForecastOnly")
    if mode == "ForecastAndScale" and not described.get("Enabled", True):
        calls.note(f"{what} is switched off: its forecast is not acted on")
        mode = "ForecastOnly"
    behaviours = {"HonorMaxCapacity", "IncreaseMaxCapacity"}
    return PredictiveScaling(
        name=name,
        arn=arn,
        mode=mode,
        buffer_s=whole(settings, "SchedulingBufferTime", what, 300),
        max_capacity_behaviour=one_of(settings, "MaxCapacityBreachBehavior", what, behaviours, "HonorMaxCapacity"),
        max_capacity_buffer_percent=whole(settings, "MaxCapacityBuffer", what, 0),
    )


_READERS: dict[str, Callable[[Calls, Described, tuple[Alarm, ...]], Policy | None]] = {
    "TargetTrackingScaling": _target_tracking,
    "StepScaling": _step,
    "SimpleScaling": _simple,
    "PredictiveScaling": _predictive,
}
