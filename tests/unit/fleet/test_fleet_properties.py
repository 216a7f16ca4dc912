"""What holds for every group: bounds, no instance from nothing, and answers that depend on nothing else.

Groups, loads and faults are drawn; instances are launched, not simulated inside, so nothing here proves a number of
AWS's.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from floodgate.awsrules.model import LifecycleHook, MaintenancePolicy, Step, WarmPool
from floodgate.fleet.faults import (
    Fault,
    InstanceRefresh,
    InstancesFail,
    LaunchThrottling,
    MetricsDelayed,
    NoCapacity,
    SlowBoots,
    ZoneLost,
)

from .conftest import START, check

SECONDS = st.integers(0, 3000)
HOOK = LifecycleHook("ready", "autoscaling:EC2_INSTANCE_LAUNCHING", 60)
END_HOOK = LifecycleHook("done", "autoscaling:EC2_INSTANCE_TERMINATING", 60)
FAULTS = st.lists(
    st.one_of(
        st.builds(ZoneLost, SECONDS, st.sampled_from("abc"), st.integers(3000, 4000)),
        st.builds(SlowBoots, SECONDS, st.floats(1, 5), st.integers(3000, 4000)),
        st.builds(NoCapacity, SECONDS, st.sampled_from(["", "a"]), st.just(""), st.integers(3000, 4000)),
        st.builds(LaunchThrottling, SECONDS, st.sampled_from([0, 0.1, 1]), st.integers(3000, 4000)),
        st.builds(InstanceRefresh, SECONDS, st.just("shop:2"), st.booleans()),
        st.builds(InstancesFail, SECONDS, st.integers(1, 8), st.sampled_from(["stops", "hangs"])),
        st.builds(MetricsDelayed, SECONDS, st.integers(30, 300), st.integers(3000, 4000)),
    ),
    max_size=3,
)
GROUPS = st.fixed_dictionaries(
    {
        "min_size": st.integers(0, 5),
        "max_size": st.integers(20, 40),
        "desired": st.integers(5, 20),
        "default_warmup_s": st.sampled_from([0, 60, 300]),
        "warm_pool": st.sampled_from([None, WarmPool(), WarmPool("Running", 3, 25, reuse_on_scale_in=True)]),
        "hooks": st.sampled_from([(), (HOOK,), (HOOK, END_HOOK)]),
        "maintenance": st.sampled_from([None, MaintenancePolicy(90, 120), MaintenancePolicy(100, 110)]),
        "health_check_type": st.sampled_from(["EC2", "ELB"]),
        "protect_new": st.booleans(),
        "suspended": st.sampled_from([frozenset(), frozenset({"Terminate"}), frozenset({"Launch"})]),
    }
)
UNKNOWNS = st.fixed_dictionaries(
    {
        "boot_s": st.sampled_from([0, 45.5, 90]),
        "warm_start_s": st.sampled_from([0, 20]),
        "hook_s": st.sampled_from([0, 30, 90]),
        "drain_s": st.sampled_from([0, 120]),
        "vcpu_quota": st.sampled_from([None, 30, 60]),
        "burst": st.sampled_from([3, 1000]),
        "metric_delay_s": st.sampled_from([0, 30]),
    }
)
RESTLESS = st.lists(st.one_of(st.none(), st.floats(0, 400)), min_size=70, max_size=70)
# long enough for the low alarm of target tracking, which waits a quarter of an hour
STRETCHES = st.lists(st.sampled_from([None, 0, 45, 60, 60, 100, 150, 260]), min_size=4, max_size=4)
LOADS = st.one_of(RESTLESS, STRETCHES.map(lambda drawn: [drawn[minute // 18] for minute in range(70)]))


def policies_of(bench: Any) -> tuple[Any, ...]:
    """Tracking and steps up and down."""
    down = bench.stepping((Step(None, 0, -20),), 30, low=True, name="down")
    return (bench.tracking(100), bench.stepping((Step(0, None, 20),), 250, name="up"), down)


@settings(max_examples=120, deadline=None)
@given(changes=GROUPS, unknowns=UNKNOWNS, loads=LOADS, faults=FAULTS)
def test_no_instance_comes_from_nothing_and_bounds_hold_whatever_happens(
    bench: Any, changes: dict[str, Any], unknowns: dict[str, Any], loads: list[float | None], faults: list[Fault]
) -> None:
    group = bench.group(**changes, version="shop:1", policies=policies_of(bench))
    fleet = bench.fleet(group, lambda end: loads[end // 60], unknowns=unknowns, faults=faults)
    moved = 0
    for second in range(0, 4000, 10):
        fleet.advance(second)
        check(fleet)
        assert fleet.pool <= 40
        moved = max(moved, fleet.in_service + fleet.launching)
    # what replaces an instance may stand beside it for a while, and nothing can go where nothing may
    if "Terminate" not in group.suspended:
        assert moved <= group.max_size + max(1, group.max_size // 10) + group.max_size // 5


@settings(max_examples=40, deadline=None)
@given(changes=GROUPS, unknowns=UNKNOWNS, loads=LOADS, faults=FAULTS)
def test_equal_plans_behave_equally(
    bench: Any, changes: dict[str, Any], unknowns: dict[str, Any], loads: list[float | None], faults: list[Fault]
) -> None:
    group = bench.group(**changes, version="shop:1", policies=policies_of(bench))
    first, second = (
        bench.fleet(group, lambda end: loads[end // 60], unknowns=unknowns, faults=faults) for _ in range(2)
    )
    assert bench.play(first, 4000) == bench.play(second, 4000)


@settings(max_examples=40, deadline=None)
@given(changes=GROUPS, unknowns=UNKNOWNS, loads=LOADS, minutes=st.sampled_from([1, 1, 2, 7, 59]))
def test_a_group_that_begins_whole_minutes_earlier_answers_at_the_same_instants(
    bench: Any, changes: dict[str, Any], unknowns: dict[str, Any], loads: list[float | None], minutes: int
) -> None:
    group, by_s = bench.group(**changes, policies=policies_of(bench)), 60 * minutes
    fleet = bench.fleet(group, lambda end: loads[end // 60], unknowns=unknowns)
    later = bench.fleet(
        group, lambda end: loads[end // 60 - minutes] if end > by_s else None, unknowns=unknowns,
        start=START - timedelta(minutes=minutes),
    )  # fmt: skip
    # the pool is brought to its size at the beginning, which is no answer
    shifted = [replace(event, second=event.second + by_s) for event in bench.play(fleet, 3600) if event.second]
    assert [event for event in bench.play(later, 3600 + by_s) if event.second > by_s] == shifted


@settings(max_examples=20, deadline=None)
@given(loads=LOADS)
def test_the_order_of_policies_does_not_matter(bench: Any, loads: list[float | None]) -> None:
    played = [
        bench.play(bench.fleet(bench.group(policies=order), lambda end: loads[end // 60]), 3600)
        for order in permutations(policies_of(bench))
    ]
    assert all(events == played[0] for events in played)


@settings(max_examples=80, deadline=None)
@given(
    low=st.floats(0, 400),
    more=st.floats(0, 400),
    desired=st.integers(1, 60),
    policy=st.integers(0, 2),
)
def test_more_load_never_gives_fewer_servers_in_one_step(
    bench: Any, low: float, more: float, desired: int, policy: int
) -> None:
    """Each policy by itself, since of several the one that answers first may be the one that asks for less."""
    group = bench.group(desired=desired, policies=(policies_of(bench)[policy],))
    sizes = []
    for load in (low, low + more):
        fleet = bench.fleet(group, lambda end, load=load: load if end >= 60 else None)
        bench.play(fleet, 180)
        sizes.append(fleet.desired)
    assert sizes[0] <= sizes[1]


def test_between_two_seconds_that_are_due_nothing_changes(bench: Any) -> None:
    """The control of `next_s`: played second by second it is the same."""
    group = bench.group(policies=policies_of(bench), warm_pool=WarmPool(), hooks=(HOOK,))
    given_: dict[str, Any] = {
        "unknowns": {"boot_s": 70.3, "drain_s": 45, "burst": 4, "hook_s": 10, "metric_delay_s": 7}
    }
    leaping, walking = (bench.fleet(group, lambda end: 50 + end % 400, **given_) for _ in range(2))
    for second in range(3601):
        walking.advance(second)
    assert bench.play(leaping, 3600) == walking.events


@pytest.mark.parametrize("load", [120, 180, 399])
def test_alarms_can_be_read_for_a_picture(bench: Any, load: int) -> None:
    fleet = bench.fleet(bench.group(policies=(bench.tracking(100),)), lambda _: load)
    bench.play(fleet, 180)
    assert [(watch.state, watch.newest) for watch in fleet.alarms] == [("ALARM", load), ("OK", load)]
