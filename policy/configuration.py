"""What the stack's configuration tells the rules; whether it is a valid one is for the program itself to say."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

NAMESPACE = "floodgate:"

# what the program assumes where the configuration is silent: docs/reference/configuration.md
LEAD_MINUTES, HOLD_MINUTES, BOOT_S, CLIENTS_PER_CONNECTION = 60, 240, 120, 4.0
REQUESTS, CONNECTIONS, CONNECTION_S, KILOBYTES = 12.0, 3.0, 60.0, 120.0


@dataclass(frozen=True, slots=True)
class Opening:
    """One announced opening.

    Args:
        name: as configured.
        doors: when the crowd comes, in UTC.
        hold: how long servers are held after that.
        servers: how many are needed, None where nobody has said.
    """

    name: str
    doors: datetime
    hold: timedelta
    servers: int | None

    @property
    def over(self) -> datetime:
        """When nothing is held any more."""
        return self.doors + self.hold


@dataclass(frozen=True, slots=True)
class Journey:
    """What one person puts on the balancer: requests, new connections, seconds each stays open, kB."""

    requests: float = REQUESTS
    connections: float = CONNECTIONS
    connection_s: float = CONNECTION_S
    kilobytes: float = KILOBYTES


@dataclass(frozen=True, slots=True)
class Configuration:
    """The facts beside the resources that rules judge by.

    Args:
        now: the instant of the deployment, aware.
        production: whether people depend on the stack; so it is unless it says otherwise.
        openings: those that are not over, in the order of their doors.
        vcpu_quota: running On-Demand vCPUs (standard families) of the account in the Region.
        server_vcpus: of one server, where the type's name does not tell.
        boot_s: seconds from launch until a server answers; None where the configuration says nothing of a fleet.
        min_size: servers of a day without an opening, None where it is not said.
        journeys_per_server_per_s: people one server takes in each second.
        journey: what each of them puts on the balancer.
        clients_per_connection: servers' connections that one of a proxy's carries.
        exceptions: as configured, each a mapping or whatever stands there.
    """

    now: datetime
    production: bool = True
    openings: tuple[Opening, ...] = ()
    vcpu_quota: int | None = None
    server_vcpus: int | None = None
    boot_s: int | None = None
    min_size: int | None = None
    journeys_per_server_per_s: float | None = None
    journey: Journey = Journey()
    clients_per_connection: float = CLIENTS_PER_CONNECTION
    exceptions: tuple[Any, ...] = ()


def read(config: Mapping[str, str], clock: datetime) -> Configuration:
    """The facts of a stack.

    Args:
        config: full keys and their texts, structured values as JSON, as Pulumi hands them over.
        clock: the present instant, aware; ``floodgate:now`` goes before it.
    """
    return of_values(
        {key.removeprefix(NAMESPACE): _decoded(text) for key, text in config.items() if key.startswith(NAMESPACE)},
        clock,
    )


def of_values(values: Mapping[str, Any], clock: datetime) -> Configuration:
    """The same from values by their short keys."""
    now = _instant(values.get("now")) or clock
    fleet, service = _mapping(values.get("fleet")), _mapping(values.get("service"))
    proxy = _mapping(_mapping(values.get("database")).get("proxy"))
    openings = sorted(_openings(values), key=lambda opening: opening.doors)
    return Configuration(
        now=now,
        production=values.get("environment", "production") != "development",
        openings=tuple(opening for opening in openings if opening.over > now),
        vcpu_quota=_mapping(values.get("account")).get("vcpuQuota"),
        server_vcpus=fleet.get("vcpus"),
        boot_s=fleet.get("bootS", BOOT_S) if fleet else None,
        min_size=fleet.get("minSize"),
        journeys_per_server_per_s=service.get("journeysPerServerPerS"),
        journey=_journey(_mapping(_mapping(values.get("balancer")).get("reservation"))),
        clients_per_connection=proxy.get("clientsPerConnection", CLIENTS_PER_CONNECTION),
        exceptions=tuple(_list(values.get("exceptions"))),
    )


def _journey(reservation: Mapping[str, Any]) -> Journey:
    return Journey(
        reservation.get("requestsPerJourney", REQUESTS),
        reservation.get("connectionsPerJourney", CONNECTIONS),
        reservation.get("connectionS", CONNECTION_S),
        reservation.get("kilobytesPerJourney", KILOBYTES),
    )


def _openings(values: Mapping[str, Any]) -> Iterator[Opening]:
    defaults = _mapping(values.get("openingDefaults"))
    for place, entry in enumerate(_list(values.get("openings")), start=1):
        opening = {**defaults, **_mapping(entry)}
        doors = _doors(opening)
        if doors is not None:
            hold = timedelta(minutes=opening.get("holdMinutes", HOLD_MINUTES))
            yield Opening(str(opening.get("name", f"opening {place}")), doors, hold, opening.get("servers"))


def _doors(opening: Mapping[str, Any]) -> datetime | None:
    try:
        local = datetime.fromisoformat(str(opening.get("at")))
        return local.replace(tzinfo=ZoneInfo(str(opening.get("zone")))).astimezone(UTC)
    except (ValueError, ZoneInfoNotFoundError):
        # the program refuses it in its own words, before any rule is asked
        return None


def _instant(value: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else None


def _decoded(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else []
