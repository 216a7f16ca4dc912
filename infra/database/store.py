"""What both kinds of database have in common: where they stand, and how they are kept and watched."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

import pulumi
import pulumi_aws as aws

from infra.component import Component, Tags
from infra.database.settings import DatabaseSettings
from infra.network.flows import DATABASE_PORT

# what insights keep: a week without charge, fifteen months
INSIGHTS_DAYS = {"standard": 7, "advanced": 465}

# otherwise a larger class waits for the maintenance window, which may be after the opening it was meant for, while
# the deployment says that it is done; a deployment that changes the class therefore belongs to a quiet hour
APPLY_IMMEDIATELY = True


@dataclass(frozen=True)
class StoreArgs:
    """Where a database stands, with which key and role.

    Attributes:
        settings: The stack's choices.
        subnet_group_name: Data subnets.
        security_group_id: Who may call it.
        key_arn: For storage, insights and the master password.
        monitoring_role_arn: Reports the operating system; None where it is not watched.
        production: Whether a last snapshot and the backups survive it.
        tags: The stack's tags.
    """

    settings: DatabaseSettings
    subnet_group_name: pulumi.Input[str]
    security_group_id: pulumi.Input[str]
    key_arn: pulumi.Input[str]
    monitoring_role_arn: pulumi.Input[str] | None
    production: bool
    tags: Tags


def identifier() -> str:
    """The database's name in AWS: not made up by Pulumi, because AWS names its log group after it."""
    return re.sub(r"[^a-z0-9]+", "-", f"{pulumi.get_project()}-{pulumi.get_stack()}".lower()).strip("-")


def log_group(component: Component, kind: Literal["cluster", "instance"], args: StoreArgs) -> aws.cloudwatch.LogGroup:
    """Where RDS writes the log; RDS would make it by itself, and keep for ever what is written there."""
    return aws.cloudwatch.LogGroup(
        component.named("log"),
        name=f"/aws/rds/{kind}/{identifier()}/postgresql",
        retention_in_days=args.settings.log_retention_days,
        tags=component.tags("log"),
        opts=component.child(),
    )


def closed(args: StoreArgs) -> dict[str, Any]:
    """Arguments of a database that is encrypted, and open to none but its group, by password or IAM."""
    return {
        "port": DATABASE_PORT,
        "db_subnet_group_name": args.subnet_group_name,
        "vpc_security_group_ids": [args.security_group_id],
        "storage_encrypted": True,
        "kms_key_id": args.key_arn,
        "manage_master_user_password": True,
        "master_user_secret_kms_key_id": args.key_arn,
        "iam_database_authentication_enabled": True,
    }


def kept(args: StoreArgs, final_snapshot: str) -> dict[str, Any]:
    """Arguments of a database that is not lost by mistake, and neither is its log."""
    return {
        "backup_retention_period": args.settings.backup_retention_days,
        "copy_tags_to_snapshot": True,
        "enabled_cloudwatch_logs_exports": ["postgresql"],
        "deletion_protection": args.settings.deletion_protection,
        "apply_immediately": APPLY_IMMEDIATELY,
        "delete_automated_backups": not args.production,
        "skip_final_snapshot": not args.production,
        "final_snapshot_identifier": final_snapshot if args.production else None,
    }


def insights(args: StoreArgs) -> dict[str, Any]:
    """Arguments of whatever keeps insights."""
    return {
        "performance_insights_enabled": True,
        "performance_insights_kms_key_id": args.key_arn,
        "performance_insights_retention_period": INSIGHTS_DAYS[args.settings.insights],
    }


def monitored(args: StoreArgs) -> dict[str, Any]:
    """Arguments of an instance whose operating system is watched."""
    return {
        "monitoring_interval": args.settings.monitoring_interval_s,
        "monitoring_role_arn": args.monitoring_role_arn,
    }
