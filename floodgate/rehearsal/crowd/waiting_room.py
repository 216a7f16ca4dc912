"""The line: places in order, people who silently leave it, and the wait they were shown.

Patience is exponential, so a person's chance to be still there depends on nothing but the time waited (Erlang-A:
Garnett, Mandelbaum, Reiman, "Designing a Call Center with Impatient Customers", Manufacturing & Service Operations
Management 4(3), 2002, https://doi.org/10.1287/msom.4.3.208.7753). One survival curve therefore serves all cohorts, and
the line's cost does not grow with its length. The room learns that somebody left only when the place is called: it
expects the share it has seen lately and calls that many more (`floodgate.rehearsal.crowd.turnout`).

The functions run compiled or as plain Python (see `floodgate.rehearsal.compiling`); `WaitingRoom` is the same for hand
use.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from floodgate.rehearsal.compiling import Vector, kernel
from floodgate.rehearsal.crowd.turnout import (
    COMING,
    SHARE,
    Turnout,
    Turns,
    called,
    came,
    learn,
    run,
    turnout_of,
    turns_of,
)
from floodgate.rehearsal.outcome import Waits
from floodgate.rehearsal.parameters import Parameters

# what `Line.now` holds: places that are not called yet, people who still stand there, people who were called and have
# not come; the places that can be called a second; the first cohort that is not called out, how many cohorts there
# are, and how many waits are written
PLACES, PRESENT, CALLED, RATE, HEAD, COUNT, WRITTEN = range(7)
# what a cohort holds: its second, how many it was and how many are left, how many stood before it, the rate it saw
JOINED, SIZE, LEFT, AHEAD, SEEN_RATE, COHORT = range(6)
WAIT = 5


class Manners(NamedTuple):
    """How the line goes: the second of the doors, the chance to stay for a second, seconds until one notices a call."""

    doors_s: float
    stay: float
    notice_s: float
    pace: float
    low: float
    high: float
    turns: Turns


class Line(NamedTuple):
    """Cohorts of people by the second of joining, the share of each that stays by seconds waited, and the waits."""

    now: Vector
    cohorts: Vector
    survival: Vector
    waits: Vector
    turnout: Turnout


def line_of(seconds: int, stay: float, turns: Turns) -> Line:
    """An empty line that people can join in each of so many seconds."""
    now = [0.0] * (WRITTEN + 1)
    survival = (stay ** np.arange(seconds + 1)).tolist()
    return Line(now, [0.0] * ((seconds + 1) * COHORT), survival, [0.0] * ((2 * seconds + 2) * WAIT), turnout_of(turns))


@kernel
def leave(manners: Manners, line: Line) -> float:
    """People who lose patience in this second, unseen by the room."""
    gone = line.now[PRESENT] * (1.0 - manners.stay)
    line.now[PRESENT] -= gone
    return gone


@kernel
def join(manners: Manners, line: Line, people: float, second: float) -> None:
    """People take the last places; before the doors they stand in the pre-queue, which is one cohort."""
    if people <= 0.0:
        return
    now, cohorts = line.now, line.cohorts
    if second < manners.doors_s and now[COUNT] > now[HEAD]:
        cohorts[SIZE] += people
        cohorts[LEFT] += people
    else:
        at = int(now[COUNT]) * COHORT
        cohorts[at + JOINED] = max(second, manners.doors_s)
        cohorts[at + SIZE] = cohorts[at + LEFT] = people
        cohorts[at + AHEAD] = now[PLACES]
        cohorts[at + SEEN_RATE] = now[RATE]
        now[COUNT] += 1.0
    now[PLACES] += people
    now[PRESENT] += people


@kernel
def draw(line: Line, rate_per_s: float) -> None:
    """Draw the pre-queue's places at this rate; the draw of the second of the doors is the one that counts."""
    now = line.now
    now[RATE] = rate_per_s
    for cohort in range(int(now[HEAD]), int(now[COUNT])):
        line.cohorts[cohort * COHORT + SEEN_RATE] = rate_per_s


@kernel
def expect(manners: Manners, line: Line, people_per_s: float) -> float:
    """Let a second pass in which people may come; learn how many places can be called in one, whoever stands there.

    Returns:
        People who have lost their turn by not coming.
    """
    now = line.now
    now[RATE] += (people_per_s / line.turnout.now[SHARE] - now[RATE]) * manners.pace
    lapsed = min(run(manners.turns, line.turnout), now[CALLED])
    now[CALLED] -= lapsed
    return lapsed


@kernel
def call(manners: Manners, line: Line, people: float, second: float) -> float:
    """Call the next places, more than `people` by the expected share of those who left.

    Returns:
        People who joined in this very second and may walk in at once; the others come after their next poll.
    """
    now, cohorts = line.now, line.cohorts
    wanted = min(now[PLACES], people / line.turnout.now[SHARE])
    if wanted <= 0.0:
        return 0.0
    at_once = later = 0.0
    remaining = wanted
    head = int(now[HEAD])
    while remaining > 0.0 and head < now[COUNT]:
        at = head * COHORT
        joined_s = cohorts[at + JOINED]
        taken = min(cohorts[at + LEFT], remaining)
        there = taken * line.survival[int(second - joined_s)]
        write(manners, line, at, taken, there, second)
        if second == joined_s and joined_s > manners.doors_s:
            at_once += there
        else:
            later += there
        remaining -= taken
        cohorts[at + LEFT] -= taken
        if cohorts[at + LEFT] <= 0.0:
            head += 1
    now[HEAD] = head
    anybody = head < now[COUNT]
    now[PLACES] = max(0.0, now[PLACES] - wanted + remaining) if anybody else 0.0
    now[PRESENT] = max(0.0, now[PRESENT] - at_once - later) if anybody else 0.0
    now[CALLED] += later
    called(manners.turns, line.turnout, wanted - remaining, at_once + later, later)
    return at_once


