"""The seconds of one rehearsal and what is written down about each of them."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from floodgate.rehearsal.outcome import Series
from floodgate.rehearsal.scenarios.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Timeline:
    """From the scenario's lead before the doors to its horizon after; second `doors_s` begins at `doors`."""

    start: datetime
    doors: datetime
    doors_s: int
    seconds: int


def lay(scenario: Scenario, doors: datetime) -> Timeline:
    """The scenario's minutes laid on an instant.

    Raises:
        ValueError: `doors` carries no zone, so that nobody can tell when schedules fire.
    """
    if doors.tzinfo is None:
        raise ValueError(f"doors at {doors.isoformat()}: an instant needs a zone; give an aware datetime")
    doors_s = scenario.lead_minutes * 60
    start = doors - timedelta(seconds=doors_s)
    return Timeline(start, doors, doors_s, doors_s + scenario.horizon_minutes * 60)


class Recorder:
    """Rows of one value per column and second, kept in one flat buffer of doubles."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._columns = tuple(columns)
        self._values = array("d")
        self.add = self._values.extend

    def series(self) -> dict[str, Series]:
        """One contiguous array a column."""
        table = np.frombuffer(self._values, dtype=np.float64).reshape(-1, len(self._columns))
        return {name: np.ascontiguousarray(table[:, index]) for index, name in enumerate(self._columns)}
