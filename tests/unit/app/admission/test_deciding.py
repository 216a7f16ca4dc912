"""Which places are called in one second, for given readings: all of the controller that is arithmetic."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.admission.deciding import Memory, Seen, decide
from app.admission.fleet import Fleet
from app.admission.law import Load
from app.admission.turnout import Came, Spans
from app.admission.values import Checkpoint, Controls
from app.line.values import LineState
from app.opening import Opening
from app.settings import Admission

DOORS = datetime(2027, 8, 9, 11, tzinfo=UTC)
OPENING = Opening(name="august", doors_at=DOORS)
WELL = Fleet(workers=2, load=Load(0.0, 0.0, 0.0))
EMPTY = Spans((0, 0), (0, 0), (0, 0), (0, 0))
NOBODY = Came(0, 0, 0, 0)


def admission(**changes):
    return Admission(**{"journeys_per_server_per_s": 10.0, "gain": 2.0, **changes})


def memory(**changes):
    return Memory(OPENING, admission(**changes), Checkpoint(0, None, 0, 0, 1, 1.0, 0.0), 1.0)


def seen(**changes):
    state = LineState(joined=1000, prequeue=800, serving=0, lapsed=0, inside=0, left=0, entered=0)
    base = Seen(
        now_s=OPENING.doors_s + 10,
        elapsed_s=1.0,
        checkpoint=Checkpoint(1000, 800, 0, 0, 1, 1.0, 0.0),
        state=state,
        prequeue=800,
        spans=EMPTY,
        came=NOBODY,
        fleet=WELL,
        servers=2,
        controls=Controls(),
    )
    inside = changes.pop("state", {})
    return replace(base, state=replace(state, **inside), **changes)


def called(memory, seen):
    return decide(memory, seen).raised.serving - seen.checkpoint.serving


def test_servers_in_service_times_their_rate_are_called():
    assert called(memory(), seen()) == 20
    assert called(memory(), seen(servers=5)) == 50


@pytest.mark.parametrize(
    ("changes", "binding", "phase"),
    [
        ({"now_s": OPENING.doors_s - 1, "prequeue": None}, "doors", "prequeue"),
        ({"now_s": OPENING.doors_s + 1, "prequeue": None}, "doors", "paused"),
        ({"now_s": OPENING.closes_at.timestamp()}, "doors", "closed"),
        ({"now_s": OPENING.prequeue_from.timestamp() - 1, "prequeue": None}, "doors", "before"),
        ({"controls": Controls(paused=True)}, "paused", "paused"),
        ({"fleet": Fleet()}, "away", "paused"),
        ({"servers": 0}, "away", "paused"),
    ],
)
def test_nobody_is_called_and_no_time_runs(changes, binding, phase):
    decision = decide(memory(), seen(**changes))
    assert (decision.raised.serving, decision.allowance.binding, decision.phase) == (0, binding, phase)
    assert not decision.runs


def test_the_line_binds_where_it_is_shorter_and_the_pace_does_not_follow_it():
    decision = decide(memory(), seen(state={"joined": 7}))
    assert (decision.raised.serving, decision.allowance.binding) == (7, "line")
    assert decision.places_per_s == 20.0


def test_before_the_doors_the_pace_is_that_of_the_servers_which_stand_there_by_then():
    """A leader that began with two servers, long before a schedule made them ninety."""
    one = memory()
    early = {"now_s": OPENING.doors_s - 60, "prequeue": None}
    decide(one, seen(servers=2, **early))
    assert decide(one, seen(servers=90, **early)).raised.rate_per_s == 900.0


def test_a_pause_before_the_doors_says_nothing_of_the_pace():
    one = memory()
    early = {"now_s": OPENING.doors_s - 60, "prequeue": None}
    decide(one, seen(servers=4, **early))
    paused = decide(one, seen(servers=4, controls=Controls(paused=True), **early))
    assert paused.raised.rate_per_s == 40.0


def test_half_of_the_rate_is_half_of_the_places():
    assert called(memory(), seen(controls=Controls(share=0.5))) == 10


def test_fractions_of_a_place_are_not_lost():
    one = memory(journeys_per_server_per_s=0.3)
    total, checkpoint = 0, seen().checkpoint
    for _ in range(100):
        decision = decide(one, seen(servers=1, checkpoint=replace(checkpoint, serving=total)))
        total = decision.raised.serving
    assert total in {29, 30}


def test_a_line_that_was_empty_does_not_save_up_a_burst():
    one = memory()
    for _ in range(50):
        assert called(one, seen(state={"joined": 0})) == 0
    assert called(one, seen()) == 20


def test_more_places_are_called_where_fewer_come():
    one = memory()
    half = {"spans": Spans((0, 0), (0, 3000), (0, 3000), (0, 3000)), "came": Came(0, 1500, 1500, 1500)}
    assert 38 <= called(one, seen(**half)) <= 40


def test_those_inside_and_those_coming_leave_less_room_under_the_cap():
    assert called(memory(max_inside=100), seen(state={"inside": 95})) == 5
    coming = {"spans": Spans((0, 60), (0, 0), (0, 0), (0, 0)), "came": Came(10, 0, 0, 0)}
    decision = decide(memory(max_inside=100), seen(state={"inside": 45}, **coming))
    assert (decision.raised.serving, decision.allowance.binding) == (5, "cap")
    full = decide(memory(max_inside=100), seen(state={"inside": 100}))
    assert full.raised.serving == 0
    assert not full.runs, "nobody loses a turn because the house is full"
    assert full.phase == "open"


def test_nobody_loses_a_turn_in_a_second_in_which_somebody_was_turned_away_at_the_door():
    one = memory()
    turned_away = Fleet(2, Load(0.0, 0.0, 0.0), refused={"inside-full": 3})
    assert decide(one, seen(fleet=replace(WELL, refused={"inside-full": 2}))).runs
    assert not decide(one, seen(fleet=turned_away)).runs
    assert decide(one, seen(fleet=turned_away)).runs, "the next second nobody was"


def test_people_whom_the_store_forgot_still_take_room():
    one = memory(max_inside=100)
    one.forget(inside=100)
    assert called(one, seen()) == 0
    decision = decide(one, seen())
    for _ in range(OPENING.inside_s // 2):
        one.commit(decision, 0, 1.0)
    assert called(one, seen()) == pytest.approx(20)
    assert one.unseen.inside == pytest.approx(50, abs=1)


def test_nothing_is_learned_from_places_whose_use_the_store_forgot():
    one = memory(poll_interval_s=1)
    decision = decide(one, seen())
    for called_so_far in range(20, 2000, 20):
        one.commit(decision, called_so_far, 1.0)
    one.forget(inside=0)
    for _ in range(5):
        one.commit(decision, one.calls.serving + 20, 1.0)
        assert one.turnout.spans(one.calls).window == (one.calls.settled, one.calls.settled)


def test_the_rest_of_the_last_second_does_not_go_beyond_the_cap():
    one = memory(max_inside=100, journeys_per_server_per_s=0.7)
    one.unseen.forget(1)
    one.unseen.run(OPENING.inside_s / 2)
    one.carry = 0.9
    assert called(one, seen(state={"inside": 98})) == 1, "1.4 and 0.9 make two, but there is room for one and a half"


def test_places_called_are_committed_only_once_they_are_written():
    one = memory()
    decide(one, seen())
    assert one.calls.serving == 0
    one.commit(decide(one, seen()), 20, 1.0)
    assert one.calls.serving == 20


def test_without_a_waiting_room_all_who_are_there_are_called():
    assert called(memory(waiting_room=False), seen()) == 1000
    assert called(memory(waiting_room=False), seen(controls=Controls(paused=True))) == 0


@given(
    inside=st.integers(0, 3000),
    cap=st.integers(1, 3000),
    servers=st.integers(0, 100),
    elapsed_s=st.floats(0.001, 2.0),
    waiting=st.integers(0, 5000),
    window=st.integers(0, 500),
    came_share=st.floats(0, 1),
    fresh=st.integers(0, 500),
    carry=st.floats(0, 0.999),
    left=st.integers(0, 500),
)
def test_neither_rate_nor_cap_nor_line_is_ever_exceeded(
    *, inside, cap, servers, elapsed_s, waiting, window, came_share, fresh, carry, left
):
    one = memory(max_inside=cap)
    one.carry = carry
    spans = Spans((window, window + fresh), (0, window), (0, window), (0, window))
    came = Came(int(fresh * came_share / 2), int(window * came_share), 0, 0)
    state = {"inside": inside, "joined": waiting, "left": left}
    decision = decide(
        one,
        seen(spans=spans, came=came, servers=servers, elapsed_s=elapsed_s, state=state),
    )
    places, share = decision.raised.serving, one.turnout.share
    assert places is not None
    assert 0 <= places <= waiting
    assert places <= servers * 10.0 * elapsed_s / share + 1, "never beyond nominal, but for the rest of a second"
    assert places == 0 or inside + one.turnout.coming + places * share <= cap + 1e-6
