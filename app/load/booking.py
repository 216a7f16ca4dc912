"""What somebody does inside: prove who they are, look, hold, confirm, in the order and pauses of the scenario."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import quote

import msgspec

from app.line.document import NowServing
from app.load.client import Answer
from app.load.sending import Ended, Sender, code_of
from app.web.messages import Booked, Clinic, Confirm, Contact, Held, Hold, IdentityCheck, Slot, Slots

MOST_TRIES = 8
# until a day is found that has slots
MOST_LOOKS = 30
# the stand-in for identity providers does not know it
UNKNOWN_PHONE = "010-0000-0001"
# a page that is told so offers another slot
SOLD_TO_ANOTHER = frozenset({"slot-gone", "nothing-free"})

_clinics = msgspec.json.Decoder(list[Clinic])
_slots = msgspec.json.Decoder(Slots)
_held = msgspec.json.Decoder(Held)
_booked = msgspec.json.Decoder(Booked)


@dataclass(slots=True)
class Catalogue:
    """Regions and days of the opening, asked for once by each generator, as a cache would answer them.

    Attributes:
        days: local dates that may have slots; a page offers those that have.
        regions: where clinics are.
    """

    days: tuple[str, ...]
    regions: tuple[str, ...] = ()

    def forget(self, day: str) -> None:
        """Offer a day no more that has no slots at all."""
        if len(self.days) > 1:
            self.days = tuple(other for other in self.days if other != day)

    async def load(self, sender: Sender) -> None:
        """Ask for the regions, where nobody has."""
        if self.regions:
            return
        answer = await sender.patiently("clinics", "GET", "/api/clinics")
        if answer.status == 200:
            self.regions = tuple(sorted({clinic.region for clinic in _clinics.decode(answer.body)}))


@dataclass(slots=True)
class Visit:
    """Somebody inside."""

    sender: Sender
    catalogue: Catalogue
    document: NowServing | None
    number: int
    twice: float
    name: str
    region: str = ""
    proven: bool = False
    slots: list[Slot] = field(default_factory=list)
    held: Held | None = None
    booked: Booked | None = None
    keys: int = 0
    checks: int = 0

    @property
    def phone(self) -> str:
        """A number of their own; those that begin with 010-0000 mean something to the stand-in."""
        return f"0102{self.number % 10**7:07}"

    @property
    def generator(self) -> Random:
        """Of this person's chances."""
        return self.sender.generator

    async def step(self, kind: str, *, last: bool) -> None:
        """One request of this kind, or as many as it takes where others were faster; `last` of its repetitions."""
        if kind == "identity":
            await self._prove(mistyped=not last)
        else:
            await {"search": self._search, "hold": self._hold, "confirm": self._confirm}[kind]()

    async def _prove(self, *, mistyped: bool) -> None:
        """One check; people who need several have mistyped their number in all but the last."""
        self.checks += 1
        # nobody mistypes twice in the same way, and the same person is checked once in ten minutes
        claims = (f"{self.name} {self.checks}", UNKNOWN_PHONE) if mistyped else (self.name, self.phone)
        check = self._check(*claims)
        answer = await self.sender.patiently(
            "identity", "POST", "/api/identity/checks", check, final={"identity-paused"}
        )
        if answer.status == 200:
            self.proven = True
            if proven := answer.cookie("fg_pass"):
                self.sender.headers[b"floodgate-pass"] = proven.encode()
        elif not mistyped and not self.proven:
            raise Ended(f"could not prove who they are: {code_of(answer) or answer.status}")

    def _check(self, name: str, phone: str) -> IdentityCheck:
        document = self.document
        lights = document.providers if document else ()
        working = [light.name for light in lights if light.light != "red"] or [light.name for light in lights]
        digit = document.birth_digits[0] if document and document.birth_digits else self.number % 10
        # year, month and day all end in the digit, whichever of them the rule means
        born = f"199{digit}-{digit % 9 + 1:02}-{digit or 10:02}"
        provider = self.generator.choice(working) if working else "none"
        return IdentityCheck(provider=provider, name=name, birth_date=born, phone=phone)

    async def _search(self) -> None:
        self.region = self.region or self.generator.choice(self.catalogue.regions or ("",))
        for _ in range(MOST_LOOKS):
            day = self.generator.choice(self.catalogue.days)
            answer = await self.sender.patiently("search", "GET", f"/api/slots?region={quote(self.region)}&day={day}")
            slots = _slots.decode(answer.body).slots if answer.status == 200 else []
            if slots or answer.status != 200:
                break
            self.catalogue.forget(day)
        if answer.status == 200:
            self.slots = [slot for slot in slots if slot.free > 0]
        elif answer.status == 403:
            raise Ended(f"was sent away while searching: {code_of(answer)}")

    async def _hold(self) -> None:
        for tried in range(MOST_TRIES):
            slot = self.generator.choice(self.slots) if self.slots and tried < MOST_TRIES - 1 else None
            choice = Hold(slot_id=slot.id) if slot else Hold(region=self.region)
            answer = await self._change("hold", "/api/holds", choice)
            if answer.status == 201:
                self.held = _held.decode(answer.body)
                return
            if code_of(answer) not in SOLD_TO_ANOTHER:
                raise Ended(f"could not hold: {code_of(answer) or answer.status}")
            if slot is None:
                raise Ended("found nothing free")
            await self._search()

    async def _confirm(self) -> None:
        for _ in range(MOST_TRIES):
            if self.held is None:
                return
            body = Confirm(hold_id=self.held.hold_id, contact=Contact(phone=self.phone))
            answer = await self._change("confirm", "/api/bookings", body)
            if answer.status == 201:
                self.booked = _booked.decode(answer.body)
                return
            if code_of(answer) != "hold-expired":
                raise Ended(f"could not confirm: {code_of(answer) or answer.status}")
            await self._hold()

    async def _change(self, step: str, path: str, body: Any) -> Answer:
        """A changing request under a key of its own; some are sent twice at once and must be answered alike."""
        self.keys += 1
        key = f"load-{self.sender.crowd.seed}-{self.number}-{self.keys}"
        send = self.sender.patiently
        if self.generator.random() >= self.twice:
            return await send(step, "POST", path, body, key=key)
        first, second = await asyncio.gather(
            send(step, "POST", path, body, key=key), send(step, "POST", path, body, key=key)
        )
        results = {result for answer in (first, second) if (result := _result(answer))}
        self.sender.log.twice += 1
        if len(results) > 1:
            self.sender.log.violate(f"one {step} sent twice got {' and '.join(sorted(results))}")
        return second if first.status >= 400 else first


