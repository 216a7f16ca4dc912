"""Failures of what the controller needs, each logged once when it begins and once when it is over."""

from __future__ import annotations

import structlog

_log = structlog.get_logger("floodgate.admission")


class Troubles:
    """What fails at the moment.

    Attributes:
        counted: failures so far, by what failed.
    """

    def __init__(self) -> None:
        self.counted: dict[str, int] = {}
        self._now: set[str] = set()

    def failed(self, what: str, error: BaseException) -> None:
        """Count a failure; its text is left out of the log, since drivers put values into it."""
        self.counted[what] = self.counted.get(what, 0) + 1
        if what not in self._now:
            self._now.add(what)
            _log.error("failing", what=what, error=type(error).__name__)

    def well(self, what: str) -> None:
        """It works."""
        if what in self._now:
            self._now.discard(what)
            _log.info("well-again", what=what, failures=self.counted[what])
