"""What must hold of an instance's life for any input: states, hooks, protection, standby, suspension, lifetime.

Proves invariants; the single examples AWS prints are in the files beside this one.
"""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floodgate.awsrules.instances import (
    hooks,
    lifecycle,
    lifetime,
    protection,
    standby,
    suspended,
)
from floodgate.awsrules.model import LifecycleHook

# -- lifecycle and hooks


@given(st.sampled_from([None, "Stopped", "Running", "Hibernated"]), st.booleans(), st.booleans())
def test_every_way_that_is_laid_out_is_allowed(pool, hooked, pooled):
    for way in (lifecycle.after_launch(pool, hooked=hooked), lifecycle.after_termination(hooked=hooked, pooled=pooled)):
        assert all(lifecycle.may_follow(*step) for step in pairwise(way)), way


def test_every_state_leads_to_an_end_and_names_only_states():
    ends = {state for state, following in lifecycle.TRANSITIONS.items() if not following}

    assert ends == {"Terminated", "Warmed:Terminated", "Detached"}
    for state in lifecycle.TRANSITIONS:
        reached = {state}
        for _ in lifecycle.TRANSITIONS:
            reached |= {following for one in reached for following in lifecycle.TRANSITIONS[one]}
        assert reached & ends


@given(st.lists(st.sampled_from(sorted(lifecycle.TRANSITIONS))))
def test_every_instance_is_in_one_total_at_most(states):
    metrics = lifecycle.group_metrics(states)
    over = {"Terminated", "Detached", "Detaching", "Warmed:Terminated"}
    pool = [state for state in states if state.startswith("Warmed:") and state not in over]

    assert metrics["WarmPoolTotalCapacity"] == len(pool)
    assert metrics["GroupTotalInstances"] == len([s for s in states if not s.startswith("Warmed") and s not in over])


@pytest.mark.parametrize(
    ("state", "running", "capacity", "target"),
    [
        ("InService", True, True, True),
        ("Pending:Wait", True, True, False),
        ("Terminating:Wait", True, False, False),
        ("Standby", True, False, False),
        ("Warmed:Running", True, False, False),
        ("Warmed:Stopped", False, False, False),
        ("Warmed:Hibernated", False, False, False),
        ("Terminated", False, False, False),
    ],
)
def test_what_an_instance_counts_for_in_each_state(state, running, capacity, target):
    assert lifecycle.is_running(state) is running
    assert lifecycle.counts_as_capacity(state) is capacity
    assert lifecycle.is_target(state) is target


@given(
    st.integers(30, 7200), st.lists(st.integers(0, 200_000), max_size=30), st.one_of(st.none(), st.integers(0, 400_000))
)
def test_no_wait_is_longer_than_the_global_timeout(heartbeat_s, heard_s, work_s):
    hook = LifecycleHook("h", hooks.LAUNCHING, heartbeat_s)
    wait = hooks.begin(hook, 0)
    for at_s in sorted(heard_s):
        wait = wait.heartbeat(at_s)

    end_s, result = hooks.result_at(wait, work_s)

    assert end_s <= min(48 * 3600, 100 * heartbeat_s)
    assert end_s >= min(heartbeat_s, work_s if work_s is not None else heartbeat_s)
    assert result == ("CONTINUE" if work_s is not None and work_s <= wait.ends_s() else "ABANDON")


def test_without_hooks_nothing_is_waited_for():
    assert hooks.ends([]) == (0.0, "CONTINUE")
    assert hooks.order(launching=True, balanced=False, hooked=False) == ("InService",)
    with pytest.raises(ValueError, match="is no transition"):
        hooks.after("autoscaling:EC2_INSTANCE_LAUNCH", "CONTINUE")


def test_hooks_are_told_apart_by_transition():
    launch, end = LifecycleHook("l", hooks.LAUNCHING), LifecycleHook("t", hooks.TERMINATING)

    assert hooks.of((end, launch), hooks.LAUNCHING) == (launch,)
    assert hooks.replaced(hooks.TERMINATING, "ABANDON") is False


# -- protection, standby, suspension, lifetime


@given(st.integers(0, 100), st.integers(0, 100), st.integers(0, 100))
def test_the_desired_capacity_falls_whoever_is_protected(desired, remove, terminable):
    assert protection.after_scale_in(desired, remove, terminable) == (desired - remove, min(remove, terminable))


def test_standby_stays_within_the_groups_bounds():
    with pytest.raises(ValueError, match="below the minimum of 2"):
        standby.enter(2, 2, 1, decrement=True)
    with pytest.raises(ValueError, match="above the maximum of 4"):
        standby.leave(4, 4, 1, 4, decremented=True)
    assert standby.enter(3, 2, 1, decrement=True) == standby.Change(2)
    assert standby.leave(3, 4, 1, 3, decremented=True) == standby.Change(4)
    assert standby.leave(4, 4, 2, 4, decremented=False) == standby.Change(4, terminated=2)
    assert standby.leave(4, 4, 1, 2, decremented=False) == standby.Change(4)


@given(st.sets(st.sampled_from(suspended.PROCESSES)), st.sampled_from(suspended.PROCESSES))
def test_suspending_more_never_makes_a_group_do_more(processes, more):
    less, most = suspended.able(processes | {more}), suspended.able(processes)

    assert all(getattr(less, name) <= getattr(most, name) for name in suspended.Able.__slots__)


def test_nothing_suspended_stops_nothing_and_all_suspended_leave_standby_to_enter():
    everything = suspended.able(suspended.PROCESSES)

    assert all(getattr(suspended.able(()), name) for name in suspended.Able.__slots__)
    assert [name for name in suspended.Able.__slots__ if getattr(everything, name)] == ["enter_standby"]


@given(st.lists(st.integers(0, 100_000).map(float), max_size=60), st.floats(0, 300_000), st.integers(60, 1200))
def test_a_lifetime_replaces_a_tenth_at_the_most_and_everybody_in_the_end(launched, now_s, each_s):
    now = lifetime.at_once(launched, 86_400, now_s, each_s, len(launched))

    assert 0 <= now <= max(1, len(launched) // 10)
    assert (now > 0) == (bool(launched) and now_s >= lifetime.begins_s(launched, 86_400, each_s))
    if lifetime.due(launched, 86_400, now_s):
        assert now >= 1


def test_replacements_begin_early_enough_to_go_one_by_one():
    assert lifetime.begins_s([0.0] * 10, 86_400, 600) == 86_400 - 6_000
    assert lifetime.begins_s([0.0, 50_000.0], 86_400, 600) == 85_800
    assert lifetime.begins_s([], 86_400, 600) is None
    assert lifetime.begins_s([0.0], 0, 600) is None
    assert lifetime.at_once([0.0] * 100, 86_400, 86_400 - 60_000, 600, 100) == 1