async def book(
    sender: Sender,
    catalogue: Catalogue,
    document: NowServing | None,
    number: int,
    twice: float,
    on_booked: Callable[[str], None],
) -> str:
    """Everything between the door and the booking; how it ended."""
    visit = Visit(sender, catalogue, document, number, twice, name=f"Load {sender.crowd.seed} {number}")
    await catalogue.load(sender)
    for step in sender.crowd.journey:
        if step.kind == "enter":
            continue
        times = _times(step.repeats, sender.generator)
        for time in range(times):
            think_s = sender.crowd.seconds(step.think_s)
            await asyncio.sleep(sender.generator.expovariate(1 / think_s) if think_s else 0.0)
            await visit.step(step.kind, last=time == times - 1)
    if visit.booked is None:
        return "left without a booking"
    on_booked(visit.booked.reference)
    return "booked"


def _times(mean: float, generator: Random) -> int:
    """A geometric number of times with this mean; below 1 the chance that it is done at all."""
    if mean < 1:
        return int(generator.random() < mean)
    times = 1
    while generator.random() < 1 - 1 / mean:
        times += 1
    return times


def _result(answer: Answer) -> str:
    """What a success gives; empty for a refusal, which is not kept and may end otherwise the next time."""
    if answer.status >= 400:
        return ""
    document = msgspec.json.decode(answer.body)
    return str(document.get("reference") or document.get("hold_id"))
