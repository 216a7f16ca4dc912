"""Reads recorded metrics: a CSV with one datapoint a row."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

from floodgate.fleet.recorded import Name, Series
from floodgate.rehearsal.errors import InputError

HEADER = ["time", "namespace", "metric", "dimensions", "value"]
SHOWN = 40
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.0+)?)?(Z|\+00:00)", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


class MetricsError(InputError):
    """A file of metrics breaks a rule; the problem begins with ``FILE:LINE:``."""


def read_metrics(path: Path) -> dict[Name, Series]:
    """The series of a CSV by namespace, name and sorted dimensions; rows may come in any order.

    Raises:
        MetricsError: the file cannot be read or a row breaks a rule; one line that names file, line and remedy.
    """
    return _Reader(path).read()


def instant(text: str) -> int | None:
    """An instant in ISO 8601 UTC as Unix seconds, None where it is not one."""
    if not _TIME.fullmatch(text):
        return None
    try:
        return int(datetime.fromisoformat(text).astimezone(UTC).timestamp())
    except (ValueError, OverflowError):
        return None


class _Reader:
    def __init__(self, path: Path) -> None:
        self._path, self._line = path, 1
        # instants and dimensions come back row after row
        self._instants: dict[str, int] = {}
        self._dimensions: dict[str, tuple[tuple[str, str], ...]] = {}

    def read(self) -> dict[Name, Series]:
        points: dict[Name, dict[int, float]] = {}
        names: dict[tuple[str, str, str], dict[int, float]] = {}
        for time, namespace, metric, dimensions, value in self._rows():
            series = names.get((namespace, metric, dimensions))
            if series is None:
                name = self._name(namespace, metric, dimensions)
                series = names[namespace, metric, dimensions] = points.setdefault(name, {})
            at_s = self._instants[time] if time in self._instants else self._instant(time)
            if at_s in series:
                self._fail(time, f"metric {_short(metric)} has a datapoint of this time already", "keep one row")
            series[at_s] = self._number(value)
        return {name: _sorted(series) for name, series in points.items()}

    def _rows(self) -> Iterator[list[str]]:
        reader = csv.reader(self._text().splitlines(keepends=True), strict=True)
        try:
            for row in reader:
                self._line = reader.line_num
                if reader.line_num == 1 and row != HEADER:
                    self._fail(",".join(row), f"the header is {','.join(HEADER)}", "write it as the first line")
                if not row or reader.line_num == 1:
                    continue
                if len(row) != len(HEADER):
                    self._fail(f"{len(row)} fields", f"a row has {len(HEADER)}", "quote fields that contain a comma")
                yield row
        except csv.Error as error:
            self._line = reader.line_num or 1
            self._fail(str(error), "every row is CSV", "correct the row")
        if not reader.line_num:
            self._fail("nothing", f"the header is {','.join(HEADER)}", "write it as the first line")

    def _text(self) -> str:
        try:
            content = self._path.read_bytes()
        except OSError as error:
            raise MetricsError(f"{self._path}: {error.strerror or error}; give a file that can be read") from error
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            self._line = content.count(b"\n", 0, error.start) + 1
            self._fail(f"byte {error.start}", "the file is UTF-8", "save it as UTF-8")

    def _name(self, namespace: str, metric: str, dimensions: str) -> Name:
        for what, value in (("namespace", namespace), ("metric", metric)):
            if not value.strip():
                self._fail(value, f"a row names its {what}", f"fill in the {what}")
        return namespace.strip(), metric.strip(), self._pairs(dimensions)

    def _pairs(self, text: str) -> tuple[tuple[str, str], ...]:
        pairs: dict[str, str] = {}
        for part in text.split(";") if text.strip() else ():
            name, equals, value = part.strip().partition("=")
            if not (name and equals and value):
                self._fail(part, "dimensions are Name=Value joined by ';'", "write each so, or leave the field empty")
            if name in pairs:
                self._fail(text, f"dimension {_short(name)} comes twice", "keep one of them")
            pairs[name] = value
        return tuple(sorted(pairs.items()))

    def _instant(self, text: str) -> int:
        found = instant(text)
        if found is None:
            self._fail(text, "a time is ISO 8601 in UTC and whole seconds", "write it like 2021-08-09T11:00:00Z")
        self._instants[text] = found
        return found

    def _number(self, text: str) -> float:
        value = float(text) if _NUMBER.fullmatch(text) else math.nan
        if not math.isfinite(value):
            self._fail(text, "a value is a finite number", "leave out the row where the metric is missing")
        return value

    def _fail(self, value: str, rule: str, remedy: str) -> NoReturn:
        raise MetricsError(f"{self._path}:{self._line}: {_short(value)}: {rule}; {remedy}")


def _short(value: str) -> str:
    return repr(value if len(value) <= SHOWN else value[:SHOWN] + "…")


def _sorted(points: dict[int, float]) -> Series:
    times = sorted(points)
    return Series(tuple(times), tuple(points[time] for time in times))
