"""Sizes, instance types and what servers are told: the fleet's decisions that need no resource.

They cannot prove that AWS counts the same way; its rules are quoted beside them.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.fleet.instance_types import architecture_of, vcpus_of
from infra.fleet.settings import WarmPoolSettings
from infra.fleet.sizes import constant_pool, servers_for, vcpus_at_worst
from infra.scaling.scaling import step_adjustments
from infra.scaling.settings import StepSettings


@pytest.mark.parametrize(
    ("name", "architecture", "vcpus"),
    [
        ("c7g.xlarge", "arm64", 4),
        ("c7gn.2xlarge", "arm64", 8),
        ("m6gd.12xlarge", "arm64", 48),
        ("c7g.medium", "arm64", 1),
        ("t4g.small", "arm64", 2),
        ("a1.large", "arm64", 2),
        ("c7i.xlarge", "x86_64", 4),
        ("c7i-flex.large", "x86_64", 2),
        ("g5.xlarge", "x86_64", 4),
        ("t3.2xlarge", "x86_64", 8),
        ("m7a.48xlarge", "x86_64", 192),
        ("c7g.metal", "arm64", None),
        ("large", None, None),
        ("", None, None),
    ],
)
def test_an_instance_types_name_tells_its_architecture_and_its_vcpus(name, architecture, vcpus):
    assert (architecture_of(name), vcpus_of(name)) == (architecture, vcpus)


@pytest.mark.parametrize(
    ("journeys", "each", "headroom", "servers"), [(700, 12, 0, 59), (720, 12, 0, 60), (720, 12, 10, 66), (1, 12, 0, 1)]
)
def test_servers_are_enough_for_the_journeys_and_no_more(journeys, each, headroom, servers):
    assert servers_for(journeys, each, headroom) == servers


@given(st.floats(0.1, 1e5), st.floats(0.1, 1e3), st.floats(0, 400))
def test_servers_for_journeys_is_the_least_that_suffices(journeys, each, headroom):
    servers = servers_for(journeys, each, headroom)
    wanted = journeys * (1 + headroom / 100)

    assert servers * each >= wanted * (1 - 1e-6)
    assert (servers - 1) * each < wanted * (1 + 1e-6)


@pytest.mark.parametrize(
    ("state", "reuse", "count"), [("Running", True, 1), ("Running", False, 0), ("Stopped", True, 0)]
)
def test_a_server_returns_only_to_a_pool_out_of_which_it_is_started_again(state, reuse, count):
    pool = WarmPoolSettings(size=1, state=state, reuse_on_scale_in=reuse)

    assert len(list(pool.problems("floodgate:fleet.warmPool"))) == count


def test_replacements_and_a_running_pool_count_against_the_quota():
    assert vcpus_at_worst(90, 110, 20, 4) == (99 + 20) * 4


@given(st.integers(1, 500), st.integers(0, 1000))
def test_a_constant_pool_keeps_its_size_whatever_is_desired(size, desired):
    bounds = constant_pool(size)

    assert max(bounds.min_size, bounds.max_prepared - desired) == size, "AWS's own rule for the pool's size"


def test_steps_are_relative_to_the_threshold_and_leave_no_gap():
    steps = [StepSettings(from_people=p, add_servers=n) for p, n in ((50_000, 5), (200_000, 10), (420_000, 20))]
    found = step_adjustments(steps)

    assert [(s.metric_interval_lower_bound, s.metric_interval_upper_bound, s.scaling_adjustment) for s in found] == [
        ("0", "150000", 5),
        ("150000", "370000", 10),
        ("370000", None, 20),
    ]
