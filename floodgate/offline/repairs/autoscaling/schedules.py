"""Scheduled actions: named within their group, with an ARN, and gone with the group."""

from __future__ import annotations

from typing import Any

from moto.autoscaling.models import AutoScalingBackend
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


@patch(AutoScalingBackend, "delete_scheduled_action")
def delete_from_its_group(self: Any, auto_scaling_group_name: str, scheduled_action_name: str) -> None:
    """Moto knows an action by its name alone."""
    if self.scheduled_actions.pop((auto_scaling_group_name, scheduled_action_name), None) is None:
        raise invalid(f"Scheduled action name not found: {scheduled_action_name}")


def forget_group(backend: Any, group: str) -> None:
    """A group's scheduled actions end with it."""
    for key in [key for key in backend.scheduled_actions if key[0] == group]:
        del backend.scheduled_actions[key]
