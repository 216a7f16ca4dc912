"""What a group's alarms can see: datapoints, wherever they come from."""

from __future__ import annotations

from typing import Protocol

from floodgate.awsrules.model import Metric


class MetricSource(Protocol):
    """Datapoints of metrics, live in a rehearsal or recorded in what-if."""

    def values(self, metric: Metric, end_s: int, period_s: int, periods: int) -> list[float | None]:
        """The `periods` datapoints of `period_s` each that end at `end_s`, oldest first, None where missing.

        `end_s` counts seconds since the group's beginning; only what is published by now is told.
        """
        ...
