"""The group as it is replayed: every policy with the metric that the record holds of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from floodgate.awsrules.cloudwatch import signals
from floodgate.awsrules.model import (
    Group,
    Metric,
    MetricMath,
    Policy,
    PredictiveScaling,
    Signal,
    TargetTracking,
)
from floodgate.awsrules.scaling.target_tracking_alarms import metric_of
from floodgate.fleet.sizes import NAMESPACE

MINUTE_S = 60
PER_INSTANCE = frozenset({("AWS/EC2", "CPUUtilization"), ("AWS/EC2", "NetworkIn"), ("AWS/EC2", "NetworkOut")})
PER_TARGET = ("AWS/ApplicationELB", "RequestCountPerTarget")


@dataclass(frozen=True, slots=True)
class Subject:
    """A group that can be replayed.

    Args:
        group: its policies follow the metrics of the record.
        shared: the metrics that are an average of instances: a closed loop divides those and no other.
        math: the metric math that is watched, with the length of its periods.
        fast: whether an alarm has high resolution.
    """

    group: Group
    shared: frozenset[tuple[str, str, tuple[tuple[str, str], ...]]]
    math: frozenset[tuple[MetricMath, int]]
    fast: bool


def subject(group: Group) -> Subject:
    """The group, fit to be replayed.

    Args:
        group: as it was read; `floodgate.rehearsal.reading` has looked whether it can be evaluated.
    """
    policies = tuple(_policy(policy, group) for policy in group.policies)
    followed = [(policy, *each) for policy in policies for each in _followed(policy)]
    shared = {
        (signal.namespace, signal.name, signal.dimensions)
        for policy, signal, _ in followed
        if isinstance(signal, Metric) and _is_shared(policy, signal)
    }
    math = frozenset((signal, period_s) for _, signal, period_s in followed if isinstance(signal, MetricMath))
    fast = any(period_s < MINUTE_S for _, _, period_s in followed)
    return Subject(replace(group, policies=policies), frozenset(shared), math, fast)


def with_names(group: Group, names: Mapping[MetricMath, Metric]) -> Group:
    """The group with metric math replaced by metrics that are known under these names."""
    if not names:
        return group

    def named(signal: Signal) -> Signal:
        return names.get(signal, signal) if isinstance(signal, MetricMath) else signal

    def renamed(policy: Policy) -> Policy:
        if isinstance(policy, PredictiveScaling):
            return policy
        alarms = tuple(replace(alarm, metric=named(alarm.metric)) for alarm in policy.alarms)
        if isinstance(policy, TargetTracking) and policy.metric is not None:
            return replace(policy, metric=named(policy.metric), alarms=alarms)
        return replace(policy, alarms=alarms)

    return replace(group, policies=tuple(renamed(policy) for policy in group.policies))


def watched(subject: Subject) -> Iterator[tuple[str, tuple[Metric, ...]]]:
    """What is watched, by policy, with the metrics that it is made of; the group's own metrics are left out."""
    for policy in subject.group.policies:
        for signal, _ in _followed(policy):
            yield policy.name, tuple(m for m in signals.metrics(signal) if m.namespace != NAMESPACE)


def _followed(policy: Policy) -> list[tuple[Signal, int]]:
    """What a policy follows, with the length of the periods."""
    if isinstance(policy, PredictiveScaling):
        return []
    if isinstance(policy, TargetTracking) and policy.metric is not None:
        return [(policy.metric, policy.period_s)]
    return [(alarm.metric, alarm.period_s) for alarm in policy.alarms]


def _is_shared(policy: Policy, metric: Metric) -> bool:
    return isinstance(policy, TargetTracking) or (metric.namespace, metric.name) in PER_INSTANCE | {PER_TARGET}


def labelled(label: str) -> tuple[tuple[str, str], ...]:
    """The dimensions of a resource label, ``app/<name>/<id>/targetgroup/<name>/<id>``.

    Source: "PredefinedMetricSpecification",
    https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_PredefinedMetricSpecification.html
    """
    balancer, found, target = label.partition("/targetgroup/")
    return (("LoadBalancer", balancer), ("TargetGroup", f"targetgroup/{target}")) if found else ()


def _policy(policy: Policy, group: Group) -> Policy:
    if not isinstance(policy, TargetTracking):
        return policy
    signal = metric_of(policy, group.name)
    if policy.predefined == "ALBRequestCountPerTarget" and isinstance(signal, Metric):
        signal = replace(signal, dimensions=labelled(policy.resource_label or ""))
    return replace(policy, metric=signal)
