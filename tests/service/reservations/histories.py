"""Any history of holds, bookings, moves, cancellations, wishes, time and crashes, against the model.

`Histories` is a hypothesis state machine over one database that is emptied for each history; subclass it to put a line
in front of the bookings, or to add rules of your own. Set `url` on the subclass before it runs.
"""

import asyncio
from dataclasses import dataclass

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from app.clock import FixedClock
from app.reservations.pool import open_pool
from app.reservations.sweeper import sweep
from app.reservations.values import Booking, HeldUnit
from tests.service.reservations.model import Hold, Model
from tests.service.reservations.town import DOORS_S, EMPTY, HOLD_S, OPENING, REGION, Town, outcome, someone

# the last two come with one place
PLACES = {0: 0, 1: 1, 2: 2, 3: 2}
CLINICS = {1: 1, 2: 2}
# fewer than people, so that somebody is always refused
UNITS = {1: 1, 2: 1}

PEOPLE = st.sampled_from(sorted(PLACES))
# of a slot, of a clinic, of the region
CHOICES = st.one_of(
    st.sampled_from(sorted(UNITS)).map(lambda slot: {"slot": slot}),
    st.just({"clinic_id": 1}),
    st.just({"region": REGION}),
)


@dataclass(frozen=True)
class Way:
    """How a request arrives: after so many seconds, cut off in the middle first or not, and delivered once more."""

    after_s: int
    crash: bool
    again: bool


