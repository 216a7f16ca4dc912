"""The instances of a group at the beginning, those of its warm pool too."""

from __future__ import annotations

from collections.abc import Sequence

from floodgate.awsrules.model import Member
from floodgate.rehearsal.reading.launching import version_of
from floodgate.rehearsal.reading.values import Described, need


def read_members(group: Described, pooled: Sequence[Described]) -> tuple[Member, ...]:
    """The instances that a group and its warm pool describe, sorted by id; one told twice counts once."""
    found = {need(i, "InstanceId", "an instance of the group"): i for i in (*pooled, *(group.get("Instances") or []))}
    return tuple(_member(name, described) for name, described in sorted(found.items()))


def _member(name: str, described: Described) -> Member:
    template = described.get("LaunchTemplate") or {}
    return Member(
        id=name,
        zone=described.get("AvailabilityZone") or "",
        state=described.get("LifecycleState") or "InService",
        healthy=(described.get("HealthStatus") or "Healthy").upper() != "UNHEALTHY",
        protected=described.get("ProtectedFromScaleIn", False),
        instance_type=described.get("InstanceType") or "",
        version=version_of(template) or described.get("LaunchConfigurationName") or "",
    )
