"""Groups, policies and metrics that the tests of a group in time are made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from floodgate.awsrules.model import Alarm, Group, InstanceType, Metric, Step, StepScaling, TargetTracking
from floodgate.fleet import Fleet, Unknowns
from floodgate.fleet.events import GroupEvent

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LOAD = Metric("App", "Load")
ARN = "arn:aws:autoscaling:eu-west-1:111122223333:scalingPolicy:1:autoScalingGroupName/shop:policyName/"


@dataclass
class Shown:
    """A metric source that shows a function of the second at which a period ends, by metric's name.

    Before second 0 it shows nothing.
    """

    by_name: dict[str, Callable[[int], float | None]] = field(default_factory=dict)

    def values(self, metric: Metric, end_s: int, period_s: int, periods: int) -> list[float | None]:
        """As the protocol says."""
        shown = self.by_name.get(metric.name, lambda _: None)
        return [shown(end) if end > 0 else None for end in range(end_s - (periods - 1) * period_s, end_s + 1, period_s)]


@dataclass(frozen=True)
class Bench:
    """Makes groups and plays them."""

    start: datetime = START

    def group(self, **changes: Any) -> Group:
        """A group of ten in three zones."""
        given: dict[str, Any] = {
            "name": "shop",
            "min_size": 0,
            "max_size": 100,
            "desired": 10,
            "instance_type": InstanceType("c6i.large", 2, 4096),
            "zones": ("a", "b", "c"),
            "default_warmup_s": 0,
        }
        return Group(**(given | changes))

    def tracking(self, target: float = 100, **changes: Any) -> TargetTracking:
        """Target tracking of the load."""
        name = changes.pop("name", "track")
        return TargetTracking(name, ARN + name, target, metric=changes.pop("metric", LOAD), **changes)

    def stepping(self, steps: tuple[Step, ...], threshold: float, *, low: bool = False, **changes: Any) -> StepScaling:
        """Step scaling of the load after one minute of breach."""
        name = changes.pop("name", "step")
        comparison = "LessThanOrEqualToThreshold" if low else "GreaterThanOrEqualToThreshold"
        alarm = Alarm(name + "-alarm", LOAD, comparison, threshold, 60, 1, 1, actions=(ARN + name,))
        kind = changes.pop("adjustment_type", "PercentChangeInCapacity")
        return StepScaling(name, ARN + name, kind, steps, (alarm,), **changes)

    def fleet(self, group: Group, load: Callable[[int], float | None] = lambda _: None, **given: Any) -> Fleet:
        """A group that sees a load."""
        unknowns = Unknowns(**({"boot_s": 0, "warm_start_s": 0} | given.pop("unknowns", {})))
        cpu = given.pop("cpu", None)
        shown = Shown({"Load": load, "CPUUtilization": lambda _: cpu})
        return Fleet(group, unknowns, given.pop("start", self.start), shown, **given)

    def play(self, fleet: Fleet, seconds: int) -> list[GroupEvent]:
        """Play it to the end of a second; its sizes are checked whenever something was due."""
        second = 0
        while second <= seconds:
            fleet.advance(second)
            check(fleet)
            second = max(second + 1, int(min(fleet.next_s, seconds + 1)))
        return fleet.events

    def desired(self, fleet: Fleet, seconds: int) -> list[tuple[int, int | str | None]]:
        """Play it and tell (second, desired capacity) of each change."""
        events = self.play(fleet, seconds)
        return [(event.second, event.after) for event in events if event.kind == "desired"]


def check(fleet: Fleet) -> None:
    """No instance from nothing, none lost."""
    there = fleet.in_service + fleet.launching + fleet.pool + fleet.preparing + fleet.standby + fleet.terminating
    assert fleet.launched == there + fleet.terminated
    assert fleet.min_size <= fleet.desired <= fleet.max_size


@pytest.fixture(scope="session")
def bench() -> Bench:
    """Groups to play with."""
    return Bench()
