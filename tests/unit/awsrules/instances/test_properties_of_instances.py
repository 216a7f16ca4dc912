"""What must hold of the rules of instances for any input, and arithmetic that follows from documented rules.

Proves invariants; the single examples AWS prints are in the files beside this one.
"""

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floodgate.awsrules.instances import (
    health_checks,
    hooks,
    instance_refresh,
    launch_failures,
    launching,
    lifecycle,
    lifetime,
    maintenance,
    protection,
    replacement,
    standby,
    suspended,
    termination,
    warm_pool,
    zones,
)
from floodgate.awsrules.instances.health_checks import Checkup
from floodgate.awsrules.instances.instance_refresh import Preferences
from floodgate.awsrules.instances.launch_failures import Market
from floodgate.awsrules.instances.replacement import Standing
from floodgate.awsrules.instances.termination import Candidate, Wanted
from floodgate.awsrules.model import LifecycleHook, MaintenancePolicy, WarmPool
from tests.unit.awsrules.instances.playing import Refreshed, play

counts = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 40), min_size=1)
sizes = st.integers(1, 400)
policies = st.integers(0, 100).flatmap(
    lambda low: st.integers(100, min(200, 100 + low)).map(lambda high: MaintenancePolicy(low, high))
)
candidates = st.lists(
    st.builds(
        Candidate,
        id=st.just("i"),
        zone=st.sampled_from("abc"),
        launched_s=st.integers(0, 9_000).map(float),
        protected=st.booleans(),
        template=st.sampled_from(["", "one", "two"]),
        version=st.integers(0, 3),
        configured_s=st.integers(0, 3).map(float),
        instance_type=st.sampled_from(["m", "c"]),
    ),
    max_size=40,
)
orders = st.lists(st.sampled_from(sorted(termination.KEYS)), min_size=1, max_size=3)


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


# -- health and replacement


@given(st.floats(0, 5_000), st.integers(0, 7_200), st.booleans(), st.booleans())
def test_within_the_grace_period_only_what_does_not_run_is_found(now_s, grace_s, impaired, balancer):
    checkup = Checkup(
        impaired_s=0 if impaired else None, status_check="impaired" if impaired else "ok", balancer=balancer
    )

    finding = health_checks.unhealthy(checkup, now_s, grace_s, ("EC2", "ELB"))

    assert finding is None or now_s >= grace_s
    assert health_checks.unhealthy(Checkup(ec2_state="stopped"), now_s, grace_s) == health_checks.Finding(
        "ec2 state", at_once=True
    )


@pytest.mark.parametrize("state", ["Standby", "EnteringStandby", "Terminating:Wait", "Detaching", "Warmed:Terminating"])
def test_what_is_on_its_way_out_is_not_checked(state):
    assert health_checks.unhealthy(Checkup(state=state, ec2_state="stopped"), 9e9, 0) is None


def test_an_instance_that_boots_is_no_failure_and_one_that_stops_is():
    booting = Checkup(state="Pending", in_service_s=None, ec2_state="pending", balancer=True)

    assert health_checks.unhealthy(booting, 9e9, 0, ("ELB",)) is None
    assert health_checks.unhealthy(Checkup(state="InService", ec2_state="pending"), 0, 0) is not None
    assert (
        health_checks.unhealthy(Checkup(state="Pending", in_service_s=None, ec2_state="terminated"), 0, 0) is not None
    )
    assert health_checks.unhealthy(Checkup(state="Warmed:Running", ec2_state="stopped"), 0, 0) is not None


def test_volumes_count_where_the_group_says_so():
    impaired = Checkup(volume=True)

    assert health_checks.unhealthy(impaired, 0, 0, ("EC2",)) is None
    assert health_checks.unhealthy(impaired, 0, 0, ("EC2", "EBS")) == health_checks.Finding("volume", at_once=False)
    assert health_checks.unhealthy(Checkup(balancer=True), 0, 0, ("VPC_LATTICE",)) is not None


def test_fewer_are_marked_only_where_the_balancer_reports_all():
    assert [health_checks.marked(*pair) for pair in ((0, 0), (3, 10), (10, 10), (12, 10))] == [0, 3, 1, 1]
    assert health_checks.marked(10, 10, when_all=4) == 4


