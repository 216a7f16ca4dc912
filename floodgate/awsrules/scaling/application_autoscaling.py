"""Application Auto Scaling: cooldowns instead of warmup, for readers of Aurora, shards of ElastiCache and their like.

Sources: "How step scaling for Application Auto Scaling works",
https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html; "How target tracking
for Application Auto Scaling works",
https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from floodgate.awsrules.model import StepScaling
from floodgate.awsrules.scaling.capacity import clamp
from floodgate.awsrules.scaling.step_scaling import aggregate, change, choose
from floodgate.awsrules.scaling.target_tracking import proportional


@dataclass(frozen=True, slots=True)
class Service:
    """How one service is scaled: datapoints of a minute above and below, default cooldowns, and its own bounds.

    `low_ratio` is the low threshold as a share of the target: seen as 0.9, AWS says "usually more than 10 % lower";
    `low_included` says whether a metric at that threshold is low. A scale out adds `least_step_percent` at least.
    """

    high_points: int = 3
    low_points: int = 15
    out_cooldown_s: int = 300
    in_cooldown_s: int = 300
    least: int = 0
    most: int | None = None
    low_ratio: float = 0.9
    low_included: bool = False
    least_step_percent: int = 0

    def is_low(self, metric: float, target: float) -> bool:
        """Whether the metric is so low that capacity may be taken away."""
        threshold = target * self.low_ratio
        return metric < threshold or (self.low_included and metric == threshold)


SERVICES = {
    # https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Integrating.AutoScaling.html
    "rds:cluster:ReadReplicaCount": Service(most=15),
    # https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/AutoScaling-Scaling-Policies-Target.html
    "elasticache:replication-group:NodeGroups": Service(
        out_cooldown_s=600, in_cooldown_s=900, least=1, low_ratio=0.75, low_included=True, least_step_percent=20
    ),
    "elasticache:replication-group:Replicas": Service(
        out_cooldown_s=600, in_cooldown_s=900, least=1, most=5, low_ratio=0.75, low_included=True
    ),
    # two consecutive minutes above, fifteen datapoints below:
    # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/AutoScaling.html
    "dynamodb:table:ReadCapacityUnits": Service(high_points=2, out_cooldown_s=0, in_cooldown_s=0, least=1),
    "dynamodb:table:WriteCapacityUnits": Service(high_points=2, out_cooldown_s=0, in_cooldown_s=0, least=1),
    "ecs:service:DesiredCount": Service(),
}
"""By scalable dimension. Periods that a service does not print are those observed elsewhere."""


@dataclass(frozen=True, slots=True)
class Activity:
    """The last scaling activity that has been completed: which way, from which capacity, and when it ended."""

    direction: Literal["out", "in"]
    before: int
    ended_s: float


def cooling(last: Activity | None, direction: str, now_s: float, cooldown_s: float) -> bool:
    """Whether the cooldown of the last activity in this direction is running.

    A scale out during the cooldown of a scale in ends it: the last activity is then that scale out.
    """
    return last is not None and last.direction == direction and now_s < last.ended_s + cooldown_s


def base(last: Activity | None, current: int, now_s: float, out_cooldown_s: float) -> int:
    """The capacity that a scale out counts from: within the cooldown of another, what there was before that."""
    return last.before if last is not None and cooling(last, "out", now_s, out_cooldown_s) else current


def scale_by_steps(
    policy: StepScaling,
    points: Sequence[float | None],
    threshold: float,
    current: int,
    last: Activity | None,
    *,
    now_s: float,
    cooldown_s: float = 300,
) -> int:
    """The capacity after a breach: two just added and three asked for within the cooldown are one more.

    A scale in within the cooldown of a scale in waits; a scale out during it goes at once.
    """
    metric = aggregate(points, policy.aggregation)
    step = None if metric is None else choose(policy.steps, metric - threshold)
    if step is None:
        return current
    begin = base(last, current, now_s, cooldown_s)
    delta = change(policy.adjustment_type, step.adjustment, begin, policy.min_adjustment_magnitude)
    if delta > 0:
        return max(current, begin + delta)
    taken = change(policy.adjustment_type, step.adjustment, current, policy.min_adjustment_magnitude)
    if taken >= 0 or cooling(last, "in", now_s, cooldown_s):
        return current
    return max(0, current + taken)


def track(  # noqa: PLR0913 - one evaluation has this many facts
    service: Service,
    metric: float,
    target: float,
    current: int,
    last: Activity | None,
    *,
    now_s: float,
    minimum: int,
    maximum: int,
    may_scale_in: bool = True,
) -> int:
    """The capacity that target tracking asks for once an alarm has gone off, within the target's bounds.

    Above the target it is the proportional capacity, and what was added within the cooldown counts as there. Below
    the low threshold it is the fewest that predict no breach; AWS may keep more.
    """
    low, high = max(minimum, service.least), min(maximum, maximum if service.most is None else service.most)
    wanted = current
    if metric > target:
        begin = base(last, current, now_s, service.out_cooldown_s)
        least = -(-begin * (100 + service.least_step_percent) // 100)
        wanted = max(current, least, proportional(begin, metric, target))
    elif service.is_low(metric, target) and may_scale_in:
        waits = cooling(last, "in", now_s, service.in_cooldown_s)
        wanted = current if waits else min(current, proportional(current, metric, target))
    return clamp(wanted, low, high)
