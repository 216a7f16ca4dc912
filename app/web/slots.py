"""Where and when one may book."""

from __future__ import annotations

from app.web.choices import day_of
from app.web.routing import Answer, Call


async def clinics(call: Call) -> Answer:
    """Clinics of a region, or all."""
    assert call.opening is not None, "the guard finds it"
    return Answer(await call.parts.availability.clinics(call.opening.name, call.query.get("region")))


async def slots(call: Call) -> Answer:
    """Slots of a region on a day, with what was free a moment ago."""
    assert call.opening is not None, "the guard finds it"
    day = day_of(call.query["day"])
    return Answer(await call.parts.availability.document(call.opening.name, call.query["region"], day))
