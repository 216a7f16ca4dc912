"""The servers' queue alone: what is answered in time, what is refused, and what work is wasted."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from floodgate.rehearsal.load.costs import Costs
from floodgate.rehearsal.load.servers import RESOURCES, Capacity, Servers
from floodgate.rehearsal.parameters import load_parameters

PLENTY = 1e9
# slot 0 and 1 need 10 ms of CPU, slot 1 also 5 ms of the database and 20 ms of a connection; the last slot polls
COSTS = Costs(
    requests=(1.0, 1.0, 1.0),
    cpu_s=(0.01, 0.01, 0.001),
    db_s=(0.0, 0.005, 0.0),
    hold_s=(0.0, 0.02, 0.0),
    bytes=(1.0, 1.0, 1.0),
)


def servers_of(shed_after_s=2.0):
    return Servers(COSTS, load_parameters(), shed_after_s)


def serve(servers, second, people, capacity):
    servers.serve(second, people, COSTS.sums(people)[2], capacity)


def cpu(seconds):
    return Capacity(seconds, PLENTY, PLENTY)


def test_what_fits_is_answered_in_the_same_second():
    servers = servers_of()
    serve(servers, 0, [50.0, 50.0, 0.0], cpu(1.0))

    assert servers.done == [50.0, 50.0, 0.0]
    assert servers.bottleneck is None
    assert servers.latency_s == pytest.approx(0.08)


def test_what_does_not_fit_waits_and_is_answered_in_order():
    servers = servers_of()
    serve(servers, 0, [150.0, 0.0, 0.0], cpu(1.0))
    assert servers.done[0] == pytest.approx(100.0)
    assert servers.latency_s == pytest.approx(0.08 + 0.5)
    assert RESOURCES[servers.bottleneck] == "cpu"

    serve(servers, 1, [10.0, 20.0, 0.0], cpu(1.0))
    assert servers.done == pytest.approx([60.0, 20.0, 0.0])
    assert servers.waiting() == (0.0, 0.0)


def test_the_scarcest_resource_sets_the_pace():
    servers = servers_of()
    serve(servers, 0, [0.0, 100.0, 0.0], Capacity(PLENTY, 0.25, PLENTY))
    assert servers.done[1] == pytest.approx(50.0)
    assert RESOURCES[servers.bottleneck] == "database"

    servers = servers_of()
    serve(servers, 0, [0.0, 100.0, 0.0], Capacity(PLENTY, PLENTY, 0.4))
    assert servers.done[1] == pytest.approx(20.0)
    assert RESOURCES[servers.bottleneck] == "connections"


def test_requests_that_find_no_connection_fail_and_others_do_not():
    servers = servers_of()
    serve(servers, 0, [10.0, 10.0, 0.0], Capacity(PLENTY, PLENTY, PLENTY, broken=0.3))

    assert servers.failed == pytest.approx([0.0, 3.0, 0.0])
    assert servers.done == pytest.approx([10.0, 7.0, 0.0])


def test_without_servers_everything_is_refused():
    servers = servers_of()
    serve(servers, 0, [10.0, 10.0, 5.0], cpu(0.0))

    assert servers.failed == [10.0, 10.0, 5.0]
    assert servers.waiting() == (0.0, 0.0)


def goodput(shed_after_s, overload, seconds=300):
    """Share of what the servers could answer that they answer in time, at a steady overload."""
    servers = servers_of(shed_after_s)
    done = 0.0
    for second in range(seconds):
        serve(servers, second, [100.0 * overload, 0.0, 0.0], cpu(1.0))
        done += servers.done[0] if second >= seconds // 2 else 0.0
    return done / (100.0 * (seconds - seconds // 2))


def test_with_shedding_an_overload_costs_little_goodput():
    assert goodput(2.0, 3.0) > 0.95


def test_without_shedding_an_overload_turns_all_work_into_waste():
    assert goodput(None, 1.5) == pytest.approx(0.0, abs=1e-9)


def test_a_queue_that_sheds_later_than_clients_wait_is_no_better_than_none():
    assert goodput(30.0, 1.5) == pytest.approx(0.0, abs=1e-9)


def test_refusals_cost_a_bounded_share_of_the_servers():
    assert goodput(2.0, 1000.0) == pytest.approx(0.5, abs=0.02), "server.refusal_ceiling leaves one half"


@settings(max_examples=60, deadline=None)
@given(
    arriving=st.lists(st.tuples(*[st.floats(0.0, 1e4)] * 3), min_size=1, max_size=40),
    capacity=st.tuples(st.floats(0.0, 50.0), st.floats(0.01, 20.0), st.floats(0.01, 20.0)),
    shed=st.one_of(st.none(), st.floats(0.5, 100.0)),
    broken=st.floats(0.0, 0.9),
)
def test_every_request_is_answered_failed_or_waits(arriving, capacity, shed, broken):
    servers = servers_of(shed)
    came = gone = 0.0
    for second, people in enumerate(arriving):
        serve(servers, second, list(people), Capacity(*capacity, broken=broken))
        came += sum(people[:2])
        gone += sum(servers.done[:2]) + sum(servers.failed[:2])
        assert min(servers.done) >= 0.0
        assert servers.used_cpu_s <= capacity[0] * (1 + 1e-9) or servers.bottleneck is None

    assert gone + sum(servers.waiting()) == pytest.approx(came, rel=1e-9, abs=1e-6)
