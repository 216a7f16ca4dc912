"""Amazon EC2 Auto Scaling: groups, what is attached to them, and when they scale by themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from floodgate.offline.handlers.base import AutoName, Aws, Props, Resource, resource
from floodgate.offline.handlers.declared import Declared, unique, without
from floodgate.offline.handlers.requests import request
from floodgate.offline.handlers.shapes import upper_first

IN_GROUP = {"AutoScalingGroupName": "autoscalingGroupName"}


class AutoScaling(Declared):
    """What all types of this service have in common."""

    service, tagged = "autoscaling", False


@resource("aws:autoscaling/group:Group", auto_name=AutoName())
class Group(AutoScaling):
    """An Auto Scaling group. `instanceRefresh` and the waits are the provider's own; AWS stores none of them."""

    create_call, id_prop = "create_auto_scaling_group", "name"
    read_call, read_by, read_path = "describe_auto_scaling_groups", "AutoScalingGroupNames", "AutoScalingGroups[0]"
    rename: ClassVar = {
        "id": "LaunchTemplateId",
        "name": "LaunchTemplateName",
        "launchConfiguration": "LaunchConfigurationName",
        "loadBalancers": "LoadBalancerNames",
        "protectFromScaleIn": "NewInstancesProtectedFromScaleIn",
        "vcpuCount": "VCpuCount",
    }
    apart = (
        *("name", "namePrefix", "tags", "vpcZoneIdentifiers", "initialLifecycleHooks"),
        *("enabledMetrics", "metricsGranularity", "suspendedProcesses", "warmPool"),
        *("forceDelete", "forceDeleteWarmPool", "ignoreFailedScalingActivities", "instanceRefresh"),
        *("minElbCapacity", "waitForCapacityTimeout", "waitForElbCapacity"),
    )
    outputs = (
        *("arn", "availabilityZones", "defaultCooldown", "desiredCapacity", "healthCheckType", "loadBalancers"),
        *("name", "predictedCapacity", "serviceLinkedRoleArn", "targetGroupArns", "warmPoolSize"),
    )
    paths: ClassVar = {
        "arn": "AutoScalingGroupARN",
        "loadBalancers": "LoadBalancerNames",
        "name": "AutoScalingGroupName",
        "serviceLinkedRoleArn": "ServiceLinkedRoleARN",
        "targetGroupArns": "TargetGroupARNs",
    }

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """The group, with the hooks that must be there before the first instance."""
        out = {"AutoScalingGroupName": props["name"], "HealthCheckGracePeriod": 300}
        if "vpcZoneIdentifiers" in props:
            out["VPCZoneIdentifier"] = ",".join(props["vpcZoneIdentifiers"])
        if "tags" in props:
            out["Tags"] = [tag_of(tag, props["name"]) for tag in props["tags"]]
        if "initialLifecycleHooks" in props:
            out["LifecycleHookSpecificationList"] = [hook_of(client, hook) for hook in props["initialLifecycleHooks"]]
        return out | super().parameters(client, props)

    def finish(self, aws: Aws, id_: str, props: Props) -> None:
        """Suspensions, metrics and the warm pool."""
        client, group = aws.client(self.service), {"AutoScalingGroupName": id_}
        if props.get("suspendedProcesses"):
            client.suspend_processes(**group, ScalingProcesses=props["suspendedProcesses"])
        if props.get("enabledMetrics"):
            granularity = props.get("metricsGranularity", "1Minute")
            client.enable_metrics_collection(**group, Granularity=granularity, Metrics=props["enabledMetrics"])
        if "warmPool" in props:
            pool = {name: value for name, value in props["warmPool"].items() if value != -1}
            client.put_warm_pool(**group, **request(client, "put_warm_pool", pool))

    def more(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """Subnets are one string in AWS and a list in Pulumi."""
        subnets = item.get("VPCZoneIdentifier") or ""
        return {"vpcZoneIdentifiers": subnets.split(",")} if subnets else {}


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
class LifecycleHook(AutoScaling):
    """A pause in an instance's life."""

    create_call, id_prop = "put_lifecycle_hook", "name"
    read_call, read_by, read_path = "describe_lifecycle_hooks", "LifecycleHookNames", "LifecycleHooks[0]"
    read_within = IN_GROUP
    rename: ClassVar = {"name": "LifecycleHookName"}
    outputs = ("defaultResult",)


@resource("aws:autoscaling/policy:Policy", auto_name=AutoName())
class Policy(AutoScaling):
    """A scaling policy of any of the four types."""

    create_call, id_prop = "put_scaling_policy", "name"
    read_call, read_by, read_path = "describe_policies", "PolicyNames", "ScalingPolicies[0]"
    read_within = IN_GROUP
    rename: ClassVar = {"metricDimensions": "Dimensions"}
    apart = ("name",)
    outputs = ("arn", "metricAggregationType")
    paths: ClassVar = {"arn": "PolicyARN"}

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """The policy; a step's bound may be an empty text, which is infinity."""
        out = {"PolicyName": props["name"], "PolicyType": "SimpleScaling"}
        steps = [{k: v for k, v in step.items() if v != ""} for step in props.get("stepAdjustments", [])]
        return out | super().parameters(client, {**props, "stepAdjustments": steps} if steps else props)


@resource("aws:autoscaling/schedule:Schedule")
class Schedule(AutoScaling):
    """A scheduled action. The provider sends 0 for a size that is left out, and nothing for -1."""

    create_call, id_prop = "put_scheduled_update_group_action", "scheduledActionName"
    read_call, read_by, read_path = (
        "describe_scheduled_actions",
        "ScheduledActionNames",
        "ScheduledUpdateGroupActions[0]",
    )
    read_within = IN_GROUP
    outputs = ("arn", "desiredCapacity", "endTime", "maxSize", "minSize", "recurrence", "startTime", "timeZone")
    paths: ClassVar = {"arn": "ScheduledActionARN"}
    sizes = ("minSize", "maxSize", "desiredCapacity")

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """The action with the sizes it sets."""
        given: dict[str, Any] = {**dict.fromkeys(self.sizes, 0), **props}
        return super().parameters(client, without(given, tuple(size for size in self.sizes if given[size] == -1)))

    def more(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """What the action leaves alone is -1 to the provider."""
        return {size: -1 for size in self.sizes if item.get(upper_first(size)) is None}


class AttachedToGroup(Resource):
    """Something that is said of a group and has no life of its own."""

    def attach(self, client: Any, props: Props) -> str:
        """Say it, and return the id."""
        raise NotImplementedError

    def create(self, aws: Aws, props: Props) -> str:
        """Say it of the group."""
        return self.attach(aws.client("autoscaling"), props)

    def read(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """Nothing beyond the inputs."""
        return {}


@resource("aws:autoscaling/attachment:Attachment")
class Attachment(AttachedToGroup):
    """A target group or classic balancer of a group."""

    def attach(self, client: Any, props: Props) -> str:
        """The id is one that the provider makes up."""
        group = props["autoscalingGroupName"]
        if "lbTargetGroupArn" in props:
            client.attach_load_balancer_target_groups(
                AutoScalingGroupName=group, TargetGroupARNs=[props["lbTargetGroupArn"]]
            )
        else:
            client.attach_load_balancers(AutoScalingGroupName=group, LoadBalancerNames=[props["elb"]])
        return f"{group}-{unique(self.token, props)}"


@resource("aws:autoscaling/trafficSourceAttachment:TrafficSourceAttachment")
class TrafficSourceAttachment(AttachedToGroup):
    """A traffic source of a group."""

    def attach(self, client: Any, props: Props) -> str:
        """The id names group, type and source."""
        source = props["trafficSource"]
        client.attach_traffic_sources(
            **request(client, "attach_traffic_sources", {**props, "trafficSources": [source]})
        )
        return ",".join([props["autoscalingGroupName"], source["type"], source["identifier"]])


@resource("aws:autoscaling/notification:Notification")
class Notification(AttachedToGroup):
    """A topic that is told what happens to some groups; its id is the topic."""

    def attach(self, client: Any, props: Props) -> str:
        """One configuration for each group."""
        for group in props["groupNames"]:
            client.put_notification_configuration(
                AutoScalingGroupName=group, TopicARN=props["topicArn"], NotificationTypes=props["notifications"]
            )
        return props["topicArn"]


@resource("aws:autoscaling/tag:Tag")
class Tag(AttachedToGroup):
    """One tag of a group that is made elsewhere."""

    def attach(self, client: Any, props: Props) -> str:
        """The id names group and key."""
        group, tag = props["autoscalingGroupName"], props["tag"]
        client.create_or_update_tags(Tags=[tag_of(tag, group)])
        return f"{group},{tag['key']}"
