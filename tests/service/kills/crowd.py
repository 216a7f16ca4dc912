"""Scripted people over real HTTP: they come, wait, book and are followed by others until they are told to stop.

Each does what the page does: one device key, one Idempotency-Key for a change and all of its repetitions, and after a
refusal a pause as long as `Retry-After` says, at most a second here, so that an outage is knocked at all the time. Some
knock before they are called, some come with two devices, some hang up in the middle of a confirm, some give back.
"""

import asyncio
import itertools
import random
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from app.reservations.places import PROVINCES
from tests.service.kills.record import Acknowledged, Entrance, Join, Record

TIMEOUT_S = 6.0
LONGEST_PAUSE_S = 1.0
POLL_S = 0.5
# half of them want the first, which is sold out in the end; of the others there is more than a crowd can take
REGIONS = ["KR-11"] * (len(PROVINCES) - 1) + [region for region in PROVINCES if region != "KR-11"]
CONTACT = {"phone": "010-2345-6789"}
PROVIDERS = ("mobile", "certificate")


class Over(Exception):  # noqa: N818  an end, not an error
    """The evening is over, or there is nothing left for this person."""


@dataclass
class Reply:
    status: int
    body: dict
    headers: object

    @property
    def code(self):
        return self.body.get("type", "").rpartition("/")[2]


@dataclass
class Device:
    """One browser of one person."""

    key: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    ticket: str = ""
    number: int = -1
    visit: str = ""


