"""What `floodgate offline status` tells of a project's offline AWS."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from floodgate.offline.server import running, stacks
from floodgate.offline.server.place import Place, Record, read_record


@dataclass(frozen=True, slots=True)
class Status:
    """What is known of it.

    Args:
        place: the project's.
        record: of the running server, or None.
        left: a server was there and is no more.
        calls: how many calls of AWS were answered, by clients and by the engine.
        refused: how often commands asked for each host of AWS itself, in vain.
        resources: how many each stack holds, by ``project/stack``.
    """

    place: Place
    record: Record | None
    left: bool
    calls: int
    refused: dict[str, int]
    resources: dict[str, int]


def status_of(place: Place) -> Status:
    """Ask, and look; starts nothing."""
    record = running.running(place)
    told: dict[str, Any] = {}
    if record:
        try:
            told = dict(running.ask(record, "status"))
        except OSError:
            record = None
    left = record is None and read_record(place) is not None
    return Status(place, record, left, told.get("calls", 0), told.get("refused", {}), stacks.resources(place))


def lines(status: Status) -> Iterator[str]:
    """The same for people."""
    yield f"project: {status.place.project}"
    if status.record is None:
        after = "; what was in it comes back with the next `floodgate offline COMMAND`" if status.left else ""
        yield f"server: not running{after}"
    else:
        started = datetime.fromisoformat(status.record.started)
        yield f"server: running since {started:%Y-%m-%d %H:%M:%S} UTC, process {status.record.pid}"
        yield f"address: http://127.0.0.1:{status.record.port}"
        yield f"calls answered: {status.calls:,}"
        for host, count in status.refused.items():
            yield f"refused: {count:,} to {host}, which is AWS itself"
    for stack, count in status.resources.items():
        yield f"stack {stack}: {count:,} resources"
    if status.record or status.left or status.resources:
        yield "stop it, and forget all that is in it: floodgate offline stop"
