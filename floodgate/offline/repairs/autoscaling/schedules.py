"""Scheduled actions: named within their group, with an ARN, and gone with the group."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from moto.autoscaling.models import AutoScalingBackend
from moto.core import utils
from moto.moto_api._internal import mock_random

from floodgate.offline.repairs.autoscaling.fields import group_named, invalid
from floodgate.offline.repairs.patching import patch


@patch(AutoScalingBackend, "put_scheduled_update_group_action")
def put_for_its_group(self: Any, name: str, scheduled_action_name: str, **params: Any) -> Any:
    """Moto knows an action by its name alone, so that a second group takes it from the first."""
    group_named(self, name)
    mine = self.scheduled_actions.get((name, scheduled_action_name))
    action = put_for_its_group.original(self, name=name, scheduled_action_name=scheduled_action_name, **params)
    del self.scheduled_actions[scheduled_action_name]
    prefix = f"arn:{self.partition}:autoscaling:{self.region_name}:{self.account_id}:scheduledUpdateGroupAction"
    action.scheduled_action_arn = (
        mine.scheduled_action_arn
        if mine
        else f"{prefix}:{mock_random.uuid4()}:autoScalingGroupName/{name}:scheduledActionName/{scheduled_action_name}"
    )
    action.time = action.start_time
    self.scheduled_actions[name, scheduled_action_name] = action
    return action


@patch(AutoScalingBackend, "describe_scheduled_actions")
def describe_those_to_come(self: Any, *args: Any, **kwargs: Any) -> Any:
    """Moto keeps an action for ever; AWS's list has those only that have not run, or run again.

    No size changes here when one is due: what a schedule does in time is for a rehearsal.
    https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeScheduledActions.html
    """
    now = utils.utcnow()
    for key in [key for key, action in self.scheduled_actions.items() if _over(action, now)]:
        del self.scheduled_actions[key]
    return describe_those_to_come.original(self, *args, **kwargs)


def _over(action: Any, now: datetime) -> bool:
    last = action.end_time if action.recurrence else action.start_time
    return last is not None and _plain(last) <= now


def _plain(moment: datetime | str) -> datetime:
    """An instant in UTC without its zone, as moto's clock tells them."""
    known = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return known.astimezone(UTC).replace(tzinfo=None) if known.tzinfo else known


@patch(AutoScalingBackend, "delete_scheduled_action")
def delete_from_its_group(self: Any, auto_scaling_group_name: str, scheduled_action_name: str) -> None:
    """Moto knows an action by its name alone."""
    if self.scheduled_actions.pop((auto_scaling_group_name, scheduled_action_name), None) is None:
        raise invalid(f"Scheduled action name not found: {scheduled_action_name}")


def forget_group(backend: Any, group: str) -> None:
    """A group's scheduled actions end with it."""
    for key in [key for key in backend.scheduled_actions if key[0] == group]:
        del backend.scheduled_actions[key]
