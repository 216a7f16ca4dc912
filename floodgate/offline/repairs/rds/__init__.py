"""Amazon RDS: identities, zones, engine versions, insights, changes, deletions, and the proxy."""

from __future__ import annotations

from floodgate.offline.repairs.rds import changes, databases, deletions, engines, groups, proxies

PARTS = (databases, engines, proxies, changes, deletions, groups)


def apply() -> None:
    """Importing the parts has applied their repairs."""
