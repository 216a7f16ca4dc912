"""Openings: the announced minutes at which the doors open, as configured and as instants.

An opening is written as people announce it, local date and time with its zone, and becomes one window in UTC:
capacity is raised `lead` before the doors and held for `hold` after them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field, StringConstraints, field_validator

from infra.problems import Problem, Settings, broken
from infra.translation import read
from infra.zones import existence, instant, nearest_zones, zone_of

# nights of one series that are over may stay in the list while later ones are still to come, so that a
# deployment between two nights needs no edit; a date this far back is a slip of the pen
SERIES = timedelta(days=31)


class OpeningSettings(Settings):
    """One entry of ``floodgate:openings``, over ``floodgate:openingDefaults``."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
    """Lower-case name, e.g. night-1; the scheduled actions are called after it."""
    at: datetime
    """Local date and time of the doors, e.g. "2027-08-09T20:00", without an offset."""
    zone: str
    """IANA time zone in which the doors open at that time, e.g. Asia/Seoul"""
    lead_minutes: Annotated[int, Field(ge=1, le=24 * 60)] = 60
    """Minutes before the doors at which the servers are raised."""
    hold_minutes: Annotated[int, Field(ge=1, le=2 * 24 * 60)] = 240
    """Minutes after the doors for which they are held."""
    servers: Annotated[int, Field(ge=1)] | None = None
    """Servers held; without it nothing is scheduled."""
    title: dict[str, str] = Field(default_factory=dict)
    """What people read, by language, e.g. `{ko: …, en: …}`."""
    birth_digits: tuple[Annotated[int, Field(ge=0, le=9)], ...] = ()
    """Who may book: people whose day of birth ends in one of these digits; leave out for everybody."""

    @field_validator("at", mode="before")
    @classmethod
    def _has_a_time(cls, at: object) -> object:
        if not isinstance(at, datetime) and ":" not in str(at):
            broken(f"'{at}'", "which has no time of day", 'write it as "2027-08-09T20:00"')
        return at

    @field_validator("at")
    @classmethod
    def _is_local(cls, at: datetime) -> datetime:
        if at.tzinfo is not None:
            broken(at.isoformat(), "but an opening is announced in local time", "write it without offset or Z")
        return at

    @field_validator("zone")
    @classmethod
    def _is_known(cls, zone: str) -> str:
        if zone_of(zone) is None:
            near = nearest_zones(zone)
            remedy = f"did you mean {' or '.join(near)}?" if near else "use an IANA name such as Asia/Seoul"
            broken(f"'{zone}'", "which is no IANA time zone", remedy)
        return zone


@dataclass(frozen=True, slots=True)
class Opening:
    """One opening as instants: the doors in UTC, what is held around them, and how it was announced."""

    name: str
    doors: datetime
    lead: timedelta
    hold: timedelta
    servers: int | None
    announced: str
    zone: str = "UTC"
    title: Mapping[str, str] = field(default_factory=dict)
    birth_digits: tuple[int, ...] = ()

    @property
    def raised(self) -> datetime:
        """When capacity is raised."""
        return self.doors - self.lead

    @property
    def released(self) -> datetime:
        """When capacity is no longer held."""
        return self.doors + self.hold


def read_openings(entries: object, defaults: object, now: datetime, problems: list[Problem]) -> tuple[Opening, ...]:
    """The openings of a stack in the order of their doors, every problem of theirs added to `problems`.

    Args:
        entries: The list ``floodgate:openings``.
        defaults: ``floodgate:openingDefaults``, under every entry.
        now: The instant of the deployment, aware.
        problems: Where problems go; an opening with a problem of its own is left out of the result.
    """
    if not isinstance(entries, Sequence) or isinstance(entries, str):
        remedy = "write each opening under a -"
        problems.append(Problem("floodgate:openings", repr(entries), "but it is a list", remedy))
        return ()
    if not isinstance(defaults, Mapping):
        remedy = "write the keys that all openings share"
        problems.append(Problem("floodgate:openingDefaults", repr(defaults), "but it is a mapping", remedy))
        defaults = {}
    openings = []
    for index, entry in enumerate(entries):
        where = _where(entry, index)
        merged = {**defaults, **entry} if isinstance(entry, Mapping) else entry
        settings = read(OpeningSettings, merged, where, problems)
        if settings is not None:
            openings += _resolve(settings, where, problems)
    openings.sort(key=lambda opening: opening.doors)
    problems += [*_duplicates(openings), *_overlaps(openings), *_past(openings, now)]
    return tuple(openings)


def _where(entry: object, index: int) -> str:
    name = entry.get("name") if isinstance(entry, Mapping) else None
    return f"opening '{name}'" if name else f"floodgate:openings[{index}]"


def _resolve(settings: OpeningSettings, where: str, problems: list[Problem]) -> Iterator[Opening]:
    zone = ZoneInfo(settings.zone)
    announced = f"{settings.at:%Y-%m-%dT%H:%M} {settings.zone}"
    match existence(settings.at, zone):
        case "never":
            rule = "a time that clocks there skip when they are put forward"
            problems.append(Problem(where, f"at {announced}", rule, "open an hour earlier or later"))
        case "twice":
            rule = "a time that clocks there show twice when they are put back"
            problems.append(Problem(where, f"at {announced}", rule, "open an hour earlier or later, or state zone UTC"))
        case "once":
            lead, hold = timedelta(minutes=settings.lead_minutes), timedelta(minutes=settings.hold_minutes)
            yield Opening(
                settings.name,
                instant(settings.at, zone),
                lead,
                hold,
                settings.servers,
                announced,
                settings.zone,
                settings.title,
                settings.birth_digits,
            )


def _duplicates(openings: Iterable[Opening]) -> Iterator[Problem]:
    seen: dict[str, Opening] = {}
    for opening in openings:
        if opening.name in seen:
            other = seen[opening.name].announced
            rule = f"but the opening at {other} has this name too"
            yield Problem(f"opening '{opening.name}'", f"at {opening.announced}", rule, "give each its own name")
        seen[opening.name] = opening


def _overlaps(openings: Iterable[Opening]) -> Iterator[Problem]:
    for earlier, later in pairwise(openings):
        if later.doors < earlier.released:
            rule = f"which is while '{earlier.name}' is still held (until {_utc(earlier.released)})"
            remedy = f"shorten holdMinutes of '{earlier.name}' or open later"
            yield Problem(f"opening '{later.name}'", f"at {later.announced}", rule, remedy)


def _past(openings: Sequence[Opening], now: datetime) -> Iterator[Problem]:
    to_come = any(opening.released > now for opening in openings)
    for opening in openings:
        if opening.released <= now and not (to_come and opening.doors > now - SERIES):
            rule = f"which is in the past (now it is {_utc(now)})"
            remedy = "remove it or give it the date of the next opening"
            yield Problem(f"opening '{opening.name}'", f"at {opening.announced}", rule, remedy)


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%MZ}"
