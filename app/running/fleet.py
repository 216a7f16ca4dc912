"""The service on a server of a fleet: everything it needs is looked up, and only the processes are its own.

The surroundings are read by a process that ends, so that the supervisor stays small and never waits for AWS; again
every ten minutes and at SIGHUP. Where they have changed (a parameter, the password that RDS rotates), processes are
replaced one by one; where they cannot be read, everything goes on as it is.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from app.running import handing_over, telling
from app.running.listening import listen
from app.running.part import Part, own_process
from app.running.processes import CONTROLLER, DATABASE_AWAY, Processes
from app.running.supervisor import Stopped, Supervisor

READY_WITHIN_S = 60.0
LOOK_EVERY_S = 600.0
# while the server does not know its group
LOOK_AGAIN_S = 30.0
BAD_INPUT = 2


def serve() -> int:
    """Run everything until SIGTERM; the exit code.

    Raises:
        SetupError: a port is taken, or processes do not start.
    """
    with tempfile.TemporaryDirectory(prefix="floodgate-") as folder, Supervisor(telling.to_log) as supervisor:
        descriptor = handing_over.blank()
        try:
            if supervisor.finish(_look(descriptor)) != 0:
                return BAD_INPUT
            return _run(supervisor, descriptor, Path(folder))
        except Stopped:
            return 0


def _run(supervisor: Supervisor, descriptor: int, snapshots: Path) -> int:
    settings = handing_over.take(descriptor)
    listening = listen(settings.host, settings.port, "FLOODGATE_PORT")
    internal = listen("127.0.0.1", settings.internal_port, "FLOODGATE_INTERNAL_PORT")
    processes = Processes(descriptor, listening, internal, snapshots)
    code = supervisor.finish(processes.preparing())
    if code == DATABASE_AWAY:
        telling.to_log("database-away")
        supervisor.start(processes.preparing(again=True))
    elif code != 0:
        return BAD_INPUT
    supervisor.start(*(processes.worker(number) for number in range(settings.workers)), processes.controller())
    supervisor.until_ready(READY_WITHIN_S)
    watch = _Watch(supervisor, processes)
    supervisor.on_hangup = partial(watch.look, anyway=True)
    supervisor.every(watch.pause_s, watch.look)
    telling.to_log("serving", workers=settings.workers, port=settings.port)
    supervisor.run()
    return 0


class _Watch:
    """Looks at the surroundings again, and rolls the processes where they have changed."""

    def __init__(self, supervisor: Supervisor, processes: Processes) -> None:
        self._supervisor, self._processes = supervisor, processes

    def pause_s(self) -> float:
        """Until the next look."""
        known = handing_over.take(self._processes.settings).group_name is not None
        return LOOK_EVERY_S if known else LOOK_AGAIN_S

    def look(self, *, anyway: bool = False) -> None:
        """Look now; `anyway` rolls although nothing has changed."""
        descriptor = handing_over.blank()
        self._supervisor.start(_look(descriptor, partial(self._seen, descriptor, anyway)))

    def _seen(self, descriptor: int, anyway: bool, code: int) -> None:
        before = self._processes.settings
        changed = code == 0 and handing_over.content(descriptor) != handing_over.content(before)
        if changed:
            self._processes.settings, descriptor = descriptor, before
            telling.to_log("settings-changed")
        # children that still read the old ones hold a descriptor of their own
        os.close(descriptor)
        if changed or anyway:
            self._supervisor.roll()


def _look(descriptor: int, done: Callable[[int], None] | None = None) -> Part:
    def spawn(_ready: int) -> subprocess.Popen[bytes]:
        return own_process(["surroundings", "--into", str(descriptor)], (descriptor,))

    return Part("surroundings", spawn, rank=CONTROLLER, restarts="never", done=done)
