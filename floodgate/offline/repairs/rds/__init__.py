"""Amazon RDS: identities, zones, engine versions, insights, and the proxy."""

from __future__ import annotations

from floodgate.offline.repairs.rds import databases, engines, proxies

PARTS = (databases, engines, proxies)


def apply() -> None:
    """Importing the parts has applied their repairs."""
