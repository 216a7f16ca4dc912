"""What AWS refuses: one check for each API operation, one module for each service.

A check takes the operation's parameters as boto3 sends them and the facts of the account, and raises
`floodgate.awsrules.refusal.Refusal` where AWS would refuse. What botocore's own model already knows (names,
types, enumerations and ranges of fields) is not repeated here.
"""

from __future__ import annotations

from floodgate.awsrules.legality import (
    application_autoscaling,
    autoscaling,
    cloudwatch,
    ec2,
    elasticache,
    elbv2,
    rds,
)
from floodgate.awsrules.legality.facts import Check, Facts

__all__ = ["CHECKS", "Check", "Facts"]

CHECKS: dict[tuple[str, str], Check] = {
    (service, operation): check
    for service, checks in (
        ("autoscaling", autoscaling.CHECKS),
        ("application-autoscaling", application_autoscaling.CHECKS),
        ("cloudwatch", cloudwatch.CHECKS),
        ("ec2", ec2.CHECKS),
        ("elbv2", elbv2.CHECKS),
        ("rds", rds.CHECKS),
        ("elasticache", elasticache.CHECKS),
    )
    for operation, check in checks.items()
}
