"""Durations counted in buckets that are 2 % wide, so that millions of them take no room and processes can be added up.

The idea is HdrHistogram's (https://hdrhistogram.github.io/HdrHistogram/): a relative error that is the same for a
microsecond and for an hour.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field

WIDTH = math.log(1.02)
LEAST_S = 1e-6


@dataclass(slots=True)
class Histogram:
    """Durations in seconds; `count`, `total_s` and `longest_s` are exact, quantiles within 1 %."""

    buckets: Counter[int] = field(default_factory=Counter)
    count: int = 0
    total_s: float = 0.0
    longest_s: float = 0.0

    def add(self, duration_s: float) -> None:
        """Count one; what is below a microsecond counts as one."""
        self.buckets[math.floor(math.log(max(LEAST_S, duration_s)) / WIDTH)] += 1
        self.count += 1
        self.total_s += duration_s
        self.longest_s = max(self.longest_s, duration_s)

    def update(self, other: Histogram) -> None:
        """Add up with what another process counted."""
        self.buckets.update(other.buckets)
        self.count += other.count
        self.total_s += other.total_s
        self.longest_s = max(self.longest_s, other.longest_s)

    def quantile(self, share: float) -> float:
        """The duration that `share` of all do not exceed; nan where nothing was counted."""
        if not self.count:
            return math.nan
        wanted, seen = max(1, math.ceil(share * self.count)), 0
        for bucket in sorted(self.buckets):
            seen += self.buckets[bucket]
            if seen >= wanted:
                return min(math.exp((bucket + 0.5) * WIDTH), self.longest_s)
        return self.longest_s
