"""The openings that a stack's configuration announces, as instants.

`floodgate:openings` lists them, `floodgate:openingDefaults` holds what they have in common.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


@dataclass(frozen=True, slots=True)
class Opening:
    """An announced opening.

    Args:
        name: what people call it.
        doors: the instant at which it opens, in its own zone.
        zone: the zone's IANA name.
        lead_minutes: how long before the doors the capacity is to stand; None where the stack does not say.
        hold_minutes: how long it is held afterwards; the same.
        servers: how many servers are scheduled for it; None for none.
    """

    name: str
    doors: datetime
    zone: str
    lead_minutes: float | None = None
    hold_minutes: float | None = None
    servers: int | None = None


def read(listed: Any, defaults: Any) -> tuple[tuple[Opening, ...], list[str]]:
    """The openings in the order of their doors, and one line for each that cannot be."""
    if not isinstance(listed, list) or not isinstance(defaults, Mapping):
        return (), [
            "floodgate:openings is no list, or floodgate:openingDefaults no object; see the project's Pulumi.yaml"
        ]
    found, problems = [], []
    for place, own in enumerate(listed):
        try:
            found.append(_opening({**defaults, **own} if isinstance(own, Mapping) else {}, place))
        except ValueError as problem:
            problems.append(str(problem))
    return tuple(sorted(found, key=lambda opening: opening.doors)), problems


def _opening(given: Mapping[str, Any], place: int) -> Opening:
    name = str(given.get("name") or f"opening-{place + 1}")
    where = f"opening {name!r}"
    zone = str(given.get("zone") or "")
    try:
        clock = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{where} is in zone {zone!r}, which IANA does not know; write it like Asia/Seoul") from None
    doors = _local(where, str(given.get("at") or ""), clock)
    return Opening(
        name, doors, zone,
        lead_minutes=_number(where, given, "leadMinutes"),
        hold_minutes=_number(where, given, "holdMinutes"),
        servers=_number(where, given, "servers"),
    )  # fmt: skip


def _local(where: str, at: str, clock: ZoneInfo) -> datetime:
    try:
        naive = datetime.fromisoformat(at)
    except ValueError:
        raise ValueError(f"{where} is at {at!r}, which is no local time; write it like 2027-08-09T20:00") from None
    if naive.tzinfo is not None:
        raise ValueError(f"{where} is at {at!r}, with an offset; give the local time and the zone") from None
    doors = naive.replace(tzinfo=clock)
    if doors.astimezone(UTC).astimezone(clock).replace(tzinfo=None) != naive:
        raise ValueError(f"{where} is at {at}, an hour that the clocks of {clock.key} skip that day; choose another")
    return doors


def _number(where: str, given: Mapping[str, Any], key: str) -> Any:
    value = given.get(key)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float) or value < 0):
        raise ValueError(f"{where} has {key} {value!r}, which is no number above or equal to 0; change it")
    return value
