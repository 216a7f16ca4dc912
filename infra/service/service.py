"""What the stack tells its service: one SSM parameter that servers read when they start."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.component import Component, Tags
from infra.service.settings import ServiceSettings


@dataclass(frozen=True)
class ServiceArgs:
    """The stack's choices, its name and its tags."""

    settings: ServiceSettings
    stack: str
    tags: Tags


class Service(Component):
    """The service parameter ``/floodgate/<stack>/service``."""

    def __init__(self, name: str, args: ServiceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("service", name, args.tags, opts)
        self.parameter = aws.ssm.Parameter(
            self.named("parameter"),
            name=f"/floodgate/{args.stack}/service",
            description="How the servers of this stack admit people",
            type="String",
            value=args.settings.as_parameter(),
            tags=self.tags("parameter"),
            opts=self.child(),
        )
        self.register_outputs({"parameter": self.parameter.name})
