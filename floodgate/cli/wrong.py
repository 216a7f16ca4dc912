"""The end of a command whose input is wrong: what, by which rule, and what to do, on stderr; exit code 2."""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO, Any

import click


class Wrong(click.ClickException):
    """The input is wrong; every problem is one line."""

    exit_code = 2

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(" ".join(problem.split()) for problem in problems)
        super().__init__("\n".join(self.problems))

    def show(self, file: IO[Any] | None = None) -> None:
        """Print every problem to stderr."""
        for problem in self.problems:
            click.echo(f"floodgate: {problem}", file=file, err=True)
