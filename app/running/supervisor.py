"""Starts processes, keeps them running and stops them in order; has one thread and waits for nothing but events.

A process that dies is started again at once, and with growing pauses where it does not last (`app.running.backoff`).
SIGTERM and SIGINT stop everything, a second one in a hurry; SIGHUP rolls the workers, each only after its successor
serves.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import time
from collections.abc import Callable, Iterable, Sequence
from types import FrameType
from typing import Self

from app.errors import SetupError
from app.running.part import Part, Running
from app.running.rolling import Rolling

SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD)
# deaths before anything ever served, after which it is no accident
ATTEMPTS = 3
LONGEST_WAIT_S = 1.0
HURRIED_S = 1.0

Tell = Callable[..., None]


class Stopped(Exception):
    """Somebody asked to stop before everything ran."""


class Supervisor:
    """Use it as a context: signals are ours within, and whatever still runs at its end is stopped.

    Args:
        tell: what happens, as an event with values.
        monotonic: this machine's clock that never goes back, in seconds.

    Attributes:
        asked_to_stop: how many times.
        on_hangup: what SIGHUP does; rolls, where nothing else is told.
    """

    def __init__(self, tell: Tell, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._tell, self._monotonic = tell, monotonic
        self._running: list[Running] = []
        self._rolling = Rolling(tell)
        self._settled = False
        self.asked_to_stop = 0
        self.on_hangup: Callable[[], None] = self.roll
        self._chore: tuple[Callable[[], float], Callable[[], None]] | None = None
        self._chore_due_s = float("inf")

    def __enter__(self) -> Self:
        self._hears, self._wakes = socket.socketpair()
        for end in (self._hears, self._wakes):
            end.setblocking(False)
        self._before = {number: signal.signal(number, _heard) for number in SIGNALS}
        self._wakeup = signal.set_wakeup_fd(self._wakes.fileno(), warn_on_full_buffer=False)
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.stop()
        finally:
            signal.set_wakeup_fd(self._wakeup)
            for number, handler in self._before.items():
                signal.signal(number, handler)
            self._hears.close()
            self._wakes.close()

    def start(self, *parts: Part) -> None:
        """Start them, in this order."""
        for part in parts:
            running = Running(part)
            self._running.append(running)
            running.spawn(self._monotonic())

    def finish(self, part: Part) -> int:
        """Run one that ends by itself, while all others are looked after; its exit code.

        Raises:
            Stopped: before it ended.
            SetupError: another does not start.
        """
        running = Running(part)
        running.spawn(self._monotonic())
        self._running.append(running)
        assert running.process is not None, "it was just started"
        process = running.process
        while process.poll() is None:
            self._turn()
            self._refuse_when_stopped()
        if running in self._running:
            self._running.remove(running)
        return process.returncode

    def until_ready(self, within_s: float) -> None:
        """Wait until all that report serve.

        Raises:
            Stopped: before they did.
            SetupError: one of them does not start, or not in time.
        """
        until_s = self._monotonic() + within_s
        while slow := [running.part.name for running in self._running if not running.ready]:
            if self._monotonic() > until_s:
                raise SetupError(f"{', '.join(slow)} did not start within {within_s:.0f} s; see the log")
            self._turn()
            self._refuse_when_stopped()

    def every(self, pause_s: Callable[[], float], do: Callable[[], None]) -> None:
        """Do something again and again; the pause before each time is asked for."""
        self._chore, self._chore_due_s = (pause_s, do), self._monotonic() + pause_s()

    def roll(self) -> None:
        """Replace, one after the other, those that are to be rolled."""
        self._rolling.begin(self._running)

    def run(self) -> None:
        """Look after all of them until somebody asks to stop."""
        self._settled = True
        while not self.asked_to_stop:
            self._turn()

    def stop(self) -> None:
        """End all, last started first; those that were started together end together."""
        self._rolling.abandon()
        for group in _groups(self._running):
            for running in group:
                running.due_s = None
                running.ask_to_end(self._monotonic())
            self._reap(restarts=False)
            while any(running.process is not None for running in group):
                if self.asked_to_stop > 1:
                    self._hurry(group)
                self._wait()
                self._reap(restarts=False)
        self._running.clear()

    def _turn(self) -> None:
        self._wait()
        self._reap(restarts=True)
        now_s = self._monotonic()
        for running in self._running:
            if running.due_s is not None and running.due_s <= now_s:
                self._begin_again(running, now_s)
        self._rolling.go_on(self._running, now_s)
        if self._chore is not None and now_s >= self._chore_due_s:
            pause_s, do = self._chore
            self._chore_due_s = now_s + pause_s()
            do()

    def _begin_again(self, running: Running, now_s: float) -> None:
        try:
            running.spawn(now_s)
        except OSError as error:
            # no memory or no process to be had: it must not take the others along
            running.due_s = now_s + running.backoff.pause_s(0.0)
            self._tell("not-started", what=running.part.name, problem=error.strerror)

    def _wait(self) -> None:
        pipes = {running.pipe: running for running in self._all() if running.pipe >= 0}
        hears = self._hears.fileno()
        readable, _, _ = select.select([hears, *pipes], [], [], self._longest_wait_s())
        for found in readable:
            if found == hears:
                self._hear(self._hears.recv(4096))
            else:
                running = pipes[found]
                running.ready = bool(os.read(found, 1))
                running.close_pipe()

    def _longest_wait_s(self) -> float:
        times = [time_s for running in self._all() for time_s in (running.due_s, running.kill_at_s)]
        return max(0.0, min([LONGEST_WAIT_S, *(time_s - self._monotonic() for time_s in times if time_s is not None)]))

    def _hear(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            if number in {signal.SIGTERM, signal.SIGINT}:
                self.asked_to_stop += 1
            elif number == signal.SIGHUP:
                self.on_hangup()

    def _all(self) -> list[Running]:
        return [*self._running, *self._rolling.leaving()]

    def _reap(self, *, restarts: bool) -> None:
        now_s = self._monotonic()
        for running in self._all():
            process = running.process
            if process is None:
                continue
            if process.poll() is None:
                if running.kill_at_s is not None and now_s >= running.kill_at_s:
                    running.kill()
                continue
            running.process = None
            running.close_pipe()
            if running.kill_at_s is None and running in self._running:
                self._died(running, process.returncode, now_s, restarts=restarts)

    def _died(self, running: Running, code: int, now_s: float, *, restarts: bool) -> None:
        kind = running.part.restarts
        if not restarts:
            return
        if kind == "never" or (kind == "until-done" and code == 0):
            self._running.remove(running)
            if running.part.done is not None:
                running.part.done(code)
            return
        lived_s = now_s - running.began_s
        running.ready = False
        running.due_s = now_s + running.backoff.pause_s(lived_s)
        if not self._settled and kind == "always" and running.backoff.deaths >= ATTEMPTS:
            words = running.part.last_words() or ended_by(code)
            raise SetupError(f"{running.part.name} does not start ({words}); see the log")
        self._tell("restarted", what=running.part.name, how=ended_by(code), after_s=round(lived_s, 1))

    def _hurry(self, group: Sequence[Running]) -> None:
        soon_s = self._monotonic() + HURRIED_S
        for running in group:
            if running.kill_at_s is not None:
                running.kill_at_s = min(running.kill_at_s, soon_s)

    def _refuse_when_stopped(self) -> None:
        if self.asked_to_stop:
            raise Stopped


def ended_by(code: int) -> str:
    """How a process ended, in words."""
    if code < 0:
        return f"killed by {signal.Signals(-code).name}"
    return f"exit code {code}"


def _groups(running: Sequence[Running]) -> list[list[Running]]:
    groups: dict[int, list[Running]] = {}
    for one in running:
        groups.setdefault(one.part.rank, []).append(one)
    return [groups[rank] for rank in sorted(groups, reverse=True)]


def _heard(_number: int, _frame: FrameType | None) -> None:
    """The number arrives by the wake-up descriptor."""
