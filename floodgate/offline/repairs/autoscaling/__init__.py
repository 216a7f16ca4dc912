"""Auto Scaling: moto's weakest service, repaired where a group's size, policies and instances go wrong."""

from __future__ import annotations

from floodgate.offline.repairs.autoscaling import (
    fleet,
    groups,
    hooks,
    metrics,
    notifications,
    policies,
    refreshes,
    schedules,
    traffic,
    warm_pools,
)

PARTS = (fleet, groups, hooks, metrics, notifications, policies, refreshes, schedules, traffic, warm_pools)


def apply() -> None:
    """Importing the parts has applied their repairs."""
