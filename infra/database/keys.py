"""The keys and roles that the database needs around it."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.component import Component, Tags
from infra.policy_documents import document, trust

# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html
MONITORING_POLICY = "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"


@dataclass(frozen=True)
class KeysArgs:
    """Whether the operating system is monitored, whether backups outlive the stack, and the stack's tags."""

    monitored: bool
    production: bool
    tags: Tags


class Keys(Component):
    """One key for storage, insights and the master password; the role that reports the operating system."""

    def __init__(self, name: str, args: KeysArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("database", name, args.tags, opts)
        key = aws.kms.Key(
            self.named("key"),
            description="The database: storage, insights, master password",
            enable_key_rotation=True,
            deletion_window_in_days=30,
            tags=self.tags("key"),
            # the last snapshot and the backups stay when the stack goes, and nobody reads them without their key
            opts=self.child(retain_on_delete=args.production),
        )
        self.key_arn = key.arn
        self.monitoring_role_arn = self._monitoring_role() if args.monitored else None
        self.register_outputs({"key_arn": self.key_arn})

    def _monitoring_role(self) -> pulumi.Output[str]:
        account = aws.get_caller_identity_output(opts=pulumi.InvokeOptions(parent=self)).account_id
        role = aws.iam.Role(
            self.named("monitoring"),
            assume_role_policy=trust("monitoring.rds.amazonaws.com", account),
            tags=self.tags("monitoring"),
            opts=self.child(),
        )
        attachment = aws.iam.RolePolicyAttachment(
            self.named("monitoring"), role=role.name, policy_arn=MONITORING_POLICY, opts=self.child()
        )
        # RDS tries the role the moment it is named, so it is named only with its rights
        return pulumi.Output.all(role.arn, attachment.id).apply(lambda both: str(both[0]))


def may_read_secret(secret_arn: pulumi.Input[str], key_arn: pulumi.Input[str]) -> pulumi.Output[str]:
    """A policy to read one secret and to decrypt it, in Secrets Manager only."""
    region = aws.get_region_output().region
    return document(
        [
            {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": secret_arn},
            {
                "Effect": "Allow",
                "Action": "kms:Decrypt",
                "Resource": key_arn,
                "Condition": {
                    "StringEquals": {
                        "kms:ViaService": pulumi.Output.concat("secretsmanager.", region, ".amazonaws.com")
                    }
                },
            },
        ]
    )
