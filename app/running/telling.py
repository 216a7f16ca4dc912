"""What the supervisor tells: one line of JSON for whoever collects logs, and one of words for whoever is there."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

_WORDS = {
    "restarted": "{what} ended ({how}) and is started again",
    "not-started": "{what} cannot be started ({problem}); it is tried again",
    "rolled": "{what} was replaced",
    "not-rolled": "{what} was not replaced: {problem}",
}


def to_log(event: str, **values: Any) -> None:
    """One line on standard output, as all processes log."""
    print(_line(event, values), flush=True)  # noqa: T201  standard output is the log


def to_people(log: Path) -> Callable[..., None]:
    """Tells whoever sits at the terminal, and the log's file as well."""

    def tell(event: str, **values: Any) -> None:
        with log.open("a", encoding="utf-8") as file:
            file.write(_line(event, values) + "\n")
        print(_WORDS[event].format(**values), file=sys.stderr, flush=True)  # noqa: T201  see above

    return tell


def _line(event: str, values: dict[str, Any]) -> str:
    moment = datetime.now(UTC).isoformat()
    return json.dumps({"process": "supervisor", **values, "event": event, "timestamp": moment}, ensure_ascii=False)
