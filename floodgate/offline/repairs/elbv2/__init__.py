"""Elastic Load Balancing: capacity reservations, protection, and complete attributes."""

from __future__ import annotations

from floodgate.offline.repairs.elbv2 import attributes, balancers, changes, listeners

PARTS = (attributes, balancers, changes, listeners)


def apply() -> None:
    """Importing the parts has applied their repairs."""
