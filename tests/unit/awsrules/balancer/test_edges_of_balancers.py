"""Single cases at the edges of the balancer's rules, where one off would go unnoticed.

Proves those cases; what holds for any input and AWS's own examples are in the files beside this one.
"""

from floodgate.awsrules.balancer import (
    capacity_units,
    fail_open,
    health_checks,
    ramp,
    reservation,
    slow_start,
    target_metrics,
)
from floodgate.awsrules.balancer.capacity_units import Traffic
from floodgate.awsrules.balancer.fail_open import Threshold
from floodgate.awsrules.balancer.health_checks import Health, HealthCheck

CHECK = HealthCheck()


def test_a_new_target_is_initial_for_one_failure_and_unhealthy_from_the_second_on():
    assert [health_checks.after_initial_failure(failures, CHECK).state for failures in (0, 1, 2, 3)] == [
        "initial", "initial", "unhealthy", "unhealthy",
    ]  # fmt: skip
    assert health_checks.changes(CHECK, 0, 60, lambda _: False) == ((30, "unhealthy"),)
    assert health_checks.changes(CHECK, 0, 29, lambda _: False) == ()
    assert health_checks.changes(CHECK, 0, 30, lambda _: False) == ((30, "unhealthy"),), "the last moment counts"


def test_the_clock_of_checks_begins_with_the_registration():
    assert health_checks.healthy_s(CHECK, 1000, 1020) == 1030
    assert health_checks.healthy_s(CHECK, 1000, 1031) == 1060 + 120
    assert health_checks.healthy_s(CHECK, 1000, 0) == 1000
    assert health_checks.changes(CHECK, 1000, 1100, lambda _: True, 7) == ((1007, "healthy"),)
    assert next(health_checks.checks_s(CHECK, 5)) == 5
    assert CHECK.first_pass_s() == (0, 30)


def test_a_result_that_agrees_starts_the_count_anew():
    assert health_checks.after(Health("unhealthy", 4), CHECK, passed=False) == Health("unhealthy", 0)
    assert health_checks.after(Health("unhealthy", 3), CHECK, passed=True) == Health("unhealthy", 4)


def test_half_a_percent_below_is_below():
    assert not Threshold(None, 50).missed(50, 100)
    assert Threshold(None, 50).missed(499, 1000)
    assert not Threshold(None, 100).missed(100, 100)
    assert not Threshold(None, None).missed(0, 0)


def test_with_cross_zone_balancing_all_zones_leave_dns_together_or_none():
    targets = {"a": (0, 5), "b": (2, 5)}

    assert fail_open.zones_in_dns(targets, Threshold(3)) == ("a", "b"), "none is enough, so all stay"
    assert fail_open.zones_in_dns(targets, Threshold(2)) == ("a", "b")
    assert fail_open.zones_in_dns(targets, Threshold(2), cross_zone=False) == ("b",)


def test_the_shortest_slow_start_and_its_worth():
    assert slow_start.slow_start_share(0.5, 1) == 0.5
    assert slow_start.begins(1, 1)
    assert slow_start.effective([30.0], 2, 60) == 2.5


def test_small_capacities_grow_like_large_ones():
    assert ramp.ready_s(0.5, 1) == 300
    assert ramp.ramped(1, 1e9) > 1e100, "a balancer that grows for ever does not overflow"
    assert not reservation.may_change(2, 1, [4, 4], 4)
    assert target_metrics.request_count(100) == 100
    assert capacity_units.dimensions(Traffic(requests_per_s=100, rules=10))["rule evaluations"] == 0
