"""The draw, for whoever wants to repeat it."""

from __future__ import annotations

from app.line.draw import ROUNDS
from app.web.messages import Drawn
from app.web.routing import Answer, Call


async def draw(call: Call) -> Answer:
    """What was fixed before the doors, and the secret and the size once the draw is done."""
    document = call.parts.documents.document
    drawn = document.draw
    return Answer(Drawn(document.opening, drawn.commitment, ROUNDS, drawn.prequeue, drawn.secret))
