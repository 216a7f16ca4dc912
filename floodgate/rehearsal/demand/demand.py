"""People who came in each second around the doors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Demand:
    """Whole people by second.

    Args:
        first_s: the first second, counted from the doors; negative before them.
        people: how many came in it and in each that follows.
        source: where that was read, for the report.
    """

    first_s: int
    people: tuple[int, ...]
    source: str

    @property
    def total(self) -> int:
        """Everybody who came."""
        return sum(self.people)

    def between(self, first_s: int, seconds: int) -> NDArray[np.int64]:
        """People in each of these seconds; who came before the first counts in it, who came later is left out."""
        laid = np.zeros(seconds, dtype=np.int64)
        counts = np.array(self.people, dtype=np.int64)
        at = np.maximum(np.arange(len(counts)) + self.first_s - first_s, 0)
        inside = at < seconds
        np.add.at(laid, at[inside], counts[inside])
        return laid


def gather(counts: Mapping[int, int], source: str) -> Demand:
    """The demand of counts by second; seconds between are empty."""
    first, last = min(counts), max(counts)
    return Demand(first, tuple(counts.get(second, 0) for second in range(first, last + 1)), source)


def count(seconds: Iterable[int]) -> dict[int, int]:
    """How often each second occurs."""
    found: dict[int, int] = {}
    for second in seconds:
        found[second] = found.get(second, 0) + 1
    return found
