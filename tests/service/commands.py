"""`python -m app …` as somebody at a terminal runs it, and a look at every process that came of it.

with Serving(folder) as service:
    service.get("/readyz")
assert service.processes() == []
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent.parent
READY_WITHIN_S = 40.0
MARK = "FLOODGATE_TEST_MARK"
# what a developer's or CI's own environment may hold and would change what is run
_NOT_OURS = ("DATABASE_URL", "VALKEY_URL")


def environment(**more):
    """Ours without what would change the outcome, and with more."""
    kept = {name: value for name, value in os.environ.items() if name not in _NOT_OURS}
    return {name: value for name, value in kept.items() if not name.startswith("FLOODGATE_")} | more


def run(*arguments, env=None, within_s=READY_WITHIN_S):
    """Run a command to its end."""
    command = [sys.executable, "-m", "app", *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, cwd=PROJECT, timeout=within_s, env=env or environment(), check=False
    )


def until(true, within_s=READY_WITHIN_S):
    """Wait until something is true; whether it became so."""
    ends = time.monotonic() + within_s
    while time.monotonic() < ends:
        if true():
            return True
        time.sleep(0.05)
    return False


class Serving:
    """One `serve`, whose processes are found by a mark in their environment and by the files that they have open."""

    ready = "Ctrl-C stops everything"

    def __init__(self, folder, *options, env=None, command=None):
        self.mark = uuid.uuid4().hex
        self.folder = Path(folder)
        chosen = ["--data", folder, "--port", 0, "--internal-port", 0, *options]
        self.command = command or [sys.executable, "-m", "app", "serve", *map(str, chosen)]
        self.environment = {**(env or environment()), MARK: self.mark}
        self.said = ""

    def __enter__(self):
        self.process = subprocess.Popen(
            self.command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=PROJECT,
            env=self.environment,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        if not until(lambda: self.ready in self.said or not self._reader.is_alive()) or self.ready not in self.said:
            self._clear_away()
            raise AssertionError(f"it does not run: {self.said}")
        return self

    def __exit__(self, *_):
        self.stop()
        self._clear_away()

    @property
    def url(self):
        return self.said.partition("/wait/")[0].split()[-1]

    @property
    def metrics_url(self):
        return self.said.partition("/metrics")[0].split()[-1] + "/metrics"

    @property
    def opening(self):
        return self.document()["opening"]

    def document(self):
        return json.loads(self.get("/queue/now-serving.json")[1])

    def get(self, path):
        """Status and body of one answer on a connection of its own; 0 where there was none."""
        url = path if path.startswith("http") else self.url + path
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()
        except (OSError, urllib.error.URLError):
            return 0, b""

    def is_ready(self):
        return self.get("/readyz")[0] == 200

    def stop(self, number=signal.SIGINT):
        """Ask it to stop; its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        code = self.process.wait(READY_WITHIN_S)
        self._reader.join(READY_WITHIN_S)
        return code

    def kill(self):
        """Kill the supervisor, and nothing else."""
        self.process.kill()
        self.process.wait()

    def processes(self, word=""):
        """Ids of all processes of this run whose command line holds a word, the supervisor left out."""
        return [
            number for number, line in marked(self.mark, self.folder) if word in line and number != self.process.pid
        ]

    def _read(self):
        assert self.process.stdout is not None
        with self.process.stdout as said:
            for line in said:
                self.said += line

    def _clear_away(self):
        for number in self.processes():
            os.kill(number, signal.SIGKILL)
        if self.process.poll() is None:
            self.kill()
        self._reader.join(READY_WITHIN_S)


def marked(mark, folder):
    """Processes that were started with a mark in their environment, or have a file of a folder open, and what they run.

    Servers write their titles over the environment that they were started with, but each has its log open.
    """
    for place in Path("/proc").iterdir():
        if not place.name.isdigit():
            continue
        try:
            if mark.encode() in (place / "environ").read_bytes() or _has_open(place, folder):
                yield int(place.name), (place / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            # it has ended meanwhile
            continue


def _has_open(place, folder):
    return any(file.readlink().is_relative_to(folder) for file in (place / "fd").iterdir())
