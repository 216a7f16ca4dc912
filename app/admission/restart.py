"""From which number a line goes on whose store has forgotten some of it, and who is inside unseen.

A number given twice puts two people into one place; a gap puts nobody into some. So the line goes on above every
number that can have been given since it was last looked at, and not much further: places in a gap are called in vain.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, exp

from app.admission.values import Checkpoint

# joins may come so many times quicker than they ever did in a second before
SAFETY = 3.0
# where less has been seen; the first second of joining is the busiest
LEAST_JOINS_PER_S = 1000.0
# what is under way while we look
UNDER_WAY_S = 2.0
PEAK_FADES_S = 600.0


@dataclass(frozen=True, slots=True)
class Sight:
    """How many numbers had been given `age_s` ago, and the most joins of one second until then."""

    joined: int
    age_s: float
    joins_per_s: float

    @property
    def margin(self) -> int:
        """Numbers that can have been given since."""
        return ceil(max(LEAST_JOINS_PER_S, SAFETY * self.joins_per_s) * (self.age_s + UNDER_WAY_S))


def sight(checkpoint: Checkpoint) -> Sight:
    """What the database knows."""
    return Sight(checkpoint.joined, checkpoint.age_s, checkpoint.joins_per_s)


def next_number(sights: Sequence[Sight]) -> int:
    """Above every number that can have been given; each sight is a bound, and the lowest is near enough."""
    least = max(each.joined for each in sights)
    return max(least, min(each.joined + each.margin for each in sights))


class Peak:
    """The most joins of one second lately."""

    def __init__(self, joins_per_s: float) -> None:
        self.joins_per_s = joins_per_s
        self._joined: int | None = None

    def look(self, joined: int, elapsed_s: float) -> None:
        """Take in how many numbers have been given."""
        rate = 0.0 if self._joined is None else max(0, joined - self._joined) / elapsed_s
        self.joins_per_s = max(rate, self.joins_per_s * exp(-elapsed_s / PEAK_FADES_S))
        self._joined = joined

    def skip(self) -> None:
        """Forget the last look: the line has been begun again, and a gap is no crowd."""
        self._joined = None


class Unseen:
    """People who are inside though the store has forgotten them.

    Their passes last `inside_s` at most; they are taken to end evenly over that time.
    """

    def __init__(self, inside_s: float) -> None:
        self._inside_s = inside_s
        self._at_first = 0.0
        self._ran_s = 0.0

    def forget(self, inside: float) -> None:
        """The store has lost so many visits just now."""
        self._at_first, self._ran_s = self.inside + inside, 0.0

    def run(self, elapsed_s: float) -> None:
        """Let time pass."""
        self._ran_s += elapsed_s

    @property
    def inside(self) -> float:
        """How many of them may still be inside."""
        return self._at_first * max(0.0, 1.0 - self._ran_s / self._inside_s)