@given(sizes, st.integers(0, 400), st.integers(0, 400), st.booleans())
def test_replacement_takes_a_tenth_and_no_more_than_there_is(desired, unhealthy, replacing, busy):
    ready = max(0, desired - unhealthy)
    count = replacement.batch(unhealthy, Standing(desired, ready, replacing=replacing, busy=busy))

    assert 0 <= count <= unhealthy
    assert count + replacing <= max(replacing, 1, desired // 10)
    assert not (count and busy and ready * 10 <= desired * 9)


def test_a_large_group_goes_on_replacing_while_replacements_boot():
    assert replacement.batch(30, Standing(1000, 950, pending=20, replacing=20, busy=True)) == 30
    assert replacement.batch(200, Standing(1000, 950, pending=20, replacing=20, busy=True)) == 80


@given(sizes, policies, st.data())
def test_replacement_never_leaves_the_bounds_of_the_policy(desired, policy, data):
    low, high = maintenance.bounds(desired, policy)
    outgoing = data.draw(st.integers(0, desired))
    pending = data.draw(st.integers(0, max(0, high - desired)))
    change = maintenance.replace(outgoing, desired - outgoing, pending, desired, policy)

    assert low < high, "something can always be moved"
    assert 0 <= change.terminate <= outgoing
    assert desired - change.terminate >= low
    assert change.launch >= 0
    assert not change.launch or desired + pending - change.terminate + change.launch <= high


@given(sizes, policies)
def test_every_policy_gets_on_with_replacing(desired, policy):
    change = maintenance.replace(desired, 0, 0, desired, policy)

    assert change.terminate or change.launch


@pytest.mark.parametrize(
    ("desired", "low", "high", "expected"),
    [(10, 90, 100, (9, 10)), (10, 100, 100, (10, 11)), (1, 90, 100, (0, 1)), (3, 90, 110, (3, 4)), (3, 50, 150, (2, 4)),
     (0, 90, 120, (0, 0)), (7, 0, 100, (0, 7)), (11, 90, 100, (10, 11)), (1, 100, 200, (1, 2))],
)  # fmt: skip
def test_the_bounds_are_rounded_inwards_and_leave_room_for_one(desired, low, high, expected):
    assert maintenance.bounds(desired, MaintenancePolicy(low, high)) == expected


def test_a_policy_that_stops_below_a_hundred_terminates_first():
    assert maintenance.order("rebalancing", MaintenancePolicy(99, 150)) == "terminate and launch"


# -- instance refresh


@given(
    st.integers(1, 60),
    policies,
    st.lists(st.integers(1, 99), unique=True, max_size=3).map(sorted),
    st.integers(0, 30),
)
def test_a_refresh_replaces_all_within_its_bounds(desired, policy, checkpoints, warm_minutes):
    preferences = Preferences(
        policy.min_healthy_percent,
        policy.max_healthy_percent,
        checkpoints=(*checkpoints, 100) if checkpoints else (),
        checkpoint_delay_s=300,
    )
    played = play(preferences, Refreshed(desired, desired), warm_minutes * 60)
    low, high = maintenance.bounds(desired, policy)

    assert (played.ended[1], played.old, played.new) == ("Successful", 0, desired)
    assert low <= played.least
    assert played.most <= high
    assert [percent for _, percent in played.checkpoints] == sorted({percent for _, percent in played.checkpoints})


@given(st.integers(2, 80), st.integers(1, 99))
def test_a_partial_refresh_replaces_its_percentage_and_no_more(desired, percent):
    played = play(Preferences(80, checkpoints=(percent,)), Refreshed(desired, desired), 60)

    assert played.new == -(-desired * percent // 100)
    assert played.old == desired - played.new


def test_a_checkpoint_is_waited_at_and_old_ones_still_leave_meanwhile():
    played = play(Preferences(100, 110, checkpoints=(20, 100)), Refreshed(10, 10), 600)

    assert played.checkpoints == [(20, 20)]
    assert (20, 1, 0) in played.replaced, "the replacement of the second was launched first"
    assert [minute for minute, *_ in played.replaced if 20 < minute < 80] == []


def test_a_refresh_bakes_before_it_succeeds():
    assert play(Preferences(0, bake_s=600), Refreshed(4, 4), 60).ended == (11, "Successful")
    assert play(Preferences(0), Refreshed(4, 4), 60).ended == (1, "Successful")


def test_a_long_warmup_is_no_standstill():
    assert play(Preferences(50), Refreshed(2, 2), 7_200).ended[1] == "Successful"


def test_a_rollback_ends_by_its_own_names_and_ignores_checkpoints():
    progress = instance_refresh.Progress(0, 0, "RollbackInProgress")
    done = instance_refresh.step(Preferences(), instance_refresh.Standing(4, 0, new_ready=4), progress, 60)
    stuck = instance_refresh.step(Preferences(), instance_refresh.Standing(4, 3, protected=1), progress, 3_600)
    preferences = instance_refresh.rolled_back(Preferences(80, checkpoints=(20,), bake_s=60, auto_rollback=True))

    assert done.progress.status == "RollbackSuccessful"
    assert stuck.progress.status == "RollbackFailed"
    assert (preferences.checkpoints, preferences.bake_s, preferences.auto_rollback) == ((), 0, False)
    assert preferences.min_healthy_percent == 80


@pytest.mark.parametrize("status", ["Successful", "Failed", "Cancelled", "RollbackFailed"])
def test_what_has_ended_does_nothing_more(status):
    progress = instance_refresh.Progress(0, 0, status)
    step = instance_refresh.step(Preferences(), instance_refresh.Standing(4, 4), progress, 60)

    assert step == instance_refresh.Step(progress)
    assert instance_refresh.fail(progress) == instance_refresh.cancel(progress) == progress


# -- warm pools


@given(st.integers(0, 500), st.integers(0, 500), st.integers(-1, 500), st.integers(0, 500))
def test_a_pool_never_falls_below_its_minimum_and_never_grows_with_the_group(maximum, desired, prepared, minimum):
    pool = WarmPool(min_size=minimum, max_prepared=prepared)
    size = warm_pool.size(pool, maximum, desired)

    assert size >= minimum
    assert warm_pool.size(pool, maximum, desired + 1) <= size
    assert size <= max(minimum, (maximum if prepared == -1 else prepared) - desired)


@given(st.integers(-5, 500), st.integers(0, 500))
def test_a_scale_out_comes_from_somewhere(wanted, warmed):
    came = warm_pool.scale_out(wanted, warmed)

    assert came.warm + came.cold == max(0, wanted)
    assert 0 <= came.warm <= warmed
    assert came.cold == 0 or came.warm == warmed, "the pool is used first"


@given(st.integers(0, 300), st.integers(0, 300), st.integers(0, 300))
def test_a_refill_brings_the_pool_to_its_size(wanted, warmed, preparing):
    change = warm_pool.refill(wanted, warmed, preparing)
    after = warmed + preparing + change.launch - change.terminate

    assert change.launch == 0 or change.terminate == 0
    assert after == max(wanted, preparing)


@given(st.integers(0, 300), st.booleans())
def test_what_leaves_the_group_is_reused_or_terminated(leaving, reuse):
    assert warm_pool.scale_in(leaving, WarmPool(reuse_on_scale_in=reuse)) == warm_pool.ScaleIn(
        leaving * reuse, leaving * (not reuse)
    )
    assert warm_pool.scale_in(leaving, None).terminated == leaving


# -- termination


@given(candidates, st.integers(0, 45), orders, st.integers(0, 9))
def test_protected_instances_never_go_and_nobody_goes_twice(group, count, order, seed):
    chosen = termination.choose(group, count, order, 10_000, Random(seed).random)

    assert not any(candidate.protected for candidate in chosen)
    assert len(chosen) == min(count, sum(not candidate.protected for candidate in group))
    assert all(chosen.count(candidate) <= group.count(candidate) for candidate in chosen)


@given(candidates, st.integers(0, 45), orders)
def test_scale_in_takes_from_the_fullest_zones(group, count, order):
    chosen = termination.choose(group, count, order, 10_000, Random(1).random)
    sizes = {zone: sum(candidate.zone == zone for candidate in group) for zone in "abc"}
    free = {zone: sum(c.zone == zone and not c.protected for c in group) for zone in "abc"}
    for candidate in chosen:
        assert sizes[candidate.zone] == max(sizes[zone] for zone in sizes if free[zone])
        sizes[candidate.zone] -= 1
        free[candidate.zone] -= 1


@given(candidates, st.integers(0, 45), orders, st.integers(0, 9))
def test_equal_chance_gives_equal_choices(group, count, order, seed):
    choices = {tuple(map(id, termination.choose(group, count, order, 0, Random(seed).random))) for _ in range(3)}

    assert len(choices) == 1


@given(candidates, st.sampled_from(["OldestInstance", "NewestInstance"]))
def test_the_order_of_ages_is_kept(group, policy):
    ages = [candidate.launched_s for candidate in termination.order(group, [policy], 0, Random(1).random)]

    assert ages == sorted(ages, reverse=policy == "NewestInstance")
    assert len(ages) == sum(not candidate.protected for candidate in group)


def test_an_empty_list_of_policies_is_the_default_and_an_unknown_one_is_an_error():
    group = [Candidate("x", "a", template="t"), Candidate("y", "a")]

    assert [one.id for one in termination.choose(group, 2, [], 0, Random(1).random)] == ["y", "x"]
    with pytest.raises(KeyError):
        termination.choose(group, 1, ["arn:aws:lambda:eu-west-1:1:function:mine"], 0, Random(1).random)


def test_a_type_without_a_rank_is_the_least_wanted():
    group = [Candidate(kind, "a", instance_type=kind) for kind in ("first", "second", "none")]
    wanted = Wanted(ranks={"first": 0, "second": 1})

    chosen = termination.choose(group, 3, ["AllocationStrategy"], 0, Random(1).random, wanted)

    assert [one.id for one in chosen] == ["none", "second", "first"]


def test_without_a_current_template_the_oldest_goes_first():
    group = [
        Candidate("new", "a", template="n", configured_s=2),
        Candidate("old", "a", template="o", configured_s=1, version=9),
    ]

    assert termination.choose(group, 1, ["OldestLaunchTemplate"], 0, Random(1).random)[0].id == "old"


# -- zones


@given(counts, st.integers(0, 200))
def test_a_spread_gives_out_all_and_makes_nothing_worse(before, wanted):
    shares = zones.spread(before, wanted)
    after = {zone: before[zone] + shares[zone] for zone in before}

    assert sum(shares.values()) == wanted
    assert min(shares.values()) >= 0
    gained = [zone for zone in before if shares[zone]]
    assert all(after[zone] <= min(after.values()) + 1 for zone in gained), "where something was added it is level"


@given(counts, st.integers(0, 60))
def test_a_spread_is_one_launch_after_the_other(before, wanted):
    levels = dict(before)
    for _ in range(wanted):
        levels[min(levels, key=levels.__getitem__)] += 1

    assert {zone: levels[zone] - before[zone] for zone in before} == zones.spread(before, wanted)


@given(counts, st.integers(0, 60), st.sets(st.sampled_from("abcdef")))
def test_a_zone_without_capacity_gets_nothing(before, wanted, closed):
    shares = zones.launches(before, wanted, closed)
    strict = zones.launches(before, wanted, closed, "balanced-only")

    assert not closed & set(shares)
    assert sum(shares.values()) == (wanted if set(before) - closed else 0)
    assert sum(strict.values()) <= wanted
    assert all(count <= shares.get(zone, 0) for zone, count in strict.items())


@given(counts, st.integers(0, 300), st.sets(st.sampled_from("abcdef")))
def test_rebalancing_makes_level_as_far_as_it_may(before, maximum, closed):
    moves = zones.rebalancing(before, maximum, closed)
    after = dict(before)
    for move in moves:
        assert move.to not in closed
        after[move.to] += 1
        after[move.out_of] -= 1

    assert sum(after.values()) == sum(before.values())
    assert max(after.values()) - min(after.values()) <= max(1, max(before.values()) - min(before.values()))
    assert len(moves) <= max(0, zones.limit(maximum) - sum(before.values()))
    room = zones.limit(maximum) - sum(before.values()) > len(moves)
    assert zones.balanced(after) or closed or not room, "nothing but room or closed zones stops it"


@pytest.mark.parametrize(("maximum", "limit"), [(1, 2), (9, 10), (10, 11), (19, 20), (20, 22), (400, 440)])
def test_rebalancing_exceeds_the_maximum_by_a_tenth_or_one(maximum, limit):
    assert zones.limit(maximum) == limit


def test_no_zones_are_level():
    assert zones.balanced({})
    assert zones.rebalancing({}, 10) == ()
    assert zones.spread({}, 3) == {}
    assert not zones.balanced({"a": 2, "b": 0})


# -- launches and failures

markets = st.builds(
    Market,
    st.sets(st.tuples(st.sampled_from("abcdef"), st.sampled_from(["m", "c"]))).map(frozenset),
    st.one_of(st.none(), st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 30))),
)


