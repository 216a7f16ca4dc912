"""Is the offline AWS of a project running; start it, ask it, stop it.

Exception
└── Unavailable     it cannot be started, or what was in it is gone; exit code 2 of the commands
"""

from __future__ import annotations

import fcntl
import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from floodgate.offline.server import stacks
from floodgate.offline.server.place import Place, Record, read_record

LOOPBACK = "127.0.0.1"
TOKEN = "X-Floodgate-Token"  # noqa: S105 - the name of a header
CONTROL = "/_floodgate/"
START_WITHIN_S = 120
END_WITHIN_S = 10
_LOOK_EVERY_S = 0.02
_LOST = 3


class Unavailable(Exception):  # noqa: N818 - it is what happened
    """There is no offline AWS for a command; the text says why and what to do, in one line."""


def running(place: Place) -> Record | None:
    """What a command must know of the server, if it lives."""
    return read_record(place) if _lives(place) else None


def ensure(place: Place, region: str, outer: Mapping[str, str]) -> Record:
    """The running server; it is started where there is none, once however many ask.

    Args:
        place: the project's.
        region: where things live when nothing says.
        outer: the environment of whoever asks.

    Raises:
        Unavailable: it does not start, or what was in it is gone.
    """
    if (found := running(place)) and _answers(found):
        return found
    with _alone(place.starting):
        place.prepare()
        if found := running(place):
            if _answers(found):
                return found
            raise Unavailable(f"the offline AWS of {place.project} does not answer; {_OVER}")
        _refuse_lost(place)
        return _started(place, region, outer)


def ask(record: Record, what: str, timeout_s: float = 5) -> Mapping[str, Any]:
    """What the server tells of itself.

    Raises:
        OSError: it does not answer.
    """
    line = http.client.HTTPConnection(LOOPBACK, record.port, timeout=timeout_s)
    try:
        line.request("GET", CONTROL + what, headers={TOKEN: record.token})
        answer = line.getresponse()
        if answer.status != http.HTTPStatus.OK:
            raise OSError(f"it answers {answer.status}")
        return json.loads(answer.read())
    except (http.client.HTTPException, ValueError) as error:
        raise OSError(str(error)) from error
    finally:
        line.close()


def stop(place: Place) -> bool:
    """End the server and forget all that was in it, Pulumi's state too; whether there was anything."""
    if not place.folder.exists():
        return False
    with _alone(place.starting):
        if record := running(place):
            _end(place, record.pid)
        shutil.rmtree(place.folder)
    with suppress(OSError):
        place.folder.parent.rmdir()
    return True


_OVER = "`floodgate offline stop` forgets it and starts over"


def _lives(place: Place) -> bool:
    """Whether a process holds the lock of the living; a process that has only inherited its number does not."""
    try:
        with place.alive.open("r") as alive:
            fcntl.flock(alive, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False


def _answers(record: Record) -> bool:
    try:
        return ask(record, "hello").get("pid") == record.pid
    except OSError:
        return False


def _refuse_lost(place: Place) -> None:
    """Pulumi's state without the journal of what it speaks of would be half of the truth."""
    if not place.journal.exists() and any(stacks.resources(place).values()):
        raise Unavailable(f"the offline AWS of {place.project} is gone with what was in it; {_OVER}")


def _started(place: Place, region: str, outer: Mapping[str, str]) -> Record:
    place.record.unlink(missing_ok=True) if not place.journal.exists() else None
    old = read_record(place)
    with place.log.open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - this program itself
            [sys.executable, "-m", "floodgate.offline.server", str(place.project), region],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=place.folder,
            env=_environment(outer),
            start_new_session=True,
        )
    ends = time.monotonic() + START_WITHIN_S
    while time.monotonic() < ends:
        found = read_record(place)
        if found and (old is None or found.token != old.token) and _answers(found):
            return found
        if process.poll() is not None:
            break
        time.sleep(_LOOK_EVERY_S)
    process.kill()
    said = _last_line(place.log)
    if process.wait() == _LOST:
        raise Unavailable(f"the offline AWS of {place.project} is gone with what was in it ({said}); {_OVER}")
    raise Unavailable(f"the offline AWS of {place.project} did not start: {said or 'it said nothing'}; see {place.log}")


def _environment(outer: Mapping[str, str]) -> dict[str, str]:
    """The server has no use for anybody's account, and orders sets alike in every run."""
    kept = {name: value for name, value in outer.items() if not name.startswith(("AWS_", "PULUMI_", "MOTO_"))}
    return {**kept, "PYTHONHASHSEED": "0", "PYTHONUNBUFFERED": "1", "AWS_EC2_METADATA_DISABLED": "true"}


def _last_line(log: Path) -> str:
    try:
        lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    except OSError:
        return ""
    return lines[-1] if lines else ""


def _end(place: Place, pid: int) -> None:
    """End the process that holds the lock, kindly first."""
    for signal_, within_s in ((signal.SIGTERM, END_WITHIN_S), (signal.SIGKILL, END_WITHIN_S)):
        try:
            os.kill(pid, signal_)
        except ProcessLookupError:
            return
        ends = time.monotonic() + within_s
        while time.monotonic() < ends:
            if not _lives(place):
                return
            time.sleep(_LOOK_EVERY_S)


@contextmanager
def _alone(lock: Path) -> Generator[None]:
    """One command at a time inside."""
    while True:
        lock.parent.mkdir(parents=True, exist_ok=True)
        with lock.open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            # whoever stopped it meanwhile has taken the file away
            if lock.exists() and lock.stat().st_ino == os.fstat(file.fileno()).st_ino:
                yield
                return
