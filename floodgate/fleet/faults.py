"""What goes wrong with a group: frozen values, each with the second at which it begins.

`until` is the second at which it ends, None where it lasts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from floodgate.awsrules.instances.instance_refresh import Preferences


@dataclass(frozen=True, slots=True)
class ZoneLost:
    """A zone is lost: its instances stop, and none can be launched there until it is back."""

    second: int
    zone: str
    until: int | None = None


@dataclass(frozen=True, slots=True)
class SlowBoots:
    """Instances take `factor` times as long from their launch until they answer."""

    second: int
    factor: float
    until: int | None = None

    def __post_init__(self) -> None:
        if self.factor <= 0:
            raise ValueError(f"factor {self.factor}: boots take some time; give a number above 0")


@dataclass(frozen=True, slots=True)
class NoCapacity:
    """EC2 has no instances of a zone, of a type, or of a type in a zone; an empty word is any."""

    second: int
    zone: str = ""
    instance_type: str = ""
    until: int | None = None


@dataclass(frozen=True, slots=True)
class LaunchThrottling:
    """EC2 takes this many launches a second and no burst."""

    second: int
    refill_per_s: float
    until: int | None = None

    def __post_init__(self) -> None:
        if self.refill_per_s < 0:
            raise ValueError(f"refill_per_s {self.refill_per_s}: it is 0 or more; correct it")


@dataclass(frozen=True, slots=True)
class InstanceRefresh:
    """Somebody starts an instance refresh to a version; of a bad one no instance ever answers.

    A version that cannot be reached is found by health checks of the balancer, and only where the group has them.
    """

    second: int
    version: str
    bad: bool = False
    preferences: Preferences = field(default_factory=Preferences)


@dataclass(frozen=True, slots=True)
class InstancesFail:
    """Instances fail, the longest in service first.

    ``stops``: EC2 no longer runs them, which is acted on at once. ``hangs``: they answer no more, which only the
    balancer's health checks find. ``impaired``: EC2's status checks fail, for which AWS waits a few minutes.
    """

    second: int
    count: int
    how: Literal["stops", "hangs", "impaired"] = "stops"


@dataclass(frozen=True, slots=True)
class MetricsDelayed:
    """CloudWatch shows datapoints so many seconds later than usual."""

    second: int
    delay_s: int
    until: int | None = None


@dataclass(frozen=True, slots=True)
class OnStandby:
    """Somebody puts the instances launched first on standby, and back.

    With `decrement` the desired capacity falls by them, without it others are launched in their place.
    """

    second: int
    count: int
    until: int | None = None
    decrement: bool = True


Fault = (
    OnStandby | ZoneLost | SlowBoots | NoCapacity | LaunchThrottling | InstanceRefresh | InstancesFail | MetricsDelayed
)
