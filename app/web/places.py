"""The place of a number, as far as it is known: after the draw, and only what the public document has confirmed."""

from __future__ import annotations

from functools import lru_cache

from app.keys import Keys
from app.line import draw
from app.line.document import NowServing

# some tens of microseconds each; people inside come again and again
REMEMBERED = 65_536


def place_of(keys: Keys, document: NowServing, opening: str, number: int) -> int | None:
    """The place; None while it is not drawn, or where the document is of another opening."""
    prequeue = document.draw.prequeue
    if document.opening != opening or prequeue is None:
        return None
    if number >= prequeue:
        return number
    return _drawn(draw.seed(opening, prequeue, draw.secret(keys, opening)), number, prequeue)


@lru_cache(maxsize=REMEMBERED)
def _drawn(seed: bytes, number: int, prequeue: int) -> int:
    return draw.place(seed, number, prequeue)