@given(counts, st.integers(0, 100), markets, st.sampled_from(["balanced-best-effort", "balanced-only"]))
def test_nothing_is_launched_from_nothing(before, wanted, market, strategy):
    outcome = launch_failures.place(wanted, before, ["m", "c"], market, strategy)

    assert outcome.launched <= wanted
    assert all(market.has(launch.zone, launch.instance_type) for launch in outcome.launches)
    for zone in before:
        assert sum(launch.count for launch in outcome.launches if launch.zone == zone) <= market.free(zone)
    if strategy == "balanced-best-effort" and outcome.launched < wanted:
        assert outcome.failed
        left = {
            zone: market.free(zone) - sum(launch.count for launch in outcome.launches if launch.zone == zone)
            for zone in before
        }
        assert launch_failures.all_fail(before, ["m", "c"], Market(market.without_capacity, left))
    if outcome.launched == wanted and strategy == "balanced-only":
        assert not outcome.failed


def test_a_full_subnet_sends_launches_elsewhere_and_says_so():
    outcome = launch_failures.place(6, {"a": 0, "b": 0}, ["m"], Market(addresses={"a": 1}))

    assert outcome.launched == 6
    assert outcome.failed == (("a", "addresses", 2),)


def test_what_is_tried_again_waits_longer_each_time_up_to_a_limit():
    assert [launch_failures.next_try_s(100, n, 60, 600) for n in (0, 1, 2, 3, 4, 5, 99)] == [
        160, 160, 220, 340, 580, 700, 700,
    ]  # fmt: skip


