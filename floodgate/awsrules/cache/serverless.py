"""ElastiCache Serverless: its limits, and how fast it grows.

Sources: "Quotas for ElastiCache",
https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/quota-limits.html; "Engine versions",
https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/engine-versions.html.
"""

from __future__ import annotations

from math import log2

MOST_GIB = 5_000
MOST_ECPU_PER_S = 15_000_000
ECPU_PER_SLOT_AND_S = 30_000
ECPU_PER_SLOT_AND_S_WITH_REPLICA_READS = 90_000
SLOTS = 16_384
MAX_CLIENTS = 65_000
DOUBLING_S = (120.0, 180.0)
MOST_DOUBLINGS = 500


def ramped(requests_per_s: float, elapsed_s: float, doubling_s: float = DOUBLING_S[1]) -> float:
    """Requests a second that a Valkey 8.0 cache of so many can have grown to: it doubles every two to three minutes."""
    return requests_per_s * 2.0 ** min(MOST_DOUBLINGS, elapsed_s / doubling_s)


def ready_s(requests_per_s: float, wanted_per_s: float, doubling_s: float = DOUBLING_S[1]) -> float:
    """How long a cache that takes so many requests a second needs until it takes what is wanted.

    Raises:
        ValueError: a cache that takes nothing never doubles.
    """
    if requests_per_s <= 0:
        raise ValueError(f"{requests_per_s} requests/s never double; tell what the cache takes when it is idle")
    return max(0.0, doubling_s * log2(wanted_per_s / requests_per_s)) if wanted_per_s > 0 else 0.0


def hottest_slot(ecpu_per_s: float, share: float, *, replica_reads: bool = False) -> bool:
    """Whether one slot takes its share of the load: 30,000 ECPU/s, with reads from replicas 90,000."""
    most = ECPU_PER_SLOT_AND_S_WITH_REPLICA_READS if replica_reads else ECPU_PER_SLOT_AND_S
    return ecpu_per_s * share <= most


def within(gib: float, ecpu_per_s: float, clients: int) -> bool:
    """Whether data, load and clients are within the limits of one cache."""
    return gib <= MOST_GIB and ecpu_per_s <= MOST_ECPU_PER_S and clients <= MAX_CLIENTS
