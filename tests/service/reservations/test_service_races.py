"""Many people at once on a real PostgreSQL, each race with a control that goes wrong when the guard is taken away.

It proves what the database allows under these interleavings, most of them forced by locks that the test holds. It
cannot prove that no other interleaving exists: the histories beside it search for those.
"""

import asyncio

import pytest

from app.reservations.sweeper import sweep
from app.reservations.values import Booking, HeldUnit
from tests.service.reservations.town import DAY, HOLD_S, OPENING, REGION, outcome, outcomes, someone

NAIVE_BOOKING = """
CREATE TABLE naive_bookings (slot_id bigint, person bytea);
CREATE FUNCTION naive_book(p_slot bigint, p_person bytea) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) FROM naive_bookings WHERE slot_id = p_slot)
        >= (SELECT capacity FROM slots WHERE slot_id = p_slot) THEN RETURN false; END IF;
    PERFORM pg_sleep(0.05);
    INSERT INTO naive_bookings VALUES (p_slot, p_person);
    RETURN true;
END $$
"""


def test_the_last_unit_is_sold_once_when_fifty_people_want_it(run):
    async def scene(town):
        slot = await town.slot(1)
        answers = await outcomes(*(town.book(someone(n), slot) for n in range(50)))
        assert sum(isinstance(answer, Booking) for answer in answers) == 1
        assert answers.count("slot-gone") == 49
        assert await town.units() == {"booked": 1}

    run(scene, connections=30)


def test_control_counting_before_inserting_sells_the_last_unit_more_than_once(run_alone):
    async def scene(town):
        slot = await town.slot(1)
        await town.pool.execute(NAIVE_BOOKING)
        naive = "SELECT naive_book($1, $2)"
        sold = await asyncio.gather(*(town.pool.fetchval(naive, slot, someone(n).person) for n in range(20)))
        assert sum(sold) > 1, "the race does not happen, so the test above proves nothing"

    run_alone(scene)


def test_a_slot_is_sold_out_exactly_when_more_people_come_than_it_has_units(run):
    async def scene(town):
        slot = await town.slot(30)
        answers = await outcomes(*(town.book(someone(n), slot) for n in range(60)))
        assert sum(isinstance(answer, Booking) for answer in answers) == 30
        assert await town.units(slot) == {"booked": 30}

    run(scene)


def test_one_person_with_twenty_devices_gets_one_booking(run):
    async def scene(town):
        slots = [await town.slot(3) for _ in range(10)]
        person = someone(7)
        holds = await outcomes(*(town.hold(person, slot) for slot in slots * 2))
        assert all(isinstance(held, HeldUnit) for held in holds), holds
        assert (await town.units())["held"] == 1, "every new hold gave the one before back"
        answers = await outcomes(*(town.confirm(person, held) for held in holds))
        booked = {answer.reference for answer in answers if isinstance(answer, Booking)}
        assert len(booked) == 1
        assert len(await town.booked_by(person)) == 1

    run(scene)


def test_control_without_the_unique_indexes_one_person_books_twice(run_alone):
    async def scene(town):
        slots = [await town.slot(3) for _ in range(20)]
        await town.pool.execute("DROP INDEX units_one_per_person, units_one_per_place")
        # they all look, find that the person holds nothing, and wait for this lock
        async with town.session() as session, session.transaction():
            await session.execute("LOCK TABLE answers IN EXCLUSIVE MODE")
            holds = [asyncio.create_task(outcome(town.hold(someone(7), slot))) for slot in slots]
            await town.until_blocked(10)
        await asyncio.gather(*holds)
        assert (await town.units())["held"] > 1, "the race does not happen, so the test above proves nothing"

    run_alone(scene)


def test_two_people_with_one_place_book_once(run):
    async def scene(town):
        slot = await town.slot(10)
        answers = await outcomes(*(town.book(someone(n, place=5), slot) for n in range(10)))
        assert sum(isinstance(answer, Booking) for answer in answers) == 1
        assert set(answers) - {"place-used", "holds-another"} == {a for a in answers if isinstance(a, Booking)}
        assert await town.units(slot) == {"booked": 1, "free": 9}

    run(scene)


@pytest.mark.parametrize(
    "wanted", [{"slot": 1}, {"clinic_id": 1}, {"region": REGION}, {"region": REGION, "day": str(DAY)}]
)
def test_a_hold_that_is_over_goes_to_its_person_or_to_another_and_never_to_both(run, wanted):
    async def scene(town):
        assert await town.slot(1) == 1
        for turn in range(0, 24, 3):
            first, second, third = someone(turn), someone(turn + 1), someone(turn + 2)
            held = await town.hold(first, **wanted)
            town.clock.advance(HOLD_S)
            late, swept, other, another = await asyncio.gather(
                outcome(town.confirm(first, held)),
                sweep(town.pool, OPENING, town.clock),
                outcome(town.hold(second, **wanted)),
                outcome(town.hold(third, **wanted)),
            )
            got_it = [answer for answer in (late, other, another) if not isinstance(answer, str)]
            assert len(got_it) == 1, (late, swept, other, another)
            assert await town.units() == {"booked" if got_it == [late] else "held": 1}
            if got_it == [late]:
                await town.cancel(late)
            town.clock.advance(HOLD_S)
            await sweep(town.pool, OPENING, town.clock)

    run(scene)


