"""Events as they are printed: one JSON object a line, or a table that needs no look ahead."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from textwrap import wrap
from typing import Any

from floodgate.fleet.events import GroupEvent

WIDE = 120
_ARROW = "->"
_COLUMNS = (19, 10, 14, 28)
_INDENT = " " * 4


def as_row(group: str, start_s: int, event: GroupEvent) -> dict[str, Any]:
    """An event as it is written in JSON."""
    cause = {"kind": event.cause.kind, "name": event.cause.name, "metric": event.cause.metric}
    return {
        "time": utc(start_s + event.second), "event": event.kind, "group": group,
        "from": event.before, "to": event.after, "cause": cause, "reason": event.reason,
    }  # fmt: skip


def utc(unix_s: int) -> str:
    """An instant in ISO 8601."""
    return datetime.fromtimestamp(unix_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def json_lines(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Every row as one line of JSON."""
    for row in rows:
        yield json.dumps(row, ensure_ascii=False)


def table_lines(rows: Iterable[dict[str, Any]], width: int) -> Iterator[str]:
    """The rows as text for a terminal of so many columns; below `WIDE` the reason has lines of its own."""
    yield _line(("time (UTC)", "event", f"from {_ARROW} to", "cause"), "reason", width)
    for row in rows:
        time = row["time"].replace("T", " ").rstrip("Z")
        change = "" if row["from"] is None else f"{_size(row['from'])} {_ARROW} {_size(row['to'])}"
        yield _line((time, row["event"], change, _printable(row["cause"]["name"])), _printable(row["reason"]), width)


def _line(cells: tuple[str, ...], reason: str, width: int) -> str:
    head = "  ".join(cell.ljust(size) for cell, size in zip(cells, _COLUMNS, strict=True))
    if width < WIDE:
        return "\n".join([head.rstrip(), *wrap(reason, width, initial_indent=_INDENT, subsequent_indent=_INDENT)])
    first = sum(_COLUMNS) + 2 * len(_COLUMNS)
    if len(head) + 2 > first:
        return f"{head}  {reason}"
    lines = wrap(reason, max(20, width - first)) or [""]
    return "\n".join([f"{head}  {lines[0]}".rstrip(), *(" " * first + line for line in lines[1:])])


def _size(value: int | str) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    return "no data" if value == "INSUFFICIENT_DATA" else value


def _printable(text: str) -> str:
    """Names come from files, and a terminal obeys some characters."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)
