"""Bookings: confirming a hold, and what the receipt opens later."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from app.errors import Unavailable
from app.line.receipts import Receipt
from app.line.values import LineLost
from app.reservations.values import Booking
from app.web.choices import choice_of
from app.web.messages import Booked, Confirm
from app.web.routing import Answer, Call

# the event loop keeps no task alive by itself
_departures: set[asyncio.Task[None]] = set()
MOST_DEPARTURES = 1000


async def confirm(call: Call) -> Answer:
    """Turn a hold into a booking, and end the visit: whoever has booked makes room for the next.

    The pass stays valid until it ends by itself, so that a booking can be changed with it.
    """
    parts, who, body = call.parts, call.who, call.body
    assert who is not None, "the guard proves it"
    assert call.key is not None, "the guard reads it"
    assert isinstance(body, Confirm), "the route says so"
    contact = parts.contacts.encrypt(body.contact, who)
    booking = await parts.reservations.confirm(who, body.hold_id, contact, call.key)
    parts.metrics.booked += 1
    parts.metrics.happened("booking")
    _depart(call)
    receipt = parts.receipts.issue(Receipt(who.opening, booking.reference), call.now_s)
    return Answer(booked(booking, receipt), status=201)


async def show(call: Call) -> Answer:
    """A booking."""
    assert call.receipt is not None, "the guard reads it"
    return Answer(booked(await call.parts.reservations.booking(call.receipt.opening, call.receipt.reference)))


async def change(call: Call) -> Answer:
    """Move a booking, or leave it as it is."""
    assert call.who is not None, "the guard proves it"
    assert call.receipt is not None, "the guard reads it"
    assert call.key is not None, "the guard reads it"
    choice = choice_of(call.body)
    moved = await call.parts.reservations.change(call.who, call.receipt.reference, choice, call.key)
    call.parts.metrics.happened("change")
    return Answer(booked(moved))


async def cancel(call: Call) -> Answer:
    """Give a booking back."""
    receipt = call.receipt
    assert receipt is not None, "the guard reads it"
    assert call.key is not None, "the guard reads it"
    cancelled = await call.parts.reservations.cancel(receipt.opening, receipt.reference, call.key)
    call.parts.metrics.happened("cancellation")
    return Answer(booked(cancelled))


def booked(booking: Booking, receipt: str | None = None) -> Booked:
    """A booking as people get it."""
    return Booked(booking.reference, booking.slot_id, booking.clinic_id, booking.starts_s, booking.state, receipt)


def _depart(call: Call) -> None:
    if len(_departures) < MOST_DEPARTURES:
        task = asyncio.create_task(_leave(call))
        _departures.add(task)
        task.add_done_callback(_departures.discard)


async def _leave(call: Call) -> None:
    """Fail-open: without the store the visit ends by time, and nobody waits for that with a booking in hand."""
    assert call.who is not None, "whoever books is proven"
    with suppress(Unavailable, LineLost):
        await call.parts.line.leave(call.who.opening, call.who.place)
