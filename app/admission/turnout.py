"""How many of those called come, learned from those who did, and how many are still to come.

Whoever gave up silently is called like everybody else. If they counted as people on their way, servers would stand
idle for the length of a turn; so more places are called than people wanted, by the learned share. The cap on people
inside does not depend on this being right: the door itself (`LineStore.enter`) lets nobody in beyond it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp

from app.admission.calls import Calls
from app.opening import Opening

# so many places that came in full are believed before anything is seen: three who did not come mean little
PRIOR_PLACES = 30.0
# at most five times as many are called as are wanted: a stretch of empty places may end at any time
LEAST_SHARE = 0.2
# places called within this time, once settled, are those that are learned from
WINDOW_S = 90.0
# a page may miss a poll; the journey from the answer to the door takes some seconds more
SETTLE_POLLS = 2
SETTLE_MARGIN_S = 5.0
# the share that was learned fades into the prior, so that an empty window remembers it
REMEMBER_S = 300.0

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Spans:
    """Places to be counted, each span from its first up to, not including, its last.

    Attributes:
        fresh: called lately; most who come are still on their way.
        window: called long enough ago to have come, and not much longer.
        late: settled, and not lapsed.
        late_before: what `late` was at the last look.
    """

    fresh: Span
    window: Span
    late: Span
    late_before: Span


@dataclass(frozen=True, slots=True)
class Came:
    """How many places of each of the `Spans` have been used."""

    fresh: int
    window: int
    late: int
    late_before: int


def settle_s(opening: Opening, poll_interval_s: float) -> float:
    """Seconds after being called in which whoever waits before an open page comes; at most half of a turn."""
    return min(SETTLE_POLLS * poll_interval_s + SETTLE_MARGIN_S, opening.come_within_s / 2)


class Turnout:
    """The share of those called who come, and the number of those who are still to come.

    Args:
        share: what the leader before has learned; 1 at the beginning.
        settle_s: see `settle_s`.
        known_from: nothing is learned from places below, since the store has forgotten who of them came.

    Attributes:
        share: of those called, bounded below, so that nothing learned calls the whole line at once.
        coming: people who have been called and are expected within `settle_s`.
    """

    def __init__(self, share: float, settle_s: float, known_from: int = 0) -> None:
        self._settle_s = settle_s
        self._known_from = known_from
        self._prior = share
        self._late: tuple[Span, int] | None = None
        self._late_per_s = 0.0
        self.share = share
        self.coming = 0.0

    def spans(self, calls: Calls) -> Spans:
        """What is to be counted now."""
        late = (calls.lapsed, calls.settled)
        start = max(calls.lapsed, calls.serving_before(self._settle_s + WINDOW_S), self._known_from)
        window = (min(start, calls.settled), calls.settled)
        return Spans((calls.settled, calls.serving), window, late, late if self._late is None else self._late[0])

    def learn(self, spans: Spans, came: Came, elapsed_s: float) -> None:
        """Take in what was counted.

        The share is the mean of a beta distribution whose prior is worth `PRIOR_PLACES`; where of those called lately
        more have come already, it is theirs. Those called lately count by the share; of those called longer ago as
        many are expected as came of them lately.
        """
        called, fresh = spans.window[1] - spans.window[0], spans.fresh[1] - spans.fresh[0]
        learned = (PRIOR_PLACES * self._prior + came.window) / (PRIOR_PLACES + called)
        self.share = min(1.0, max(LEAST_SHARE, learned, came.fresh / (PRIOR_PLACES + fresh)))
        self._prior += (self.share - self._prior) * (1.0 - exp(-elapsed_s / REMEMBER_S))
        before = came.late_before if self._late is None else self._late[1]
        late_per_s = max(0, came.late_before - before) / elapsed_s
        self._late_per_s += (late_per_s - self._late_per_s) * (1.0 - exp(-elapsed_s / self._settle_s))
        self._late = (spans.late, came.late)
        self.coming = (fresh - came.fresh) * self.share + self._late_per_s * self._settle_s
