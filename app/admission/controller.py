"""The admission controller: one process per server, one leader at a time, one look at the line each second.

    duties = Duties(controls=app.operators.controls.read, sweeps=(...), observers=(...))
    await Controller(settings, clock, pool, line, capacity, duties).run()

`pool` is an asyncpg pool of the writer (two connections are enough), `line` a `LineStore`, `capacity` of
`app.admission.capacity`; `duties` may be left out. `run` ends when it is cancelled, and then gives the lease back.
`sweeps` are coroutine functions without arguments that the leader starts each second, one after the other and never
twice at once; `observers` are plain functions that get the leader's `Snapshot` each second and must return at once.

What fails never ends the loop. It is logged once, counted, and tried again in the next second:

* PostgreSQL away (fail-closed): nobody leads, nobody is called; the document says paused, and its `at_s` how old it is.
* the line's store away (fail-closed): nobody joins or enters, so nobody is called; whoever cannot reach it for some
  seconds lets another lead who can.
* the store's memory lost: the line begins again from the database's checkpoint, see `app.admission.restart`.
* AWS away: see `app.admission.capacity`.
"""

from __future__ import annotations

import asyncio
import secrets
import socket
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import asyncpg

from app import opening as openings
from app.admission import document
from app.admission.capacity import Capacity
from app.admission.leadership import DATABASE_AWAY, Leadership, promptly
from app.admission.leading import Fenced, Leading
from app.admission.publishing import Publisher
from app.admission.timing import Timing
from app.admission.troubles import Troubles
from app.admission.values import Controls
from app.clock import Clock
from app.errors import Unavailable
from app.line.store import LineStore
from app.line.values import LineLost
from app.opening import Opening
from app.settings import Settings

# whoever stands by looks more often, so that a lease is not free for long
STAND_BY_SHARE = 0.5
# each step has a timeout of its own; whatever hangs all the same must not stand for the rest of the night
TICK_TIMEOUT_S = 10.0
# seconds without the line's store after which another should try
TRIES = 3
# for which a lease must have been free before somebody takes it who cannot reach the line: those who can go first
PATIENCE_S = 3.0

# a connection of the pool, and the opening's name
ReadControls = Callable[[Any, str], Awaitable[Controls]]
Observer = Callable[[document.Snapshot], None]
Sweep = Callable[[], Awaitable[object]]


async def no_controls(_connection: object, _opening: str) -> Controls:
    """What operators ask for where there are none."""
    return Controls()


@dataclass(frozen=True, slots=True)
class Duties:
    """What others give the controller to do.

    Attributes:
        controls: reads what operators ask for, in one statement.
        sweeps: what the leader does besides.
        observers: who is told each second.
    """

    controls: ReadControls = no_controls
    sweeps: Sequence[Sweep] = ()
    observers: Sequence[Observer] = ()


