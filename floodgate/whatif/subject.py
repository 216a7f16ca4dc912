"""The group as it is replayed: every policy with the metric that the record holds of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from floodgate.awsrules.cloudwatch import signals
from floodgate.awsrules.model import (
    Alarm,
    Group,
    Metric,
    MetricMath,
    Policy,
    PredictiveScaling,
    Signal,
    SimpleScaling,
    StepScaling,
    TargetTracking,
)
from floodgate.awsrules.scaling.target_tracking import metric_of
from floodgate.rehearsal.errors import PlanError

COMPUTED = "metric math"
MINUTE_S, WEEK_S = 60, 7 * 86_400
HIGH_RESOLUTION = (10, 20, 30)
GROUP_METRICS = "AWS/AutoScaling"
PER_INSTANCE = frozenset({("AWS/EC2", "CPUUtilization"), ("AWS/EC2", "NetworkIn"), ("AWS/EC2", "NetworkOut")})
PER_TARGET = ("AWS/ApplicationELB", "RequestCountPerTarget")


@dataclass(frozen=True, slots=True)
class Subject:
    """A group whose policies each follow one metric; `computed` tells which of them are metric math.

    `shared` are the metrics that are an average of instances: a closed loop divides those and no other.
    """

    group: Group
    computed: dict[Metric, MetricMath]
    shared: frozenset[tuple[str, str, tuple[tuple[str, str], ...]]]
    alarms: tuple[Alarm, ...]


def subject(group: Group) -> Subject:
    """The group, fit to be replayed.

    Raises:
        PlanError: an alarm or a policy watches what CloudWatch cannot evaluate.
    """
    computed: dict[Metric, MetricMath] = {}
    policies = tuple(_policy(policy, group, computed) for policy in group.policies)
    shared = {
        (followed.namespace, followed.name, followed.dimensions)
        for policy in policies
        if isinstance(policy, TargetTracking) and isinstance(followed := policy.metric, Metric)
        if followed not in computed
    }
    alarms = tuple(alarm for policy in policies for alarm in getattr(policy, "alarms", ()))
    for alarm in alarms:
        metric = alarm.metric
        if isinstance(metric, Metric) and ((metric.namespace, metric.name) in PER_INSTANCE | {PER_TARGET}):
            shared.add((metric.namespace, metric.name, metric.dimensions))
    return Subject(replace(group, policies=policies), computed, frozenset(shared), alarms)


def watched(subject: Subject) -> Iterator[tuple[str, tuple[Metric, ...]]]:
    """What is watched, by policy, with the metrics that it is made of; the group's own metrics are left out."""
    for policy in subject.group.policies:
        found = [alarm.metric for alarm in getattr(policy, "alarms", ())]
        if isinstance(policy, TargetTracking) and policy.metric is not None:
            found = [policy.metric]
        for signal in found:
            whole = subject.computed.get(signal, signal) if isinstance(signal, Metric) else signal
            yield policy.name, tuple(m for m in signals.metrics(whole) if m.namespace != GROUP_METRICS)


def labelled(label: str) -> tuple[tuple[str, str], ...]:
    """The dimensions of a resource label, ``app/<name>/<id>/targetgroup/<name>/<id>``.

    Source: "PredefinedMetricSpecification",
    https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_PredefinedMetricSpecification.html
    """
    balancer, found, target = label.partition("/targetgroup/")
    return (("LoadBalancer", balancer), ("TargetGroup", f"targetgroup/{target}")) if found else ()


def _policy(policy: Policy, group: Group, computed: dict[Metric, MetricMath]) -> Policy:
    if isinstance(policy, PredictiveScaling):
        return policy
    if isinstance(policy, TargetTracking):
        signal = metric_of(policy, group.name)
        if policy.predefined == "ALBRequestCountPerTarget" and isinstance(signal, Metric):
            signal = replace(signal, dimensions=labelled(policy.resource_label or ""))
        _evaluable(f"policy '{policy.name}'", policy.period_s, 1, 1)
        return replace(policy, metric=_single(signal, policy.name, computed))
    alarms = tuple(_alarm(alarm, computed) for alarm in policy.alarms if _acts(policy, alarm))
    return replace(policy, alarms=alarms)


def _acts(policy: StepScaling | SimpleScaling, alarm: Alarm) -> bool:
    """Whether an alarm runs a policy when it is in ALARM: its actions are on, and its other states do not name it."""
    others = (*alarm.ok_actions, *alarm.insufficient_data_actions)
    return alarm.actions_enabled and (policy.arn in alarm.actions or policy.arn not in others)


def _alarm(alarm: Alarm, computed: dict[Metric, MetricMath]) -> Alarm:
    what = f"alarm '{alarm.name}'"
    _evaluable(what, alarm.period_s, alarm.evaluation_periods, alarm.datapoints_to_alarm)
    return replace(alarm, metric=_single(alarm.metric, what, computed))


def _evaluable(what: str, period_s: int, periods: int, to_alarm: int) -> None:
    """Refuse periods that CloudWatch has not: of 10, 20 or 30 seconds or whole minutes, over a week at the most.

    Source: "PutMetricAlarm", Period and EvaluationPeriods,
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    """
    if period_s not in HIGH_RESOLUTION and (period_s < MINUTE_S or period_s % MINUTE_S):
        raise PlanError(f"{what}: its period is {period_s} s, which is 10, 20, 30 or a multiple of 60; correct it")
    if not (1 <= to_alarm <= periods and period_s * periods <= WEEK_S):
        rule = "it takes 1 to all of its periods to alarm, and all last a week at the most"
        raise PlanError(f"{what}: {to_alarm} of {periods} periods of {period_s} s: {rule}; correct it")


def _single(signal: Signal, what: str, computed: dict[Metric, MetricMath]) -> Metric:
    try:
        signals.check(signal)
    except ValueError as error:
        raise PlanError(f"{what}: {error}") from error
    if isinstance(signal, Metric):
        return signal
    # two expressions may read alike and mean other metrics, so each has a name of its own
    known = next((metric for metric, math in computed.items() if math == signal), None)
    metric = known or Metric(COMPUTED, signal.name, (("number", str(len(computed))),))
    computed[metric] = signal
    return metric
