"""Application Auto Scaling: what scales besides groups of instances, such as a cluster's readers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from floodgate.offline.handlers.autoscaling import alike, step_of
from floodgate.offline.handlers.base import AutoName, Aws, Change, Props, resource
from floodgate.offline.handlers.declared import Declared
from floodgate.offline.handlers.described import NO_PROPS
from floodgate.offline.handlers.shapes import upper_first

ON_TARGET = {
    "ServiceNamespace": "serviceNamespace",
    "ResourceId": "resourceId",
    "ScalableDimension": "scalableDimension",
}
NOTHING_SUSPENDED = {
    "dynamicScalingInSuspended": False,
    "dynamicScalingOutSuspended": False,
    "scheduledScalingSuspended": False,
}


class ApplicationAutoScaling(Declared):
    """What all types of this service have in common."""

    service, tagged = "application-autoscaling", False
    read_within = ON_TARGET
    outputs = ("arn",)

    def whose(self, id_: str, props: Props) -> tuple[str, Props]:
        """What AWS knows it by: one that is imported comes as ``service/resource/dimension``, and a name in the end."""
        if self.id_prop in props:
            return props[self.id_prop], props
        service, _, rest = id_.partition("/")
        *resource, dimension, name = rest.split("/") if self.id_prop == "name" else [*rest.split("/"), ""]
        on = {"serviceNamespace": service, "resourceId": "/".join(resource), "scalableDimension": dimension}
        return name or on["resourceId"], {**props, **on}

    def describe(self, aws: Aws, id_: str, props: Props = NO_PROPS) -> dict[str, Any]:
        """By its name, on its target."""
        return super().describe(aws, *self.whose(id_, props))

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        """By its name, on its target."""
        super().delete(aws, *self.whose(id_, props))


@resource("aws:appautoscaling/target:Target")
class Target(ApplicationAutoScaling):
    """Something that may be scaled, and within which bounds; its id is the resource's."""

    create_call, id_prop = "register_scalable_target", "resourceId"
    read_call, read_by, read_path = "describe_scalable_targets", "ResourceIds", "ScalableTargets[0]"
    update_call, update_by = "register_scalable_target", "ResourceId"
    # like the real provider, which says both bounds again where one of them changes:
    # https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/appautoscaling/target.go
    update_with = ("serviceNamespace", "scalableDimension", "minCapacity", "maxCapacity")
    delete_call, delete_by = "deregister_scalable_target", "ResourceId"
    read_within: ClassVar = {name: ours for name, ours in ON_TARGET.items() if name != "ResourceId"}
    tagged = True
    outputs = ("arn", "roleArn")
    paths: ClassVar = {"arn": "ScalableTargetARN", "roleArn": "RoleARN"}

    def new_parameters(self, client: Any, id_: str, change: Change) -> dict[str, Any]:
        """The bounds and what changed beside them; a target exists already, so that its tags have their own calls."""
        new = {name: value for name, value in change.new.items() if name not in ("tags", "tagsAll")}
        if change.touches("suspendedState"):
            new["suspendedState"] = {**NOTHING_SUSPENDED, **change.new.get("suspendedState", {})}
        sent = {name: new[name] for name in (*self.update_with, *sorted(change.names)) if name in new}
        return self.parameters(client, {**sent, "resourceId": new["resourceId"]})

    def observed(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """The tags, which the description does not tell."""
        return {"tags": aws.client(self.service).list_tags_for_resource(ResourceARN=item["ScalableTargetARN"])["Tags"]}


@resource("aws:appautoscaling/policy:Policy", auto_name=AutoName())
class Policy(ApplicationAutoScaling):
    """A policy of a target; one call puts it there whole, be it new or changed."""

    create_call = update_call = "put_scaling_policy"
    id_prop = "name"
    read_call, read_by, read_path = "describe_scaling_policies", "PolicyNames", "ScalingPolicies[0]"
    delete_call, delete_by = "delete_scaling_policy", "PolicyName"
    apart = ("name",)
    outputs = ("arn", "alarmArns")
    paths: ClassVar = {"arn": "PolicyARN", "alarmArns": "Alarms[].AlarmARN", "name": "PolicyName"}
    silent = ("stepScalingPolicyConfiguration", "targetTrackingScalingPolicyConfiguration")

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """The policy; the provider's own default is step scaling."""
        return {"PolicyName": props["name"], "PolicyType": "StepScaling"} | super().parameters(client, props)

    def observed(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """The steps, whose bounds are numbers in AWS and text in Pulumi."""
        told, given = item.get("StepScalingPolicyConfiguration"), props.get("stepScalingPolicyConfiguration", {})
        if not told:
            return {}
        names = ("AdjustmentType", "Cooldown", "MetricAggregationType", "MinAdjustmentMagnitude")
        out = {f"{name[:1].lower()}{name[1:]}": told[name] for name in names if name in told}
        seen = [step_of(step) for step in told.get("StepAdjustments", [])]
        steps = given.get("stepAdjustments", [])
        return {"stepScalingPolicyConfiguration": {**out, "stepAdjustments": steps if alike(steps, seen) else seen}}


@resource("aws:appautoscaling/scheduledAction:ScheduledAction", auto_name=AutoName())
class ScheduledAction(ApplicationAutoScaling):
    """New bounds for a target, at a time; the id names action, service and resource."""

    create_call = update_call = "put_scheduled_action"
    id_prop = "name"
    read_call, read_by, read_path = "describe_scheduled_actions", "ScheduledActionNames", "ScheduledActions[0]"
    delete_call, delete_by = "delete_scheduled_action", "ScheduledActionName"
    rename: ClassVar = {"name": "ScheduledActionName"}
    paths: ClassVar = {"arn": "ScheduledActionARN"}
    silent = ("startTime", "endTime")

    def create(self, aws: Aws, props: Props) -> str:
        """Make the action and say what the provider calls it."""
        return "-".join([super().create(aws, props), props["serviceNamespace"], props["resourceId"]])

    def observed(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """The instants as the program wrote them, if they are the same."""
        return {
            name: props[name]
            for name in ("startTime", "endTime")
            if name in props and item.get(upper_first(name)) == datetime.fromisoformat(props[name])
        }
