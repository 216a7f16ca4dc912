"""Who has lost their turn, and how many of those called come: arithmetic over simulated seconds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.admission.calls import Calls, Pace
from app.admission.turnout import LEAST_SHARE, PRIOR_PLACES, Came, Spans, Turnout
from app.admission.values import Checkpoint

BEGINNING = Checkpoint(0, 0, 0, 0, 1, 1.0, 0.0)
TAKEN_OVER = Checkpoint(900, 0, 500, 100, 2, 0.8, 10.0, settled=300)


def test_a_turn_is_lost_once_its_time_is_over_and_not_before():
    calls = Calls(BEGINNING, settle_s=25, come_within_s=300)
    calls.called(10)
    calls.run(299)
    assert calls.lapsed == 0
    calls.called(20)
    calls.run(1)
    assert calls.lapsed == 10
    calls.run(298.5)
    assert calls.lapsed == 10
    calls.run(0.5)
    assert calls.lapsed == 20


def test_time_that_does_not_run_costs_nobody_their_turn():
    calls = Calls(BEGINNING, settle_s=25, come_within_s=300)
    calls.called(10)
    calls.run(299)
    # an hour of pause: nobody lets time pass
    calls.called(20)
    assert calls.lapsed == 0


def test_a_new_leader_gives_time_rather_than_taking_it():
    calls = Calls(TAKEN_OVER, settle_s=25, come_within_s=300)
    assert (calls.lapsed, calls.settled, calls.serving) == (100, 300, 500)
    calls.run(274)
    assert calls.lapsed == 100
    calls.run(1)
    assert calls.lapsed == 300, "these were called 25 s before at the latest"
    calls.run(25)
    assert calls.lapsed == 500


@given(st.lists(st.tuples(st.floats(0, 50), st.integers(0, 100)), max_size=60))
def test_lapsed_settled_and_serving_only_rise_and_keep_their_order(seconds):
    calls = Calls(TAKEN_OVER, settle_s=25, come_within_s=100)
    before = (calls.lapsed, calls.settled, calls.serving)
    for elapsed_s, more in seconds:
        calls.run(elapsed_s)
        calls.called(calls.serving + more)
        now = (calls.lapsed, calls.settled, calls.serving)
        assert all(old <= new for old, new in zip(before, now, strict=True))
        assert calls.lapsed <= calls.settled <= calls.serving
        before = now


def test_the_history_is_no_longer_than_a_turn():
    calls = Calls(BEGINNING, settle_s=25, come_within_s=300)
    for second in range(5000):
        calls.run(1)
        calls.called(second)
    assert len(calls._at_s) <= 303


def test_the_pace_follows_within_a_minute_or_two_and_does_not_jump():
    pace = Pace(100.0)
    pace.run(0.0, 1.0)
    assert pace.rate_per_s > 98
    for _ in range(180):
        pace.run(50.0, 1.0)
    assert pace.rate_per_s == pytest.approx(50, rel=0.06)


class People:
    """Of each hundred called, `come` come: most at once, some late."""

    def __init__(self, come, delays=(3, 8, 12)):
        self.come, self.delays = come, delays
        self.called_at = []

    def call(self, places, second):
        self.called_at += [second] * places

    def used(self, place, second):
        delay = self.delays[place % len(self.delays)]
        return place * 37 % 100 < self.come and second >= self.called_at[place] + delay

    def came(self, span, second):
        return sum(self.used(place, second) for place in range(*span))


def play(come, seconds=240, rate=10, delays=(3, 8, 12)):
    calls, turnout, people = Calls(BEGINNING, 25, 200), Turnout(1.0, 25), People(come, delays)
    for second in range(seconds):
        spans = turnout.spans(calls)
        counts = (spans.fresh, spans.window, spans.late, spans.late_before)
        turnout.learn(spans, Came(*(people.came(span, second) for span in counts)), 1.0)
        calls.run(1.0)
        people.call(rate, second)
        calls.called(calls.serving + rate)
    return turnout


@pytest.mark.parametrize("come", [100, 60, 30])
def test_the_share_that_comes_is_learned(come):
    assert play(come).share == pytest.approx(come / 100, abs=0.06)


def test_those_who_never_come_do_not_count_as_coming():
    turnout = play(60)
    # 10 a second, of which six come after 8 s on the average; nothing of the 1,750 called longer ago
    assert 60 * 0.6 < turnout.coming < 250 * 0.6 + 5


def test_those_who_come_late_do_count_as_coming():
    prompt, late = play(60), play(60, delays=(3, 40, 60))
    assert late.coming > prompt.coming + 50


def test_a_few_who_do_not_come_mean_little():
    turnout = Turnout(1.0, 25)
    turnout.learn(Spans((3, 3), (0, 3), (0, 3), (0, 3)), Came(0, 0, 0, 0), 1.0)
    assert turnout.share == pytest.approx(PRIOR_PLACES / (PRIOR_PLACES + 3))


def test_a_stretch_without_anybody_is_bounded_below():
    assert play(0).share == LEAST_SHARE


def test_people_who_come_after_an_empty_stretch_are_seen_before_they_settle():
    turnout = play(0)
    turnout.learn(Spans((0, 300), (300, 300), (0, 0), (0, 0)), Came(240, 0, 0, 0), 1.0)
    assert turnout.share > 0.7


def test_what_was_learned_outlives_a_time_without_calls():
    turnout = play(50, seconds=400)
    turnout.learn(Spans((0, 0), (0, 0), (0, 0), (0, 0)), Came(0, 0, 0, 0), 1.0)
    assert turnout.share < 0.7


def test_nothing_is_learned_from_places_that_the_store_has_forgotten():
    calls = Calls(TAKEN_OVER, 25, 200)
    turnout = Turnout(0.8, 25, known_from=500)
    spans = turnout.spans(calls)
    assert spans.window == (300, 300)
    turnout.learn(spans, Came(0, 0, 0, 0), 1.0)
    assert turnout.share == pytest.approx(0.8)
    assert turnout.coming == pytest.approx(200 * 0.8), "those called lately are expected, whoever may be inside"


@given(
    st.floats(0.2, 1), st.integers(0, 500), st.integers(0, 500), st.floats(0, 1), st.floats(0, 1), st.floats(0.01, 5)
)
def test_the_share_stays_within_its_bounds(prior, fresh, settled, fresh_share, share, elapsed_s):
    turnout = Turnout(prior, 25)
    came = Came(int(fresh * fresh_share), int(settled * share), 0, 0)
    turnout.learn(Spans((settled, settled + fresh), (0, settled), (0, settled), (0, settled)), came, elapsed_s)
    assert LEAST_SHARE <= turnout.share <= 1.0
    assert turnout.coming >= 0.0
