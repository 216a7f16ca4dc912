"""Launching and terminating: spread over the zones, counted right, registered and deregistered.

Moto puts every instance into the first subnet, never takes a target away, and launches one instance too few where
on-demand and spot capacity do not divide evenly. What AWS does:
https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-availability-zone-balanced.html and
.../ec2-auto-scaling-mixed-instances-groups.html.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from typing import Any

from moto.autoscaling.models import ASG_NAME_TAG, AutoScalingBackend, FakeAutoScalingGroup, InstanceState

from floodgate.offline.repairs.autoscaling.fields import group_named, invalid
from floodgate.offline.repairs.patching import patch


@dataclass(frozen=True, slots=True)
class Mix:
    """How a group divides its capacity: instances that are on demand, and in all, for a desired capacity."""

    base: int = 0
    on_demand_percent: int = 100
    weight: int = 1
    instance_type: str | None = None

    def on_demand(self, desired: int) -> int:
        """Instances that are launched on demand."""
        above = max(0, desired - self.base)
        return ceil((min(self.base, desired) + ceil(above * self.on_demand_percent / 100)) / self.weight)

    def total(self, desired: int) -> int:
        """Instances that hold the desired capacity."""
        return ceil(desired / self.weight)


def mix_of(group: Any) -> Mix:
    """The mixed instances policy as numbers; of its overrides the first stands for all, as in ``prioritized``."""
    policy = group.mixed_instances_policy
    if not policy:
        return Mix()
    distribution = policy.get("InstancesDistribution") or {}
    first = next(iter(policy["LaunchTemplate"].get("Overrides") or []), {})
    return Mix(
        int(distribution.get("OnDemandBaseCapacity", 0)),
        int(distribution.get("OnDemandPercentageAboveBaseCapacity", 100)),
        int(first.get("WeightedCapacity", 1)),
        first.get("InstanceType"),
    )


@patch(FakeAutoScalingGroup, "set_desired_capacity")
def set_desired_capacity(self: Any, new_capacity: int | None) -> None:
    """Moto cuts fractions of mixed instances off and shuffles the instances that stay."""
    self.desired_capacity = self.min_size if new_capacity is None else new_capacity
    gap = mix_of(self).total(self.desired_capacity or 0) - len(self.active_instances())
    suspended = self._suspended_processes
    if gap > 0 and "Launch" not in suspended:
        self.replace_autoscaling_group_instances(gap, self.get_propagated_tags())
    elif gap < 0 and "Terminate" not in suspended:
        _scale_in(self, -gap)
    if self.name in self.autoscaling_backend.autoscaling_groups:
        self.autoscaling_backend.update_attached_elbs(self.name)
        self.autoscaling_backend.update_attached_target_groups(self.name)


@patch(FakeAutoScalingGroup, "replace_autoscaling_group_instances")
def launch_over_the_zones(self: Any, count_needed: int, propagated_tags: dict[str, str]) -> None:
    """Moto launches everything into the first subnet, of the template's type, on demand."""
    mix = mix_of(self)
    running = sum(1 for state in self.instance_states if state.instance.lifecycle != "spot")
    on_demand = min(count_needed, max(0, mix.on_demand(self.desired_capacity or 0) - running))
    tags = propagated_tags | {ASG_NAME_TAG: self.name} | self.instance_tags
    places = Counter(
        (place, index >= on_demand) for index, place in zip(range(count_needed), _places(self), strict=False)
    )
    before = list(self.instance_states)
    try:
        for ((subnet, zone), spot), count in places.items():
            _launch(self, count, tags, mix, subnet=subnet, zone=zone, spot=spot)
    except Exception:
        # nobody would know of those that did start
        _terminate(self, [state for state in self.instance_states if state not in before])
        raise


def _launch(
    group: Any, count: int, tags: dict[str, str], mix: Mix, *, subnet: str | None, zone: str, spot: bool
) -> None:
    template = group.ec2_launch_template
    version = template.get_version(group.launch_template_version) if template else None
    market = {"instance_market_options": {"MarketType": "spot"}} if spot else {}
    reservation = group.ec2_backend.run_instances(
        group.image_id,
        count,
        group.user_data,
        group.security_groups,
        instance_type=mix.instance_type or group.instance_type,
        tags={"instance": dict(tags)},
        placement=zone,
        launch_config=group.launch_config,
        launch_template={"LaunchTemplateId": template.id, "Version": version.number} if version else None,
        is_instance_type_default=False,
        associate_public_ip=group.launch_config.associate_public_ip_address if group.launch_config else None,
        subnet_id=subnet,
        region_name=group.region,
        **market,
    )
    for instance in reservation.instances:
        instance.autoscaling_group = group
        state: Any = InstanceState(instance, protected_from_scale_in=group.new_instances_protected_from_scale_in)
        state.launched_from = version
        group.instance_states.append(state)