class Controller:
    """See the module.

    Args:
        settings: openings, rates, providers and the secret of the draw.
        clock: the time of day.
        pool: of PostgreSQL's writer.
        line: the store that numbers people.
        capacity: servers in service.
        duties: what it does besides.
        timing: lease and interval.

    Attributes:
        troubles: what has failed.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        pool: asyncpg.Pool,
        line: LineStore,
        capacity: Capacity,
        duties: Duties | None = None,
        timing: Timing | None = None,
    ) -> None:
        self._settings, self._clock, self._pool = settings, clock, pool
        self._line, self._capacity = line, capacity
        self._duties, self._timing = duties or Duties(), timing or Timing()
        self._who = f"{socket.gethostname()}/{secrets.token_hex(4)}"
        self._opening: Opening | None = None
        self._leadership: Leadership | None = None
        self._leading: Leading | None = None
        self._without_line = 0
        self._sweeping: asyncio.Task[None] | None = None
        self.troubles = Troubles()
        self._publisher = Publisher(settings, line, self._duties.observers, self.troubles)

    @property
    def leads(self) -> bool:
        """Whether this one led when it looked last."""
        return self._leading is not None

    async def run(self) -> None:
        """Work until cancelled; the lease is given back then."""
        try:
            while True:
                began = self._timing.monotonic()
                await self._safe_tick()
                pause_s = self._timing.interval_s * (1.0 if self.leads else STAND_BY_SHARE)
                await asyncio.sleep(max(0.0, pause_s - (self._timing.monotonic() - began)))
        finally:
            await self.stop()

    async def stop(self) -> None:
        """Let another lead at once."""
        if self._sweeping is not None:
            self._sweeping.cancel()
            with suppress(asyncio.CancelledError):
                await self._sweeping
        await self._step_down()

    async def tick(self) -> None:
        """One look; raises nothing that the dependencies can be blamed for."""
        now_s = self._clock.now_s()
        opening = shown(self._settings.openings, now_s)
        if opening is None:
            return
        if opening != self._opening:
            await self._turn_to(opening)
        try:
            await self._lead_or_stand_by(opening, now_s)
        except Fenced:
            self._leading = None
        except DATABASE_AWAY as error:
            self.troubles.failed("database", error)
            await self._publisher.say_paused(opening, now_s)

    async def _safe_tick(self) -> None:
        try:
            async with asyncio.timeout(TICK_TIMEOUT_S):
                await self.tick()
        except Exception as error:  # noqa: BLE001  an error of ours must cost a second, not the opening
            self.troubles.failed("controller", error)
        else:
            self.troubles.well("controller")

    async def _turn_to(self, opening: Opening) -> None:
        await self._step_down()
        self._opening = opening
        self._leadership = Leadership(self._pool, opening.name, self._who, self._timing)

    async def _lead_or_stand_by(self, opening: Opening, now_s: float) -> None:
        if self._leading is None and not await self._take(opening):
            self.troubles.well("database")
            return
        assert self._leading is not None, "it was taken"
        controls = await self._controls(opening)
        try:
            decision = await self._leading.second(now_s, controls)
            self.troubles.well("database")
            self._still_held()
            await self._publisher.publish(self._leading, decision, opening, now_s, controls)
        except (Unavailable, LineLost) as error:
            await self._go_on_without_line(error)
        else:
            self._without_line = 0
            self.troubles.well("line")
        self._sweep()

    def _still_held(self) -> None:
        """Where the line's store was slow, another may have told what comes next by now."""
        if self._leadership is None or not self._leadership.held:
            raise Fenced

    async def _take(self, opening: Opening) -> bool:
        leadership = self._leadership
        assert leadership is not None, "it was turned to"
        checkpoint = await leadership.take(0.0 if await self._reaches_line() else PATIENCE_S)
        if checkpoint is None:
            return False
        self._without_line = 0
        self._leading = Leading(
            opening,
            self._settings.admission,
            self._line,
            self._capacity,
            leadership,
            checkpoint,
            self._timing,
        )
        return True

    async def _reaches_line(self) -> bool:
        try:
            await self._line.ping()
        except (Unavailable, LineLost) as error:
            self.troubles.failed("line", error)
            return False
        self.troubles.well("line")
        return True

    async def _go_on_without_line(self, error: Exception) -> None:
        """Fail-closed: the lease is kept for the sweeps, nobody is called; after a while another may try."""
        self.troubles.failed("line", error)
        self._without_line += 1
        assert self._leading is not None, "it leads"
        if self._without_line < TRIES:
            await self._leading.keep()
        else:
            await self._step_down()

    async def _controls(self, opening: Opening) -> Controls:
        async with promptly(self._pool) as connection:
            return await self._duties.controls(connection, opening.name)

    async def _step_down(self) -> None:
        self._leading = None
        if self._leadership is not None:
            try:
                await self._leadership.release()
            except DATABASE_AWAY as error:
                # the lease ends by itself
                self.troubles.failed("database", error)

    def _sweep(self) -> None:
        if self._duties.sweeps and (self._sweeping is None or self._sweeping.done()):
            self._sweeping = asyncio.create_task(self._run_sweeps())

    async def _run_sweeps(self) -> None:
        for sweep in self._duties.sweeps:
            try:
                await sweep()
            except Exception as error:  # noqa: BLE001  a sweep that fails must not keep the others from running
                self.troubles.failed("sweep", error)
            else:
                self.troubles.well("sweep")


def shown(planned: tuple[Opening, ...], now_s: float) -> Opening | None:
    """The opening that people see: the current one, or the last where all are over."""
    return openings.current(planned, now_s) or max(planned, key=lambda opening: opening.closes_at, default=None)
