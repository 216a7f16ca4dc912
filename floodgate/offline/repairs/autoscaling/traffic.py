"""Traffic sources: one name for target groups, classic balancers and VPC Lattice.

https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_AttachTrafficSources.html. Moto has none of it; target
groups and balancers stay where moto keeps them, so both ways of naming them agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from moto.autoscaling.models import AutoScalingBackend, FakeAutoScalingGroup
from moto.autoscaling.responses import AutoScalingResponse
from moto.core.responses import ActionResult, EmptyResult

from floodgate.offline.repairs.autoscaling.fields import check_target_groups, group_named, invalid
from floodgate.offline.repairs.patching import patch, replace


def attach(backend: Any, group_name: str, sources: Iterable[Mapping[str, str]]) -> None:
    """Attach sources to a group."""
    group = group_named(backend, group_name)
    for source in sources:
        kind, identifier = _kind(source), source["Identifier"]
        if kind == "elbv2":
            backend.attach_load_balancer_target_groups(group_name, [identifier])
        elif kind == "elb":
            backend.attach_load_balancers(group_name, [identifier])
        elif identifier not in _lattice(group):
            group.lattice_target_groups = [*_lattice(group), identifier]


@patch(AutoScalingResponse, "attach_traffic_sources")
def attach_traffic_sources(self: Any) -> EmptyResult:
    """Moto has no such operation."""
    params = self._get_params()
    attach(self.autoscaling_backend, params["AutoScalingGroupName"], params["TrafficSources"])
    return EmptyResult()


@patch(AutoScalingResponse, "detach_traffic_sources")
def detach_traffic_sources(self: Any) -> EmptyResult:
    """Moto has no such operation."""
    params, backend = self._get_params(), self.autoscaling_backend
    group = group_named(backend, params["AutoScalingGroupName"])
    for source in params["TrafficSources"]:
        kind, identifier = _kind(source), source["Identifier"]
        if kind == "elbv2":
            backend.detach_load_balancer_target_groups(group.name, [identifier])
        elif kind == "elb":
            backend.detach_load_balancers(group.name, [identifier])
        else:
            group.lattice_target_groups = [known for known in _lattice(group) if known != identifier]
    return EmptyResult()


@patch(AutoScalingResponse, "describe_traffic_sources")
def describe_traffic_sources(self: Any) -> ActionResult:
    """Moto has no such operation."""
    params = self._get_params()
    group = group_named(self.autoscaling_backend, params["AutoScalingGroupName"])
    wanted = params.get("TrafficSourceType")
    states = [
        {**source, "TrafficSource": source["Identifier"], "State": "InService"}
        for source in traffic_sources(group)
        if wanted in {None, source["Type"]}
    ]
    return ActionResult({"TrafficSources": states})


def traffic_sources(group: Any) -> list[dict[str, str]]:
    """Everything that sends traffic to the group."""
    return [
        *({"Identifier": arn, "Type": "elbv2"} for arn in group.target_group_arns),
        *({"Identifier": name, "Type": "elb"} for name in group.load_balancer_names),
        *({"Identifier": arn, "Type": "vpc-lattice"} for arn in _lattice(group)),
    ]


# moto's groups have no such field; its answers look for it under this name
replace(FakeAutoScalingGroup, "traffic_sources", property(traffic_sources))


@patch(AutoScalingBackend, "attach_load_balancer_target_groups")
def attach_known_target_groups(self: Any, group_name: str, target_group_arns: list[str]) -> None:
    """Moto notes an unknown target group before it fails."""
    group_named(self, group_name)
    check_target_groups(self, target_group_arns)
    attach_known_target_groups.original(self, group_name, target_group_arns)


@patch(AutoScalingBackend, "detach_load_balancer_target_groups")
def detach_attached_target_groups(self: Any, group_name: str, target_group_arns: list[str]) -> None:
    """Moto takes instances from target groups that were never the group's, and fails where one is deleted."""
    group = group_named(self, group_name)
    if not set(target_group_arns) <= set(group.target_group_arns):
        raise invalid("Trying to remove Target Groups that are not part of the group")
    there = [arn for arn in target_group_arns if arn in self.elbv2_backend.target_groups]
    detach_attached_target_groups.original(self, group_name, there)
    group.target_group_arns = [arn for arn in group.target_group_arns if arn not in target_group_arns]


@patch(AutoScalingBackend, "detach_load_balancers")
def detach_attached_balancers(self: Any, group_name: str, load_balancer_names: list[str]) -> None:
    """Moto takes the instances from all of the group's balancers, whichever are named."""
    group = group_named(self, group_name)
    if not set(load_balancer_names) <= set(group.load_balancer_names):
        raise invalid("Trying to remove Load Balancers that are not part of the group")
    others = [name for name in group.load_balancer_names if name not in load_balancer_names]
    group.load_balancer_names = list(load_balancer_names)
    detach_attached_balancers.original(self, group_name, load_balancer_names)
    group.load_balancer_names = others


def _kind(source: Mapping[str, str]) -> str:
    guess = "elbv2" if ":targetgroup/" in source["Identifier"] else "elb"
    return source.get("Type") or ("vpc-lattice" if ":vpc-lattice:" in source["Identifier"] else guess)


def _lattice(group: Any) -> list[str]:
    return getattr(group, "lattice_target_groups", [])
