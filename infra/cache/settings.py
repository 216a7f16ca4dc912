"""What a stack may choose about its cache."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from pydantic import Field

from infra.network.settings import RetentionDays
from infra.problems import Problem, Settings


class CacheSettings(Settings):
    """ElastiCache for Valkey: the waiting room's line and the sessions."""

    node_type: str = Field(default="cache.r7g.large", pattern=r"^cache\.[a-z]\d[a-z]*\.[a-z0-9]+$")
    """Type of each node; its memory holds the whole line."""
    nodes: int = Field(default=3, ge=1, le=6)
    """The primary and its replicas, one zone each."""
    engine_version: str = Field(default="8.1", pattern=r"^8\.\d+$")
    """Valkey's version."""
    eviction: Literal["noeviction", "volatile-ttl", "volatile-lru"] = "noeviction"
    """What happens when memory is full. `noeviction` refuses new people rather than forget those in line."""
    snapshot_retention_days: int = Field(default=3, ge=0, le=35)
    """How long daily snapshots are kept; 0 for none."""
    snapshot_window_utc: str = Field(default="17:30-18:30", pattern=r"^\d\d:\d\d-\d\d:\d\d$")
    """When the daily snapshot is taken; away from the opening."""
    maintenance_window_utc: str = Field(
        default="sun:19:00-sun:20:00", pattern=r"^[a-z]{3}:\d\d:\d\d-[a-z]{3}:\d\d:\d\d$"
    )
    """When AWS may patch; away from every opening."""
    log_retention_days: RetentionDays = 30
    """How long the engine's log and the slow log are kept."""

    def suits(self, where: str, *, production: bool) -> Iterable[Problem]:
        """Whether these settings suit the environment; `where` is this component's key."""
        if production and self.nodes < 2:
            yield Problem(
                f"{where}.nodes",
                str(self.nodes),
                "but the line would be lost with its only node",
                "set it to at least 2, or environment to development",
            )
