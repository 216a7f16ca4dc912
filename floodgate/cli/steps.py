"""What a command is doing, told on stderr: moving where somebody looks, one plain line a step elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from time import perf_counter

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

Advance = Callable[[float], None]


class Steps:
    """The steps of one command; `taken_s` keeps how long each took."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(stderr=True)
        self.taken_s: dict[str, float] = {}

    @contextmanager
    def step(self, text: str) -> Generator[Advance]:
        """One step; the value is called with the share that is done, 0 to 1, where that is known."""
        began = perf_counter()
        if self._console.is_terminal:
            yield from self._moving(text)
        else:
            self._console.print(f"{text} …", highlight=False, soft_wrap=True)
            yield lambda _: None
        self.taken_s[text] = perf_counter() - began

    def _moving(self, text: str) -> Generator[Advance]:
        columns = (
            SpinnerColumn(finished_text="✓"),
            TextColumn("{task.description}"),
            BarColumn(24),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=self._console, transient=False) as progress:
            task = progress.add_task(text, total=None)
            yield lambda share: progress.update(task, total=1.0, completed=share)
            progress.update(task, total=1.0, completed=1.0)
