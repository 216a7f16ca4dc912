"""Reads recorded metrics: a CSV with one datapoint a row."""

from __future__ import annotations

import math
import re
from pathlib import Path

from floodgate.fleet.recorded import Name, Series
from floodgate.whatif.csv_rows import CsvRows, MetricsError, instant, short

__all__ = ["HEADER", "MetricsError", "instant", "read_metrics"]

HEADER = ["time", "namespace", "metric", "dimensions", "value"]
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


def read_metrics(path: Path) -> dict[Name, Series]:
    """The series of a CSV by namespace, name and sorted dimensions; rows may come in any order.

    Raises:
        MetricsError: the file cannot be read or a row breaks a rule; one line that names file, line and remedy.
    """
    return _Reader(path, HEADER).read()


class _Reader(CsvRows):
    def read(self) -> dict[Name, Series]:
        points: dict[Name, dict[int, float]] = {}
        names: dict[tuple[str, str, str], dict[int, float]] = {}
        known, matches, inf = self._instants, _NUMBER.fullmatch, math.inf
        for time, namespace, metric, dimensions, value in self.rows():
            series = names.get((namespace, metric, dimensions))
            if series is None:
                name = self._name(namespace, metric, dimensions)
                series = names[namespace, metric, dimensions] = points.setdefault(name, {})
            at_s = known[time] if time in known else self.instant(time)
            if at_s in series:
                self.fail(time, f"metric {short(metric)} has a datapoint of this time already", "keep one row")
            series[at_s] = number if matches(value) and -inf < (number := float(value)) < inf else self._number(value)
        return {name: _sorted(series) for name, series in points.items()}

    def _name(self, namespace: str, metric: str, dimensions: str) -> Name:
        for what, value in (("namespace", namespace), ("metric", metric)):
            if not value.strip():
                self.fail(value, f"a row names its {what}", f"fill in the {what}")
        return namespace.strip(), metric.strip(), self._pairs(dimensions)

    def _pairs(self, text: str) -> tuple[tuple[str, str], ...]:
        pairs: dict[str, str] = {}
        for part in text.split(";") if text.strip() else ():
            name, equals, value = part.strip().partition("=")
            if not (name and equals and value):
                self.fail(part, "dimensions are Name=Value joined by ';'", "write each so, or leave the field empty")
            if name in pairs:
                self.fail(text, f"dimension {short(name)} comes twice", "keep one of them")
            pairs[name] = value
        return tuple(sorted(pairs.items()))

    def _number(self, text: str) -> float:
        value = float(text) if _NUMBER.fullmatch(text) else math.nan
        if not math.isfinite(value):
            self.fail(text, "a value is a finite number", "leave out the row where the metric is missing")
        return value


def _sorted(points: dict[int, float]) -> Series:
    times = sorted(points)
    return Series(tuple(times), tuple(points[time] for time in times))
