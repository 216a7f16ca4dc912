"""The verdict on nights made by hand: which promise breaks, when, by how much, and what is blamed.

It cannot tell whether a played night is like a real one; that is the engine's part.
"""

from dataclasses import replace

import numpy as np
import pytest

from floodgate.awsrules.model import MaintenancePolicy
from floodgate.rehearsal.judging.verdict import Ceilings, Promises, longest_wait_s
from tests.unit.rehearsal.nights import CEILINGS, DOORS_S, SECONDS, outcome_of, plan_of, verdict_of


def finding(verdict, promise):
    return next(f for f in verdict.findings if f.promise == promise)


def test_a_calm_night_holds_and_says_so_in_one_sentence():
    verdict = verdict_of(outcome_of())

    assert verdict.held
    assert not verdict.broken
    assert verdict.headline == (
        "Holds: 60,000 people came and 54,000 booked; the longest wait was 2 min (at most 5 min promised), "
        "0 % of people were refused or failed, and 60 of at most 90 servers were used."
    )


def test_a_wait_that_is_too_long_breaks_when_the_first_person_has_waited_that_long():
    waits = [(50, 60, 120, 0, 600), (50, 90, 400, 0, 600), (50, 120, 450, 0, 600)]

    broken = finding(verdict_of(outcome_of(waits=waits, limit={(60, 500): "fleet"})), "Longest wait")

    assert broken.state == "broken"
    assert broken.second == 90 + 300, "who joined at 90 had waited the promised five minutes then"
    assert broken.measured == "7 min 30 s, for who joined at 20:01:00"
    assert broken.limited_by == "fleet"


def test_a_fraction_of_a_person_does_not_have_the_longest_wait():
    waits = [(50, 60, 120, 0, 600), (0.2, 61, 900, 0, 900)]

    assert longest_wait_s(outcome_of(waits=waits)) == (120, 60)


def test_people_still_in_the_line_at_the_end_count_with_their_wait_so_far():
    outcome = outcome_of(still_waited_s=500, waiting={(0, SECONDS): 30})

    assert longest_wait_s(outcome) == (500, 100)
    assert finding(verdict_of(outcome), "Longest wait").state == "broken"


def test_nobody_left_in_the_line_at_the_end_is_nobody_who_waited_longest():
    outcome = outcome_of(still_waited_s=500, waiting=0.3)

    assert longest_wait_s(outcome)[0] == 120, "a third of a person is rounding"


def test_a_line_that_never_moved_breaks_both_promises_about_waiting():
    verdict = verdict_of(outcome_of(waits=(), still_waited_s=540, waiting=1000))

    assert [f.promise for f in verdict.broken] == ["Longest wait", "Shown wait"]


def test_without_a_waiting_room_the_promises_about_a_line_have_no_object():
    verdict = verdict_of(outcome_of(waits=()), ceilings=replace(CEILINGS, has_line=False, max_inside=None))

    assert finding(verdict, "Longest wait").state == "no line"
    assert finding(verdict, "Shown wait").state == "no line"
    assert verdict.held
    assert "there was no line" in verdict.headline


def test_refused_people_break_the_promise_in_the_second_that_makes_them_too_many():
    refused = {(100, 130): 50}  # 1,500 of 60,000 people, 600 are promised

    broken = finding(verdict_of(outcome_of(refused_people=refused, limit={(90, 200): "database"})), "Refused or failed")

    assert broken.state == "broken"
    assert broken.second == 112, "the thirteenth second of fifty refused people is beyond 600"
    assert broken.measured == "2.5 %, 1,500 people"
    assert broken.limited_by == "database"


def test_refused_people_within_the_promise_do_not_break_it():
    assert verdict_of(outcome_of(refused_people={(100, 110): 50})).held


@pytest.mark.parametrize(("true_people", "state"), [(91, "held"), (89, "broken")])
def test_the_shown_wait_is_judged_by_the_share_of_people_for_whom_it_was_true(true_people, state):
    waits = [(true_people, 60, 120, 100, 140), (100 - true_people, 61, 200, 100, 140)]

    assert finding(verdict_of(outcome_of(waits=waits)), "Shown wait").state == state


def test_a_wait_shorter_than_shown_is_not_true_either():
    assert finding(verdict_of(outcome_of(waits=[(100, 60, 20, 100, 140)])), "Shown wait").state == "broken"


@pytest.mark.parametrize(
    ("promise", "series"),
    [
        ("Servers in the group", {"in_service": {(200, 210): 100}}),
        ("Load of the balancer", {"load_balancer": {(200, 210): 1.2}}),
        ("Database connections", {"load_connections": {(200, 210): 1.2}}),
        ("People inside", {"inside": {(200, 210): 5100}}),
        ("vCPU quota", {"launching": {(200, 210): 41}}),
    ],
)
def test_a_capacity_limit_is_never_exceeded_even_when_nobody_felt_it(promise, series):
    verdict = verdict_of(outcome_of(**series))

    assert [f.promise for f in verdict.broken] == [promise]
    assert verdict.broken[0].second == 200


@pytest.mark.parametrize(
    ("policy", "servers", "held"),
    [
        (None, 99, True),
        (None, 100, False),
        (MaintenancePolicy(50, 100), 99, True),
        (MaintenancePolicy(100, 150), 135, True),
        (MaintenancePolicy(100, 150), 136, False),
    ],
)
def test_while_servers_are_replaced_or_rebalanced_there_may_be_more_for_a_while(policy, servers, held):
    ceilings = Ceilings(vcpus_per_server=4, maintenance=policy)

    found = finding(verdict_of(outcome_of(in_service={(200, 210): servers}), ceilings=ceilings), "Servers in the group")

    assert found.held is held
    assert found.measured == f"{servers} of 90 servers at 20:02:20" + ", while servers were replaced" * held


