"""How many of those called come, learned from those who did, and how many are still to come: as the service learns it.

Whoever gave up silently is called like everybody else, so more places are called than people wanted, by the learned
share. The service counts which places have been used; here the same numbers follow from flows: of those called and
not yet come a share comes in each second, the same for all, whenever they were called. What is still missing of the
people called in one second therefore needs no memory of its own but one sum of logarithms.

The clock of turns stands still while nobody can come, as the service's does. The functions run compiled or as plain
Python (see `floodgate.rehearsal.compiling`).
"""

from __future__ import annotations

import math
from typing import NamedTuple

from floodgate.rehearsal.compiling import Vector, kernel

# as many places that came in full are believed before anything is seen
PRIOR_PLACES = 30.0
# at most five times as many are called as are wanted
LEAST_SHARE = 0.2
# places called within this time, once settled, are those that are learned from
WINDOW_S = 90.0
SETTLE_POLLS = 2
SETTLE_MARGIN_S = 5.0
# the share that was learned fades into the prior
REMEMBER_S = 300.0

# what `Turnout.now` holds: seconds of the clock of turns; the learned share and its prior; places called and the people
# who stood there; the sum of logarithms; those still to come of the latest calls, of those settled, of these the ones
# in the window, and the settled of the last look; how many of them came; the rate of these; who is expected
(
    RAN, SHARE, PRIOR, SERVING, HERE, DECAY, FRESH, LATE, WINDOW, LATE_SEEN, CAME_LATE, LATE_PER_S, COMING,
) = range(13)  # fmt: skip
# rows of the history, by seconds of the clock: the sums as they were, and of those called then who did not come at once
SERVING_THEN, HERE_THEN, DECAY_THEN, LATER_THEN, ROWS = range(5)
LEAST_LEFT = 1e-12


class Turns(NamedTuple):
    """How long a turn lasts, and until it is settled who comes at once; `window_s` is how far back one learns from."""

    settle_s: float
    come_within_s: float
    window_s: float
    remember: float
    late_memory: float
    room: int


class Turnout(NamedTuple):
    """What is known of those called, now and by the second of the call."""

    now: Vector
    history: Vector


def turns_of(poll_interval_s: float, come_within_s: float, seconds: int) -> Turns:
    """Turns of a line whose pages ask every `poll_interval_s`."""
    settle_s = min(SETTLE_POLLS * poll_interval_s + SETTLE_MARGIN_S, come_within_s / 2.0)
    return Turns(
        settle_s=settle_s,
        come_within_s=come_within_s,
        window_s=min(settle_s + WINDOW_S, come_within_s),
        remember=1.0 - math.exp(-1.0 / REMEMBER_S),
        late_memory=1.0 - math.exp(-1.0 / settle_s),
        room=seconds + 2,
    )


def turnout_of(turns: Turns) -> Turnout:
    """Nobody has been called yet, and everybody is expected to come."""
    now = [0.0] * (COMING + 1)
    now[SHARE] = now[PRIOR] = 1.0
    return Turnout(now, [0.0] * (ROWS * turns.room))


@kernel
def then(turns: Turns, turnout: Turnout, row: int, ago_s: float) -> float:
    """What a row said so long ago; 0 before the beginning."""
    at = math.floor(turnout.now[RAN] - ago_s)
    return 0.0 if at < 0 else turnout.history[row * turns.room + int(at)]


@kernel
def learn(turns: Turns, turnout: Turnout) -> None:
    """Learn the share of those called who come, and how many are still to come.

    The share is the mean of a beta distribution whose prior is worth `PRIOR_PLACES`; where of those called lately more
    have come already, it is theirs. Those called lately count by the share; of those called longer ago as many are
    expected as came of them lately.
    """
    now = turnout.now
    settled, here = then(turns, turnout, SERVING_THEN, turns.settle_s), then(turns, turnout, HERE_THEN, turns.settle_s)
    fresh = now[SERVING] - settled
    came_fresh = now[HERE] - here - now[FRESH]
    window = settled - then(turns, turnout, SERVING_THEN, turns.window_s)
    came_window = here - then(turns, turnout, HERE_THEN, turns.window_s) - now[WINDOW]
    learned = (PRIOR_PLACES * now[PRIOR] + came_window) / (PRIOR_PLACES + window)
    now[SHARE] = min(1.0, max(LEAST_SHARE, learned, came_fresh / (PRIOR_PLACES + fresh)))
    now[PRIOR] += (now[SHARE] - now[PRIOR]) * turns.remember
    now[LATE_PER_S] += (now[CAME_LATE] - now[LATE_PER_S]) * turns.late_memory
    now[LATE_SEEN] = now[LATE]
    now[COMING] = (fresh - came_fresh) * now[SHARE] + now[LATE_PER_S] * turns.settle_s


@kernel
def still_missing(turns: Turns, turnout: Turnout, ago_s: float) -> float:
    """People called just so long ago who have not come."""
    at = math.floor(turnout.now[RAN] - ago_s)
    if at < 0:
        return 0.0
    later = turnout.history[LATER_THEN * turns.room + int(at)]
    return later * math.exp(turnout.now[DECAY] - turnout.history[DECAY_THEN * turns.room + int(at)])


@kernel
def run(turns: Turns, turnout: Turnout) -> float:
    """Let a second of turns pass; who has lost the turn by not coming."""
    now = turnout.now
    now[RAN] += 1.0
    at = int(now[RAN])
    for row in range(ROWS - 1):
        turnout.history[row * turns.room + at] = now[SERVING + row]
    settling = still_missing(turns, turnout, turns.settle_s)
    lapsing = still_missing(turns, turnout, turns.come_within_s)
    now[FRESH] = max(0.0, now[FRESH] - settling)
    now[LATE] = max(0.0, now[LATE] + settling - lapsing)
    now[WINDOW] = max(0.0, now[WINDOW] + settling - still_missing(turns, turnout, turns.window_s))
    now[LATE_SEEN] = max(0.0, now[LATE_SEEN] - lapsing)
    return lapsing


@kernel
def called(turns: Turns, turnout: Turnout, places: float, here: float, later: float) -> None:
    """So many places are called; so many people stood there, of whom some come after their next poll."""
    now, at = turnout.now, int(turnout.now[RAN])
    now[SERVING] += places
    now[HERE] += here
    now[FRESH] += later
    missing = still_missing(turns, turnout, 0.0)
    turnout.history[SERVING_THEN * turns.room + at] = now[SERVING]
    turnout.history[HERE_THEN * turns.room + at] = now[HERE]
    turnout.history[DECAY_THEN * turns.room + at] = now[DECAY]
    turnout.history[LATER_THEN * turns.room + at] = missing + later


@kernel
def came(turnout: Turnout, share: float) -> None:
    """This share of all who were called and are still to come has come."""
    now = turnout.now
    left = max(LEAST_LEFT, 1.0 - share)
    now[CAME_LATE] = now[LATE_SEEN] * share
    now[DECAY] += math.log(left)
    for missing in (FRESH, LATE, WINDOW):
        now[missing] *= left
