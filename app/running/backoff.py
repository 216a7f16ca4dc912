"""When a process that died is started again: at once, and later each time where it does not last."""

from __future__ import annotations

from dataclasses import dataclass

FIRST_S = 0.25
LONGEST_S = 4.0
# whoever lived so long has not died of its start
WELL_AFTER_S = 10.0


@dataclass(slots=True)
class Backoff:
    """The pauses of one process."""

    deaths: int = 0

    def pause_s(self, lived_s: float) -> float:
        """How long to wait before the next start, after a life of so many seconds."""
        self.deaths = 0 if lived_s >= WELL_AFTER_S else self.deaths + 1
        return 0.0 if self.deaths <= 1 else min(LONGEST_S, FIRST_S * 2 ** (self.deaths - 2))
