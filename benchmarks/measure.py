"""Runs a piece of work in a process of its own, so that imports count and peak memory is its own."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number beside what is promised, in the same unit; at most that, or at least."""

    name: str
    value: float
    promised: float
    unit: str
    at_least: bool = False

    @property
    def holds(self) -> bool:
        """Whether the promise is kept."""
        return self.value >= self.promised if self.at_least else self.value <= self.promised

    def row(self) -> str:
        """The figure as a line of the table."""
        verdict, bound = "holds" if self.holds else "MISSED", "at least" if self.at_least else "at most"
        return (
            f"{self.name:<58} {self.value:>8.2f} {self.unit:<4} {bound:<8} {self.promised:>6g} {self.unit:<4} {verdict}"
        )


def in_own_process(work: str, runs: int = 3) -> dict[str, float]:
    """Run a function of `benchmarks.work` in fresh processes; the median of each number it prints as JSON.

    Raises:
        subprocess.CalledProcessError: the work failed; its output has been printed.
    """
    results = [_once(work) for _ in range(runs)]
    return {name: median(result[name] for result in results) for name in results[0]}


def _once(work: str) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.work", work]
    printed = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout
    return json.loads(printed.splitlines()[-1])
