"""The steps of a journey as requests, each of which finds in a traveller what the step before has left there."""

from __future__ import annotations

import time
from base64 import urlsafe_b64encode
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from random import Random

import msgspec

from app.load.client import Answer, Client
from app.web.messages import Clinic, Held, Joined, Slots

JSON = (b"content-type", b"application/json")
PROVIDER = "standin"
SLOTS_BEGIN_DAYS = 7

_joined = msgspec.json.Decoder(Joined)
_held = msgspec.json.Decoder(Held)
_slots = msgspec.json.Decoder(Slots)
_clinics = msgspec.json.Decoder(list[Clinic])


@dataclass(slots=True)
class Traveller:
    """Somebody on the way: what they have been given so far; the ordinal counts those who came before."""

    number: int
    ordinal: int = 0
    headers: dict[bytes, bytes] = field(default_factory=dict)
    slots: Sequence[int] = ()
    hold_id: str = ""


class Journey:
    """Sends the steps of travellers; every method is one request and says whether it was answered as wanted."""

    def __init__(self, client: Client, seed: int) -> None:
        self._client = client
        self._generator = Random(seed)
        self._pages: list[str] = []
        self._people = 0

    def steps(self) -> dict[str, Callable[[Traveller], Awaitable[bool]]]:
        """By name, in the order of the journey; names are those of the rehearsal's costs."""
        return {
            "page": self.page,
            "poll": self.poll,
            "join": self.join,
            "enter": self.enter,
            "identity": self.identity,
            "search": self.search,
            "hold": self.hold,
            "confirm": self.confirm,
        }

    def travellers(self, count: int) -> list[Traveller]:
        """New people."""
        first, self._people = self._people, self._people + count
        return [Traveller(self._generator.getrandbits(48), ordinal) for ordinal in range(first, first + count)]

    async def page(self, _: Traveller) -> bool:
        """The waiting page."""
        return (await self._client.request("GET", "/wait/")).status == 200

    async def poll(self, _: Traveller) -> bool:
        """The public document."""
        return (await self._client.request("GET", "/queue/now-serving.json")).status == 200

    async def join(self, traveller: Traveller) -> bool:
        """Take a place."""
        device = urlsafe_b64encode(self._generator.randbytes(16))[:22].decode()
        answer = await self._send(traveller, "/queue/join", {"device": device})
        if answer.status == 200:
            traveller.headers[b"floodgate-ticket"] = _joined.decode(answer.body).ticket.encode()
        return answer.status == 200

    async def enter(self, traveller: Traveller) -> bool:
        """Go in."""
        answer = await self._send(traveller, "/queue/enter", {})
        traveller.headers[b"floodgate-pass"] = (answer.cookie("fg_pass") or "").encode()
        return answer.status == 200

    async def identity(self, traveller: Traveller) -> bool:
        """Prove who one is."""
        who = {"provider": PROVIDER, "name": f"Person {traveller.number}", "birth_date": "1990-01-10"}
        phone = f"010{2 + traveller.number % 8}{traveller.number % 10**7:07}"
        answer = await self._send(traveller, "/api/identity/checks", {**who, "phone": phone})
        traveller.headers[b"floodgate-pass"] = (answer.cookie("fg_pass") or "").encode()
        return answer.status == 200

    async def search(self, traveller: Traveller) -> bool:
        """Look at a region's day."""
        page = self._pages[traveller.ordinal % len(self._pages)]
        answer = await self._client.request("GET", page, tuple(traveller.headers.items()))
        if answer.status == 200:
            traveller.slots = [slot.id for slot in _slots.decode(answer.body).slots if slot.free]
        return answer.status == 200 and bool(traveller.slots)

    async def hold(self, traveller: Traveller) -> bool:
        """Hold a unit."""
        # in turn, since chance would bring some to the last of a slot together, and that is another cost
        slot = traveller.slots[traveller.ordinal // len(self._pages) % len(traveller.slots)]
        answer = await self._send(traveller, "/api/holds", {"slot_id": slot}, b"h")
        if answer.status == 201:
            traveller.hold_id = str(_held.decode(answer.body).hold_id)
        return answer.status == 201

    async def confirm(self, traveller: Traveller) -> bool:
        """Confirm it."""
        body = {"hold_id": traveller.hold_id, "contact": {"phone": "010-2000-0000"}}
        return (await self._send(traveller, "/api/bookings", body, b"c")).status == 201

    async def look_around(self, insider: tuple[tuple[bytes, bytes], ...]) -> None:
        """Find the pages of regions and days that have slots, for `search`."""
        answer = await self._client.request("GET", "/api/clinics", insider)
        regions = sorted({clinic.region for clinic in _clinics.decode(answer.body)})
        # the made-up country's days begin a week after the doors; a zone may be a day ahead
        days = [time.time() + day * 86_400 for day in range(SLOTS_BEGIN_DAYS - 1, SLOTS_BEGIN_DAYS + 4)]
        for region in regions:
            for day in (time.strftime("%Y-%m-%d", time.gmtime(moment)) for moment in days):
                page = f"/api/slots?region={region}&day={day}"
                if _slots.decode((await self._client.request("GET", page, insider)).body).slots:
                    self._pages.append(page)

    async def _send(self, traveller: Traveller, path: str, body: dict[str, object], key: bytes = b"") -> Answer:
        headers = [*traveller.headers.items(), JSON]
        if key:
            headers.append((b"idempotency-key", b"%s-%d" % (key, traveller.number)))
        return await self._client.request("POST", path, tuple(headers), msgspec.json.encode(body))
