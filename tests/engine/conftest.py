"""The real engine, or a reason why these tests cannot run."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Generator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from floodgate.offline.engine.serving import attached
from floodgate.offline.toolchain import find
from floodgate.offline.world import World
from tests.engine.engines import Engine, copy_of_project, environment

NOW = datetime(2027, 7, 1, 3, tzinfo=UTC)
REGION = "ap-northeast-2"

Start = Callable[..., tuple[Engine, World]]


@pytest.fixture(scope="session")
def pulumi() -> Path:
    """The `pulumi` command."""
    command = find.pulumi()
    if command is None:
        assert os.environ.get("FLOODGATE_ENGINE") != "required", find.missing()
        pytest.skip(find.missing())
    return command


@pytest.fixture(scope="module")
def start(pulumi: Path, tmp_path_factory: pytest.TempPathFactory) -> Generator[Start]:
    """Starts an engine on a copy of this project, or of `program`, attached to a new account."""
    with ExitStack() as stack:

        def start_one(name: str, *, program: Path | None = None) -> tuple[Engine, World]:
            folder = tmp_path_factory.mktemp(name)
            if program is None:
                copy_of_project(folder)
            else:
                for file in program.iterdir():
                    if file.is_file():
                        (folder / file.name).write_bytes(file.read_bytes())
                (folder / ".venv").symlink_to(sys.prefix)
            world = World(now=NOW, region=REGION)
            extra = stack.enter_context(attached(world))
            engine = Engine(folder, pulumi, environment(folder, find.folder(), extra), name)
            made = engine.shell(["stack", "init", name])
            assert made.returncode == 0, made.stderr
            if program is None:
                engine.configure("floodgate:now", NOW.isoformat())
            return engine, world

        yield start_one
