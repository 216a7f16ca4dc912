"""Any evening: people with their devices, time, two controllers and whatever may die, step by step.

Set `url` and `valkey_url` on a subclass before it runs. What is known to be true is kept beside in a few lines, and
after each step it is compared with PostgreSQL, Valkey, the public document and what people were told.
"""

import asyncio
import itertools
import socket
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from app.errors import Unavailable
from app.line import draw
from app.line.valkey import ValkeyLine
from app.line.values import LineLost
from tests.service.reservations.histories import ANYTHING_BROKEN
from tests.service.reservations.town import OPENING, REGION
from tests.service.whole.house import BEFORE_S, COME_WITHIN_S, HOLD_S, INSIDE_S, House

# the last two are second devices: of the first person under one word, of the second person without
HUMANS = (0, 1, 2, 3, 0, 1)
WORDS = {0: "the first one's word", 4: "the first one's word"}
# fewer than people
UNITS = {1: 1, 2: 1, 3: 1}
CLINICS = {1: 1, 2: 1, 3: 2}
CONTACT = {"phone": "010-2345-6789"}
ATTEMPTS = 8

DEVICES = st.integers(0, len(HUMANS) - 1)
CHOICES = st.sampled_from([{"slot_id": 1}, {"slot_id": 3}, {"region": REGION}, {"clinic_id": 1}])
RARELY = st.integers(0, 9).map(lambda number: number == 9)
TICKING = st.sampled_from([(0,), (1,), (0, 1), (1, 0)])
DYING = st.sampled_from(["state", "begin", "seal", "came", "put", "call", "call"])

LOOK = f"""SELECT array(SELECT broken FROM ({ANYTHING_BROKEN}) AS any_of (broken)) AS broken,
    array(SELECT (reference, slot_id) FROM bookings WHERE state = 'booked') AS booked,
    (SELECT serving FROM admission) AS serving, (SELECT lapsed FROM admission) AS lapsed,
    (SELECT joined FROM admission) AS joined, (SELECT prequeue FROM admission) AS prequeue,
    (SELECT epoch FROM admission) AS epoch, (SELECT show_share FROM admission) AS share"""
FREE = """SELECT count(*) FROM units u WHERE (u.state = 'free' OR u.until <= $1)
    AND ($2::bigint IS NULL OR u.slot_id = $2) AND ($3::int IS NULL OR u.clinic_id = $3)"""


@dataclass
class Device:
    """One browser: what it was told."""

    human: int
    key: str
    keep: str | None
    ticket: str = ""
    number: int | None = None
    visit: str = ""
    until_s: float = 0
    proven: bool = False
    hold: str = ""
    receipts: dict = field(default_factory=dict)

    def papers(self, **more):
        return {"floodgate-ticket": self.ticket, "floodgate-pass": self.visit, **more}


def forget(url):
    place = urlsplit(url)
    with socket.create_connection((place.hostname, place.port), timeout=5) as connection:
        connection.sendall(b"FLUSHALL\r\n")
        assert connection.recv(5) == b"+OK\r\n"


