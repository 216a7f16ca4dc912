"""AWS services reached from inside the VPC, without NAT and its price per gigabyte."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.component import Component, Tags


@dataclass(frozen=True)
class EndpointsArgs:
    """Where endpoints stand, who routes to them, and which services they are for."""

    vpc_id: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    route_table_ids: Sequence[pulumi.Input[str]]
    security_group_id: pulumi.Input[str]
    services: Sequence[str]
    tags: Tags


class Endpoints(Component):
    """S3's gateway, and an interface for each other service."""

    def __init__(self, name: str, args: EndpointsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("network", name, args.tags, opts)
        self._args = args
        self._region = aws.get_region_output(opts=pulumi.InvokeOptions(parent=self)).region
        self._gateway()
        for service in args.services:
            self._interface(service)
        self.register_outputs({})

    def _service_name(self, service: str) -> pulumi.Output[str]:
        return pulumi.Output.concat("com.amazonaws.", self._region, ".", service)

    def _gateway(self) -> None:
        aws.ec2.VpcEndpoint(
            self.named("s3"),
            vpc_id=self._args.vpc_id,
            service_name=self._service_name("s3"),
            vpc_endpoint_type="Gateway",
            route_table_ids=self._args.route_table_ids,
            tags=self.tags("s3"),
            opts=self.child(),
        )

    def _interface(self, service: str) -> None:
        aws.ec2.VpcEndpoint(
            self.named(service),
            vpc_id=self._args.vpc_id,
            service_name=self._service_name(service),
            vpc_endpoint_type="Interface",
            private_dns_enabled=True,
            subnet_ids=self._args.subnet_ids,
            security_group_ids=[self._args.security_group_id],
            tags=self.tags(service),
            opts=self.child(),
        )
