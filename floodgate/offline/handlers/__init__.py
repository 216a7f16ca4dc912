"""One handler for each resource type and function of the AWS provider, by AWS service.

Importing this package registers them all.
"""

from __future__ import annotations

from types import ModuleType

from floodgate.offline.handlers import (
    autoscaling,
    ec2_compute,
    ec2_network,
    ec2_security,
    iam,
    kms,
    messaging,
    monitoring,
    s3,
    secrets,
    ssm,
)

MODULES: tuple[ModuleType, ...] = (
    autoscaling,
    ec2_compute,
    ec2_network,
    ec2_security,
    iam,
    kms,
    messaging,
    monitoring,
    s3,
    secrets,
    ssm,
)
