"""Who may call whom: the whole list of paths between the tiers, from which the security groups are made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

HTTP_PORT = 80
HTTPS_PORT = 443
DATABASE_PORT = 5432
CACHE_PORT = 6379

Tier = Literal["balancer", "app", "proxy", "data", "cache", "endpoints"]
# every address there is, and CloudFront's servers that call origins
Outside = Literal["world", "edge"]
Peer = Tier | Outside

TIERS: tuple[Tier, ...] = ("balancer", "app", "proxy", "data", "cache", "endpoints")
OUTSIDE: tuple[Outside, ...] = ("world", "edge")


@dataclass(frozen=True, slots=True)
class Flow:
    """One permitted path: the source may open TCP connections to the target's port."""

    source: Peer
    target: Peer
    port: int

    @property
    def name(self) -> str:
        """E.g. ``app-to-data-5432``."""
        return f"{self.source}-to-{self.target}-{self.port}"


def flows(*, app_port: int, edge: bool, plain_http: bool) -> tuple[Flow, ...]:
    """Every path of a stack.

    Args:
        app_port: The servers' port.
        edge: Whether CloudFront stands before the balancer and is the only one who may call it.
        plain_http: Whether the balancer serves without TLS, in development.
    """
    return (
        *_to_balancer(edge=edge, plain_http=plain_http),
        Flow("balancer", "app", app_port),
        Flow("app", "proxy", DATABASE_PORT),
        # the proxy carries the writer's load; readers are asked directly
        Flow("app", "data", DATABASE_PORT),
        Flow("proxy", "data", DATABASE_PORT),
        Flow("app", "cache", CACHE_PORT),
        Flow("app", "endpoints", HTTPS_PORT),
        # packages, identity checks and text messages, by way of NAT
        Flow("app", "world", HTTPS_PORT),
    )


def _to_balancer(*, edge: bool, plain_http: bool) -> tuple[Flow, ...]:
    if edge:
        # CloudFront's prefix list counts as 55 of the 60 rules a group may have, so there is room for one port:
        # https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html
        return (Flow("edge", "balancer", HTTPS_PORT),)
    if plain_http:
        return (Flow("world", "balancer", HTTP_PORT),)
    return (Flow("world", "balancer", HTTPS_PORT), Flow("world", "balancer", HTTP_PORT))
