"""The engine as a whole: nobody is lost, no limit is passed, and openings go well or fall as their plans deserve.

What a figure of a real opening would be is no matter of this file; that single people fare as the fluid says is
shown in test_engine_against_persons.py.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from floodgate.awsrules.model import Group, InstanceType, ScheduledAction
from floodgate.rehearsal.engine import COLUMNS, play
from floodgate.rehearsal.limits import LIMITS
from floodgate.rehearsal.parameters import load_parameters
from tests.unit.rehearsal.engine_cases import (
    DOORS,
    JULY_CURVE,
    FixedFleet,
    crowd_of,
    imbalance,
    night,
    plan_of,
    played,
)

SHORT = {"arrivals": ((-5.0, 0.0), (0.0, 0.3), (10.0, 1.0)), "lead_minutes": 6, "horizon_minutes": 20}

service_of = st.fixed_dictionaries(
    {
        "waiting_room": st.booleans(),
        "journeys_per_server_per_s": st.floats(0.1, 60.0),
        "max_inside": st.one_of(st.none(), st.integers(1, 20_000)),
        "connections_per_server": st.integers(1, 2000),
        "shed_after_s": st.one_of(st.none(), st.floats(0.5, 20.0)),
        "edge": st.booleans(),
        "balancer": st.booleans(),
        "database": st.booleans(),
        "reserved_lcu": st.integers(0, 500),
    }
)
crowds_of = st.fixed_dictionaries(
    {
        "people": st.integers(0, 200_000),
        "patience_s": st.floats(1.0, 20_000.0),
        "retry_s": st.floats(1.0, 60.0),
        "give_up_share": st.floats(0.0, 1.0),
        "devices_per_person": st.floats(1.0, 3.0),
    }
)


@settings(max_examples=40, deadline=None)
@given(servers=st.integers(0, 60), service=service_of, crowd=crowds_of, seed=st.integers(0, 1000))
def test_people_are_conserved_and_no_limit_is_passed_whatever_the_plan(servers, service, crowd, seed):
    plan = plan_of(servers, **service)
    outcome = played(plan, crowd_of(**crowd, **SHORT), seed=seed)
    series = outcome.series

    assert imbalance(outcome).max() < 1e-6
    for name, values in series.items():
        assert np.isfinite(values).all(), name
        assert values.min() > -1e-6, name
    if plan.service.waiting_room and plan.service.max_inside is not None:
        assert series["inside"].max() <= plan.service.max_inside * (1 + 1e-9)
    answered = series["served"] + series["rejected"] + series["failed"]
    assert answered.sum() <= series["requests"].sum() * (1 + 1e-9)
    assert outcome.waits.wait_s.min(initial=0.0) >= 0.0
    # who was called and has not come yet is counted as waiting
    came = series["admitted"].sum() if plan.service.waiting_room else 0.0
    assert outcome.waits.people.sum() == pytest.approx(came, abs=series["waiting"][-1] + 1e-6)


def test_every_announced_series_has_one_value_a_second():
    outcome = played(plan_of(10), crowd_of(1000, **SHORT))

    assert set(outcome.series) == set(COLUMNS)
    assert {len(values) for values in outcome.series.values()} == {26 * 60}
    assert outcome.doors_s == 6 * 60
    assert outcome.start == DOORS - timedelta(minutes=6)
    assert outcome.limits == LIMITS


def test_equal_arguments_give_equal_outcomes():
    first, again = (played(plan_of(5), crowd_of(50_000, **SHORT), seed=3) for _ in range(2))

    assert all((first.series[name] == again.series[name]).all() for name in COLUMNS)
    assert first.totals == again.totals
    assert first.events == again.events


def test_two_seeds_differ_little():
    first, other = (played(plan_of(5), crowd_of(50_000, **SHORT), seed=seed).totals for seed in (1, 2))

    assert first != other
    for name in ("booked", "wait_mean_s", "wait_p95_s", "peak_waiting"):
        assert first[name] == pytest.approx(other[name], rel=0.03), name


def test_sixty_servers_with_a_waiting_room_carry_a_night_of_august():
    outcome = played(plan_of(60), crowd_of(1_900_000))
    totals = outcome.totals

    assert totals["wait_max_s"] < 12 * 60
    assert totals["refused_share"] == 0.0
    assert totals["shown_wait_true_share"] > 0.9
    assert totals["booked_first_30_min_share"] == pytest.approx(0.4, abs=0.05), "as reported of the real nights"
    assert totals["identity_checks_per_booking"] == pytest.approx(2.5, abs=0.02)
    assert "line empty" in [event.name for event in outcome.events]


def july():
    plan = plan_of(10, vcpus=2, edge=False, waiting_room=False, shed_after_s=None, reserved_lcu=0)
    return plan, crowd_of(
        3_524_000, arrivals=JULY_CURVE, devices_per_person=2.84, give_up_share=0.02, horizon_minutes=180
    )


def test_ten_servers_without_waiting_room_fall_under_july_and_stay_down():
    plan, crowd = july()
    outcome = played(plan, crowd)

    assert outcome.totals["refused_share"] > 0.9
    assert outcome.totals["down_s"] > 90 * 60
    hour = slice(outcome.doors_s + 30 * 60, outcome.doors_s + 90 * 60)
    assert outcome.series["booked"][hour].sum() < 100, "an hour of full work, and nobody is served by it"
    busy = outcome.series["load_fleet"][hour]
    assert busy.min() > 1.0


def test_shedding_alone_keeps_the_same_servers_at_work():
    """The control of the collapse above: the same crowd, the same servers, another answer to overload."""
    plan, crowd = july()
    shedding = replace(plan, service=replace(plan.service, shed_after_s=2.0))
    fallen, standing = played(plan, crowd).totals, played(shedding, crowd).totals

    assert standing["booked"] > 5 * fallen["booked"]


def surge(shed_after_s):
    """Two minutes of six times what one server takes, then a trickle of a third for almost an hour."""
    plan = plan_of(1, vcpus=4, waiting_room=False, edge=False, shed_after_s=shed_after_s)
    crowd = crowd_of(
        30_000, arrivals=((0.0, 0.0), (2.0, 0.45), (55.0, 1.0)), lead_minutes=1, horizon_minutes=55, give_up_share=0.01
    )
    return played(plan, crowd)


def test_retries_keep_servers_down_long_after_the_surge_unless_they_shed():
    late = slice(30 * 60, 40 * 60)
    fallen, standing = surge(None).series, surge(2.0).series

    assert fallen["booked"][late].sum() < 0.1 * standing["booked"][late].sum()
    # the surge is over: what comes now would be well within what the server takes
    assert standing["load_fleet"][late].mean() < 2.0


def test_without_an_edge_the_polls_reach_the_balancer():
    with_edge, without = (played(plan_of(60, edge=edge), crowd_of(1_900_000)) for edge in (True, False))

    assert with_edge.totals["peak_polls_origin"] <= 12.0, "one fetch a second and edge location"
    assert without.totals["peak_polls_edge"] == 0.0
    assert without.totals["peak_polls_origin"] == pytest.approx(30_000, rel=0.2)
    assert without.totals["requests"] > 2 * with_edge.totals["requests"]


def test_the_cap_on_people_inside_is_reached_and_never_passed():
    outcome = played(plan_of(60, max_inside=20_000), crowd_of(1_900_000))

    assert 19_000 < outcome.series["inside"].max() <= 20_000
    assert LIMITS.index("waiting room") in outcome.series["limit"]
    assert "cap reached" in [event.name for event in outcome.events]


def test_admission_that_promises_too_much_is_held_down_before_anything_fails():
    outcome = played(plan_of(60, journeys_per_server_per_s=40.0), crowd_of(1_900_000))

    assert outcome.totals["failed_requests_share"] < 0.001
    assert outcome.series["load_fleet"].max() < 1.1
    assert outcome.series["load_database"].max() < 1.1


def test_too_few_connections_without_a_proxy_fail_people():
    plan = plan_of(60, connections_per_server=200)
    bare = replace(plan, database=replace(plan.database, proxy_max_connections_percent=None))
    outcome = played(bare, crowd_of(1_900_000))

    assert outcome.series["load_connections"].max() == pytest.approx(12_000 / 5_000)
    assert outcome.totals["refused_share"] > 0.01
    assert LIMITS.index("database") in outcome.series["limit"]


def test_identity_providers_that_are_too_slow_are_named():
    outcome = played(plan_of(60), crowd_of(1_900_000), overrides={"identity.rate_per_s": 500.0})

    assert LIMITS.index("identity") in outcome.series["limit"]
    assert outcome.totals["booked"] < played(plan_of(60), crowd_of(1_900_000)).totals["booked"]


def test_nobody_books_before_the_doors_with_or_without_a_waiting_room():
    for waiting_room in (True, False):
        outcome = played(plan_of(20, waiting_room=waiting_room), crowd_of(50_000, **SHORT))
        assert outcome.series["booked"][: outcome.doors_s].sum() == 0.0
        assert outcome.series["waiting"][outcome.doors_s - 1] == pytest.approx(15_000, rel=0.05)


def test_a_fleet_without_servers_lets_nobody_in():
    outcome = played(plan_of(0), crowd_of(10_000, **SHORT))

    assert outcome.totals["booked"] == 0.0
    assert outcome.totals["refused_share"] > 0.5


def test_the_fleet_is_told_requests_load_and_people_waiting():
    plan = plan_of(10)
    fleet = FixedFleet(10)
    outcome = night(plan, crowd_of(50_000, **SHORT), fleet=fleet).play(np.random.default_rng(1))
    requests, cpu_percent, waiting = np.array(fleet.observed).T

    assert len(requests) == len(outcome.series["arrived"])
    assert requests.sum() == pytest.approx(outcome.totals["requests"])
    assert 10 < cpu_percent.max() <= 100
    assert waiting.max() == pytest.approx(outcome.series["waiting"].max(), rel=0.05)


def test_progress_is_told_from_nothing_to_all():
    told = []
    night(plan_of(1), crowd_of(100, **SHORT)).play(np.random.default_rng(1), told.append)

    assert told[0] == 0.0
    assert told[-1] == 1.0
    assert told == sorted(told)


def scheduled(lead_minutes):
    """Six servers, and sixty from some minutes before the doors on."""
    at = DOORS - timedelta(minutes=lead_minutes)
    schedule = ScheduledAction("open", start=at.astimezone(UTC), min_size=60, max_size=90, desired=60)
    group = Group("web", 6, 90, 6, InstanceType("c7g.xlarge", 4, 8192), ("a", "b", "c"), schedules=(schedule,))
    return replace(plan_of(6), group=group)


def test_servers_that_are_scheduled_in_time_are_there_at_the_doors():
    outcome = play(scheduled(30), crowd_of(1_900_000), load_parameters(), DOORS, 1)

    assert outcome.series["in_service"][0] == 6
    assert outcome.series["in_service"][outcome.doors_s] == 60
    assert outcome.totals["wait_max_s"] < 12 * 60
    assert "schedule" in [event.kind for event in outcome.events]
    seconds = [event.second for event in outcome.events]
    assert seconds == sorted(seconds)


def test_servers_that_are_scheduled_at_the_doors_come_too_late():
    late, early = (play(scheduled(lead), crowd_of(1_900_000), load_parameters(), DOORS, 1).totals for lead in (0, 30))

    assert late["wait_max_s"] > early["wait_max_s"] + 60


def test_a_quota_keeps_servers_away_and_is_named():
    outcome = play(scheduled(30), crowd_of(1_900_000), load_parameters(declared={"quota.vcpus": 80}), DOORS, 1)

    assert outcome.series["in_service"].max() == 20
    assert LIMITS.index("quota") in outcome.series["limit"]


def test_doors_need_a_zone():
    with pytest.raises(ValueError, match="needs a zone"):
        play(plan_of(1), crowd_of(1), load_parameters(), datetime(2027, 8, 9, 20, 0), 1)  # noqa: DTZ001 - the point


def calls(people):
    """Calls of Python and C functions that one night takes: its work, whatever the machine."""
    opening = night(plan_of(60), crowd_of(people, horizon_minutes=60))
    counted = 0

    def count(_frame, event, _arg):
        nonlocal counted
        counted += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        opening.play(np.random.default_rng(1))
    finally:
        sys.setprofile(before)
    return counted


def test_a_hundred_times_the_people_cost_at_most_half_as_much_again():
    assert calls(19_000_000) <= 1.5 * calls(190_000)


@pytest.mark.parametrize("waiting_room", [True, False])
def test_numbers_of_the_line_count_as_used_only_where_there_is_a_line(waiting_room):
    parameters = load_parameters()
    play(plan_of(1, waiting_room=waiting_room), crowd_of(100, **SHORT), parameters, DOORS, 1)

    of_the_line = {name for name in parameters.used if name.startswith(("admission.", "waiting_room."))}

    assert bool(of_the_line) == waiting_room, "a report lists the numbers that mattered"
