"""EC2 Auto Scaling: what PutScheduledUpdateGroupAction refuses.

Sources: "PutScheduledUpdateGroupAction",
https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_PutScheduledUpdateGroupAction.html; "Scheduled scaling",
https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-scheduled-scaling.html.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from itertools import pairwise
from math import inf
from typing import Any
from zoneinfo import available_timezones

from floodgate.awsrules.legality.autoscaling_groups import find_group
from floodgate.awsrules.legality.checking import room, within
from floodgate.awsrules.legality.facts import Facts, Params
from floodgate.awsrules.refusal import Refusal
from floodgate.awsrules.scaling import cron

INVALID = "ValidationError"
MAX_ACTIONS, MAX_BATCH = 125, 50
SIZES = ("MinSize", "MaxSize", "DesiredCapacity")
SOME_DAY = datetime(2020, 1, 1, tzinfo=UTC)


def put_scheduled_action(params: Params, facts: Facts) -> None:
    """PutScheduledUpdateGroupAction."""
    group = params["AutoScalingGroupName"]
    actions = facts.known("autoscaling.describe_scheduled_actions", {"AutoScalingGroupName": group}) or []
    if not actions:  # a group that has actions is there, and need not be described for each of them
        find_group(group, facts)
    _check_action(params, actions, facts.now)


def batch_put_scheduled_actions(params: Params, facts: Facts) -> None:
    """BatchPutScheduledUpdateGroupAction: at most 50, each as if it were put alone beside the others.

    AWS answers with the actions that failed; here the first of them refuses the call, so that nobody overlooks it.
    Source: "BatchPutScheduledUpdateGroupAction",
    https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_BatchPutScheduledUpdateGroupAction.html.
    """
    group, batch = params["AutoScalingGroupName"], params["ScheduledUpdateGroupActions"]
    find_group(group, facts)
    if len(batch) > MAX_BATCH:
        rule = f"The maximum number allowed is {MAX_BATCH}"
        raise Refusal(INVALID, value=f"{len(batch)} scheduled actions", rule=rule, remedy="put them in several calls")
    held = facts.known("autoscaling.describe_scheduled_actions", {"AutoScalingGroupName": group}) or []
    actions = {action["ScheduledActionName"]: action for action in held}
    for action in batch:
        _check_action(action, list(actions.values()), facts.now)
        actions[action["ScheduledActionName"]] = dict(action)


def _check_action(params: Params, actions: list[dict[str, Any]], now: datetime) -> None:
    _check_sizes(params)
    _check_zone(params)
    check_recurrence(params.get("Recurrence"))
    start, end = instant(params.get("StartTime") or params.get("Time")), instant(params.get("EndTime"))
    _check_times(params, start, end, now)
    others = [action for action in actions if action["ScheduledActionName"] != params["ScheduledActionName"]]
    room("LimitExceeded", "scheduled actions", len(others), MAX_ACTIONS)
    _check_collision(start, others)


def instant(value: Any) -> datetime | None:
    """A time as boto3 takes it: datetime, ISO 8601 text or seconds since 1970, in UTC."""
    if value is None:
        return None
    if isinstance(value, (int, float)):
        return datetime.fromtimestamp(value, UTC)
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _check_sizes(params: Params) -> None:
    low, high, desired = (params.get(name) for name in SIZES)
    if low is None and high is None and desired is None:
        rule = "At least one of MinSize, MaxSize or DesiredCapacity must be specified"
        name = params["ScheduledActionName"]
        raise Refusal(INVALID, value=f"scheduled action {name} sets nothing", rule=rule, remedy="set one of them")
    for name in SIZES:
        within(INVALID, name, params.get(name), 0, inf)
    ordered = [
        (name, params[name]) for name in ("MinSize", "DesiredCapacity", "MaxSize") if params.get(name) is not None
    ]
    for (lower, less), (upper, more) in pairwise(ordered):
        if less > more:
            rule = "they must not decrease from MinSize over DesiredCapacity to MaxSize"
            value = f"{lower} {less}, {upper} {more}"
            raise Refusal(INVALID, value=value, rule=rule, remedy=f"raise {upper} or lower {lower}")


@cache
def zone_names() -> frozenset[str]:
    """The names of the IANA time zone database."""
    # the library reads the disk each time it is asked
    return frozenset(available_timezones())


def _check_zone(params: Params) -> None:
    name = params.get("TimeZone") or "Etc/UTC"
    if name not in zone_names():
        rule = "it is no name of the IANA time zone database"
        raise Refusal(INVALID, value=f"TimeZone {name!r}", rule=rule, remedy="use a name such as Asia/Seoul")


def check_recurrence(recurrence: str | None) -> None:
    """Refuse a cron expression that AWS cannot read, or that never comes true.

    Raises:
        Refusal: it does.
    """
    if recurrence is None:
        return
    value, remedy = f"Recurrence {recurrence!r}", "give minute, hour, day of month, month and day of week"
    if len(recurrence.split()) != len(cron.FIELDS):
        raise Refusal(INVALID, value=value, rule="a cron expression has five fields", remedy=remedy)
    try:
        cron.check(recurrence)
        fires = cron.next_fire(recurrence, "UTC", SOME_DAY)
    except ValueError as error:
        rule = f"it is no cron expression that AWS reads ({error})"
        raise Refusal(INVALID, value=value, rule=rule, remedy=remedy) from error
    if fires is None:
        raise Refusal(INVALID, value=value, rule="as a cron expression it never fires", remedy=remedy)


def _check_times(params: Params, start: datetime | None, end: datetime | None, now: datetime) -> None:
    name = params["ScheduledActionName"]
    if start is None and params.get("Recurrence") is None:
        rule = "it needs a StartTime or a Recurrence"
        raise Refusal(INVALID, value=f"scheduled action {name}", rule=rule, remedy="give one of them")
    if start is not None and start <= now:
        value = f"StartTime {start:%Y-%m-%dT%H:%M:%SZ} of {name}"
        rule = f"Given start time is in the past (now is {now:%Y-%m-%dT%H:%M:%SZ})"
        raise Refusal(INVALID, value=value, rule=rule, remedy="choose a later time")
    if end is not None and end <= (start or now):
        value, rule = f"EndTime {end:%Y-%m-%dT%H:%M:%SZ} of {name}", "it must be later than the start, and than now"
        raise Refusal(INVALID, value=value, rule=rule, remedy="choose a later end")


def _check_collision(start: datetime | None, others: list[dict[str, Any]]) -> None:
    for other in others:
        if start is not None and instant(other.get("StartTime")) == start:
            value = f"StartTime {start:%Y-%m-%dT%H:%M:%SZ}"
            rule = f"scheduled action {other['ScheduledActionName']} already starts then"
            raise Refusal("AlreadyExists", value=value, rule=rule, remedy="move one of them by a minute")
