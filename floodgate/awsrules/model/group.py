"""An Auto Scaling group with everything that can change it.

Times are aware datetimes in UTC, durations are seconds.
Source: "AutoScalingGroup",
https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_AutoScalingGroup.html, and the types that it names.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from floodgate.awsrules.model.policies import Policy

PoolState = Literal["Stopped", "Running", "Hibernated"]
ZoneStrategy = Literal["balanced-best-effort", "balanced-only"]


@dataclass(frozen=True, slots=True)
class ScheduledAction:
    """A scheduled action of an Auto Scaling group; `recurrence` is five-field cron in `time_zone`."""

    name: str
    start: datetime | None = None
    end: datetime | None = None
    recurrence: str | None = None
    time_zone: str = "Etc/UTC"
    min_size: int | None = None
    max_size: int | None = None
    desired: int | None = None


@dataclass(frozen=True, slots=True)
class WarmPool:
    """A warm pool; None as `max_prepared` means the group's maximum."""

    state: PoolState = "Stopped"
    min_size: int = 0
    max_prepared: int | None = None
    reuse_on_scale_in: bool = False


@dataclass(frozen=True, slots=True)
class LifecycleHook:
    """A lifecycle hook of a group."""

    name: str
    transition: Literal["autoscaling:EC2_INSTANCE_LAUNCHING", "autoscaling:EC2_INSTANCE_TERMINATING"]
    heartbeat_s: int = 3600
    default_result: Literal["ABANDON", "CONTINUE"] = "ABANDON"


@dataclass(frozen=True, slots=True)
class InstanceType:
    """What a launched instance brings. `weight` is what it counts for in the group's capacity.

    Where a plan does not tell vCPUs and memory they are 0, and nothing that needs them is judged.
    """

    name: str
    vcpus: int
    memory_mib: int
    weight: int = 1


@dataclass(frozen=True, slots=True)
class MaintenancePolicy:
    """Bounds of the healthy share while instances are replaced, in percent of the desired capacity."""

    min_healthy_percent: int
    max_healthy_percent: int


@dataclass(frozen=True, slots=True)
class Member:
    """One instance of a group as it was read.

    `version` names launch template and version, `launched` is unknown in what the API describes of a group and stays
    None unless something else tells it. `state` is AWS's lifecycle state, e.g. ``InService`` or ``Warmed:Stopped``.
    """

    id: str
    zone: str
    state: str = "InService"
    healthy: bool = True
    protected: bool = False
    instance_type: str = ""
    version: str = ""
    launched: datetime | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """An Auto Scaling group with everything that can change its size.

    `instance_type` is the one that is launched first, `other_types` those that are tried where it cannot be had.
    `members` are the instances at the beginning; where they are not known the group begins with its desired capacity
    in service, spread over its zones. `subnet_addresses` are free addresses by zone, where they are known;
    `behind_balancer` says that it has target groups, whose targets are then its instances in service.
    """

    name: str
    min_size: int
    max_size: int
    desired: int
    instance_type: InstanceType
    zones: tuple[str, ...]
    default_cooldown_s: int = 300
    default_warmup_s: int | None = None
    health_check_type: str = "EC2"
    health_check_grace_s: int = 0
    detailed_monitoring: bool = False
    policies: tuple[Policy, ...] = ()
    schedules: tuple[ScheduledAction, ...] = ()
    hooks: tuple[LifecycleHook, ...] = ()
    warm_pool: WarmPool | None = None
    suspended: frozenset[str] = field(default_factory=frozenset)
    other_types: tuple[InstanceType, ...] = ()
    spot: bool = False
    maintenance: MaintenancePolicy | None = None
    termination_policies: tuple[str, ...] = ("Default",)
    zone_strategy: ZoneStrategy = "balanced-best-effort"
    max_lifetime_s: int = 0
    protect_new: bool = False
    members: tuple[Member, ...] = ()
    version: str = ""
    subnet_addresses: tuple[tuple[str, int], ...] = ()
    behind_balancer: bool = False

    @property
    def weighted(self) -> bool:
        """Whether capacity is counted in weights instead of instances."""
        return any(kind.weight != 1 for kind in (self.instance_type, *self.other_types))
