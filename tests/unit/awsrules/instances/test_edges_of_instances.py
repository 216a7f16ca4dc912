"""Single cases at the edges of the rules of instances, where one off or one word less would go unnoticed.

Proves those cases; what holds for any input and AWS's own examples are in the files beside this one.
"""

from random import Random

import pytest

from floodgate.awsrules.instances import (
    health_checks,
    hooks,
    instance_refresh,
    launch_failures,
    launching,
    lifecycle,
    maintenance,
    replacement,
    standby,
    termination,
    zones,
)
from floodgate.awsrules.instances.health_checks import Checkup
from floodgate.awsrules.instances.instance_refresh import Preferences
from floodgate.awsrules.instances.instances_distribution import InstancesDistribution
from floodgate.awsrules.instances.launch_failures import Launch, Market, Outcome
from floodgate.awsrules.instances.maintenance import Replacement
from floodgate.awsrules.instances.replacement import Standing
from floodgate.awsrules.instances.termination import Candidate, Wanted
from floodgate.awsrules.instances.zones import Move
from floodgate.awsrules.model import LifecycleHook, MaintenancePolicy

NO_M_IN_A = Market(frozenset({("a", "m")}))
HOOK = LifecycleHook("h", hooks.LAUNCHING, 30)


# -- lifecycle and hooks


@pytest.mark.parametrize(
    ("state", "metric"),
    [
        ("InService", "GroupInServiceInstances"),
        ("Pending", "GroupPendingInstances"),
        ("Pending:Proceed", "GroupPendingInstances"),
        ("EnteringStandby", "GroupStandbyInstances"),
        ("Terminating:Wait", "GroupTerminatingInstances"),
        ("Warmed:Pending:Wait", "WarmPoolPendingCapacity"),
        ("Warmed:Running", "WarmPoolWarmedCapacity"),
        ("Warmed:Terminating:Proceed", "WarmPoolTerminatingCapacity"),
    ],
)
def test_each_state_is_counted_by_one_metric_and_its_total(state, metric):
    metrics = lifecycle.group_metrics([state])
    total = "WarmPoolTotalCapacity" if state.startswith("Warmed") else "GroupTotalInstances"

    assert {name for name, count in metrics.items() if count} == {metric, total}
    assert set(metrics.values()) == {0, 1}


@pytest.mark.parametrize("state", ["Pending", "Pending:Wait", "Pending:Proceed", "InService"])
def test_pending_and_in_service_fill_the_desired_capacity(state):
    assert lifecycle.counts_as_capacity(state)


def test_current_capacity_is_in_service_and_terminating():
    counted = {state for state in lifecycle.TRANSITIONS if lifecycle.counts_while_scaling_in(state)}

    assert counted == {"InService", "Terminating", "Terminating:Wait", "Terminating:Proceed"}


def test_what_does_not_run_takes_no_quota():
    idle = {state for state in lifecycle.TRANSITIONS if not lifecycle.is_running(state)}

    assert idle == {"Warmed:Stopped", "Warmed:Hibernated", "Terminated", "Warmed:Terminated", "Detached"}


def test_a_prepared_instance_is_terminated_in_states_of_its_own():
    assert lifecycle.after_termination(hooked=False, pooled=True) == ("Warmed:Terminating", "Warmed:Terminated")
    assert len(lifecycle.after_termination(hooked=True, pooled=True)) == 4


def test_a_heartbeat_after_the_end_revives_nothing_and_a_result_at_the_end_still_counts():
    wait = hooks.begin(HOOK, 100)

    assert wait.heartbeat(129).ends_s() == 159
    assert wait.heartbeat(130).ends_s() == 130
    assert hooks.result_at(wait, 30) == (130, "CONTINUE")
    assert hooks.result_at(wait, 31) == (130, "ABANDON")


def test_without_a_balancer_nothing_is_registered():
    assert hooks.order(launching=False, balanced=False, hooked=False) == ("Terminated",)
    assert hooks.order(launching=True, balanced=True, hooked=False) == ("register", "InService")


# -- health and replacement


