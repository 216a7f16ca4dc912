"""The wait that people are shown, as a range that nine in ten of them find true.

The estimate is the line ahead divided by the rate of lately. It is wrong by as much as the rate changes while somebody
waits, and nobody can know that in advance; what can be known is how wrong it was for those who were called just now.
`Shown` follows some places of the line (probes), compares what was estimated for them with what came, and takes as the
range the quantile of these errors. That is split conformal prediction (Vovk, Gammerman, Shafer, 2005; the n + 1 is
explained in https://arxiv.org/abs/2107.07511, §1), which assumes nothing about how the rate varies, only that it goes
on as it was. Errors count on both sides, because a rate that has fallen may rise again: half as fast for now makes the
range begin at half and end at double.

What it cannot do: a range that was shown before the rate fell is wrong for those who are still waiting then. It widens
as soon as the first probes are overdue, not only when they are called, and pages show the present range at every poll.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

# Neighbours in the line share their luck, so outcomes come in bunches and say less than their number: aimed at 95 %,
# the share that finds the range true is 90 to 95 % where the rate only varies, and 85 to 90 % over an evening in
# which it falls to a third (simulated in the tests).
AIMED_AT = 0.95
# before anything is known
FIRST_FACTOR = 2.0
# wider says nothing
MOST_FACTOR = 5.0
MEMORY = 600


@dataclass(frozen=True, slots=True)
class Outcome:
    """One wait: what was shown and estimated, and what it was in truth; in seconds."""

    shown_low_s: float
    shown_high_s: float
    truth_s: float
    estimate_s: float

    @property
    def true(self) -> bool:
        """Whether the range held."""
        return self.shown_low_s <= self.truth_s <= self.shown_high_s


class WaitRange:
    """Learns the factor by which the range begins below and ends above the estimate.

    Attributes:
        learned: outcomes so far.
        true: how many of them were inside the range that was shown.
    """

    def __init__(self) -> None:
        self._errors: deque[float] = deque([FIRST_FACTOR], maxlen=MEMORY)
        self.learned = 0
        self.true = 0

    def learn(self, outcome: Outcome) -> None:
        """Take one wait that is over; one without an estimate says nothing."""
        if outcome.estimate_s <= 0 or outcome.truth_s <= 0:
            return
        self._errors.append(_error(outcome.truth_s / outcome.estimate_s))
        self.learned += 1
        self.true += outcome.true

    def factor(self, overdue: Iterable[float] = ()) -> float:
        """The range is the estimate divided by it, to the estimate times it; between 1 and `MOST_FACTOR`.

        Args:
            overdue: truth so far by estimate, of waits that last longer than was shown and are not over.
        """
        errors = sorted([*self._errors, *map(_error, overdue)])
        rank = math.ceil((len(errors) + 1) * AIMED_AT)
        return min(MOST_FACTOR, errors[min(rank, len(errors)) - 1])


def _error(ratio: float) -> float:
    return max(ratio, 1 / ratio)


@dataclass(frozen=True, slots=True)
class _Probe:
    place: int
    since_s: float
    estimate_s: float
    factor: float

    def ratio(self, now_s: float) -> float:
        return (now_s - self.since_s) / self.estimate_s

    def outcome(self, now_s: float) -> Outcome:
        low_s, high_s = self.estimate_s / self.factor, self.estimate_s * self.factor
        return Outcome(low_s, high_s, now_s - self.since_s, self.estimate_s)


class Shown:
    """What the public document tells about the wait; the leading controller asks it once a second.

    A new leader begins with the first guess, and knows better once its first probes are called.
    """

    # of the people who wait, from the first to the last
    DEPTHS = (0.1, 0.25, 0.5, 0.75, 1.0)
    EVERY_S = 10.0
    # the rate is measured in whole seconds, so shorter waits say nothing about it
    LEAST_WAIT_S = 10.0

    def __init__(self) -> None:
        self.range = WaitRange()
        self._probes: list[_Probe] = []
        self._next_s = -math.inf

    def factors(self, now_s: float, joined: int, serving: int, rate_per_s: float) -> tuple[float, float]:
        """Low and high: the wait of a place is (place - serving) / rate_per_s, times these.

        Args:
            now_s: seconds since 1970; do not ask while nobody is to be called (before the doors, paused).
            joined: numbers given.
            serving: places below are called.
            rate_per_s: as the public document tells it.
        """
        for probe in self._probes:
            if probe.place < serving:
                self.range.learn(probe.outcome(now_s))
        self._probes = [probe for probe in self._probes if probe.place >= serving]
        ratios = (probe.ratio(now_s) for probe in self._probes if probe.ratio(now_s) > probe.factor)
        factor = self.range.factor(ratios)
        if now_s >= self._next_s:
            self._next_s = now_s + self.EVERY_S
            self._send(now_s, joined - serving, serving, rate_per_s, factor)
        return 1 / factor, factor

    def _send(self, now_s: float, waiting: int, serving: int, rate_per_s: float, factor: float) -> None:
        for depth in self.DEPTHS:
            ahead = math.ceil(waiting * depth)
            if rate_per_s > 0 and ahead / rate_per_s >= self.LEAST_WAIT_S:
                self._probes.append(_Probe(serving + ahead, now_s, ahead / rate_per_s, factor))