WAYS = st.builds(
    Way,
    st.sampled_from([1, 1, 1, HOLD_S // 2, HOLD_S]),
    st.integers(0, 9).map(lambda number: number == 9),
    st.integers(0, 3).map(lambda number: number == 3),
)

BROKEN = {
    "more taken than there is": """SELECT FROM slots s WHERE s.capacity <
        (SELECT count(*) FROM units u WHERE u.slot_id = s.slot_id AND u.state <> 'free')""",
    "units that went missing": """SELECT FROM slots s WHERE s.capacity <>
        (SELECT count(*) FROM units u WHERE u.slot_id = s.slot_id)""",
    "a person with two units": "SELECT FROM units WHERE person IS NOT NULL GROUP BY person HAVING count(*) > 1",
    "a place with two units": "SELECT FROM units WHERE place IS NOT NULL GROUP BY place HAVING count(*) > 1",
    "a reference twice": "SELECT FROM units WHERE reference IS NOT NULL GROUP BY reference HAVING count(*) > 1",
    "a booking without its unit": """SELECT FROM bookings b WHERE b.state = 'booked' AND NOT EXISTS (SELECT FROM units u
        WHERE (u.state, u.reference, u.slot_id, u.number, u.person, u.place)
        = ('booked', b.reference, b.slot_id, b.number, b.person, b.place))""",
    "a unit without its booking": """SELECT FROM units u WHERE u.state = 'booked' AND NOT EXISTS (SELECT FROM bookings b
        WHERE b.reference = u.reference AND b.state = 'booked')""",
}
ANYTHING_BROKEN = " UNION ALL ".join(f"SELECT '{what}' WHERE EXISTS ({query})" for what, query in BROKEN.items())
STATE = """SELECT (SELECT count(*) FROM audit) AS audited,
    ARRAY(SELECT (person, slot_id) FROM units WHERE state = 'held') AS held,
    ARRAY(SELECT (person, slot_id) FROM units WHERE state = 'booked') AS booked,
    ARRAY(SELECT wish_id FROM wishes WHERE state = 'open' ORDER BY wish_number) AS wishes"""


def who(person):
    return someone(person + 1, PLACES[person])


class Histories(RuleBasedStateMachine):
    """One town; every request may be cut off in the middle and is sent again then."""

    url = ""

    def __init__(self):
        super().__init__()
        self.runner = asyncio.Runner()
        self.clock = FixedClock(DOORS_S)
        self.pool = self.await_(open_pool(self.url, 4))
        self.town = Town(self.url, self.pool, self.clock)
        self.model = Model(dict(UNITS), dict(CLINICS), dict(PLACES))
        self.holds = []
        self.sent = []
        self.audited = 0

    def teardown(self):
        self.pool.terminate()
        self.runner.close()

    def await_(self, coroutine):
        return self.runner.run(coroutine)

    @initialize()
    def begin(self):
        self.await_(self._begin())

    async def _begin(self):
        await self.pool.execute(EMPTY)
        for slot, units in UNITS.items():
            assert await self.town.slot(units, CLINICS[slot]) == slot

    def send(self, request, way):
        """The outcome of a request, a function of its key; cut off, it is sent again."""
        self.clock.advance(way.after_s)
        key = self.town.key()
        answer = self.await_(self._cut_off(request, key) if way.crash else outcome(request(key)))
        if way.again:
            assert self.await_(outcome(request(key))) == answer
        self.sent.append((request, key, answer))
        return answer

    async def _cut_off(self, request, key):
        async with self.town.session() as session, session.transaction():
            before = await self._active(session)
            # the last thing that every step does
            await session.execute("LOCK TABLE answers IN EXCLUSIVE MODE")
            sending = asyncio.create_task(outcome(request(key)))
            for _ in range(2):
                await self.town.kill_waiting()
            assert await sending == "unavailable"
            assert await self._active(session) == before, "all or nothing"
        return await outcome(request(key))

    async def _active(self, session):
        return await session.fetch("SELECT * FROM units ORDER BY slot_id, number")

    def slots_of(self, choice):
        if "slot" in choice:
            return {choice["slot"]}
        return {slot for slot in UNITS if "region" in choice or CLINICS[slot] == choice["clinic_id"]}

    @rule(person=PEOPLE, choice=CHOICES, way=WAYS)
    def hold(self, person, choice, way):
        answer = self.send(lambda key: self.town.hold(who(person), key=key, **choice), way)
        now_s, slots, model = self.clock.now_s(), self.slots_of(choice), self.model
        mine = model.held.get(person)
        refused = model.refused_hold(person, now_s)
        if refused:
            assert answer == refused
        elif mine and mine.until_s > now_s and mine.slot in slots:
            assert (answer.hold_id, answer.slot_id, answer.until_s) == (mine.hold_id, mine.slot, mine.until_s)
        elif not model.take(slots, now_s, person):
            assert answer == ("slot-gone" if "slot" in choice else "nothing-free")
        else:
            assert isinstance(answer, HeldUnit), answer
            assert answer.slot_id in slots
            self._held(person, answer)

    def _held(self, person, answer):
        """Another unit is locked by now, so that nothing that is given back here can be it."""
        model = self.model
        model.held[-1] = Hold(answer.slot_id, answer.hold_id, answer.until_s)
        model.place_of[-1] = -1
        for other in (person, *model.sharing(person)):
            if other in model.held:
                model.give_back(other, acting=person)
        model.held[person] = model.held.pop(-1)
        del model.place_of[-1]
        self.holds.append((person, answer))

    @precondition(lambda self: self.holds)
    @rule(data=st.data(), way=WAYS)
    def confirm(self, data, way):
        """Any hold that ever was; the last ones first, since they are the ones that are still there."""
        person, held = data.draw(st.sampled_from(self.holds[::-1]))
        answer = self.send(lambda key: self.town.confirm(who(person), held, key), way)
        model = self.model
        if person in model.held and model.held[person].hold_id == held.hold_id:
            assert isinstance(answer, Booking), answer
            assert answer.slot_id == held.slot_id
            del model.held[person]
            model.booked[person] = held.slot_id
            model.booked_by_hold[person] = held.hold_id
        elif model.booked_by_hold.get(person) == held.hold_id:
            assert (answer.state, answer.slot_id) == ("booked", held.slot_id), "confirmed once more"
        else:
            assert answer == ("already-booked" if person in model.booked else "hold-expired")

    @precondition(lambda self: self.model.held)
    @rule(data=st.data(), way=WAYS)
    def release(self, data, way):
        person = data.draw(st.sampled_from(sorted(self.model.held)))
        hold = self.model.held[person]
        assert self.send(lambda key: self.town.reservations.release(who(person), hold.hold_id, key), way) is None
        self.model.give_back(person)

    @precondition(lambda self: self.model.booked)
    @rule(data=st.data(), choice=CHOICES, way=WAYS)
    def change(self, data, choice, way):
        person = data.draw(st.sampled_from(sorted(self.model.booked)))
        booking, slots, model = self._booking(person), self.slots_of(choice), self.model
        answer = self.send(lambda key: self.town.change(who(person), booking, key=key, **choice), way)
        if booking.slot_id in slots:
            assert answer == "nothing-to-change"
        elif not model.take(slots, self.clock.now_s(), person):
            assert answer == ("slot-gone" if "slot" in choice else "nothing-free")
        else:
            assert isinstance(answer, Booking), answer
            assert answer.slot_id in slots
            assert answer.reference == booking.reference
            model.held[-1], model.place_of[-1] = Hold(answer.slot_id, booking.reference, 0), -1
            model.give_back(person, acting=person)
            del model.held[-1], model.place_of[-1]
            model.booked[person] = answer.slot_id

    @precondition(lambda self: self.model.booked)
    @rule(data=st.data(), way=WAYS)
    def cancel(self, data, way):
        person = data.draw(st.sampled_from(sorted(self.model.booked)))
        booking = self._booking(person)
        answer = self.send(lambda key: self.town.cancel(booking, key), way)
        assert (answer.state, answer.slot_id) == ("cancelled", self.model.booked[person])
        self.model.give_back(person)

    def _booking(self, person):
        """The booking as it is now; those of the waiting list learn theirs from a message."""
        reference = self.await_(self.pool.fetchval("SELECT reference FROM units WHERE person = $1", who(person).person))
        return self.await_(self.town.reservations.booking(OPENING, reference))

    @rule(person=PEOPLE, clinic=st.sampled_from([None, 1, 2]), way=WAYS)
    def wish(self, person, clinic, way):
        choice = {"clinic_id": clinic} if clinic else {"region": REGION}
        answer = self.send(lambda key: self.town.wish(who(person), key, **choice), way)
        if person in self.model.booked:
            assert answer == "already-booked"
        elif any(other in self.model.booked for other in self.model.sharing(person)):
            assert answer == "place-used"
        else:
            wish_id, ahead = answer
            assert self.model.wish(person, clinic, wish_id) == ahead

    @precondition(lambda self: self.model.wishes)
    @rule(data=st.data())
    def unwish(self, data):
        wish = data.draw(st.sampled_from(self.model.wishes))
        assert self.await_(outcome(self.town.reservations.unwish(who(wish.person), wish.wish_id))) is None
        self.model.wishes.remove(wish)

    @precondition(lambda self: self.model.held or self.model.wishes)
    @rule(after_s=st.sampled_from([1, HOLD_S]))
    def sweep(self, after_s):
        self.clock.advance(after_s)
        self.await_(sweep(self.pool, OPENING, self.clock))
        model, now_s = self.model, self.clock.now_s()
        for _, person in sorted((hold.until_s, person) for person, hold in model.held.items()):
            if model.held[person].until_s <= now_s:
                model.give_back(person)
        # who else is served depends on which unit is found first: that it was their turn is checked, not whose it is
        state = self.await_(self._state())
        for person, slot in state["booked"].items():
            if person not in model.booked:
                assert model.free(slot)
                assert any(wish.person == person and model.fits(wish, slot) for wish in model.wishes)
                model.booked[person] = slot
        assert set(state["wishes"]) <= {wish.wish_id for wish in model.wishes}
        for wish in list(model.wishes):
            if wish.wish_id not in state["wishes"]:
                rivals = [wish.person, *model.sharing(wish.person)]
                assert any(person in model.booked for person in rivals), "only who has booked leaves the list"
                model.wishes.remove(wish)

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def send_again(self, data):
        request, key, answer = data.draw(st.sampled_from(self.sent))
        assert self.await_(outcome(request(key))) == answer

    @invariant()
    def nothing_is_broken(self):
        broken = self.await_(self.pool.fetch(ANYTHING_BROKEN))
        assert not broken, broken

    @invariant()
    def the_model_agrees_and_the_audit_trail_only_grows(self):
        state = self.await_(self._state())
        assert state["held"] == {person: hold.slot for person, hold in self.model.held.items()}
        assert state["booked"] == self.model.booked
        assert state["wishes"] == [wish.wish_id for wish in self.model.wishes]
        assert state["audited"] >= self.audited
        self.audited = state["audited"]

    async def _state(self):
        """Who has which slot, held or booked; the open wishes; how long the audit trail is."""
        state = dict(await self.pool.fetchrow(STATE))
        people = {who(person).person: person for person in PLACES}
        for name in ("held", "booked"):
            state[name] = {people[person]: slot for person, slot in state[name]}
        return state
