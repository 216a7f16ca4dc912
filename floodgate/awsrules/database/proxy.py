"""RDS Proxy: how many connections it opens and keeps, who waits for one and for how long.

Sources: "RDS Proxy connection considerations",
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-connections.html; "Managing an RDS Proxy",
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-managing.html; "Avoiding pinning an RDS Proxy",
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-pinning.html; "ConnectionPoolConfiguration",
https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ConnectionPoolConfiguration.html.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

HEADROOM_PERCENT = 30
PINNING_STATEMENT_BYTES = 16 * 1024
CLIENT_IDLE_S = 1_800
CLIENT_LIFE_S = 24 * 3_600
CONNECTION_IDLE_S = 300
CONNECTION_LIFE_S = 24 * 3_600
PROXIES_PER_ACCOUNT = 20

Outcome = Literal["served", "queued", "refused"]


@dataclass(frozen=True, slots=True)
class Pool:
    """A proxy's pool of connections; the defaults are AWS's, `idle_percent` of None is half of what it may open."""

    percent: int = 100
    idle_percent: int | None = None
    borrow_timeout_s: float = 120.0

    @classmethod
    def of(cls, engine: str) -> Pool:
        """The pool that AWS sets up for an engine: all connections, of SQL Server a tenth."""
        return cls(percent=10) if engine.startswith("sqlserver") else cls()

    def most(self, max_connections: int) -> int:
        """Connections that it may open."""
        return proxy_connections(max_connections, self.percent)

    def kept(self, max_connections: int) -> int:
        """Idle connections that it keeps open, of those that have seen nothing for five minutes."""
        idle = proxy_idle_percent(self.percent) if self.idle_percent is None else self.idle_percent
        return proxy_connections(max_connections, min(idle, self.percent))


def proxy_connections(max_connections: int, percent: int) -> int:
    """Connections that an RDS Proxy may open: a percentage of what the database takes."""
    return max_connections * percent // 100


def proxy_idle_percent(percent: int) -> int:
    """The share of idle connections that a proxy keeps if it is not told: half of what it may open."""
    return percent // 2


def advised_percent(peak_connections: int, max_connections: int) -> int:
    """The percentage that leaves the advised headroom of 30 percent above the largest use."""
    return min(100, -(-peak_connections * (100 + HEADROOM_PERCENT) // max_connections))


def pins(
    *, statement_bytes: int = 0, changes_session: bool = False, temporary_table: bool = False, prepared: bool = False
) -> bool:
    """Whether a session keeps its connection to its end, so that nobody else can use it.

    Long statements (more than 16 KB), changed session state, temporary tables and, for some engines, prepared
    statements pin it.
    """
    return statement_bytes > PINNING_STATEMENT_BYTES or changes_session or temporary_table or prepared


def busy(transactions_per_s: float, transaction_s: float, pinned: int = 0) -> float:
    """Connections in use on average: those of transactions under way, by Little's law, and the pinned ones.

    Sessions share connections from transaction to transaction (multiplexing); a pinned one shares none.
    """
    return transactions_per_s * transaction_s + pinned


def borrow(in_use: int, most: int, wait_s: float, timeout_s: float) -> Outcome:
    """What becomes of a transaction that wants a connection.

    Args:
        in_use: connections in use, pinned ones among them.
        most: connections that the proxy may open.
        wait_s: how long until one is free, infinity where the database is away longer than anybody can tell.
        timeout_s: the borrow timeout, after which the client gets an error.
    """
    if in_use < most:
        return "served"
    return "queued" if wait_s <= timeout_s else "refused"


def longest_queue(most: int, transaction_s: float, timeout_s: float) -> int:
    """Transactions that can wait and still be served before their borrow timeout; more are shed."""
    return int(most * timeout_s / transaction_s) if transaction_s > 0 else 0
