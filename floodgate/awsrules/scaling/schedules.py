"""Scheduled actions: when they fire and what they set.

Source of all rules here: "Scheduled scaling for Amazon EC2 Auto Scaling",
https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-scheduled-scaling.html.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from floodgate.awsrules.model import ScheduledAction
from floodgate.awsrules.scaling import cron
from floodgate.awsrules.scaling.capacity import Bounds, rebound

LATEST_S = 120


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
    """The next instant of a five-field cron expression in a zone, in UTC; see `cron` for clock changes.

    Raises:
        cronsim.CronSimError: the expression is no cron expression.
    """
    return cron.next_fire(recurrence, time_zone, after)


def fires(action: ScheduledAction, after: datetime, until: datetime) -> Iterator[datetime]:
    """Every instant in ``(after, until]`` at which the action fires."""
    fire = next_fire(action, after)
    while fire is not None and fire <= until:
        yield fire
        fire = next_fire(action, fire)


def between(
    actions: Iterable[ScheduledAction], after: datetime, until: datetime, *, suspended: bool = False
) -> list[tuple[datetime, ScheduledAction]]:
    """What fires in ``(after, until]``, in order; AWS leaves the order within one instant open, here it is by name.

    While ScheduledActions is suspended nothing fires, and what was missed does not run later.
    Source: "Suspend and resume processes",
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-suspend-resume-processes.html
    """
    if suspended:
        return []
    found = [(fire, action) for action in actions for fire in fires(action, after, until)]
    return sorted(found, key=lambda pair: (pair[0], pair[1].name))


def is_over(action: ScheduledAction, now: datetime) -> bool:
    """Whether an action is gone: it ran its one time, or its end has come; AWS deletes it then."""
    if action.recurrence is None:
        return action.start is None or action.start <= now
    return action.end is not None and action.end <= now


def apply(action: ScheduledAction, bounds: Bounds) -> Bounds:
    """The group's bounds after the action: what it does not set stays, and still binds the desired capacity."""
    return rebound(bounds, action.min_size, action.max_size, action.desired)


def runs_at(fire: datetime, delay_s: float) -> datetime:
    """When it really runs, so many seconds late; the same for all of a group, so that their order is kept.

    Raises:
        ValueError: later than AWS says.
    """
    if not 0 <= delay_s <= LATEST_S:
        raise ValueError(f"a delay of {delay_s} s: scheduled actions run 0 to {LATEST_S} s late; choose one of these")
    return fire + timedelta(seconds=delay_s)


def latest(fire: datetime) -> datetime:
    """The latest instant at which a scheduled action may really run: AWS allows itself two minutes."""
    return fire + timedelta(seconds=LATEST_S)
