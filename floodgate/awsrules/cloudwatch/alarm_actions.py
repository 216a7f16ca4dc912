"""When an alarm's actions run: on the change of its state, and each minute where Auto Scaling is to act.

Source: "Alarm actions", https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html.
"""

from __future__ import annotations

from typing import Literal

from floodgate.awsrules.model import Alarm, AlarmState

REPEAT_S = 60
Kind = Literal["autoscaling", "other"]


def kind(arn: str) -> Kind:
    """Whether an action is a scaling policy of EC2 or Application Auto Scaling, by its ARN."""
    parts = arn.split(":")
    return "autoscaling" if len(parts) > 2 and parts[2] in ("autoscaling", "application-autoscaling") else "other"


def named(alarm: Alarm, state: AlarmState) -> tuple[str, ...]:
    """The ARNs that the alarm names for a state."""
    if state == "ALARM":
        return alarm.actions
    return alarm.ok_actions if state == "OK" else alarm.insufficient_data_actions


def runs_action(before: AlarmState, after: AlarmState, kind: Kind) -> bool:
    """Whether an action of the ALARM state runs after this evaluation.

    Actions run when the state changes; those of Auto Scaling are repeated each minute while the state lasts.
    """
    return after == "ALARM" and (before != after or kind == "autoscaling")


def to_run(alarm: Alarm, before: AlarmState, after: AlarmState, since_run_s: float = REPEAT_S) -> tuple[str, ...]:
    """The actions that run after an evaluation, in the alarm's order; none where its actions are disabled.

    Args:
        alarm: the alarm.
        before: its state before the evaluation.
        after: its state after it.
        since_run_s: how long ago the actions of this state last ran; an alarm of high resolution is evaluated every ten
            seconds, but repeats its Auto Scaling actions only each minute.
    """
    if not alarm.actions_enabled:
        return ()
    arns = named(alarm, after)
    if before != after:
        return arns
    return tuple(arn for arn in arns if kind(arn) == "autoscaling") if since_run_s >= REPEAT_S else ()
