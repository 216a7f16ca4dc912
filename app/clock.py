"""Time as an argument."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """Where the time comes from."""

    def now_s(self) -> float:
        """Seconds since 1970-01-01T00:00Z."""
        ...


class SystemClock:
    """The machine's clock."""

    def now_s(self) -> float:
        """Seconds since 1970-01-01T00:00Z."""
        return time.time()


class FixedClock:
    """A clock that stands until it is moved; for tests."""

    def __init__(self, now_s: float) -> None:
        self.at_s = now_s

    def now_s(self) -> float:
        """Seconds since 1970-01-01T00:00Z."""
        return self.at_s

    def advance(self, seconds: float) -> None:
        """Move on."""
        self.at_s += seconds
