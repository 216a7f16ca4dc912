"""What the supervisor runs: one process each, of ours or a server's."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Literal

from app.local.lifeline import ends_with_us
from app.running.backoff import Backoff

PROJECT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True, slots=True)
class Part:
    """One process, for as long as the service runs.

    Attributes:
        name: in what is told.
        spawn: starts it; gets a descriptor into which the process writes a byte when it serves.
        told: the signal that asks it to end.
        patience_s: how long it may take for that; then it is killed.
        reports: whether it writes that byte.
        rank: those with the highest are stopped first, those with the same one together.
        restarts: when it is started again.
        rolls: whether it is replaced when the supervisor is told to roll.
        done: what is called with its exit code when it has ended for good.
        last_words: what it said before it died, for the one line that people read.
    """

    name: str
    spawn: Callable[[int], subprocess.Popen[Any]]
    told: signal.Signals = signal.SIGTERM
    patience_s: float = 5.0
    reports: bool = False
    rank: int = 0
    restarts: Literal["always", "until-done", "never"] = "always"
    rolls: bool = False
    done: Callable[[int], None] | None = None
    last_words: Callable[[], str] = str


@dataclass(slots=True)
class Running:
    """A part and its process at this moment.

    Attributes:
        part: what it is.
        process: None between two lives.
        ready: whether it has said that it serves.
        pipe: where it says so; -1 when it has, or never will.
        began_s: when this life began, by the supervisor's clock.
        due_s: when the next one begins.
        kill_at_s: when it is killed, once it was asked to end.
    """

    part: Part
    process: subprocess.Popen[Any] | None = None
    ready: bool = False
    pipe: int = -1
    began_s: float = 0.0
    due_s: float | None = None
    kill_at_s: float | None = None
    backoff: Backoff = field(default_factory=Backoff)

    def spawn(self, now_s: float) -> None:
        """Begin a life."""
        reading, writing = os.pipe()
        try:
            self.process = self.part.spawn(writing)
        except BaseException:
            os.close(reading)
            raise
        finally:
            os.close(writing)
        if self.part.reports:
            self.pipe, self.ready = reading, False
        else:
            os.close(reading)
            self.ready = True
        self.began_s, self.due_s, self.kill_at_s = now_s, None, None

    def ask_to_end(self, now_s: float) -> None:
        """Ask once; after its patience the supervisor kills it."""
        if self.process is not None and self.kill_at_s is None:
            self.process.send_signal(self.part.told)
            self.kill_at_s = now_s + self.part.patience_s

    def kill(self) -> None:
        """Kill it and whatever it started."""
        if self.process is not None:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                return

    def close_pipe(self) -> None:
        """Nothing more is to be heard."""
        if self.pipe >= 0:
            os.close(self.pipe)
            self.pipe = -1


def own_process(
    arguments: Sequence[str],
    descriptors: Sequence[int],
    output: IO[bytes] | None = None,
    *,
    errors_to_us: bool = False,
) -> subprocess.Popen[bytes]:
    """Start ``python -m app …`` in a session of its own, so that Ctrl-C of a terminal reaches the supervisor alone.

    Args:
        arguments: the command and its options.
        descriptors: inherited, under the same numbers.
        output: where it writes; None: to ours.
        errors_to_us: whether its standard error is ours all the same.
    """
    return subprocess.Popen(
        [sys.executable, "-m", "app", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=None if errors_to_us else output,
        cwd=PROJECT,
        pass_fds=tuple(descriptors),
        start_new_session=True,
        preexec_fn=ends_with_us(signal.SIGTERM),  # noqa: PLW1509  the supervisor runs no threads
    )
