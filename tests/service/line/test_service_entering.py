"""Entering, leaving, calling and the draw's seal on a real Valkey: each place in once, never more inside than the cap.

Whether a place is called is the caller's matter and tried where the web is.
"""

import asyncio

import glide
import pytest

from app.line.valkey import _SCRIPTS
from app.line.values import Entered, Entrance, LineState

NOW_S, UNTIL_S = 1_817_000_000.25, 1_817_000_900.75


def without(line, script, guard):
    """Take a guard out of a script, for a control."""
    text = (_SCRIPTS / f"{script}.lua").read_text()
    assert guard in text
    line._scripts[script] = glide.Script(text.replace(guard, ""))


def test_a_place_enters_once_and_again_means_the_same_visit(together):
    async def act(one, other):
        first = await one.enter("august", 7, NOW_S, UNTIL_S, 10)
        later = await other.enter("august", 7, NOW_S + 60, UNTIL_S + 60, 10)
        return first, later, (await one.state("august", NOW_S)).inside

    assert together(act) == (Entered(Entrance.NEW, UNTIL_S), Entered(Entrance.AGAIN, UNTIL_S), 1)


def test_many_deliveries_of_one_entrance_at_once_are_one_visit(together):
    async def act(one, other):
        entered = await asyncio.gather(
            *((one, other)[copy % 2].enter("august", 7, NOW_S, UNTIL_S, 10) for copy in range(100))
        )
        return [each.entrance for each in entered], await one.state("august", NOW_S)

    entrances, state = together(act)

    assert entrances.count(Entrance.NEW) == 1
    assert entrances.count(Entrance.AGAIN) == 99
    assert (state.inside, state.entered) == (1, 1)


def test_whoever_has_left_does_not_enter_again(together):
    async def act(one, other):
        await one.enter("august", 7, NOW_S, UNTIL_S, 10)
        left = await other.leave("august", 7), await one.leave("august", 7)
        return left, await one.enter("august", 7, NOW_S, UNTIL_S, 10), await one.state("august", NOW_S)

    left, entered, state = together(act)

    assert left == (True, False)
    assert entered == Entered(Entrance.USED, 0)
    assert (state.inside, state.left, state.entered) == (0, 1, 1)


def test_whoever_was_inside_until_the_end_does_not_enter_again(together):
    async def act(one, other):
        await one.enter("august", 7, NOW_S, UNTIL_S, 10)
        return await other.enter("august", 7, UNTIL_S, UNTIL_S + 900, 10)

    assert together(act) == Entered(Entrance.USED, 0)


def test_control_without_the_bitmap_a_place_enters_twice(together):
    async def act(one, other):
        without(one, "enter", "if redis.call('GETBIT', KEYS[2], ARGV[2]) == 1 then\n  return {'used', '0'}\nend\n")
        await one.enter("august", 7, NOW_S, UNTIL_S, 10)
        await one.leave("august", 7)
        return await one.enter("august", 7, NOW_S, UNTIL_S, 10)

    assert together(act).entrance is Entrance.NEW


def test_two_hundred_at_once_never_exceed_the_cap(together):
    async def act(one, other):
        entering = ((one, other)[place % 2].enter("august", place, NOW_S, UNTIL_S, 30) for place in range(200))
        entered = await asyncio.gather(*entering)
        return [each.entrance for each in entered], (await one.state("august", NOW_S)).inside

    entrances, inside = together(act)

    assert entrances.count(Entrance.NEW) == inside == 30
    assert entrances.count(Entrance.FULL) == 170


def test_control_looking_first_and_entering_then_exceeds_the_cap(together):
    async def act(one, other):
        async def careless(place):
            if (await one.state("august", NOW_S)).inside < 30:
                await one.enter("august", place, NOW_S, UNTIL_S, None)

        await asyncio.gather(*(careless(place) for place in range(200)))
        return (await one.state("august", NOW_S)).inside

    assert together(act) > 30


def test_a_place_that_found_no_room_is_not_used_and_enters_when_somebody_leaves(together):
    async def act(one, other):
        await one.enter("august", 1, NOW_S, UNTIL_S, 1)
        full = await other.enter("august", 2, NOW_S, UNTIL_S, 1)
        used = await one.came("august", 2, 3)
        await one.leave("august", 1)
        return full, used, await other.enter("august", 2, NOW_S, UNTIL_S, 1)

    assert together(act) == (Entered(Entrance.FULL, 0), 0, Entered(Entrance.NEW, UNTIL_S))


def test_whoever_is_inside_is_let_in_again_when_it_is_full(together):
    async def act(one, other):
        await one.enter("august", 1, NOW_S, UNTIL_S, 1)
        return await other.enter("august", 1, NOW_S, UNTIL_S, 1)

    assert together(act).entrance is Entrance.AGAIN


