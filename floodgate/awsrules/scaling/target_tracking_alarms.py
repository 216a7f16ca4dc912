"""The two alarms that Auto Scaling makes for a target tracking policy.

Source of all rules here unless a function names another: "Target tracking scaling policies",
https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-target-tracking.html. AWS prints the names and that the
high threshold is the target; periods and the low threshold have been observed on groups, and AWS says that it may
change them. Whether a policy that may not scale in has a low alarm is not known: here it has one that nobody heeds.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5

from floodgate.awsrules.model import Alarm, Metric, Signal, TargetTracking

HIGH_PERIODS = 3
LOW_PERIODS = 15
PERIODS_S = (10, 30, 60)

PREDEFINED = {
    "ASGAverageCPUUtilization": ("AWS/EC2", "CPUUtilization", "Average"),
    "ASGAverageNetworkIn": ("AWS/EC2", "NetworkIn", "Average"),
    "ASGAverageNetworkOut": ("AWS/EC2", "NetworkOut", "Average"),
    "ALBRequestCountPerTarget": ("AWS/ApplicationELB", "RequestCountPerTarget", "Sum"),
}


@dataclass(frozen=True, slots=True)
class Periods:
    """How many periods breach before an alarm goes off: above the target, and below the low threshold.

    The defaults were seen for periods of a minute. For high resolution nobody has published them: anything from the
    same numbers of shorter periods to the same three and fifteen minutes is plausible.
    """

    high: int = HIGH_PERIODS
    low: int = LOW_PERIODS

    def __post_init__(self) -> None:
        for name, value in (("high", self.high), ("low", self.low)):
            if value < 1:
                raise ValueError(f"{name} is {value}: an alarm needs 1 period or more; correct the parameter")


def high_resolution(period_s: int, *, high: int = HIGH_PERIODS, low_minutes: float = 15) -> Periods:
    """The periods of alarms whose period is shorter than a minute; both numbers are unknown, so they are arguments.

    The default is quick above the target and as patient as ever below it.
    Source of the lengths: "Create a target tracking policy using high-resolution metrics",
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/policy-creating-high-resolution-metrics.html
    """
    return Periods(high, max(1, round(low_minutes * 60 / period_s)))


def metrics_of(policy: TargetTracking, group: str) -> tuple[Signal, ...]:
    """The metric a policy follows, first as its alarms have it, then under other dimensions with the same values.

    CloudWatch has RequestCountPerTarget by target group and by balancer and target group; a target group has one
    balancer at most, so both hold the same. Recorded metrics may have either.
    Source: "CloudWatch metrics for your Application Load Balancer",
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
    """
    if policy.metric is not None:
        return (policy.metric,)
    assert policy.predefined is not None, f"policy {policy.name} has no metric"
    namespace, name, statistic = PREDEFINED[policy.predefined]
    if not policy.predefined.startswith("ALB"):
        return (Metric(namespace, name, (("AutoScalingGroupName", group),), statistic),)
    if policy.resource_label is None:
        return (Metric(namespace, name, (), statistic),)
    parts = policy.resource_label.split("/")
    balancer, targets = ("LoadBalancer", "/".join(parts[:3])), ("TargetGroup", "/".join(parts[3:]))
    return (
        Metric(namespace, name, (targets,), statistic),
        Metric(namespace, name, (balancer, targets), statistic),
    )


def metric_of(policy: TargetTracking, group: str) -> Signal:
    """The metric that a policy's alarms watch: predefined ones are those of the group, or of its target group."""
    return metrics_of(policy, group)[0]


def alarm_name(policy: TargetTracking, group: str, side: str) -> str:
    """``TargetTracking-<group>-Alarm<side>-<uuid>``; the UUID follows from the policy, where AWS draws one."""
    drawn = uuid5(NAMESPACE_URL, f"{policy.arn}/{group}/{policy.name}/{side}")
    return f"TargetTracking-{group}-Alarm{side}-{drawn}"


def alarms(
    policy: TargetTracking,
    group: str,
    low_ratio: float,
    period_s: int | None = None,
    periods: Periods | None = None,
) -> tuple[Alarm, Alarm]:
    """The high and the low alarm that Auto Scaling makes for a policy.

    Args:
        policy: the policy; its own period holds unless another is given.
        group: the group's name.
        low_ratio: the low threshold as a share of the target; 0.7 and 0.9 have been seen, AWS prints neither.
        period_s: length of a datapoint: 10, 30 or 60 s.
        periods: how many of them must breach.

    Raises:
        ValueError: a period that target tracking does not have.
    """
    length_s = policy.period_s if period_s is None else period_s
    if length_s not in PERIODS_S:
        raise ValueError(f"period {length_s} s of policy {policy.name}: target tracking has 10, 30 and 60 s; take one")
    counts = periods or (Periods() if length_s >= 60 else high_resolution(length_s))
    metric = metric_of(policy, group)

    def alarm(side: str, comparison: str, threshold: float, count: int) -> Alarm:
        name = alarm_name(policy, group, side)
        return Alarm(name, metric, comparison, threshold, length_s, count, count, actions=(policy.arn,))

    return (
        alarm("High", "GreaterThanThreshold", policy.target, counts.high),
        alarm("Low", "LessThanThreshold", round(policy.target * low_ratio, 9), counts.low),
    )
