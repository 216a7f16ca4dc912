"""Step scaling: which step, how much, and from which capacity.

Source of all rules here: "Step and simple scaling policies",
https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-simple-step.html.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import Literal

from floodgate.awsrules.model import AdjustmentType, Step, StepScaling


def choose(steps: Sequence[Step], difference: float) -> Step | None:
    """The step for a metric that is `difference` above (or, negative, below) the alarm's threshold.

    Above the threshold the lower bound belongs to the step, below it the upper one. None where no step matches:
    then nothing happens.
    """
    if difference >= 0:
        for step in steps:
            if _lower(step) <= difference < _upper(step):
                return step
    if difference <= 0:
        for step in steps:
            if _lower(step) < difference <= _upper(step):
                return step
    return None


def _lower(step: Step) -> float:
    return -inf if step.lower is None else step.lower


def _upper(step: Step) -> float:
    return inf if step.upper is None else step.upper


def rounded(raw: float) -> int:
    """A computed change as AWS rounds it: towards zero, but a fraction of one instance is a whole one."""
    if 0 < raw < 1:
        return 1
    if -1 < raw < 0:
        return -1
    return int(raw)


def change(kind: AdjustmentType, adjustment: int, capacity: int, min_magnitude: int | None = None) -> int:
    """How many instances an adjustment adds to `capacity` (negative: takes away).

    `min_magnitude` holds for percentages only. What it does with an adjustment of 0 % AWS does not say; here such a
    step changes nothing, as in AWS's own example, whose steps around the threshold are 0 %.
    """
    if kind == "ChangeInCapacity":
        return adjustment
    if kind == "ExactCapacity":
        return adjustment - capacity
    delta = rounded(capacity * adjustment / 100)
    least = min_magnitude or 0
    if adjustment > 0:
        return max(delta, least)
    return min(delta, -least) if adjustment < 0 else 0


def aggregate(points: Sequence[float | None], how: str) -> float | None:
    """The metric value that picks the step: the alarm's most recent datapoints as one number."""
    real = [value for value in points if value is not None]
    if not real:
        return None
    if how == "Minimum":
        return min(real)
    return max(real) if how == "Maximum" else sum(real) / len(real)


def propose(policy: StepScaling, metric: float, threshold: float, warm: int, desired: int) -> int | None:
    """The capacity a policy asks for at this breach; None where no step matches.

    `warm` is the current capacity: instances past their warmup (for a scale in, also those that are terminating).
    What repeated breaches have already asked for is in `desired` and is not asked for twice.
    """
    step = choose(policy.steps, metric - threshold)
    if step is None:
        return None
    delta = change(policy.adjustment_type, step.adjustment, warm, policy.min_adjustment_magnitude)
    if delta > 0:
        return max(desired, warm + delta)
    return min(desired, warm + delta) if delta < 0 else desired


NO_STEP = "No step adjustment found for metric value [{metric:g}] and breach threshold {threshold:g}"
"""How AWS words it where a metric lies outside all steps; nothing happens then."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a policy makes of one breach: where to go, or why nothing happens.

    ``no step`` is a metric outside all steps, ``no data`` a breach without a datapoint (missing data that count as
    breaching); both leave the capacity as it is, and `words` say so as AWS does.
    """

    outcome: Literal["out", "in", "hold", "no step", "no data"]
    capacity: int
    metric: float | None = None
    words: str = ""


def answer(
    policy: StepScaling,
    points: Sequence[float | None],
    threshold: float,
    *,
    warm: int,
    desired: int,
    terminating: int = 0,
    warming: int = 0,
) -> Answer:
    """What a policy asks for at a breach of its alarm, which may be repeated each minute.

    Args:
        policy: the policy.
        points: the alarm's most recent datapoints, None where missing.
        threshold: the alarm's; it may be breached from above or from below.
        warm: the current capacity: instances past their warmup.
        desired: the desired capacity, which holds what earlier breaches have asked for.
        terminating: instances on their way out; they still count where it scales in.
        warming: instances that warm up after a scale out; while there are any nothing is taken away.
    """
    metric = aggregate(points, policy.aggregation)
    if metric is None:
        return Answer("no data", desired, words="there is no datapoint to choose a step by")
    wanted = propose(policy, metric, threshold, warm, desired)
    if wanted is None:
        return Answer("no step", desired, metric, NO_STEP.format(metric=metric, threshold=threshold))
    if wanted < desired:
        if warming:
            return Answer("hold", desired, metric, f"{warming} still warm up, nothing is taken away meanwhile")
        wanted = propose(policy, metric, threshold, warm + terminating, desired) or 0
    if wanted == desired:
        return Answer("hold", desired, metric)
    return Answer("out" if wanted > desired else "in", wanted, metric)