def test_a_failure_that_has_passed_is_forgotten():
    assert health_checks.unhealthy(Checkup(status_check="ok", impaired_s=0), 9e9, 0) is None
    assert health_checks.unhealthy(Checkup(status_check="impaired"), 9e9, 0) is None
    assert health_checks.unhealthy(Checkup(status_check="impaired", impaired_s=0), 299, 0) is None
    assert health_checks.unhealthy(Checkup(status_check="impaired", impaired_s=0), 300, 0) is not None


@pytest.mark.parametrize(("desired", "most"), [(1, 1), (10, 1), (15, 1), (19, 1), (20, 2), (400, 40)])
def test_a_tenth_is_rounded_down_to_whole_instances(desired, most):
    count = replacement.at_once(desired)

    assert count == most
    assert isinstance(count, int)


def test_a_maintenance_policy_decides_how_the_unhealthy_are_replaced():
    first, both = MaintenancePolicy(100, 110), MaintenancePolicy(80, 100)

    assert replacement.step(3, Standing(10, 7), first) == Replacement(1, 0)
    assert replacement.step(3, Standing(10, 7, pending=1), first) == Replacement(0, 0)
    assert replacement.step(3, Standing(10, 8), first) == Replacement(1, 1), "one is ready, the next one is launched"
    assert replacement.step(3, Standing(10, 7), both) == Replacement(2, 2)
    assert replacement.step(3, Standing(10, 7), MaintenancePolicy(0, 100)) == Replacement(3, 3)


def test_a_group_that_misses_instances_launches_them_first():
    assert maintenance.replace(2, 6, 0, 10, MaintenancePolicy(90, 110)) == Replacement(3, 0)
    assert maintenance.replace(0, 12, 0, 10, MaintenancePolicy(90, 110)) == Replacement(0, 0)


def test_entering_standby_below_the_minimum_says_what_to_do():
    with pytest.raises(
        ValueError, match="desired capacity 2 less 1 is below the minimum of 2; lower the minimum, or do"
    ):
        standby.enter(2, 2, 1, decrement=True)


# -- instance refresh


def test_a_rollback_begins_when_the_refresh_failed():
    preferences = Preferences(auto_rollback=True)
    failed = instance_refresh.fail(instance_refresh.begin(0))

    begun = instance_refresh.after_failure(preferences, failed, 500)

    assert (begun.began_s, begun.moved_s, begun.status) == (500, 500, "RollbackInProgress")
    assert instance_refresh.after_failure(preferences, begun, 900) == begun
    assert instance_refresh.rolled_back(preferences).skip_matching is True


def test_a_default_warmup_of_zero_is_one_and_minus_one_is_none():
    assert instance_refresh.warmup_s(Preferences(), 0, 300) == 0
    assert instance_refresh.warmup_s(Preferences(), -1, 300) == 300


def test_standby_and_protected_instances_are_both_waited_for():
    standing = instance_refresh.Standing(4, 0, new_ready=2, standby=1, protected=1)
    progress = instance_refresh.Progress(0, 0, ready=2)

    assert instance_refresh.step(Preferences(), standing, progress, 60).progress.status == "InProgress"
    assert instance_refresh.step(Preferences(), standing, progress, 3600).progress.status == "Failed"
    ignoring = Preferences(standby="Ignore", protected="Ignore")
    assert instance_refresh.step(ignoring, standing, progress, 60).progress.status == "Successful"


def test_nothing_new_is_replaced_while_it_waits_at_a_checkpoint():
    preferences = Preferences(50, checkpoints=(20, 100))
    standing = instance_refresh.Standing(10, 8, new_ready=2)
    waiting = instance_refresh.Progress(0, 3660, passed=1, waits_until_s=3660, ready=2)

    assert instance_refresh.step(preferences, standing, waiting, 3659).replace == instance_refresh.NOTHING
    assert instance_refresh.step(preferences, standing, waiting, 3660).replace == Replacement(5, 5)


def test_two_weeks_end_a_refresh_that_still_moves():
    progress = instance_refresh.Progress(0, 14 * 86_400)

    assert not instance_refresh.expired(progress, 14 * 86_400 - 1)
    assert instance_refresh.expired(progress, 14 * 86_400)
    assert not instance_refresh.expired(instance_refresh.Progress(0, 0), 3_599)
    assert not instance_refresh.expired(instance_refresh.Progress(0, 0), 3_600, takes_s=60)


