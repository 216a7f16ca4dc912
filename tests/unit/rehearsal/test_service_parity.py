"""The rehearsal's waiting room and controller against the service's own code, fed with the same moments.

The rehearsal may not import the service, so it has the same arithmetic over flows; here both are played. What the
service counts in whole places, the rehearsal has as expected values, so both get these. Not compared: the width of
the shown range, which the service learns and the rehearsal takes from two parameters.
"""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.admission import law as service_law
from app.admission import turnout as service_turnout
from app.admission.calls import LEARNING_S, Calls, Pace
from app.admission.values import Checkpoint, Controls
from app.opening import Opening
from app.settings import Admission as ServiceAdmission
from floodgate.rehearsal.crowd import turnout
from floodgate.rehearsal.crowd.admission import Admission
from floodgate.rehearsal.crowd.waiting_room import WaitingRoom
from floodgate.rehearsal.parameters import load_parameters
from tests.unit.rehearsal.engine_cases import DOORS, plan_of

POLL_S = 10
FOREVER_S = 1e12
SETTLE_S = 25.0
COME_WITHIN_S = 300.0

moments = st.lists(
    st.tuples(st.floats(0, 3), st.floats(0, 3), st.floats(0, 10), st.floats(0, 500), st.floats(0, 60)),
    min_size=1, max_size=60,
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(moments=moments)
def test_the_law_lets_in_as_many_for_the_same_reason(moments):
    ours = Admission(plan_of(1, journeys_per_server_per_s=12.0).service, load_parameters())
    theirs = service_law.Law(ServiceAdmission(journeys_per_server_per_s=12.0))
    for cpu, database, latency_s, leaving, servers in moments:
        ours.read(cpu, database, latency_s, leaving)
        theirs.read(service_law.Load(cpu, database, latency_s), leaving, 1.0)
        allowance = theirs.allow(servers, Controls())

        assert ours.allowed_per_s(servers) == pytest.approx(allowance.people_per_s)
        assert ours.binding == allowance.binding


@given(cap=st.one_of(st.none(), st.integers(1, 1000)), inside=st.floats(0, 2000), coming=st.floats(0, 2000))
def test_the_room_under_the_cap_counts_those_who_are_called(cap, inside, coming):
    ours = Admission(plan_of(1, max_inside=cap).service, load_parameters())

    assert ours.room(inside, coming) == service_law.room(cap, inside, coming)
    allowance = service_law.Allowance(50.0, 50.0, 0.0, "servers").within(ours.room(inside, coming), 1.0)
    assert ours.capped(50.0, inside, coming) == allowance.people_per_s


class Counted:
    """The service's turns, turnout and pace, on places of which shares are used."""

    def __init__(self, rate_per_s):
        opening = Opening(name="night", doors_at=DOORS)
        settle_s = service_turnout.settle_s(opening, POLL_S)
        self.calls = Calls(Checkpoint(0, None, 0, 0, 0, 1.0, 0.0), settle_s, opening.come_within_s)
        self.turnout = service_turnout.Turnout(1.0, settle_s)
        self.pace = Pace(rate_per_s)
        self.cohorts = []  # first place, last place, people who came, people still to come

    def came(self, span):
        return sum(came for first, last, came, _ in self.cohorts if span[0] <= first and last <= span[1])

    def learn(self):
        spans = self.turnout.spans(self.calls)
        counts = (self.came(span) for span in (spans.fresh, spans.window, spans.late, spans.late_before))
        self.turnout.learn(spans, service_turnout.Came(*counts), 1.0)

    def run(self, people_per_s):
        self.pace.run(people_per_s / self.turnout.share, 1.0)
        self.calls.run(1.0)

    def call(self, places, at_once, later):
        first = self.cohorts[-1][1] if self.cohorts else 0.0
        self.cohorts.append([first, first + places, at_once, later])
        self.calls.called(first + places)

    def come(self, share):
        for cohort in self.cohorts:
            cohort[2] += cohort[3] * share
            cohort[3] -= cohort[3] * share


seconds_of = st.lists(
    st.tuples(st.floats(0.5, 60.0), st.floats(0.0, 1.0), st.floats(0.0, 80.0), st.booleans()), min_size=30, max_size=60
)


@settings(max_examples=40, deadline=None)
@given(shape=seconds_of, patience_s=st.sampled_from([60.0, 900.0, FOREVER_S]), early=st.floats(0.0, 30_000.0))
def test_both_learn_the_same_share_expect_the_same_people_and_tell_the_same_pace(shape, patience_s, early):
    room = WaitingRoom(0, 1200, patience_s, POLL_S, load_parameters())
    room.join(early, 0)
    room.draw(12.0)
    theirs = Counted(12.0)
    for second in range(700):
        people_per_s, heard, joining, runs = shape[(second // 7) % len(shape)]
        room.leave()
        room.join(joining, second)
        room.learn()
        theirs.learn()
        assert room.show_share == pytest.approx(theirs.turnout.share, rel=1e-6)
        assert room.coming == pytest.approx(theirs.turnout.coming, rel=1e-6, abs=1e-6)
        if runs:
            theirs.run(people_per_s)
            before = room.called
            lapsed = room.expect(people_per_s)
            assert lapsed <= before
            drop_lapsed(theirs)
        assert room.rate_per_s == pytest.approx(theirs.pace.rate_per_s)
        places, waiting = room.places, room.called
        at_once = room.call(people_per_s, second)
        theirs.call(places - room.places, at_once, room.called - waiting)
        waiting = room.called
        room.enter(at_once, heard, math.inf)
        theirs.come((waiting - room.called) / waiting if waiting > 0.0 else 0.0)


def drop_lapsed(theirs):
    """Whoever has lost the turn does not come any more."""
    for cohort in theirs.cohorts:
        if cohort[1] <= theirs.calls.lapsed:
            cohort[3] = 0.0


def test_who_does_not_come_in_time_loses_the_turn_and_not_before():
    room = WaitingRoom(0, 1200, FOREVER_S, POLL_S, load_parameters())
    room.join(100.0, 0)
    lapsed = []
    for second in range(400):
        room.learn()
        lapsed.append(room.expect(100.0))
        room.enter(room.call(100.0, second), 0.0, math.inf)

    assert lapsed.index(max(lapsed)) == COME_WITHIN_S
    assert sum(lapsed) == pytest.approx(100.0)
    assert room.called == pytest.approx(0.0, abs=1e-9)


def test_nobody_loses_a_turn_while_its_clock_stands_still():
    """The control of the test above: the same, without the clock."""
    room = WaitingRoom(0, 1200, FOREVER_S, POLL_S, load_parameters())
    room.join(100.0, 0)
    for second in range(400):
        room.learn()
        room.enter(room.call(100.0, second), 0.0, math.inf)

    assert room.called == pytest.approx(100.0)


def test_the_estimate_is_the_line_ahead_by_the_pace_that_the_public_document_tells():
    room = WaitingRoom(0, 1200, FOREVER_S, POLL_S, load_parameters({"waiting_room.shown_low": 1.0}))
    room.join(5000.0, 0)
    room.draw(10.0)
    theirs, told = Counted(10.0), {}
    for second in range(900):
        ahead = room.places
        room.join(5.0, second + 1)
        told[second + 1] = (ahead + 2.5) / theirs.pace.rate_per_s
        room.learn()
        rate = 10.0 if second < 200 else 14.0
        theirs.turnout.share = room.show_share
        theirs.run(rate)
        room.expect(rate)
        room.enter(room.call(rate, second + 1), 1.0, math.inf)

    waits = room.waits()
    whole = waits.people == pytest.approx(5.0)
    for joined_s, low_s in zip(waits.joined_s[whole], waits.shown_low_s[whole], strict=True):
        assert low_s == pytest.approx(max(0.0, told[int(joined_s)] - POLL_S), rel=1e-3)


def test_the_numbers_of_both_are_the_same():
    parameters, settings_of = load_parameters(), ServiceAdmission()
    opening = Opening(name="night", doors_at=DOORS)

    assert parameters["admission.gain"] == settings_of.gain
    assert parameters["admission.floor_share"] == settings_of.floor_share
    assert parameters["admission.cpu_headroom"] == settings_of.cpu_headroom
    assert parameters["admission.database_headroom"] == settings_of.database_headroom
    assert parameters["admission.latency_target_s"] == settings_of.latency_target_s
    assert parameters["admission.smoothing_s"] == service_law.SMOOTHING_S
    assert parameters["waiting_room.learn_s"] == LEARNING_S
    assert parameters["waiting_room.come_within_s"] == opening.come_within_s == COME_WITHIN_S
    for name in ("PRIOR_PLACES", "LEAST_SHARE", "WINDOW_S", "SETTLE_POLLS", "SETTLE_MARGIN_S", "REMEMBER_S"):
        assert getattr(turnout, name) == getattr(service_turnout, name), name
    turns = turnout.turns_of(POLL_S, COME_WITHIN_S, 10)
    assert turns.settle_s == service_turnout.settle_s(opening, POLL_S) == SETTLE_S
