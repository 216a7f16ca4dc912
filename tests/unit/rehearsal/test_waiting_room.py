"""The line alone: order, lost patience, no-shows, and the truth of what people are shown."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from floodgate.rehearsal.crowd.waiting_room import WaitingRoom
from floodgate.rehearsal.parameters import load_parameters

DOORS_S = 60
FOREVER = 1e12


def room_of(patience_s=FOREVER, poll_interval_s=10, **overrides):
    parameters = load_parameters({f"waiting_room.{name}": value for name, value in overrides.items()})
    return WaitingRoom(DOORS_S, 7200, patience_s, poll_interval_s, parameters)


def worked_off(room, rate_per_s, seconds, joining=None):
    """Let in `rate_per_s` people a second from the doors on; who left without being called."""
    left = 0.0
    room.draw(rate_per_s)
    for second in range(DOORS_S, DOORS_S + seconds):
        left += room.leave() if second > DOORS_S else 0.0
        room.join(joining(second) if joining else 0.0, second)
        room.learn()
        left += room.expect(rate_per_s)
        room.enter(room.call(rate_per_s, second), 1.0, math.inf)
    return left


def test_patient_people_of_the_pre_queue_wait_as_long_as_the_draw_says():
    room = room_of()
    room.join(1000.0, 0)
    worked_off(room, 10.0, 100)

    waits = room.waits()
    assert waits.people.sum() == pytest.approx(1000.0)
    # places 1 to 1000 at ten a second, and half a poll until one notices
    assert (waits.people @ waits.wait_s) / 1000.0 == pytest.approx(49.5 + 5.0, abs=0.05), (
        "some come late, so more are called"
    )
    assert waits.wait_s.max() == 99 + 5


def test_waits_of_the_pre_queue_are_counted_from_the_doors():
    room = room_of()
    room.join(5.0, 3)
    worked_off(room, 10.0, 5)

    assert set(room.waits().joined_s) == {float(DOORS_S)}


def test_who_comes_later_stands_behind_everybody_who_was_there():
    room = room_of()
    room.join(100.0, 0)
    worked_off(room, 10.0, 30, joining=lambda second: 10.0 if second == DOORS_S + 5 else 0.0)

    waits = room.waits()
    late = waits.joined_s == DOORS_S + 5
    called_at = waits.joined_s + waits.wait_s
    assert called_at[late].min() >= called_at[~late].max()


def test_who_finds_no_line_walks_in_at_once():
    room = room_of()
    worked_off(room, 10.0, 30, joining=lambda _: 4.0)

    later = room.waits().joined_s > DOORS_S
    assert room.waits().wait_s[later].max() == 0.0


def test_of_a_cohort_that_waited_the_exponential_share_is_still_there():
    room = room_of(patience_s=300.0)
    room.join(600.0, 0)
    left = worked_off(room, 1.0, 1200)

    waits = room.waits()
    assert waits.people.sum() + left == pytest.approx(600.0)
    # one person a second is let in and people leave at rate 1/300 each: n' = -1 - n/300 from n = 600 on
    emptied_s = 300.0 * math.log(1.0 + 600.0 / 300.0)
    # a little fewer come, since what was learned is some minutes old
    assert 0.88 * emptied_s < waits.people.sum() < emptied_s


def test_the_share_of_no_shows_is_learned_so_that_enough_are_called():
    room = room_of(patience_s=200.0)
    room.join(20_000.0, 0)
    worked_off(room, 10.0, 300)

    waits = room.waits()
    late = waits.wait_s > 200.0
    assert waits.people[late].sum() / late.sum() == pytest.approx(10.0, rel=0.35), "ten a second were wanted"
    assert room.show_share < 0.5


def test_nobody_enters_beyond_the_room_there_is():
    room = room_of()
    room.join(1000.0, 0)
    room.draw(100.0)
    entered = 0.0
    for second in range(DOORS_S, DOORS_S + 50):
        now = room.enter(room.call(100.0, second), 1.0, 5.0)
        assert now <= 5.0
        entered += now

    assert entered + room.called + room.present == pytest.approx(1000.0)


def test_people_who_are_called_come_only_when_their_polls_are_answered():
    room = room_of()
    room.join(100.0, 0)
    room.draw(10.0)
    at_once = room.call(10.0, DOORS_S)

    assert room.enter(at_once, 0.0, math.inf) == 0.0
    assert room.enter(0.0, 1.0, math.inf) > 0.0


def test_the_shown_wait_is_true_while_the_rate_holds():
    room = room_of(patience_s=3600.0)
    room.join(3000.0, 0)
    worked_off(room, 5.0, 2000, joining=lambda second: 6.0 if second < 600 else 0.0)

    waits = room.waits()
    true = (waits.shown_low_s <= waits.wait_s) & (waits.wait_s <= waits.shown_high_s)
    assert waits.people[true].sum() / waits.people.sum() > 0.95


def test_the_shown_wait_is_untrue_when_the_rate_falls_to_a_third():
    """The control of the test above: the range is not so wide that everything is true."""
    room = room_of()
    room.join(3000.0, 0)
    room.draw(9.0)
    for second in range(DOORS_S, DOORS_S + 1500):
        room.enter(room.call(3.0, second), 1.0, math.inf)

    waits = room.waits()
    true = (waits.shown_low_s <= waits.wait_s) & (waits.wait_s <= waits.shown_high_s)
    assert waits.people[true].sum() / waits.people.sum() < 0.2


@settings(max_examples=60, deadline=None)
@given(
    early=st.floats(0.0, 1e6),
    joins=st.lists(st.floats(0.0, 1e4), max_size=60),
    rate=st.floats(0.0, 2e4),
    patience_s=st.floats(1.0, 1e5),
)
def test_everybody_who_joined_was_let_in_left_or_is_still_there(early, joins, rate, patience_s):
    room = room_of(patience_s)
    room.join(early, 0)
    left = worked_off(room, rate, 90, joining=lambda second: dict(enumerate(joins)).get(second - DOORS_S, 0.0))

    joined = early + sum(joins)
    came = room.waits().people.sum()
    assert came + left + room.present == pytest.approx(joined, rel=1e-9, abs=1e-6)
    assert room.places >= 0.0
    assert room.present <= room.places * (1 + 1e-9) + 1e-6, "nobody stands in line without a place"