# -- termination


def test_the_order_without_zones_mixes_them_and_knows_time_and_template():
    group = [
        Candidate("a", "a", launched_s=0, template="old", configured_s=1),
        Candidate("b", "b", launched_s=1800, template="now", configured_s=2),
        Candidate("c", "a", launched_s=3500, template="now", configured_s=2),
    ]

    def order(policy):
        return [one.id for one in termination.order(group, [policy], 5400, Random(1).random, Wanted("now"))]

    assert order("OldestLaunchTemplate")[0] == "a"
    assert order("ClosestToNextInstanceHour") == ["c", "a", "b"]
    assert order("NewestInstance") == ["c", "b", "a"]


def test_several_equal_candidates_are_told_apart_by_chance_alone():
    group = [Candidate("same", "a") for _ in range(3)]

    assert len(termination.order(group, ["OldestInstance"], 0, lambda: 0.5)) == 3


# -- zones


@pytest.mark.parametrize(
    ("counts", "maximum", "closed", "moves"),
    [
        ({"a": 3, "b": 1}, 10, (), 1),
        ({"a": 2, "b": 1}, 10, (), 0),
        ({"a": 5, "b": 5}, 10, (), 0),
        ({"a": 6, "b": 0}, 6, (), 1),
        ({"a": 6, "b": 0}, 7, (), 2),
        ({"a": 6, "b": 0}, 5, (), 0),
        ({"a": 6, "b": 0}, 50, (), 3),
        ({"a": 6, "b": 0, "c": 0}, 50, ("b",), 3),
        ({"a": 6, "b": 0}, 50, ("b",), 0),
    ],
)
def test_moves_fit_below_the_limit_and_end_when_level(counts, maximum, closed, moves):
    assert len(zones.rebalancing(counts, maximum, closed)) == moves


def test_moves_go_from_the_fullest_to_the_emptiest_zone():
    assert zones.rebalancing({"a": 4, "b": 1, "c": 1}, 50) == (Move("b", "a"), Move("c", "a"))


def test_one_instance_alone_is_level():
    assert zones.balanced({"a": 1, "b": 0})
    assert not zones.balanced({"a": 3, "b": 1})
    assert zones.spread({"a": 1, "b": 4}, 0) == {"a": 0, "b": 0}
    assert zones.spread({"a": 1, "b": 4}, 5) == {"a": 4, "b": 1}


# -- launches and failures


def test_without_capacity_anywhere_nothing_is_launched_and_every_zone_is_named():
    market = Market(frozenset({("a", "m"), ("b", "m")}))

    assert launch_failures.place(4, {"a": 0, "b": 0}, ["m"], market) == Outcome(
        (), (("a", "capacity", 2), ("b", "capacity", 2))
    )
    assert launch_failures.place(0, {"a": 0}, ["m"], Market()) == Outcome(())
    assert launch_failures.place(1, {}, ["m"], Market()) == Outcome(())


def test_later_rounds_know_what_the_earlier_ones_launched():
    market = Market(frozenset({("c", "m")}), {"a": 3, "b": 9})
    outcome = launch_failures.place(9, {"a": 0, "b": 0, "c": 0}, ["m"], market)
    by_zone = {zone: sum(one.count for one in outcome.launches if one.zone == zone) for zone in "abc"}

    assert by_zone == {"a": 3, "b": 6, "c": 0}
    assert {zone for zone, _, _ in outcome.failed} == {"a", "c"}


def test_what_other_zones_take_over_is_spread_by_all_that_they_hold():
    outcome = launch_failures.place(9, {"a": 6, "b": 2, "c": 0}, ["m"], Market(frozenset({("c", "m")})))
    by_zone = {zone: sum(one.count for one in outcome.launches if one.zone == zone) for zone in "abc"}

    assert by_zone == {"a": 3, "b": 6, "c": 0}, "9 and 8 in the end"


def test_what_a_strict_group_cannot_launch_waits():
    outcome = launch_failures.place(6, {"a": 0, "b": 0}, ["m"], NO_M_IN_A, "balanced-only")

    assert outcome.launches == (Launch("b", "m", 3),)
    assert outcome.failed == (("a", "capacity", 3),)


