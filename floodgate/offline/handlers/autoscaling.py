"""Amazon EC2 Auto Scaling: when groups scale by themselves, and the pauses in an instance's life."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from botocore.exceptions import ClientError

from floodgate.offline.handlers.base import AutoName, Aws, Props, resource
from floodgate.offline.handlers.declared import Declared, without
from floodgate.offline.handlers.described import NO_PROPS
from floodgate.offline.handlers.requests import request
from floodgate.offline.handlers.shapes import upper_first

IN_GROUP = {"AutoScalingGroupName": "autoscalingGroupName"}


class AutoScaling(Declared):
    """What all types of this service have in common."""

    service, tagged = "autoscaling", False

    def observe(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """As usual; an empty list is no news where the program has none."""
        told = super().observe(aws, id_, props)
        return {name: value for name, value in told.items() if name in props or value not in ([], {})}


class PutInGroup(AutoScaling):
    """Something of a group that one call puts there whole, be it new or changed."""

    read_within = IN_GROUP

    @staticmethod
    def whose(id_: str, props: Props) -> tuple[str, Props]:
        """Its name and its group: one that is imported comes as ``group/name``."""
        group = props.get("autoscalingGroupName")
        if group is not None:
            return id_.removeprefix(f"{group}/"), props
        group, _, name = id_.partition("/")
        return name, {**props, "autoscalingGroupName": group}

    def describe(self, aws: Aws, id_: str, props: Props = NO_PROPS) -> dict[str, Any]:
        """By its name, within its group."""
        return super().describe(aws, *self.whose(id_, props))

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        """By its name, within its group."""
        super().delete(aws, *self.whose(id_, props))


def tag_of(tag: Props, group: str) -> dict[str, Any]:
    """A group's tag, which says whether instances get it too."""
    return {
        "ResourceId": group,
        "ResourceType": "auto-scaling-group",
        "Key": tag["key"],
        "Value": tag["value"],
        "PropagateAtLaunch": tag.get("propagateAtLaunch", False),
    }


def hook_of(client: Any, props: Props) -> dict[str, Any]:
    """A lifecycle hook as AWS takes it."""
    named = {"LifecycleHookName": props["name"]}
    return named | request(client, "put_lifecycle_hook", without(props, ("name",)))


@resource("aws:autoscaling/lifecycleHook:LifecycleHook", auto_name=AutoName())
class LifecycleHook(PutInGroup):
    """A pause in an instance's life. A change keeps what it does not name: AWS has no way to take a field away."""

    create_call = update_call = "put_lifecycle_hook"
    id_prop = "name"
    read_call, read_by, read_path = "describe_lifecycle_hooks", "LifecycleHookNames", "LifecycleHooks[0]"
    delete_call, delete_by = "delete_lifecycle_hook", "LifecycleHookName"
    rename: ClassVar = {"name": "LifecycleHookName"}
    outputs = ("defaultResult",)
    silent = ("notificationMetadata", "notificationTargetArn", "roleArn")

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        """Like any other, but that AWS has words of its own for a hook that is not there."""
        try:
            super().delete(aws, id_, props)
        except ClientError as error:
            if "No Lifecycle Hook found" not in error.response["Error"].get("Message", ""):
                raise


@resource("aws:autoscaling/policy:Policy", auto_name=AutoName())
class Policy(PutInGroup):
    """A scaling policy of any of the four types."""

    create_call = update_call = "put_scaling_policy"
    id_prop = "name"
    read_call, read_by, read_path = "describe_policies", "PolicyNames", "ScalingPolicies[0]"
    delete_call, delete_by = "delete_policy", "PolicyName"
    rename: ClassVar = {"metricDimensions": "Dimensions"}
    apart = ("name",)
    outputs = ("arn", "metricAggregationType")
    paths: ClassVar = {"arn": "PolicyARN", "name": "PolicyName"}
    silent = (
        *("adjustmentType", "cooldown", "estimatedInstanceWarmup", "metricAggregationType", "minAdjustmentMagnitude"),
        *("predictiveScalingConfiguration", "scalingAdjustment", "targetTrackingConfiguration"),
    )

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """The policy; a step's bound may be an empty text, which is infinity."""
        out = {"PolicyName": props["name"], "PolicyType": "SimpleScaling"}
        steps = [{k: v for k, v in step.items() if v != ""} for step in props.get("stepAdjustments", [])]
        return out | super().parameters(client, {**props, "stepAdjustments": steps} if steps else props)

    def observed(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """Steps, whose bounds are numbers in AWS and text in Pulumi."""
        seen = [step_of(step) for step in item.get("StepAdjustments", [])]
        given = props.get("stepAdjustments", [])
        return {"stepAdjustments": given if given and alike(given, seen) else seen}


BOUNDS = ("metricIntervalLowerBound", "metricIntervalUpperBound")


def step_of(step: Mapping[str, Any]) -> dict[str, Any]:
    """A step adjustment as Pulumi has it; what has no bound is open."""
    bounds = {name: f"{step[upper_first(name)]:g}" for name in BOUNDS if step.get(upper_first(name)) is not None}
    return {**bounds, "scalingAdjustment": step["ScalingAdjustment"]}


def alike(given: Sequence[Props], seen: Sequence[Props]) -> bool:
    """Whether two lists have the same steps, however their bounds are written."""

    def numbers(step: Props) -> str:
        bounds = (step.get(name, "") for name in BOUNDS)
        return repr([step["scalingAdjustment"], *(float(bound) if bound != "" else None for bound in bounds)])

    return sorted(map(numbers, given)) == sorted(map(numbers, seen))


@resource("aws:autoscaling/schedule:Schedule")
class Schedule(PutInGroup):
    """A scheduled action. The provider sends 0 for a size that is left out, and nothing for -1."""

    create_call = update_call = "put_scheduled_update_group_action"
    id_prop = "scheduledActionName"
    read_call, read_by, read_path = (
        "describe_scheduled_actions",
        "ScheduledActionNames",
        "ScheduledUpdateGroupActions[0]",
    )
    delete_call, delete_by = "delete_scheduled_action", "ScheduledActionName"
    outputs = ("arn", "desiredCapacity", "endTime", "maxSize", "minSize", "recurrence", "startTime", "timeZone")
    paths: ClassVar = {"arn": "ScheduledActionARN"}
    sizes = ("minSize", "maxSize", "desiredCapacity")
    silent = ("endTime", "recurrence", "startTime", "timeZone")

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """The action with the sizes it sets."""
        given: dict[str, Any] = {**dict.fromkeys(self.sizes, 0), **props}
        return super().parameters(client, without(given, tuple(size for size in self.sizes if given[size] == -1)))

    def more(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """What the action leaves alone is -1 to the provider."""
        return {size: -1 for size in self.sizes if item.get(upper_first(size)) is None}
