"""A name in Route 53: its zone, certificates for it, and records that point it somewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pulumi
import pulumi_aws as aws

from infra.component import Component, Tags


@dataclass(frozen=True)
class Target:
    """What a name points at: a balancer or a distribution, with the zone AWS keeps it in."""

    dns_name: pulumi.Input[str]
    zone_id: pulumi.Input[str]


@dataclass(frozen=True)
class DomainArgs:
    """The name, the zone that holds it (None makes one), and the stack's tags."""

    name: str
    hosted_zone_id: str | None
    tags: Tags


class Domain(Component):
    """A hosted zone, found or made."""

    def __init__(self, name: str, args: DomainArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("domain", name, args.tags, opts)
        self.domain_name = args.name
        self.name_servers: pulumi.Output[Sequence[str]] | None = None
        if args.hosted_zone_id is None:
            zone = aws.route53.Zone(name, name=args.name, tags=self.tags(), opts=self.child())
            self.zone_id: pulumi.Output[str] = zone.zone_id
            self.name_servers = zone.name_servers
        else:
            self.zone_id = pulumi.Output.from_input(args.hosted_zone_id)
        self.register_outputs({"zone_id": self.zone_id, "name_servers": self.name_servers})

    def point(self, suffix: str, domain_name: str, target: Target, kind: Literal["A", "AAAA"] = "A") -> None:
        """Let a name in this zone lead to a balancer or a distribution."""
        aws.route53.Record(
            self.named(suffix),
            zone_id=self.zone_id,
            name=domain_name,
            type=kind,
            aliases=[{"name": target.dns_name, "zone_id": target.zone_id, "evaluate_target_health": False}],
            opts=self.child(),
        )


@dataclass(frozen=True)
class CertificateArgs:
    """The name a certificate is for, the zone that proves it, its Region (None: the stack's), and tags."""

    domain_name: str
    zone_id: pulumi.Input[str]
    tags: Tags
    region: str | None = None


class Certificate(Component):
    """A certificate of one name, proved by a DNS record; `arn` waits until it is issued."""

    def __init__(self, name: str, args: CertificateArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("domain", name, args.tags, opts)
        certificate = aws.acm.Certificate(
            name,
            domain_name=args.domain_name,
            validation_method="DNS",
            region=args.region,
            tags=self.tags(),
            opts=self.child(),
        )
        self.arn = self._issued(certificate, args)
        self.register_outputs({"arn": self.arn})

    def _issued(self, certificate: aws.acm.Certificate, args: CertificateArgs) -> pulumi.Output[str]:
        proof = certificate.domain_validation_options[0]
        record = aws.route53.Record(
            self.named("proof"),
            zone_id=args.zone_id,
            name=proof.resource_record_name,
            type=proof.resource_record_type,
            records=[proof.resource_record_value],
            ttl=60,
            # ACM asks for the same record again when the certificate is replaced
            allow_overwrite=True,
            opts=self.child(),
        )
        validation = aws.acm.CertificateValidation(
            self.named("issued"),
            certificate_arn=certificate.arn,
            validation_record_fqdns=[record.fqdn],
            region=args.region,
            opts=self.child(),
        )
        return validation.certificate_arn
