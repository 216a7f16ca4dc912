"""The real `pulumi` command on a copy of a project, with an offline AWS in this process attached to it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PASSPHRASE = "offline"


@dataclass(frozen=True, slots=True)
class Step:
    """What the engine did with one resource."""

    op: str
    urn: str
    diffs: tuple[str, ...]

    @property
    def name(self) -> str:
        """Type and Pulumi name, e.g. ``aws:autoscaling/group:Group fleet-group``."""
        _, _, qualified, name = self.urn.split("::", 3)
        return f"{qualified.rpartition('$')[2]} {name}"


@dataclass(frozen=True, slots=True)
class Run:
    """One `pulumi` command.

    Args:
        code: its exit code.
        text: all it printed.
        steps: what it did or would do, in order, without `same`.
        counts: how many resources by operation, from the engine's own summary.
    """

    code: int
    text: str
    steps: tuple[Step, ...]
    counts: Mapping[str, int]

    def named(self, op: str) -> list[str]:
        """The resources of one operation."""
        return [step.name for step in self.steps if step.op == op]


@dataclass(slots=True)
class Engine:
    """A project folder and how to run `pulumi` in it.

    Args:
        folder: the copy; its stack files may be changed.
        pulumi: the command.
        env: what it runs with.
        stack: the stack of all commands.
    """

    folder: Path
    pulumi: Path
    env: Mapping[str, str]
    stack: str
    _runs: int = field(default=0)

    def run(self, command: str, *options: str, check: bool = True) -> Run:
        """Run ``preview``, ``up``, ``refresh`` or ``destroy`` on the stack.

        Args:
            command: its name.
            options: further options.
            check: whether a failure fails the test.
        """
        self._runs += 1
        log = self.folder / f".events-{self._runs}.jsonl"
        yes = () if command == "preview" else ("--yes", "--skip-preview")
        done = self.shell(
            [command, "--stack", self.stack, "--non-interactive", *yes, "--event-log", str(log), *options]
        )
        run = Run(done.returncode, done.stdout + done.stderr, *_events(log))
        assert not check or run.code == 0, run.text
        return run

    def shell(self, arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
        """Run any `pulumi` command."""
        return subprocess.run(
            [str(self.pulumi), *arguments],
            cwd=self.folder,
            env=dict(self.env),
            text=True,
            capture_output=True,
            timeout=300,
            check=False,
        )

    def configure(self, key: str, value: str) -> None:
        """Set a key of the stack's configuration, or one inside it: ``floodgate:fleet.maxSize``."""
        done = self.shell(["config", "set", "--stack", self.stack, "--path", key, value])
        assert done.returncode == 0, done.stderr

    def edit(self, file: str, change: Callable[[str], str]) -> None:
        """Change a file of the copy; nothing changed is a mistake of the test."""
        path = self.folder / file
        before = path.read_text(encoding="utf-8")
        after = change(before)
        assert after != before, f"{file} has nothing to change"
        path.write_text(after, encoding="utf-8")

    def replace(self, file: str, old: str, new: str) -> None:
        """Replace a text that stands once in a file of the copy."""
        text = (self.folder / file).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
        self.edit(file, lambda before: before.replace(old, new))

    def state(self) -> dict[str, Any]:
        """The stack's state, as `pulumi stack export` prints it."""
        done = self.shell(["stack", "export", "--stack", self.stack])
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


def _events(log: Path) -> tuple[tuple[Step, ...], dict[str, int]]:
    steps, counts = [], {}
    for line in log.read_text(encoding="utf-8").splitlines() if log.exists() else []:
        event = json.loads(line)
        if (told := event.get("resourcePreEvent", {}).get("metadata")) and told["op"] not in ("same", "read"):
            steps.append(Step(told["op"], told["urn"], tuple(told.get("diffs") or ())))
        if "summaryEvent" in event:
            counts = event["summaryEvent"]["resourceChanges"] or {}
    return tuple(steps), counts


def environment(folder: Path, toolchain: Path | None, extra: Mapping[str, str]) -> dict[str, str]:
    """What `pulumi` runs with: a backend and a home of its own, no account, and nothing of the user's."""
    (folder / ".state").mkdir(exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PULUMI_"))}
    path = [str(Path(sys.executable).parent), *([str(toolchain)] if toolchain else []), kept["PATH"]]
    return {
        **kept,
        "PATH": os.pathsep.join(path),
        "PULUMI_BACKEND_URL": f"file://{folder / '.state'}",
        "PULUMI_HOME": str(folder / ".home"),
        "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_DEBUG_COMMANDS": "true",
        "PULUMI_SKIP_CHECKPOINTS": "true",
        "AWS_ACCESS_KEY_ID": "offline",
        "AWS_SECRET_ACCESS_KEY": "offline",
        "AWS_EC2_METADATA_DISABLED": "true",
        **extra,
    }


def copy_of_project(folder: Path) -> None:
    """This project's program and stacks, without what its users have in the folder."""
    for file in (*ROOT.glob("Pulumi*.yaml"),):
        shutil.copy(file, folder)
    for package in ("infra", "policy"):
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    # the edge serves the service's pages, which the stack reads as files
    shutil.copytree(ROOT / "app" / "pages", folder / "app" / "pages")
    (folder / ".venv").symlink_to(sys.prefix)
