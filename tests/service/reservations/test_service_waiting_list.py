"""The waiting list, the sweeper and the outbox on a real PostgreSQL, seen from outside."""

import asyncio
from datetime import date

import pytest

from app.errors import Unavailable
from app.keys import Keys
from app.reservations.contacts import Contacts
from app.reservations.outbox import AGAIN_AFTER_S, LogSender, send_due
from app.reservations.sweeper import sweep
from app.reservations.values import Choice
from app.web.messages import Contact
from tests.service.reservations.town import DAY, HOLD_S, OPENING, REGION, outcome, someone

PHONE = Contact(phone="010-1234-5678")


class Collector:
    def __init__(self, broken=0):
        self.messages, self.broken = [], broken

    async def send(self, message):
        if self.broken:
            self.broken -= 1
            raise Unavailable("the provider is away")
        self.messages.append(message)


@pytest.mark.parametrize(
    ("wanted", "served"),
    [
        ({"region": REGION}, True),
        ({"region": REGION, "day": str(DAY)}, True),
        ({"clinic_id": 1}, True),
        ({"clinic_id": 1, "day": str(DAY)}, True),
        ({"region": REGION, "day": "2027-08-21"}, False),
        ({"clinic_id": 2}, False),
        ({"region": "KR-26"}, False),
    ],
)
def test_a_freed_unit_goes_only_to_a_wish_that_it_suits(run, wanted, served):
    async def scene(town):
        slot = await town.slot(1)
        await town.slot(0, clinic=2)
        await town.slot(0, clinic=3, region="KR-26")
        booking = await town.book(someone(1), slot)
        await town.wish(someone(2), **wanted)
        await town.cancel(booking)
        assert await town.booked_by(someone(2)) == ([slot] if served else [])

    run(scene)


def test_the_first_whom_it_suits_is_served_whatever_kind_their_wish_is(run):
    async def scene(town):
        slot = await town.slot(1)
        booking = await town.book(someone(0), slot)
        kinds = ({"region": REGION, "day": "2027-08-21"}, {"clinic_id": 1}, {"region": REGION})
        aheads = [(await town.wish(someone(1 + n), **kind))[1] for n, kind in enumerate(kinds)]
        assert aheads == [0, 1, 2]
        await town.cancel(booking)
        assert await town.booked_by(someone(2)) == [slot]

    run(scene)


def test_a_hold_that_is_over_serves_the_waiting_list_before_whoever_walks_in(run):
    async def scene(town):
        slot = await town.slot(1)
        await town.hold(someone(1), slot)
        await town.wish(someone(2))
        town.clock.advance(HOLD_S)
        assert await outcome(town.hold(someone(3), slot)) == "slot-gone"
        assert await town.booked_by(someone(2)) == [slot]

    run(scene)


def test_the_sweeper_frees_what_is_over_and_serves_whom_the_freeing_missed(run):
    async def scene(town):
        slot = await town.slot(4)
        for number in range(3):
            await town.hold(someone(number), slot)
        await town.wish(someone(8))
        swept = await sweep(town.pool, OPENING, town.clock)
        assert (swept.freed, swept.served) == (0, 1), "a unit was free when the wish was made"
        town.clock.advance(HOLD_S)
        await town.wish(someone(9))
        swept = await sweep(town.pool, OPENING, town.clock)
        assert (swept.freed, swept.served) == (2, 1)
        assert await town.units() == {"free": 2, "booked": 2}

    run(scene)


def test_two_sweepers_at_once_share_the_work(run):
    async def scene(town):
        slot = await town.slot(40)
        await asyncio.gather(*(town.hold(someone(n), slot) for n in range(40)))
        town.clock.advance(HOLD_S)
        swept = await asyncio.gather(*(sweep(town.pool, OPENING, town.clock) for _ in range(4)))
        assert sum(each.freed for each in swept) == 40
        assert await town.units() == {"free": 40}

    run(scene)


def test_another_wish_takes_the_place_of_the_first_and_the_same_one_keeps_its_place(run):
    async def scene(town):
        await town.slot(1)
        first, _ = await town.wish(someone(1))
        await town.wish(someone(2))
        assert await town.wish(someone(1)) == (first, 0)
        other, ahead = await town.wish(someone(1), clinic_id=1)
        assert (other != first, ahead) == (True, 1)
        assert await town.pool.fetchval("SELECT count(*) FROM wishes WHERE state = 'open'") == 2

    run(scene)


def test_who_booked_meanwhile_is_passed_over_and_forgotten(run):
    async def scene(town):
        slot = await town.slot(2)
        booking = await town.book(someone(1), slot)
        await town.wish(someone(2))
        await town.wish(someone(3))
        await town.book(someone(2), slot)
        await town.cancel(booking)
        assert await town.booked_by(someone(3)) == [slot]
        states = await town.pool.fetch("SELECT state, contact FROM wishes ORDER BY wish_number")
        assert [tuple(row) for row in states] == [("moot", None), ("served", None)]

    run(scene)


