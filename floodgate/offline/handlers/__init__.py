"""One handler for each resource type and function of the AWS provider, by AWS service.

Importing this package registers them all.
"""

from __future__ import annotations

from types import ModuleType

from floodgate.offline.handlers import (
    app_autoscaling,
    autoscaling,
    balancing,
    caches,
    certificates,
    database_groups,
    databases,
    dns,
    ec2_compute,
    ec2_network,
    ec2_routes,
    ec2_security,
    edge,
    functions,
    functions_ec2,
    iam,
    kms,
    log_delivery,
    messaging,
    monitoring,
    s3,
    secrets,
    ssm,
    waf,
)

MODULES: tuple[ModuleType, ...] = (
    app_autoscaling,
    autoscaling,
    balancing,
    caches,
    certificates,
    database_groups,
    databases,
    dns,
    ec2_compute,
    ec2_network,
    ec2_routes,
    ec2_security,
    edge,
    functions,
    functions_ec2,
    iam,
    kms,
    log_delivery,
    messaging,
    monitoring,
    s3,
    secrets,
    ssm,
    waf,
)
