"""Where the service of one machine keeps its data, and that only one runs on it.

    .floodgate/service/
    ├── lock          held while anything runs on this data
    ├── state.json    the service's secret and its openings; for its owner alone
    ├── service.log   what all processes say
    ├── metrics/      snapshots of the processes, for the internal port
    ├── valkey/       the line
    └── postgres/     reservations; elsewhere where PostgreSQL's user cannot reach it

PostgreSQL refuses to run as root, so root starts it as `nobody`, who can look into few folders of root's. Its cluster
is then kept in `app.local.postgres.SHARED`, under a name made of the folder's path.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.errors import SetupError
from app.local.postgres import SHARED
from app.local.users import Unprivileged, unprivileged
from app.running.part import PROJECT

DEFAULT = PROJECT / ".floodgate" / "service"
# of the processes of a supervisor that was killed
ENDING_WITHIN_S = 30.0


@dataclass(frozen=True, slots=True)
class Place:
    """The folders of one service; `lock` is the descriptor that every process of it holds open."""

    folder: Path
    lock: int

    @property
    def state(self) -> Path:
        """Secret and openings."""
        return self.folder / "state.json"

    @property
    def log(self) -> Path:
        """What all processes say."""
        return self.folder / "service.log"

    @property
    def metrics(self) -> Path:
        """Snapshots of the processes."""
        return self.folder / "metrics"

    @property
    def valkey(self) -> Path:
        """The line."""
        return self.folder / "valkey"

    @property
    def postgres(self) -> Path:
        """Reservations."""
        return postgres_folder(self.folder, unprivileged())

    def forget(self) -> None:
        """Delete everything that was kept."""
        for folder in (self.postgres, self.valkey):
            shutil.rmtree(folder, ignore_errors=True)
        for file in (self.state, self.log):
            file.unlink(missing_ok=True)


@contextmanager
def taken(folder: Path) -> Generator[Place]:
    """Make the folders, and take the lock that is free again when the last process has ended.

    Raises:
        SetupError: another service runs on it, or it cannot be written.
    """
    try:
        folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise SetupError(f"{folder} cannot be written ({error.strerror}); choose another folder with --data") from error
    try:
        _lock(lock, folder)
        os.ftruncate(lock, 0)
        os.pwrite(lock, str(os.getpid()).encode(), 0)
        place = Place(folder, lock)
        place.metrics.mkdir(exist_ok=True)
        for left in place.metrics.iterdir():
            left.unlink()
        yield place
    finally:
        os.close(lock)


def postgres_folder(folder: Path, user: Unprivileged) -> Path:
    """Where PostgreSQL keeps its cluster, so that `user` can reach it."""
    if not user.is_another or _reachable(folder):
        return folder / "postgres"
    name = hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:12]
    return SHARED / f"service-{name}" / "postgres"


def _reachable(folder: Path) -> bool:
    found = folder.resolve()
    return all(part.stat().st_mode & 0o001 for part in (found, *found.parents))


def _lock(lock: int, folder: Path) -> None:
    until = time.monotonic() + ENDING_WITHIN_S
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.pread(lock, 20, 0).decode()
            if _lives(holder):
                raise SetupError(
                    f"another service (process {holder}) runs on the data in {folder}; "
                    "stop it, or choose another folder with --data"
                ) from error
            if time.monotonic() > until:
                raise SetupError(
                    f"processes of a service that was killed still hold {folder / 'lock'}; end them and start again"
                ) from error
            time.sleep(0.1)
        else:
            return


def _lives(process: str) -> bool:
    if not process.isdigit():
        # it has the lock and is about to write
        return True
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
