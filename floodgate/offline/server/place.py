"""Where the offline AWS of a project keeps what it owns: all of it in one folder, which git does not see."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

PROJECT_FILES = ("Pulumi.yaml", "Pulumi.yml")


@dataclass(frozen=True, slots=True)
class Place:
    """The folder of one offline AWS.

    Args:
        project: the folder with Pulumi.yaml, or the one in which a command was given.
    """

    project: Path

    @property
    def folder(self) -> Path:
        """All that the offline AWS owns."""
        return self.project / ".floodgate" / "offline"

    @property
    def record(self) -> Path:
        """What a command must know of the running server."""
        return self.folder / "server.json"

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.folder / "server.log"

    @property
    def journal(self) -> Path:
        """All that happened in it, from which it is made anew after a crash."""
        return self.folder / "journal"

    @property
    def starting(self) -> Path:
        """Locked by whoever starts or stops the server."""
        return self.folder / "starting.lock"

    @property
    def alive(self) -> Path:
        """Locked by the server as long as it lives; the kernel lets go when it dies, however it dies."""
        return self.folder / "alive.lock"

    @property
    def state(self) -> Path:
        """Pulumi's state of the project's stacks."""
        return self.folder / "pulumi"

    @property
    def home(self) -> Path:
        """Pulumi's own folder, so that the user's current backend stays what it is."""
        return self.folder / "home"

    @property
    def programs(self) -> Path:
        """The provider plugin, which comes first on PATH."""
        return self.folder / "bin"

    @property
    def nothing(self) -> Path:
        """An empty file, in the place of every file that could lead to another AWS."""
        return self.folder / "empty"

    @property
    def kept(self) -> Path:
        """The user's stack files as they were before the commands that run now."""
        return self.folder / "kept"

    def prepare(self) -> None:
        """Make the folder, invisible to git."""
        for folder in (self.folder, self.state, self.home, self.programs, self.kept):
            folder.mkdir(parents=True, exist_ok=True)
        (self.folder / ".gitignore").write_text("*\n")
        self.nothing.touch()


@dataclass(frozen=True, slots=True)
class Record:
    """What a command must know of a running server.

    Args:
        pid: of its process; certain only while `Place.alive` is locked.
        port: on 127.0.0.1, for AWS's clients, the provider plugin and commands alike.
        token: must come with every request that is no AWS client's.
        started: when, ISO 8601 in UTC.
        version: Floodgate's.
    """

    pid: int
    port: int
    token: str
    started: str
    version: str

    def write(self, place: Place) -> None:
        """Write it whole or not at all."""
        new = place.record.with_suffix(".new")
        new.touch(mode=0o600)
        new.write_text(json.dumps(asdict(self)))
        new.replace(place.record)


def place_of(start: Path) -> Place:
    """The offline AWS of a folder: that of the nearest project above it, or else its own."""
    start = start.resolve()
    for folder in (start, *start.parents):
        if any((folder / name).is_file() for name in PROJECT_FILES):
            return Place(folder)
    return Place(start)


def read_record(place: Place) -> Record | None:
    """What the last server wrote, whether it still lives or not; None where there was none."""
    try:
        found: Mapping[str, Any] = json.loads(place.record.read_text())
        return Record(**found)
    except (OSError, ValueError, TypeError):
        return None


def new_token() -> str:
    """A token that nobody guesses."""
    return secrets.token_hex(16)