def test_control_confirming_without_looking_who_holds_gives_one_unit_to_two(run_alone):
    async def scene(town):
        slot = await town.slot(1)
        source = await town.pool.fetchval("SELECT pg_get_functiondef('confirm_1'::regproc)")
        guard = "u.person = p_person AND u.opening = p_opening AND u.hold_id = p_hold AND u.until IS NOT NULL"
        assert guard in source
        await town.pool.execute(source.replace(guard, f"u.slot_id = {slot}"))
        first, second = someone(1), someone(2)
        held = await town.hold(first, slot)
        town.clock.advance(HOLD_S)
        taken = await town.hold(second, slot)
        booked = await outcomes(town.confirm(first, held), town.confirm(second, taken))
        assert all(isinstance(answer, Booking) for answer in booked), "so the guard is what keeps them apart"

    run_alone(scene)


def test_a_hold_that_is_over_is_still_confirmed_while_nobody_has_taken_the_unit(run):
    async def scene(town):
        slot = await town.slot(1)
        held = await town.hold(someone(1), slot)
        town.clock.advance(HOLD_S + 5)
        assert isinstance(await outcome(town.confirm(someone(1), held)), Booking)

    run(scene)


def test_a_cancelled_unit_goes_to_the_waiting_list_and_never_to_somebody_who_walks_in(run):
    async def scene(town):
        slot = await town.slot(1)
        booking = await town.book(someone(0), slot)
        for turn in range(1, 6):
            waiting = someone(turn)
            await town.wish(waiting)
            walk_ins = [outcome(town.hold(someone(100 * turn + n), slot)) for n in range(10)]
            cancelled, *refused = await asyncio.gather(town.cancel(booking), *walk_ins)
            assert cancelled.state == "cancelled"
            assert refused == ["slot-gone"] * 10
            assert await town.booked_by(waiting) == [slot]
            reference = await town.pool.fetchval("SELECT reference FROM units WHERE slot_id = $1", slot)
            booking = await town.reservations.booking(OPENING, reference)
        assert await town.pool.fetchval("SELECT count(*) FROM messages") == 5

    run(scene)


def test_control_freeing_first_and_serving_later_lets_a_walk_in_overtake(run_alone):
    async def scene(town):
        slot = await town.slot(1)
        booking = await town.book(someone(0), slot)
        await town.wish(someone(1))
        served = "IF serve_1(p_slot, p_number, p_at, p_person, p_place, false) THEN"
        source = await town.pool.fetchval("SELECT pg_get_functiondef('give_back_1'::regproc)")
        assert served in source
        await town.pool.execute(source.replace(served, "IF false THEN"))
        await town.cancel(booking)
        assert isinstance(await outcome(town.hold(someone(2), slot)), HeldUnit)

    run_alone(scene)


def test_two_cancelled_units_go_to_the_first_two_of_the_waiting_list(run):
    async def scene(town):
        slot = await town.slot(2)
        bookings = [await town.book(someone(n), slot) for n in range(2)]
        for number in range(10, 14):
            await town.wish(someone(number))
        await asyncio.gather(*(town.cancel(booking) for booking in bookings))
        served = [bool(await town.booked_by(someone(number))) for number in range(10, 14)]
        assert served == [True, True, False, False]

    run(scene)


def test_whoever_swaps_units_with_another_gets_through_without_an_error(run):
    async def scene(town):
        slots = [await town.slot(2) for _ in range(4)]
        bookings = [await town.book(someone(n), slots[n % 4]) for n in range(6)]
        for _ in range(5):
            swaps = (
                town.change(someone(n), booking, slots[(n + turn) % 4])
                for turn in range(1, 4)
                for n, booking in enumerate(bookings)
            )
            answers = await outcomes(*swaps)
            refused = {answer for answer in answers if isinstance(answer, str)}
            assert refused <= {"slot-gone", "nothing-to-change"}, refused
            assert await town.units() == {"booked": 6, "free": 2}

    run(scene)


def test_two_whose_holds_are_over_may_take_each_others_units(run):
    async def scene(town):
        slots = [await town.slot(1), await town.slot(1)]
        for _ in range(10):
            await town.hold(someone(0), slots[0])
            await town.hold(someone(1), slots[1])
            town.clock.advance(HOLD_S)
            answers = await outcomes(town.hold(someone(0), slots[1]), town.hold(someone(1), slots[0]))
            assert {type(answer) for answer in answers} <= {HeldUnit, str}
            assert {answer for answer in answers if isinstance(answer, str)} <= {"slot-gone"}
            town.clock.advance(HOLD_S)
            await sweep(town.pool, OPENING, town.clock)

    run(scene)
