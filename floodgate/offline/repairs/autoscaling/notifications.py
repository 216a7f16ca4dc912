"""Notification configurations as records.

https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_PutNotificationConfiguration.html
"""

from __future__ import annotations

from typing import Any

from moto.autoscaling.responses import AutoScalingResponse
from moto.core.responses import ActionResult, EmptyResult

from floodgate.offline.repairs.autoscaling.fields import group_named
from floodgate.offline.repairs.patching import patch


def _topics(group: Any) -> dict[str, list[str]]:
    if not hasattr(group, "notification_topics"):
        group.notification_topics = {}
    return group.notification_topics


@patch(AutoScalingResponse, "put_notification_configuration")
def put_notification_configuration(self: Any) -> EmptyResult:
    """Moto has no such operation."""
    params = self._get_params()
    group = group_named(self.autoscaling_backend, params["AutoScalingGroupName"])
    _topics(group)[params["TopicARN"]] = params["NotificationTypes"]
    return EmptyResult()


@patch(AutoScalingResponse, "delete_notification_configuration")
def delete_notification_configuration(self: Any) -> EmptyResult:
    """Moto has no such operation."""
    params = self._get_params()
    _topics(group_named(self.autoscaling_backend, params["AutoScalingGroupName"])).pop(params["TopicARN"], None)
    return EmptyResult()


@patch(AutoScalingResponse, "describe_notification_configurations")
def describe_notification_configurations(self: Any) -> ActionResult:
    """Moto has no such operation."""
    wanted = self._get_params().get("AutoScalingGroupNames")
    found = [
        {"AutoScalingGroupName": group.name, "TopicARN": topic, "NotificationType": kind}
        for group in self.autoscaling_backend.autoscaling_groups.values()
        if not wanted or group.name in wanted
        for topic, kinds in _topics(group).items()
        for kind in kinds
    ]
    return ActionResult({"NotificationConfigurations": found})
