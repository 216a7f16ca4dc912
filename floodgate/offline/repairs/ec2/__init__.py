"""EC2: instances follow their template, subnets their addresses, rules and routes AWS's refusals."""

from __future__ import annotations

from floodgate.offline.repairs.ec2 import (
    acls,
    addresses,
    deletions,
    endpoints,
    flow_logs,
    gateways,
    instance_settings,
    instances,
    prefix_lists,
    routes,
    security_groups,
    subnets,
    templates,
)

PARTS = (
    acls,
    addresses,
    deletions,
    endpoints,
    flow_logs,
    gateways,
    instance_settings,
    instances,
    prefix_lists,
    routes,
    security_groups,
    subnets,
    templates,
)


def apply() -> None:
    """Importing the parts has applied their repairs."""
