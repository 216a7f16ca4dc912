"""A campaign's people and its worst night; the nights themselves are those that every other test plays."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floodgate.rehearsal.campaign import Night, nights_of, worst
from floodgate.rehearsal.scenarios.faults import Fault
from floodgate.rehearsal.scenarios.loading import load_scenario

EVENING = load_scenario("kdca-august-2021")


@given(st.integers(1, 20_000_000), st.lists(st.floats(0.01, 1), min_size=2, max_size=12))
def test_every_person_of_a_campaign_comes_in_one_night(people, weights):
    whole = sum(weights)
    campaign = replace(EVENING, people=people, nights=tuple(weight / whole for weight in weights))
    nights = nights_of(campaign)

    assert len(nights) == len(weights)
    assert sum(night.people for night in nights) == people
    for night, weight in zip(nights, weights, strict=True):
        assert night.people == pytest.approx(people * weight / whole, abs=1)
        assert night.nights == (1.0,)


def test_one_night_is_played_as_it_is():
    assert nights_of(EVENING) == (EVENING,)


def test_what_goes_wrong_goes_wrong_on_the_first_night():
    faulty = replace(EVENING, nights=(0.5, 0.5), faults=(Fault("identity-down", 2, 20, 1.0),))

    assert [len(night.faults) for night in nights_of(faulty)] == [1, 0]


def night(name, wait_s, *, held=True):
    outcome, verdict = SimpleNamespace(totals={"wait_max_s": wait_s}), SimpleNamespace(held=held)
    return Night(name, EVENING, cast("Any", outcome), cast("Any", verdict), 1)


def test_the_worst_night_is_the_first_that_breaks_a_promise():
    assert worst([night("a", 900), night("b", 60, held=False), night("c", 50, held=False)]).opening == "b"


def test_where_all_hold_the_worst_night_is_the_one_with_the_longest_wait():
    assert worst([night("a", 60), night("b", 90), night("c", 30)]).opening == "b"
