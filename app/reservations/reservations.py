"""What the web asks of reservations; `app.reservations.repository` does it on PostgreSQL.

Every change takes an idempotency key: the same key of the same person gets the same answer, and changes nothing again.
Refusals are `app.errors.Conflict` with the codes ``slot-gone``, ``nothing-free``, ``already-booked``,
``holds-another``, ``place-used`` (another person booked with this place), ``nothing-to-change`` and ``key-reused``
(one key with two different bodies); `app.errors.Gone` with ``hold-expired`` or ``cancelled``; `app.errors.Unknown`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from app.reservations.values import Booking, Choice, HeldUnit, Who
from app.web.messages import Clinic, Slot


class Reservations(Protocol):
    """Bookings of one database."""

    async def clinics(self, opening: str, region: str | None) -> Sequence[Clinic]:
        """Clinics of a region, or of all."""
        ...

    async def free_slots(self, opening: str, region: str, day: str) -> Sequence[Slot]:
        """Slots with what was free at this moment; callers keep it for a second (`app.reservations.availability`)."""
        ...

    async def hold(self, who: Who, choice: Choice, key: str, hold_s: int) -> HeldUnit:
        """Keep one unit. Nobody is refused a unit that was free at that moment."""
        ...

    async def release(self, who: Who, hold_id: UUID, key: str) -> None:
        """Give a held unit back."""
        ...

    async def confirm(self, who: Who, hold_id: UUID, contact: bytes, key: str) -> Booking:
        """Turn a hold into a booking; `contact` is encrypted already."""
        ...

    async def booking(self, opening: str, reference: str) -> Booking:
        """A booking by its reference."""
        ...

    async def change(self, who: Who, reference: str, choice: Choice, key: str) -> Booking:
        """Move a booking to another unit, or leave it as it is."""
        ...

    async def cancel(self, opening: str, reference: str, key: str) -> Booking:
        """Give a booking back; the first on the waiting list whom it suits is booked in the same transaction."""
        ...

    async def wish(self, who: Who, choice: Choice, contact: bytes, key: str) -> tuple[UUID, int]:
        """Stand on the waiting list; the wish and how many stand before."""
        ...

    async def unwish(self, who: Who, wish_id: UUID) -> None:
        """Leave the waiting list."""
        ...
