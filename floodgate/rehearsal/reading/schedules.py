"""The scheduled actions of a group."""

from __future__ import annotations

from datetime import UTC, datetime

from floodgate.awsrules.model import ScheduledAction
from floodgate.rehearsal.reading.calls import Calls
from floodgate.rehearsal.reading.values import Described, need, whole


def read_schedules(calls: Calls, group: str) -> tuple[ScheduledAction, ...]:
    """The group's scheduled actions, those with a start in its order first told last."""
    found = calls.told(
        "the group is read without scheduled actions", "autoscaling", "describe_scheduled_actions",
        "ScheduledUpdateGroupActions", AutoScalingGroupName=group,
    )  # fmt: skip
    actions = (_action(described) for described in found)
    return tuple(sorted(actions, key=lambda a: (a.start or datetime.min.replace(tzinfo=UTC), a.name)))


def _action(described: Described) -> ScheduledAction:
    name = need(described, "ScheduledActionName", "a scheduled action")
    what = f"scheduled action '{name}'"

    def size(key: str) -> int | None:
        # the API has -1 for a size that the action leaves as it is
        return None if described.get(key) in (None, -1) else whole(described, key, what)

    return ScheduledAction(
        name=name,
        # Time is the older name of the same
        start=_utc(described.get("StartTime") or described.get("Time")),
        end=_utc(described.get("EndTime")),
        recurrence=described.get("Recurrence") or None,
        time_zone=described.get("TimeZone") or "Etc/UTC",
        min_size=size("MinSize"),
        max_size=size("MaxSize"),
        desired=size("DesiredCapacity"),
    )


def _utc(moment: datetime | None) -> datetime | None:
    return moment and (moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC))
