"""Fail-over: which instance becomes the writer, and for how long nobody can write.

Sources: "High availability for Amazon Aurora",
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.AuroraHighAvailability.html; "Multi-AZ DB instance
deployments", https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.MultiAZSingleStandby.html; "Multi-AZ DB
cluster deployments", https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/multi-az-db-clusters-concepts.html.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

FIRST_TIER = 0
LAST_TIER = 15
PROXY_CUT = 0.66
AURORA_TYPICAL_S = (30.0, 60.0)
AURORA_ALONE_S = 600.0
MULTI_AZ_TYPICAL_S = (60.0, 120.0)
MULTI_AZ_CLUSTER_TYPICAL_S = 35.0

Kind = Literal["aurora", "multi-az instance", "multi-az cluster", "single"]


@dataclass(frozen=True, slots=True)
class Replica:
    """A reader that may be promoted: tier 0 first, 15 last; `size` orders instance classes, e.g. their memory."""

    id: str
    tier: int = 1
    size: float = 0.0
    zone: str = ""
    available: bool = True


def promoted(replicas: Iterable[Replica], draw: Callable[[], float]) -> Replica | None:
    """The replica that becomes the writer: the best tier, in it the largest, among equals any; None without one.

    Args:
        replicas: the cluster's readers; those that are not available are passed over.
        draw: chance, a number from 0 to 1 at each call.
    """
    ready = [replica for replica in replicas if replica.available]
    return min(ready, key=lambda replica: (replica.tier, -replica.size, draw()), default=None)


def range_s(kind: Kind, *, readers: int) -> tuple[float, float]:
    """What AWS calls typical: the least and most seconds without a writer.

    Aurora with a reader: often below 30 s, typically below 60 s; without one the writer is made anew, typically in
    less than ten minutes. A Multi-AZ instance takes 60 to 120 s, a Multi-AZ cluster typically less than 35 s.

    Raises:
        ValueError: a single instance has nobody to fail over to.
    """
    if kind == "aurora":
        return (0.0, AURORA_TYPICAL_S[1]) if readers else (AURORA_TYPICAL_S[1], AURORA_ALONE_S)
    if kind == "multi-az instance":
        return MULTI_AZ_TYPICAL_S
    if kind == "multi-az cluster":
        return 0.0, MULTI_AZ_CLUSTER_TYPICAL_S
    raise ValueError("a single instance has no standby; use Multi-AZ or Aurora readers")


def interruption_s(
    failover_s: float, dns_s: float = 0.0, *, proxy: bool = False, proxy_cut: float = PROXY_CUT
) -> float:
    """How long clients cannot write.

    Args:
        failover_s: from the failure until another instance takes writes.
        dns_s: how long clients keep the old address; a proxy does not go by DNS.
        proxy: whether they go through an RDS Proxy.
        proxy_cut: by what share it shortens a fail-over; AWS says up to 66 percent.
    """
    return failover_s * (1.0 - proxy_cut) if proxy else failover_s + dns_s


def lost_connections(sessions: int, in_transaction: int, *, proxy: bool) -> int:
    """Client connections that break: all of them, through a proxy only those in the middle of a transaction.

    Source: "RDS Proxy concepts and terminology",
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.howitworks.html
    """
    return min(sessions, in_transaction) if proxy else sessions


def restarted(readers: Sequence[Replica], promoted_id: str) -> tuple[str, ...]:
    """The instances that restart in a fail-over of Aurora MySQL 2.10 and later: the promoted one and the old writer.

    The other readers go on serving; the old writer is not named here.
    """
    return tuple(replica.id for replica in readers if replica.id == promoted_id)
