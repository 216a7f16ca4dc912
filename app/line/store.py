"""The narrow interface to the store that numbers people; `app.line.valkey` keeps it on Valkey.

Each method is one atomic step, so that workers may die between any two of them. `LineLost` is raised by all of them
where the line is unknown; `app.errors.Unavailable` where the store does not answer in time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from app.line.values import Entered, Joined, LineState


class LineStore(Protocol):
    """One line per opening."""

    async def join(self, opening: str, aliases: Sequence[bytes]) -> Joined:
        """The number of a person known under these 16-byte aliases (device, and identity where given).

        The first alias that has a number decides, all others are then bound to it; else the next number is given.
        """
        ...

    async def enter(self, opening: str, place: int, now_s: float, until_s: float, cap: int | None) -> Entered:
        """Let a place in, once; never beyond `cap` people inside. Whether it is called is the caller's matter."""
        ...

    async def leave(self, opening: str, place: int) -> bool:
        """End a visit before its time; False where there is none."""
        ...

    async def state(self, opening: str, now_s: float) -> LineState:
        """The whole line, visits that are over by `now_s` taken away."""
        ...

    async def came(self, opening: str, start: int, stop: int) -> int:
        """How many of the places from `start` up to, not including, `stop` have been used."""
        ...

    async def begin(self, opening: str, joined: int, prequeue: int | None, serving: int, lapsed: int) -> None:
        """Begin a line, or begin it again after a loss; never lowers what the store still has."""
        ...

    async def seal(self, opening: str) -> int:
        """Close the pre-queue, once: whoever has a number by now is in it. The same answer ever after."""
        ...

    async def call(self, opening: str, serving: int, lapsed: int, epoch: int) -> bool:
        """Raise both numbers, never lower them; False if a controller of a later epoch has called already."""
        ...

    async def attempt(self, what: str, who: bytes, window_s: int, now_s: float, attempts: int = 1) -> int:
        """Count attempts of an address or a person; how many there are in this window, these included."""
        ...

    async def once(self, what: str, who: bytes, pause_s: int) -> int:
        """0 for the first in `pause_s` seconds, which starts the pause; else the seconds left of it."""
        ...

    async def put(self, key: str, value: bytes, ttl_s: int) -> None:
        """Share a document among servers for `ttl_s` seconds."""
        ...

    async def get(self, key: str) -> bytes | None:
        """A shared document."""
        ...

    async def report(self, server: str, value: bytes, ttl_s: int) -> None:
        """What one worker tells the controller."""
        ...

    async def reports(self) -> list[bytes]:
        """What all workers told that is not older than its `ttl_s`."""
        ...

    async def ping(self) -> None:
        """For readiness."""
        ...
