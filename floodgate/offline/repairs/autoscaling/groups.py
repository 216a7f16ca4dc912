"""Groups: bounds are kept, names are unique, no field is forgotten, nothing outlives its group.

What AWS does is in https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CreateAutoScalingGroup.html,
API_UpdateAutoScalingGroup, API_SetDesiredCapacity and API_DeleteAutoScalingGroup.
"""

from __future__ import annotations

import copy
from typing import Any

from moto.autoscaling.exceptions import AutoscalingClientError
from moto.autoscaling.models import FakeAutoScalingGroup
from moto.autoscaling.responses import AutoScalingResponse
from moto.core import utils
from moto.core.responses import EmptyResult

from floodgate.offline.repairs.autoscaling import fleet, hooks, policies, schedules, traffic
from floodgate.offline.repairs.autoscaling.fields import check_target_groups, group_named, invalid
from floodgate.offline.repairs.kept import keep
from floodgate.offline.repairs.patching import patch

FORGOTTEN = (
    "AvailabilityZoneDistribution",
    "AvailabilityZoneImpairmentPolicy",
    "CapacityReservationSpecification",
    "Context",
    "DefaultInstanceWarmup",
    "DeletionProtection",
    "DesiredCapacityType",
    "HealthCheckGracePeriod",
    "InstanceLifecyclePolicy",
    "InstanceMaintenancePolicy",
    "MaxInstanceLifetime",
    "ServiceLinkedRoleARN",
)
FORGOTTEN_BY_UPDATE = (*FORGOTTEN, "CapacityRebalance", "DefaultCooldown", "PlacementGroup", "TerminationPolicies")
# what AWS takes for "no longer", by the field it clears
CLEARED_BY = {
    "context": "",
    "default_instance_warmup": -1,
    "instance_maintenance_policy": {"MinHealthyPercentage": -1, "MaxHealthyPercentage": -1},
    "max_instance_lifetime": 0,
    "placement_group": "",
}


@patch(AutoScalingResponse, "create_auto_scaling_group")
def create_within_rules(self: Any) -> Any:
    """Moto takes any size, replaces a group of the same name and forgets a dozen fields."""
    params, backend = self._get_params(), self.autoscaling_backend
    name = params["AutoScalingGroupName"]
    if name in backend.autoscaling_groups:
        raise AutoscalingClientError(
            "AlreadyExists",
            f"AutoScalingGroup by this name already exists - A group with the name {name} already exists",
        )
    _check_bounds(params["MinSize"], params["MaxSize"], params.get("DesiredCapacity"))
    check_target_groups(backend, params.get("TargetGroupARNs", []))
    answer = create_within_rules.original(self)
    group = backend.autoscaling_groups[name]
    group.created_time = utils.utcnow()
    group.health_check_grace_period = 0
    group.availability_zone_distribution = {"CapacityDistributionStrategy": "balanced-best-effort"}
    _keep(group, params, FORGOTTEN)
    try:
        for hook in params.get("LifecycleHookSpecificationList", []):
            hooks.put(backend, {"AutoScalingGroupName": name, **hook})
        traffic.attach(backend, name, params.get("TrafficSources", []))
    except Exception:
        _forget(backend, group)
        raise
    return answer


@patch(AutoScalingResponse, "update_auto_scaling_group")
def update_within_rules(self: Any) -> Any:
    """Moto takes a minimum above the maximum and ignores most fields."""
    params, backend = self._get_params(), self.autoscaling_backend
    group = group_named(backend, params["AutoScalingGroupName"])
    low, high = params.get("MinSize", group.min_size), params.get("MaxSize", group.max_size)
    _check_bounds(low, high, params.get("DesiredCapacity"))
    answer = update_within_rules.original(self)
    _keep(group, params, FORGOTTEN_BY_UPDATE)
    within = min(max(group.desired_capacity, low), high)
    if within != group.desired_capacity:
        group.set_desired_capacity(within)
    return answer


@patch(FakeAutoScalingGroup, "update")
def update_keeps_mixed_instances(self: Any, **changes: Any) -> None:
    """Moto drops the mixed instances policy on every update that does not repeat it, and keeps what took its place."""
    launches_otherwise = changes.get("launch_template") or changes.get("launch_config_name")
    if not launches_otherwise and changes.get("mixed_instances_policy") is None and self.mixed_instances_policy:
        kept = copy.deepcopy(self.mixed_instances_policy)
        # moto completes the specification with the template's name, and then takes only one of id and name
        kept["LaunchTemplate"]["LaunchTemplateSpecification"].pop("LaunchTemplateName", None)
        changes["mixed_instances_policy"] = kept
    update_keeps_mixed_instances.original(self, **changes)
    if changes.get("launch_config_name"):
        self.ec2_launch_template = self.mixed_instances_policy = None
    elif launches_otherwise or changes.get("mixed_instances_policy"):
        self.launch_config = self.launch_configuration_name = None


@patch(FakeAutoScalingGroup, "launch_template")
def launch_template_or_mixed(self: Any) -> Any:
    """A group with a mixed instances policy has no launch template beside it."""
    return None if self.mixed_instances_policy else launch_template_or_mixed.original(self)


@patch(FakeAutoScalingGroup, "_set_azs_and_vpcs")
def zones_once_each(self: Any, *args: Any, **kwargs: Any) -> None:
    """Moto names a zone once for each of its subnets."""
    zones_once_each.original(self, *args, **kwargs)
    self.availability_zones = sorted(set(self.availability_zones))


@patch(AutoScalingResponse, "delete_auto_scaling_group")
def delete_with_all_that_is_its_own(self: Any) -> Any:
    """Moto deletes a group under its running instances and leaves its policies, hooks and schedules behind."""
    params, backend = self._get_params(), self.autoscaling_backend
    name = params["AutoScalingGroupName"]
    group = group_named(backend, name)
    held = len(group.instance_states) + (group.warm_pool_size or 0)
    if held and not params.get("ForceDelete"):
        raise AutoscalingClientError(
            "ResourceInUse",
            "You cannot delete an AutoScalingGroup while there are instances or pending Spot instance request(s) "
            "still in the group.",
        )
    _forget(backend, group)
    return EmptyResult()


def _forget(backend: Any, group: Any) -> None:
    """End a group with all that is its own."""
    fleet.terminate_all(group)
    backend.autoscaling_groups.pop(group.name, None)
    for part in (policies, hooks, schedules):
        part.forget_group(backend, group.name)


@patch(FakeAutoScalingGroup, "suspended_processes")
def suspended_processes_in_order(self: Any) -> list[dict[str, str]]:
    """Moto keeps a set, whose order changes from run to run."""
    return sorted(suspended_processes_in_order.original(self), key=lambda process: process["ProcessName"])


def _check_bounds(low: int, high: int, desired: int | None) -> None:
    if low > high:
        raise invalid(f"Max bound, {high}, must be greater than or equal to min bound, {low}")
    if desired is not None and not low <= desired <= high:
        raise invalid(f"Desired capacity:{desired} must be between the specified min size:{low} and max size:{high}")


def _keep(group: Any, params: Any, names: tuple[str, ...]) -> None:
    keep(group, params, names)
    for name, nothing in CLEARED_BY.items():
        if getattr(group, name, None) == nothing:
            setattr(group, name, None)