class Crowd:
    """People, `at_once` of them at any time, who write into one record."""

    def __init__(self, url, at_once, seed=20):
        self.url, self.at_once, self.record = url, at_once, Record()
        self.seed, self._humans = seed, itertools.count()
        self.stopping = asyncio.Event()
        self.serving = 0
        self.refused = {}
        self._session: Any = None

    async def run(self):
        """Until `stopping` is set and everybody has finished what they were doing."""
        connector = aiohttp.TCPConnector(limit=0)
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
        async with (
            aiohttp.ClientSession(
                self.url, connector=connector, timeout=timeout, cookie_jar=aiohttp.DummyCookieJar()
            ) as self._session,
            asyncio.TaskGroup() as group,
        ):
            group.create_task(self._watch())
            for number in range(self.at_once):
                group.create_task(self._one_after_another(random.Random(f"{self.seed}/{number}")))

    async def _one_after_another(self, chance):
        await asyncio.sleep(chance.random() * 2)
        while not self.stopping.is_set():
            human = next(self._humans)
            devices = [Device() for _ in range(2 if chance.random() < 0.15 else 1)]
            await asyncio.gather(*(self._evening(human, device, chance) for device in devices))

    async def _watch(self):
        """Reads the public document, on a new connection each time, so that both workers are asked."""
        while not self.stopping.is_set():
            try:
                reply = await self._ask("GET", "/queue/now-serving.json", headers={"Connection": "close"})
            except (OSError, aiohttp.ClientError):
                await asyncio.sleep(0.05)
                continue
            if reply.status == 200:
                self.record.documents.append((reply.body["at_s"], reply.body["serving"]))
                self.serving = max(self.serving, reply.body["serving"])
            await asyncio.sleep(0.05)

    async def _ask(self, method, path, body=None, headers=None, within_s=None):
        """One request; OSError where no answer comes, and TimeoutError is one."""
        async with (
            asyncio.timeout(within_s),
            self._session.request(method, path, json=body, headers=headers) as answer,
        ):
            return Reply(answer.status, await answer.json(content_type=None) or {}, answer.headers)

    async def _until_done(self, method, path, body, headers, *, also=(), last=False):
        """Ask until the answer is one: a success, or a refusal that no repetition changes.

        Raises:
            Over: nobody waits any longer. `last` waits longer, for what must not stay unknown.
        """
        until = time.monotonic() + (40 if last else 30)
        while time.monotonic() < until and (last or not self.stopping.is_set()):
            pause_s = 0.2
            try:
                reply = await self._ask(method, path, body, headers)
            except (OSError, aiohttp.ClientError):
                pass
            else:
                if reply.status < 400 or reply.code in also:
                    return reply
                self.refused[reply.code] = self.refused.get(reply.code, 0) + 1
                if reply.status not in {409, 429, 503}:
                    raise Over(reply.code)
                pause_s = min(LONGEST_PAUSE_S, float(reply.headers.get("Retry-After", 0.2)))
            await asyncio.sleep(pause_s)
        raise Over

    async def _evening(self, human, device, chance):
        try:
            await self._join(device)
            await self._wait_and_enter(device, chance)
            await self._prove(human, device, chance)
            await self._book(human, device, chance)
        except Over:
            return

    async def _join(self, device):
        sent_s = time.monotonic()
        reply = await self._until_done("POST", "/queue/join", {"device": device.key}, None)
        device.ticket, device.number = reply.body["ticket"], reply.body["number"]
        self.record.joins.append(Join(device.key, sent_s, time.monotonic(), device.number))

    async def _wait_and_enter(self, device, chance):
        ticket = {"Floodgate-Ticket": device.ticket}
        eager = chance.random() < 0.2
        while not eager:
            reply = await self._until_done("GET", "/queue/place", None, ticket)
            place = reply.body["place"]
            if place is not None and place < self.serving:
                break
            await asyncio.sleep(POLL_S)
        reply = await self._until_done("POST", "/queue/enter", None, ticket)
        device.visit = reply.headers["Floodgate-Pass"]
        self.record.entrances.append(Entrance(device.key, device.number, reply.body["place"], time.monotonic()))

    async def _prove(self, human, device, chance):
        body = {"provider": chance.choice(PROVIDERS), "name": "홍길동", "birth_date": "1988-05-17"}
        body["phone"] = f"010-{2000 + human // 10_000:04}-{human % 10_000:04}"
        reply = await self._until_done("POST", "/api/identity/checks", body, self._papers(device))
        device.visit = reply.headers["Floodgate-Pass"]

    async def _book(self, human, device, chance):
        while True:
            choice = {"region": chance.choice(REGIONS)}
            headers = self._papers(device) | {"Idempotency-Key": secrets.token_hex(8)}
            held = await self._until_done(
                "POST", "/api/holds", choice, headers, also={"nothing-free", "already-booked"}
            )
            if held.code == "already-booked":
                raise Over
            if held.status == 201 and await self._confirm(human, device, held.body["hold_id"], chance):
                return
            await asyncio.sleep(0.3)

    async def _confirm(self, human, device, hold, chance):
        key = secrets.token_hex(8)
        asked = ("POST", "/api/bookings", {"hold_id": hold, "contact": CONTACT})
        headers = self._papers(device) | {"Idempotency-Key": key}
        sent_s = time.monotonic()
        self.record.unanswered.add(key)
        hung_up = chance.random() < 0.3
        if hung_up:
            # the request is on its way, its answer is read by nobody
            with suppress(OSError, aiohttp.ClientError):
                await self._ask(*asked, headers, within_s=chance.random() * 0.02)
        reply = await self._until_done(*asked, headers, also={"hold-expired", "already-booked"}, last=True)
        self.record.unanswered.discard(key)
        if reply.status != 201:
            return reply.code == "already-booked"
        self._note(human, key, reply, sent_s)
        self.record.repeated += hung_up
        if chance.random() < 0.3:
            self._note(human, key, await self._until_done(*asked, headers, last=True), sent_s)
        if chance.random() < 0.1:
            await self._cancel(device, reply.body)
        return True

    def _note(self, human, key, reply, sent_s):
        said = reply.body
        self.record.confirms.append(
            Acknowledged(human, key, said["reference"], said["slot_id"], sent_s, time.monotonic())
        )

    async def _cancel(self, device, booked):
        headers = {"Floodgate-Receipt": booked["receipt"], "Idempotency-Key": secrets.token_hex(8)}
        path = f"/api/bookings/{booked['reference']}/cancel"
        await self._until_done("POST", path, None, headers, last=True)
        self.record.cancelled.add(booked["reference"])

    def _papers(self, device):
        return {"Floodgate-Ticket": device.ticket, "Floodgate-Pass": device.visit}
