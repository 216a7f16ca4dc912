"""Reads a forecast for predictive scaling policies: a CSV with the capacity of one hour a row."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

from floodgate.whatif.csv_rows import CsvRows

HEADER = ["time", "capacity"]
HOUR_S = 3600
_WHOLE = re.compile(r"\d{1,7}", re.ASCII)

Forecast = tuple[tuple[datetime, int], ...]
"""Hours, as the instants at which they begin, with their capacity; ascending."""


def read_forecast(path: Path) -> Forecast:
    """The hourly capacity of a CSV, as `floodgate.awsrules.scaling.predictive` takes it; rows may come in any order.

    Raises:
        MetricsError: the file cannot be read or a row breaks a rule; one line that names file, line and remedy.
    """
    return _Reader(path, HEADER).read()


class _Reader(CsvRows):
    def read(self) -> Forecast:
        hours: dict[int, int] = {}
        for time, capacity in self.rows():
            at_s = self.instant(time)
            if at_s % HOUR_S:
                self.fail(time, "a forecast is told by the hour", "write the instant at which the hour begins")
            if at_s in hours:
                self.fail(time, "the forecast has this hour already", "keep one row")
            if not _WHOLE.fullmatch(capacity):
                self.fail(capacity, "a capacity is a whole number from 0 to 9,999,999", "correct it")
            hours[at_s] = int(capacity)
        if not hours:
            self.fail("no row", "a forecast tells at least one hour", "add rows below the header")
        return tuple((datetime.fromtimestamp(at_s, UTC), hours[at_s]) for at_s in sorted(hours))
