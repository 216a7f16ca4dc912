"""What the engine of a rehearsal needs of a group in time; `rehearsed_group` is one, and tests have others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from floodgate.rehearsal.outcome import Event


class GroupInTime(Protocol):
    """What the engine needs of a group in time."""

    @property
    def desired(self) -> int:
        """Desired capacity."""

    @property
    def launching(self) -> int:
        """Servers on the way into service."""

    @property
    def in_service(self) -> int:
        """Servers in service."""

    @property
    def serving(self) -> int:
        """Those of them that answer."""

    @property
    def receiving(self) -> int:
        """Servers in service that the balancer sends requests to."""

    @property
    def working(self) -> int:
        """Servers that answer and have something to work on: all but those without requests."""

    @property
    def lost(self) -> float:
        """The share of the requests that reaches servers which answer nothing."""

    @property
    def late_s(self) -> float:
        """An answer that late has to be told before anything else happens."""

    @property
    def pool(self) -> int:
        """Servers ready in the warm pool."""

    @property
    def max_size(self) -> int:
        """Maximum size, as schedules have set it."""

    @property
    def limited_by(self) -> str:
        """What keeps the group from the size that is wanted."""

    @property
    def next_s(self) -> float:
        """The next second at which a step may change anything."""

    def step(self, second: int) -> None:
        """Let everything happen that is due at `second`."""

    def effective(self, second: int, slow_start_s: float) -> float:
        """Servers that work on requests, those in slow start by their share."""

    def observe_span(
        self,
        requests: Sequence[float],
        cpu_percent: Sequence[float],
        custom: Mapping[str, Sequence[float]],
        answers_s: Sequence[float],
    ) -> None:
        """Note what happened in the seconds up to the next step; `answers_s` is how late servers answered."""

    def told(self) -> list[Event]:
        """What has happened so far."""
