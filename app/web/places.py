"""The place of a number, as far as it is known: after the draw, and only what the public document has confirmed."""

from __future__ import annotations

from functools import lru_cache

from app.line import draw
from app.line.document import NowServing
from app.web.parts import Parts

# some tens of microseconds each; people inside come again and again
REMEMBERED = 65_536


def place_of(parts: Parts, document: NowServing, opening: str, number: int) -> int | None:
    """The place; None while it is not drawn, or where the document is of another opening.

    Without a waiting room nobody waits for a draw, and everybody stands at their number.
    """
    if not parts.settings.admission.waiting_room:
        return number
    prequeue = document.draw.prequeue
    if document.opening != opening or prequeue is None:
        return None
    if number >= prequeue:
        return number
    return _drawn(draw.seed(opening, prequeue, draw.secret(parts.keys, opening)), number, prequeue)


@lru_cache(maxsize=REMEMBERED)
def _drawn(seed: bytes, number: int, prequeue: int) -> int:
    return draw.place(seed, number, prequeue)
