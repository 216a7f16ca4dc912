"""The life of instances in time: hooks, checks, standby, protection, suspended processes, limits of an account.

Each rule is proven beside `awsrules`; here it is followed in time. How long AWS takes where it does not say so is a
parameter, not proven.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from floodgate.awsrules.instances.instance_refresh import Preferences
from floodgate.awsrules.model import InstanceType, LifecycleHook, MaintenancePolicy, Member, ScheduledAction, WarmPool
from floodgate.fleet.faults import InstanceRefresh, InstancesFail, NoCapacity, OnStandby

from .conftest import START

LAUNCH = "autoscaling:EC2_INSTANCE_LAUNCHING"
LEAVE = "autoscaling:EC2_INSTANCE_TERMINATING"


def up(desired: int, at_s: int = 60) -> tuple[ScheduledAction, ...]:
    """A schedule that sets the desired capacity."""
    return (ScheduledAction("up", start=START + timedelta(seconds=at_s), desired=desired),)


def of(fleet: Any, kind: str) -> list[tuple[int, Any, Any]]:
    """The events of a kind."""
    return [(event.second, event.before, event.after) for event in fleet.events if event.kind == kind]


def test_a_hook_that_is_completed_lets_its_instance_go_on(bench: Any) -> None:
    group = bench.group(schedules=up(12), hooks=(LifecycleHook("ready", LAUNCH, 300),))
    fleet = bench.fleet(group, unknowns={"boot_s": 100, "hook_s": 40, "first_check_s": 5})
    bench.play(fleet, 400)
    assert of(fleet, "in_service") == [(60 + 100 + 40 + 5, 10, 12)]


@pytest.mark.parametrize(("result", "in_service"), [("CONTINUE", 12), ("ABANDON", 10)])
def test_a_hook_that_nobody_completes_ends_with_its_default_result(bench: Any, result: Any, in_service: int) -> None:
    hook = LifecycleHook("ready", LAUNCH, 120, default_result=result)
    fleet = bench.fleet(bench.group(schedules=up(12), hooks=(hook,)), unknowns={"boot_s": 100, "hook_s": 1000})
    bench.play(fleet, 60 + 100 + 120)
    assert fleet.in_service == in_service
    assert (fleet.launching, fleet.terminated) == ((0, 0) if result == "CONTINUE" else (2, 2)), "abandoned ones go"


def test_heartbeats_keep_an_instance_waiting_for_longer_than_its_timeout(bench: Any) -> None:
    hook = LifecycleHook("ready", LAUNCH, 120, default_result="ABANDON")
    unknowns = {"boot_s": 100, "hook_s": 1000, "heartbeat_every_s": 100}
    fleet = bench.fleet(bench.group(schedules=up(12), hooks=(hook,)), unknowns=unknowns)
    bench.play(fleet, 1200)
    assert of(fleet, "in_service") == [(60 + 100 + 1000, 10, 12)]


def test_a_termination_hook_holds_an_instance_after_it_has_drained(bench: Any) -> None:
    group = bench.group(schedules=up(8), hooks=(LifecycleHook("done", LEAVE, 300),))
    fleet = bench.fleet(group, unknowns={"drain_s": 50, "terminate_hook_s": 30})
    bench.play(fleet, 139)
    assert (fleet.in_service, fleet.terminating) == (8, 2)
    bench.play(fleet, 140)
    assert (fleet.terminating, fleet.terminated) == (0, 2)


def test_a_failed_status_check_is_waited_for_before_the_instance_is_replaced(bench: Any) -> None:
    fleet = bench.fleet(bench.group(), unknowns={"impaired_wait_s": 240}, faults=(InstancesFail(10, 1, "impaired"),))
    bench.play(fleet, 600)
    assert of(fleet, "terminate") == [(250, 10, 9)]
    assert fleet.serving == 10


def test_what_the_balancer_finds_is_found_after_its_checks(bench: Any) -> None:
    group = bench.group(health_check_type="ELB")
    fleet = bench.fleet(group, unknowns={"failed_checks_s": 65}, faults=(InstancesFail(10, 1, "hangs"),))
    bench.play(fleet, 600)
    assert of(fleet, "terminate") == [(75, 10, 9)]


@pytest.mark.parametrize(("when_all", "first"), [(1, 1), (10, 10)])
def test_of_a_group_that_fails_as_a_whole_only_some_are_marked(bench: Any, when_all: int, first: int) -> None:
    group = bench.group(health_check_type="ELB", maintenance=MaintenancePolicy(0, 100))
    unknowns = {"boot_s": 60, "marked_when_all": when_all}
    fleet = bench.fleet(group, unknowns=unknowns, faults=(InstancesFail(10, 10, "hangs"),))
    bench.play(fleet, 10)
    assert 10 - fleet.in_service == first
    bench.play(fleet, 3600)
    assert fleet.serving == 10


def test_standby_lowers_the_desired_capacity_and_gives_it_back(bench: Any) -> None:
    fleet = bench.fleet(bench.group(), faults=(OnStandby(60, 2, 600),))
    bench.play(fleet, 100)
    assert (fleet.in_service, fleet.standby, fleet.desired, fleet.launching) == (8, 2, 8, 0)
    bench.play(fleet, 700)
    assert (fleet.in_service, fleet.standby, fleet.desired, fleet.launched) == (10, 0, 10, 10)


def test_standby_without_decrement_launches_others_and_the_surplus_goes_later(bench: Any) -> None:
    fleet = bench.fleet(bench.group(), unknowns={"boot_s": 60}, faults=(OnStandby(60, 2, 600, decrement=False),))
    bench.play(fleet, 500)
    assert (fleet.in_service, fleet.standby, fleet.desired, fleet.launched) == (10, 2, 10, 12)
    bench.play(fleet, 700)
    assert (fleet.in_service, fleet.standby, fleet.terminated) == (10, 0, 2)


def test_standby_below_the_minimum_is_refused_in_words(bench: Any) -> None:
    fleet = bench.fleet(bench.group(min_size=9), faults=(OnStandby(60, 2),))
    bench.play(fleet, 100)
    assert (fleet.in_service, fleet.standby) == (10, 0)
    assert ["below the minimum of 9" in event.reason for event in fleet.events] == [True]


def test_scale_in_spares_what_is_protected(bench: Any) -> None:
    members = tuple(Member(f"i-{number}", "abc"[number % 3], protected=number < 7) for number in range(10))
    fleet = bench.fleet(bench.group(members=members, schedules=up(5)))
    bench.play(fleet, 100)
    assert (fleet.desired, fleet.in_service) == (5, 7), "the desired capacity falls, protected ones stay"


@pytest.mark.parametrize(
    ("process", "sizes"),
    [("Launch", (8, 0)), ("Terminate", (10, 0)), ("ReplaceUnhealthy", (10, 0)), ("HealthCheck", (10, 0))],
)
def test_a_suspended_process_stops_its_part_of_a_replacement(bench: Any, process: str, sizes: tuple[int, int]) -> None:
    fleet = bench.fleet(bench.group(suspended=frozenset({process})), faults=(InstancesFail(10, 2),))
    bench.play(fleet, 600)
    assert (fleet.in_service, fleet.launching) == sizes
    assert fleet.serving == 8


def test_without_registration_new_instances_are_in_service_and_serve_nobody(bench: Any) -> None:
    group = bench.group(schedules=up(14), behind_balancer=True, suspended=frozenset({"AddToLoadBalancer"}))
    fleet = bench.fleet(group)
    bench.play(fleet, 100)
    assert (fleet.in_service, fleet.serving) == (14, 10)


def test_a_refresh_stands_still_while_it_is_suspended(bench: Any) -> None:
    how = Preferences(min_healthy_percent=80)
    group = bench.group(version="shop:1", suspended=frozenset({"InstanceRefresh"}))
    fleet = bench.fleet(group, faults=(InstanceRefresh(10, "shop:2", preferences=how),))
    bench.play(fleet, 3000)
    assert (fleet.refreshes, fleet.launched) == (("InProgress",), 10)


def test_the_wait_between_failing_launches_doubles_up_to_its_longest(bench: Any) -> None:
    unknowns = {"retry_s": 60, "retry_longest_s": 240}
    fault = NoCapacity(0, until=700)
    slow = bench.fleet(bench.group(schedules=up(12)), unknowns=unknowns, faults=(fault,))
    quick = bench.fleet(bench.group(schedules=up(12)), unknowns={"retry_s": 60}, faults=(fault,))
    came = [of(fleet, "in_service")[0][0] for fleet in (slow, quick) if bench.play(fleet, 1500)]
    assert came[1] == 700, "what is open again is tried at once, whoever waits"
    assert came[0] >= came[1]


def test_after_a_day_of_failing_launches_aws_suspends_launching(bench: Any) -> None:
    fleet = bench.fleet(bench.group(schedules=up(12)), faults=(NoCapacity(0, until=30 * 3600),))
    bench.play(fleet, 31 * 3600)
    assert [event.cause.name for event in fleet.events if event.kind == "refused"][-1] == "administrative suspension"
    assert (fleet.in_service, fleet.launching, fleet.desired) == (10, 0, 12)


def test_subnets_without_addresses_keep_servers_away_until_some_leave(bench: Any) -> None:
    free = (("a", 1), ("b", 0), ("c", 0))
    fleet = bench.fleet(bench.group(schedules=up(13), subnet_addresses=free))
    bench.play(fleet, 100)
    assert (fleet.in_service, fleet.limited_by) == (11, "addresses")


def test_stopped_servers_of_the_pool_start_at_the_rate_of_their_own_bucket(bench: Any) -> None:
    group = bench.group(schedules=up(20), warm_pool=WarmPool(max_prepared=20))
    fleet = bench.fleet(group, unknowns={"burst": 4, "refill_per_s": 1})
    bench.play(fleet, 60)
    assert (fleet.in_service, fleet.pool, fleet.limited_by) == (14, 6, "launch rate")
    bench.play(fleet, 66)
    assert (fleet.in_service, fleet.pool, fleet.limited_by) == (20, 0, "")


def test_running_servers_of_the_pool_need_no_start(bench: Any) -> None:
    group = bench.group(schedules=up(20), warm_pool=WarmPool("Running", max_prepared=20))
    fleet = bench.fleet(group, unknowns={"burst": 4, "refill_per_s": 1})
    bench.play(fleet, 60)
    assert (fleet.in_service, fleet.limited_by) == (20, "")


def test_weights_fill_the_desired_capacity_and_exceed_it_by_less_than_one_server(bench: Any) -> None:
    group = bench.group(instance_type=InstanceType("c6i.large", 2, 4096, weight=4), schedules=up(22))
    fleet = bench.fleet(group)
    assert fleet.in_service == 3, "ten units are three servers of four"
    bench.play(fleet, 100)
    assert (fleet.desired, fleet.in_service) == (22, 6)
