"""What holds of a group in time whatever its plan and its load.

Proves invariants on groups, policies, schedules and loads that hypothesis invents; single figures are
in test_fleet_in_time.py.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from floodgate.awsrules.model import (
    Alarm,
    Group,
    InstanceType,
    LifecycleHook,
    Metric,
    ScheduledAction,
    SimpleScaling,
    Step,
    StepScaling,
    TargetTracking,
    WarmPool,
)
from floodgate.fleet import Unknowns

from .nights import Night

START = datetime(2027, 8, 9, 10, tzinfo=UTC)
MINUTES = 20
LARGE = InstanceType("c7g.xlarge", 4, 8192)
WAITING = Metric("Floodgate", "PeopleWaiting", (), "Maximum")
MANY = Alarm("many", WAITING, "GreaterThanThreshold", 100, 60, 2, 1)
FEW = Alarm("few", WAITING, "LessThanThreshold", 10, 60, 3, 3)
POLICIES = (
    TargetTracking("requests", "arn:1", 600, predefined="ALBRequestCountPerTarget", warmup_s=60),
    TargetTracking("cpu", "arn:2", 50, predefined="ASGAverageCPUUtilization"),
    StepScaling("out", "arn:3", "PercentChangeInCapacity", (Step(0, 100, 20), Step(100, None, 60)), (MANY,), 2),
    StepScaling("in", "arn:4", "ChangeInCapacity", (Step(None, 0, -2),), (FEW,), warmup_s=0),
    SimpleScaling("more", "arn:5", "ChangeInCapacity", 3, (MANY,), cooldown_s=120),
)

sizes = st.tuples(*[st.integers(0, 60)] * 3).map(sorted)
pools = st.none() | st.builds(
    WarmPool,
    state=st.sampled_from(["Stopped", "Running"]),
    min_size=st.integers(0, 5),
    max_prepared=st.none() | st.integers(0, 80),
    reuse_on_scale_in=st.booleans(),
)


@st.composite
def actions(draw):
    low, middle, high = draw(sizes)
    at = START + timedelta(minutes=draw(st.integers(1, MINUTES)))
    return ScheduledAction(f"a{draw(st.integers(0, 9))}", at, min_size=low, max_size=high, desired=middle)


@st.composite
def groups(draw):
    low, middle, high = draw(sizes)
    return Group(
        "web", low, high, middle, LARGE, ("a",),
        default_cooldown_s=draw(st.sampled_from([0, 60, 300])),
        default_warmup_s=draw(st.sampled_from([None, 0, 90])),
        detailed_monitoring=draw(st.booleans()),
        policies=tuple(draw(st.lists(st.sampled_from(POLICIES), unique=True, max_size=5))),
        schedules=tuple(draw(st.lists(actions(), max_size=4, unique_by=lambda action: action.name))),
        hooks=draw(st.sampled_from([(), (LifecycleHook("boot", "autoscaling:EC2_INSTANCE_LAUNCHING"),)])),
        warm_pool=draw(pools),
    )  # fmt: skip


times = st.builds(
    Unknowns,
    boot_s=st.integers(0, 300),
    warm_start_s=st.integers(0, 60),
    hook_s=st.integers(0, 60),
    vcpu_quota=st.none() | st.integers(0, 300),
    burst=st.integers(1, 100),
    refill_per_s=st.sampled_from([0.1, 2.0]),
    metric_delay_s=st.integers(0, 90),
    drain_s=st.integers(0, 120),
    schedule_delay_s=st.integers(0, 120),
)
minutes = st.lists(
    st.tuples(st.integers(0, 2_000), st.integers(0, 100), st.none() | st.integers(0, 500)),
    min_size=MINUTES,
    max_size=MINUTES,
)


def play(fleet, load, each_second=None):
    """One minute of load after the other; the fleet is seen whenever something is due."""
    second, end = 0, MINUTES * 60
    while second < end:
        fleet.step(second)
        if each_second:
            each_second(second)
        until = max(second + 1, int(min(fleet.next_s, (second // 60 + 1) * 60, end)))
        requests, cpu, waiting = ([value] * (until - second) for value in load[second // 60])
        fleet.observe_span(requests, cpu, {} if waiting[0] is None else {"PeopleWaiting": waiting})
        second = until


@settings(max_examples=15, deadline=None)
@given(groups(), times, minutes)
def test_a_group_keeps_its_limits_and_loses_no_instance(group, launch_times, load):
    fleet = Night(group, launch_times, START)

    def look(second):
        there = fleet.in_service + fleet.launching + fleet.pool + fleet.preparing + fleet.terminating
        accounted = there + fleet.terminated
        assert fleet.min_size <= fleet.desired <= fleet.max_size
        assert fleet.launched == accounted
        assert 0 <= fleet.in_service <= fleet.launched
        assert min(fleet.launching, fleet.pool, fleet.preparing, fleet.terminated) >= 0
        assert fleet.in_service + fleet.launching <= max(fleet.desired, group.desired)
        assert 0 <= fleet.effective(second, 60) <= fleet.in_service
        assert fleet.limited_by in ("", "launch rate", "quota", "max size")

    play(fleet, load, look)


@settings(max_examples=10, deadline=None)
@given(groups(), times, minutes)
def test_the_quota_is_never_exceeded_by_launches(group, launch_times, load):
    quota = group.desired * LARGE.vcpus + 40
    fleet = Night(replace(group, warm_pool=None), replace(launch_times, vcpu_quota=quota), START)

    def look(_second):
        assert (fleet.in_service + fleet.launching) * LARGE.vcpus <= quota

    play(fleet, load, look)


@settings(max_examples=10, deadline=None)
@given(groups(), times, minutes)
def test_every_change_of_the_desired_capacity_is_told_with_its_reason(group, launch_times, load):
    fleet = Night(group, launch_times, START)
    seen = []

    def look(second):
        if not seen or seen[-1][1] != fleet.desired:
            seen.append((second, fleet.desired))

    play(fleet, load, look)

    told = [event for event in fleet.events if event.kind == "desired"]
    size = group.desired
    for event in told:
        assert event.before == size
        assert event.reason
        assert event.after is not None
        size = event.after
    assert size == fleet.desired
    assert {second for second, _ in seen[1:]} <= {event.second for event in told}


@settings(max_examples=10, deadline=None)
@given(groups(), times, minutes)
def test_without_policies_and_schedules_nothing_changes(group, launch_times, load):
    fleet = Night(replace(group, policies=(), schedules=()), launch_times, START)

    play(fleet, load)

    assert fleet.desired == fleet.in_service == group.desired
    assert fleet.events == []


@settings(max_examples=10, deadline=None)
@given(groups(), times, minutes, st.integers(1, 2_000))
def test_the_same_night_some_minutes_later_goes_the_same_way(group, launch_times, load, later):
    shift = timedelta(minutes=later)
    moved = tuple(replace(action, start=action.start + shift) for action in group.schedules if action.start)
    first, second = (
        Night(group, launch_times, START),
        Night(replace(group, schedules=moved), launch_times, START + shift),
    )

    play(first, load)
    play(second, load)

    def told(fleet):
        return [(e.second, e.kind, e.cause.name, e.before, e.after) for e in fleet.events]

    assert told(first) == told(second)


@settings(max_examples=10, deadline=None)
@given(groups(), times, minutes)
def test_the_order_of_policies_and_schedules_does_not_matter(group, launch_times, load):
    turned = replace(group, policies=group.policies[::-1], schedules=group.schedules[::-1])
    one, other = Night(group, launch_times, START), Night(turned, launch_times, START)

    play(one, load)
    play(other, load)

    def sizes_of(fleet):
        return [(e.second, e.kind, e.after) for e in fleet.events if e.kind in ("desired", "in_service")]

    assert sizes_of(one) == sizes_of(other)


@settings(max_examples=12, deadline=None)
@given(
    st.sampled_from(POLICIES),
    st.integers(1, 60),
    st.tuples(st.integers(0, 3_000), st.integers(0, 3_000)).map(sorted),
    st.tuples(st.integers(0, 100), st.integers(0, 100)).map(sorted),
)
def test_more_load_never_leads_to_fewer_servers_in_the_first_step(policy, desired, requests, cpus):
    group = Group("web", 0, 500, desired, LARGE, ("a",), policies=(policy,), detailed_monitoring=True)

    def first_size(load, cpu):
        fleet = Night(group, Unknowns(600, 600), START)
        for second in range(1_000):
            fleet.step(second)
            if fleet.desired != desired:
                break
            fleet.observe(load, cpu, {"PeopleWaiting": load})
        return fleet.desired

    assert first_size(requests[0], cpus[0]) <= first_size(requests[1], cpus[1])
