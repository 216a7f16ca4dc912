"""What reservations tell the rest of the service, as frozen values; times are seconds since 1970."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Choice:
    """Which unit is wanted: of a slot, of any slot of a clinic (on a day), or of a region (on a day).

    `day` is a local date of the opening's zone, ``2027-08-20``. Exactly one of the first three is given.
    """

    slot_id: int | None = None
    clinic_id: int | None = None
    region: str | None = None
    day: str | None = None


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody inside, proven: opening, place in the line, and the 16-byte keyed hash of their identity."""

    opening: str
    place: int
    person: bytes


@dataclass(frozen=True, slots=True)
class HeldUnit:
    """One unit that is kept for one person."""

    hold_id: UUID
    slot_id: int
    clinic_id: int
    starts_s: int
    until_s: int


@dataclass(frozen=True, slots=True)
class Booking:
    """One unit that one person has."""

    reference: str
    slot_id: int
    clinic_id: int
    starts_s: int
    state: Literal["booked", "cancelled"]
