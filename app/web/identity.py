"""Proving who somebody is, at a provider of their choice."""

from __future__ import annotations

from dataclasses import replace

from app.web.messages import IdentityCheck
from app.web.queue import with_pass
from app.web.routing import Answer, Call
from app.web.wire import network_of


async def check(call: Call) -> Answer:
    """Ask the provider, and give a pass in which the proof stands."""
    visit, opening, body = call.visit, call.opening, call.body
    assert visit is not None, "the guard reads it"
    assert opening is not None, "the guard finds it"
    assert isinstance(body, IdentityCheck), "the route says so"
    place = visit.place.to_bytes(8, "big")
    person = await call.parts.identity.check(opening, body, network_of(call.address), place)
    call.parts.metrics.happened("proof")
    return with_pass(call, replace(visit, person=person.id))
