"""Auto scaling of a cluster's shards.

Sources: "Target tracking scaling policies",
https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/AutoScaling-Scaling-Policies-Target.html; "Auto Scaling Valkey
and Redis OSS clusters", https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/AutoScaling.html; "Auto Scaling
policies", https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/AutoScaling-Policies.html.
"""

from __future__ import annotations

from math import ceil

LEAST_STEP_PERCENT = 20
SCALE_IN_PERCENT = 75
SCALE_OUT_COOLDOWN_S = 600
SCALE_IN_COOLDOWN_S = 900
MOST_SHARDS = 250
LOWEST_TARGET_PERCENT = 35
HIGHEST_TARGET_PERCENT = 70
SIZES = frozenset({"large", "xlarge", "2xlarge"})


def possible(*, cluster_mode: bool, node_type: str, families: frozenset[str]) -> bool:
    """Whether a cluster can be scaled automatically: in cluster mode, of a listed family, of three sizes.

    Args:
        cluster_mode: whether cluster mode is enabled.
        node_type: e.g. ``cache.r7g.large``.
        families: the families that AWS lists, e.g. ``r7g``; the list grows.
    """
    _, family, size = node_type.split(".")
    return cluster_mode and family in families and size in SIZES


def scales_out(metric: float, target: float) -> bool:
    """Whether shards are added: the metric is equal to its target or above."""
    return metric >= target


def scales_in(metric: float, target: float) -> bool:
    """Whether shards may be removed: the metric is at 75 percent of its target or below."""
    return metric * 100 <= target * SCALE_IN_PERCENT


def after_scale_out(shards: int, metric: float, target: float, maximum: int = MOST_SHARDS) -> int:
    """The shards after a scale out: more by the percentage above the target, by 20 percent at least."""
    if not scales_out(metric, target):
        return shards
    above = max(LEAST_STEP_PERCENT, (metric / target - 1.0) * 100.0)
    return max(shards, min(maximum, shards + ceil(shards * above / 100.0 - 1e-9)))


def after_scale_in(shards: int, metric: float, target: float, minimum: int = 1) -> int:
    """The fewest shards that a scale in may leave: never so few that the metric would be above its target.

    How many it really removes at once AWS does not say, only that it is conservative.
    """
    if not scales_in(metric, target):
        return shards
    return min(shards, max(minimum, 1, ceil(shards * metric / target - 1e-9)))
