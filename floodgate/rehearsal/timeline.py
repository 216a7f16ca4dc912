"""The seconds of one rehearsal and what is written down about each of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

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