def test_who_holds_another_unit_is_passed_over_once_and_stays_first(run):
    async def scene(town):
        slot, other = await town.slot(2), await town.slot(1, clinic=2)
        bookings = [await town.book(someone(n), slot) for n in range(2)]
        await town.wish(someone(5), clinic_id=1)
        await town.wish(someone(6), clinic_id=1)
        held = await town.hold(someone(5), other)
        await town.cancel(bookings[0])
        assert await town.booked_by(someone(6)) == [slot]
        await town.reservations.release(someone(5), held.hold_id, town.key())
        await town.cancel(bookings[1])
        assert await town.booked_by(someone(5)) == [slot]

    run(scene)


def test_a_wish_taken_back_gets_nothing(run):
    async def scene(town):
        slot = await town.slot(1)
        booking = await town.book(someone(1), slot)
        wish_id, _ = await town.wish(someone(2))
        await town.reservations.unwish(someone(2), wish_id)
        await town.cancel(booking)
        assert await town.units() == {"free": 1}

    run(scene)


async def _served(town, contacts):
    """Somebody of the waiting list who has been booked."""
    slot = await town.slot(1)
    booking = await town.book(someone(1), slot)
    sealed = contacts.encrypt(PHONE, someone(2))
    await town.reservations.wish(someone(2), Choice(region=REGION), sealed, town.key())
    await town.cancel(booking)
    return slot


def test_a_message_brings_the_reference_to_the_contact_of_the_wish(run):
    async def scene(town):
        contacts, sender = Contacts(Keys("s" * 32)), Collector()
        slot = await _served(town, contacts)
        assert await send_due(town.pool, OPENING, contacts, sender, town.clock) == 1
        (message,) = sender.messages
        assert (message.kind, message.contact) == ("booked-from-waiting-list", PHONE)
        assert (await town.reservations.booking(OPENING, message.reference)).slot_id == slot
        town.clock.advance(AGAIN_AFTER_S)
        assert await send_due(town.pool, OPENING, contacts, sender, town.clock) == 0

    run(scene)


def test_a_message_that_failed_is_sent_a_minute_later_and_one_being_sent_is_not_taken_twice(run):
    async def scene(town):
        contacts, sender = Contacts(Keys("s" * 32)), Collector(broken=1)
        await _served(town, contacts)
        first = await asyncio.gather(*(send_due(town.pool, OPENING, contacts, sender, town.clock) for _ in range(3)))
        assert first == [0, 0, 0]
        town.clock.advance(AGAIN_AFTER_S)
        again = await asyncio.gather(*(send_due(town.pool, OPENING, contacts, sender, town.clock) for _ in range(3)))
        assert sorted(again) == [0, 0, 1]
        assert [message.attempts for message in sender.messages] == [2]

    run(scene)


def test_the_log_tells_of_a_message_without_telling_whom_it_goes_to(run, capsys):
    async def scene(town):
        contacts = Contacts(Keys("s" * 32))
        await _served(town, contacts)
        assert await send_due(town.pool, OPENING, contacts, LogSender(), town.clock) == 1

    run(scene)
    told = capsys.readouterr().out
    assert "booked-from-waiting-list" in told
    assert PHONE.phone not in told


def test_a_unit_that_a_move_leaves_behind_goes_to_the_waiting_list(run):
    async def scene(town):
        first, second = await town.slot(1), await town.slot(1, clinic=2, day=date(2027, 8, 21))
        booking = await town.book(someone(1), first)
        await town.wish(someone(2), clinic_id=1)
        moved = await town.change(someone(1), booking, region=REGION, day="2027-08-21")
        assert (moved.slot_id, moved.reference) == (second, booking.reference)
        assert await town.booked_by(someone(2)) == [first]

    run(scene)


def test_whoever_gives_a_hold_back_is_not_booked_on_it_by_their_own_wish(run):
    async def scene(town):
        slot = await town.slot(1)
        held = await town.hold(someone(1), slot)
        await town.wish(someone(1))
        await town.reservations.release(someone(1), held.hold_id, town.key())
        assert await town.units() == {"free": 1}

    run(scene)


@pytest.mark.parametrize("place", [1, 7])
def test_whoever_gets_a_unit_is_not_booked_on_the_one_they_leave_behind(run, place):
    async def scene(town):
        first, second = await town.slot(1), await town.slot(1, clinic=2)
        await town.hold(someone(1), first)
        await town.wish(someone(1, place=1) if place == 1 else someone(7, place=1), clinic_id=1)
        assert (await town.hold(someone(1), second)).slot_id == second
        assert await town.units() == {"free": 1, "held": 1}

    run(scene)


def test_whoever_walks_in_as_the_first_of_the_waiting_list_gets_the_hold_they_asked_for(run):
    async def scene(town):
        slot = await town.slot(1)
        await town.hold(someone(1), slot)
        await town.wish(someone(2))
        await town.wish(someone(3))
        town.clock.advance(HOLD_S)
        assert (await town.hold(someone(2), slot)).slot_id == slot

    run(scene)
