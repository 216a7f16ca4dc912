"""Application Auto Scaling: what PutScheduledAction refuses.

Sources: "PutScheduledAction",
https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScheduledAction.html; "Schedule recurring
scaling actions using cron expressions",
https://docs.aws.amazon.com/autoscaling/application/userguide/scheduled-scaling-using-cron-expressions.html; "Quotas",
https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-quotas.html.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from floodgate.awsrules.legality.autoscaling_schedules import instant, zone_names
from floodgate.awsrules.legality.checking import required, room, within
from floodgate.awsrules.legality.facts import Facts, Params
from floodgate.awsrules.refusal import Refusal

INVALID = "ValidationException"
MAX_ACTIONS = 200
FIELDS = 6
_AT = re.compile(r"at\((\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?)\)")
_RATE = re.compile(r"rate\(([1-9]\d{0,8}) (minutes?|hours?|days?)\)")
_CRON = re.compile(r"cron\(([^()]*)\)")
_FIELD = re.compile(r"[0-9A-Za-z*/,\-?#]+")


def put_scheduled_action(params: Params, facts: Facts) -> None:
    """PutScheduledAction: what it leaves out stays as it is, but the first time a schedule and sizes are needed."""
    asked = {"ServiceNamespace": params["ServiceNamespace"], "ResourceId": params["ResourceId"]}
    held = facts.known("application-autoscaling.describe_scheduled_actions", asked) or []
    same = [action for action in held if action.get("ScheduledActionName") == params["ScheduledActionName"]]
    what = f"scheduled action {params['ScheduledActionName']}"
    if not same:
        required(INVALID, params, "Schedule", "ScalableTargetAction", what=what)
        room("LimitExceededException", "scheduled actions", len(held), MAX_ACTIONS)
    _check_zone(params)
    if params.get("Schedule"):
        _check_schedule(params["Schedule"], params.get("Timezone") or "UTC", facts.now)
    _check_sizes(params.get("ScalableTargetAction"), what)
    start, end = instant(params.get("StartTime")), instant(params.get("EndTime"))
    if end is not None and end <= (start or facts.now):
        rule = "it must be later than the start, and than now"
        raise Refusal(INVALID, value=f"EndTime of {what}", rule=rule, remedy="choose a later end")


def _check_zone(params: Params) -> None:
    name = params.get("Timezone")
    if name is not None and name not in zone_names():
        rule = "it is no name of the IANA time zone database"
        raise Refusal(INVALID, value=f"Timezone {name!r}", rule=rule, remedy="use a name such as Asia/Seoul")


def _check_schedule(schedule: str, zone: str, now: datetime) -> None:
    value = f"Schedule {schedule!r}"
    cron = _CRON.fullmatch(schedule)
    if cron:
        _check_cron(value, cron[1].split())
    elif at := _AT.fullmatch(schedule):
        _check_at(value, at[1], zone, now)
    elif not _RATE.fullmatch(schedule):
        rule = "it is at(yyyy-mm-ddThh:mm:ss), rate(value unit) or cron(fields)"
        raise Refusal(INVALID, value=value, rule=rule, remedy="write it in one of these forms")


def _check_cron(value: str, fields: list[str]) -> None:
    if len(fields) != FIELDS or not all(_FIELD.fullmatch(field) for field in fields):
        rule = "cron has six fields: minutes, hours, day of month, month, day of week, year"
        raise Refusal(INVALID, value=value, rule=rule, remedy="give all six")
    if (fields[2] == "?") == (fields[4] == "?"):
        rule = "exactly one of day of month and day of week must be ?"
        raise Refusal(INVALID, value=value, rule=rule, remedy="put ? where the other one decides")


def _check_at(value: str, text: str, zone: str, now: datetime) -> None:
    try:
        moment = datetime.fromisoformat(text).replace(tzinfo=UTC)
        # a local time that the clocks skip or repeat is off by an hour at most
        offset = ZoneInfo(zone).utcoffset(moment.replace(tzinfo=None)) or timedelta(0)
        past = moment - offset <= now
    except (ValueError, OverflowError) as error:
        rule = "it is no time of the calendar"
        raise Refusal(INVALID, value=value, rule=rule, remedy="correct it") from error
    if past:
        rule = f"it is in the past (now is {now:%Y-%m-%dT%H:%M:%SZ})"
        raise Refusal(INVALID, value=value, rule=rule, remedy="choose a later time")


def _check_sizes(sizes: Params | None, what: str) -> None:
    if sizes is None:
        return
    low, high = sizes.get("MinCapacity"), sizes.get("MaxCapacity")
    if low is None and high is None:
        rule = "it needs MinCapacity, MaxCapacity or both"
        raise Refusal(INVALID, value=f"ScalableTargetAction of {what}", rule=rule, remedy="set one of them")
    within(INVALID, "MinCapacity", low, 0, 2**31 - 1)
    within(INVALID, "MaxCapacity", high, 0, 2**31 - 1)
    if low is not None and high is not None and low > high:
        value, rule = f"MinCapacity {low}, MaxCapacity {high}", "Maximum capacity cannot be less than minimum capacity"
        raise Refusal(INVALID, value=value, rule=rule, remedy="raise MaxCapacity or lower MinCapacity")
