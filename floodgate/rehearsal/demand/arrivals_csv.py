"""People by second as a table: ``time,people`` with instants, or ``second,people`` counted from the doors."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from floodgate.rehearsal.errors import DemandError

HEADERS = ("time,people", "second,people")
WHOLE = re.compile(r"-?\d{1,7}")


def read_table(file: Path, doors: datetime | None) -> dict[int, int]:
    """People by second from the doors.

    Args:
        file: the CSV.
        doors: the instant of the doors in the table's own time; only a table of seconds needs none.

    Raises:
        DemandError: the file cannot be read, or a row breaks a rule, with its line.
    """
    rows = _rows(file)
    try:
        _, header = next(rows)
    except StopIteration:
        raise DemandError(f"{file} is empty: it needs the header {' or '.join(HEADERS)}; add it") from None
    name = ",".join(cell.strip() for cell in header)
    if name not in HEADERS:
        raise DemandError(f"{file}:1: header {name[:60]!r}: it must be {' or '.join(HEADERS)}; change it")
    if name == HEADERS[0] and doors is None:
        raise DemandError(f"{file} has instants: nobody can tell which were the doors; give --demand-doors TIME")
    counts: dict[int, int] = {}
    for line, row in rows:
        second, people = _row(f"{file}:{line}", row, doors if name == HEADERS[0] else None)
        counts[second] = counts.get(second, 0) + people
    return counts


def _row(where: str, row: list[str], doors: datetime | None) -> tuple[int, int]:
    if len(row) != 2:
        raise DemandError(f"{where}: {len(row)} cells: a row has two; mend it")
    moment, people = (cell.strip() for cell in row)
    if not WHOLE.fullmatch(people) or people.startswith("-"):
        raise DemandError(f"{where}: people is {people[:40]!r}: it must be whole and at least 0; mend it")
    if doors is not None:
        return int((instant(where, moment) - doors).total_seconds() // 1), int(people)
    if not WHOLE.fullmatch(moment):
        raise DemandError(f"{where}: second is {moment[:40]!r}: it must be whole, counted from the doors; mend it")
    return int(moment), int(people)


def instant(where: str, text: str) -> datetime:
    """An instant of ISO 8601 with its zone.

    Raises:
        DemandError: it is none.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise DemandError(f"{where}: time is {text[:40]!r}: it must be ISO 8601 with a zone, e.g. 2021-08-09T11:00:00Z")
    return moment.astimezone(UTC)


def _rows(file: Path) -> Iterator[tuple[int, list[str]]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            reader = csv.reader(text)
            for row in reader:
                if row:
                    yield reader.line_num, row
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no CSV in UTF-8"
        raise DemandError(f"{file} cannot be read ({reason}); give a CSV with {' or '.join(HEADERS)}") from error
