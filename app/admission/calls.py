"""When places were called: who has lost their turn, who should have come by now, and how fast it goes.

The clock of this history stands still while nobody can come through a fault of ours: the line is paused, the house
is full, or the service is away. So nobody loses a turn for it.
"""

from __future__ import annotations

from bisect import bisect_right
from math import exp

from app.admission.values import Checkpoint

# as long as the rehearsal averages over; a shown wait must not jump with every tick
LEARNING_S = 60.0


class Calls:
    """The history of `serving`, as far back as a turn lasts.

    A new leader knows from the checkpoint only which places had lapsed and settled. It takes these for as young as
    they can be, so that a change of leader gives people time rather than taking it.

    Args:
        checkpoint: where this leader begins.
        settle_s: seconds after which whoever comes at once has come.
        come_within_s: seconds after being called in which a place must be used.
    """

    def __init__(self, checkpoint: Checkpoint, settle_s: float, come_within_s: float) -> None:
        self._settle_s, self._come_within_s = settle_s, come_within_s
        self._ran_s = 0.0
        self._at_s = [-come_within_s, -settle_s, 0.0]
        self._serving = [checkpoint.lapsed, checkpoint.settled, checkpoint.serving]

    def run(self, elapsed_s: float) -> None:
        """Let time pass; not called while it stands still."""
        self._ran_s += elapsed_s
        first = max(0, bisect_right(self._at_s, self._ran_s - self._come_within_s) - 1)
        del self._at_s[:first], self._serving[:first]

    def called(self, serving: int) -> None:
        """Places below `serving` are called from now on."""
        if serving > self._serving[-1]:
            self._at_s.append(self._ran_s)
            self._serving.append(serving)

    def serving_before(self, ago_s: float) -> int:
        """`serving` as it was so many seconds ago; of the beginning where that is longer ago."""
        return self._serving[max(0, bisect_right(self._at_s, self._ran_s - ago_s) - 1)]

    @property
    def serving(self) -> int:
        """Places below are called."""
        return self._serving[-1]

    @property
    def settled(self) -> int:
        """Places below were called so long ago that who comes at once has come."""
        return self.serving_before(self._settle_s)

    @property
    def lapsed(self) -> int:
        """Places below have lost their turn."""
        return self.serving_before(self._come_within_s)


class Pace:
    """Places that can be called each second, lately, whether or not anybody stands there.

    It is what the shown wait is computed from; a short line must not make the next crowd's wait look long.
    """

    def __init__(self, rate_per_s: float) -> None:
        self.rate_per_s = rate_per_s

    def expect(self, rate_per_s: float) -> None:
        """Before the doors: the line will move at what is in service then; 0 for a pause, which says nothing of it."""
        self.rate_per_s = rate_per_s or self.rate_per_s

    def run(self, rate_per_s: float, elapsed_s: float) -> None:
        """Take in the last moments; not called while the line stands still through a pause or a fault."""
        self.rate_per_s += (rate_per_s - self.rate_per_s) * (1.0 - exp(-elapsed_s / LEARNING_S))
