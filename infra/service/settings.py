"""What a stack tells its service, and how many people it means to admit."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from pydantic import Field

from infra.problems import Problem, Settings


class IdentityProviderSettings(Settings):
    """One provider that proves who somebody is."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,30}$")]
    """Short name, in addresses and metrics."""
    title: dict[str, str]
    """What people read, by language."""
    url: Annotated[str, Field(pattern=r"^https://\S+$")]
    """Where it answers."""
    timeout_s: Annotated[float, Field(gt=0, le=60)] = 5
    """After which a check counts as failed."""


class ServiceSettings(Settings):
    """How the service admits people; the servers read it from the stack's SSM parameter when they start."""

    waiting_room: bool = True
    """Whether people pass the waiting room."""
    poll_interval_s: Annotated[int, Field(ge=1, le=300)] = 10
    """Seconds between two looks of a waiting page at the public "now serving" number."""
    journeys_per_server_per_s: Annotated[float, Field(gt=0)]
    """People that one server in service can take in each second."""
    max_inside: Annotated[int, Field(ge=1)] | None = None
    """People inside at once; leave out for no cap."""
    connections_per_server: Annotated[int, Field(ge=1, le=1000)]
    """Database connections that one server may hold."""
    shed_after_s: Annotated[float, Field(gt=0)] | None = None
    """Requests that would wait longer are refused at once, sooner than a health check gives up; left out, all wait."""
    journeys_per_s: Annotated[float, Field(gt=0)] | None = None
    """People to admit in each second of an opening; every opening must hold servers enough for it."""
    headroom_percent: Annotated[float, Field(ge=0, le=400)] = 0
    """Capacity to hold beyond that."""
    prequeue_minutes: Annotated[int, Field(ge=1, le=1440)] = 30
    """Minutes before the doors from which people may join; all who do are drawn when the doors open."""
    hold_s: Annotated[int, Field(ge=5, le=3600)] = 300
    """Seconds in which a held slot must be confirmed."""
    inside_s: Annotated[int, Field(ge=30, le=7200)] = 900
    """Seconds for which a pass is valid."""
    come_within_s: Annotated[int, Field(ge=10, le=3600)] = 300
    """Seconds after being called in which a place must be used."""
    identity_pause_s: Annotated[int, Field(ge=0, le=86_400)] = 600
    """Seconds between two identity checks of one person."""
    challenge_bits: Annotated[int, Field(ge=0, le=24)] = 0
    """Work that a joining browser must do, in leading zero bits of a hash; 0 asks for none."""
    providers: tuple[IdentityProviderSettings, ...] = ()
    """Who proves identities."""

    def problems(self, where: str) -> Iterable[Problem]:
        """A hold ends before the visit that it belongs to."""
        if self.hold_s > self.inside_s:
            rule = f"but a pass is valid for inside_s, {self.inside_s}"
            yield Problem(f"{where}.holdS", str(self.hold_s), rule, "lower it or raise insideS")
