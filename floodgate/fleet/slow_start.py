"""Which targets of a group are in slow start, and what they are worth together.

The rule is `floodgate.awsrules.balancer.slow_start`; here its linear shares are kept as sums, since they are asked for
each second.
"""

from __future__ import annotations

from floodgate.awsrules.balancer import slow_start


class SlowStart:
    """Targets by the second they turned healthy, as long as they are in slow start."""

    def __init__(self) -> None:
        self.duration_s = 0.0
        self._began: dict[float, int] = {}
        self._count = 0
        self._sum = 0.0

    def add(self, second: float, count: int, others: int) -> None:
        """`count` targets turn healthy, beside `others` that are healthy already."""
        self._forget(second)
        if slow_start.begins(self.duration_s, others - self._count):
            self._began[second] = self._began.get(second, 0) + count
            self._count += count
            self._sum += second * count

    def remove(self, second: float) -> None:
        """A target that turned healthy at `second` leaves."""
        left = self._began.get(second, 0)
        if left:
            self._drop(second, 1)
            if left == 1:
                del self._began[second]
            else:
                self._began[second] = left - 1

    def missing(self, second: float) -> float:
        """How many full targets those in slow start fall short of."""
        if not self._count:
            return 0.0
        self._forget(second)
        return self._count - (second * self._count - self._sum) / self.duration_s if self._count else 0.0

    def _drop(self, second: float, count: int) -> None:
        self._count -= count
        self._sum -= second * count

    def _forget(self, now_s: float) -> None:
        while self._began:
            first = next(iter(self._began))
            if first > now_s - self.duration_s:
                return
            self._drop(first, self._began.pop(first))