@given(st.lists(st.tuples(st.integers(0, 1200), st.floats(0, 30)), max_size=40))
def test_no_bucket_is_ever_negative(requests):
    throttle, now_s, granted = launching.throttle("RunInstances"), 0.0, 0
    for instances, pause_s in requests:
        now_s += pause_s
        throttle, ok = throttle.call(instances, now_s)
        granted += instances * ok

        assert throttle.resources.level(now_s) >= 0
        assert throttle.requests.level(now_s) >= 0
        assert granted <= 1000 + 2 * now_s + 1e-6


def test_a_bucket_tells_when_it_holds_enough():
    empty, _ = launching.full(1000, 2.0).take(1000, 10)

    assert empty.ready_s(500, 10) == 260
    assert empty.ready_s(0, 10) == 10
    assert empty.ready_s(1001, 10) == float("inf")
    assert empty.level(empty.ready_s(500, 10)) == 500


@given(st.integers(0, 1000), st.integers(1, 200))
def test_weights_fill_what_is_missing_with_less_than_one_instance_too_many(missing, weight):
    launched, beyond = launching.size_beyond_desired(missing, weight)

    assert launched * weight - missing == beyond
    assert 0 <= beyond < weight


@given(st.one_of(st.none(), st.integers(0, 2000)), st.integers(0, 2000), st.integers(1, 96))
def test_the_quota_is_never_passed(quota, used, each):
    room = launching.quota_room(quota, used, each)

    assert (room is None) == (quota is None)
    if room is not None and quota is not None:
        assert room >= 0
        assert room == 0 or used + room * each <= quota < used + (room + 1) * each


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
