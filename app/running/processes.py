"""The service's own processes as parts: workers, the controller, and the one that prepares the database."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from app.running.part import Part, own_process

# who is stopped first: nobody comes in, then nobody is called, then what both need
WORKERS, CONTROLLER, STANDIN, VALKEY, POSTGRES = 5, 4, 3, 2, 1
# what is under way may be finished; the last seconds are for whoever does not end by itself
DRAIN_S = 10
LEAVE_AFTER_S = DRAIN_S + 3
# exit code of the process that prepares the database: in vain, and not for good
DATABASE_AWAY = 3


@dataclass(slots=True)
class Processes:
    """What all of them share.

    Attributes:
        settings: descriptor of the settings; another one after they were read again.
        listening: for people.
        internal: for metrics.
        snapshots: folder of the processes' metrics.
        output: what they say; None: where we say it.
        kept_open: descriptors that they hold while they live.
    """

    settings: int
    listening: socket.socket
    internal: socket.socket
    snapshots: Path
    output: IO[bytes] | None = None
    kept_open: tuple[int, ...] = ()

    def worker(self, number: int) -> Part:
        """One web worker."""
        options = ["worker", "--number", str(number), "--snapshots", str(self.snapshots)]
        return Part(
            f"worker {number}",
            self._spawning(options, self.listening),
            patience_s=LEAVE_AFTER_S + 1,
            reports=True,
            rank=WORKERS,
            rolls=True,
        )

    def controller(self) -> Part:
        """The controller; rolled like a worker, so that it knows settings that were read again."""
        options = ["controller", "--snapshots", str(self.snapshots)]
        spawning = self._spawning(options, self.internal)
        return Part("controller", spawning, patience_s=5, reports=True, rank=CONTROLLER, rolls=True)

    def preparing(self, *options: str, again: bool = False) -> Part:
        """Prepares the database, with options of the command; `again` until it is done."""

        def spawn(_ready: int) -> subprocess.Popen[bytes]:
            arguments = ["prepare", "--settings", str(self.settings), *options]
            # its one line about what is wrong is for people
            return own_process(arguments, (self.settings, *self.kept_open), self.output, errors_to_us=True)

        return Part("migrations", spawn, rank=WORKERS, restarts="until-done" if again else "never")

    def _spawning(self, options: list[str], listening: socket.socket) -> Callable[[int], subprocess.Popen[bytes]]:
        def spawn(ready: int) -> subprocess.Popen[bytes]:
            inherited = {"--settings": self.settings, "--listening": listening.fileno(), "--ready": ready}
            told = [text for name, number in inherited.items() for text in (name, str(number))]
            return own_process([*options, *told], (*inherited.values(), *self.kept_open), self.output)

        return spawn
