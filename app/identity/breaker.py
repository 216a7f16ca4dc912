"""A circuit breaker: a provider that fails is left alone for a while, and tried with a few people before all come back.

After Nygard, Release It! (2nd edition, 2018, chapter 5.2), and Microsoft's pattern page
https://learn.microsoft.com/azure/architecture/patterns/circuit-breaker. Calls are counted over a sliding window of
seconds; an answer that came too late counts as none, for the person had to wait for it all the same.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """What the breaker does with the next call."""

    CLOSED = "closed"  # lets it through
    OPEN = "open"  # refuses it
    HALF_OPEN = "half-open"  # lets a few through, to see


@dataclass(frozen=True, slots=True)
class Limits:
    """When it opens, and how it comes back.

    Attributes:
        slow_s: an answer that took this long counts as a failure.
        window_s: outcomes are counted over this many seconds.
        least_calls: it does not judge by fewer.
        failing_share: it opens at this share of failures.
        open_s: it stays open for this long at first ...
        open_at_most_s: ... and twice as long after each trial that failed, up to this.
        probes: calls that must succeed, all of them, before it closes.
    """

    slow_s: float = 2.5
    window_s: int = 20
    least_calls: int = 10
    failing_share: float = 0.5
    open_s: float = 5.0
    open_at_most_s: float = 30.0
    probes: int = 3


class Breaker:
    """One breaker. It has no clock of its own: every method is told the time.

    `ask` gives a permit, and whoever has one gives it back with `answered`, `failed` or `forget`. A permit belongs to
    the state it was given in: outcomes of calls that began before a change of state are not counted after it.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._state = State.CLOSED
        self._period = 0
        self._window: deque[list[int]] = deque()  # [second, calls, failures], oldest first
        self._until_s = 0.0
        self._pause_s = limits.open_s
        self._probing = 0
        self._proven = 0

    def state(self, now_s: float) -> State:
        """The state at this time; an open one becomes half-open by itself."""
        if self._state is State.OPEN and now_s >= self._until_s:
            self._become(State.HALF_OPEN)
        return self._state

    def would_permit(self, now_s: float) -> bool:
        """Whether `ask` would give a permit; takes none."""
        state = self.state(now_s)
        return state is State.CLOSED or (state is State.HALF_OPEN and self._probing < self._limits.probes)

    def ask(self, now_s: float) -> int | None:
        """A permit for one call, or None."""
        if not self.would_permit(now_s):
            return None
        if self._state is State.HALF_OPEN:
            self._probing += 1
        return self._period

    def answered(self, permit: int, now_s: float, took_s: float) -> None:
        """The call was answered, whatever the answer says."""
        if took_s >= self._limits.slow_s:
            self.failed(permit, now_s)
        elif permit == self._period:
            self._count(now_s, failures=0)
            if self._state is State.HALF_OPEN:
                self._proven += 1
                if self._proven >= self._limits.probes:
                    self._pause_s = self._limits.open_s
                    self._become(State.CLOSED)

    def failed(self, permit: int, now_s: float) -> None:
        """The call was not answered, or in a way that helps nobody."""
        if permit != self._period:
            return
        self._count(now_s, failures=1)
        if self._state is State.HALF_OPEN:
            self._pause_s = min(self._pause_s * 2, self._limits.open_at_most_s)
            self._open(now_s)
        elif self._trips(now_s):
            self._open(now_s)

    def forget(self, permit: int) -> None:
        """The call came to no end that says anything about the provider."""
        if permit == self._period and self._state is State.HALF_OPEN:
            self._probing -= 1

    def counted(self, now_s: float) -> tuple[int, int]:
        """Calls and failures in the window."""
        while self._window and self._window[0][0] <= now_s - self._limits.window_s:
            self._window.popleft()
        return sum(calls for _, calls, _ in self._window), sum(failures for _, _, failures in self._window)

    def opens_again_in_s(self, now_s: float) -> float:
        """Seconds until it may be tried again; 0 where it may be now."""
        return max(0.0, self._until_s - now_s) if self.state(now_s) is State.OPEN else 0.0

    def _trips(self, now_s: float) -> bool:
        calls, failures = self.counted(now_s)
        return calls >= self._limits.least_calls and failures >= calls * self._limits.failing_share

    def _count(self, now_s: float, failures: int) -> None:
        second = int(now_s)
        # a clock that was set back goes on in the newest second
        if not self._window or self._window[-1][0] < second:
            self._window.append([second, 0, 0])
        self._window[-1][1] += 1
        self._window[-1][2] += failures

    def _open(self, now_s: float) -> None:
        self._until_s = now_s + self._pause_s
        self._become(State.OPEN)

    def _become(self, state: State) -> None:
        self._state = state
        self._period += 1
        self._probing = self._proven = 0
        if state is State.CLOSED:
            self._window.clear()
