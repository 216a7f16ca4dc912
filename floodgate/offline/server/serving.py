"""The process of one offline AWS: ``python -m floodgate.offline.server FOLDER REGION``.

It answers until it is told to stop or its folder has vanished. What it was when it last ended without being told
to is had again from its journal before it answers anything.
"""

from __future__ import annotations

import fcntl
import gc
import os
import signal
import sys
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from floodgate.offline.server import instances, sources
from floodgate.offline.server.place import Place, Record, new_token, read_record

LOOK_EVERY_S = 1.0
ENDED, LOST = 0, 3


def main(folder: str, region: str) -> int:
    """Serve the offline AWS of a project until it ends; the exit code of the process.

    Args:
        folder: the project's.
        region: where things live when nothing says.
    """
    place = Place(Path(folder))
    with place.alive.open("w") as alive:
        # whoever looks whether it is held holds it for a moment; a second server there cannot be
        fcntl.flock(alive, fcntl.LOCK_EX)
        return _Server(place, region).run()


class _Server:
    """One run of a server."""

    def __init__(self, place: Place, region: str) -> None:
        self._place = place
        self._region = region
        self._ended = threading.Event()

    def run(self) -> int:
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: self._ended.set())
        # a terminal that closes takes its commands along, not what they made
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        try:
            front, record = self._open()
        except _Lost as lost:
            sys.stderr.write(f"{lost}\n")
            return LOST
        record.write(self._place)
        gc.collect()
        gc.freeze()
        while not self._ended.wait(LOOK_EVERY_S) and self._is_wanted(record):
            pass
        front.shutdown()
        return ENDED

    def _open(self) -> tuple[Any, Record]:
        from floodgate.offline import handlers  # noqa: F401, PLC0415 - seconds of imports, after the lock is taken
        from floodgate.offline.server.endpoint import Endpoint  # noqa: PLC0415 - the same
        from floodgate.offline.server.front import Front, Services, listening  # noqa: PLC0415 - the same
        from floodgate.offline.server.journal import Differs, Journal, repeat  # noqa: PLC0415 - the same
        from floodgate.offline.server.proxy import outer_proxies  # noqa: PLC0415 - the same
        from floodgate.offline.world import World  # noqa: PLC0415 - the same

        sources.install()
        world = World(now=_now(), region=self._region)
        try:
            repeat(world, self._place.journal, world.answer)
        except Differs as differs:
            raise _Lost(f"what was done is not done again alike, first {differs}") from differs
        journal = world.recorder = Journal(world, self._place.journal)
        before = read_record(self._place)
        token, started = new_token(), _now()

        def present() -> World:
            world.now = _now()
            return world

        services = Services(
            aws=Endpoint(world, _now).answer,
            told={"hello": lambda: {"pid": os.getpid()}, "status": lambda: _status(front, journal.calls)},
            provider=instances.starter(present, self._region),
            proxies=outer_proxies(),
        )
        instances.write_plugin(self._place.programs)
        # shells that were opened before a crash go on with the same address
        front = Front(services, token, before.port if before else 0)
        listening(front)
        told = Record(os.getpid(), front.port, token, started.isoformat(timespec="seconds"), version("floodgate"))
        return front, told

    def _is_wanted(self, record: Record) -> bool:
        found = read_record(self._place)
        return found is not None and found.token == record.token


class _Lost(Exception):  # noqa: N818 - it is what happened
    """What was in the offline AWS cannot be had again."""


def _status(front: Any, calls: int) -> Mapping[str, Any]:
    return {"calls": calls, "refused": dict(front.services.refused)}


def _now() -> datetime:
    return datetime.now(UTC)
