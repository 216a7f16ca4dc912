"""The public document as one worker has it: looked up twice a second, served as bytes that are made once.

Fail-open: with Valkey away the last document goes on being served; its `at_s` tells its age. Before there is a first
one, a document is composed here from the settings alone, and it calls nobody.
"""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass

import msgspec

from app import opening as openings
from app.clock import Clock
from app.errors import Unavailable
from app.keys import Keys
from app.line.document import Draw, NowServing, Phase
from app.line.store import LineStore
from app.line.values import LineLost
from app.opening import Opening
from app.settings import Settings
from app.web import headers
from app.web.wire import Message

REFRESH_S = 0.5
# one look at the store serves all who ask at the door within this time
LEAST_BETWEEN_S = 0.05
CACHE_CONTROL = b"public, max-age=1, stale-while-revalidate=5, stale-if-error=600"


@dataclass(frozen=True, slots=True)
class Rendered:
    """One document and the two messages that answer with it."""

    document: NowServing
    start: Message
    body: Message


class DocumentSource:
    """The document of the current opening.

    Args:
        settings: the openings.
        clock: the time.
        line: where the leading controller puts the document.
        keys: for the draw's commitment in a document that is composed here.

    Attributes:
        rendered: what is served now.
    """

    def __init__(self, settings: Settings, clock: Clock, line: LineStore, keys: Keys) -> None:
        self._settings, self._clock, self._line, self._keys = settings, clock, line, keys
        self._decoder = msgspec.json.Decoder(NowServing)
        secure = headers.security(headers.POLICY_OF_DATA, encrypted=settings.environment == "production")
        kind = (b"content-type", b"application/json")
        self._headers = [kind, (b"cache-control", CACHE_CONTROL), *secure]
        self._asking: asyncio.Task[None] | None = None
        self._asked_at_s = 0.0
        self.rendered = self._composed_here()

    @property
    def document(self) -> NowServing:
        """What is served now."""
        return self.rendered.document

    def opening(self) -> Opening:
        """The current opening; the last one when all are over.

        Raises:
            Unavailable: no opening is configured.
        """
        now = openings.current(self._settings.openings, self._clock.now_s())
        if now is not None:
            return now
        if not self._settings.openings:
            raise Unavailable("no opening is planned; come again when one is announced", retry_after_s=600)
        return max(self._settings.openings, key=lambda opening: opening.closes_at)

    async def refresh(self) -> None:
        """Look the document up; whatever fails, the last one stays."""
        opening = self.opening()
        self._asked_at_s = self._clock.now_s()
        try:
            found = await self._line.get(f"now-serving/{opening.name}")
            document = self._decoder.decode(found) if found else None
        except (Unavailable, LineLost, msgspec.MsgspecError):
            found, document = None, None
        if found and document and document.opening == opening.name:
            self._keep(document, found)
        elif self.document.opening != opening.name or not self._is_from_the_controller:
            self.rendered = self._composed_here()

    async def fresh(self) -> NowServing:
        """A document that is no older than 50 ms, as far as the store answers: before anybody is sent away."""
        if self._asking is None and self._clock.now_s() - self._asked_at_s >= LEAST_BETWEEN_S:
            self._asking = asyncio.create_task(self.refresh())
            self._asking.add_done_callback(self._asked)
        if self._asking is not None:
            # whoever hangs up must not take the answer from the others
            await asyncio.shield(self._asking)
        return self.document

    async def run(self) -> None:
        """Keep the copy, until cancelled."""
        while True:
            await self.refresh()
            await asyncio.sleep(REFRESH_S)

    def age_s(self) -> float:
        """How old the document is."""
        return max(0.0, self._clock.now_s() - self.document.at_s)

    def _asked(self, _: asyncio.Task[None]) -> None:
        self._asking = None

    def _keep(self, document: NowServing, text: bytes) -> None:
        self._is_from_the_controller = True
        self.rendered = self._render(document, text)

    def _composed_here(self) -> Rendered:
        self._is_from_the_controller = False
        document = compose_alone(self._settings, self.opening(), self._clock.now_s(), self._keys)
        return self._render(document, msgspec.json.encode(document))

    def _render(self, document: NowServing, text: bytes) -> Rendered:
        length = (b"content-length", str(len(text)).encode())
        start = {"type": "http.response.start", "status": 200, "headers": [*self._headers, length]}
        return Rendered(document, start, {"type": "http.response.body", "body": text})


def compose_alone(settings: Settings, opening: Opening, now_s: float, keys: Keys) -> NowServing:
    """What can be said of an opening while no controller has said anything: dates and rules, nobody called."""
    secret = keys.derive(f"draw/{opening.name}")
    return NowServing(
        opening=opening.name,
        title=opening.title,
        phase=_phase(opening, now_s),
        at_s=int(now_s),
        doors_s=int(opening.doors_s),
        closes_s=int(opening.closes_at.timestamp()),
        zone=opening.zone,
        joined=0,
        serving=0,
        lapsed=0,
        rate_per_s=0.0,
        wait_low=1.0,
        wait_high=1.0,
        poll_s=settings.admission.poll_interval_s,
        draw=Draw(hashlib.sha256(secret).hexdigest()),
        challenge_bits=opening.rules.challenge_bits,
        birth_digits=opening.rules.birth_digits,
        prequeue_s=int(opening.prequeue_from.timestamp()),
        come_within_s=opening.come_within_s,
    )


def _phase(opening: Opening, now_s: float) -> Phase:
    if now_s >= opening.closes_at.timestamp():
        return "closed"
    # the time for joining has come, but no controller says that it is so
    return "before" if now_s < opening.prequeue_from.timestamp() else "paused"