def test_the_second_type_is_taken_only_where_the_first_cannot_be_had():
    outcome = launch_failures.place(4, {"a": 0, "b": 0}, ["m", "c"], NO_M_IN_A)

    assert set(outcome.launches) == {Launch("a", "c", 2), Launch("b", "m", 2)}
    assert outcome.failed == ()


def test_all_fails_where_neither_capacity_nor_addresses_are_left():
    assert launch_failures.all_fail(["a"], ["m"], NO_M_IN_A)
    assert not launch_failures.all_fail(["a"], iter(["m", "c"]), NO_M_IN_A)
    assert launch_failures.all_fail(["a"], ["c"], Market(addresses={"a": 0}))
    assert not launch_failures.all_fail(["a"], ["c"], Market(addresses={"a": 1}))
    assert not launch_failures.all_fail(["a", "b"], ["m"], NO_M_IN_A)


def test_addresses_in_use_are_not_free():
    assert launch_failures.addresses(24, 10) == 241
    assert launch_failures.addresses(30, 5) == 0
    assert Market().free("a") == float("inf")


def test_the_day_of_failures_is_counted_from_the_first_one():
    assert not launch_failures.suspended_by_aws(100_000, 186_400)
    assert launch_failures.suspended_by_aws(100_000, 186_401)


@pytest.mark.parametrize(
    ("kind", "family", "standard"),
    [("m5.2xlarge", "M", True), ("im4gn.large", "IM", True), ("is4gen.medium", "IS", True), ("t3a.micro", "T", True),
     ("hpc7a.96xlarge", "HPC", False), ("mac2.metal", "MAC", False), ("trn1n.32xlarge", "TRN", False),
     ("x2idn.metal", "X", False), ("u-6tb1.metal", "U-", False), ("metal", "METAL", True)],
)  # fmt: skip
def test_families_are_the_letters_before_the_number(kind, family, standard):
    assert launching.family(kind) == family
    assert launching.is_standard(kind) is standard


def test_a_refused_call_takes_its_request_and_no_resources():
    throttle, passed = launching.throttle("RunInstances").call(1001, 0)

    assert not passed
    assert (throttle.resources.level(0), throttle.requests.level(0)) == (1000, 4)


def test_a_bucket_may_be_asked_for_all_it_holds():
    bucket, _ = launching.full(10, 1).take(4, 0)

    assert bucket.ready_s(10, 0) == 4
    assert bucket.ready_s(6, 0) == 0
    assert launching.quota_room(255, 0, 8) == 31
    assert isinstance(launching.quota_room(255, 0, 8), int)
    assert launching.vcpus_in_use([("running", 4)]) == 4


def test_a_bucket_may_hold_more_than_the_usual_one():
    assert launching.full(2000, 1).level(0) == 2000


def test_an_order_without_zones_knows_how_dear_each_type_is_and_needs_no_chance_to_tell_equals():
    dear = Candidate("dear", "a", instance_type="c5"), Candidate("cheap", "b", instance_type="m5")
    first = termination.order(dear, ["AllocationStrategy"], 0, lambda: 0.5, Wanted(ranks={"c5": 0, "m5": 1}))

    assert [candidate.id for candidate in first] == ["cheap", "dear"]
    assert len(termination.order([Candidate("x", "a"), Candidate("y", "a")], [], 0, lambda: 0.5)) == 2


def test_of_the_current_template_the_lowest_version_goes_whenever_it_was_made():
    newer = Candidate("version 2", "a", template="web", version=2, configured_s=1)
    older = Candidate("version 1", "a", template="web", version=1, configured_s=9)
    first = termination.order([newer, older], ["OldestLaunchTemplate"], 0, lambda: 0.5, Wanted("web"))

    assert [candidate.id for candidate in first] == ["version 1", "version 2"]


def test_the_purchase_options_are_rounded_in_favour_of_on_demand_which_is_all_by_default():
    assert InstancesDistribution(on_demand_percent_above_base=50).on_demand(3) == 2
    assert InstancesDistribution(1, 10).on_demand(3) == 2
    assert InstancesDistribution(0, 50).on_demand(1000) == 500
    assert (InstancesDistribution().on_demand(3), InstancesDistribution().spot(3)) == (3, 0)
