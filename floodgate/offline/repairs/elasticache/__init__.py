"""Amazon ElastiCache: members of replication groups, parameter groups, user groups, serverless caches."""

from __future__ import annotations

from floodgate.offline.repairs.elasticache import parameter_groups, replication_groups, user_groups

PARTS = (parameter_groups, replication_groups, user_groups)


def apply() -> None:
    """Importing the parts has applied their repairs."""
