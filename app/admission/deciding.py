"""Which places are called now: all of the controller that is arithmetic."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import floor

from app.admission.calls import Calls, Pace
from app.admission.fleet import TURNED_AWAY, Fleet, Rising
from app.admission.law import Allowance, Law, room
from app.admission.leadership import Raised
from app.admission.restart import Peak, Unseen
from app.admission.turnout import Came, Spans, Turnout, settle_s
from app.admission.values import Checkpoint, Controls
from app.line.document import Phase
from app.line.values import LineState
from app.opening import Opening
from app.settings import Admission

# what lets nobody in at all
SHUT = frozenset({"doors", "away", "paused"})


@dataclass(frozen=True, slots=True)
class Seen:
    """What a leader has looked at in this second.

    Attributes:
        now_s: seconds since 1970.
        elapsed_s: since its last look.
        checkpoint: the line as the database has it.
        state: the line as the store has it.
        prequeue: size of the drawn pre-queue, None before the doors.
        spans, came: of the turnout.
        fleet: the workers.
        servers: in service.
        controls: of the operators.
    """

    now_s: float
    elapsed_s: float
    checkpoint: Checkpoint
    state: LineState
    prequeue: int | None
    spans: Spans
    came: Came
    fleet: Fleet
    servers: float
    controls: Controls


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be written and called.

    Attributes:
        raised: for the database's row.
        phase: for the public document.
        allowance: what the rate follows from.
        places_per_s: places that can be called each second.
        runs: whether time counts against those who have been called.
    """

    raised: Raised
    phase: Phase
    allowance: Allowance
    places_per_s: float
    runs: bool


class Memory:
    """What one leader of one opening remembers from second to second.

    Args:
        opening: the opening.
        admission: rates and targets.
        checkpoint: where it begins.
        servers: in service at the beginning, for the rate that is told before any is measured.
    """

    def __init__(self, opening: Opening, admission: Admission, checkpoint: Checkpoint, servers: float) -> None:
        self.opening, self.admission = opening, admission
        self._settle_s = settle_s(opening, admission.poll_interval_s)
        self.law = Law(admission)
        self.calls = Calls(checkpoint, self._settle_s, opening.come_within_s)
        self.pace = Pace(checkpoint.rate_per_s or servers * admission.journeys_per_server_per_s)
        self.turnout = Turnout(checkpoint.show_share, self._settle_s)
        self.unseen = Unseen(opening.inside_s)
        self.peak = Peak(checkpoint.joins_per_s)
        self.turned_away = Rising()
        self.carry = 0.0
        self._left: int | None = None

    def leaving(self, left: int, elapsed_s: float) -> float | None:
        """Visits ended each second since the last look; None at the first."""
        last, self._left = self._left, left
        return None if last is None else max(0, left - last) / elapsed_s

    def forget(self, inside: int) -> None:
        """The store has lost its memory, and with it who came and who is inside."""
        self.turnout = Turnout(self.turnout.share, self._settle_s, known_from=self.calls.serving)
        self.unseen.forget(inside)
        self._left = None

    def commit(self, decision: Decision, serving: int, elapsed_s: float) -> None:
        """The decision is written: what it called is called."""
        self.unseen.run(elapsed_s)
        if decision.runs:
            self.calls.run(elapsed_s)
            self.pace.run(decision.places_per_s, elapsed_s)
        self.calls.called(serving)


def decide(memory: Memory, seen: Seen) -> Decision:
    """Which places are called now.

    Never more than the nominal rate and the learned share allow, nor more people than there is room for under the
    cap, nor beyond the end of the line; nobody outside the time between doors and end, while operators pause, and
    while no worker or no server could serve them.
    """
    memory.law.read(seen.fleet.load, memory.leaving(seen.state.left, seen.elapsed_s), seen.elapsed_s)
    memory.turnout.learn(seen.spans, seen.came, seen.elapsed_s)
    memory.peak.look(seen.state.joined, seen.elapsed_s)
    turned_away = memory.turned_away.rise(seen.fleet.refused.get(TURNED_AWAY, 0))
    inside = seen.state.inside + memory.unseen.inside
    space = room(memory.admission.max_inside, inside, memory.turnout.coming)
    allowance = _allowance(memory, seen).within(space, seen.elapsed_s)
    share = memory.turnout.share
    serving = max(seen.checkpoint.serving, seen.state.serving)
    called, allowance = _called(memory, seen, allowance, max(0, seen.state.joined - serving), space / share)
    phase = _phase(memory.opening, seen, allowance)
    if seen.now_s < memory.opening.doors_s:
        memory.pace.expect(memory.law.allow(seen.servers, seen.controls).people_per_s / share)
    return Decision(
        raised=_raised(memory, seen, serving + called),
        phase=phase,
        allowance=allowance,
        places_per_s=allowance.people_per_s / share,
        runs=phase == "open" and not turned_away and not _full(memory.admission, seen.state),
    )


def _allowance(memory: Memory, seen: Seen) -> Allowance:
    allowance = memory.law.allow(seen.servers, seen.controls)
    doors_s, closes_s = memory.opening.doors_s, memory.opening.closes_at.timestamp()
    if seen.prequeue is None or not doors_s <= seen.now_s < closes_s:
        return replace(allowance, people_per_s=0.0, binding="doors")
    if not seen.fleet.workers or not seen.servers:
        return replace(allowance, people_per_s=0.0, binding="away")
    return allowance


def _called(memory: Memory, seen: Seen, allowance: Allowance, waiting: int, most: float) -> tuple[int, Allowance]:
    """Places to call, and the allowance with the line as what binds where it is shorter."""
    if not memory.admission.waiting_room and allowance.binding not in SHUT:
        return waiting, allowance
    places = allowance.people_per_s * seen.elapsed_s / memory.turnout.share
    if places == 0.0:
        return 0, allowance
    # fractions of a place are kept for the next second, but never beyond the room that there is
    wanted = min(places + memory.carry, most)
    memory.carry = wanted - floor(wanted)
    if wanted < waiting:
        return floor(wanted), allowance
    memory.carry = 0.0
    return waiting, replace(allowance, binding="line")


def _phase(opening: Opening, seen: Seen, allowance: Allowance) -> Phase:
    if seen.now_s >= opening.closes_at.timestamp():
        return "closed"
    if seen.now_s < opening.prequeue_from.timestamp():
        return "before"
    if seen.now_s < opening.doors_s:
        return "prequeue"
    return "paused" if allowance.binding in SHUT else "open"


def _full(admission: Admission, state: LineState) -> bool:
    return admission.max_inside is not None and state.inside >= admission.max_inside


def _raised(memory: Memory, seen: Seen, serving: int) -> Raised:
    return Raised(
        begun=True,
        joined=seen.state.joined,
        joins_per_s=memory.peak.joins_per_s,
        prequeue=seen.prequeue,
        serving=serving,
        settled=memory.calls.settled,
        lapsed=memory.calls.lapsed,
        inside=round(seen.state.inside + memory.unseen.inside),
        show_share=memory.turnout.share,
        rate_per_s=memory.pace.rate_per_s,
    )
