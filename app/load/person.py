"""One person's evening: they come at their own time, whatever the service does, and go on as a page would."""

from __future__ import annotations

import asyncio
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from random import Random

import msgspec

from app.line.document import NowServing
from app.load.booking import Catalogue, book
from app.load.client import Answer, Client, Unanswered
from app.load.drawing import Drawing
from app.load.log import Log
from app.load.schedule import Crowd
from app.load.sending import Ended, Sender, code_of, until
from app.load.watching import Watch
from app.web.messages import Join, Joined

TICKET, PASS = b"floodgate-ticket", b"floodgate-pass"
MOST_DEVICES = 10

_joined = msgspec.json.Decoder(Joined)


@dataclass(frozen=True, slots=True)
class Habits:
    """What some people do beside what everybody does.

    Attributes:
        knock: share of people who try to enter once before they are called; nobody must get in so.
        twice: share of confirmations that are sent twice at once, as a double click does.
        own_poller: whether every person polls for themselves.
    """

    knock: float = 0.01
    twice: float = 0.02
    own_poller: bool = False


@dataclass(slots=True)
class Night:
    """What all people of one generator share.

    Attributes:
        crowd: who they are.
        client: for everybody's requests.
        log: for what is seen.
        watch: the public document.
        drawing: places out of numbers.
        catalogue: clinics and days.
        habits: of some.
        doors_s: the doors in the loop's time.
    """

    crowd: Crowd
    client: Client
    log: Log
    watch: Watch
    drawing: Drawing
    catalogue: Catalogue
    habits: Habits
    doors_s: float

    def offset_s(self) -> float:
        """Seconds from the doors."""
        return asyncio.get_running_loop().time() - self.doors_s


