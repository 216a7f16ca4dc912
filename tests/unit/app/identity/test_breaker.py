"""The circuit breaker against its description, with time as an argument; and against a simple model, at random.

Not here: what a call is and how long it takes; see the identity checks against a real stand-in.
"""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from app.identity.breaker import Breaker, Limits, State
from app.identity.light import light

LIMITS = Limits(slow_s=1, window_s=10, least_calls=4, failing_share=0.5, open_s=5, open_at_most_s=20, probes=2)


def permitted(breaker, now_s):
    permit = breaker.ask(now_s)
    assert permit is not None, "the breaker refuses"
    return permit


def fail(breaker, now_s, times=4):
    for _ in range(times):
        breaker.failed(permitted(breaker, now_s), now_s)


def answer(breaker, now_s, times=1, took_s=0.1):
    for _ in range(times):
        breaker.answered(permitted(breaker, now_s), now_s, took_s)


def opened(now_s=100.0):
    breaker = Breaker(LIMITS)
    fail(breaker, now_s)
    assert breaker.state(now_s) is State.OPEN
    return breaker


def test_it_opens_when_half_of_enough_calls_fail():
    breaker = Breaker(LIMITS)
    answer(breaker, 100, times=2)
    fail(breaker, 101, times=1)
    assert breaker.state(101) is State.CLOSED
    fail(breaker, 102, times=1)

    assert breaker.state(102) is State.OPEN
    assert breaker.ask(102) is None


def test_it_does_not_judge_by_a_handful():
    breaker = Breaker(LIMITS)
    fail(breaker, 100, times=3)

    assert breaker.state(100) is State.CLOSED


def test_failures_that_are_long_ago_do_not_count():
    breaker = Breaker(LIMITS)
    fail(breaker, 100, times=3)
    fail(breaker, 111, times=3)

    assert breaker.counted(111) == (3, 3)
    assert breaker.state(111) is State.CLOSED


def test_a_slow_answer_is_a_failure():
    breaker = Breaker(LIMITS)
    answer(breaker, 100, times=4, took_s=1.0)

    assert breaker.state(100) is State.OPEN


def test_an_open_breaker_is_tried_with_a_few_calls_and_closes_when_all_are_answered():
    breaker = opened(100)
    assert breaker.ask(104.9) is None
    first, second = permitted(breaker, 105), permitted(breaker, 105)
    assert breaker.ask(105) is None, "two probes are enough"

    breaker.answered(first, 105.1, 0.1)
    assert breaker.state(105.1) is State.HALF_OPEN
    breaker.answered(second, 105.2, 0.1)
    assert breaker.state(105.2) is State.CLOSED
    assert breaker.counted(105.2) == (0, 0), "what was before is over"


def test_one_failing_probe_opens_it_again_for_twice_as_long_up_to_a_limit():
    breaker, now_s = opened(100), 100.0
    for pause_s in (5, 10, 20, 20):
        assert breaker.opens_again_in_s(now_s) == pause_s
        assert breaker.ask(now_s + pause_s - 0.1) is None
        now_s += pause_s
        fail(breaker, now_s, times=1)
    answer(breaker, now_s + 20, times=2)
    fail(breaker, now_s + 21)
    assert breaker.opens_again_in_s(now_s + 21) == 5, "after a good time it begins with the short pause again"


def test_a_slow_probe_does_not_close_it():
    breaker = opened(100)
    answer(breaker, 105, times=1, took_s=1.0)

    assert breaker.state(105) is State.OPEN


def test_a_probe_that_says_nothing_gives_its_turn_back():
    breaker = opened(100)
    for _ in range(10):
        breaker.forget(permitted(breaker, 105))
    answer(breaker, 105, times=2)

    assert breaker.state(105) is State.CLOSED


def test_outcomes_of_calls_from_before_do_not_count_after_a_change():
    breaker = Breaker(LIMITS)
    late = [permitted(breaker, 99) for _ in range(6)]
    fail(breaker, 100)
    breaker.state(105)
    for permit in late[:3]:
        breaker.answered(permit, 105, 0.1)
    assert breaker.state(105) is State.HALF_OPEN, "old answers prove nothing"
    answer(breaker, 106, times=2)
    for permit in late[3:]:
        breaker.failed(permit, 106)
        breaker.forget(permit)
    assert breaker.counted(106) == (0, 0)


def test_a_clock_that_is_set_back_breaks_nothing():
    breaker = Breaker(LIMITS)
    fail(breaker, 100, times=2)
    fail(breaker, 50, times=2)

    assert breaker.state(50) is State.OPEN


