"""A waiting room and a reservation service in a few lines, with faults that can be switched on.

It stands in for the service where a test is about the load: what it notices, and how it measures.
"""

import asyncio
import contextlib
import json
import time
from uuid import uuid4

from app.line import draw

SECRET = bytes(range(32))


class FakeService:
    """Calls `rate` places a second; its own clock for `at_s` runs ten times as fast, so that tests need not wait."""

    def __init__(self, *, faults=(), rate=400.0, doors_in_s=0.5, units=1000):
        self.faults = frozenset(faults)
        self.began_s = time.time()
        self.doors_s = self.began_s + doors_in_s
        self.rate, self.units = rate, units
        self.numbers, self.places, self.checked, self.holds, self.answers = {}, {}, set(), {}, {}
        self.prequeue = None
        self.stalled_until_s = 0.0
        self.requests = []

    @property
    def serving(self):
        return max(0, int((time.time() - self.doors_s) * self.rate))

    def document(self):
        now_s = time.time()
        if self.prequeue is None and now_s >= self.doors_s:
            self.prequeue = len(self.numbers)
        drawn = {} if self.prequeue is None else {"prequeue": self.prequeue, "secret": SECRET.hex()}
        if "wrong draw" in self.faults and drawn:
            drawn["secret"] = bytes(32).hex()
        return {
            "opening": "test",
            "title": {"en": "Test"},
            "phase": "prequeue" if self.prequeue is None else "open",
            "at_s": int(self.began_s + (now_s - self.began_s) * 10),
            "doors_s": int(self.doors_s),
            "closes_s": int(self.doors_s) + 3600,
            "zone": "Asia/Seoul",
            "joined": len(self.numbers),
            "serving": self.serving,
            "lapsed": 0,
            "rate_per_s": self.rate,
            "wait_low": 0.5,
            "wait_high": 2.0,
            "poll_s": 1,
            "draw": {"commitment": draw.commitment(SECRET), **drawn},
            "providers": [{"name": "one", "title": {}, "light": "green"}],
        }

    def join(self, body, headers):
        self.document()
        known = self.numbers.get(body.get("keep") or body["device"])
        number = len(set(self.numbers.values())) if known is None else known
        if "same number" in self.faults:
            number = 7
        if "devices apart" in self.faults and body.get("keep"):
            number = len(self.numbers)
        self.numbers[body["device"]] = number
        self.numbers[body.get("keep") or body["device"]] = number
        drawn = self.prequeue is not None
        place = self.place(number) if drawn else None
        answer = {"opening": "test", "number": number, "place": place, "again": known is not None}
        return 200, {**answer, "ticket": f"t{number}"}, {}

    def place(self, number):
        assert self.prequeue is not None, "the doors are open"
        return draw.place(draw.seed("test", self.prequeue, SECRET), number, self.prequeue)

    def enter(self, body, headers):
        place = self.place(int(headers["floodgate-ticket"][1:]))
        if place >= self.serving and "early" not in self.faults:
            return 409, {"type": "/problems/not-your-turn", "status": 409}, {"Retry-After": "1"}
        visit = {"opening": "test", "place": place, "until_s": int(time.time()) + 900, "proven": False}
        return 200, visit, {"Set-Cookie": f"fg_pass=p{place}; HttpOnly", "Floodgate-Pass": f"p{place}"}

    def check(self, body, headers):
        who = headers["floodgate-pass"]
        if body["phone"] == "010-0000-0001":
            return 403, {"type": "/problems/identity-refused", "status": 403}, {}
        if who in self.checked:
            return 429, {"type": "/problems/identity-paused", "status": 429}, {"Retry-After": "600"}
        self.checked.add(who)
        visit = {"opening": "test", "place": int(who[1:]), "until_s": int(time.time()) + 900, "proven": True}
        return 200, visit, {"Set-Cookie": f"fg_pass={who}; HttpOnly"}

    def slots(self, body, headers):
        return 200, {"at_s": 1, "slots": [{"id": 1, "clinic_id": 1, "starts_s": 1, "free": 1}]}, {}

    def hold(self, body, headers):
        if len(self.holds) >= self.units:
            code = "nothing-free" if body.get("region") else "slot-gone"
            return 409, {"type": f"/problems/{code}", "status": 409}, {}
        held = str(uuid4())
        self.holds[held] = f"R{len(self.holds)}"
        return 201, {"hold_id": held, "slot_id": 1, "clinic_id": 1, "starts_s": 1, "until_s": 2}, {}

    def confirm(self, body, headers):
        reference = self.holds[body["hold_id"]]
        if "same reference" in self.faults:
            reference = "R"
        if "new answer" in self.faults:
            reference = f"R{len(self.requests)}"
        booking = {"reference": reference, "slot_id": 1, "clinic_id": 1, "starts_s": 1, "state": "booked"}
        return 201, booking, {}

    def answer(self, method, path, headers, body):
        self.requests.append((method, path, time.time()))
        if "broken" in self.faults and path == "/queue/join":
            return 500, {"type": "/problems/internal"}, {}
        routes = {
            "/queue/now-serving.json": lambda *_: (200, self.document(), {}),
            "/queue/join": self.join,
            "/queue/enter": self.enter,
            "/api/clinics": lambda *_: (200, [{"id": 1, "region": "Seoul", "name": {}, "address": {}}], {}),
            "/api/slots": self.slots,
            "/api/identity/checks": self.check,
            "/api/holds": self.hold,
            "/api/bookings": self.confirm,
        }
        key = (path, headers.get("idempotency-key"))
        if key[1] and key in self.answers and "new answer" not in self.faults:
            return self.answers[key]
        answer = routes[path.partition("?")[0]](json.loads(body or b"null"), headers)
        if key[1]:
            self.answers[key] = answer
        return answer

    async def handle(self, reader, writer):
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                first, *lines = head.split("\r\n")
                headers = {line.partition(": ")[0].lower(): line.partition(": ")[2] for line in lines if line}
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                delay_s = self.stalled_until_s - time.time()
                if delay_s > 0:
                    await asyncio.sleep(delay_s)
                method, path, _ = first.split(" ")
                status, document, more = self.answer(method, path, headers, body)
                text = json.dumps(document).encode()
                named = "".join(f"{name}: {value}\r\n" for name, value in more.items())
                writer.write(f"HTTP/1.1 {status} X\r\n{named}Content-Length: {len(text)}\r\n\r\n".encode() + text)
        writer.close()

    @contextlib.asynccontextmanager
    async def serving_on_a_port(self):
        writers = []

        async def accept(reader, writer):
            writers.append(writer)
            await self.handle(reader, writer)

        server = await asyncio.start_server(accept, "127.0.0.1", 0)
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            server.close()
            for writer in writers:
                writer.close()
            await asyncio.sleep(0)
