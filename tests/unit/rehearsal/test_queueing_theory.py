"""The queues against theory and against Ciw, an independent simulator of queues.

The rehearsal's servers and line are fluids: they have what single arrivals do on average, not their chance. So they
must agree with the fluid limits of Erlang's formulas, and differ from the formulas by what chance adds, which shrinks
as systems grow: that is shown both ways. Chance itself is in the one-object-per-person engine, whose line is held
against Ciw's M/M/c+M; Ciw and the formulas are held against each other.

Erlang C and A as in Gans, Koole, Mandelbaum, "Telephone Call Centers", M&SOM 5(2), 2003,
https://doi.org/10.1287/msom.5.2.79.16071; the fluid limit of M/M/n+M in Whitt, "Fluid Models for Multiserver Queues
with Abandonments", Operations Research 54(1), 2006, https://doi.org/10.1287/opre.1050.0227.
"""

from __future__ import annotations

import math

import ciw
import ciw.dists
import numpy as np
import pytest

from floodgate.rehearsal.crowd.arrivals import arrivals_per_second
from floodgate.rehearsal.crowd.waiting_room import WaitingRoom
from floodgate.rehearsal.load.costs import Costs
from floodgate.rehearsal.load.servers import Capacity, Servers
from floodgate.rehearsal.parameters import load_parameters
from floodgate.rehearsal.scenarios.scenario import JourneyStep
from floodgate.rehearsal.timeline import lay
from tests.unit.rehearsal.engine_cases import DOORS, crowd_of, plan_of
from tests.unit.rehearsal.person_engine import PersonEngine

PLENTY = 1e12


def erlang_c(servers, offered):
    """The chance to wait in M/M/c with so many erlangs offered, by the stable recursion of Erlang B."""
    blocked = 1.0
    for count in range(1, servers + 1):
        blocked = offered * blocked / (count + offered * blocked)
    return blocked / (1.0 - offered / servers * (1.0 - blocked))


def mmc_wait_s(servers, arrivals_per_s, service_s):
    """Mean wait before service in M/M/c."""
    offered = arrivals_per_s * service_s
    return erlang_c(servers, offered) * service_s / (servers - offered)


def erlang_a(servers, arrivals_per_s, service_s, patience_s):
    """Share of people who abandon and mean number that waits in M/M/c+M, from its balance equations."""
    weight, weights = 0.0, [0.0]
    for count in range(1, servers + 200 + round(2 * arrivals_per_s * patience_s)):
        leaving = min(count, servers) / service_s + max(0, count - servers) / patience_s
        weight += math.log(arrivals_per_s / leaving)
        weights.append(weight)
    chance = np.exp(np.array(weights) - max(weights))
    chance /= chance.sum()
    waiting = float(np.maximum(0, np.arange(len(chance)) - servers) @ chance)
    return waiting / patience_s / arrivals_per_s, waiting


def fluid_abandoning(servers, arrivals_per_s, service_s, patience_s):
    """The same in the fluid limit: what exceeds the servers leaves."""
    excess = max(0.0, arrivals_per_s - servers / service_s)
    return excess / arrivals_per_s, excess * patience_s


