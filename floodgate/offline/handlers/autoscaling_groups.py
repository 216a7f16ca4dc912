"""Amazon EC2 Auto Scaling groups: made, found again, changed without disturbing what scales them, and drained.

The order of the calls is the real provider's:
https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/autoscaling/group.go
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from floodgate.offline.handlers.autoscaling import AutoScaling, hook_of, tag_of
from floodgate.offline.handlers.autoscaling_changes import (
    await_capacity,
    change_metrics,
    change_processes,
    change_tags,
    changed_settings,
    move_traffic,
)
from floodgate.offline.handlers.base import AutoName, Aws, Change, Gone, Props, resource
from floodgate.offline.handlers.instance_refresh import check_triggers, refreshes, start_refresh
from floodgate.offline.handlers.requests import request
from floodgate.offline.handlers.shapes import lower_first

POOL: Mapping[str, Any] = {"maxGroupPreparedCapacity": -1, "minSize": 0, "poolState": "Stopped"}
"""A warm pool's settings that the program leaves out; -1 is AWS's word for no limit of its own."""
BATCH = 50
"""Instances that one SetInstanceProtection may name."""


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
        "enabledMetrics": "EnabledMetrics[].Metric",
        "loadBalancers": "LoadBalancerNames",
        "metricsGranularity": "EnabledMetrics[0].Granularity",
        "name": "AutoScalingGroupName",
        "serviceLinkedRoleArn": "ServiceLinkedRoleARN",
        "suspendedProcesses": "SuspendedProcesses[].ProcessName",
        "targetGroupArns": "TargetGroupARNs",
    }
    judged_at_first = frozenset({"desiredCapacity"})
    silent = (
        *("launchTemplate", "mixedInstancesPolicy", "launchConfiguration", "warmPool", "placementGroup", "context"),
        *("maxInstanceLifetime", "defaultInstanceWarmup", "desiredCapacityType", "capacityRebalance"),
        *("enabledMetrics", "suspendedProcesses", "terminationPolicies", "tags"),
        *("availabilityZoneDistribution", "capacityReservationSpecification", "instanceLifecyclePolicy"),
    )

    def parameters(self, client: Any, props: Props) -> dict[str, Any]:
        """The group, with the hooks that must be there before the first instance."""
        check_triggers(props)
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

    def observed(self, aws: Aws, id_: str, item: Mapping[str, Any], props: Props) -> dict[str, Any]:
        """Tags, subnets and pool; of two ways to say the same of zones and of traffic, the one the program uses."""
        out = self.more(aws, id_, item, props)
        out["tags"] = [
            {lower_first(name): tag[name] for name in ("Key", "Value", "PropagateAtLaunch")}
            for tag in item.get("Tags", [])
            if not tag["Key"].startswith("aws:")
        ]
        if pool := item.get("WarmPoolConfiguration"):
            reuse = (pool.get("InstanceReusePolicy") or {}).get("ReuseOnScaleIn")
            told = {lower_first(name): value for name, value in pool.items() if lower_first(name) in POOL}
            out["warmPool"] = {**POOL, **told, "instanceReusePolicy": {"reuseOnScaleIn": bool(reuse)}}
        if not item.get("InstanceMaintenancePolicy") and _has_maintenance(props):
            out["instanceMaintenancePolicy"] = None
        if out.get("vpcZoneIdentifiers") and "availabilityZones" not in props:
            out["availabilityZones"] = None
        if (template := item.get("LaunchTemplate")) and "launchTemplate" not in props:
            # AWS tells the name too, and takes only one of them back
            out["launchTemplate"] = {"id": template["LaunchTemplateId"], "version": template.get("Version", "$Default")}
        return out if "trafficSources" in props else {**out, "trafficSources": None}

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """What changed, each by its own call; then a new generation of instances where the program asks for one."""
        client = aws.client(self.service)
        check_triggers(change.new)
        if settings := changed_settings(client, change, frozenset(self.apart), self.rename):
            client.update_auto_scaling_group(AutoScalingGroupName=id_, **settings)
        change_tags(client, id_, change)
        move_traffic(client, id_, change, told=lambda: self.describe(aws, id_))
        if refreshes(change):
            start_refresh(client, id_, change.new, self.rename)
        if change.touches("warmPool"):
            self._change_pool(client, id_, change)
        if change.touches("desiredCapacity", "desiredCapacityType", "minSize"):
            await_capacity(self.describe(aws, id_), change.new)
        change_metrics(client, id_, change)
        change_processes(client, id_, change)

    def _change_pool(self, client: Any, id_: str, change: Change) -> None:
        pool = change.new.get("warmPool")
        if pool is None:
            self._delete_pool(client, id_, change.new)
            return
        whole = {**POOL, "instanceReusePolicy": {"reuseOnScaleIn": False}, **pool}
        client.put_warm_pool(AutoScalingGroupName=id_, **request(client, "put_warm_pool", whole))

    def _delete_pool(self, client: Any, id_: str, props: Props) -> None:
        force = bool(props.get("forceDelete") or props.get("forceDeleteWarmPool"))
        if not force:
            client.put_warm_pool(AutoScalingGroupName=id_, MaxGroupPreparedCapacity=0, MinSize=0)
        client.delete_warm_pool(AutoScalingGroupName=id_, ForceDelete=force)

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        """The warm pool goes first, then the instances, then the group; `forceDelete` waits for none of them."""
        client, force = aws.client(self.service), bool(props.get("forceDelete"))
        try:
            group = self.describe(aws, id_)
        except Gone:
            return
        if group.get("WarmPoolConfiguration"):
            self._delete_pool(client, id_, props)
        if not force:
            self._drain(client, id_, group["Instances"])
        client.delete_auto_scaling_group(AutoScalingGroupName=id_, ForceDelete=force)

    def _drain(self, client: Any, id_: str, instances: list[dict[str, Any]]) -> None:
        """Size 0, and no instance protected from it."""
        client.update_auto_scaling_group(AutoScalingGroupName=id_, DesiredCapacity=0, MinSize=0, MaxSize=0)
        held = [instance["InstanceId"] for instance in instances if instance["ProtectedFromScaleIn"]]
        for start in range(0, len(held), BATCH):
            client.set_instance_protection(
                AutoScalingGroupName=id_, InstanceIds=held[start : start + BATCH], ProtectedFromScaleIn=False
            )


def _has_maintenance(props: Props) -> bool:
    """Whether the program asks for a maintenance policy; one of -1 asks for none."""
    return any(percentage != -1 for percentage in props.get("instanceMaintenancePolicy", {}).values())
