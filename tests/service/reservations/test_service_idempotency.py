"""Every request sent twice, at once and long after: one effect, one answer."""

import asyncio

import pytest

from app.reservations.sweeper import forget, sweep
from app.reservations.values import Choice, HeldUnit
from tests.service.reservations.town import CONTACT, HOLD_S, OPENING, REGION, outcome, outcomes, someone

ME = someone(1)


async def _hold(town, slot, key):
    return await town.hold(ME, slot, key)


async def _release(town, slot, key):
    return await town.reservations.release(ME, town.held.hold_id, key)


async def _confirm(town, slot, key):
    return await town.confirm(ME, town.held, key)


async def _change(town, slot, key):
    return await town.change(ME, town.booking, slot, key)


async def _cancel(town, slot, key):
    return await town.cancel(town.booking, key)


async def _wish(town, slot, key):
    return await town.wish(ME, key)


STEPS = {"hold": _hold, "release": _release, "confirm": _confirm, "change": _change, "cancel": _cancel, "wish": _wish}
EVERYTHING = """
SELECT (SELECT array_agg(u ORDER BY slot_id, number) FROM units u)::text, (SELECT array_agg(b) FROM bookings b)::text,
    (SELECT array_agg(w) FROM wishes w)::text, (SELECT count(*) FROM audit), (SELECT count(*) FROM answers)
"""


async def _prepare(town, step):
    other, slot = await town.slot(2), await town.slot(2)
    if step in {"release", "confirm"}:
        town.held = await town.hold(ME, other)
    if step in {"change", "cancel"}:
        town.booking = await town.book(ME, other)
    return slot


@pytest.mark.parametrize("step", STEPS)
def test_a_request_that_arrives_many_times_is_done_once_and_answered_the_same(run, step):
    async def scene(town):
        slot = await _prepare(town, step)
        answers = await outcomes(*(STEPS[step](town, slot, "same") for _ in range(10)))
        assert not isinstance(answers[0], str), answers[0]
        assert answers == [answers[0]] * 10
        before = tuple(await town.pool.fetchrow(EVERYTHING))
        assert await outcome(STEPS[step](town, slot, "same")) == answers[0]
        assert tuple(await town.pool.fetchrow(EVERYTHING)) == before, "nothing changes any more"

    run(scene)


def test_the_answer_is_the_same_long_after_when_the_world_has_moved_on(run):
    async def scene(town):
        slot = await town.slot(1)
        held = await town.hold(ME, slot, "k1")
        await town.reservations.release(ME, held.hold_id, "k2")
        booking = await town.book(someone(2), slot)
        assert await outcome(town.hold(ME, slot, "k3")) == "slot-gone"
        await town.cancel(booking)
        town.clock.advance(86_400)
        await sweep(town.pool, OPENING, town.clock)
        await forget(town.pool, OPENING, town.clock.now_s())
        assert await town.hold(ME, slot, "k1") == held
        assert await outcome(town.hold(ME, slot, "k3")) == "slot-gone", "a refusal is an answer too"
        assert await town.units() == {"free": 1}

    run(scene)


def test_control_when_answers_are_forgotten_an_old_request_acts_again(run_alone):
    async def scene(town):
        slot = await town.slot(1)
        held = await town.hold(ME, slot, "k1")
        await town.reservations.release(ME, held.hold_id, "k2")
        await forget(town.pool, OPENING, town.clock.now_s() + 31 * 86_400)
        assert await town.hold(ME, slot, "k1") != held
        assert await town.units() == {"held": 1}

    run_alone(scene)


def test_one_key_for_two_requests_is_refused_whatever_they_are(run):
    async def scene(town):
        slot, other = await town.slot(2), await town.slot(2)
        held = await town.hold(ME, slot, "k1")
        booking = await town.confirm(ME, held, "k2")
        assert booking.state == "booked"
        answers = await outcomes(
            town.hold(ME, other, "k1"),
            town.hold(ME, slot, "k2"),
            town.confirm(ME, held, "k1"),
            town.reservations.confirm(ME, held.hold_id, b"another contact", "k2"),
            town.change(ME, booking, other, "k1"),
            town.wish(ME, "k2"),
        )
        assert answers == ["key-reused"] * 6
        assert await town.units(slot) == {"booked": 1, "free": 1}

    run(scene)


def test_a_key_that_held_cannot_confirm(run):
    async def scene(town):
        slot = await town.slot(1)
        held = await town.hold(ME, slot, "k1")
        assert await outcome(town.confirm(ME, held, "k1")) == "key-reused"
        assert await town.units() == {"held": 1}

    run(scene)


def test_two_people_may_use_the_same_key(run):
    async def scene(town):
        slot = await town.slot(2)
        first, second = await outcomes(town.hold(ME, slot, "k"), town.hold(someone(2), slot, "k"))
        assert first.hold_id != second.hold_id

    run(scene)


def test_leaving_the_waiting_list_twice_is_no_error_and_a_strangers_wish_is_unknown(run):
    async def scene(town):
        await town.slot(1)
        wish_id, ahead = await town.wish(ME)
        assert ahead == 0
        assert await outcome(town.reservations.unwish(someone(2), wish_id)) == "unknown"
        assert await outcome(town.reservations.unwish(ME, wish_id)) is None
        assert await outcome(town.reservations.unwish(ME, wish_id)) is None

    run(scene)


@pytest.mark.parametrize("step", STEPS)
def test_a_session_that_dies_in_the_middle_leaves_all_or_nothing(run, step):
    async def scene(town):
        slot = await _prepare(town, step)
        before = tuple(await town.pool.fetchrow(EVERYTHING))
        async with town.session() as session, session.transaction():
            # the last thing that every step does
            await session.execute("LOCK TABLE answers IN EXCLUSIVE MODE")
            step_done = asyncio.create_task(outcome(STEPS[step](town, slot, "same")))
            for _ in range(2):  # the repository tries once more by itself
                await town.kill_waiting()
            assert await step_done == "unavailable"
            assert tuple(await session.fetchrow(EVERYTHING)) == before
        answer = await outcome(STEPS[step](town, slot, "same"))
        assert not isinstance(answer, str), answer
        assert await outcome(STEPS[step](town, slot, "same")) == answer

    run(scene)


def test_a_step_whose_session_dies_once_is_done_by_another_session(run):
    async def scene(town):
        slot = await town.slot(1)
        async with town.session() as session, session.transaction():
            await session.execute("LOCK TABLE answers IN EXCLUSIVE MODE")
            holding = asyncio.create_task(outcome(town.hold(ME, slot)))
            await town.kill_waiting()
            await town.until_blocked()
        assert isinstance(await holding, HeldUnit)
        assert await town.units() == {"held": 1}

    run(scene)


def test_a_released_unit_is_free_and_a_hold_that_was_booked_cannot_be_released(run):
    async def scene(town):
        slot = await town.slot(1)
        held = await town.hold(ME, slot)
        await town.reservations.release(ME, held.hold_id, town.key())
        assert await town.units() == {"free": 1}
        held = await town.hold(ME, slot)
        await town.confirm(ME, held)
        assert await outcome(town.reservations.release(ME, held.hold_id, town.key())) == "already-booked"
        assert await outcome(town.reservations.wish(ME, Choice(slot_id=slot), CONTACT, "w")) == "bad-input"
        assert await outcome(town.hold(someone(3), region=REGION)) == "nothing-free"
        town.clock.advance(HOLD_S)

    run(scene)
