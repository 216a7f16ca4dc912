"""Clinics, days and slots of an opening that is made up: for one machine, for tests and for measuring.

The same opening and shape give the same clinics everywhere, since all chance comes from the opening's name. Seeding
again adds what is missing and leaves what is there.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg

from app.errors import SetupError
from app.opening import Opening
from app.reservations.places import CENTRE, KINDS, PROVINCES, STREETS, WORDS, Name

HOT_PLACES = 5000
SEEDING_TIMEOUT_S = 600


@dataclass(frozen=True, slots=True)
class Shape:
    """How much there is: in each province clinics, with days, slots a day and units in each slot."""

    provinces: int
    clinics: int
    days: int
    slots: int
    units: int


DEMO = Shape(provinces=17, clinics=3, days=7, slots=6, units=5)
HOT_CLINIC = Shape(provinces=1, clinics=1, days=1, slots=1, units=HOT_PLACES)


def shape_of(name: str) -> Shape:
    """The shape ``demo``, ``hot-clinic``, or ``benchmark(N)`` with at least N units.

    Raises:
        SetupError: there is no such shape.
    """
    if name == "demo":
        return DEMO
    if name == "hot-clinic":
        return HOT_CLINIC
    if found := re.fullmatch(r"benchmark\(([1-9][0-9]{0,7})\)", name):
        # 17 provinces x 6 clinics x 2 days x 10 slots
        return Shape(provinces=17, clinics=6, days=2, slots=10, units=-(-int(found[1]) // 2040))
    raise SetupError(f"there is no shape {name!r} of clinics; use demo, hot-clinic or benchmark(100000)")


async def seed(pool: asyncpg.Pool, opening: Opening, shape: str = "demo") -> int:
    """Make the clinics of an opening; how many units it has then. Appointments begin a week after the doors.

    Raises:
        SetupError: there is no such shape.
    """
    clinics = list(_clinics(opening, shape_of(shape)))
    slots = list(_slots(opening, shape_of(shape), clinics))
    async with pool.acquire() as connection, connection.transaction():
        # more than a request may take
        await connection.execute("SET LOCAL statement_timeout = 0")
        await connection.executemany(_CLINIC, clinics, timeout=SEEDING_TIMEOUT_S)
        await connection.executemany(_SLOT, slots, timeout=SEEDING_TIMEOUT_S)
        await connection.execute(_UNITS, opening.name, timeout=SEEDING_TIMEOUT_S)
        units = await connection.fetchval(
            "SELECT count(*) FROM units WHERE opening = $1", opening.name, timeout=SEEDING_TIMEOUT_S
        )
        # plans are made from these, from the first request on
        await connection.execute("ANALYZE clinics, slots, units", timeout=SEEDING_TIMEOUT_S)
    return units


_CLINIC = """INSERT INTO clinics (clinic_id, opening, region, name, address) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT DO NOTHING"""
_SLOT = """INSERT INTO slots (slot_id, opening, region, clinic_id, day, starts_at, capacity)
VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING"""
_UNITS = """INSERT INTO units (slot_id, number, capacity, clinic_id, day, spread, opening, region)
SELECT s.slot_id, n, s.capacity, s.clinic_id, s.day, (hashint8extended(s.slot_id, n) & 2147483647)::integer,
    s.opening, s.region
FROM slots s CROSS JOIN LATERAL generate_series(1, s.capacity) AS n
WHERE s.opening = $1
ON CONFLICT DO NOTHING"""


def _clinics(opening: Opening, shape: Shape) -> Iterator[tuple[Any, ...]]:
    first = first_clinic_id(opening.name)
    chance = random.Random(opening.name)
    provinces = list(PROVINCES.items())[: shape.provinces]
    for number in range(len(provinces) * shape.clinics):
        region, (province, districts) = provinces[number // shape.clinics]
        district, street = chance.choice(districts), chance.choice(STREETS)
        house = chance.randint(1, 300)
        address = Name(
            f"{province.ko} {district.ko} {street.ko} {house}", f"{house} {street.en}, {district.en}, {province.en}"
        )
        name = _name(district, chance, is_centre=number % shape.clinics == 0)
        yield first + number, opening.name, region, _json(name), _json(address)


def _name(district: Name, chance: random.Random, *, is_centre: bool) -> Name:
    if is_centre:
        return Name(f"{district.ko} {CENTRE.ko}", f"{district.en} {CENTRE.en}")
    word, kind = chance.choice(WORDS), chance.choice(KINDS)
    return Name(f"{word.ko}{kind.ko}", f"{word.en} {kind.en}")


def _slots(opening: Opening, shape: Shape, clinics: list[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    zone = ZoneInfo(opening.zone)
    first_day = opening.doors_at.astimezone(zone).date() + timedelta(days=7)
    for clinic_id, _, region, *_ in clinics:
        for number in range(shape.days * shape.slots):
            day = first_day + timedelta(days=number // shape.slots)
            slot_id = clinic_id * 10_000 + number
            starts_at = _starts_at(day, number % shape.slots, zone)
            yield slot_id, opening.name, region, clinic_id, day, starts_at, shape.units


def _starts_at(day: date, number: int, zone: ZoneInfo) -> datetime:
    # from nine o'clock, each half an hour
    return datetime(day.year, day.month, day.day, 9, tzinfo=zone) + timedelta(minutes=30 * number)


def first_clinic_id(opening: str) -> int:
    """The number of an opening's first clinic: openings share the tables, and each has a thousand numbers of its own.

    The slots of clinic `c` are ``c * 10_000`` and the next ones.
    """
    return 1000 + int.from_bytes(sha256(opening.encode()).digest()[:4]) % 2_000_000 * 1000


def _json(name: Name) -> str:
    return json.dumps(name._asdict(), ensure_ascii=False)
