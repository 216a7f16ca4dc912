"""What a stack may choose about who is told what."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from pydantic import Field

from infra.problems import Problem, Settings


class ObservabilitySettings(Settings):
    """Who is told, and from which figure on."""

    emails: tuple[Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")], ...] = ()
    """Addresses that are told of every alarm; each must confirm once by the link in AWS's message."""
    failed_requests_percent: float = Field(default=1, gt=0, le=100)
    """Share of requests answered with 5xx, by balancer or servers, in a minute."""
    database_cpu_percent: float = Field(default=80, gt=0, le=100)
    """CPU of the busiest database instance."""
    database_connections_percent: float = Field(default=80, gt=0, le=100)
    """Connections open, of those the database takes."""
    cache_memory_percent: float = Field(default=75, gt=0, le=100)
    """Memory the cache uses, of what it has."""
    cache_cpu_percent: float = Field(default=70, gt=0, le=100)
    """CPU of the cache's engine, which has one thread for commands."""
    minutes: int = Field(default=3, ge=1, le=60)
    """Minutes in a row before anybody is told of what may pass by itself."""

    def suits(self, where: str, *, production: bool) -> Iterable[Problem]:
        """Whether there is anybody to tell; `where` is this component's key."""
        if production and not self.emails:
            yield Problem(
                f"{where}.emails",
                "empty",
                "but an alarm that tells nobody is none",
                "name at least one address, or set environment to development",
            )
