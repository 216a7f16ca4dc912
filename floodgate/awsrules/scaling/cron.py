"""The cron expressions of scheduled actions: five fields that follow the local time of a zone.

Source: "Scheduled scaling for Amazon EC2 Auto Scaling",
https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-scheduled-scaling.html, which defers to
http://crontab.org for the syntax: numbers, names, lists, ranges, steps, 0 and 7 as Sunday, and either day that matches
where day of month and day of week are both given.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

FIELDS = ("minute", "hour", "day of month", "month", "day of week")
EXTENSIONS = "LW#?"


class CronError(CronSimError, ValueError):
    """A cron expression that AWS does not take; one line with value, rule and remedy."""


def check(recurrence: str, *, extensions: bool = False) -> None:
    """Whether AWS takes an expression.

    Args:
        recurrence: the expression.
        extensions: whether L, W and # are taken, which crontab.org does not have and AWS does not name; whether it
            refuses them is not known.

    Raises:
        CronError: it does not.
    """
    fields = recurrence.split()
    if len(fields) != len(FIELDS):
        raise CronError(
            f"Recurrence {recurrence!r}: it has {len(fields)} fields and cron has five; give {', '.join(FIELDS)}"
        )
    for name, text in (("day of month", fields[2]), ("day of week", fields[4])):
        # Wednesday's name holds one of these letters too
        bare = text.upper().replace("WED", "")
        if not extensions and any(sign in bare for sign in EXTENSIONS):
            raise CronError(f"Recurrence {recurrence!r}: {name} {text} is not in crontab's syntax; write out the days")
    try:
        CronSim(recurrence, datetime(2020, 1, 1, tzinfo=UTC))
    except CronSimError as error:
        raise CronError(f"Recurrence {recurrence!r}: {error}; correct that field") from error


def fires(recurrence: str, time_zone: str, after: datetime) -> Iterator[datetime]:
    """Every instant strictly after `after` at which an expression fires, in UTC, without end.

    Where the clocks skip the local time it fires right after the gap, where they repeat it, the first time only.
    Expressions whose minute or hour begins with a star follow the clock hand on the wall minute by minute: they miss
    what is skipped and run again in what is repeated. AWS says only that it follows local time, and defers to crontab
    for the rest, whose best known implementation does this.

    Raises:
        cronsim.CronSimError: the expression is no cron expression.
    """
    zone = UTC if time_zone in ("UTC", "Etc/UTC") else ZoneInfo(time_zone)
    last = after.astimezone(UTC)
    for local in CronSim(recurrence, last.astimezone(zone)):
        fire = local.astimezone(UTC)
        # local time steps back where clocks repeat an hour, and several skipped times fall on one instant
        if fire > last:
            last = fire
            yield fire


def next_fire(recurrence: str, time_zone: str, after: datetime) -> datetime | None:
    """The first instant strictly after `after` at which an expression fires, in UTC; None if it never does."""
    return next(fires(recurrence, time_zone, after), None)
