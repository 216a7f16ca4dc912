"""Servers that are too slow for their health check: what balancer and group then do to the night."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from floodgate.awsrules.balancer.fail_open import Threshold
from floodgate.awsrules.model import MaintenancePolicy
from floodgate.rehearsal.compiling import can_compile
from floodgate.rehearsal.engine import play
from floodgate.rehearsal.parameters import load_parameters
from floodgate.rehearsal.plan import TargetGroup
from floodgate.rehearsal.scenarios.faults import Fault
from floodgate.rehearsal.unknowns import checks_of
from tests.unit.rehearsal.engine_cases import DOORS, JULY_CURVE, crowd_of, plan_of

CHECKED = TargetGroup("web", 10, 4, 2, 3)
CROWD = crowd_of(800_000, arrivals=JULY_CURVE, horizon_minutes=60)


def stack(*, shed_after_s=None, asks="ELB", targets=CHECKED, maintenance=None, servers=20):
    """Servers without a waiting room behind a balancer that is large enough."""
    plan = plan_of(servers, waiting_room=False, shed_after_s=shed_after_s, reserved_lcu=6000)
    assert plan.balancer is not None
    group = replace(plan.group, health_check_type=asks, behind_balancer=True, maintenance=maintenance)
    return replace(plan, group=group, balancer=replace(plan.balancer, target_group=targets))


def night(plan, crowd=CROWD, *, fast=False, **values):
    given = {name.replace("__", ".").replace("_", "-"): value for name, value in values.items()}
    return play(plan, crowd, load_parameters(given), DOORS, 1, fast=fast)


def booked(outcome):
    return float(outcome.series["booked"].sum())


def terminated(outcome):
    return sum(event.before - event.after for event in outcome.events if event.name == "health check")


def told(outcome):
    return [event.name for event in outcome.events if event.kind == "balancer"]


@pytest.fixture(scope="module")
def overloaded():
    return night(stack())


@pytest.fixture(scope="module")
def beside():
    """The same night where checks are answered beside the requests."""
    return night(stack(), health__waits_in_line=0)


def test_overload_makes_the_balancer_leave_servers_out_until_all_fail(overloaded):
    assert told(overloaded)[:2] == ["some unhealthy", "fail open"]
    series = overloaded.series
    assert series["receiving"].min() < 5
    assert (series["receiving"] <= series["in_service"]).all()


def test_a_group_that_asks_the_balancer_kills_servers_that_are_only_slow(overloaded, beside):
    assert terminated(overloaded) > 0
    assert terminated(beside) == 0
    assert booked(overloaded) < 0.9 * booked(beside)


def test_checks_beside_the_requests_change_nothing_about_an_overloaded_night(beside):
    assert told(beside) == []
    assert np.array_equal(beside.series["receiving"], beside.series["in_service"])


def test_a_group_that_asks_ec2_alone_keeps_its_servers_and_the_balancer_fails_open(overloaded):
    alone = night(stack(asks="EC2"))
    assert terminated(alone) == 0
    assert "fail open" in told(alone)
    assert booked(alone) > 1.1 * booked(overloaded)


def test_launching_before_terminating_softens_it(overloaded):
    assert booked(night(stack(maintenance=MaintenancePolicy(100, 110)))) > 1.1 * booked(overloaded)


def test_servers_that_shed_sooner_than_a_check_gives_up_never_fail_it():
    calm, slow = (night(stack(shed_after_s=shed_s)) for shed_s in (3.0, 8.0))
    assert (told(calm), terminated(calm)) == ([], 0)
    assert "some unhealthy" in told(slow)


def test_the_parameter_counts_as_used_only_where_an_answer_may_be_late():
    for shed_s, used in ((3.0, False), (8.0, True), (None, True)):
        parameters = load_parameters()
        checks_of(stack(shed_after_s=shed_s), parameters)
        assert ("health.waits-in-line" in parameters.used) is used
    assert checks_of(plan_of(3, balancer=False), load_parameters()) is None


def test_all_get_requests_for_longer_where_more_have_to_be_healthy(overloaded):
    early = night(stack(targets=replace(CHECKED, routing=Threshold(None, 50)), asks="EC2"))
    least = early.series["receiving"][early.series["receiving"] < early.series["in_service"]]
    assert least.min() >= 10
    assert booked(early) > booked(overloaded)


def test_requests_to_servers_that_hang_are_lost_until_they_are_found():
    crowd = crowd_of(20_000, lead_minutes=6, horizon_minutes=30, faults=(Fault("instances-hang", 5, amount=5),))
    outcome = night(stack(shed_after_s=3.0), crowd)
    lost = outcome.series["lost"]
    assert lost.max() == pytest.approx(0.25)
    assert 20 <= (lost > 0).sum() <= 40
    assert outcome.series["failed"][lost > 0].sum() > 0
    assert {outcome.limits[int(index)] for index in outcome.series["limit"][lost > 0]} == {"fleet"}
    whole = night(stack(shed_after_s=3.0), replace(crowd, faults=()))
    assert whole.series["failed"].sum() == 0


def test_a_slow_answer_is_seen_in_the_second_in_which_it_comes(overloaded):
    first = int(np.argmax(overloaded.series["latency_s"] >= 4))
    begins = next(event.second for event in overloaded.events if event.kind == "balancer")
    # three checks ten seconds apart, and what is looked at each five seconds
    assert 20 <= begins - first <= 26


@pytest.mark.skipif(not can_compile(), reason="Numba is not installed, or switched off")
def test_machine_code_gives_the_same_overloaded_night(overloaded):
    fast = night(stack(), fast=True)
    for name, values in overloaded.series.items():
        assert fast.series[name] == pytest.approx(values, rel=1e-9, abs=1e-7), name
    assert fast.events == overloaded.events


# the rows of the table in docs/background/rehearsal.md, in its order
HALF = replace(CHECKED, routing=Threshold(None, 50))
IN_THE_DOCS = (
    (stack(shed_after_s=3.0), {}),
    (stack(), {"health__waits_in_line": 0}),
    (stack(asks="EC2"), {}),
    (stack(maintenance=MaintenancePolicy(100, 110)), {}),
    (stack(targets=HALF), {}),
    (stack(), {}),
)


@pytest.mark.parametrize("row", range(len(IN_THE_DOCS)))
def test_the_documentation_tells_what_these_nights_book_and_how_many_servers_they_cost(row):
    page = Path(__file__).resolve().parents[3] / "docs" / "background" / "rehearsal.md"
    table = re.findall(r"^\|[^|]+\| ([\d,]+) \| (\d+) \|$", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(table) == len(IN_THE_DOCS)
    plan, values = IN_THE_DOCS[row]

    outcome = night(plan, **values)

    assert (f"{round(booked(outcome), -3):,.0f}", f"{terminated(outcome):.0f}") == table[row]
