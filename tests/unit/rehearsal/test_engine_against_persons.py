"""The fast engine against the slow judge, which has one object per person and draws everything at random.

Both get the same arrivals. The fluid gives expected values, so single runs of the judge scatter around it: shares by
about 1/sqrt(people), and the end of a line by seconds. A wrong rule shows as a difference of many per cent.
"""

from __future__ import annotations

import numpy as np
import pytest

from floodgate.rehearsal.crowd.arrivals import arrivals_per_second
from floodgate.rehearsal.parameters import load_parameters
from floodgate.rehearsal.timeline import lay
from tests.unit.rehearsal.engine_cases import DOORS, crowd_of, plan_of, played
from tests.unit.rehearsal.person_engine import PersonEngine

PEOPLE = 3000
SEEDS = (1, 2, 3)
CURVE = {"arrivals": ((-5, 0), (0, 0.3), (10, 0.7), (20, 1)), "lead_minutes": 6, "horizon_minutes": 45}

# four standard errors of the one tenth of people who give up, over all seeds together
CHANCE = 4.0 * np.sqrt(PEOPLE * 0.1 * 0.9 / len(SEEDS))


def both(plan, crowd, overrides=None):
    """Means over seeds of booked, gave up, mean and 95 % wait: of the fast engine and of the judge."""
    fast, slow = [], []
    for seed in SEEDS:
        totals = played(plan, crowd, seed=seed, overrides=overrides).totals
        fast.append([totals[name] for name in ("booked", "gave_up", "wait_mean_s", "wait_p95_s")])
        timeline = lay(crowd, DOORS)
        arrivals = arrivals_per_second(crowd, timeline, np.random.default_rng(seed))
        judge = PersonEngine(
            plan, crowd, load_parameters(overrides), timeline, plan.group.desired, arrivals, seed + 1000
        ).play()
        waits = judge.waits() if len(judge.waits()) else np.zeros(1)
        slow.append([judge.count("booked"), judge.count("gave up"), waits.mean(), np.percentile(waits, 95)])
    return np.mean(fast, axis=0), np.mean(slow, axis=0)


@pytest.mark.parametrize(
    "service",
    [
        pytest.param({"journeys_per_server_per_s": 3.0}, id="a line"),
        pytest.param({"journeys_per_server_per_s": 8.0}, id="admission held down by the servers"),
        pytest.param({"journeys_per_server_per_s": 8.0, "max_inside": 400}, id="a cap"),
        pytest.param({"journeys_per_server_per_s": 3.0, "edge": False}, id="polls at the servers"),
    ],
)
def test_single_people_wait_and_leave_as_the_fluid_says(service):
    fast, slow = both(plan_of(1, vcpus=1, **service), crowd_of(PEOPLE, patience_s=900.0, **CURVE))

    assert fast[0] == pytest.approx(slow[0], abs=CHANCE), "booked"
    assert fast[1] == pytest.approx(slow[1], abs=CHANCE), "gave up"
    assert fast[2] == pytest.approx(slow[2], rel=0.08, abs=3.0), "mean wait"
    assert fast[3] == pytest.approx(slow[3], rel=0.08, abs=5.0), "95 % wait"


def test_the_judge_sees_when_people_are_more_patient_than_the_fluid_thinks():
    """The control: what the tests above allow for chance is less than a patience that is half as long again."""
    plan = plan_of(1, vcpus=1, journeys_per_server_per_s=3.0)
    fast, _ = both(plan, crowd_of(PEOPLE, patience_s=900.0, **CURVE))
    _, slow = both(plan, crowd_of(PEOPLE, patience_s=1350.0, **CURVE))

    assert abs(fast[1] - slow[1]) > CHANCE


HALF_A_SERVER = {"server.utilisation_ceiling": 0.4}


def test_single_people_fare_as_the_fluid_says_when_servers_shed():
    plan = plan_of(1, vcpus=1, waiting_room=False, edge=False, shed_after_s=2.0)
    fast, slow = both(plan, crowd_of(4000, **CURVE), HALF_A_SERVER)

    assert fast[1] > 1000, "an overload was meant"
    assert fast[0] == pytest.approx(slow[0], rel=0.04)
    assert fast[1] == pytest.approx(slow[1], rel=0.06)


def test_single_people_fare_as_the_fluid_says_when_servers_collapse():
    plan = plan_of(1, vcpus=1, waiting_room=False, edge=False, shed_after_s=None)
    fast, slow = both(plan, crowd_of(4000, **CURVE), HALF_A_SERVER)

    assert fast[0] < 0.2 * 4000, "a collapse was meant"
    assert fast[0] == pytest.approx(slow[0], rel=0.3), "few book, and chance decides who"
    assert fast[1] == pytest.approx(slow[1], rel=0.04)