@kernel
def write(manners: Manners, line: Line, at: int, taken: float, came: float, second: float) -> None:
    """Note the wait of some of a cohort, and what they were shown."""
    cohorts, waits = line.cohorts, line.waits
    joined_s, rate = cohorts[at + JOINED], cohorts[at + SEEN_RATE]
    notice_s = 0.0 if second == joined_s and joined_s > manners.doors_s else manners.notice_s
    before = cohorts[at + AHEAD] + cohorts[at + SIZE] - cohorts[at + LEFT] + taken / 2.0
    estimate = before / rate if rate > 0.0 else 0.0
    row = int(line.now[WRITTEN]) * WAIT
    waits[row] = came
    waits[row + 1] = joined_s
    waits[row + 2] = second - joined_s + notice_s
    waits[row + 3] = max(0.0, estimate * manners.low - 2.0 * manners.notice_s)
    waits[row + 4] = estimate * manners.high + 2.0 * manners.notice_s
    line.now[WRITTEN] += 1.0


@kernel
def enter(manners: Manners, line: Line, at_once: float, heard: float, room: float) -> float:
    """People who go inside, never more than there is room for.

    Args:
        manners: of the line.
        line: what changes.
        at_once: people who need not poll first.
        heard: share of the polls that get an answer.
        room: people who may still go inside; who comes beyond it stays called.
    """
    waiting = line.now[CALLED]
    entering = min(at_once + waiting * heard / max(1.0, manners.notice_s), max(0.0, room))
    delayed = max(0.0, at_once - entering)
    came(line.turnout, (entering - at_once + delayed) / waiting if waiting > 0.0 else 0.0)
    called(manners.turns, line.turnout, 0.0, 0.0, delayed)
    line.now[CALLED] += at_once - entering
    return entering


@kernel
def shown_wait_s(manners: Manners, line: Line, second: float) -> float:
    """What somebody who joins now is shown, in the middle of the range; for the pre-queue the mean of the draw."""
    if line.now[RATE] <= 0.0:
        return 0.0
    return line.now[PLACES] / line.now[RATE] * (0.5 if second < manners.doors_s else 1.0)


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
        self.manners = Manners(
            doors_s=float(doors_s),
            stay=math.exp(-1.0 / patience_s),
            notice_s=poll_interval_s / 2.0,
            pace=1.0 - math.exp(-1.0 / parameters["waiting_room.learn_s"]),
            low=parameters["waiting_room.shown_low"],
            high=parameters["waiting_room.shown_high"],
            turns=turns_of(poll_interval_s, parameters["waiting_room.come_within_s"], seconds),
        )
        self.line = line_of(seconds, self.manners.stay, self.manners.turns)

    def leave(self) -> float:
        """See `leave`."""
        return leave(self.manners, self.line)

    def join(self, people: float, second: int) -> None:
        """See `join`."""
        join(self.manners, self.line, people, float(second))

    def draw(self, rate_per_s: float) -> None:
        """See `draw`."""
        draw(self.line, rate_per_s)

    def learn(self) -> None:
        """See `learn`."""
        learn(self.manners.turns, self.line.turnout)

    def expect(self, people_per_s: float) -> float:
        """See `expect`."""
        return expect(self.manners, self.line, people_per_s)

    def call(self, people: float, second: int) -> float:
        """See `call`."""
        return call(self.manners, self.line, people, float(second))

    def enter(self, at_once: float, heard: float, room: float) -> float:
        """See `enter`."""
        return enter(self.manners, self.line, at_once, heard, room)

    @property
    def places(self) -> float:
        """Places that are not called yet."""
        return self.line.now[PLACES]

    @property
    def present(self) -> float:
        """People who still stand in line."""
        return self.line.now[PRESENT]

    @property
    def called(self) -> float:
        """People who were called and have not come yet."""
        return self.line.now[CALLED]

    @property
    def show_share(self) -> float:
        """The learned share of those called who come."""
        return self.line.turnout.now[SHARE]

    @property
    def coming(self) -> float:
        """People who have been called and are expected."""
        return self.line.turnout.now[COMING]

    @property
    def rate_per_s(self) -> float:
        """Places that can be called each second, lately."""
        return self.line.now[RATE]

    def waits(self) -> Waits:
        """Everybody who came when called, in cohorts of equal wait."""
        return waits_of(self.line)

    def longest_present_s(self, second: int) -> float:
        """How long the first of those still in line has waited."""
        return longest_present_s(self.line, second)


def waits_of(line: Line) -> Waits:
    """Everybody who came when called, in cohorts of equal wait."""
    rows = np.array(line.waits[: int(line.now[WRITTEN]) * WAIT], dtype=np.float64)
    return Waits(*rows.reshape(-1, WAIT).T.copy())


def longest_present_s(line: Line, second: int) -> float:
    """How long the first of those still in line has waited."""
    first = int(line.now[HEAD]) * COHORT
    return float(max(0.0, second - line.cohorts[first + JOINED])) if line.now[PRESENT] >= 1.0 else 0.0
