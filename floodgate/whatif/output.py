"""Events as they are printed: one JSON object a line, or a table that needs no look ahead."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from textwrap import wrap
from typing import Any

from floodgate.fleet.events import GroupEvent

WIDE = 120
_ARROW = "->"
_COLUMNS = (19, 10, 14, 36)
_GAP = 2
_UUID = re.compile(r"-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
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
    room = _COLUMNS[-1] if width >= WIDE else max(12, width - sum(_COLUMNS[:-1]) - _GAP * 3)
    yield _line(("time (UTC)", "event", f"from {_ARROW} to", "cause"), "reason", width)
    for row in rows:
        time = row["time"].replace("T", " ").rstrip("Z")
        change = "" if row["from"] is None else f"{_size(row['from'])} {_ARROW} {_size(row['to'])}"
        cause = _cut(_printable(row["cause"]["name"]), room)
        yield _line((time, row["event"], change, cause), _printable(row["reason"]), width)


def _line(cells: tuple[str, ...], reason: str, width: int) -> str:
    head = "  ".join(cell.ljust(size) for cell, size in zip(cells, _COLUMNS, strict=True))
    if width < WIDE:
        return "\n".join([head.rstrip(), *wrap(reason, width, initial_indent=_INDENT, subsequent_indent=_INDENT)])
    first = sum(_COLUMNS) + _GAP * len(_COLUMNS)
    lines = wrap(reason, max(20, width - first)) or [""]
    return "\n".join([f"{head}  {lines[0]}".rstrip(), *(" " * first + line for line in lines[1:])])


def _cut(name: str, room: int) -> str:
    """A name without the uuid that AWS appends, its middle left out where it is still too long."""
    name = _UUID.sub("", name)
    kept = (room - 3) // 2
    return name if len(name) <= room else f"{name[:kept]}...{name[-kept:]}"


def _size(value: int | str) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    return "no data" if value == "INSUFFICIENT_DATA" else value


def _printable(text: str) -> str:
    """Names come from files, and a terminal obeys some characters."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)
