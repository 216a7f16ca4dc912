"""One security group per tier, and one rule resource for each end of each path."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from infra.component import Component, Tags
from infra.network.flows import OUTSIDE, TIERS, Flow, Peer, Tier

EVERYWHERE = "0.0.0.0/0"
CLOUDFRONT_PREFIX_LIST = "com.amazonaws.global.cloudfront.origin-facing"

PURPOSE: dict[Tier, str] = {
    "balancer": "Load balancer, the only door to the servers",
    "app": "Servers",
    "proxy": "Database proxy",
    "data": "Database instances",
    "cache": "Cache nodes",
    "endpoints": "Endpoints of AWS services",
}


@dataclass(frozen=True)
class SecurityGroupsArgs:
    """The VPC, the paths in it, and the stack's tags."""

    vpc_id: pulumi.Input[str]
    flows: tuple[Flow, ...]
    tags: Tags


class SecurityGroups(Component):
    """The groups by tier; without a rule nothing goes in or out."""

    def __init__(self, name: str, args: SecurityGroupsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("network", name, args.tags, opts)
        self._args = args
        self._close_the_default_group()
        self._groups: dict[Peer, aws.ec2.SecurityGroup] = {tier: self._group(tier) for tier in TIERS}
        self._prefix_list_id = self._cloudfront() if any(flow.source == "edge" for flow in args.flows) else None
        self._rules(args.flows)
        self.balancer_id, self.app_id, self.proxy_id, self.data_id, self.cache_id, self.endpoints_id = (
            self._groups[tier].id for tier in TIERS
        )
        self.register_outputs({f"{tier}_id": group.id for tier, group in self._groups.items()})

    def _close_the_default_group(self) -> None:
        # whatever is started without a group gets this one; it allows nothing
        aws.ec2.DefaultSecurityGroup(
            self.named("default"), vpc_id=self._args.vpc_id, tags=self.tags("default"), opts=self.child()
        )

    def _group(self, tier: Tier) -> aws.ec2.SecurityGroup:
        return aws.ec2.SecurityGroup(
            self.named(tier),
            vpc_id=self._args.vpc_id,
            description=PURPOSE[tier],
            tags=self.tags(tier),
            opts=self.child(),
        )

    def _cloudfront(self) -> pulumi.Output[str]:
        return aws.ec2.get_managed_prefix_list_output(
            name=CLOUDFRONT_PREFIX_LIST, opts=pulumi.InvokeOptions(parent=self)
        ).id

    def _rules(self, flows: Iterable[Flow]) -> None:
        for flow in flows:
            if flow.target not in OUTSIDE:
                self._ingress(flow, self._groups[flow.target])
            if flow.source not in OUTSIDE:
                self._egress(flow, self._groups[flow.source])

    def _ingress(self, flow: Flow, group: aws.ec2.SecurityGroup) -> None:
        suffix = f"{flow.name}-in"
        aws.vpc.SecurityGroupIngressRule(
            self.named(suffix),
            security_group_id=group.id,
            description=f"From {flow.source}",
            ip_protocol="tcp",
            from_port=flow.port,
            to_port=flow.port,
            tags=self.tags(suffix),
            opts=self.child(),
            **self._peer(flow.source),
        )

    def _egress(self, flow: Flow, group: aws.ec2.SecurityGroup) -> None:
        suffix = f"{flow.name}-out"
        aws.vpc.SecurityGroupEgressRule(
            self.named(suffix),
            security_group_id=group.id,
            description=f"To {flow.target}",
            ip_protocol="tcp",
            from_port=flow.port,
            to_port=flow.port,
            tags=self.tags(suffix),
            opts=self.child(),
            **self._peer(flow.target),
        )

    def _peer(self, peer: Peer) -> dict[str, Any]:
        if peer == "world":
            return {"cidr_ipv4": EVERYWHERE}
        if peer == "edge":
            return {"prefix_list_id": self._prefix_list_id}
        return {"referenced_security_group_id": self._groups[peer].id}
