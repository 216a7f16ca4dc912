"""The laws around the queue: balancer, database, admission, and the name of what limited a second."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from floodgate.awsrules.balancer.capacity_units import Traffic, lcu
from floodgate.rehearsal.crowd.admission import CAP, Admission
from floodgate.rehearsal.crowd.admission import DATABASE as BY_DATABASE
from floodgate.rehearsal.errors import ParameterError
from floodgate.rehearsal.limits import (
    BALANCER,
    LIMITS,
    QUIET_S,
    Second,
    limit_events,
    limit_of,
    servers_missing,
)
from floodgate.rehearsal.load.balancer import BalancerLoad
from floodgate.rehearsal.load.costs import NOW_SERVING, cached_at_edge, costs_by_slot
from floodgate.rehearsal.load.database import DatabaseLoad
from floodgate.rehearsal.parameters import load_parameters
from floodgate.rehearsal.plan import Database, Edge
from floodgate.rehearsal.scenarios.scenario import JourneyStep
from tests.unit.rehearsal.engine_cases import crowd_of, plan_of


def balancer_of(reserved_lcu, *, edge=False):
    return BalancerLoad(plan_of(1, edge=edge, reserved_lcu=reserved_lcu), load_parameters())


def test_a_reserved_balancer_starts_at_its_reservation_and_others_at_what_an_idle_one_takes():
    assert balancer_of(400).capacity_lcu == 400
    assert balancer_of(0).capacity_lcu == load_parameters()["alb.initial_lcu"]


def test_the_balancer_rejects_what_exceeds_its_capacity():
    balancer = balancer_of(100)
    # 0.4 new connections a request, 25 of them a second are one unit
    assert balancer.accept(100 * 25 / 0.4, 0.0, 0.0) == 1.0
    assert balancer.accept(400 * 25 / 0.4, 0.0, 0.0) == pytest.approx(0.25, rel=0.01)


def test_the_balancer_doubles_in_five_minutes_of_load_and_not_without():
    busy, idle = balancer_of(100), balancer_of(100)
    for _ in range(300):
        busy.accept(1e6, 0.0, 0.0)
        idle.accept(10.0, 0.0, 0.0)

    assert busy.capacity_lcu == pytest.approx(200.0)
    assert idle.capacity_lcu == 100.0


def test_bytes_and_open_connections_fill_a_balancer_too():
    balancer = balancer_of(100)
    balancer.accept(1.0, 1e9 / 3600 * 50, 0.0)
    assert balancer.load == pytest.approx(0.5)
    balancer.accept(1.0, 0.0, 3000 * 70)
    assert balancer.load == pytest.approx(0.7)


def test_an_edge_shares_connections_so_that_the_balancer_sees_fewer():
    through_edge, direct = balancer_of(100, edge=True), balancer_of(100)
    through_edge.accept(1000.0, 0.0, 0.0)
    direct.accept(1000.0, 0.0, 0.0)

    assert through_edge.load < direct.load / 4


def database_of(*, max_connections, proxied, servers, per_server=20):
    database = Database("db", "aurora-postgresql", "x", 16, 1, 0, max_connections, 80 if proxied else None)
    plan = plan_of(1, connections_per_server=per_server)
    load = DatabaseLoad(type(plan)(plan.region, plan.group, plan.service, database=database), load_parameters())
    load.serve(servers)
    return load


def test_connections_beyond_the_limit_are_refused_without_a_proxy():
    assert database_of(max_connections=1000, proxied=False, servers=50).broken == 0.0
    assert database_of(max_connections=1000, proxied=False, servers=100).broken == pytest.approx(0.5)


def test_a_proxy_lets_them_queue_instead():
    database = database_of(max_connections=1000, proxied=True, servers=100)

    assert database.broken == 0.0
    assert database.hold_s == 800.0


def test_the_whole_pool_counts_without_a_proxy_and_only_what_is_in_use_with_one():
    assert database_of(max_connections=1000, proxied=False, servers=25).connections_load(1.0) == pytest.approx(0.5)
    assert database_of(max_connections=1000, proxied=True, servers=25).connections_load(80.0) == pytest.approx(0.1)


def test_without_a_database_nothing_waits_for_it():
    load = DatabaseLoad(plan_of(1, database=False), load_parameters())
    load.serve(100)

    assert (load.broken, load.load(1e6), load.connections_load(1e6)) == (0.0, pytest.approx(0.0, abs=1e-6), 0.0)


def admission_of(**service):
    return Admission(plan_of(10, **service).service, load_parameters())


def test_admission_follows_the_servers_while_nothing_is_under_pressure():
    admission = admission_of(journeys_per_server_per_s=12.0)

    assert admission.allowed_per_s(10.0) == 120.0
    assert admission.allowed_per_s(2.5) == 30.0


def test_at_the_headroom_as_many_are_let_in_as_leave():
    admission = admission_of()
    for _ in range(100):
        admission.read(0.1, 0.85, 0.08, 33.0)

    assert admission.allowed_per_s(10.0) == pytest.approx(33.0, rel=1e-3)
    assert admission.binding == "database"


def test_beyond_it_only_the_floor_is_let_in():
    admission = admission_of()
    for _ in range(100):
        admission.read(0.1, 0.1, 30.0, 33.0)

    assert admission.allowed_per_s(10.0) == pytest.approx(120.0 * 0.02)
    assert admission.binding == "latency"


def test_the_cap_leaves_no_more_than_the_room_under_it():
    admission = admission_of(max_inside=1000)

    assert admission.capped(50.0, 980.0, 15.0) == 5.0
    assert admission.binding == "cap"
    assert admission.capped(50.0, 1000.0, 0.0) == 0.0


def test_only_cached_paths_are_answered_at_the_edge():
    assert cached_at_edge(Edge("d", ("/queue/now-serving.json",)), NOW_SERVING)
    assert cached_at_edge(Edge("d", ("queue/*",)), NOW_SERVING), "the leading slash is optional"
    assert not cached_at_edge(Edge("d", ("/static/*",)), NOW_SERVING)
    assert not cached_at_edge(None, NOW_SERVING)


def test_without_a_cached_waiting_page_joining_costs_the_page_as_well():
    with_edge, without = (
        costs_by_slot(plan_of(1, edge=edge), crowd_of(1), load_parameters()) for edge in (True, False)
    )

    assert (with_edge.requests[0], without.requests[0]) == (1.0, 2.0)
    assert with_edge.bytes[0] < without.bytes[0]


def test_every_device_joins():
    assert costs_by_slot(plan_of(1), crowd_of(1, devices_per_person=1.5), load_parameters()).requests[0] == 1.5


def test_a_step_of_unknown_kind_names_the_parameter_it_lacks():
    crowd = crowd_of(1, journey=(JourneyStep("dance", "dance"),))
    with pytest.raises(ParameterError, match=r"cost\.dance\.cpu_ms does not exist"):
        costs_by_slot(plan_of(1), crowd, load_parameters())


@pytest.mark.parametrize(
    ("second", "limit"),
    [
        (Second(), "none"),
        (Second(rejected_share=0.5, load_balancer=2.0, load_fleet=1.5), "balancer"),
        (Second(rejected_share=0.5, load_balancer=2.0, load_fleet=9.0), "fleet"),
        (Second(bottleneck=0, fleet=servers_missing("launch rate")), "launch rate"),
        (Second(bottleneck=0, fleet=servers_missing("quota")), "quota"),
        (Second(bottleneck=0, fleet=servers_missing("max size")), "fleet"),
        (Second(bottleneck=1), "database"),
        (Second(bottleneck=2), "database"),
        (Second(broken=0.1), "database"),
        (Second(load_identity=1.2), "identity"),
        (Second(in_line=5.0), "fleet"),
        (Second(in_line=5.0, fleet=servers_missing("launch rate")), "launch rate"),
        (Second(in_line=5.0, binding=BY_DATABASE), "database"),
        (Second(in_line=5.0, binding=CAP), "waiting room"),
        (Second(in_line=0.5, binding=CAP), "none"),
    ],
)
def test_a_second_is_named_after_its_tightest_place(second, limit):
    assert LIMITS[int(limit_of(second))] == limit


def test_a_limit_is_told_once_until_it_has_been_quiet():
    limits, loads = np.zeros(600), np.full(600, 2.0)
    limits[[0, 1, 2, 50, 50 + QUIET_S, 51 + 3 * QUIET_S]] = BALANCER

    events = limit_events(limits, {BALANCER: loads}, np.zeros(600))
    assert [(event.second, event.name, event.after) for event in events] == [
        (0, "balancer full", 2.0),
        (51 + 3 * QUIET_S, "balancer full", 2.0),
    ]


def test_the_end_of_a_line_is_told_with_its_length_in_time():
    in_line = np.where(np.arange(400) < 300, 10.0, 0.0)

    (event,) = limit_events(np.zeros(400), {}, in_line)
    assert (event.second, event.name, event.reason) == (300, "line empty", "people stood in line for 5 min")


def test_a_line_that_still_stands_has_not_ended():
    assert limit_events(np.zeros(400), {}, np.full(400, 10.0)) == []


@settings(max_examples=100, deadline=None)
@given(
    requests=st.floats(0, 1e6), size=st.floats(0, 1e9), people=st.floats(0, 1e7), rules=st.integers(0, 20),
    edge=st.booleans(),
)  # fmt: skip
def test_the_load_of_the_balancer_is_its_capacity_units_as_aws_counts_them(requests, size, people, rules, edge):
    parameters = load_parameters({"alb.rules_per_request": float(rules), "alb.initial_lcu": 100.0})
    balancer = BalancerLoad(plan_of(1, edge=edge, reserved_lcu=0), parameters)
    balancer.accept(requests, size, people)

    prefix, open_connections = ("edge", 0.05) if edge else ("client", 1.0)
    units = lcu(
        Traffic(
            new_connections_per_s=requests * parameters[f"{prefix}.new_connections_per_request"],
            active_connections=people * open_connections,
            gigabytes_per_hour=size * 3600 / 1e9,
            requests_per_s=requests,
            rules=rules,
        )
    )
    assert balancer.load == pytest.approx(units / 100.0)
