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
from collections import Counter
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from floodgate.offline import handlers  # noqa: F401 - they are known once they are imported
from floodgate.offline.server import instances
from floodgate.offline.server.endpoint import Endpoint
from floodgate.offline.server.front import Front, Services, listening
from floodgate.offline.server.journal import Differs, Journal, repeat
from floodgate.offline.server.place import Place, Record, new_token, read_record
from floodgate.offline.server.proxy import outer_proxies
from floodgate.offline.world import World

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

    def _open(self) -> tuple[Front, Record]:
        """The port, on which everything answers, and what commands must know of it."""
        world, journal = self._world()
        before = read_record(self._place)
        token = new_token()
        instances.write_plugin(self._place.programs)
        # shells that were opened before a crash go on with the same address
        front = Front(_services(world, journal, self._region), token, before.port if before else 0)
        listening(front)
        started = _now().isoformat(timespec="seconds")
        return front, Record(os.getpid(), front.port, token, started, version("floodgate"))

    def _world(self) -> tuple[World, Journal]:
        """The account as it was, and the journal that goes on."""
        world = World(now=_now(), region=self._region)
        try:
            repeat(world, self._place.journal, world.answer)
        except Differs as differs:
            raise _Lost(f"what was done is not done again alike, first {differs}") from differs
        journal = Journal(world, self._place.journal)
        world.recorder = journal
        return world, journal

    def _is_wanted(self, record: Record) -> bool:
        found = read_record(self._place)
        return found is not None and found.token == record.token


class _Lost(Exception):  # noqa: N818 - it is what happened
    """What was in the offline AWS cannot be had again."""


def _services(world: World, journal: Journal, region: str) -> Services:
    def present() -> World:
        world.now = _now()
        return world

    refused: Counter[str] = Counter()
    return Services(
        aws=Endpoint(world, _now).answer,
        told={
            "hello": lambda: {"pid": os.getpid()},
            "status": lambda: {"calls": journal.calls, "refused": dict(refused)},
        },
        provider=instances.starter(present, region),
        proxies=outer_proxies(),
        refused=refused,
    )


def _now() -> datetime:
    return datetime.now(UTC)
