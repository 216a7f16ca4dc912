"""Which policy wins where several of a group act at once.

Sources: "Dynamic scaling", https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scale-based-on-demand.html;
"How predictive scaling works",
https://docs.aws.amazon.com/autoscaling/ec2/userguide/predictive-scaling-policy-overview.html.
Scheduled actions do not compete: each sets the group when it runs, and policies go on from there within its limits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from floodgate.awsrules.scaling.capacity import Bounds, Wish, clamp, largest
from floodgate.awsrules.scaling.target_tracking import Vote, combine


def decide(
    bounds: Bounds,
    votes: Sequence[Vote] = (),
    wishes: Iterable[Wish] = (),
    *,
    forecast: Wish | None = None,
    scale_in_blocked: bool = False,
) -> Wish | None:
    """The one wish that is carried out, within the group's limits; None where nothing changes.

    The largest capacity wins, so a scale out beats every scale in. Target tracking policies speak with one voice,
    and need all of theirs to scale in; step and simple policies may scale in while target tracking is not ready. A
    forecast never takes away, and a scale in stops at it.

    Args:
        bounds: the group's minimum, maximum and desired capacity.
        votes: of the target tracking policies.
        wishes: of step and simple policies whose alarms act now.
        forecast: what predictive scaling holds now.
        scale_in_blocked: by warmup or by a cooldown.
    """
    tracked = combine(votes)
    dynamic = [*wishes, *([tracked] if tracked else [])]
    bound = [
        Wish(wish.policy, clamp(wish.capacity, bounds.minimum, bounds.maximum), wish.reason)
        for wish in (*dynamic, *([forecast] if forecast else []))
    ]
    out = largest(wish for wish in bound if wish.capacity > bounds.desired)
    if out is not None:
        return out
    if scale_in_blocked or not any(wish.capacity < bounds.desired for wish in bound[: len(dynamic)]):
        return None
    # a dynamic policy that asks to stay has no say: only those that take away, and the forecast below them
    ins = [wish for wish in bound[: len(dynamic)] if wish.capacity < bounds.desired]
    won = largest([*ins, *bound[len(dynamic) :]])
    return won if won and won.capacity < bounds.desired else None
