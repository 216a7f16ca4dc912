"""moto, repaired where it is wrong for a scaling stack and completed where it lacks one: a module for each service."""

from __future__ import annotations

from types import ModuleType

# first: moto reads its switches when it is imported, which the repairs do
from floodgate.offline import environment
from floodgate.offline.repairs import (
    acm,
    applicationautoscaling,
    autoscaling,
    cloudfront,
    cloudwatch,
    core,
    ec2,
    elasticache,
    elbv2,
    iam,
    images,
    kms,
    logs,
    rds,
    route53,
    s3,
    secretsmanager,
    servicequotas,
    sns,
    speed,
    sqs,
    wafv2,
)

MODULES: tuple[ModuleType, ...] = (
    core,
    images,
    speed,
    acm,
    applicationautoscaling,
    autoscaling,
    cloudfront,
    cloudwatch,
    ec2,
    elasticache,
    elbv2,
    iam,
    kms,
    logs,
    rds,
    route53,
    s3,
    secretsmanager,
    servicequotas,
    sns,
    sqs,
    wafv2,
)


def apply_all() -> None:
    """Apply every repair once; further calls change nothing."""
    environment.prepare()
    for module in MODULES:
        module.apply()
