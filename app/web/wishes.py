"""The waiting list for units that others give back."""

from __future__ import annotations

from app.web.choices import uuid_of, wished
from app.web.messages import Wish, Wished
from app.web.routing import Answer, Call


async def wish(call: Call) -> Answer:
    """Stand on the waiting list."""
    parts, body = call.parts, call.body
    assert call.who is not None, "the guard proves it"
    assert call.key is not None, "the guard reads it"
    assert isinstance(body, Wish), "the route says so"
    contact = parts.contacts.encrypt(body.contact, call.who)
    wish_id, ahead = await parts.reservations.wish(call.who, wished(body), contact, call.key)
    parts.metrics.happened("wish")
    return Answer(Wished(wish_id, ahead), status=201)


async def unwish(call: Call) -> Answer:
    """Leave the waiting list."""
    assert call.who is not None, "the guard proves it"
    await call.parts.reservations.unwish(call.who, uuid_of(call.path["wish_id"], "wish"))
    call.parts.metrics.happened("unwish")
    return Answer(status=204)
