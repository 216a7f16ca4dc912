"""What a stack may choose about its edge."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field

from infra.balancer.settings import DomainName
from infra.network.settings import RetentionDays
from infra.problems import Problem, Settings

UsEast1CertificateArn = Annotated[str, Field(pattern=r"^arn:aws:acm:us-east-1:\d{12}:certificate/.+$")]
# the windows AWS WAF counts over, in seconds:
# https://docs.aws.amazon.com/waf/latest/APIReference/API_RateBasedStatement.html
RateWindow = Literal[60, 120, 300, 600]


class FirewallSettings(Settings):
    """Rules before everything else. A whole dormitory or mobile network may share one address: count generously."""

    requests_per_address: int = Field(default=6_000, ge=10, le=2_000_000_000)
    """Requests from one address within the window before it is held off; those that the edge answers by itself, such
    as the looks of a waiting page, are not counted."""
    joins_per_address: int = Field(default=1_000, ge=10, le=2_000_000_000)
    """Attempts to join the waiting room from one address within the window; the limit against robots."""
    joins_path: str = Field(default="/queue/join", pattern=r"^/\S*$")
    """Where people join; every path that begins so is counted."""
    window_s: RateWindow = 300
    """Over how many seconds requests are counted."""
    bot_control: bool = False
    """AWS's managed bot rules, in the common inspection level; priced per million requests."""
    count_only: bool = False
    """Only count what the managed rules would block; for the days in which they are tried."""
    log_retention_days: RetentionDays = 90
    """How long the firewall's records are kept."""


class EdgeSettings(Settings):
    """CloudFront before the balancer, a private bucket behind it, and the firewall."""

    enabled: bool = True
    """False leaves the edge out: every poll of a waiting person then reaches the balancer."""
    certificate_arn: UsEast1CertificateArn | None = None
    """A certificate you have in us-east-1, where the stack does not make one for `balancer.domain`."""
    names: tuple[DomainName, ...] = ()
    """With `certificateArn`: the names in it that people type."""
    now_serving_ttl_s: int = Field(default=1, ge=1, le=5)
    """Seconds for which the public "now serving" document is kept. All polls of a country then cost the balancer one
    request per edge cache and second."""
    waiting_page_ttl_s: int = Field(default=60, ge=1, le=3600)
    """Seconds for which the waiting page is kept."""
    static_ttl_s: int = Field(default=86_400, ge=60, le=31_536_000)
    """Seconds for which static files are kept."""
    price_class: Literal["PriceClass_100", "PriceClass_200", "PriceClass_All"] = "PriceClass_200"
    """Which edge locations serve; 200 has Asia, 100 has not."""
    origin_shield_region: str | None = Field(default=None, pattern=r"^[a-z]{2}-[a-z]+-\d$")
    """A Region in which one more cache stands before the balancer, e.g. `ap-northeast-2`."""
    origin_read_timeout_s: int = Field(default=30, ge=1, le=60)
    """Seconds the edge waits for an answer of the balancer."""
    log_retention_days: int = Field(default=90, ge=1, le=3650)
    """How long the record of every request is kept."""
    firewall: FirewallSettings = FirewallSettings()
    """Managed rules and limits per address."""

    def problems(self, where: str) -> Iterable[Problem]:
        """A certificate and the names in it come together."""
        if bool(self.certificate_arn) != bool(self.names):
            yield Problem(
                where,
                "given only one of certificateArn and names",
                "but CloudFront takes a name only with a certificate for it",
                "set both, or leave both out",
            )
        if self.firewall.joins_per_address > self.firewall.requests_per_address:
            yield Problem(
                f"{where}.firewall.joinsPerAddress",
                str(self.firewall.joins_per_address),
                f"but all requests of an address are limited to {self.firewall.requests_per_address}",
                "lower it below requestsPerAddress",
            )
