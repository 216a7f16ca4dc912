"""Scheduled actions from openings: one minimum over time, and one action at each instant it changes.

The minimum of the group is the only thing that is scheduled. A higher minimum raises desired capacity to itself and
never lowers it, while a scheduled desired capacity would also scale in a group that is already larger
(https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-scheduled-scaling.html).
Because the minimum is one function of time, openings whose lead reaches into the hold of the one before simply merge,
and two actions never share a start time, which AWS refuses.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from infra.openings import Opening

# AWS refuses an action in the past, and a deployment takes minutes from reading the clock to declaring it
DEPLOYMENT = timedelta(minutes=15)
# quota per group: https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-quotas.html
ACTIONS_PER_GROUP = 125


@dataclass(frozen=True, slots=True)
class Action:
    """One scheduled change of the group's minimum size, at an instant in UTC."""

    name: str
    start: datetime
    min_size: int


def minimum_at(openings: Iterable[Opening], base: int, moment: datetime) -> int:
    """The group's minimum at `moment`: the most that any opening holds then, and never under `base`."""
    held = [o.servers for o in openings if o.servers is not None and o.raised <= moment < o.released]
    return max([base, *held])


def minimum_to_declare(openings: Sequence[Opening], base: int, now: datetime) -> int:
    """The minimum that a deployment at `now` declares on the group itself.

    During an opening that is what the scheduled action has set, so that no deployment lowers it; just before one it
    is already the raised minimum, because an action that starts while the deployment runs could be refused.
    """
    coming = [o.raised for o in openings if now < o.raised <= now + DEPLOYMENT]
    return max(minimum_at(openings, base, moment) for moment in [now, *coming])


def under_way(openings: Iterable[Opening], now: datetime) -> bool:
    """Whether an opening's servers are held at a deployment at `now`, or will be before it has ended."""
    return any(o.servers is not None and o.raised - DEPLOYMENT <= now < o.released for o in openings)


def actions(openings: Sequence[Opening], base: int, now: datetime) -> list[Action]:
    """The scheduled actions that a deployment at `now` declares, in the order of their start.

    Args:
        openings: The stack's openings; those without servers are not scheduled.
        base: The group's minimum outside openings.
        now: The instant of the deployment, aware. Every action starts later than `now` + `DEPLOYMENT`, or at it
            where capacity is released within that time.

    Returns:
        Actions with distinct names and distinct starts; each changes the minimum.
    """
    current = minimum_to_declare(openings, base, now)
    found = []
    for start, name in sorted(_changes(openings, now).items()):
        wanted = minimum_at(openings, base, start)
        if wanted != current:
            found.append(Action(name, start, wanted))
            current = wanted
    return found


def _changes(openings: Iterable[Opening], now: datetime) -> dict[datetime, str]:
    """Each instant at which the minimum may change, with the name of the action; a rise names it before a release."""
    earliest = now + DEPLOYMENT
    scheduled = [opening for opening in openings if opening.servers is not None]
    changes = {max(o.released, earliest): f"{o.name}-release" for o in scheduled if o.released > now}
    return changes | {o.raised: f"{o.name}-open" for o in scheduled if o.raised > earliest}
