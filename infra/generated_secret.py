"""A secret that AWS invents once and nobody types."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.component import Component, Tags


@dataclass(frozen=True)
class GeneratedSecretArgs:
    """What a secret is for.

    Attributes:
        tags: The stack's tags.
        description: Who uses it.
        length: Letters and digits in it.
        recovery_days: How long a deleted secret can be brought back, 7 to 30.
    """

    tags: Tags
    description: str
    length: int = 64
    recovery_days: int = 30


class GeneratedSecret(Component):
    """A Secrets Manager secret of letters and digits; `value` is a secret output."""

    def __init__(self, name: str, args: GeneratedSecretArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("secret", name, args.tags, opts)
        secret = aws.secretsmanager.Secret(
            name,
            description=args.description,
            recovery_window_in_days=args.recovery_days,
            tags=self.tags(),
            opts=self.child(),
        )
        invented = aws.secretsmanager.get_random_password_output(
            password_length=args.length, exclude_punctuation=True, opts=pulumi.InvokeOptions(parent=self)
        )
        version = aws.secretsmanager.SecretVersion(
            self.named("value"),
            secret_id=secret.id,
            secret_string=pulumi.Output.secret(invented.random_password),
            # every run invents another value; the first one stays until the secret is replaced
            opts=self.child(ignore_changes=["secretString"]),
        )
        self.arn = secret.arn
        self.value: pulumi.Output[str] = pulumi.Output.secret(version.secret_string).apply(str)
        self.register_outputs({"arn": self.arn})
