"""What executing a policy by hand makes of a group's capacity, before the group's bounds.

https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_ExecutePolicy.html; the arithmetic is that of
`floodgate.awsrules.scaling.step_scaling`.
"""

from __future__ import annotations

from typing import Any

from floodgate.awsrules.model import Step
from floodgate.awsrules.scaling.step_scaling import change, choose
from floodgate.offline.repairs.autoscaling.fields import invalid


def capacity_after(policy: Any, capacity: int, metric: float | None, threshold: float | None) -> int:
    """The capacity a simple or step policy asks for.

    Args:
        policy: moto's policy.
        capacity: the desired capacity now.
        metric: the metric's value, for a step policy.
        threshold: the threshold of the alarm that was breached, for a step policy.
    """
    if policy.policy_type == "SimpleScaling":
        adjustment = int(policy.scaling_adjustment)
    elif policy.policy_type == "StepScaling":
        adjustment = _step(policy.step_adjustments, metric, threshold)
    else:
        raise invalid(f"ExecutePolicy is not supported for policies of type {policy.policy_type}")
    smallest = None if policy.min_adjustment_magnitude is None else int(policy.min_adjustment_magnitude)
    return capacity + change(policy.adjustment_type, adjustment, capacity, smallest)


def _step(adjustments: list[dict[str, Any]], metric: float | None, threshold: float | None) -> int:
    if metric is None or threshold is None:
        raise invalid("MetricValue and BreachThreshold are required to execute a step scaling policy")
    steps = [
        Step(a.get("MetricIntervalLowerBound"), a.get("MetricIntervalUpperBound"), int(a["ScalingAdjustment"]))
        for a in adjustments
    ]
    step = choose(steps, metric - threshold)
    if step is None:
        raise invalid(f"No step adjustment of the policy covers a breach of {metric - threshold:g}")
    return step.adjustment
