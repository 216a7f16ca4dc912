"""Faults and replacement: what a group does about them, when, and what it says.

When a check finds something is not simulated, only what follows.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from floodgate.awsrules.instances.instance_refresh import Preferences
from floodgate.awsrules.model import InstanceType, MaintenancePolicy, Member
from floodgate.fleet.faults import (
    InstanceRefresh,
    InstancesFail,
    LaunchThrottling,
    MetricsDelayed,
    NoCapacity,
    SlowBoots,
    ZoneLost,
)

from .conftest import START


def of(events: list[Any], kind: str) -> list[tuple[int, Any, Any]]:
    """The events of a kind."""
    return [(event.second, event.before, event.after) for event in events if event.kind == kind]


def test_what_a_lost_zone_held_is_launched_in_the_others_and_levelled_when_it_is_back(bench: Any) -> None:
    fleet = bench.fleet(bench.group(desired=9), unknowns={"boot_s": 90}, faults=(ZoneLost(100, "a", 1000),))
    fleet.advance(100)
    assert (fleet.in_service, fleet.launching, fleet.zones["a"]) == (6, 3, 0)
    bench.play(fleet, 999)
    assert fleet.in_service == 9
    assert fleet.zones in ({"a": 0, "b": 5, "c": 4}, {"a": 0, "b": 4, "c": 5})
    bench.play(fleet, 3000)
    assert fleet.zones == {"a": 3, "b": 3, "c": 3}
    moved = [event.cause.kind for event in fleet.events if event.kind == "terminate" and event.second > 1000]
    assert set(moved) == {"rebalancing"}


def test_rebalancing_may_pass_the_maximum_by_a_tenth_and_no_more(bench: Any) -> None:
    """Source: GUIDE/auto-scaling-benefits.html: 10 percent or one, whichever is greater."""
    members = tuple(Member(f"i-{number}", "a" if number < 8 else "b") for number in range(10))
    fleet = bench.fleet(
        bench.group(desired=10, max_size=10, zones=("a", "b"), members=members), unknowns={"boot_s": 60}
    )
    most = 0
    for second in range(2000):
        fleet.advance(second)
        most = max(most, fleet.in_service + fleet.launching)
    assert (most, fleet.zones) == (11, {"a": 5, "b": 5})


def test_with_balanced_only_a_closed_zone_is_waited_for(bench: Any) -> None:
    group = bench.group(desired=9, zone_strategy="balanced-only")
    fleet = bench.fleet(group, faults=(ZoneLost(60, "a", 600),))
    bench.play(fleet, 599)
    assert (fleet.in_service, fleet.limited_by) == (6, "no capacity")
    bench.play(fleet, 700)
    assert (fleet.in_service, fleet.limited_by) == (9, "")


def test_without_capacity_of_the_first_type_another_is_taken(bench: Any) -> None:
    spare = InstanceType("c6a.large", 2, 4096)
    fault = NoCapacity(0, instance_type="c6i.large")
    fleet = bench.fleet(bench.group(min_size=12, other_types=(spare,)), faults=(fault,))
    assert fleet.desired == 10  # the plan is read as it is, before anything is due
    schedule = bench.fleet(bench.group(desired=10, other_types=(spare,)), faults=(fault, InstancesFail(5, 2)))
    bench.play(schedule, 60)
    assert (schedule.in_service, schedule.limited_by) == (10, "")


def test_without_any_capacity_the_group_says_so_once_and_tries_again(bench: Any) -> None:
    fleet = bench.fleet(bench.group(), faults=(NoCapacity(0, until=600), InstancesFail(10, 4)))
    events = bench.play(fleet, 700)
    told = [(event.second, event.cause.kind) for event in events if event.kind == "refused"]
    assert told == [(10, "capacity")]
    assert fleet.in_service == 10
    assert fleet.limited_by == ""


def test_slow_boots_take_longer_as_long_as_they_last(bench: Any) -> None:
    faults = (SlowBoots(0, 3, 50), InstancesFail(10, 1), InstancesFail(60, 1))
    events = bench.play(bench.fleet(bench.group(), unknowns={"boot_s": 30}, faults=faults), 200)
    assert [second for second, _, _ in of(events, "in_service")] == [90] or of(events, "in_service") == [(90, 8, 10)]


def test_throttled_launches_drip_and_flow_again_when_it_ends(bench: Any) -> None:
    faults = (LaunchThrottling(0, 0.1, 60), InstancesFail(1, 8))
    fleet = bench.fleet(bench.group(), faults=faults)
    bench.play(fleet, 59)
    assert (fleet.in_service, fleet.limited_by) == (2 + 1 + 5, "launch rate")
    bench.play(fleet, 70)
    assert (fleet.in_service, fleet.limited_by) == (10, "")


def test_delayed_metrics_delay_the_answer(bench: Any) -> None:
    group = bench.group(policies=(bench.tracking(100, warmup_s=600),))

    def load(end: int) -> float:
        return 150 if end > 600 else 90

    assert bench.desired(bench.fleet(group, load), 1200)[0] == (780, 15)
    late = bench.fleet(group, load, faults=(MetricsDelayed(0, 120),))
    assert bench.desired(late, 1200)[0] == (900, 15)


@pytest.mark.parametrize(("policy", "at_once"), [(None, 1), (MaintenancePolicy(50, 100), 4)])
def test_hanging_instances_are_replaced_a_tenth_at_a_time_or_as_the_policy_allows(
    bench: Any, policy: MaintenancePolicy | None, at_once: int
) -> None:
    """Source: GUIDE/ec2-auto-scaling-health-checks.html."""
    group = bench.group(health_check_type="ELB", maintenance=policy)
    fleet = bench.fleet(group, unknowns={"boot_s": 60}, faults=(InstancesFail(10, 4, "hangs"),))
    events = bench.play(fleet, 1200)
    first = next(event for event in events if event.kind == "terminate")
    assert (first.second, first.before - first.after) == (10, at_once)
    assert fleet.serving == 10


def test_with_a_lower_bound_of_a_hundred_percent_replacements_come_first(bench: Any) -> None:
    group = bench.group(health_check_type="ELB", maintenance=MaintenancePolicy(100, 120))
    fleet = bench.fleet(group, unknowns={"boot_s": 60}, faults=(InstancesFail(10, 1, "hangs"),))
    events = [event for event in bench.play(fleet, 400) if event.kind in ("launch", "terminate")]
    assert [(event.kind, event.second) for event in events] == [("launch", 10), ("terminate", 70)]


def test_nobody_finds_a_hanging_instance_where_only_ec2_is_asked(bench: Any) -> None:
    fleet = bench.fleet(bench.group(), faults=(InstancesFail(10, 4, "hangs"),))
    assert of(bench.play(fleet, 600), "terminate") == []
    assert (fleet.in_service, fleet.serving) == (10, 6)


def test_a_grace_period_postpones_what_the_balancer_finds(bench: Any) -> None:
    members = tuple(Member(f"i-{number}", "a") for number in range(3))
    group = bench.group(desired=3, members=members, zones=("a",), health_check_type="ELB", health_check_grace_s=300)
    faults = (InstancesFail(0, 1), InstancesFail(1, 9, "hangs"))
    events = bench.play(bench.fleet(group, unknowns={"boot_s": 0}, faults=faults), 600)
    assert any(event.second == 300 and event.kind == "terminate" for event in events)


def test_a_bad_version_never_gets_on_and_is_rolled_back(bench: Any) -> None:
    how = Preferences(min_healthy_percent=90, auto_rollback=True)
    group = bench.group(version="shop:1", health_check_type="ELB", health_check_grace_s=60)
    fault = InstanceRefresh(0, "shop:2", bad=True, preferences=how)
    fleet = bench.fleet(group, unknowns={"boot_s": 30}, faults=(fault,))
    bench.play(fleet, 4 * 3600)
    assert fleet.refreshes == ("Failed", "RollbackSuccessful")
    assert fleet.serving == 10


def test_a_good_version_replaces_everything_without_falling_below_its_percentage(bench: Any) -> None:
    how = Preferences(min_healthy_percent=80, warmup_s=60)
    fleet = bench.fleet(
        bench.group(version="shop:1"), unknowns={"boot_s": 30}, faults=(InstanceRefresh(0, "shop:2", preferences=how),)
    )
    least = 10
    for second in range(3000):
        fleet.advance(second)
        least = min(least, fleet.serving)
    assert (least, fleet.refreshes, fleet.launched) == (8, ("Successful",), 20)


def test_instances_are_replaced_before_their_maximum_lifetime_ends(bench: Any) -> None:
    born = START - timedelta(days=1) + timedelta(hours=1)
    members = tuple(Member(f"i-{number}", "abc"[number % 3], launched=born) for number in range(9))
    group = bench.group(desired=9, members=members, max_lifetime_s=86_400)
    fleet = bench.fleet(group, unknowns={"boot_s": 60})
    events = bench.play(fleet, 3600)
    replaced = sum(before - after for _, before, after in of(events, "terminate"))
    assert replaced == 9
    assert {event.cause.kind for event in events if event.kind == "terminate"} == {"lifetime"}


def test_a_fault_in_a_zone_that_the_group_does_not_have_is_refused(bench: Any) -> None:
    with pytest.raises(ValueError, match="zone 'x': the group has a, b, c"):
        bench.fleet(bench.group(), faults=(ZoneLost(0, "x"),))
