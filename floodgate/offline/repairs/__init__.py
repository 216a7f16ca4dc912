"""moto, repaired where it is wrong for a scaling stack and completed where it lacks one: a module for each service."""

from __future__ import annotations

from types import ModuleType

# first: moto reads its switches when it is imported, which the repairs do
from floodgate.offline import environment
from floodgate.offline.repairs import (
    applicationautoscaling,
    autoscaling,
    cloudwatch,
    core,
    ec2,
    elasticache,
    elbv2,
    iam,
    images,
    rds,
    s3,
    servicequotas,
)

MODULES: tuple[ModuleType, ...] = (
    core,
    images,
    applicationautoscaling,
    autoscaling,
    cloudwatch,
    ec2,
    elasticache,
    elbv2,
    iam,
    rds,
    s3,
    servicequotas,
)


def apply_all() -> None:
    """Apply every repair once; further calls change nothing."""
    environment.prepare()
    for module in MODULES:
        module.apply()
