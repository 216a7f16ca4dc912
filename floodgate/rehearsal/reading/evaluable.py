"""Looks whether a group that was read can be evaluated at all, so that nothing fails while it is played."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from floodgate.awsrules.cloudwatch import signals
from floodgate.awsrules.model import Group, Policy, PredictiveScaling, ScheduledAction, Signal, TargetTracking
from floodgate.awsrules.scaling import cron
from floodgate.awsrules.scaling.target_tracking_alarms import PREDEFINED, metric_of
from floodgate.rehearsal.errors import PlanError

MINUTE_S, WEEK_S = 60, 7 * 86_400
HIGH_RESOLUTION = (10, 20, 30)


def check_evaluable(group: Group) -> None:
    """Refuse a group that AWS could not have.

    Raises:
        PlanError: an alarm or a policy watches what CloudWatch cannot evaluate, or a schedule has no such time.
    """
    for action in group.schedules:
        _check_times(action)
    for policy in group.policies:
        _check_policy(policy, group)


def _check_policy(policy: Policy, group: Group) -> None:
    if isinstance(policy, PredictiveScaling):
        return
    for alarm in policy.alarms:
        what = f"alarm '{alarm.name}'"
        _evaluable(what, alarm.period_s, alarm.evaluation_periods, alarm.datapoints_to_alarm)
        _check(alarm.metric, what)
    if not isinstance(policy, TargetTracking):
        return
    if policy.metric is None and policy.predefined not in PREDEFINED:
        known = ", ".join(PREDEFINED)
        raise PlanError(f"policy '{policy.name}': predefined metric {policy.predefined!r} is none of {known}; name one")
    _evaluable(f"policy '{policy.name}'", policy.period_s, 1, 1)
    _check(metric_of(policy, group.name), f"policy '{policy.name}'")


def _check_times(action: ScheduledAction) -> None:
    """Refuse a recurrence or a zone by which nobody can tell when the action runs."""
    what = f"scheduled action '{action.name}'"
    try:
        ZoneInfo(action.time_zone)
    except (KeyError, ValueError, OSError) as error:
        rule = "the IANA database has no such zone; write it like Etc/UTC"
        raise PlanError(f"{what}: time zone {action.time_zone!r}: {rule}") from error
    try:
        if action.recurrence is not None:
            cron.check(action.recurrence, extensions=True)
    except cron.CronError as error:
        raise PlanError(f"{what}: {error}") from error


def _evaluable(what: str, period_s: int, periods: int, to_alarm: int) -> None:
    """Refuse periods that CloudWatch has not: of 10, 20 or 30 seconds or whole minutes, over a week at the most.

    Source: "PutMetricAlarm", Period and EvaluationPeriods,
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    """
    if period_s not in HIGH_RESOLUTION and (period_s < MINUTE_S or period_s % MINUTE_S):
        raise PlanError(f"{what}: its period is {period_s} s, which is 10, 20, 30 or a multiple of 60; correct it")
    if not (1 <= to_alarm <= periods and period_s * periods <= WEEK_S):
        rule = "it takes 1 to all of its periods to alarm, and all last a week at the most"
        raise PlanError(f"{what}: {to_alarm} of {periods} periods of {period_s} s: {rule}; correct it")


def _check(signal: Signal, what: str) -> None:
    try:
        signals.check(signal)
    except ValueError as error:
        raise PlanError(f"{what}: {error}") from error
