"""The load balancer before the fleet, with the capacity it holds ready."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.balancer.access_logs import PREFIX, let_balancers_write
from infra.balancer.lcu import estimate, reservation
from infra.balancer.listeners import Listeners, ListenersArgs
from infra.balancer.settings import BalancerSettings
from infra.component import Component, Tags
from infra.domain import Certificate, CertificateArgs, Domain, DomainArgs, Target
from infra.generated_secret import GeneratedSecret, GeneratedSecretArgs
from infra.private_bucket import PrivateBucket, PrivateBucketArgs


@dataclass(frozen=True)
class BalancerArgs:
    """What the balancer stands between.

    Attributes:
        settings: The stack's choices.
        vpc_id: The network.
        subnet_ids: Public subnets, one per zone.
        security_group_id: The balancer's group.
        target_port: The port on which servers answer.
        journeys_per_s: People who begin their way through the service each second when the largest fleet serves;
            from it the reservation is derived.
        edge: Whether CloudFront stands before it and nobody else may come through.
        production: Whether logs survive the stack.
        tags: The stack's tags.
        after: What must stand before it: AWS refuses a balancer in a network that has no internet gateway yet.
    """

    settings: BalancerSettings
    vpc_id: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    security_group_id: pulumi.Input[str]
    target_port: int
    journeys_per_s: float
    edge: bool
    production: bool
    tags: Tags
    after: Sequence[pulumi.Resource] = ()


# a reservation takes minutes or hours; after the provider's ten minutes Pulumi would take the balancer for failed and
# replace it: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/capacity-unit-reservation.html
PATIENCE = pulumi.CustomTimeouts(create="4h", update="4h")


class Balancer(Component):
    """Application Load Balancer, target group, listeners, certificate, records and logs."""

    def __init__(self, name: str, args: BalancerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("balancer", name, args.tags, opts)
        self._args = args
        self.domain = self._domain()
        self.origin_name = self._origin_name()
        self.origin_secret = self._origin_secret() if args.edge else None
        balancer = self._balancer()
        group = self._target_group()
        listeners = self._listeners(balancer, group)
        self.arn = balancer.arn
        self.arn_suffix = balancer.arn_suffix
        self.dns_name = balancer.dns_name
        self.zone_id = balancer.zone_id
        # a scaling policy on requests per target is refused until a listener leads to the group
        self.target_group_arn = _once(listeners.ready, group.arn)
        self.target_group_arn_suffix = _once(listeners.ready, group.arn_suffix)
        self._point_the_name_here()
        self.register_outputs({"arn": self.arn, "dns_name": self.dns_name, "target_group_arn": self.target_group_arn})

    def _domain(self) -> Domain | None:
        chosen = self._args.settings.domain
        if chosen is None:
            return None
        args = DomainArgs(chosen.name, chosen.hosted_zone_id, self._args.tags)
        return Domain(self.named("domain"), args, opts=self.child())

    def _origin_name(self) -> str | None:
        settings = self._args.settings
        return settings.domain.at_balancer(edge=self._args.edge) if settings.domain else settings.origin_name

    def _origin_secret(self) -> pulumi.Output[str]:
        args = GeneratedSecretArgs(
            tags=self._args.tags,
            description="What the edge says to the balancer",
            recovery_days=30 if self._args.production else 7,
        )
        return GeneratedSecret(self.named("secret"), args, opts=self.child()).value

    def _log_bucket(self) -> tuple[PrivateBucket, aws.s3.BucketPolicy]:
        args = PrivateBucketArgs(
            tags=self._args.tags,
            expire_days=self._args.settings.access_log_retention_days,
            force_destroy=not self._args.production,
        )
        bucket = PrivateBucket(self.named("logs"), args, opts=self.child())
        return bucket, let_balancers_write(bucket)

    def _balancer(self) -> aws.lb.LoadBalancer:
        settings = self._args.settings
        logs, permission = self._log_bucket()
        units = self.reserved_units
        return aws.lb.LoadBalancer(
            self.pulumi_resource_name,
            load_balancer_type="application",
            internal=False,
            subnets=self._args.subnet_ids,
            security_groups=[self._args.security_group_id],
            idle_timeout=settings.idle_timeout_s,
            drop_invalid_header_fields=True,
            desync_mitigation_mode="defensive",
            enable_deletion_protection=settings.deletion_protection,
            access_logs={"bucket": logs.name, "prefix": PREFIX, "enabled": True},
            minimum_load_balancer_capacity={"capacity_units": units} if units else None,
            tags=self.tags(),
            opts=self.child(depends_on=[permission, *self._args.after], custom_timeouts=PATIENCE if units else None),
        )

    @property
    def reserved_units(self) -> int | None:
        """Capacity units held ready: as declared, or derived from the journeys; None where nothing is reserved."""
        chosen = self._args.settings.reservation
        if chosen is None:
            return None
        return chosen.lcus or reservation(estimate(self._args.journeys_per_s, chosen.journey), chosen.headroom_percent)

    def _target_group(self) -> aws.lb.TargetGroup:
        settings = self._args.settings
        return aws.lb.TargetGroup(
            self.named("targets"),
            vpc_id=self._args.vpc_id,
            port=self._args.target_port,
            protocol="HTTP",
            target_type="instance",
            deregistration_delay=settings.deregistration_delay_s,
            slow_start=settings.slow_start_s,
            load_balancing_algorithm_type=settings.algorithm,
            health_check={
                "path": settings.health_check_path,
                "protocol": "HTTP",
                "matcher": "200",
                "interval": settings.health_check_interval_s,
                "timeout": settings.health_check_timeout_s,
                "healthy_threshold": settings.healthy_checks,
                "unhealthy_threshold": settings.unhealthy_checks,
            },
            tags=self.tags("targets"),
            opts=self.child(),
        )

    def _listeners(self, balancer: aws.lb.LoadBalancer, group: aws.lb.TargetGroup) -> Listeners:
        return Listeners(
            self.named("listen"),
            ListenersArgs(
                load_balancer_arn=balancer.arn,
                target_group_arn=group.arn,
                certificate_arn=self._certificate_arn(),
                secret=self.origin_secret,
                tags=self._args.tags,
            ),
            opts=self.child(),
        )

    def _certificate_arn(self) -> pulumi.Input[str] | None:
        if self.domain is None or self.origin_name is None:
            return self._args.settings.certificate_arn
        args = CertificateArgs(self.origin_name, self.domain.zone_id, self._args.tags)
        return Certificate(self.named("certificate"), args, opts=self.child()).arn

    def _point_the_name_here(self) -> None:
        if self.domain is not None and self.origin_name is not None:
            self.domain.point("balancer", self.origin_name, Target(self.dns_name, self.zone_id))


def _once(ready: pulumi.Output[list[str]], value: pulumi.Output[str]) -> pulumi.Output[str]:
    """The value, known only when the other outputs are."""
    return pulumi.Output.all(value, ready).apply(lambda both: str(both[0]))
