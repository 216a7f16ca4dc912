"""Application Auto Scaling: what scales besides groups of instances, such as a cluster's readers."""

from __future__ import annotations

from typing import Any, ClassVar

from floodgate.offline.handlers.base import AutoName, Aws, Props, resource
from floodgate.offline.handlers.declared import Declared

ON_TARGET = {
    "ServiceNamespace": "serviceNamespace",
    "ResourceId": "resourceId",
    "ScalableDimension": "scalableDimension",
}


class ApplicationAutoScaling(Declared):
    """What all types of this service have in common."""

    service, tagged = "application-autoscaling", False
    read_within = ON_TARGET
    outputs = ("arn",)


@resource("aws:appautoscaling/target:Target")
class Target(ApplicationAutoScaling):
    """Something that may be scaled, and within which bounds; its id is the resource's."""

    create_call, id_prop = "register_scalable_target", "resourceId"
    read_call, read_by, read_path = "describe_scalable_targets", "ResourceIds", "ScalableTargets[0]"
    read_within: ClassVar = {name: ours for name, ours in ON_TARGET.items() if name != "ResourceId"}
    tagged = True
    outputs = ("arn", "roleArn")
    paths: ClassVar = {"arn": "ScalableTargetARN", "roleArn": "RoleARN"}


@resource("aws:appautoscaling/policy:Policy", auto_name=AutoName())
class Policy(ApplicationAutoScaling):
    """A policy of a target."""

    create_call, id_prop = "put_scaling_policy", "name"
    read_call, read_by, read_path = "describe_scaling_policies", "PolicyNames", "ScalingPolicies[0]"
    apart = ("name",)
    outputs = ("arn", "alarmArns")
    paths: ClassVar = {"arn": "PolicyARN", "alarmArns": "Alarms[].AlarmARN"}

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """The policy; the provider's own default is step scaling."""
        return {"PolicyName": props["name"], "PolicyType": "StepScaling"} | super().parameters(client, props)


@resource("aws:appautoscaling/scheduledAction:ScheduledAction", auto_name=AutoName())
class ScheduledAction(ApplicationAutoScaling):
    """New bounds for a target, at a time; the id names action, service and resource."""

    create_call, id_prop = "put_scheduled_action", "name"
    read_call, read_by, read_path = "describe_scheduled_actions", "ScheduledActionNames", "ScheduledActions[0]"
    rename: ClassVar = {"name": "ScheduledActionName"}
    paths: ClassVar = {"arn": "ScheduledActionARN"}

    def create(self, aws: Aws, props: Props) -> str:
        """Make the action and say what the provider calls it."""
        return "-".join([super().create(aws, props), props["serviceNamespace"], props["resourceId"]])

    def read(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """AWS knows it by its name."""
        return super().read(aws, props["name"], props)
