"""Aurora Auto Scaling of readers: the metric, the bounds, and which readers it may remove.

How many readers a metric asks for, and the cooldowns, are rules of Application Auto Scaling.

Source: "Amazon Aurora Auto Scaling with Aurora Replicas",
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Integrating.AutoScaling.html.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil

MOST_READERS = 15
PROMOTION_TIER = 15
COOLDOWN_S = 300
PREDEFINED = {
    "RDSReaderAverageCPUUtilization": "CPUUtilization",
    "RDSReaderAverageDatabaseConnections": "DatabaseConnections",
}


@dataclass(frozen=True, slots=True)
class Reader:
    """A reader; `scaled` says that Aurora Auto Scaling has made it."""

    id: str
    scaled: bool = False
    available: bool = True


def metric(values: Iterable[float]) -> float | None:
    """What a predefined metric is: the mean over all readers, also those made by hand, the writer left out."""
    values = tuple(values)
    return sum(values) / len(values) if values else None


def acts(readers: Sequence[Reader], cluster_status: str = "available") -> bool:
    """Whether it acts: the cluster is available and has a reader at least."""
    return cluster_status == "available" and bool(readers)


def readers_wanted(readers: int, metric: float, target: float) -> int:
    """Aurora replicas that bring the mean of a metric over all readers to its target, 1 to 15."""
    return max(1, min(MOST_READERS, ceil(readers * metric / target - 1e-9)))


def bounded(wanted: int, minimum: int, maximum: int) -> int:
    """The wanted readers within the policy's bounds, which are from 0 to 15 themselves."""
    return max(minimum, min(wanted, maximum, MOST_READERS))


def removable(readers: Iterable[Reader]) -> tuple[Reader, ...]:
    """The readers that a scale in may take: only those that scaling has made."""
    return tuple(reader for reader in readers if reader.scaled)


def after_scale_in(readers: Sequence[Reader], wanted: int) -> int:
    """How many readers there are after a scale in; those made by hand stay."""
    return max(min(wanted, len(readers)), len(readers) - len(removable(readers)))
