"""What a stack may choose about its load balancer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from infra.balancer.lcu import LEAST_RESERVATION, MOST_RESERVATION, JourneyTraffic
from infra.problems import Problem, Settings, broken

DomainName = Annotated[str, Field(pattern=r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$")]
CertificateArn = Annotated[str, Field(pattern=r"^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate/.+$")]


class DomainSettings(Settings):
    """The name people type, for which certificates and records are made."""

    name: DomainName
    """E.g. `open.example.org`. With the edge, the balancer answers as `origin.` before it."""
    hosted_zone_id: str | None = None
    """The Route 53 zone that holds the name. Without it the stack makes the zone; delegate the name to the name
    servers among its outputs, or the certificates are never issued."""

    def at_balancer(self, *, edge: bool) -> str:
        """The name under which the balancer itself answers."""
        return f"origin.{self.name}" if edge else self.name


class ReservationSettings(Settings):
    """Capacity the balancer holds ready before the crowd comes.

    A balancer grows to double its load in about five minutes; a crowd that comes in one minute needs the capacity
    before. The Region's quota for reserved capacity units is 0 until AWS raises it, and granting may take hours.
    """

    lcus: int | None = Field(default=None, ge=LEAST_RESERVATION, le=MOST_RESERVATION)
    """Load balancer capacity units to hold. Without it they are derived from the fleet's journeys."""
    requests_per_journey: float = Field(default=12, gt=0)
    """Requests one person sends from the first page to the confirmation."""
    connections_per_journey: float = Field(default=3, gt=0)
    """New connections of one person; with the edge most are shared, so this is the cautious figure."""
    connection_s: float = Field(default=60, gt=0)
    """How long a connection stays open."""
    kilobytes_per_journey: float = Field(default=120, gt=0)
    """Bytes of one person's requests and answers that pass the balancer, in kB; what the edge serves is not among
    them."""
    headroom_percent: float = Field(default=50, ge=0, le=400)
    """What is held beyond the estimate."""

    @property
    def journey(self) -> JourneyTraffic:
        """One person's traffic, as the estimate takes it."""
        return JourneyTraffic(
            requests=self.requests_per_journey,
            connections=self.connections_per_journey,
            connection_s=self.connection_s,
            kilobytes=self.kilobytes_per_journey,
        )


class BalancerSettings(Settings):
    """The load balancer, its listener, its target group and what it holds ready."""

    domain: DomainSettings | None = None
    """A name for which the stack makes certificate and records."""
    certificate_arn: CertificateArn | None = None
    """A certificate you have, in the stack's Region; instead of `domain`."""
    origin_name: DomainName | None = None
    """With `certificateArn` and the edge: the name in that certificate which your DNS points at the balancer."""
    plain_http: bool = False
    """Serve without TLS; refused outside the development environment."""
    health_check_path: str = Field(default="/healthz", pattern=r"^/\S*$", max_length=1024)
    """What the balancer asks each server for; 200 is healthy."""
    health_check_interval_s: int = Field(default=10, ge=5, le=300)
    """Seconds between two checks of one server."""
    health_check_timeout_s: int = Field(default=4, ge=2, le=120)
    """Seconds until a check without answer has failed; less than the interval."""
    healthy_checks: int = Field(default=2, ge=2, le=10)
    """Passed checks in a row that make an unhealthy server healthy."""
    unhealthy_checks: int = Field(default=3, ge=2, le=10)
    """Failed checks in a row that take a server out; too few and a busy server is taken out when it is needed most."""
    algorithm: Literal["round_robin", "least_outstanding_requests"] = "round_robin"
    """How servers take turns. `least_outstanding_requests` cannot be combined with slow start."""
    slow_start_s: int = Field(default=30, ge=0, le=900)
    """Seconds over which a new server's share grows; 0 for none, else at least 30."""
    deregistration_delay_s: int = Field(default=60, ge=0, le=3600)
    """Seconds a leaving server may finish its requests."""
    idle_timeout_s: int = Field(default=60, ge=1, le=4000)
    """Seconds until a silent connection is closed; servers must keep theirs open longer."""
    reservation: ReservationSettings | None = None
    """Capacity units held ready; without it the balancer starts the opening as small as it is that day."""
    access_log_retention_days: int = Field(default=90, ge=1, le=3650)
    """How long the record of every request is kept."""
    deletion_protection: bool = True
    """Whether the balancer can only be deleted after this is turned off."""

    @model_validator(mode="after")
    def _target_group_is_possible(self) -> Self:
        if 0 < self.slow_start_s < 30:
            broken(f"slowStartS={self.slow_start_s}", "but AWS takes 0 or 30 to 900 seconds", "set 0 or at least 30")
        if self.slow_start_s and self.algorithm != "round_robin":
            broken(
                f"algorithm={self.algorithm}",
                "but AWS refuses it together with slow start",
                "set slowStartS to 0 or algorithm to round_robin",
            )
        if self.health_check_timeout_s >= self.health_check_interval_s:
            broken(
                f"healthCheckTimeoutS={self.health_check_timeout_s}",
                f"but a check must end before the next one after {self.health_check_interval_s} s",
                "lower healthCheckTimeoutS",
            )
        return self

    def problems(self, where: str) -> Iterable[Problem]:
        """The listener has exactly one source of trust."""
        sources = [self.domain is not None, self.certificate_arn is not None, self.plain_http]
        if sum(sources) != 1:
            yield Problem(
                where,
                f"given {sum(sources)} of domain, certificateArn and plainHttp",
                "but the listener needs exactly one",
                "set balancer.domain, or balancer.certificateArn, or balancer.plainHttp in development",
            )

    def suits(self, where: str, *, production: bool, edge: bool) -> Iterable[Problem]:
        """Whether these settings suit the environment and the edge; `where` is this component's key."""
        if self.plain_http and production:
            yield Problem(
                f"{where}.plainHttp",
                "true",
                "but people's data must not travel in the clear in production",
                "set balancer.domain or balancer.certificateArn",
            )
        if self.plain_http and edge:
            yield Problem(
                f"{where}.plainHttp",
                "true",
                "but the edge would send the origin's secret in the clear",
                "set balancer.domain or balancer.certificateArn, or leave out the edge",
            )
        if edge and self.certificate_arn and not self.origin_name:
            yield Problem(
                f"{where}.originName",
                "not set",
                "but the edge must call the balancer by a name in its certificate",
                "set balancer.originName",
            )
