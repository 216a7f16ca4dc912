"""On which numbers a verdict depends: which plays are made, and what is told of them.

Most tests play by hand-made rules instead of nights; one plays a small night on two processes.
"""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floodgate.rehearsal.errors import ParameterError
from floodgate.rehearsal.judging.verdict import Promises
from floodgate.rehearsal.parameters import Parameter, load_parameters
from floodgate.rehearsal.report.machine import as_json
from floodgate.rehearsal.report.page import render
from floodgate.rehearsal.report.robustness import as_document, doubt_table, in_a_sentence
from floodgate.rehearsal.robust.design import Setting, hypercube, open_to_doubt, singly
from floodgate.rehearsal.robust.findings import explore
from floodgate.rehearsal.robust.playing import FIGURES, Played, Subject, on_every_core, play_setting
from tests.unit.rehearsal.engine_cases import DOORS, crowd_of, plan_of
from tests.unit.rehearsal.nights import outcome_of, rehearsal_of


def parameter(name, value=1.0, low=0.0, high=2.0, origin="assumed"):
    return Parameter(name, value, "s", origin, "a test", low, high)


A, B, C = parameter("a"), parameter("b"), parameter("c")


def player(breaks, figure=lambda values, seed: 0.0):
    """Plays settings by a rule over all values and the seed."""

    def play(settings):
        for setting in settings:
            values = {"a": 1.0, "b": 1.0, "c": 1.0} | dict(setting.values)
            broken = breaks(values, setting.seed)
            figures = dict.fromkeys(FIGURES, 100.0) | {"wait_max_s": 100.0 + figure(values, setting.seed)}
            yield Played(
                setting, not broken, ("Longest wait",) if broken else (), "fails" if broken else "held", figures
            )

    return play


def explored(breaks, figure=lambda values, seed: 0.0, seeds=(1, 2)):
    return explore((A, B, C), seeds, player(breaks, figure), lambda share: None)


def test_what_is_declared_documented_or_measured_is_held_and_what_has_no_range():
    kinds = [parameter(origin, origin=origin) for origin in ("assumed", "declared", "documented", "measured")]

    assert [each.name for each in open_to_doubt([*kinds, parameter("fixed", low=1.0, high=1.0)])] == ["assumed"]


def test_each_parameter_is_played_alone_at_both_ends_but_not_at_its_value():
    settings = singly([A, parameter("d", value=0.0)], seed=7)

    assert [dict(setting.values) for setting in settings] == [{"a": 0.0}, {"a": 2.0}, {"d": 2.0}]
    assert {setting.seed for setting in settings} == {7}


@given(points=st.integers(2, 40), seed=st.integers(0, 1000))
def test_the_hypercube_has_one_point_in_every_slice_of_every_range(points, seed):
    wide = parameter("wide", 5.0, 4.0, 44.0)
    found = hypercube([A, wide], points, seed)

    for each in (A, wide):
        slices = [int((point[each.name] - each.low) / (each.high - each.low) * points) for point in found]
        assert sorted(slices) == list(range(points))
    assert found == hypercube([A, wide], points, seed)


def test_a_verdict_that_nothing_turns_is_firm():
    found = explored(lambda values, seed: False, lambda values, seed: values["a"] * 50)

    assert found.firm
    assert found.held
    assert found.moved == ("a",)
    assert found.still == 2
    assert in_a_sentence(found).startswith("The verdict does not depend on unknown numbers: it is 'held' in all of")
    assert doubt_table(found).rows == ()


def test_a_parameter_that_turns_it_alone_is_named_with_its_end_and_the_seeds():
    found = explored(lambda values, seed: values["b"] > 1.5 and seed == 1)

    (doubt,) = found.doubts
    assert (doubt.parameter.name, doubt.value, doubt.broken, doubt.seeds) == ("b", 2.0, ("Longest wait",), (1,))
    assert "depends on b" in in_a_sentence(found)
    assert doubt_table(found).rows[0][-1] == "1"


def test_two_that_turn_it_only_together_are_found():
    found = explored(
        lambda values, seed: values["a"] > 1.9 and values["c"] < 0.1,
        lambda values, seed: values["a"] * 9 - values["c"] * 9,
    )

    assert found.doubts == ()
    assert dict(found.combinations[0].setting.values) == {"a": 2.0, "c": 0.0}
    assert "1 combination" in in_a_sentence(found)


def test_a_combination_that_a_single_one_explains_is_not_told_again():
    found = explored(lambda values, seed: values["a"] > 1.9, lambda values, seed: values["a"] + values["c"] * 9)

    assert [doubt.parameter.name for doubt in found.doubts] == ["a"]
    assert found.combinations == ()


def test_a_seed_that_turns_it_is_named():
    found = explored(lambda values, seed: seed == 2)

    assert found.other_seeds == (2,)
    assert "on the seed (other with 2)" in in_a_sentence(found)


def test_a_verdict_that_fails_may_hold_at_an_end():
    found = explored(lambda values, seed: values["a"] > 0.5)

    assert not found.held
    assert [(doubt.parameter.name, doubt.value) for doubt in found.doubts] == [("a", 0.0)]
    assert doubt_table(found).rows[0][4] == "held"


def test_progress_only_grows_and_never_beyond_all():
    told = []
    explore((A, B, C), (1, 2, 3), player(lambda values, seed: values["a"] > 1.5), told.append)

    assert all(before <= after <= 1.0 for before, after in pairwise(told))


def test_the_document_for_machines_says_the_same():
    found = explored(lambda values, seed: values["b"] > 1.5)
    document = json.loads(json.dumps(as_document(found)))

    assert document["depends_on"][0]["parameter"] == "b"
    assert document["firm"] is False


def test_report_and_json_tell_of_it_only_where_it_was_asked_for():
    found = explored(lambda values, seed: values["b"] > 1.5)
    without = rehearsal_of(outcome_of())
    with_it = replace(without, robustness=found)

    assert "Unknown numbers" not in render(without, "")
    assert "Unknown numbers" in (page := render(with_it, ""))
    assert "depends on b" in page
    assert "robustness" not in json.loads(as_json(without))
    assert json.loads(as_json(with_it))["robustness"]["plays"] == found.plays


def subject():
    crowd = crowd_of(20_000, arrivals=((-5.0, 0.0), (0.0, 0.3), (10.0, 1.0)), lead_minutes=6, horizon_minutes=15)
    promises = Promises(10, 0.02, 0.5)
    return Subject(plan_of(4), crowd, DOORS, ZoneInfo("Asia/Seoul"), promises, None, load_parameters().all())


def test_processes_give_what_one_gives_in_the_order_that_was_asked_for(monkeypatch):
    # this is about processes; a compiler would only make them slow to start
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "1")
    settings = [Setting({"identity.rate_per_s": rate}, seed) for rate in (20.0, 20_000.0) for seed in (1, 2, 3)]
    with on_every_core(subject(), processes=2) as play:
        found = list(play(settings))

    assert found == [play_setting(subject(), setting, fast=False) for setting in settings]
    assert [one.held for one in found] == [False] * 3 + [True] * 3


def test_a_setting_of_an_unknown_parameter_is_refused():
    with pytest.raises(ParameterError, match=r"'no\.such' does not exist"):
        play_setting(subject(), Setting({"no.such": 1.0}), fast=False)
