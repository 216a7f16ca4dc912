"""Rolling: workers are replaced one after the other, and each old one ends only when its successor serves."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.running.part import Running

START_WITHIN_S = 30.0


class Rolling:
    """The roll that is under way, if one is.

    Args:
        tell: what happens.
    """

    def __init__(self, tell: Callable[..., None]) -> None:
        self._tell = tell
        self._waiting: list[Running] = []
        self._leaving: list[Running] = []
        self._old: Running | None = None
        self._new: Running | None = None

    def begin(self, running: Sequence[Running]) -> None:
        """Roll all that are to be rolled; what waits since an earlier word waits no longer."""
        self._waiting = [one for one in running if one.part.rolls]

    def leaving(self) -> list[Running]:
        """Processes that are none of the service's parts: those that end, and the one that is not ready yet."""
        return [*self._leaving, *([self._new] if self._new is not None else [])]

    def go_on(self, running: list[Running], now_s: float) -> None:
        """Do what can be done now."""
        self._leaving = [one for one in self._leaving if one.process is not None]
        if self._new is not None and self._old is not None:
            self._look_at(self._old, self._new, running, now_s)
        elif self._waiting and not self._leaving:
            self._next(running, now_s)

    def abandon(self) -> None:
        """Roll no more; what has begun and does not serve is killed, what leaves may go on doing so."""
        self._waiting.clear()
        if self._new is not None:
            self._new.kill()
            self._new.close_pipe()
            if self._new.process is not None:
                self._new.process.wait()
        self._old = self._new = None

    def _next(self, running: list[Running], now_s: float) -> None:
        self._old = self._waiting.pop(0)
        if self._old not in running:
            self._old = None
            return
        self._new = Running(self._old.part)
        self._new.spawn(now_s)

    def _look_at(self, old: Running, new: Running, running: list[Running], now_s: float) -> None:
        if new.ready:
            running[running.index(old)] = new
            old.due_s = None
            old.ask_to_end(now_s)
            self._leaving.append(old)
            self._old = self._new = None
            self._tell("rolled", what=new.part.name)
        elif new.process is None or now_s - new.began_s > START_WITHIN_S:
            # the old ones serve, so nothing is lost by keeping them
            self._tell("not-rolled", what=new.part.name, problem="its successor does not start")
            self.abandon()
