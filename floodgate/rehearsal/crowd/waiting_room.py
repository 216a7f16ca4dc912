"""The line: places in order, people who silently leave it, and the wait they were shown.

Patience is exponential, so a person's chance to be still there depends on nothing but the time waited (Erlang-A:
Garnett, Mandelbaum, Reiman, "Designing a Call Center with Impatient Customers", Manufacturing & Service Operations
Management 4(3), 2002, https://doi.org/10.1287/msom.4.3.208.7753). One survival curve therefore serves all cohorts, and
the line's cost does not grow with its length. The room learns that somebody left only when the place is called: it
expects the share it has seen lately and calls that many more.
"""

from __future__ import annotations

import math
from array import array
from collections import deque

import numpy as np

from floodgate.rehearsal.outcome import Waits
from floodgate.rehearsal.parameters import Parameters

# a share below this would call the whole line for a handful of people
LEAST_SHOW_SHARE = 0.05


class Cohort:
    """Places of one second of joining: how many are left and were there, how many stood before them, at what rate."""

    __slots__ = ("ahead", "joined_s", "left", "rate_per_s", "size")

    def __init__(self, joined_s: int, size: float, ahead: float, rate_per_s: float) -> None:
        self.joined_s = joined_s
        self.size = size
        self.left = size
        self.ahead = ahead
        self.rate_per_s = rate_per_s


class WaitingRoom:
    """Pre-queue, line, and the people who were called and are about to notice it.

    Args:
        doors_s: second of the doors; who joins before has a uniformly random place drawn then, and waits and loses
            patience from then on. Within that one cohort places are alike, so the draw needs no random number.
        seconds: length of the rehearsal.
        patience_s: mean patience.
        poll_interval_s: a called person notices within one interval, half of it on average.
        parameters: of ``waiting_room.*``.
    """

    def __init__(
        self, doors_s: int, seconds: int, patience_s: float, poll_interval_s: float, parameters: Parameters
    ) -> None:
        self._doors_s = doors_s
        self._stay = math.exp(-1.0 / patience_s)
        self._survival: list[float] = (self._stay ** np.arange(seconds + 1)).tolist()
        self._notice_s = poll_interval_s / 2.0
        self._learn = 1.0 / parameters["waiting_room.learn_s"]
        self._low = parameters["waiting_room.shown_low"]
        self._high = parameters["waiting_room.shown_high"]
        self._line: deque[Cohort] = deque()
        self._waits = array("d")
        self.places = 0.0
        self.present = 0.0
        self.called = 0.0
        self.show_share = 1.0
        self.rate_per_s = 0.0

    def leave(self) -> float:
        """People who lose patience in this second, unseen by the room."""
        gone = self.present * (1.0 - self._stay)
        self.present -= gone
        return gone

    def join(self, people: float, second: int) -> None:
        """People take the last places; before the doors they stand in the pre-queue."""
        if people <= 0.0:
            return
        if second < self._doors_s and self._line:
            self._line[0].size += people
            self._line[0].left += people
        else:
            self._line.append(Cohort(max(second, self._doors_s), people, self.places, self.rate_per_s))
        self.places += people
        self.present += people

    def draw(self, rate_per_s: float) -> None:
        """Draw the pre-queue's places at this rate; the draw of the second of the doors is the one that counts."""
        self.rate_per_s = rate_per_s
        for cohort in self._line:
            cohort.rate_per_s = rate_per_s

    def expect(self, people_per_s: float) -> None:
        """Learn how many places a second can be called, whether or not anybody stands there."""
        self.rate_per_s += (people_per_s / self.show_share - self.rate_per_s) * self._learn

    def call(self, people: float, second: int) -> float:
        """Call the next places, more than `people` by the expected share of those who left.

        Returns:
            People who joined in this very second and may walk in at once; the others come after their next poll.
        """
        wanted = min(self.places, people / self.show_share)
        if wanted <= 0.0:
            return 0.0
        at_once = later = 0.0
        remaining = wanted
        line = self._line
        while remaining > 0.0 and line:
            cohort = line[0]
            taken = min(cohort.left, remaining)
            came = taken * self._survival[second - cohort.joined_s]
            self._write(cohort, taken, came, second)
            if second == cohort.joined_s and cohort.joined_s > self._doors_s:
                at_once += came
            else:
                later += came
            remaining -= taken
            cohort.left -= taken
            if cohort.left <= 0.0:
                line.popleft()
        self._settle(wanted - remaining, at_once + later)
        self.called += later
        return at_once

    def enter(self, at_once: float, heard: float, room: float) -> float:
        """People who go inside, never more than there is room for.

        Args:
            at_once: people who need not poll first.
            heard: share of the polls that get an answer.
            room: people who may still go inside; who comes beyond it stays called.
        """
        noticed = self.called * heard / max(1.0, self._notice_s)
        entering = min(at_once + noticed, max(0.0, room))
        self.called += at_once - entering
        return entering

    def shown_wait_s(self, second: int) -> float:
        """What somebody who joins now is shown, in the middle of the range; for the pre-queue the mean of the draw."""
        if self.rate_per_s <= 0.0:
            return 0.0
        return self.places / self.rate_per_s * (0.5 if second < self._doors_s else 1.0)

    def waits(self) -> Waits:
        """Everybody who came when called, in cohorts of equal wait."""
        table = np.frombuffer(self._waits, dtype=np.float64).reshape(-1, 5).T.copy()
        return Waits(*table)

    def longest_present_s(self, second: int) -> float:
        """How long the first of those still in line has waited."""
        return float(max(0, second - self._line[0].joined_s)) if self.present >= 1.0 else 0.0

    def _settle(self, called: float, came: float) -> None:
        self.places = max(0.0, self.places - called) if self._line else 0.0
        self.present = max(0.0, self.present - came) if self._line else 0.0
        share = max(LEAST_SHOW_SHARE, came / called)
        self.show_share += (share - self.show_share) * self._learn

    def _write(self, cohort: Cohort, taken: float, came: float, second: int) -> None:
        notice_s = 0.0 if second == cohort.joined_s > self._doors_s else self._notice_s
        before = cohort.ahead + cohort.size - cohort.left + taken / 2.0
        estimate = before / cohort.rate_per_s if cohort.rate_per_s > 0.0 else 0.0
        wait_s = second - cohort.joined_s + notice_s
        low = max(0.0, estimate * self._low - 2.0 * self._notice_s)
        high = estimate * self._high + 2.0 * self._notice_s
        self._waits.extend((came, cohort.joined_s, wait_s, low, high))