def test_visits_that_run_out_make_room_and_are_counted_as_left(together):
    async def act(one, other):
        for place in range(5):
            await one.enter("august", place, NOW_S, UNTIL_S, 5)
        full = await other.enter("august", 5, UNTIL_S - 1, UNTIL_S + 900, 5)
        room = await other.enter("august", 5, UNTIL_S, UNTIL_S + 900, 5)
        return full.entrance, room.entrance, await one.state("august", UNTIL_S)

    full, room, state = together(act)

    assert (full, room) == (Entrance.FULL, Entrance.NEW)
    assert (state.inside, state.left, state.entered) == (1, 5, 6)


def test_the_state_takes_away_visits_that_are_over(together):
    async def act(one, other):
        await one.enter("august", 1, NOW_S, UNTIL_S, None)
        before = await one.state("august", UNTIL_S - 0.01)
        return before.inside, (await other.state("august", UNTIL_S)).inside, (await one.state("august", UNTIL_S)).left

    assert together(act) == (1, 0, 1)


def test_a_cap_that_is_lowered_lets_nobody_in_and_nobody_is_put_out(together):
    async def act(one, other):
        for place in range(5):
            await one.enter("august", place, NOW_S, UNTIL_S, 5)
        entered = await other.enter("august", 6, NOW_S, UNTIL_S, 2)
        return entered.entrance, (await one.state("august", NOW_S)).inside

    assert together(act) == (Entrance.FULL, 5)


@pytest.mark.parametrize(
    ("start", "stop", "count"), [(0, 20, 4), (3, 4, 1), (4, 7, 0), (7, 9, 2), (0, 0, 0), (9, 3, 0), (16, 999, 1)]
)
def test_how_many_of_some_places_have_come_is_told_to_the_place(together, start, stop, count):
    async def act(one, other):
        for place in (3, 7, 8, 16):
            await one.enter("august", place, NOW_S, UNTIL_S, None)
        return await other.came("august", start, stop)

    assert together(act) == count


def test_what_is_called_never_goes_back(together):
    async def act(one, other):
        await one.call("august", 50, 10, 1)
        called = await other.call("august", 40, 5, 1), await one.call("august", 45, 12, 2)
        return called, await one.state("august", NOW_S)

    called, state = together(act)

    assert called == (True, True)
    assert (state.serving, state.lapsed) == (50, 12)


def test_a_controller_of_an_earlier_epoch_calls_nobody(together):
    async def act(one, other):
        await one.call("august", 50, 10, 3)
        return (
            await other.call("august", 90, 20, 2),
            await one.state("august", NOW_S),
            await other.call("august", 51, 10, 3),
        )

    refused, state, called = together(act)

    assert refused is False
    assert (state.serving, state.lapsed) == (50, 10)
    assert called is True


def test_control_without_the_epoch_a_controller_that_was_replaced_calls_on(together):
    async def act(one, other):
        without(other, "call", "if line[3] and tonumber(line[3]) > tonumber(ARGV[4]) then\n  return 0\nend\n")
        await one.call("august", 50, 10, 3)
        await other.call("august", 90, 20, 2)
        return (await one.state("august", NOW_S)).serving

    assert together(act) == 90


def test_two_controllers_of_one_epoch_at_once_leave_the_highest_number(together):
    async def act(one, other):
        await asyncio.gather(
            *((one, other)[number % 2].call("august", number, number // 2, 1) for number in range(100))
        )
        return await one.state("august", NOW_S)

    state = together(act)

    assert (state.serving, state.lapsed) == (99, 49)


def test_the_pre_queue_is_sealed_once_and_later_joins_are_not_in_it(together):
    async def act(one, other):
        for person in range(5):
            await one.join("august", [bytes([person]) * 16])
        sealed = await asyncio.gather(*((one, other)[copy % 2].seal("august") for copy in range(20)))
        await one.join("august", [b"late comer......"])
        return set(sealed), await other.seal("august"), await one.state("august", NOW_S)

    sealed, again, state = together(act)

    assert sealed == {5}
    assert again == 5
    assert (state.prequeue, state.joined) == (5, 6)


def test_joins_at_the_moment_of_the_seal_are_in_it_or_behind_it(together):
    async def act(one, other):
        joins = [one.join("august", [bytes([person]) * 16]) for person in range(100)]
        joins.insert(50, other.seal("august"))
        await asyncio.gather(*joins)
        return await one.state("august", NOW_S)

    state = together(act)

    assert state.joined == 100
    assert state.prequeue is not None
    assert 0 <= state.prequeue <= 100


def test_a_line_that_is_begun_again_keeps_whatever_is_higher(together):
    async def act(one, other):
        await one.begin("august", 100, 80, 50, 20)
        await other.begin("august", 90, 70, 60, 10)
        await one.begin("august", 0, None, 0, 0)
        return await one.state("august", NOW_S)

    assert together(act) == LineState(100, 80, 60, 20, 0, 0, 0)


def test_a_line_that_begins_has_no_pre_queue_yet(together):
    async def act(one, other):
        return await one.state("august", NOW_S)

    assert together(act) == LineState(0, None, 0, 0, 0, 0, 0)
