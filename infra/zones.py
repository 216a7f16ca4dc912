"""Local times in IANA time zones: from what people announce to the instant that AWS is told."""

from __future__ import annotations

from datetime import UTC, datetime
from difflib import get_close_matches
from functools import cache
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

Existence = Literal["once", "never", "twice"]


def zone_of(name: str) -> ZoneInfo | None:
    """The zone of an IANA name, or None where there is none of exactly this name."""
    # ZoneInfo takes paths and, on some disks, any case; the database's own list does not
    return ZoneInfo(name) if name in _names() else None


@cache
def _names() -> frozenset[str]:
    # the library reads the disk each time it is asked
    return frozenset(available_timezones())


def nearest_zones(name: str, count: int = 3) -> list[str]:
    """Zone names like `name`: the same city in any case first, then names spelled alike."""
    city = name.rsplit("/", 1)[-1].replace(" ", "_").casefold()
    zones = sorted(_names())
    by_city = [zone for zone in zones if zone.rsplit("/", 1)[-1].casefold() == city]
    lowered = {zone.casefold(): zone for zone in zones}
    alike = [lowered[match] for match in get_close_matches(name.casefold(), lowered, n=count, cutoff=0.6)]
    return list(dict.fromkeys(by_city + alike))[:count]


def existence(local: datetime, zone: ZoneInfo) -> Existence:
    """How often a wall clock in `zone` shows the naive time `local`.

    Clocks put forward skip an hour, clocks put back repeat one; `fold` tells the two apart (PEP 495,
    https://peps.python.org/pep-0495/).
    """
    first, second = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return "once"
    round_trip = first.astimezone(UTC).astimezone(zone).replace(tzinfo=None)
    return "twice" if round_trip == local else "never"


def instant(local: datetime, zone: ZoneInfo) -> datetime:
    """The instant in UTC of a naive local time that exists once; of two, the first."""
    return local.replace(tzinfo=zone, fold=0).astimezone(UTC)
