"""The firewall before the edge; CloudFront takes it from us-east-1 alone."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.component import Component, Tags
from infra.edge.firewall_rules import rules, visibility
from infra.edge.settings import FirewallSettings

CLOUDFRONT_REGION = "us-east-1"


@dataclass(frozen=True)
class FirewallArgs:
    """The stack's choices and tags."""

    settings: FirewallSettings
    tags: Tags


class Firewall(Component):
    """Web ACL and its records."""

    def __init__(self, name: str, args: FirewallArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("edge", name, args.tags, opts)
        self._args = args
        acl = aws.wafv2.WebAcl(
            name,
            region=CLOUDFRONT_REGION,
            scope="CLOUDFRONT",
            description="Limits per address and managed rules",
            default_action={"allow": {}},
            rules=rules(args.settings),
            visibility_config=visibility(name),
            tags=self.tags(),
            opts=self.child(),
        )
        self.arn = acl.arn
        self._records(acl)
        self.register_outputs({"arn": self.arn})

    def _records(self, acl: aws.wafv2.WebAcl) -> None:
        group = aws.cloudwatch.LogGroup(
            self.named("records"),
            # AWS WAF writes only to groups whose names begin so:
            # https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html
            name=f"aws-waf-logs-{pulumi.get_stack()}-{self.pulumi_resource_name}",
            region=CLOUDFRONT_REGION,
            retention_in_days=self._args.settings.log_retention_days,
            tags=self.tags("records"),
            opts=self.child(),
        )
        aws.wafv2.WebAclLoggingConfiguration(
            self.named("records"),
            region=CLOUDFRONT_REGION,
            resource_arn=acl.arn,
            log_destination_configs=[group.arn],
            # passes and sessions would let whoever reads the records go in as somebody else
            redacted_fields=[{"single_header": {"name": name}} for name in ("authorization", "cookie")],
            opts=self.child(),
        )
