"""What is due when: a heap, so that a second in which nothing is due costs one comparison."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from math import ceil, inf

Deed = Callable[[int], None]
FAULT, TRANSITION, SCHEDULE, EVALUATION, WAKE = range(5)
"""The order within a second: what breaks, what instances do, what is scheduled, what alarms see, and nothing at all."""


class Agenda:
    """Deeds by second, within a second by their order, within that as they were added."""

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, int, Deed]] = []
        self._number = 0

    @property
    def next_s(self) -> float:
        """The next second at which something is due."""
        return self._heap[0][0] if self._heap else inf

    def add(self, second: float, order: int, deed: Deed) -> None:
        """Do something at a second; a fraction waits for the full one, since an instance is not ready before."""
        self._number += 1
        heappush(self._heap, (ceil(second), order, self._number, deed))

    def pop(self) -> tuple[int, Deed]:
        """The next deed and its second, taken off."""
        second, _, _, deed = heappop(self._heap)
        return second, deed
