"""How one server of the service runs: one frozen object, from ``FLOODGATE_*`` variables and what they point to.

`app.running.surroundings` fills in what a fleet's server finds in SSM and Secrets Manager; on one machine
`app.local` fills in its own servers. Nothing else reads the environment.
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from app.opening import Opening

# known to everybody, hence refused outside development
DEVELOPMENT_SECRET = "only-for-development-0123456789abcdef"  # noqa: S105  its worthlessness is the point


class Admission(BaseModel):
    """What the controller admits by; the fleet's values stand in the stack's service parameter.

    Attributes:
        waiting_room: whether people pass the waiting room; without it a pass is given to whoever asks.
        poll_interval_s: how often a waiting page looks at the public document.
        journeys_per_server_per_s: people whom one server in service takes in each second.
        max_inside: people inside at once; None for no cap.
        servers: servers in service where no AWS tells their number.
        gain: how steeply the rate falls with the pressure, see `app.admission.law`: at 5 it begins to fall at four
            fifths of the target. These five are those that the rehearsal plays.
        floor_share: share of the nominal rate that no pressure holds back.
        cpu_headroom: the load of the servers' CPU at which the number inside stays as it is.
        database_headroom: the same for the share of database connections in use.
        latency_target_s: the same for the 95th percentile of the booking's requests.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    waiting_room: bool = True
    poll_interval_s: int = Field(default=10, ge=1, le=300)
    journeys_per_server_per_s: float = Field(default=100.0, gt=0)
    max_inside: int | None = Field(default=None, ge=1)
    servers: int = Field(default=1, ge=1)
    gain: float = Field(default=5.0, gt=0, le=20)
    floor_share: float = Field(default=0.02, ge=0, le=1)
    cpu_headroom: float = Field(default=0.9, gt=0, le=1)
    database_headroom: float = Field(default=0.85, gt=0, le=1)
    latency_target_s: float = Field(default=1.0, gt=0)


class Stores(BaseModel):
    """Where things are kept.

    Attributes:
        database_url: PostgreSQL's writer, as a libpq URL.
        database_reader_url: its readers; the writer where there are none.
        connections: database connections of this server, over all of its workers.
        valkey_url: ``valkey://[:password@]host:port`` or ``valkeys://`` for TLS.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    database_url: SecretStr
    database_reader_url: SecretStr | None = None
    connections: int = Field(default=20, ge=4, le=1000)
    valkey_url: SecretStr


class Provider(BaseModel):
    """One identity provider: its name in addresses and metrics, what people read, and where it answers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z0-9-]{1,30}$")
    title: dict[str, str]
    url: str
    timeout_s: float = Field(default=5.0, gt=0, le=60)


class Settings(BaseModel):
    """Everything that one server is told.

    Attributes:
        environment: ``production`` refuses what only a developer's machine may do.
        stack: the stack's name; dimension of what is published.
        host: address to listen on.
        port: where the balancer expects the service.
        internal_port: for metrics; not behind the balancer.
        workers: web processes.
        secret: from which every key is derived (`app.keys`).
        operators: sign-in names and the scrypt hashes of their passwords.
        trusted_hops: how many of the last entries of `X-Forwarded-For` were written by our own edge and balancer.
        shed_after_s: requests that would wait longer are refused at once; None: they queue without end.
        stores: where things are kept.
        admission: by what people are let in.
        openings: in any order, names unique.
        providers: identity providers.
        aws_region: where the fleet is; None without AWS.
        group_name: the Auto Scaling group whose servers count; None without AWS.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    environment: Literal["development", "production"] = "development"
    stack: str = "local"
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65_535)
    internal_port: int = Field(default=9464, ge=0, le=65_535)
    workers: int = Field(default=2, ge=1, le=128)
    secret: SecretStr = SecretStr(DEVELOPMENT_SECRET)
    operators: dict[str, str] = Field(default_factory=dict)
    trusted_hops: int = Field(default=0, ge=0, le=5)
    shed_after_s: float | None = Field(default=None, gt=0)
    stores: Stores
    admission: Admission = Admission()
    openings: tuple[Opening, ...]
    providers: tuple[Provider, ...] = ()
    aws_region: str | None = None
    group_name: str | None = None

    @model_validator(mode="after")
    def _no_default_secret_in_production(self) -> Self:
        if self.environment == "production" and self.secret.get_secret_value() == DEVELOPMENT_SECRET:
            raise ValueError(
                "secret is the one for development, but production must have its own; set FLOODGATE_SERVICE_SECRET"
            )
        return self

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        names = [opening.name for opening in self.openings]
        if len(set(names)) != len(names):
            raise ValueError(f"openings are named {names}, but every name must be its own; rename one")
        return self
