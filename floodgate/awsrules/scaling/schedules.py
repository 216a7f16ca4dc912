"""Scheduled actions: when they fire and what they set.

Source of all rules here: "Scheduled scaling for Amazon EC2 Auto Scaling",
https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-scheduled-scaling.html.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim

from floodgate.awsrules.model import ScheduledAction
from floodgate.awsrules.scaling.capacity import Bounds, rebound


def next_fire(action: ScheduledAction, after: datetime) -> datetime | None:
    """The first instant strictly after `after` at which the action fires, in UTC; None if it never does again.

    With a start it fires then and after it by its recurrence; it does not fire at its end or later.
    """
    if action.start is not None and action.start > after:
        fire = action.start
    elif action.recurrence is None:
        return None
    else:
        fire = next_recurrence(action.recurrence, action.time_zone, after)
    if fire is None or (action.end is not None and fire >= action.end):
        return None
    return fire.astimezone(UTC)


def next_recurrence(recurrence: str, time_zone: str, after: datetime) -> datetime | None:
    """The next instant of a five-field cron expression that follows the local time of a zone.

    Where the clocks skip the local time it fires right after the gap, where they repeat it, once: AWS says only
    that it follows local time, and defers to crontab for the rest.

    Raises:
        cronsim.CronSimError: the expression is no cron expression.
    """
    local = after.astimezone(ZoneInfo(time_zone)) if time_zone not in ("UTC", "Etc/UTC") else after.astimezone(UTC)
    return next(CronSim(recurrence, local), None)


def fires(action: ScheduledAction, after: datetime, until: datetime) -> Iterator[datetime]:
    """Every instant in ``(after, until]`` at which the action fires."""
    fire = next_fire(action, after)
    while fire is not None and fire <= until:
        yield fire
        fire = next_fire(action, fire)


def between(
    actions: Iterable[ScheduledAction], after: datetime, until: datetime
) -> list[tuple[datetime, ScheduledAction]]:
    """What fires in ``(after, until]``, in order; AWS leaves the order within one instant open, here it is by name."""
    found = [(fire, action) for action in actions for fire in fires(action, after, until)]
    return sorted(found, key=lambda pair: (pair[0], pair[1].name))


def apply(action: ScheduledAction, bounds: Bounds) -> Bounds:
    """The group's bounds after the action: what it does not set stays, and still binds the desired capacity."""
    return rebound(bounds, action.min_size, action.max_size, action.desired)


def latest(fire: datetime) -> datetime:
    """The latest instant at which a scheduled action may really run: AWS allows itself two minutes."""
    return fire + timedelta(minutes=2)
