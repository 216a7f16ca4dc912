"""Nobody is refused a unit that was free at that moment, and a refusal changes nothing that was there.

Interleavings are forced by transactions that the test holds open.
"""

import asyncio
import json

import pytest

from app.reservations.values import Booking, HeldUnit
from tests.service.reservations.town import DAY, HOLD_S, OPENING, REGION, outcome, outcomes, someone

WAYS = [
    {"slot": 1},
    {"clinic_id": 1},
    {"clinic_id": 1, "day": str(DAY)},
    {"region": REGION},
    {"region": REGION, "day": str(DAY)},
]


@pytest.mark.parametrize("wanted", WAYS)
def test_a_unit_that_somebody_is_at_and_gives_up_goes_to_whoever_asked_meanwhile(run, wanted):
    async def scene(town):
        assert await town.slot(1) == 1
        async with town.session() as session:
            giving_up = session.transaction()
            await giving_up.start()
            await session.fetch("SELECT FROM units FOR UPDATE")
            asking = asyncio.create_task(outcome(town.hold(someone(1), **wanted)))
            await town.until_blocked()
            await giving_up.rollback()
            assert isinstance(await asking, HeldUnit)

    run(scene)


def test_control_passing_over_locked_units_refuses_what_is_free(run_alone):
    async def scene(town):
        slot = await town.slot(1)
        await town.pool.execute(
            "CREATE OR REPLACE FUNCTION any_left_1(p_opening text, p_slot bigint, p_clinic integer, p_region text, "
            "p_day date, p_at timestamptz) RETURNS boolean LANGUAGE sql AS 'SELECT false'"
        )
        async with town.session() as session, session.transaction():
            await session.fetch("SELECT FROM units FOR UPDATE")
            assert await outcome(town.hold(someone(1), slot)) == "slot-gone"

    run_alone(scene)


def test_a_hold_that_is_over_and_locked_is_waited_for_too(run):
    async def scene(town):
        slot = await town.slot(1)
        await town.hold(someone(1), slot)
        town.clock.advance(HOLD_S)
        async with town.session() as session, session.transaction():
            await session.fetch("SELECT FROM units FOR UPDATE")
            asking = asyncio.create_task(outcome(town.hold(someone(2), slot)))
            await town.until_blocked()
        assert isinstance(await asking, HeldUnit)

    run(scene)


def test_a_sold_out_slot_refuses_while_its_units_are_locked(run):
    async def scene(town):
        slot = await town.slot(3)
        for number in range(3):
            await town.book(someone(number), slot)
        async with town.session() as session, session.transaction():
            await session.fetch("SELECT FROM units FOR UPDATE")
            async with asyncio.timeout(5):
                assert await outcome(town.hold(someone(9), slot)) == "slot-gone"

    run(scene)


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"clinic_id": 1}, "nothing-free"),
        ({"region": REGION}, "nothing-free"),
        ({"slot": 9}, "unknown"),
        ({"clinic_id": 9}, "unknown"),
        ({"region": "KR-99"}, "unknown"),
        ({"region": "\x00"}, "unknown"),
        ({"slot": 1 << 70}, "unknown"),
        ({"clinic_id": -1}, "unknown"),
    ],
)
def test_a_refusal_tells_what_is_gone_from_what_never_was(run, wanted, code):
    async def scene(town):
        slot = await town.slot(1)
        await town.book(someone(1), slot)
        assert await outcome(town.hold(someone(2), **wanted)) == code

    run(scene)


def test_a_full_slot_leaves_hold_and_booking_as_they_were(run):
    async def scene(town):
        full, other = await town.slot(1), await town.slot(2)
        await town.book(someone(1), full)
        held = await town.hold(someone(2), other)
        assert await outcome(town.hold(someone(2), full)) == "slot-gone"
        booking = await town.confirm(someone(2), held)
        assert await outcome(town.change(someone(2), booking, full)) == "slot-gone"
        assert await town.reservations.booking(OPENING, booking.reference) == booking
        assert await town.booked_by(someone(2)) == [other]

    run(scene)


