"""The public document as the waiting pages of one generator see it.

The document is the same for everybody, so one poller stands for all pages that share a cache; each person then notices
at a moment of their own within the poll interval. With a poller for each person, every page polls by itself, as pages
without a cache in front of the service do.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
from dataclasses import dataclass, field

import msgspec

from app.line.document import NowServing
from app.load.client import Answer, Unanswered
from app.load.sending import Sender

PATH = "/queue/now-serving.json"
# an entrance is judged by the first document composed this much later, by the service's own clock
JUDGED_AFTER_S = 3
MOST_BACK_OFF = 6

_document = msgspec.json.Decoder(NowServing)


@dataclass(slots=True)
class Watch:
    """Polls the document and wakes those who wait for the draw or for their call.

    Attributes:
        sender: of the polls; its generator spreads them.
        document: the latest; None before the first answer.
        entrances: entered places that no document has judged yet, with `at_s` of the document they entered by.
    """

    sender: Sender
    document: NowServing | None = None
    entrances: list[tuple[int, int]] = field(default_factory=list)
    _turns: list[tuple[int, int, asyncio.Future[NowServing]]] = field(default_factory=list)
    _draws: list[asyncio.Future[NowServing]] = field(default_factory=list)
    _order: itertools.count[int] = field(default_factory=itertools.count)

    async def run(self) -> None:
        """Poll until cancelled."""
        failures, intended_s = 0, asyncio.get_running_loop().time()
        while True:
            failures = 0 if await self.look(intended_s) else min(MOST_BACK_OFF, failures + 1)
            told_s = self.document.poll_s if self.document else 1
            pause_s = self.sender.crowd.poll_s(told_s) * self.sender.generator.uniform(0.8, 1.2) * 2**failures
            intended_s = asyncio.get_running_loop().time() + pause_s
            await asyncio.sleep(pause_s)

    async def look(self, intended_s: float | None = None) -> bool:
        """One poll; whether there was a good answer."""
        try:
            answer = await self.sender.once("poll", "GET", PATH, intended_s=intended_s)
        except Unanswered:
            return False
        if answer.status != 200:
            return False
        self.see(read_document(answer))
        return True

    def see(self, document: NowServing) -> None:
        """Take a newer document: judge entrances, wake those whom it calls."""
        if self.document is not None and document.at_s < self.document.at_s:
            return
        self.document = document
        self._judge(document)
        over = document.phase == "closed"
        if over or document.draw.prequeue is not None:
            _give(self._draws, document)
        while self._turns and (over or self._turns[0][0] < document.serving):
            _give([heapq.heappop(self._turns)[2]], document)

    async def drawn(self) -> NowServing:
        """The first document with the draw's result, or one that says that all is over."""
        known = self.document
        if known is not None and (known.phase == "closed" or known.draw.prequeue is not None):
            return known
        waiter: asyncio.Future[NowServing] = asyncio.get_running_loop().create_future()
        self._draws.append(waiter)
        return await waiter

    async def called(self, place: int) -> NowServing:
        """The first document that calls this place, or one that says that all is over."""
        known = self.document
        if known is not None and (known.phase == "closed" or place < known.serving):
            return known
        waiter: asyncio.Future[NowServing] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._turns, (place, next(self._order), waiter))
        return await waiter

    def entered(self, place: int) -> None:
        """Somebody got in with this place; the documents to come must have called it."""
        self.entrances.append((place, self.document.at_s if self.document else 0))

    def _judge(self, document: NowServing) -> None:
        log, waiting = self.sender.log, []
        for place, at_s in self.entrances:
            if place < document.serving:
                continue
            if document.at_s < at_s + JUDGED_AFTER_S:
                waiting.append((place, at_s))
            else:
                log.violate(f"place {place} entered, but places below {document.serving} were called")
        self.entrances = waiting


def read_document(answer: Answer) -> NowServing:
    """The public document of an answer.

    Raises:
        ValueError: the answer is none.
    """
    try:
        return _document.decode(answer.body)
    except msgspec.DecodeError as error:
        raise ValueError(f"{PATH} is not the document of a waiting room ({error}); check the address") from error


def _give(waiters: list[asyncio.Future[NowServing]], document: NowServing) -> None:
    for waiter in waiters:
        if not waiter.done():
            waiter.set_result(document)
    waiters.clear()