class Evenings(RuleBasedStateMachine):
    """One opening from just before its doors."""

    url = valkey_url = ""

    def __init__(self):
        super().__init__()
        self.runner = asyncio.Runner()
        self.keys = itertools.count()
        self.devices = [Device(human, f"device-{number:015}", WORDS.get(number)) for number, human in enumerate(HUMANS)]
        # numbers by what they were asked for with, as long as the store remembers
        self.known = {}
        self.highest = -1
        # places that were let in, with the end of the visit; None where it was ended before
        self.visits = {}
        # what was acknowledged and not given back: reference -> (human, slot)
        self.booked = {}
        self.answered = []
        self.lost = self.ever_lost = False
        self.seen: Any = None
        self.both_ticked = False
        self.document_serving = 0

    def teardown(self):
        if hasattr(self, "house"):
            self.house.close()
            self.do(self.line.close())
        self.runner.close()

    def do(self, step):
        return self.runner.run(step)

    @initialize(
        rate_per_s=st.sampled_from([2, 3, 1000]),
        cap=st.sampled_from([None, 2]),
        early=st.sets(DEVICES, min_size=2),
        doors=st.sampled_from([True, True, False]),
    )
    def begin(self, rate_per_s, cap, early, doors):
        forget(self.valkey_url)
        self.rate_per_s, self.cap = rate_per_s, cap
        self.do(self._begin())
        self.pass_seconds(1, (0, 1))
        for number in sorted(early):
            self.join(number)
        if doors:
            self.pass_seconds(BEFORE_S, (0, 1))

    async def _begin(self):
        self.line = await ValkeyLine.connect(self.valkey_url)
        self.house = House(self.url, self.line, self.rate_per_s, self.cap)
        await self.house.open()
        for slot, units in UNITS.items():
            assert await self.house.town.slot(units, CLINICS[slot]) == slot

    @property
    def now_s(self):
        return self.house.clock.now_s()

    def place_of(self, device):
        """Where the public draw puts this device, by its own arithmetic."""
        if self.seen is None or self.seen["prequeue"] is None:
            return None
        secret, prequeue = draw.secret(self.house.parts.keys, OPENING), self.seen["prequeue"]
        return draw.place(draw.seed(OPENING, prequeue, secret), device.number, prequeue)

    # --- most people do what comes next

    @rule(number=DEVICES, choice=CHOICES, crash=RARELY)
    def goes_on(self, number, choice, crash):
        device = self.devices[number]
        if device.number is None:
            self.join(number)
        elif device not in self.inside(proven=False):
            self.pass_seconds(1, (0, 1))
            self.enter(device)
        elif not device.proven:
            self.prove(device)
        elif not device.hold:
            self.hold(device, choice, crash)
        else:
            self.confirm(device, crash)

    @rule(number=DEVICES, choice=CHOICES, crash=RARELY)
    def goes_on_too(self, number, choice, crash):
        """The same: what is asked for by several rules happens more often."""
        self.goes_on(number, choice, crash)

    @rule(number=DEVICES, choices=st.lists(CHOICES, min_size=6, max_size=6))
    def goes_all_the_way(self, number, choices):
        for choice in choices:
            self.goes_on(number, choice, crash=False)

    # --- the line

    @rule(number=DEVICES)
    def join(self, number):
        device = self.devices[number]
        body = {"device": device.key} | ({"keep": device.keep} if device.keep else {})
        names = [name for name in (device.key, device.keep) if name]
        reply = self.do(self.house.ask("POST", "/queue/join", body))
        if self.lost:
            assert (reply.status, reply.code) == (503, "line-lost")
            return
        assert reply.status == 200, reply
        expected = next((self.known[name] for name in names if name in self.known), None)
        given = reply.body["number"]
        if expected is None:
            assert not reply.body["again"]
            assert given > self.highest, "numbers are all different and only rise"
            self.highest = given
        else:
            assert (given, reply.body["again"]) == (expected, True)
        self.known |= dict.fromkeys(names, given)
        if device.ticket != reply.body["ticket"]:
            # a pass counts beside its own ticket only
            device.visit, device.until_s, device.proven = "", 0, False
        device.ticket, device.number = reply.body["ticket"], given

    @rule(people=st.sampled_from([1, 60]))
    def others_join(self, people):
        """People who are never seen again."""
        if not self.lost:
            self.do(self._others_join(people))

    async def _others_join(self, people):
        for _ in range(people):
            joined = await self.line.join(OPENING, [b"%016d" % next(self.keys)])
            assert joined.number > self.highest, "numbers are all different and only rise"
            self.highest = joined.number

    @rule(seconds=st.sampled_from([1, BEFORE_S, 8]), ticking=TICKING)
    def pass_seconds(self, seconds, ticking):
        for _ in range(seconds):
            before = self.seen
            self.do(self.house.second(ticking))
            self.look()
            if before is not None and before["serving"] is not None:
                self._called_at_most_by_the_rate(before)
            self.both_ticked = len(ticking) == len(self.house.controllers)

    def _called_at_most_by_the_rate(self, before):
        """One leader calls; who missed a second calls for two at most, a new one for one more."""
        seconds = (1 if self.both_ticked else 2) + self.seen["epoch"] - before["epoch"]
        called = self.seen["serving"] - before["serving"]
        assert called <= seconds * self.rate_per_s / self.seen["share"] + 1, "never faster than the rate"

    @rule(number=DEVICES)
    def enters_whenever(self, number):
        if self.devices[number].number is not None:
            self.enter(self.devices[number])

    @rule()
    def everybody_comes(self):
        for device in self.devices:
            if device.number is not None:
                self.enter(device)

    def enter(self, device):
        self.look()
        place, before = self.place_of(device), self.seen
        document = self.house.parts.documents.document
        reply = self.do(self.house.ask("POST", "/queue/enter", None, device.papers()))
        if reply.status == 200:
            assert place is not None
            assert place < before["serving"], "nobody enters before they are called"
            assert reply.body["place"] == place
            self._entered(device, place, reply)
        elif reply.code == "not-your-turn":
            assert place is None or place >= document.serving
        elif reply.code == "turn-missed":
            assert place < before["lapsed"]
            assert place not in self.visits
        elif reply.code == "place-used-up":
            assert self.visits[place] is None or self.visits[place] <= self.now_s
        elif reply.code == "inside-full":
            assert len(self.running()) >= self.cap
        else:
            assert (reply.code, self.lost) == ("line-lost", True)

    def _entered(self, device, place, reply):
        if place in self.visits:
            assert self.visits[place] == reply.body["until_s"], "a place is admitted once; again is the same visit"
            assert self.visits[place] > self.now_s
        else:
            self.visits[place] = reply.body["until_s"]
            assert self.cap is None or len(self.running()) <= self.cap
        device.visit, device.until_s, device.proven = reply.headers["floodgate-pass"], reply.body["until_s"], False

    def running(self):
        return [place for place, until_s in self.visits.items() if until_s is not None and until_s > self.now_s]

    def inside(self, *, proven):
        return [
            device
            for device in self.devices
            if device.visit and device.until_s > self.now_s and (device.proven or not proven)
        ]

    @precondition(lambda self: self.inside(proven=False))
    @rule(data=st.data())
    def leave(self, data):
        device = data.draw(st.sampled_from(self.inside(proven=False)))
        assert self.do(self.house.ask("POST", "/queue/leave", None, device.papers())).status == 204
        self._left(device.visit)

    def _left(self, visit):
        place = self.house.parts.passes.read(visit, self.now_s).place
        if place in self.visits:
            self.visits[place] = None

    # --- inside

    def prove(self, device):
        """The provider's part is tried elsewhere: here the pass is what it is after a yes."""
        passes = self.house.parts.passes
        visit = passes.read(device.visit, self.now_s)
        device.visit = passes.issue(replace(visit, person=bytes([device.human + 1]) * 16), self.now_s)
        device.proven = True

    @precondition(lambda self: self.inside(proven=True))
    @rule(data=st.data(), choice=CHOICES, crash=RARELY)
    def holds_another(self, data, choice, crash):
        self.hold(data.draw(st.sampled_from(self.inside(proven=True))), choice, crash)

    def hold(self, device, choice, crash):
        free = self.free(choice)
        reply = self.change("POST", "/api/holds", choice, device.papers(), crash=crash)
        if reply.status == 201:
            device.hold = reply.body["hold_id"]
        elif reply.code in {"slot-gone", "nothing-free"}:
            assert not free, "nobody is refused what is free"
        else:
            assert reply.code == "already-booked", reply
            assert any(human == device.human for human, _ in self.booked.values())

    def confirm(self, device, crash):
        body = {"hold_id": device.hold, "contact": CONTACT}
        reply = self.change("POST", "/api/bookings", body, device.papers(), crash=crash)
        if reply.status == 201:
            said = reply.body
            mine = [reference for reference, (human, _) in self.booked.items() if human == device.human]
            assert mine in ([], [said["reference"]]), "each person has one booking"
            self.booked[said["reference"]] = (device.human, said["slot_id"])
            device.receipts[said["reference"]] = said["receipt"]
            self._left(device.visit)
        else:
            assert reply.code in {"hold-expired", "already-booked"}, reply
            device.hold = ""

    def _mine(self, devices):
        return [(device, reference) for device in devices for reference in device.receipts if reference in self.booked]

    @precondition(lambda self: self._mine(self.devices))
    @rule(data=st.data(), crash=RARELY)
    def cancel(self, data, crash):
        device, reference = data.draw(st.sampled_from(self._mine(self.devices)))
        headers = {"floodgate-receipt": device.receipts[reference]}
        reply = self.change("POST", f"/api/bookings/{reference}/cancel", None, headers, crash=crash)
        assert (reply.status, reply.body["state"]) == (200, "cancelled")
        del self.booked[reference]

    @precondition(lambda self: self._mine(self.inside(proven=True)))
    @rule(data=st.data(), choice=CHOICES, crash=RARELY)
    def move(self, data, choice, crash):
        device, reference = data.draw(st.sampled_from(self._mine(self.inside(proven=True))))
        free = self.free(choice)
        headers = device.papers() | {"floodgate-receipt": device.receipts[reference]}
        reply = self.change("POST", f"/api/bookings/{reference}/change", choice, headers, crash=crash)
        if reply.status == 200:
            assert reply.body["reference"] == reference
            self.booked[reference] = (device.human, reply.body["slot_id"])
        elif reply.code in {"slot-gone", "nothing-free"}:
            assert not free, "nobody is refused what is free"
        else:
            assert reply.code == "nothing-to-change", reply

    def free(self, choice):
        """How many units of a choice somebody could have at this moment."""
        values = (FREE, datetime.fromtimestamp(self.now_s, UTC), choice.get("slot_id"), choice.get("clinic_id"))
        return self.do(self._again(lambda: self.house.pool.fetchval(*values)))

    def change(self, method, path, body, headers, *, crash):
        """A change with a key of its own, sent again with it until it is answered; cut off first in a crash."""
        request = (method, path, body, headers | {"idempotency-key": f"key-{next(self.keys)}"})
        if crash:
            reply = self.do(self.house.ask_cut_off(*request))
            assert (reply.status, reply.code) == (503, "unavailable")
            self.look()
        reply = self.do(self._answered(request))
        self.answered.append((request, reply))
        return reply

    async def _answered(self, request):
        for _ in range(ATTEMPTS):
            reply = await self.house.ask(*request)
            if reply.code != "unavailable":
                await self.house.departed()
                return reply
        raise AssertionError(f"{request[:2]} is not answered after {ATTEMPTS} attempts")

    @precondition(lambda self: self.answered)
    @rule(data=st.data())
    def deliver_again(self, data):
        request, reply = data.draw(st.sampled_from(self.answered[-5:]))
        again = self.do(self._answered(request))
        if again.code == "no-pass":
            return
        for name in ("reference", "hold_id", "slot_id"):
            assert (again.status, again.body.get(name)) == (reply.status, reply.body.get(name))
        if request[1] == "/api/bookings" and again.status == 201:
            self._left(request[3]["floodgate-pass"])

    # --- time, and what dies

    @rule(seconds=st.sampled_from([HOLD_S, COME_WITHIN_S, INSIDE_S]))
    def time_goes_by(self, seconds):
        """Holds, turns or visits run out, while no controller looks."""
        self.house.clock.advance(seconds)

    @rule()
    def sweep(self):
        self.do(self._until_swept())

    async def _until_swept(self):
        for _ in range(ATTEMPTS):
            try:
                return await self.house.sweep()
            except Unavailable:
                continue
        raise AssertionError("nothing is swept")

    @rule(what=st.sampled_from(["sessions", "memory", "lease", "leader", "second", "second"]), data=st.data())
    def something_dies(self, what, data):
        self.both_ticked = False
        if what == "sessions":
            self.do(self.house.kill_sessions())
        elif what == "memory":
            # after the controller has looked for the last time
            self.others_join(data.draw(st.integers(0, 2)))
            self._valkey_forgets()
        elif what == "second":
            self._a_controller_dies_in_the_middle(data.draw(DYING), data.draw(st.booleans()), data.draw(TICKING))
        else:
            # who hangs goes on later as if nothing had been
            self.do(self._again(self.house.end_lease))
            if what == "leader":
                self.house.replace(data.draw(st.integers(0, 1)))
            self.pass_seconds(BEFORE_S, data.draw(TICKING))

    def _valkey_forgets(self):
        forget(self.valkey_url)
        self.lost = self.ever_lost = True
        self.known.clear()
        self.visits.clear()

    async def _again(self, step):
        for _ in range(ATTEMPTS):
            try:
                return await step()
            except Exception as error:  # noqa: BLE001  sessions that were killed say it in many ways
                last = error
        raise last

    def _a_controller_dies_in_the_middle(self, at, after, ticking):
        # so that there is somebody to be called
        self.others_join(3)
        fragile = self.house.fragile
        fragile.dies_at, fragile.dies_after = (None, at) if after else (at, None)
        self.do(self.house.second(ticking))
        fragile.dies_at = fragile.dies_after = None
        self.look()

    # --- what is always true

    @invariant()
    def all_is_well(self):
        if hasattr(self, "house"):
            self.look()

    def look(self):
        before, self.seen = self.seen, dict(self.do(self._again(lambda: self.house.pool.fetchrow(LOOK))))
        assert not self.seen["broken"], "more than there is, or somebody twice"
        acknowledged = {reference: slot for reference, (_, slot) in self.booked.items()}
        assert dict(self.seen["booked"]) == acknowledged, "what was acknowledged is there, and nothing else"
        humans = [human for human, _ in self.booked.values()]
        assert len(set(humans)) == len(humans), "each person has one booking at most"
        self._only_rises(before or self.seen)
        self._valkey_follows()

    def _only_rises(self, before):
        for name in ("serving", "lapsed", "joined", "epoch"):
            assert (before[name] or 0) <= (self.seen[name] or 0), f"{name} never falls"
        assert before["prequeue"] in (None, self.seen["prequeue"]), "there is one draw"
        told = self.house.parts.documents.document.serving
        assert self.document_serving <= told <= (self.seen["serving"] or 0), "what is told is written, and never falls"
        self.document_serving = told

    def _valkey_follows(self):
        try:
            state = self.do(self.line.state(OPENING, self.now_s))
        except LineLost:
            assert self.ever_lost
            self.lost = True
            return
        self.lost = False
        assert state.joined > self.highest, "no number can be given twice"
        assert state.serving <= self.seen["serving"], "nobody is called before it is written"
        assert self.cap is None or state.inside <= self.cap, "the cap on people inside is hard"
        assert state.inside == len(self.running())
