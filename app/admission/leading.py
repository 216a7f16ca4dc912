"""One second of a leader: look at the line, decide, write, and only then call."""

from __future__ import annotations

import asyncio

from app.admission.capacity import Capacity
from app.admission.deciding import Decision, Memory, Seen, decide
from app.admission.fleet import Fleet, summed
from app.admission.leadership import NOTHING, Leadership, Raised
from app.admission.restart import Sight, next_number, sight
from app.admission.timing import Timing
from app.admission.turnout import Came
from app.admission.values import Checkpoint, Controls
from app.line.store import LineStore
from app.line.values import LineLost, LineState
from app.opening import Opening
from app.settings import Admission

# after a standstill nobody is called for the time that was lost
MOST_ELAPSED_S = 2.0
# workers report each second; a store that has just come back knows none of them for a moment
SILENCE_S = 3.0


class Fenced(Exception):
    """Another leads, or the lease is over by our own clock: nothing may be published any more."""


class Leading:
    """One leader of one opening, from taking the lease until it loses it.

    Args:
        opening: the opening.
        admission: rates and targets.
        line: the store that numbers people.
        capacity: servers in service.
        leadership: the lease that is held.
        checkpoint: as it was taken.
        timing: of the controller.

    Attributes:
        checkpoint: as it was written last.
        fleet: as its workers reported last.
        servers: in service, as of then.
    """

    def __init__(
        self,
        opening: Opening,
        admission: Admission,
        line: LineStore,
        capacity: Capacity,
        leadership: Leadership,
        checkpoint: Checkpoint,
        timing: Timing,
    ) -> None:
        self._opening, self._line, self._capacity = opening, line, capacity
        self._leadership, self._monotonic = leadership, timing.monotonic
        self._at = timing.monotonic() - timing.interval_s
        self._heard_at = float("-inf")
        self._seen: tuple[float, int, int] | None = None
        self.checkpoint = checkpoint
        self.fleet = Fleet()
        self.servers = capacity.servers()
        self.memory = Memory(opening, admission, checkpoint, self.servers)

    async def second(self, now_s: float, controls: Controls) -> Decision | None:
        """Do all of it once; None while joining has not begun, when there is no line.

        Raises:
            Fenced: another leads.
            Unavailable: the line's store is away.
            LineLost: it forgot the line again in the middle.
            OSError: the database is away, as all of `DATABASE_AWAY`.
        """
        if now_s < self._opening.prequeue_from.timestamp():
            await self._write(NOTHING)
            return None
        state = await self._state(now_s)
        decision = await self._decide(now_s, state, controls)
        await self._write(decision.raised)
        self.memory.commit(decision, self.checkpoint.serving, self._pass_time())
        await self._call()
        return decision

    async def keep(self) -> None:
        """Renew the lease and nothing else, while the line's store is away."""
        await self._write(NOTHING)

    async def _decide(self, now_s: float, state: LineState, controls: Controls) -> Decision:
        prequeue = self.checkpoint.prequeue
        if prequeue is None and now_s >= self._opening.doors_s:
            prequeue = await self._line.seal(self._opening.name)
            state = await self._line.state(self._opening.name, now_s)
        spans = self.memory.turnout.spans(self.memory.calls)
        name, came = self._opening.name, self._line.came
        # each is counted in microseconds, and one connection carries them all
        reports, *counts = await asyncio.gather(
            self._line.reports(),
            came(name, *spans.fresh),
            came(name, *spans.window),
            came(name, *spans.late),
            came(name, *spans.late_before),
        )
        self._hear(summed(reports))
        self.servers = self._capacity.servers()
        return decide(
            self.memory,
            Seen(
                now_s=now_s,
                elapsed_s=self._elapsed_s(),
                checkpoint=self.checkpoint,
                state=state,
                prequeue=prequeue,
                spans=spans,
                came=Came(*counts),
                fleet=self.fleet,
                servers=self.servers,
                controls=controls,
            ),
        )

    def _hear(self, fleet: Fleet) -> None:
        now = self._monotonic()
        if fleet.workers:
            self._heard_at = now
        if fleet.workers or now - self._heard_at > SILENCE_S:
            self.fleet = fleet

    async def _state(self, now_s: float) -> LineState:
        """The line as the store has it, begun for the first time or begun again above what it has forgotten."""
        name = self._opening.name
        try:
            state = await self._line.state(name, now_s)
        except LineLost:
            await (self._restore() if self.checkpoint.begun else self._begin())
            state = await self._line.state(name, now_s)
        else:
            if self._is_behind(state):
                await self._begin_again()
                state = await self._line.state(name, now_s)
        self._seen = (self._monotonic(), state.joined, state.inside)
        return state

    def _is_behind(self, state: LineState) -> bool:
        """Whether a fail-over has lost the last of what the store was told."""
        known = self._seen[1] if self._seen else 0
        drawn = self.checkpoint.prequeue is not None and state.prequeue != self.checkpoint.prequeue
        return drawn or state.joined < max(known, self.checkpoint.joined)

    async def _begin(self) -> None:
        # the database first: a line that it calls begun and the store does not know begins above a margin
        await self._write(Raised(begun=True))
        await self._line.begin(self._opening.name, 0, None, 0, 0)

    async def _restore(self) -> None:
        inside = self.checkpoint.inside if self._seen is None else self._seen[2]
        await self._begin_again()
        self.memory.forget(inside)

    async def _begin_again(self) -> None:
        """Raise what the store has to the checkpoint, and its numbers above all that can have been given."""
        sights = [sight(self.checkpoint)]
        if self._seen is not None:
            at, joined, _ = self._seen
            sights.append(Sight(joined, self._monotonic() - at, self.memory.peak.joins_per_s))
        number = next_number(sights)
        await self._write(Raised(begun=True, joined=number))
        known = self.checkpoint
        await self._line.begin(self._opening.name, number, known.prequeue, known.serving, known.lapsed)
        self.memory.peak.skip()

    async def _write(self, raised: Raised) -> None:
        checkpoint = await self._leadership.renew(raised)
        if checkpoint is None or not self._leadership.held:
            raise Fenced
        self.checkpoint = checkpoint

    async def _call(self) -> None:
        epoch, known = self._leadership.epoch, self.checkpoint
        assert epoch is not None, "whoever has written leads"
        if not await self._line.call(self._opening.name, known.serving, known.lapsed, epoch):
            raise Fenced

    def _elapsed_s(self) -> float:
        return min(MOST_ELAPSED_S, max(0.001, self._monotonic() - self._at))

    def _pass_time(self) -> float:
        elapsed_s = self._elapsed_s()
        self._at = self._monotonic()
        return elapsed_s