def test_another_hold_gives_the_first_one_back_and_the_same_one_stays_as_it_is(run):
    async def scene(town):
        first, second = await town.slot(1), await town.slot(1)
        held = await town.hold(someone(1), first)
        town.clock.advance(60)
        assert await town.hold(someone(1), first) == held, "asking again makes no hold longer"
        moved = await town.hold(someone(1), second)
        assert await town.units(first) == {"free": 1}
        assert await outcome(town.confirm(someone(1), held)) == "hold-expired"
        assert isinstance(await outcome(town.confirm(someone(1), moved)), Booking)

    run(scene)


def test_a_hold_that_is_over_begins_anew_when_its_person_asks_again(run):
    async def scene(town):
        slot = await town.slot(1)
        held = await town.hold(someone(1), slot)
        town.clock.advance(HOLD_S)
        again = await town.hold(someone(1), slot)
        assert (again.until_s - held.until_s, again.hold_id != held.hold_id) == (HOLD_S, True)

    run(scene)


def test_only_a_hold_that_is_over_is_taken_and_never_one_that_is_not(run):
    async def scene(town):
        first, second = await town.slot(1), await town.slot(1)
        await town.hold(someone(1), first)
        town.clock.advance(HOLD_S - 1)
        await town.hold(someone(2), second)
        assert await outcome(town.hold(someone(3), region=REGION)) == "nothing-free"
        town.clock.advance(1)
        assert (await town.hold(someone(3), region=REGION)).slot_id == first
        assert await outcome(town.hold(someone(4), region=REGION)) == "nothing-free"

    run(scene)


def test_a_place_that_holds_for_one_person_is_not_robbed_by_another(run):
    async def scene(town):
        slot = await town.slot(3)
        held = await town.hold(someone(1, place=5), slot)
        assert await outcome(town.hold(someone(2, place=5), slot)) == "holds-another"
        town.clock.advance(HOLD_S)
        assert isinstance(await outcome(town.hold(someone(2, place=5), slot)), HeldUnit)
        assert await outcome(town.confirm(someone(1, place=5), held)) == "hold-expired"
        assert await town.units() == {"held": 1, "free": 2}

    run(scene)


def test_who_has_booked_can_neither_hold_nor_wish_nor_use_their_place_for_another(run):
    async def scene(town):
        slot = await town.slot(3)
        booking = await town.book(someone(1), slot)
        answers = await outcomes(
            town.hold(someone(1), slot),
            town.wish(someone(1)),
            town.hold(someone(2, place=1), slot),
            town.wish(someone(2, place=1)),
            town.change(someone(1), booking, slot),
            town.change(someone(3), booking, slot),
        )
        assert answers == [
            "already-booked",
            "already-booked",
            "place-used",
            "place-used",
            "nothing-to-change",
            "unknown",
        ]
        await town.cancel(booking)
        assert await outcome(town.change(someone(1), booking, slot)) == "cancelled"
        assert isinstance(await outcome(town.hold(someone(1), slot)), HeldUnit), "who gave back may book again"

    run(scene)


def test_a_hot_slot_costs_the_same_for_its_last_units_even_while_an_old_snapshot_keeps_dead_rows(run):
    async def scene(town):
        slot = await town.slot(2000)
        await town.pool.execute("ANALYZE units")
        async with town.session() as session, session.transaction(isolation="repeatable_read"):
            await session.fetchval("SELECT count(*) FROM units")
            await town.pool.execute(
                "UPDATE units SET state = 'booked', person = decode(md5(number::text), 'hex'), place = 1000 + number, "
                "reference = number::text WHERE number <= 1990"
            )
            touched = [await _pages_touched(town, slot, number) for number in range(30)]
            refused = [await _pages_touched(town, slot, 1000 + number) for number in range(3)]
        free = await town.units(slot)
        assert free == {"booked": 1990, "held": 10}
        # about a page for each of the 1,990 rows would be touched by whoever walks over all of them
        assert sorted(touched[:10])[5] < 1000, touched
        assert max(refused) < 10_000, refused

    run(scene)


async def _pages_touched(town, slot, number):
    who = someone(number)
    plan = await town.pool.fetchval(
        "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT hold_1(gen_random_uuid(), 1, "
        f"'{OPENING}', {number}, '\\x{who.person.hex()}', {slot}, NULL, NULL, NULL, 300)"
    )
    return json.loads(plan)[0]["Plan"]["Shared Hit Blocks"]