def _places(group: Any) -> Iterator[tuple[str | None, str]]:
    """Where the next instances go: always the zone that has fewest, its subnets in turn."""
    subnets = _subnets_by_zone(group)
    crowd = Counter(state.instance.placement.zone for state in group.instance_states)
    turns: Counter[str] = Counter()
    while True:
        zone = min(subnets, key=lambda name: (crowd[name], name))
        yield subnets[zone][turns[zone] % len(subnets[zone])], zone
        crowd[zone] += 1
        turns[zone] += 1


def _subnets_by_zone(group: Any) -> dict[str, list[str | None]]:
    if not group.vpc_zone_identifier:
        return {zone: [None] for zone in group.availability_zones}
    found: dict[str, list[str | None]] = {}
    for subnet in group.ec2_backend.describe_subnets(subnet_ids=group.vpc_zone_identifier.split(",")):
        found.setdefault(subnet.availability_zone, []).append(subnet.id)
    return found


def _scale_in(group: Any, count: int) -> None:
    """Terminate unprotected instances, each time the oldest of the fullest zone."""
    by_zone: dict[str, list[Any]] = {}
    for state in group.active_instances():
        by_zone.setdefault(state.instance.placement.zone, []).append(state)
    gone: list[Any] = []
    for _ in range(count):
        choices = [zone for zone, states in by_zone.items() if any(not s.protected_from_scale_in for s in states)]
        if not choices:
            break
        zone = max(sorted(choices), key=lambda name: len(by_zone[name]))
        victim = next(state for state in by_zone[zone] if not state.protected_from_scale_in)
        by_zone[zone].remove(victim)
        gone.append(victim)
    _terminate(group, gone)


def _terminate(group: Any, gone: list[Any]) -> None:
    """Terminate instances of the group, and take them from their targets."""
    if not gone:
        return
    ids = {state.instance.id for state in gone}
    for target_group in _target_groups(group):
        target_group.deregister([{"Id": id_} for id_ in ids if id_ in target_group.targets])
    group.ec2_backend.terminate_instances(sorted(ids))
    group.instance_states = [state for state in group.instance_states if state.instance.id not in ids]


def _target_groups(group: Any) -> list[Any]:
    """The group's target groups that still exist."""
    known = group.autoscaling_backend.elbv2_backend.target_groups
    return [known[arn] for arn in group.target_group_arns if arn in known]


def terminate_all(group: Any) -> None:
    """End every instance of a group that is about to be deleted by force: no protection, no suspension holds."""
    _terminate(group, list(group.instance_states))


@patch(AutoScalingBackend, "set_instance_protection")
def scale_in_when_it_may(self: Any, group_name: str, instance_ids: list[str], *protected: bool | None) -> None:
    """Moto leaves instances for ever that a smaller size wanted gone while they were protected."""
    group = group_named(self, group_name)
    for missing in set(instance_ids) - {state.instance.id for state in group.instance_states}:
        raise invalid(f"The instance {missing} is not part of Auto Scaling group {group_name}.")
    scale_in_when_it_may.original(self, group_name, instance_ids, *protected)
    if len(group.active_instances()) > mix_of(group).total(group.desired_capacity or 0):
        group.set_desired_capacity(group.desired_capacity)


@patch(AutoScalingBackend, "update_attached_target_groups")
def register_the_new(self: Any, group_name: str) -> None:
    """Moto registers all instances again at every change, which takes longer with each of them."""
    group = self.autoscaling_groups[group_name]
    for target_group in _target_groups(group):
        new = [s.instance.id for s in group.instance_states if s.instance.id not in target_group.targets]
        target_group.register([{"Id": id_, "Port": target_group.port} for id_ in new])


@patch(AutoScalingBackend, "notify_terminate_instances")
def replacements_are_registered(self: Any, instance_ids: list[str]) -> None:
    """Moto replaces an instance that EC2 terminated and leaves the new one out of the target groups."""
    replacements_are_registered.original(self, instance_ids)
    for name in self.autoscaling_groups:
        self.update_attached_target_groups(name)


@patch(InstanceState, "launch_template")
def launch_template_it_came_from(self: Any) -> Any:
    """Moto names the template's default version, whatever was launched."""
    version = getattr(self, "launched_from", None)
    if version is None:
        return launch_template_it_came_from.original(self)
    template = version.template
    return {"LaunchTemplateId": template.id, "LaunchTemplateName": template.name, "Version": str(version.number)}
