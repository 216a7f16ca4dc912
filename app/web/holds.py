"""Keeping a unit while somebody fills in the rest."""

from __future__ import annotations

from app.web.choices import choice_of, uuid_of
from app.web.messages import Held
from app.web.routing import Answer, Call


async def hold(call: Call) -> Answer:
    """Keep one unit."""
    assert call.who is not None, "the guard proves it"
    assert call.opening is not None, "the guard finds it"
    assert call.key is not None, "the guard reads it"
    choice = choice_of(call.body)
    held = await call.parts.reservations.hold(call.who, choice, call.key, call.opening.hold_s)
    call.parts.metrics.happened("hold")
    return Answer(Held(held.hold_id, held.slot_id, held.clinic_id, held.starts_s, held.until_s), status=201)


async def release(call: Call) -> Answer:
    """Give a held unit back."""
    assert call.who is not None, "the guard proves it"
    assert call.key is not None, "the guard reads it"
    await call.parts.reservations.release(call.who, uuid_of(call.path["hold_id"], "hold"), call.key)
    call.parts.metrics.happened("release")
    return Answer(status=204)
