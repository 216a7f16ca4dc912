"""What a page computes by itself: its place out of the draw, and the work that joining may ask for."""

from __future__ import annotations

import asyncio
import hashlib
import itertools

from app.line import draw
from app.line.document import NowServing

TRIES_AT_ONCE = 2_000


class Drawing:
    """Computes places, and remembers the commitment that was public before the draw."""

    def __init__(self) -> None:
        self._commitment: str | None = None
        self._seed: bytes | None = None

    def place(self, document: NowServing, number: int) -> int:
        """The place of a number, as everybody can compute it once the draw is done.

        Raises:
            ValueError: the draw is not the one that was committed to.
        """
        prequeue = document.draw.prequeue or 0
        if number >= prequeue:
            return number
        if self._seed is None:
            self._seed = self._checked_seed(document, prequeue)
        return draw.place(self._seed, number, prequeue)

    def remember(self, document: NowServing) -> None:
        """Keep the commitment that was seen first."""
        self._commitment = self._commitment or document.draw.commitment

    async def challenge(self, document: NowServing | None, device: str) -> str | None:
        """The work that the document asks of who joins: leading zero bits of a hash; None where it asks for none."""
        if document is None or not document.challenge_bits:
            return None
        head, least = f"{document.opening}:{device}:".encode(), 1 << (256 - document.challenge_bits)
        for nonce in itertools.count():
            if nonce % TRIES_AT_ONCE == 0:
                await asyncio.sleep(0)
            if int.from_bytes(hashlib.sha256(head + b"%d" % nonce).digest()) < least:
                return str(nonce)
        raise AssertionError

    def _checked_seed(self, document: NowServing, prequeue: int) -> bytes:
        secret = bytes.fromhex(document.draw.secret or "")
        self.remember(document)
        if draw.commitment(secret) != self._commitment:
            raise ValueError("the draw's secret is not the one whose hash was public before; ask the operators")
        return draw.seed(document.opening, prequeue, secret)