@dataclass(slots=True)
class Person:
    """Somebody with a number in the crowd; all chances are theirs, so that they are the same in every process."""

    night: Night
    number: int
    generator: Random
    sender: Sender
    watch: Watch
    polling: asyncio.Task[None] | None = None
    headers: dict[bytes, bytes] = field(default_factory=dict)

    async def live(self, intended_s: float) -> str:
        """The whole evening from the intended join on; how it ended."""
        try:
            await until(intended_s)
            joined = await self._join(intended_s)
            place = await self._wait(joined, intended_s)
            await self._enter(place)
            night, document = self.night, self.watch.document
            return await book(self.sender, night.catalogue, document, self.number, night.habits.twice, self._booked)
        except Ended as end:
            return str(end)
        except Unanswered:
            return "gave up after a failure"
        finally:
            self.night.log.happened("left", self.night.offset_s())
            if self.polling is not None:
                self.polling.cancel()

    async def _join(self, intended_s: float) -> Joined:
        devices = self._devices()
        keep = f"load {self.night.crowd.seed} {self.number:09}" if devices > 1 else None
        joined = await self._join_with(self._device(0), keep, intended_s)
        self.night.log.numbers.append(joined.number)
        self.night.log.happened("joined", self.night.offset_s())
        for device in range(1, devices):
            await self._join_again(self._device(device), keep, joined)
        self.headers[TICKET] = joined.ticket.encode()
        return joined

    async def _join_with(self, device: str, keep: str | None, intended_s: float) -> Joined:
        document = self.night.watch.document
        if document is not None:
            self.night.drawing.remember(document)
        digit = document.birth_digits[0] if document and document.birth_digits else None
        work = await self.night.drawing.challenge(document, device)
        body = Join(device=device, keep=keep, birth_digit=digit, challenge=work)
        answer = await self.sender.patiently("join", "POST", "/queue/join", body, intended_s=intended_s)
        if answer.status >= 400:
            raise Ended(f"could not join: {code_of(answer) or answer.status}")
        return _joined.decode(answer.body)

    async def _join_again(self, device: str, keep: str | None, first: Joined) -> None:
        other = await self._join_with(device, keep, asyncio.get_running_loop().time())
        if other.number == first.number:
            self.night.log.again += 1
        else:
            self.night.log.violate(f"a second device got number {other.number}, the first had {first.number}")

    async def _wait(self, joined: Joined, intended_s: float) -> int:
        """Wait for the draw and the call, as long as patience lasts; the place."""
        loop, crowd = asyncio.get_running_loop(), self.night.crowd
        patience_s = crowd.seconds(self.generator.expovariate(1 / crowd.scenario.patience_s))
        # before the doors people know how long it takes; patience is for the line
        lost_at_s = max(intended_s, self.night.doors_s) + patience_s
        if self.night.habits.own_poller:
            self.polling = asyncio.create_task(self.watch.run())
        try:
            async with asyncio.timeout_at(lost_at_s):
                place = await self._place(joined)
                shown, from_s = self._shown(place), loop.time()
                await self._knock(place)
                document = await self.watch.called(place)
        except TimeoutError:
            raise Ended("lost patience in the line") from None
        if place >= document.serving:
            raise Ended("was still waiting when the doors closed")
        if shown:
            self.night.log.waits.add(*shown, loop.time() - from_s)
        self.night.log.line_s.add(loop.time() - intended_s)
        self.night.log.happened("called", self.night.offset_s())
        if not self.night.habits.own_poller:
            # the shared poller sees it first; this page would at its next poll
            await asyncio.sleep(self.generator.uniform(0, crowd.poll_s(document.poll_s)))
        return place

    async def _place(self, joined: Joined) -> int:
        if joined.place is not None:
            return joined.place
        document = await self.watch.drawn()
        try:
            return self.night.drawing.place(document, joined.number)
        except ValueError as error:
            self.night.log.violate(str(error))
            raise Ended("found a wrong draw") from None

    def _shown(self, place: int) -> tuple[float, float] | None:
        return shown_wait(self.watch.document, place) if self.watch.document else None

    async def _knock(self, place: int) -> None:
        document = self.watch.document
        if document is None or place < document.serving or self.generator.random() >= self.night.habits.knock:
            return
        answer = await self.sender.once("knock early", "POST", "/queue/enter")
        self.night.log.knocked += 1
        if answer.status < 400:
            self.watch.entered(place)

    async def _enter(self, place: int) -> None:
        step = next((step for step in self.night.crowd.journey if step.kind == "enter"), None)
        think_s = self.night.crowd.seconds(step.think_s) if step else 0.0
        await asyncio.sleep(self.generator.expovariate(1 / think_s) if think_s else 0.0)
        while True:
            answer = await self.sender.patiently("enter", "POST", "/queue/enter")
            if code_of(answer) != "not-your-turn":
                break
            await asyncio.sleep(float(answer.header(b"retry-after") or 1) * self.generator.uniform(1, 1.5))
        self._admitted(place, answer)

    def _admitted(self, place: int, answer: Answer) -> None:
        if answer.status >= 400:
            raise Ended(f"could not enter: {code_of(answer) or answer.status}")
        self.watch.entered(place)
        self.night.log.places.append(place)
        self.night.log.happened("entered", self.night.offset_s())
        self.headers[PASS] = (answer.cookie("fg_pass") or "").encode()

    def _booked(self, reference: str) -> None:
        self.night.log.references.append(reference)
        self.night.log.happened("booked", self.night.offset_s())

    def _devices(self) -> int:
        mean = min(MOST_DEVICES, self.night.crowd.scenario.devices_per_person)
        return int(mean) + (self.generator.random() < mean % 1)

    def _device(self, number: int) -> str:
        return urlsafe_b64encode(Random(f"{self.night.crowd.seed}/{self.number}/{number}").randbytes(16))[:22].decode()


def person(night: Night, number: int) -> Person:
    """The person with this number of a night."""
    generator = Random(f"{night.crowd.seed}/{number}")
    headers: dict[bytes, bytes] = {}
    sender = Sender(night.client, night.crowd, night.log, generator, headers)
    watch = Watch(sender, night.watch.document) if night.habits.own_poller else night.watch
    return Person(night, number, generator, sender, watch, headers=headers)


def shown_wait(document: NowServing, place: int) -> tuple[float, float] | None:
    """The range of seconds that a page shows to this place; None where no rate is known yet."""
    if document.rate_per_s <= 0 or place < document.serving:
        return None
    estimate_s = (place - document.serving) / document.rate_per_s
    return estimate_s * document.wait_low, estimate_s * document.wait_high
