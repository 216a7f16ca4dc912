"""An offline AWS behind HTTP in this process, and offline AWSs of projects in processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Generator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from floodgate.offline.server import running
from floodgate.offline.server.endpoint import Endpoint
from floodgate.offline.server.front import Front, Services, listening
from floodgate.offline.server.instances import starter
from floodgate.offline.server.place import Place, Record, read_record
from floodgate.offline.world import World

NOW = datetime(2027, 8, 8, 11, tzinfo=UTC)
REGION = "eu-west-3"
TOKEN = "token"


class Served:
    """A world and the port at which it answers."""

    def __init__(self) -> None:
        self.now = NOW
        self.world = World(now=NOW, region=REGION)
        endpoint = Endpoint(self.world, lambda: self.now)
        self.services = Services(endpoint.answer, {"hello": dict}, starter(lambda: self.world, REGION))
        self.front = Front(self.services, TOKEN)
        self.thread = listening(self.front)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.front.port}"

    def client(self, service: Any, region: str = REGION, **config: Any) -> Any:
        """A client as any program makes it: nothing of ours is in it."""
        session = boto3.Session(aws_access_key_id="AKID", aws_secret_access_key="secret", region_name=region)
        own = Config(retries={"total_max_attempts": 1}, proxies={}, **config)
        return session.client(service, endpoint_url=self.url, config=own)

    def close(self) -> None:
        self.front.shutdown()
        self.front.server_close()


@pytest.fixture
def served() -> Generator[Served]:
    found = Served()
    yield found
    found.close()


class Folder:
    """A project folder, and `floodgate offline` in it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.place = Place(path)
        kept = ("PATH", "HOME", "LANG", "TMPDIR", "COVERAGE_PROCESS_START")
        self.outer = {name: os.environ[name] for name in kept if name in os.environ}

    def start(self, *command: str, **environment: str) -> subprocess.Popen[str]:
        words = [sys.executable, "-m", "floodgate", "offline", *command]
        env = {**self.outer, **environment}
        return subprocess.Popen(
            words, cwd=self.path, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def run(self, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        with self.start(*command, **environment) as process:
            out, err = process.communicate(timeout=180)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def python(self, program: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """A Python program with the offline AWS."""
        return self.run(sys.executable, "-c", program, **environment)

    def client(self, service: Any, region: str = REGION) -> Any:
        session = boto3.Session(aws_access_key_id="AKID", aws_secret_access_key="secret", region_name=region)
        config = Config(retries={"total_max_attempts": 1}, proxies={})
        return session.client(service, endpoint_url=f"http://127.0.0.1:{self.record().port}", config=config)

    def record(self) -> Record:
        """What stands of the server in its folder, living or dead."""
        found = read_record(self.place)
        assert found is not None, "a server was started"
        return found

    def write(self, files: Mapping[str, str]) -> None:
        for name, text in files.items():
            (self.path / name).write_text(text)


@pytest.fixture
def folder(tmp_path: Path) -> Generator[Folder]:
    found = Folder(tmp_path / "shop")
    found.path.mkdir()
    yield found
    running.stop(found.place)


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Generator[Folder]:
    """A folder whose server is started once, for tests that take nothing from each other."""
    found = Folder(tmp_path_factory.mktemp("shared"))
    yield found
    running.stop(found.place)


@pytest.fixture
def pulumi() -> Path:
    """The `pulumi` command."""
    from floodgate.offline.toolchain import find  # noqa: PLC0415 - a fixture of few tests

    command = find.pulumi()
    if command is None:
        assert os.environ.get("FLOODGATE_ENGINE") != "required", find.missing()
        pytest.skip(find.missing())
    return command
