"""What a server may do, statement by statement: its own release, settings, secrets, metrics and log, and no more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi

METRIC_NAMESPACE = "Floodgate"


@dataclass(frozen=True)
class Reach:
    """The things of one stack that its servers may touch.

    Attributes:
        artifact_bucket_arn: The bucket with the releases.
        artifact_prefix: The part of it that holds them, e.g. ``releases/``.
        parameter_arn: The service parameter; everything under its folder may be read.
        secret_arns: The secrets of database and cache.
        secret_key_arn: The key that the database's secret is under; the cache's is under AWS's own.
        connect_arn: The database user that servers may be without a password.
        log_group_arn: The log group of the service.
        group_arn_pattern: The Auto Scaling group, whose id is only known once it exists.
        stack: Value of the tag ``floodgate:stack`` that the group must carry.
    """

    artifact_bucket_arn: pulumi.Input[str]
    artifact_prefix: str
    parameter_arn: pulumi.Output[str]
    secret_arns: Sequence[pulumi.Input[str]]
    secret_key_arn: pulumi.Input[str]
    connect_arn: pulumi.Input[str]
    log_group_arn: pulumi.Input[str]
    group_arn_pattern: pulumi.Input[str]
    stack: str


def statements(reach: Reach) -> list[dict[str, Any]]:
    """The statements of the servers' role.

    Only actions for which AWS defines no resource stand on ``*``
    (https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html).
    """
    folder = reach.parameter_arn.apply(lambda arn: arn.rsplit("/", 1)[0])
    return [
        _allow(
            "Release", "s3:GetObject", pulumi.Output.concat(reach.artifact_bucket_arn, f"/{reach.artifact_prefix}*")
        ),
        _allow(
            "Settings",
            ["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"],
            [folder, pulumi.Output.concat(folder, "/*")],
        ),
        _allow("Secrets", "secretsmanager:GetSecretValue", list(reach.secret_arns)),
        {
            **_allow("SecretsKey", "kms:Decrypt", reach.secret_key_arn),
            "Condition": {"StringLike": {"kms:ViaService": "secretsmanager.*.amazonaws.com"}},
        },
        _allow("Database", "rds-db:connect", reach.connect_arn),
        {
            **_allow("Metrics", "cloudwatch:PutMetricData", "*"),
            "Condition": {"StringEquals": {"cloudwatch:namespace": METRIC_NAMESPACE}},
        },
        _allow(
            "Log",
            ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
            [reach.log_group_arn, pulumi.Output.concat(reach.log_group_arn, ":log-stream:*")],
        ),
        {
            **_allow("ReportReady", "autoscaling:CompleteLifecycleAction", reach.group_arn_pattern),
            "Condition": {"StringEquals": {"autoscaling:ResourceTag/floodgate:stack": reach.stack}},
        },
        # admission follows the servers that are in service right now
        _allow(
            "SeeCapacity",
            [
                "autoscaling:DescribeAutoScalingGroups",
                "autoscaling:DescribeAutoScalingInstances",
                "elasticloadbalancing:DescribeTargetHealth",
            ],
            "*",
        ),
    ]


def _allow(sid: str, actions: str | list[str], resources: Any) -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resources}
