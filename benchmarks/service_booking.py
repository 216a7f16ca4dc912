"""People inside: choose, hold, confirm through HTTP; in a closed loop for the most, in an open one for latency."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec

from app.calibration.starting import Insider, Service
from app.load.client import Answer, Client
from app.load.histogram import Histogram
from app.web.messages import Booked, Clinic, Held, Slots

JSON = (b"content-type", b"application/json")
MOST_TRIES = 20
MOST_READ = 200

_clinics = msgspec.json.Decoder(list[Clinic])
_slots = msgspec.json.Decoder(Slots)
_held = msgspec.json.Decoder(Held)
_booked = msgspec.json.Decoder(Booked)


@dataclass(slots=True)
class Sales:
    """What people got, and how long each step took from the moment it was meant to be sent."""

    references: list[str] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    choosing: Histogram = field(default_factory=Histogram)
    holding: Histogram = field(default_factory=Histogram)
    confirming: Histogram = field(default_factory=Histogram)
    refusing: Histogram = field(default_factory=Histogram)
    lasted_s: float = 0.0

    @property
    def per_s(self) -> float:
        """Confirmed bookings a second."""
        return len(self.references) / self.lasted_s


@dataclass(slots=True)
class Shop:
    """Where people buy: regions and days to look at, and one client for all."""

    client: Client
    pages: list[str]
    sales: Sales = field(default_factory=Sales)
    generator: random.Random = field(default_factory=lambda: random.Random(1))
    read: dict[bytes, list[int]] = field(default_factory=dict)

    async def buy(self, insider: Insider) -> None:
        """Choose among what is free, hold, confirm; another choice where somebody was faster."""
        for attempt in range(MOST_TRIES):
            slot_id = await self.choose(insider)
            if slot_id is None:
                self.sales.refused["nothing free in sight"] += 1
                continue
            held = await self.hold(insider, slot_id, attempt)
            if held is not None:
                await self.confirm(insider, held)
                return
        self.sales.refused["gave up"] += 1

    async def choose(self, insider: Insider) -> int | None:
        """One look at a region's day; a slot that was free."""
        began_s = time.perf_counter()
        answer = await self.client.request("GET", self.generator.choice(self.pages), insider.headers)
        self.sales.choosing.add(time.perf_counter() - began_s)
        free = self._free_in(answer.body)
        return self.generator.choice(free) if free else None

    def _free_in(self, body: bytes) -> list[int]:
        """Slots with something free; the same document comes to all who look within a second."""
        free = self.read.get(body)
        if free is None:
            if len(self.read) > MOST_READ:
                self.read.clear()
            free = self.read[body] = [slot.id for slot in _slots.decode(body).slots if slot.free]
        return free

    async def hold(self, insider: Insider, slot_id: int, attempt: int = 0) -> bytes | None:
        """Hold a unit of a slot; its hold, or None where it is gone."""
        began_s = time.perf_counter()
        answer = await self._post("/api/holds", insider, b"h%d" % attempt, b'{"slot_id":%d}' % slot_id)
        took_s = time.perf_counter() - began_s
        if answer.status == 201:
            self.sales.holding.add(took_s)
            return str(_held.decode(answer.body).hold_id).encode()
        self.sales.refusing.add(took_s)
        self.sales.refused[_code(answer)] += 1
        return None

    async def confirm(self, insider: Insider, held: bytes) -> None:
        """Confirm a hold."""
        body = b'{"hold_id":"%s","contact":{"phone":"010-2000-0000"}}' % held
        began_s = time.perf_counter()
        answer = await self._post("/api/bookings", insider, b"c", body)
        self.sales.confirming.add(time.perf_counter() - began_s)
        if answer.status == 201:
            self.sales.references.append(_booked.decode(answer.body).reference)
        else:
            self.sales.refused[_code(answer)] += 1

    async def _post(self, path: str, insider: Insider, key: bytes, body: bytes) -> Answer:
        """A change, sent again with the same key where the service was too busy, as pages do."""
        headers = (*insider.headers, (b"idempotency-key", insider.name + b"-" + key), JSON)
        while (answer := await self.client.request("POST", path, headers, body)).status == 503:
            self.sales.refused[_code(answer)] += 1
            await asyncio.sleep(self.generator.uniform(0.5, 1.5))
        return answer


async def only_slot(service: Service, insiders: Iterator[Insider]) -> int:
    """The slot of a service that has one."""
    client = Client(service.target)
    slot_id = await (await shop_of(client, next(insiders))).choose(next(insiders))
    await client.close()
    assert slot_id is not None, "nobody has bought yet"
    return slot_id


async def shop_of(client: Client, insider: Insider) -> Shop:
    """A shop that shows every region and day of the service."""
    answer = await client.request("GET", "/api/clinics", insider.headers)
    regions = sorted({clinic.region for clinic in _clinics.decode(answer.body)})
    today = time.time()
    days = [time.strftime("%Y-%m-%d", time.gmtime(today + day * 86_400)) for day in range(5, 11)]
    pages = [f"/api/slots?region={region}&day={day}" for region in regions for day in days]
    shown = [await client.request("GET", page, insider.headers) for page in pages]
    return Shop(client, [page for page, answer in zip(pages, shown, strict=True) if _slots.decode(answer.body).slots])


async def sell_at_most(service: Service, insiders: Iterator[Insider], seconds: float, buyers: int) -> Sales:
    """As many bookings as the service can take, with so many buyers at once, each beginning when one is done."""
    client = Client(service.target)
    shop = await shop_of(client, next(insiders))
    ends_s = time.perf_counter() + seconds

    async def one_after_the_other() -> None:
        while time.perf_counter() < ends_s:
            await shop.buy(next(insiders))

    began_s = time.perf_counter()
    await asyncio.gather(*(one_after_the_other() for _ in range(buyers)))
    shop.sales.lasted_s = time.perf_counter() - began_s
    await client.close()
    return shop.sales


async def sell_at(service: Service, insiders: Iterator[Insider], rate_per_s: float, seconds: float) -> Sales:
    """Buyers at a steady rate, whatever the answers do."""
    client = Client(service.target)
    shop = await shop_of(client, next(insiders))
    began_s = asyncio.get_running_loop().time()

    async def come(number: int) -> None:
        await asyncio.sleep(began_s + number / rate_per_s - asyncio.get_running_loop().time())
        await shop.buy(next(insiders))

    await asyncio.gather(*(come(number) for number in range(int(rate_per_s * seconds))))
    shop.sales.lasted_s = asyncio.get_running_loop().time() - began_s
    await client.close()
    return shop.sales


async def sell_out(
    service: Service, insiders: Iterator[Insider], buyers: int, rate_per_s: float, slot_id: int
) -> Sales:
    """More buyers than places of one slot, at a steady rate; everybody wants that slot."""
    client = Client(service.target)
    shop = Shop(client, [])
    began_s = asyncio.get_running_loop().time()

    async def come(number: int) -> None:
        await asyncio.sleep(began_s + number / rate_per_s - asyncio.get_running_loop().time())
        insider = next(insiders)
        held = await shop.hold(insider, slot_id)
        if held is not None:
            await shop.confirm(insider, held)

    await asyncio.gather(*(come(number) for number in range(buyers)))
    shop.sales.lasted_s = asyncio.get_running_loop().time() - began_s
    await client.close()
    return shop.sales


def _code(answer: Answer) -> str:
    return str(msgspec.json.decode(answer.body).get("type", answer.status)).rpartition("/")[2]
