"""The metric alarms that lead to Auto Scaling."""

from __future__ import annotations

from floodgate.awsrules.model import Alarm, Signal
from floodgate.rehearsal.errors import PlanError
from floodgate.rehearsal.reading import metrics
from floodgate.rehearsal.reading.calls import Calls
from floodgate.rehearsal.reading.values import Described, need, one_of, whole

_COMPARISONS = frozenset(
    {
        "GreaterThanOrEqualToThreshold",
        "GreaterThanThreshold",
        "LessThanThreshold",
        "LessThanOrEqualToThreshold",
    }
)
_MISSING = frozenset({"missing", "notBreaching", "breaching", "ignore"})
_STATES = frozenset({"OK", "ALARM", "INSUFFICIENT_DATA"})


def read_alarms(calls: Calls, group: Described) -> tuple[Alarm, ...]:
    """The metric alarms of the region whose actions lead to Auto Scaling; one that cannot be played is noted."""
    arn = group.get("AutoScalingGroupARN", "")
    prefix = {"ActionPrefix": arn.split(":autoScalingGroup:")[0]} if ":autoScalingGroup:" in arn else {}
    found = calls.told(
        "no alarm is known, and step and simple policies stay silent",
        "cloudwatch", "describe_alarms", "MetricAlarms", AlarmTypes=["MetricAlarm"], **prefix,
    )  # fmt: skip
    alarms = []
    for described in sorted(found, key=lambda a: need(a, "AlarmName", "an alarm")):
        what = f"alarm '{described['AlarmName']}'"
        signal = _signal(described, what)
        if signal is None or described.get("ThresholdMetricId"):
            calls.note(f"{what} compares with a band or does not say which query returns data: it is not rehearsed")
        else:
            alarms.append(_alarm(described, what, signal))
    return tuple(alarms)


def _signal(described: Described, what: str) -> Signal | None:
    if not described.get("MetricName"):
        return metrics.computed(described.get("Metrics") or [], what)
    return metrics.plain(described, described.get("ExtendedStatistic") or described.get("Statistic") or "Average", what)


def _alarm(described: Described, what: str, signal: Signal) -> Alarm:
    periods = whole(described, "EvaluationPeriods", what, least=1)
    datapoints = whole(described, "DatapointsToAlarm", what, periods, least=1)
    if datapoints > periods:
        raise PlanError(f"{what}: DatapointsToAlarm {datapoints} is above EvaluationPeriods {periods}; lower it")
    default = metrics.period_s(described.get("Metrics") or [])
    return Alarm(
        name=described["AlarmName"],
        metric=signal,
        comparison=one_of(described, "ComparisonOperator", what, _COMPARISONS),
        threshold=need(described, "Threshold", what),
        period_s=whole(described, "Period", what, default, least=1),
        evaluation_periods=periods,
        datapoints_to_alarm=datapoints,
        treat_missing_data=one_of(described, "TreatMissingData", what, _MISSING, "missing"),
        actions=tuple(described.get("AlarmActions") or ()),
        state=one_of(described, "StateValue", what, _STATES, "INSUFFICIENT_DATA"),
        ok_actions=tuple(described.get("OKActions") or ()),
        insufficient_data_actions=tuple(described.get("InsufficientDataActions") or ()),
        actions_enabled=described.get("ActionsEnabled", True),
        evaluate_low_samples=described.get("EvaluateLowSampleCountPercentile") != "ignore",
    )
