"""What a stack may choose about its database."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from infra.database.connections import ConnectionBudget, class_memory_gib, max_connections
from infra.network.settings import RetentionDays
from infra.problems import Problem, Settings, broken


def _known_class(instance_class: str) -> str:
    try:
        class_memory_gib(instance_class)
    except ValueError:
        broken(
            instance_class,
            "but its memory, which limits connections, is not known",
            "choose a class such as db.r8g.2xlarge, db.m8g.large or db.t4g.small",
        )
    return instance_class


InstanceClass = Annotated[str, AfterValidator(_known_class)]


class ReaderScalingSettings(Settings):
    """More readers when those there are work hard, fewer when they rest."""

    most_readers: int = Field(default=5, ge=1, le=15)
    """The most readers there may be, those declared included."""
    cpu_target_percent: float = Field(default=60, ge=10, le=90)
    """CPU of all readers together that scaling aims at."""
    scale_in_cooldown_s: int = Field(default=900, ge=0)
    """Seconds between two removals."""
    scale_out_cooldown_s: int = Field(default=120, ge=0)
    """Seconds between two additions; a reader takes minutes to come up, so declare those the opening needs."""


class ProxySettings(Settings):
    """Many servers' connections carried by few of the database's."""

    max_connections_percent: int = Field(default=80, ge=1, le=100)
    """Share of the database's connections the proxy may open; the rest is for people who repair things."""
    borrow_timeout_s: int = Field(default=5, ge=0, le=300)
    """Seconds a request waits for a free connection before it fails; a crowd is better told soon."""
    idle_client_timeout_s: int = Field(default=1_800, ge=1, le=28_800)
    """Seconds until a silent server's connection is closed."""
    clients_per_connection: float = Field(default=4, ge=1)
    """How many of the servers' connections one of the proxy's carries: the inverse of the share of time that a
    connection spends inside a transaction. Measure it; 4 means a quarter of the time."""


class DatabaseSettings(Settings):
    """Aurora PostgreSQL behind a proxy, or one small instance for development."""

    kind: Literal["aurora", "instance"] = "aurora"
    """`aurora`: writer and readers over the zones. `instance`: one instance, for development."""
    engine_version: str = Field(default="17", pattern=r"^\d{2}(\.\d+)?$")
    """PostgreSQL's version; a major version alone takes AWS's default minor version."""
    instance_class: InstanceClass = "db.r8g.2xlarge"
    """Class of the writer and of each reader; its memory limits the connections."""
    readers: int = Field(default=2, ge=0, le=15)
    """Readers beside the writer; at least one, or the loss of the writer's zone stops bookings for minutes."""
    reader_scaling: ReaderScalingSettings | None = None
    """Adds and removes readers by their load."""
    proxy: ProxySettings | None = ProxySettings()
    """RDS Proxy before the writer; `null` for none."""
    storage_gib: int = Field(default=20, ge=20, le=65_536)
    """Storage of the one instance; Aurora's grows by itself."""
    database_name: str = Field(default="floodgate", pattern=r"^[a-z][a-z0-9_]{0,62}$")
    """The database inside."""
    master_username: str = Field(default="floodgate_admin", pattern=r"^[a-z][a-z0-9_]{0,62}$")
    """The first user; the password is made, kept and rotated by AWS."""
    backup_retention_days: int = Field(default=14, ge=1, le=35)
    """How far back any second can be restored."""
    backup_window_utc: str = Field(default="17:00-17:30", pattern=r"^\d\d:\d\d-\d\d:\d\d$")
    """When the daily backup begins; away from the opening. 17:00 UTC is 02:00 in Seoul."""
    maintenance_window_utc: str = Field(
        default="sun:18:00-sun:19:00", pattern=r"^[a-z]{3}:\d\d:\d\d-[a-z]{3}:\d\d:\d\d$"
    )
    """When AWS may patch; away from every opening and from the backup."""
    insights: Literal["standard", "advanced"] = "standard"
    """How much Database Insights records; `advanced` keeps 15 months and is paid per virtual CPU."""
    monitoring_interval_s: Literal[0, 1, 5, 10, 15, 30, 60] = 15
    """Seconds between readings of the operating system; 0 for none."""
    slow_statement_ms: int = Field(default=500, ge=10)
    """Statements that take longer are logged."""
    log_retention_days: RetentionDays = 30
    """How long the database's log is kept; slow statements in it may hold people's data."""
    deletion_protection: bool = True
    """Whether the database can only be deleted after this is turned off."""

    @property
    def budget(self) -> ConnectionBudget:
        """What the writer takes in connections."""
        limit = max_connections(self.instance_class)
        if self.proxy is None:
            return ConnectionBudget(limit)
        return ConnectionBudget(limit, self.proxy.max_connections_percent, self.proxy.clients_per_connection)

    def problems(self, where: str) -> Iterable[Problem]:
        """What the two kinds cannot have, and reader scaling that has nothing to scale."""
        if self.kind == "instance" and (self.readers or self.reader_scaling or self.proxy):
            yield Problem(
                f"{where}.kind",
                "instance",
                "but readers, readerScaling and proxy belong to aurora",
                "set readers to 0, proxy to null and leave out readerScaling, or set kind to aurora",
            )
        if self.reader_scaling and self.readers < 1:
            yield Problem(
                f"{where}.readers",
                str(self.readers),
                "but Aurora scales readers only where there is one",
                "set readers to at least 1 or leave out readerScaling",
            )
        if self.reader_scaling and self.reader_scaling.most_readers < self.readers:
            yield Problem(
                f"{where}.readerScaling.mostReaders",
                str(self.reader_scaling.most_readers),
                f"but {self.readers} readers are declared",
                "raise it to at least readers",
            )

    def carries(self, where: str, *, servers: int, connections_per_server: int) -> Iterable[Problem]:
        """Whether the largest fleet's connections find a place; `where` is this component's key."""
        wanted = servers * connections_per_server
        if wanted > self.budget.from_servers:
            yield Problem(
                f"{where}.instanceClass",
                self.instance_class,
                f"but {servers} servers with {connections_per_server} connections each hold {wanted} "
                f"and it takes {self.budget.from_servers}",
                f"choose a larger class, or lower connectionsPerServer, or keep the fleet to "
                f"{self.budget.most_servers(connections_per_server)} servers",
            )

    def suits(self, where: str, *, production: bool) -> Iterable[Problem]:
        """Whether these settings suit the environment; `where` is this component's key."""
        if production and self.kind == "instance":
            yield Problem(
                f"{where}.kind",
                "instance",
                "but one instance stops for minutes when its zone does",
                "set kind to aurora, or environment to development",
            )
        if production and not self.deletion_protection:
            yield Problem(
                f"{where}.deletionProtection",
                "false",
                "but a mistyped command would delete people's bookings",
                "set it to true, or environment to development",
            )
