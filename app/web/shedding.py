"""Who is refused when there is too much to do: at once, with a time to come again, instead of after a long wait.

Two delays are watched. The event loop's own lag is what every request of this worker waits before it is looked at; by
Little's law (L = X · W, https://doi.org/10.1287/opre.9.3.383) requests for the database beyond its connections wait for
(L - connections) / X seconds. The longer of both is the delay that a new one must expect.

People inside come first: they have waited already, and a slot that they hold is lost to others while they are stuck. So
they are refused only beyond the limit itself, people who join at half of it, polls and pages at a quarter: those are
cached before they reach us, and a page that is told to come again later keeps its place.
"""

from __future__ import annotations

import asyncio
from collections import deque
from time import monotonic

from app.errors import Unavailable
from app.web.routing import Load

TICK_S = 0.05
# a lag is believed for as long as half of it takes to be forgotten
FADING = 0.8
WINDOWS = 10
# completions a second that are believed before anything was seen
LEAST_RATE_PER_S = 100.0

SHARES = {Load.INSIDE: 1.0, Load.JOINING: 0.5, Load.LOOKING: 0.25}


class Shedder:
    """The expected delay of one worker, and who is refused because of it.

    Args:
        shed_after_s: the longest delay for people inside; None refuses nobody.
        connections: database connections of this worker.

    Attributes:
        in_flight: requests for the database that are being served.
        lag_s: how late the event loop is, lately.
    """

    def __init__(self, shed_after_s: float | None, connections: int) -> None:
        self._limit_s = shed_after_s
        self._connections = connections
        self.in_flight = 0
        self.lag_s = 0.0
        self._done = 0
        self._rates: deque[float] = deque([LEAST_RATE_PER_S], maxlen=WINDOWS)
        self._best_rate_per_s = LEAST_RATE_PER_S

    @property
    def expected_delay_s(self) -> float:
        """What a new request for the database must expect."""
        waiting = self.in_flight - self._connections
        if waiting <= 0:
            return self.lag_s
        return max(self.lag_s, waiting / self._best_rate_per_s)

    def admit(self, load: Load, *, database: bool = False) -> None:
        """Let a request be served, or refuse it.

        Args:
            load: whose request it is.
            database: whether it will want a connection.

        Raises:
            Unavailable: with the code ``overloaded``.
        """
        if self._limit_s is None or load is Load.ALWAYS:
            return
        delay_s = self.expected_delay_s if database else self.lag_s
        if delay_s > SHARES[load] * self._limit_s:
            raise Unavailable(
                "there is more to do than can be done in time; nothing was changed, come again in a moment",
                code="overloaded",
                retry_after_s=1 + int(2 * delay_s),
            )

    def begin(self) -> None:
        """A request for the database is being served."""
        self.in_flight += 1

    def end(self) -> None:
        """It is answered."""
        self.in_flight -= 1
        self._done += 1

    def tick(self, late_s: float) -> None:
        """The event loop was late by so much."""
        self.lag_s = max(late_s, self.lag_s * FADING if self.lag_s > TICK_S / 100 else 0.0)

    def close_window(self, seconds: float) -> None:
        """A second has passed: how many were served in it."""
        self._rates.append(max(LEAST_RATE_PER_S, self._done / seconds))
        self._best_rate_per_s = max(self._rates)
        self._done = 0

    async def run(self) -> None:
        """Watch the event loop, until cancelled."""
        # uvloop's own time stands still while a callback runs, which is what is to be measured here
        window_from = before = monotonic()
        while True:
            await asyncio.sleep(TICK_S)
            now = monotonic()
            self.tick(max(0.0, now - before - TICK_S))
            before = now
            if now - window_from >= 1.0:
                self.close_window(now - window_from)
                window_from = now
