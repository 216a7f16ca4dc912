"""Where the balancer records every request."""

from __future__ import annotations

from typing import Any

import pulumi
import pulumi_aws as aws

from infra.private_bucket import PrivateBucket

PREFIX = "balancer"
# in every Region; the accounts by Region that older stacks name are the legacy way:
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
LOG_DELIVERY = "logdelivery.elasticloadbalancing.amazonaws.com"


def let_balancers_write(bucket: PrivateBucket) -> aws.s3.BucketPolicy:
    """Let this account's load balancers write their access logs, and nobody else anything."""
    account = aws.get_caller_identity_output(opts=pulumi.InvokeOptions(parent=bucket)).account_id
    statement: dict[str, Any] = {
        "Sid": "BalancerLogs",
        "Effect": "Allow",
        "Principal": {"Service": LOG_DELIVERY},
        "Action": "s3:PutObject",
        "Resource": pulumi.Output.concat(bucket.arn, f"/{PREFIX}/AWSLogs/", account, "/*"),
    }
    return bucket.allow([statement])
