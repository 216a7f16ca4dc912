"""The service as `python -m app serve` runs it, in a process tree of its own whose members can be killed.

with running(folder) as service:
    service.kill("controller")
"""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

ROOT = Path(__file__).resolve().parents[3]
READY_WITHIN_S = 60.0
# short holds and turns, and limits for addresses that one machine's crowd does not meet
OPENING = """name = "evening"
hold_s = 5
inside_s = 40
come_within_s = 20
[rules]
identity_pause_s = 0
joins_per_address_per_minute = 10000000
checks_per_address_per_minute = 10000000
"""
KINDS = {
    "worker": re.compile(r"-m app worker"),
    "controller": re.compile(r"-m app controller"),
    "valkey": re.compile(r"valkey-server .*?:(\d+)"),
    "postgres": re.compile(r"bin/postgres .*?-p (\d+)"),
}


@dataclass
class Running:
    """A service that runs.

    Attributes:
        process: its supervisor.
        url: for people.
        opening: the name of its opening.
        folder: its data.
    """

    process: subprocess.Popen
    url: str
    opening: str
    folder: Path

    def found(self, kind):
        """The processes of a kind, and what its pattern finds in their command lines."""
        found = []
        for process in children(self.process.pid):
            match = KINDS[kind].search(command_of(process))
            if match:
                found.append((process, match))
        return found

    def count(self):
        """How many processes there are of each kind."""
        return {kind: len(self.found(kind)) for kind in KINDS}

    def port(self, kind):
        """The port of PostgreSQL or Valkey; the supervisor gives it to their successors as well."""
        return int(self.found(kind)[0][1][1])

    def kill(self, kind):
        """Kill the first of a kind, and whatever it has started, as a crash would; its process id."""
        process = self.found(kind)[0][0]
        for one in (process, *children(process)):
            os.kill(one, signal.SIGKILL)
        return process

    def log(self):
        """What all processes said."""
        return (self.folder / "service.log").read_text(errors="replace")


def children(process):
    """Process ids of those that a process has started; none where it is gone."""
    try:
        return [int(text) for text in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def command_of(process):
    """The command line; empty where the process is gone."""
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except (FileNotFoundError, ProcessLookupError):
        return ""


@contextmanager
def running(folder, *, doors_in_s, rate_per_s, shape):
    """Start it and stop it; everything it has is in `folder`."""
    opening = folder / "evening.toml"
    opening.write_text(OPENING)
    command = [sys.executable, "-m", "app", "serve", "--port", "0", "--internal-port", "0", "--workers", "2"]
    command += ["--data", str(folder / "data"), "--opening", str(opening), "--seed-shape", shape]
    command += ["--doors-in", str(doors_in_s), "--rate", str(rate_per_s)]
    foreign = {"DATABASE_URL", "VALKEY_URL", "FLOODGATE_STACK"}
    env = {name: value for name, value in os.environ.items() if name not in foreign}
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(command, cwd=ROOT, stdout=said, stderr=said, env=env, start_new_session=True)
    try:
        url = _url(process, folder / "said")
        names = json.loads((folder / "data" / "state.json").read_text())["openings"]
        yield Running(process, url, names[-1]["name"], folder / "data")
    finally:
        process.terminate()
        try:
            process.wait(READY_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _url(process, said):
    until = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < until and process.poll() is None:
        found = re.search(r"(http://[0-9.:]+)/wait/", said.read_text(errors="replace"))
        if found:
            return found[1]
        time.sleep(0.05)
    raise RuntimeError(f"the service did not start: {said.read_text(errors='replace')[-2000:]}")


async def answers(kind, port):
    """Whether Valkey or PostgreSQL itself answers."""
    try:
        async with asyncio.timeout(1):
            if kind == "valkey":
                return await _pong(port)
            session = await asyncpg.connect(f"postgresql://floodgate@127.0.0.1:{port}/floodgate")
            await session.close()
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return False
    return True


async def _pong(port):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(b"PING\r\n")
        return (await reader.read(7)).startswith(b"+PONG")
    finally:
        writer.close()