@pytest.mark.parametrize(
    ("answers", "failures", "shown"),
    [(0, 0, "green"), (10, 1, "green"), (17, 2, "amber"), (40, 2, "green"), (0, 4, "red")],
)
def test_the_light_follows_the_share_of_failures(answers, failures, shown):
    breaker = Breaker(LIMITS)
    answer(breaker, 100, times=answers)
    fail(breaker, 100, times=failures)

    assert light(breaker, 100) == shown


def test_the_light_is_amber_while_it_is_tried_and_while_it_is_full():
    assert light(opened(100), 105) == "amber"
    assert light(Breaker(LIMITS), 100, full=True) == "amber"


def test_an_operator_makes_it_red_whatever_it_does():
    assert light(Breaker(LIMITS), 100, closed=True) == "red"
    assert light(opened(100), 105, closed=True) == "red"


class BreakerModel(RuleBasedStateMachine):
    """Any order of calls, outcomes and time; the model remembers every outcome since the last change of state."""

    def __init__(self):
        super().__init__()
        self.breaker = Breaker(LIMITS)
        self.now_s = 1000.0
        self.permits = []
        self.outcomes = []
        self.opened_at_s = 0.0
        self.was = State.CLOSED

    def settle(self):
        """Notice a change of state, and check that it was one that may be."""
        state = self.breaker.state(self.now_s)
        if state is not self.was:
            assert (self.was, state) in {
                (State.CLOSED, State.OPEN),
                (State.OPEN, State.HALF_OPEN),
                (State.HALF_OPEN, State.OPEN),
                (State.HALF_OPEN, State.CLOSED),
            }
            if state is State.OPEN:
                self.opened_at_s = self.now_s
            self.was, self.outcomes = state, []
            self.permits = [(permit, began_s, True) for permit, began_s, _ in self.permits]
        return state

    @rule(seconds=st.floats(0, 12))
    def time_passes(self, seconds):
        self.now_s += seconds
        self.settle()

    @rule()
    def somebody_asks(self):
        state = self.settle()
        permit = self.breaker.ask(self.now_s)
        if state is State.OPEN:
            assert permit is None
        if state is State.CLOSED:
            assert permit is not None
        if permit is not None:
            self.permits.append((permit, self.now_s, False))

    @precondition(lambda self: self.permits)
    @rule(data=st.data(), ending=st.sampled_from(["answered", "slow", "failed", "forgotten"]))
    def a_call_ends(self, data, ending):
        self.settle()
        permit, _, late = self.permits.pop(data.draw(st.integers(0, len(self.permits) - 1)))
        before, was = self.breaker.counted(self.now_s), self.was
        if ending == "forgotten":
            self.breaker.forget(permit)
        elif ending == "failed":
            self.breaker.failed(permit, self.now_s)
        else:
            self.breaker.answered(permit, self.now_s, 5.0 if ending == "slow" else 0.1)
        if late:
            assert self.breaker.counted(self.now_s) == before
            assert self.breaker.state(self.now_s) is was
        elif ending != "forgotten":
            self.outcomes.append((self.now_s, ending != "answered"))
            self.judge()
        self.settle()

    def judge(self):
        """What the state must be after this outcome."""
        state = self.breaker.state(self.now_s)
        if self.was is State.HALF_OPEN:
            good = sum(not failed for _, failed in self.outcomes)
            expected = State.OPEN if self.outcomes[-1][1] else (State.CLOSED if good >= 2 else State.HALF_OPEN)
            assert state is expected
            return
        # outcomes are kept by whole seconds, so one at the window's edge may or may not count
        surely = [failed for at_s, failed in self.outcomes if at_s > self.now_s - LIMITS.window_s + 1]
        perhaps = [failed for at_s, failed in self.outcomes if at_s > self.now_s - LIMITS.window_s - 1]
        if len(perhaps) < LIMITS.least_calls or not any(perhaps):
            assert state is State.CLOSED
        if surely == perhaps and len(surely) >= LIMITS.least_calls:
            trips = sum(surely) >= len(surely) * LIMITS.failing_share
            assert state is (State.OPEN if trips and surely[-1] else state)
            if not trips:
                assert state is State.CLOSED

    @invariant()
    def never_more_probes_than_allowed(self):
        if self.breaker.state(self.now_s) is State.HALF_OPEN:
            trying = sum(not late for _, _, late in self.permits)
            assert trying + len(self.outcomes) <= LIMITS.probes

    @invariant()
    def an_open_breaker_always_comes_back(self):
        if self.breaker.state(self.now_s) is State.OPEN:
            left_s = self.breaker.opens_again_in_s(self.now_s)
            assert 0 < left_s <= LIMITS.open_at_most_s
            assert self.now_s - self.opened_at_s < LIMITS.open_at_most_s


TestBreakerModel = BreakerModel.TestCase
TestBreakerModel.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