def settled_line(rate_per_s, arrivals_per_s, patience_s, seconds=20_000):
    """Share of people who leave the rehearsal's line unserved, and how many wait, once it has settled."""
    room = WaitingRoom(0, seconds, patience_s, 1, load_parameters())
    room.draw(rate_per_s)
    left = joined = present = 0.0
    for second in range(1, seconds):
        gone = room.leave()
        room.join(arrivals_per_s, second)
        room.learn()
        room.expect(rate_per_s)
        room.enter(room.call(rate_per_s, second), 1.0, math.inf)
        if second > seconds // 2:
            left, joined, present = left + gone, joined + arrivals_per_s, present + room.present
    return left / joined, present / (seconds - seconds // 2 - 1)


@pytest.mark.parametrize(("rate_per_s", "arrivals_per_s", "patience_s"), [(8.0, 10.0, 600.0), (50.0, 55.0, 900.0)])
def test_an_overloaded_line_is_the_fluid_limit_of_erlang_a(rate_per_s, arrivals_per_s, patience_s):
    abandoning, waiting = settled_line(rate_per_s, arrivals_per_s, patience_s)
    share, queue = fluid_abandoning(round(rate_per_s), arrivals_per_s, 1.0, patience_s)

    assert abandoning == pytest.approx(share, rel=0.03)
    assert waiting == pytest.approx(queue, rel=0.03)


def test_erlang_a_goes_to_the_fluid_as_systems_grow_and_chance_is_what_differs():
    differences = []
    for scale in (1, 10, 100):
        exact, _ = erlang_a(10 * scale, 11.0 * scale, 1.0, 20.0)
        fluid, _ = fluid_abandoning(10 * scale, 11.0 * scale, 1.0, 20.0)
        differences.append(abs(exact - fluid) / fluid)

    assert differences[0] > differences[1] > differences[2]
    assert differences[0] > 0.05
    assert differences[-1] < 0.01


def test_a_line_below_its_rate_has_no_wait_in_the_fluid_where_erlang_a_has_little():
    abandoning, waiting = settled_line(10.0, 9.0, 600.0, seconds=4000)
    share, queue = erlang_a(10, 9.0, 1.0, 600.0)

    assert abandoning == pytest.approx(0.0, abs=1e-6)
    assert waiting == pytest.approx(0.0, abs=1e-6)
    assert 0.0 < share < 0.02
    assert 0.0 < queue < 10.0, "this is what single arrivals add, and what the rehearsal leaves out"


def test_chance_in_a_large_system_is_too_small_to_matter_to_a_rehearsal():
    """Sixty servers of four vCPUs at nine tenths: an answer waits for a tenth of a millisecond by Erlang C."""
    wait_s = mmc_wait_s(240, 0.9 * 240 / 0.02, 0.02)

    assert wait_s < 0.0005
    assert mmc_wait_s(1, 0.9 / 0.02, 0.02) > 100 * wait_s, "which one server alone could not say"


COSTS = Costs(requests=(1.0, 1.0, 1.0), cpu_s=(0.02, 0.0, 0.0), db_s=(0.0,) * 3, hold_s=(0.0,) * 3, bytes=(1.0,) * 3)


def test_servers_above_their_capacity_lose_what_exceeds_it_and_no_more():
    """M/M/c/K and the fluid alike: goodput is the smaller of what is offered and what can be done."""
    servers = Servers(COSTS, load_parameters(), shed_after_s=2.0, seconds=2000)
    done = failed = 0.0
    for second in range(2000):
        people = [120.0, 0.0, 0.0]
        servers.serve(second, people, COSTS.sums(people)[2], Capacity(2.0, PLENTY, PLENTY))
        done, failed = done + servers.done[0], failed + servers.failed[0]

    assert done / 2000 == pytest.approx(100.0, rel=0.01)
    assert failed / 2000 == pytest.approx(20.0, rel=0.05)


def simulated(servers, arrivals_per_s, service_s, patience_s=None, until_s=4000.0, seed=1):
    """Mean wait of those who were served and the share who left, by Ciw."""
    patience = {} if patience_s is None else {"reneging_time_distributions": [ciw.dists.Exponential(1.0 / patience_s)]}
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(arrivals_per_s)],
        service_distributions=[ciw.dists.Exponential(1.0 / service_s)],
        number_of_servers=[servers],
        **patience,
    )
    ciw.seed(seed)
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_time(until_s)
    records = [record for record in simulation.get_all_records() if record.arrival_date > until_s / 5]
    served = [record.waiting_time for record in records if record.record_type == "service"]
    return float(np.mean(served)), 1.0 - len(served) / len(records)


def test_the_formula_of_erlang_c_is_what_ciw_simulates():
    waits = [simulated(4, 3.4, 1.0, until_s=3000.0, seed=seed)[0] for seed in range(4)]

    assert np.mean(waits) == pytest.approx(mmc_wait_s(4, 3.4, 1.0), rel=0.15)


def test_the_formula_of_erlang_a_is_what_ciw_simulates():
    left = [simulated(5, 6.0, 1.0, patience_s=20.0, until_s=1500.0, seed=seed)[1] for seed in range(2)]

    assert np.mean(left) == pytest.approx(erlang_a(5, 6.0, 1.0, 20.0)[0], rel=0.1)


def persons_who_leave(rate_per_s, arrivals_per_s, patience_s):
    """Share of people who leave the line of the one-object-per-person engine, from a steady stream."""
    minutes = 20
    crowd = crowd_of(
        round(arrivals_per_s * minutes * 60), arrivals=((0.0, 0.0), (float(minutes), 1.0)), patience_s=patience_s,
        lead_minutes=1, horizon_minutes=minutes, journey=(JourneyStep("enter", "enter", 1.0, 1.0),), give_up_share=0.0,
    )  # fmt: skip
    plan, timeline, parameters = plan_of(1, journeys_per_server_per_s=rate_per_s), lay(crowd, DOORS), load_parameters()
    arrivals = arrivals_per_second(crowd, timeline, np.random.default_rng(1))
    judge = PersonEngine(plan, crowd, parameters, timeline, 1, arrivals, seed=2).play()
    settled = [person for person in judge.people if 360 < person.arrived_s < 360 + minutes * 60 - 300 - 360]
    return sum(person.fate == "gave up" for person in settled) / len(settled)


def test_ciw_the_persons_and_the_fluid_line_leave_out_equally_many():
    """A simulator that knows nothing of this project, single people here, and the fluid that stands for both."""
    rate_per_s, arrivals_per_s, patience_s = 4.0, 5.0, 60.0
    by_ciw = simulated(4, arrivals_per_s, 1.0, patience_s=patience_s, until_s=1500.0)[1]
    by_persons = persons_who_leave(rate_per_s, arrivals_per_s, patience_s)
    by_fluid, _ = settled_line(rate_per_s, arrivals_per_s, patience_s, seconds=4000)

    assert by_ciw == pytest.approx(by_fluid, rel=0.15)
    assert by_persons == pytest.approx(by_fluid, rel=0.15)


def test_the_judges_see_a_line_whose_people_are_twice_as_patient():
    """The control: another patience changes how many wait by far more than the judges allow for."""
    _, waiting = settled_line(8.0, 10.0, 1200.0)

    assert abs(waiting / fluid_abandoning(8, 10.0, 1.0, 600.0)[1] - 1.0) > 0.5
