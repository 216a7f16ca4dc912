"""EC2: instances follow their template, subnets their addresses, rules and routes AWS's refusals."""

from __future__ import annotations

from floodgate.offline.repairs.ec2 import addresses, instances, routes, security_groups, templates

PARTS = (addresses, instances, routes, security_groups, templates)


def apply() -> None:
    """Importing the parts has applied their repairs."""
