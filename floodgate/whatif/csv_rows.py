"""Rows of a CSV with a fixed header; whatever is wrong is one line that names file, line, rule and remedy."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

from floodgate.rehearsal.errors import InputError

SHOWN = 40
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.0+)?)?(Z|\+00:00)", re.ASCII)


class MetricsError(InputError):
    """A file of metrics or of a forecast breaks a rule; the problem begins with ``FILE:LINE:``."""


def instant(text: str) -> int | None:
    """An instant in ISO 8601 UTC as Unix seconds, None where it is not one."""
    if not _TIME.fullmatch(text):
        return None
    try:
        return int(datetime.fromisoformat(text).astimezone(UTC).timestamp())
    except (ValueError, OverflowError):
        return None


def short(value: str) -> str:
    """A value as a message shows it."""
    return repr(value if len(value) <= SHOWN else value[:SHOWN] + "…")


class CsvRows:
    """The rows of one file; a reader builds on it and calls `fail` for what it finds wrong in the row it is at."""

    def __init__(self, path: Path, header: Sequence[str]) -> None:
        self._path, self._header, self._line = path, list(header), 1
        # instants come back row after row
        self._instants: dict[str, int] = {}

    def rows(self) -> Iterator[list[str]]:
        """The rows below the header, each as long as that."""
        reader = csv.reader(self._text().splitlines(keepends=True), strict=True)
        names = ",".join(self._header)
        try:
            for row in reader:
                self._line = reader.line_num
                if reader.line_num == 1 and row != self._header:
                    self.fail(",".join(row), f"the header is {names}", "write it as the first line")
                if not row or reader.line_num == 1:
                    continue
                if len(row) != len(self._header):
                    rule = f"a row has {len(self._header)}"
                    self.fail(f"{len(row)} fields", rule, "quote fields that contain a comma")
                yield row
        except csv.Error as error:
            self._line = reader.line_num or 1
            self.fail(str(error), "every row is CSV", "correct the row")
        if not reader.line_num:
            self.fail("nothing", f"the header is {names}", "write it as the first line")

    def instant(self, text: str) -> int:
        """A field that is a time, as Unix seconds."""
        known = self._instants.get(text)
        if known is not None:
            return known
        found = instant(text)
        if found is None:
            self.fail(text, "a time is ISO 8601 in UTC and whole seconds", "write it like 2021-08-09T11:00:00Z")
        self._instants[text] = found
        return found

    def fail(self, value: str, rule: str, remedy: str) -> NoReturn:
        """Refuse the row with a value, the rule that it breaks and what to do."""
        raise MetricsError(f"{self._path}:{self._line}: {short(value)}: {rule}; {remedy}")

    def _text(self) -> str:
        try:
            content = self._path.read_bytes()
        except (OSError, ValueError) as error:
            words = getattr(error, "strerror", None) or error
            raise MetricsError(f"{self._path}: {words}; give a file that can be read") from error
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            self._line = content.count(b"\n", 0, error.start) + 1
            self.fail(f"byte {error.start}", "the file is UTF-8", "save it as UTF-8")
