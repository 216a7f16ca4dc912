"""What a stack may choose about how its fleet follows the crowd."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field

from infra.problems import Problem, Settings

# https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-quotas.html
MOST_STEPS = 20


class StepSettings(Settings):
    """Servers added while the waiting room is at least this deep."""

    from_people: Annotated[int, Field(ge=0)]
    """People waiting from which this step counts."""
    add_servers: Annotated[int, Field(ge=1)]
    """Servers it adds."""


class WaitingRoomSettings(Settings):
    """The step policy on the depth of the waiting room, and its alarm."""

    minutes: Annotated[int, Field(ge=1, le=60)] = 1
    """Minutes in a row in which the room is that deep before servers are added."""
    steps: Annotated[tuple[StepSettings, ...], Field(min_length=1, max_length=MOST_STEPS)]
    """Steps in rising order; the first is the alarm's threshold."""

    def problems(self, where: str) -> Iterable[Problem]:
        """Steps must rise, or AWS would see them overlap."""
        for lower, upper in pairwise(self.steps):
            if upper.from_people <= lower.from_people:
                rule = f"but the step before begins at {lower.from_people}"
                yield Problem(f"{where}.steps", str(upper.from_people), rule, "order the steps by fromPeople")


class PredictiveSettings(Settings):
    """Predictive scaling: it learns daily patterns, so it helps between openings and knows nothing of a first one."""

    mode: Literal["ForecastOnly", "ForecastAndScale"] = "ForecastOnly"
    """Whether the forecast is only shown or also acted on."""
    cpu_percent: Annotated[float, Field(gt=0, le=100)] = 50
    """Mean CPU to aim at."""
    buffer_s: Annotated[int, Field(ge=0, lt=3600)] = 300
    """Seconds before the forecast hour at which servers are launched."""


class ScalingSettings(Settings):
    """Policies and schedules of the group; disabled, the fleet stays as it is."""

    enabled: bool = True
    """Whether anything changes the group's size."""
    requests_per_server_per_minute: Annotated[float, Field(gt=0)] | None = None
    """Requests that one server should get in a minute; leave out for no policy on them."""
    cpu_percent: Annotated[float, Field(gt=0, le=100)] | None = None
    """Mean CPU to keep; leave out for no policy on it."""
    waiting_room: WaitingRoomSettings | None = None
    """Servers added by the depth of the waiting room; leave out for no such policy."""
    predictive: PredictiveSettings | None = None
    """Predictive scaling; leave out for none."""

    def problems(self, where: str) -> Iterable[Problem]:
        """An enabled scaling needs something that scales."""
        if self.waiting_room:
            yield from self.waiting_room.problems(f"{where}.waitingRoom")
        if self.enabled and not (self.requests_per_server_per_minute or self.cpu_percent):
            rule = "but without a target nothing ever removes servers"
            remedy = "set requestsPerServerPerMinute or cpuPercent, or enabled to false"
            yield Problem(f"{where}.enabled", "true", rule, remedy)
