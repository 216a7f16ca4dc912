"""What goes wrong around the servers changes what it must, from its second on, and nothing before."""

from __future__ import annotations

import numpy as np
import pytest

from floodgate.rehearsal.limits import LIMITS
from floodgate.rehearsal.scenarios.faults import Fault
from tests.unit.rehearsal.engine_cases import crowd_of, imbalance, plan_of, played

SHORT = {"arrivals": ((-5.0, 0.0), (0.0, 0.3), (10.0, 1.0)), "lead_minutes": 6, "horizon_minutes": 25}
DOORS_S = 360
BEGINS_S = DOORS_S + 300


def nights(*faults, **service):
    """The same night without and with what goes wrong."""
    plan = plan_of(10, **service)
    return (played(plan, crowd_of(50_000, **SHORT, faults=those)) for those in ((), faults))


@pytest.mark.parametrize(
    "fault",
    [
        Fault("identity-down", 5, 5, 1.0),
        Fault("database-failover", 5, 1),
        Fault("bots", 5, 5, 20_000.0),
    ],
    ids=lambda fault: fault.kind,
)
def test_nothing_changes_before_it_begins_and_nobody_is_lost(fault):
    well, ill = nights(fault)

    for name, values in well.series.items():
        assert (ill.series[name][:BEGINS_S] == values[:BEGINS_S]).all(), name
    assert imbalance(ill).max() < 1e-6
    assert ill.totals["arrived"] == well.totals["arrived"]


def test_while_the_provider_refuses_nobody_proves_who_they_are_and_afterwards_they_do():
    well, ill = nights(Fault("identity-down", 5, 10, 1.0))
    down = slice(BEGINS_S + 240, BEGINS_S + 600)

    assert ill.series["booked"][down].sum() < 0.1 * well.series["booked"][down].sum()
    assert set(ill.series["limit"][BEGINS_S + 60 : BEGINS_S + 600]) == {LIMITS.index("identity")}
    assert "identity checks refused" in [event.name for event in ill.events]
    assert ill.series["booked"][-300:].sum() > well.series["booked"][-300:].sum(), "who waited comes later"


def test_a_provider_that_refuses_half_makes_people_try_again():
    well, ill = nights(Fault("identity-down", 5, 10, 0.5))

    assert ill.totals["identity_checks"] > 1.05 * well.totals["identity_checks"]
    assert 0.8 * well.totals["booked"] < ill.totals["booked"] < well.totals["booked"]


def test_while_the_database_is_away_what_needs_it_fails_and_the_controller_lets_in_the_least():
    well, ill = nights(Fault("database-failover", 5, 2), journeys_per_server_per_s=4.0)
    away = slice(BEGINS_S + 30, BEGINS_S + 120)

    assert ill.series["booked"][away].sum() == 0.0
    assert set(ill.series["limit"][away]) == {LIMITS.index("database")}
    assert ill.series["called"][away].mean() < 0.2 * well.series["called"][away].mean()
    assert ill.series["joined"][away].sum() == pytest.approx(well.series["joined"][away].sum()), "joining needs none"
    assert ill.series["booked"][BEGINS_S + 180 :].sum() > 0.0


def test_bots_load_balancer_and_servers_and_are_no_people():
    well, ill = nights(Fault("bots", 5, 5, 20_000.0))
    there = slice(BEGINS_S, BEGINS_S + 300)

    more = ill.series["requests"][there] - well.series["requests"][there]
    assert more == pytest.approx(20_000.0, rel=0.02)
    assert (ill.series["load_balancer"][there] > well.series["load_balancer"][there]).all()
    assert (ill.series["load_fleet"][there] > well.series["load_fleet"][there] + 0.05).all()
    assert np.cumsum(ill.series["arrived"])[-1] == np.cumsum(well.series["arrived"])[-1]


def test_so_many_bots_that_the_balancer_is_full_turn_people_away():
    _, ill = nights(Fault("bots", 5, 5, 500_000.0))

    assert ill.series["rejected"][BEGINS_S : BEGINS_S + 300].min() > 0.0
    assert LIMITS.index("balancer") in ill.series["limit"][BEGINS_S : BEGINS_S + 300]
    assert ill.totals["refused_share"] > 0.0


def test_what_goes_wrong_is_told_where_it_begins_with_its_amount_and_its_length():
    well, ill = nights(Fault("identity-down", 5, 10, 0.5), Fault("database-failover", 6))

    told = [(event.second, event.name, event.reason) for event in ill.events if event.kind == "fault"]
    assert [(second, name) for second, name, _ in told] == [
        (BEGINS_S, "identity-down"),
        (BEGINS_S + 60, "database-failover"),
    ]
    assert told[0][2] == "the identity provider refuses checks, 50 % of the checks, for 10 min"
    assert not [event for event in well.events if event.kind == "fault"]
