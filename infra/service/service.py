"""What the stack tells its service: one SSM parameter that servers read when they start, and the secret they share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.component import Component, Tags
from infra.generated_secret import GeneratedSecret, GeneratedSecretArgs
from infra.openings import Opening
from infra.service.parameter import parameter, tier
from infra.service.settings import ServiceSettings


@dataclass(frozen=True)
class ServiceArgs:
    """The stack's choices, its openings, name and tags, and whether people depend on it."""

    settings: ServiceSettings
    openings: Sequence[Opening]
    stack: str
    production: bool
    tags: Tags


class Service(Component):
    """The service parameter ``/floodgate/<stack>/service``, and the secret from which servers derive every key."""

    def __init__(self, name: str, args: ServiceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("service", name, args.tags, opts)
        text = parameter(args.settings, args.openings)
        self.parameter = aws.ssm.Parameter(
            self.named("parameter"),
            name=f"/floodgate/{args.stack}/service",
            description="How the servers of this stack admit people",
            type="String",
            tier=tier(text),
            value=text,
            tags=self.tags("parameter"),
            opts=self.child(),
        )
        secret_args = GeneratedSecretArgs(
            tags=args.tags,
            description="What the servers sign tickets and passes with, and encrypt contacts",
            recovery_days=30 if args.production else 7,
        )
        self.secret_arn = GeneratedSecret(self.named("keys"), secret_args, opts=self.child()).arn
        self.register_outputs({"parameter": self.parameter.name})
