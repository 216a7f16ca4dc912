"""How many connections a database takes, and whether the largest fleet stays below.

PostgreSQL's default on RDS and Aurora is ``LEAST({DBInstanceClassMemory/9531392},5000)``:
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html#RDS_Limits.MaxConnections
"""

from __future__ import annotations

import re
from dataclasses import dataclass

BYTES_PER_CONNECTION = 9_531_392
MOST_CONNECTIONS = 5_000
# PostgreSQL keeps three for the superuser, RDS some for itself and its proxy
KEPT_BY_AWS = 20
GIBIBYTE = 1024**3
# the memory of a class is less than its name's by what the operating system and RDS take; AWS prints about 1,300
# where 16 GiB would give 1,365 (same page)
MEMORY_LEFT = 1_300 / 1_365

# GiB of memory per virtual CPU: https://aws.amazon.com/rds/instance-types/
_GIB_PER_VCPU = {"r": 8, "x": 16, "m": 4, "c": 2}
_BURSTABLE_GIB = {"micro": 1, "small": 2, "medium": 4, "large": 8, "xlarge": 16, "2xlarge": 32}
_CLASS = re.compile(r"^db\.(?P<kind>[a-z])(?P<generation>\d+)[a-z]*\.(?P<size>micro|small|medium|large|\d*xlarge)$")


def class_memory_gib(instance_class: str) -> float:
    """Memory of an instance class by its name.

    Raises:
        ValueError: The name is of no family known here.
    """
    match = _CLASS.match(instance_class)
    if match and match["kind"] == "t" and match["size"] in _BURSTABLE_GIB:
        return _BURSTABLE_GIB[match["size"]]
    if match and match["kind"] in _GIB_PER_VCPU and match["size"].endswith("large"):
        return _GIB_PER_VCPU[match["kind"]] * _vcpus(match["size"])
    raise ValueError(
        f"instanceClass is {instance_class}, but its memory is not known; "
        f"choose a class such as db.r8g.2xlarge, db.m8g.large or db.t4g.small"
    )


def max_connections(instance_class: str) -> int:
    """PostgreSQL's default limit on a class, on the cautious side."""
    memory = class_memory_gib(instance_class) * GIBIBYTE * MEMORY_LEFT
    return min(int(memory // BYTES_PER_CONNECTION), MOST_CONNECTIONS)


@dataclass(frozen=True, slots=True)
class ConnectionBudget:
    """What the writer takes, by way of the proxy or without.

    Attributes:
        limit: The database's own limit.
        proxy_percent: The share the proxy may open, or None without a proxy.
        clients_per_connection: How many of the servers' connections one of the proxy's carries.
    """

    limit: int
    proxy_percent: int | None = None
    clients_per_connection: float = 1.0

    @property
    def to_database(self) -> int:
        """Connections that may be open to the database at once."""
        if self.proxy_percent is None:
            return max(0, self.limit - KEPT_BY_AWS)
        return self.limit * self.proxy_percent // 100

    @property
    def from_servers(self) -> int:
        """Connections that the servers may hold between them."""
        return int(self.to_database * (self.clients_per_connection if self.proxy_percent is not None else 1.0))

    def most_servers(self, connections_per_server: int) -> int:
        """The largest fleet whose connections all find a place."""
        return self.from_servers // max(1, connections_per_server)


def _vcpus(size: str) -> int:
    if size == "large":
        return 2
    return 4 * int(size.removesuffix("xlarge") or 1)
