"""What must hold of health, replacement, instance refresh and warm pools for any input.

Proves invariants; the single examples AWS prints are in the files beside this one.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floodgate.awsrules.instances import (
    health_checks,
    instance_refresh,
    maintenance,
    replacement,
    warm_pool,
)
from floodgate.awsrules.instances.health_checks import Checkup
from floodgate.awsrules.instances.instance_refresh import Preferences
from floodgate.awsrules.instances.replacement import Standing
from floodgate.awsrules.model import MaintenancePolicy, WarmPool
from tests.unit.awsrules.instances.playing import Refreshed, play

sizes = st.integers(1, 400)
policies = st.integers(0, 100).flatmap(
    lambda low: st.integers(100, min(200, 100 + low)).map(lambda high: MaintenancePolicy(low, high))
)


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