def test_of_a_small_group_there_may_be_one_more():
    small = {"max_size": 2, "in_service": {(0, SECONDS): 2, (200, 210): 3}}

    assert finding(verdict_of(outcome_of(**small), ceilings=Ceilings(vcpus_per_server=4)), "Servers in the group").held


def test_the_ceilings_of_a_plan_know_its_maintenance_policy():
    plan, policy = plan_of(), MaintenancePolicy(100, 150)
    assert Ceilings.of(replace(plan, group=replace(plan.group, maintenance=policy)), None).maintenance == policy


def test_full_is_not_exceeded():
    assert verdict_of(outcome_of(load_balancer=1.0, in_service=90, launching=10, inside=5000)).held


def test_ceilings_that_nobody_set_are_not_judged():
    findings = verdict_of(outcome_of(inside=1e9), ceilings=Ceilings(vcpus_per_server=4)).findings

    assert not {"People inside", "vCPU quota"} & {f.promise for f in findings}


def test_a_stack_that_promises_nothing_cannot_break_a_promise_but_its_figures_are_told():
    verdict = verdict_of(outcome_of(waits=[(9, 60, 9000, 0, 1)], refused_people=10), Promises())

    assert verdict.held
    assert [f.state for f in verdict.findings[:3]] == ["no promise"] * 3
    assert finding(verdict, "Longest wait").measured.startswith("2 h 30 min")


def test_the_headline_begins_with_the_first_cause_in_local_time_and_its_figures():
    outcome = outcome_of(
        refused_people={(101, SECONDS): 60},
        limit={(101, SECONDS): "balancer"},
        load_balancer={(101, SECONDS): 4.0},
        requests={(101, SECONDS): 4000},
        rejected={(101, SECONDS): 3000},
    )

    headline = verdict_of(outcome).headline

    assert headline.startswith(
        "Broken: at 20:00:51 the balancer was full (it takes 1,000 requests a second and 4,000 came); "
    )
    assert "50 % of people were refused or failed (at most 1 % promised)" in headline
    assert "load of the balancer" not in headline, "the first cause is not told twice"


def test_a_limit_that_is_not_the_first_cause_follows_in_the_headline():
    outcome = outcome_of(
        refused_people={(101, SECONDS): 60}, limit={(101, SECONDS): "fleet"}, load_balancer={(300, 310): 4.0}
    )

    assert "load of the balancer: 4 times capacity at 20:04:00" in verdict_of(outcome).headline


REASONS = {
    "none": "nothing was full",
    "fleet": "the servers were full (60 in service and 80 needed)",
    "launch rate": "servers could not start fast enough (60 in service, 7 starting and 80 needed)",
    "balancer": "the balancer was full (40 % full)",
    "database": "the database was busy (30 % full)",
    "quota": "the account's vCPU quota allowed no more servers (60 in service and 80 needed)",
    "identity": "the identity providers took no more checks",
    "no capacity": "EC2 had no more servers to give (60 in service and 80 needed)",
    "addresses": "the subnets had no address left for more servers (60 in service and 80 needed)",
    "waiting room": "the waiting room let no more people in (1,000 inside, 200 waiting)",
}


@pytest.mark.parametrize(("limit", "words"), REASONS.items())
def test_every_limit_has_its_words(limit, words):
    outcome = outcome_of(refused_people=10, limit={(0, SECONDS): limit}, wanted=80, launching=7)

    broken = finding(verdict_of(outcome), "Refused or failed")

    assert broken.limited_by == limit
    assert words in broken.reason


@pytest.mark.parametrize(
    ("targets", "words"),
    [
        ({"receiving": 2, "load_fleet": 3.0}, "full (only 2 of 60 got requests, since the others failed"),
        ({"receiving": 59, "load_fleet": 0.11}, "people were let in as fast as is declared for 60 servers (11 % full)"),
        ({"receiving": 58, "lost": 0.05}, "5 % of the requests went to servers that answered nothing"),
    ],
)
def test_servers_that_get_no_requests_are_the_reason(targets, words):
    outcome = outcome_of(refused_people=10, limit={(0, SECONDS): "fleet"}, **targets)

    assert words in finding(verdict_of(outcome), "Refused or failed").reason


@pytest.mark.parametrize(
    ("load", "words"),
    [(0.11, "people were let in as fast as is declared for 60 servers (11 % full)"), (0.95, "the servers were full")],
)
def test_servers_that_are_not_full_are_not_called_so(load, words):
    outcome = outcome_of(refused_people=10, limit={(0, SECONDS): "fleet"}, wanted=40, load_fleet=load)

    assert words in finding(verdict_of(outcome), "Refused or failed").reason


def test_what_limited_most_of_the_time_until_the_break_is_blamed():
    limit = {(60, 80): "balancer", (80, 400): "database"}

    broken = finding(verdict_of(outcome_of(waits=[(9, DOORS_S, 350, 0, 999)], limit=limit)), "Longest wait")

    assert broken.limited_by == "database"


def test_the_verdict_leaves_the_outcome_as_it_was():
    outcome = outcome_of(refused_people=10)
    before = {name: values.copy() for name, values in outcome.series.items()}

    verdict_of(outcome)

    assert all(np.array_equal(before[name], values) for name, values in outcome.series.items())
