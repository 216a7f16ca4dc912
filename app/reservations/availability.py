"""What is free, as of a moment ago: counted once a second for the whole fleet, however many people look.

Fail-open in every direction: without the shared store a worker counts for itself, and while the database is slow or
away people see what was free when it last answered; `at_s` tells when. Nobody is refused by this: holding looks anew.
"""

from __future__ import annotations

import asyncio
import struct
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass

import msgspec

from app.clock import Clock
from app.errors import AppError, Unavailable
from app.line.store import LineStore
from app.line.values import LineLost
from app.reservations.reservations import Reservations
from app.web.messages import Clinic, Slots

FRESH_S = 1.0
# counting takes at most this share of the time, so a region with very many free units is counted less often
MOST_COUNTING = 0.05
# somebody who has an older document in hand waits this long for a newer one
PATIENCE_S = 0.15
# a stranger's count is waited for this long
OTHERS_S = 0.25
SHARED_FOR_S = 600
CLINICS_FRESH_S = 60.0
# regions times days of an opening are some hundreds; more are made up
MOST_DOCUMENTS = 2000
_HEAD = struct.Struct(">d")

Key = tuple[str, str, str]


@dataclass(slots=True)
class _Kept:
    document: bytes | None = None
    fresh_until_s: float = 0.0
    refresh: asyncio.Task[None] | None = None


class Availability:
    """Slots and clinics of one worker.

    Args:
        reservations: that count.
        line: store that shares.
        clock: the time.
    """

    def __init__(self, reservations: Reservations, line: LineStore, clock: Clock) -> None:
        self._reservations, self._line, self._clock = reservations, line, clock
        self._kept: OrderedDict[Key, _Kept] = OrderedDict()
        self._clinics: OrderedDict[tuple[str, str | None], tuple[float, list[Clinic]]] = OrderedDict()

    async def slots(self, opening: str, region: str, day: str) -> Slots:
        """Slots of a region on a day (a local date)."""
        return msgspec.json.decode(await self.document(opening, region, day), type=Slots)

    async def document(self, opening: str, region: str, day: str) -> bytes:
        """The same as JSON, as it is kept.

        Raises:
            Unavailable: the database is away and nobody ever counted this.
        """
        kept = self._find((opening, region, day))
        if kept.document is not None and self._clock.now_s() < kept.fresh_until_s:
            return kept.document
        if kept.refresh is None or kept.refresh.done():
            kept.refresh = asyncio.create_task(self._refresh(kept, (opening, region, day)))
        if kept.document is None:
            # whoever goes away must not take the answer from the others
            await asyncio.shield(kept.refresh)
        else:
            await asyncio.wait({kept.refresh}, timeout=PATIENCE_S)
        assert kept.document is not None, "a refresh without a document raises"
        return kept.document

    async def clinics(self, opening: str, region: str | None) -> list[Clinic]:
        """Clinics of a region, or of all; as of a minute ago at most, or older while the database is away."""
        now_s = self._clock.now_s()
        at_s, found = self._clinics.get((opening, region), (-CLINICS_FRESH_S, []))
        if now_s - at_s < CLINICS_FRESH_S:
            return found
        try:
            found = list(await self._reservations.clinics(opening, region))
        except Unavailable:
            if not found:
                raise
        self._clinics[(opening, region)] = (now_s, found)
        while len(self._clinics) > MOST_DOCUMENTS:
            self._clinics.popitem(last=False)
        return found

    def _find(self, key: Key) -> _Kept:
        kept = self._kept.setdefault(key, _Kept())
        self._kept.move_to_end(key)
        while len(self._kept) > MOST_DOCUMENTS:
            self._kept.popitem(last=False)
        return kept

    async def _refresh(self, kept: _Kept, key: Key) -> None:
        name = "slots/" + "/".join(key)
        if self._adopt(kept, await self._shared(name)):
            return
        if not await self._is_our_turn(name) and await self._wait_for_others(kept, name):
            return
        try:
            began_s = self._clock.now_s()
            slots = list(await self._reservations.free_slots(*key))
        except AppError:
            if kept.document is None:
                raise
            # the old one stays, and the database is left alone for a moment
            kept.fresh_until_s = self._clock.now_s() + FRESH_S
            return
        now_s = self._clock.now_s()
        kept.document = msgspec.json.encode(Slots(int(began_s), slots))
        kept.fresh_until_s = began_s + max(FRESH_S, (now_s - began_s) / MOST_COUNTING)
        with suppress(Unavailable, LineLost):
            await self._line.put(name, _HEAD.pack(kept.fresh_until_s) + kept.document, SHARED_FOR_S)

    def _adopt(self, kept: _Kept, shared: bytes | None) -> bool:
        """Take a shared document if it is newer; whether it is fresh."""
        if shared is None:
            return False
        (fresh_until_s,) = _HEAD.unpack_from(shared)
        if kept.document is None or fresh_until_s > kept.fresh_until_s:
            kept.document, kept.fresh_until_s = shared[_HEAD.size :], fresh_until_s
        return self._clock.now_s() < fresh_until_s

    async def _wait_for_others(self, kept: _Kept, name: str) -> bool:
        """Whether another worker's count came in time, or there is an older one meanwhile."""
        for _ in range(5):
            await asyncio.sleep(OTHERS_S / 5)
            if self._adopt(kept, await self._shared(name)):
                return True
        return kept.document is not None

    async def _shared(self, name: str) -> bytes | None:
        """Fail-open: without the store every worker counts for itself."""
        try:
            return await self._line.get(name)
        except (Unavailable, LineLost):
            return None

    async def _is_our_turn(self, name: str) -> bool:
        """Fail-open: without the store it is everybody's."""
        try:
            return await self._line.once("counting", name.encode(), int(FRESH_S)) == 0
        except (Unavailable, LineLost):
            return True
