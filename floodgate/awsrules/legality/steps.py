"""Step adjustments as AWS accepts them, for EC2 Auto Scaling and Application Auto Scaling.

Sources: "Step and simple scaling policies",
https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-simple-step.html; "Quotas",
https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-quotas.html.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import inf

from floodgate.awsrules.legality.checking import required, within
from floodgate.awsrules.legality.facts import Params
from floodgate.awsrules.refusal import Refusal

MAX_STEPS = 20


def check_steps(code: str, steps: Sequence[Params], adjustment_type: str | None) -> None:
    """Refuse steps that overlap, leave gaps, or are open where they must not be.

    Raises:
        Refusal: with `code`, the error code of the service that is asked.
    """
    if not steps:
        raise Refusal(code, value="StepAdjustments is empty", rule="at least one is needed", remedy="give a step")
    if len(steps) > MAX_STEPS:
        rule = f"There can be at most {MAX_STEPS} step adjustments per scaling policy"
        raise Refusal(code, value=f"{len(steps)} step adjustments", rule=rule, remedy="join some of them")
    for step in steps:
        _check_one(code, step, adjustment_type)
    _check_open(code, steps, "lower")
    _check_open(code, steps, "upper")
    _check_joints(code, steps)


def _bounds(step: Params) -> tuple[float | None, float | None]:
    return step.get("MetricIntervalLowerBound"), step.get("MetricIntervalUpperBound")


def _named(step: Params) -> str:
    low, high = _bounds(step)
    lower = "-infinity" if low is None else f"{low:g}"
    return f"step {lower} to {'infinity' if high is None else f'{high:g}'}"


def _check_one(code: str, step: Params, adjustment_type: str | None) -> None:
    low, high = _bounds(step)
    required(code, step, "ScalingAdjustment", what=_named(step))
    if low is None and high is None:
        rule = "Both lower and upper bounds of a step adjustment cannot be left unspecified"
        raise Refusal(
            code, value="a step adjustment without bounds", rule=rule, remedy="give it a lower or upper bound"
        )
    if low is not None and high is not None and low >= high:
        rule = "The upper bound must be greater than the lower bound"
        raise Refusal(code, value=_named(step), rule=rule, remedy="swap or widen its bounds")
    if adjustment_type == "ExactCapacity":
        within(code, f"ScalingAdjustment of {_named(step)}", step["ScalingAdjustment"], 0, inf)


def _check_open(code: str, steps: Sequence[Params], side: str) -> None:
    """At most one step is open on a side, and one must be where another reaches beyond the threshold there."""
    at, sign, word = (0, -1, "negative") if side == "lower" else (1, 1, "positive")
    bounds = [_bounds(step)[at] for step in steps]
    open_ends = bounds.count(None)
    if open_ends > 1:
        rule = f"At most one StepAdjustment may have an unspecified {side} bound"
        raise Refusal(code, value=f"{open_ends} steps have none", rule=rule, remedy=f"give all but one a {side} bound")
    beyond = [bound for bound in bounds if bound is not None and bound * sign > 0]
    if beyond and not open_ends:
        rule = (
            f"There must be a StepAdjustment with an unspecified {side} bound (i.e., {side} bound is null) "
            f"when one StepAdjustment has a {word} {side} bound"
        )
        outermost = max(beyond, key=abs)
        raise Refusal(code, value=f"{side} bound {outermost:g}", rule=rule, remedy=f"leave out that {side} bound")


def _check_joints(code: str, steps: Sequence[Params]) -> None:
    ordered = sorted(steps, key=lambda step: -inf if (low := _bounds(step)[0]) is None else low)
    for left, right in pairwise(ordered):
        end, start = _bounds(left)[1], _bounds(right)[0]
        value = f"{_named(left)} and {_named(right)}"
        if end is None or start is None or end > start:
            rule = "StepAdjustment intervals can't overlap"
            raise Refusal(code, value=value, rule=rule, remedy="let each step begin where the one before ends")
        if end < start:
            rule = "StepAdjustment intervals can't have gaps between them"
            raise Refusal(code, value=value, rule=rule, remedy="let each step begin where the one before ends")
