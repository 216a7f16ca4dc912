"""Amazon ElastiCache: replication groups with their members, subnet and parameter groups, users, serverless caches."""

from __future__ import annotations

from floodgate.offline.repairs.elasticache import (
    changes,
    parameter_groups,
    replication_groups,
    serverless,
    subnet_groups,
    user_groups,
    users,
)

PARTS = (parameter_groups, replication_groups, changes, subnet_groups, users, user_groups, serverless)


def apply() -> None:
    """Importing the parts has applied their repairs."""
