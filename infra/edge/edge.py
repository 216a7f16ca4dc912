"""The edge: what stands between a country and the balancer."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from infra.component import Component, Tags
from infra.domain import Certificate, CertificateArgs, Domain, Target
from infra.edge.distribution import Distribution, DistributionArgs
from infra.edge.firewall import CLOUDFRONT_REGION, Firewall, FirewallArgs
from infra.edge.records import Records, RecordsArgs
from infra.edge.settings import EdgeSettings
from infra.edge.static_files import StaticFiles, StaticFilesArgs


@dataclass(frozen=True)
class EdgeArgs:
    """What the edge stands before.

    Attributes:
        settings: The stack's choices.
        origin_name: The balancer's name, which is in its certificate (`Balancer.origin_name`).
        origin_secret: What the edge says to the balancer (`Balancer.origin_secret`).
        domain: The name people type (`Balancer.domain`); None leaves CloudFront's own name or the settings' names.
        production: Whether files and records survive the stack.
        tags: The stack's tags.
    """

    settings: EdgeSettings
    origin_name: pulumi.Input[str]
    origin_secret: pulumi.Input[str]
    domain: Domain | None
    production: bool
    tags: Tags


class Edge(Component):
    """Distribution, firewall, private bucket, records and, with a domain, certificate and names."""

    def __init__(self, name: str, args: EdgeArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("edge", name, args.tags, opts)
        self._args = args
        files = StaticFiles(self.named("static"), StaticFilesArgs(args.production, args.tags), self.child())
        distribution = self._distribution(files)
        files.let_read(distribution.arn)
        self._records(distribution)
        self._point_the_name_here(distribution)
        self.distribution_id = distribution.id
        self.domain_name = pulumi.Output.from_input(self._names[0]) if self._names else distribution.domain_name
        self.static_bucket = files.bucket_name
        self.register_outputs({"domain_name": self.domain_name, "static_bucket": self.static_bucket})

    @property
    def _names(self) -> tuple[str, ...]:
        return self._args.settings.names or ((self._args.domain.domain_name,) if self._args.domain else ())

    def _distribution(self, files: StaticFiles) -> Distribution:
        args = self._args
        firewall = Firewall(self.named("firewall"), FirewallArgs(args.settings.firewall, args.tags), self.child())
        return Distribution(
            self.pulumi_resource_name,
            DistributionArgs(
                settings=args.settings,
                origin_name=args.origin_name,
                origin_secret=args.origin_secret,
                files=files,
                firewall_arn=firewall.arn,
                names=self._names,
                certificate_arn=self._certificate_arn(),
                tags=args.tags,
            ),
            opts=self.child(),
        )

    def _certificate_arn(self) -> pulumi.Input[str] | None:
        domain = self._args.domain
        if self._args.settings.certificate_arn or domain is None:
            return self._args.settings.certificate_arn
        args = CertificateArgs(domain.domain_name, domain.zone_id, self._args.tags, CLOUDFRONT_REGION)
        return Certificate(self.named("certificate"), args, opts=self.child()).arn

    def _records(self, distribution: Distribution) -> None:
        args = RecordsArgs(
            distribution_arn=distribution.arn,
            retention_days=self._args.settings.log_retention_days,
            production=self._args.production,
            tags=self._args.tags,
        )
        Records(self.named("records"), args, opts=self.child())

    def _point_the_name_here(self, distribution: Distribution) -> None:
        domain = self._args.domain
        if domain is None or domain.domain_name not in self._names:
            return
        target = Target(distribution.domain_name, distribution.hosted_zone_id)
        domain.point("edge", domain.domain_name, target)
        domain.point("edge-ipv6", domain.domain_name, target, "AAAA")
