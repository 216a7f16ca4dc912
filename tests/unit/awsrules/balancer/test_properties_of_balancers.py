"""What must hold of the balancer's rules for any input, and arithmetic that follows from documented rules.

Proves invariants, and that the event times agree with a check-by-check replay; AWS's own examples are beside this file.
"""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from floodgate.awsrules.balancer import (
    capacity_units,
    draining,
    fail_open,
    health_checks,
    quotas,
    ramp,
    reservation,
    slow_start,
    target_metrics,
    targets,
)
from floodgate.awsrules.balancer.capacity_units import Traffic
from floodgate.awsrules.balancer.fail_open import Threshold
from floodgate.awsrules.balancer.health_checks import HealthCheck

checks = st.builds(
    HealthCheck, st.integers(5, 300).map(float), st.integers(2, 120).map(float), st.integers(2, 10), st.integers(2, 10)
)
zones = st.dictionaries(
    st.sampled_from("abc"), st.tuples(st.integers(0, 20), st.integers(0, 20)).map(lambda p: (p[0], sum(p))), min_size=1
)
thresholds = st.builds(Threshold, st.one_of(st.none(), st.integers(1, 10)), st.one_of(st.none(), st.integers(1, 100)))
DEFAULT = HealthCheck()


def phase(check, share):
    return check.interval_s * share


# -- health checks


@given(checks, st.integers(0, 3000), st.floats(0, 0.99))
def test_the_moment_of_health_is_that_of_a_replay(check, answers_s, share):
    phase_s = phase(check, share)
    at_s = health_checks.healthy_s(check, 0, answers_s, phase_s)
    changes = health_checks.changes(check, 0, at_s + 1, lambda now_s: now_s >= answers_s - 1e-6, phase_s)

    assert changes[-1][1] == "healthy"
    assert changes[-1][0] == pytest.approx(at_s)


@given(checks, st.integers(0, 3000), st.floats(0, 0.99))
def test_the_moment_of_death_is_that_of_a_replay(check, lives_s, share):
    phase_s = phase(check, share)
    dies_s = phase_s + lives_s + 1
    at_s = health_checks.unhealthy_s(check, 0, dies_s, phase_s)
    changes = health_checks.changes(check, 0, at_s + 1, lambda now_s: now_s < dies_s - 1e-6, phase_s)

    assert [state for _, state in changes] == ["healthy", "unhealthy"]
    assert changes[-1][0] == pytest.approx(at_s)


@given(checks, st.integers(0, 10_000), st.floats(0, 0.99))
def test_event_times_are_within_the_ranges(check, at_s, share):
    phase_s = phase(check, share)
    assume(at_s > phase_s)
    least_s, most_s = check.unhealthy_after_s()
    back_s = health_checks.recovered_s(check, 0, at_s, phase_s) - at_s

    for hangs in (False, True):
        dead_s = health_checks.unhealthy_s(check, 0, at_s, phase_s, hangs=hangs) - at_s
        assert least_s - 1e-3 <= dead_s <= most_s + 1e-3
    assert check.recovered_after_s()[0] - 1e-3 <= back_s <= check.recovered_after_s()[1] + 1e-3


def test_default_settings_find_and_forgive_in_about_a_minute_and_two():
    assert [health_checks.unhealthy_s(DEFAULT, 0, second) - second for second in (30, 31, 59)] == [30, 59, 31]
    assert [health_checks.recovered_s(DEFAULT, 0, second) - second for second in (30, 31)] == [120, 149]
    assert health_checks.unhealthy_s(DEFAULT, 0, 30, hangs=True) == 65


@pytest.mark.parametrize(
    ("answers_s", "phase_s", "expected"),
    [(0, 0, 0), (0, 12, 12), (20, 0, 30), (30, 0, 30), (31, 0, 60 + 120), (40, 15, 45), (46, 15, 75 + 120)],
)
def test_a_target_that_boots_too_slowly_needs_the_whole_healthy_threshold(answers_s, phase_s, expected):
    assert health_checks.healthy_s(DEFAULT, 0, answers_s, phase_s) == expected


def test_an_outage_between_two_checks_is_never_seen():
    changes = health_checks.changes(DEFAULT, 0, 300, lambda now_s: not 31 <= now_s < 59)

    assert changes == ((0, "healthy"),)


def test_checks_come_at_their_interval_from_the_first_one_on():
    check = HealthCheck(10)

    assert [at_s for at_s, _ in zip(health_checks.checks_s(check, 100, 3), range(3), strict=False)] == [103, 113, 123]
    assert health_checks.next_check_s(check, 100, 3, 0) == 103
    assert health_checks.next_check_s(check, 100, 3, 113) == 113
    assert health_checks.next_check_s(check, 100, 3, 113.1) == 123


# -- slow start, draining


@given(st.lists(st.floats(0, 2000), max_size=20), st.integers(0, 20), st.integers(0, 900))
def test_shares_make_one_whole(ages_s, full, slow_start_s):
    assume(ages_s or full)
    each, slow = slow_start.shares(ages_s, full, slow_start_s)

    assert full * each + sum(slow) == pytest.approx(1)
    assert all(share <= each + 1e-9 for share in slow) or not full
    assert slow_start.effective(ages_s, full, slow_start_s) <= full + len(ages_s)


@given(st.floats(0, 1000), st.floats(0, 1000), st.integers(30, 900))
def test_a_share_never_falls_with_age(one_s, other_s, slow_start_s):
    young_s, old_s = sorted((one_s, other_s))

    assert (
        0 <= slow_start.slow_start_share(young_s, slow_start_s) <= slow_start.slow_start_share(old_s, slow_start_s) <= 1
    )


def test_only_new_targets_without_an_age_share_evenly():
    assert slow_start.shares([0.0, 0.0], 0, 60) == (0.0, (0.5, 0.5))
    assert slow_start.shares([30.0], 1, 60)[0] == pytest.approx(2 / 3)
    assert slow_start.slow_start_share(-1, 60) == 0


def test_without_slow_start_nobody_starts_slowly():
    assert not slow_start.begins(0, 5)
    assert slow_start.ends_s(100, 60, 500) == 160


@given(st.floats(0, 1e6), st.integers(0, 3600), st.one_of(st.none(), st.floats(0, 2e6)))
def test_draining_ends_between_its_beginning_and_its_delay(deregistered_s, delay_s, idle_s):
    end_s = draining.completes_s(deregistered_s, delay_s, idle_s)

    assert deregistered_s <= end_s <= deregistered_s + delay_s
    assert not draining.cut_off(delay_s, delay_s)


# -- fail open


@given(zones, thresholds, st.booleans())
def test_requests_go_to_healthy_targets_or_to_all(targets_of, threshold, cross_zone):
    receiving = fail_open.receiving_by_zone(targets_of, threshold, cross_zone=cross_zone)

    assert all(receiving[zone] in targets_of[zone] for zone in targets_of)
    assert set(fail_open.zones_in_dns(targets_of, threshold, cross_zone=cross_zone)) <= set(targets_of)
    assert fail_open.zones_in_dns(targets_of, threshold, cross_zone=cross_zone)


@given(zones)
def test_somebody_gets_requests_as_long_as_a_target_is_registered(targets_of):
    receiving = fail_open.receiving_by_zone(targets_of)

    assert (sum(receiving.values()) > 0) == (sum(registered for _, registered in targets_of.values()) > 0)


def test_by_default_the_last_healthy_target_keeps_the_others_out():
    assert fail_open.receiving_by_zone({"a": (1, 5), "b": (0, 5)}) == {"a": 1, "b": 0}
    assert fail_open.receiving_by_zone({"a": (1, 5), "b": (0, 5)}, cross_zone=False) == {"a": 1, "b": 5}
    assert fail_open.zones_in_dns({"a": (1, 5), "b": (0, 5)}, cross_zone=False) == ("a",)
    assert fail_open.receiving(1, 5, Threshold(2)) == 5
    assert fail_open.receiving(2, 5, Threshold(None)) == 2
    assert fail_open.consistent(Threshold(1, 50), Threshold(1, 49)) is False
    assert fail_open.consistent(Threshold(1, 50), Threshold(None))


# -- metrics


@given(st.floats(0, 1e9), st.integers(0, 1000), st.integers(0, 1000))
def test_the_requests_of_all_that_are_divided_by_are_all_requests(requests, healthy, more):
    metric = target_metrics.requests_per_target(requests, healthy, healthy + more)

    assert metric * (healthy or more or 1) == pytest.approx(requests)


def test_six_thousand_requests_and_four_healthy_are_fifteen_hundred_each():
    assert targets.requests_per_target(6000, 4, 5) == 1500
    assert targets.requests_per_target(6000, 0, 0) == 6000


def test_draining_targets_are_no_hosts():
    assert target_metrics.healthy_host_count(["draining", "unused"]) is None
    assert target_metrics.unhealthy_host_count(["draining", "healthy"]) == 0
    assert target_metrics.request_count(1, 2) == 0
    assert target_metrics.reported(3, always=False) == 3


# -- capacity


@given(st.builds(Traffic, *[st.floats(0, 1e5)] * 4, st.integers(0, 100), st.floats(0, 1e3)))
def test_units_are_the_largest_of_their_dimensions(traffic):
    assert capacity_units.lcu(traffic) == max(capacity_units.dimensions(traffic).values())


@given(st.floats(1, 1e6), st.floats(1, 1e6), st.floats(10, 1000))
def test_growth_reaches_what_is_wanted_when_it_says(capacity, wanted, doubling_s):
    ready_s = ramp.ready_s(capacity, wanted, doubling_s)

    assert ready_s >= 0
    assert ramp.ramped(capacity, ready_s, doubling_s) == pytest.approx(max(capacity, wanted))


def test_nothing_never_grows_and_only_the_excess_is_refused():
    assert ramp.ready_s(0, 1) == float("inf")
    assert ramp.ready_s(0, 0) == 0
    assert [ramp.refused_share(offered, 100) for offered in (0, 100, 200, 400)] == [0, 0, 0.5, 0.75]


@given(st.integers(0, 15_000), st.integers(0, 20_000))
def test_what_is_reserved_is_paid_and_never_less_than_used(reserved, used):
    assert sum(reservation.billed_lcu(reserved, used)) == max(reserved, used) == reservation.capacity(reserved, used)


def test_a_reservation_falls_twice_in_24_hours():
    assert reservation.may_change(200, 200, [0, 0, 0], 1)
    assert not reservation.may_change(200, 100, [0, 3600], 86_399)
    assert reservation.may_change(200, 100, [0, 3600], 86_400)
    assert reservation.may_change(200, 100, [90_000, 90_000], 80_000), "what is still to come does not count"
    assert not reservation.allowed(200, quota_lcu=150)
    assert reservation.estimate([]) == 0


def test_what_exceeds_a_quota_is_named_with_both_numbers():
    assert quotas.exceeded({"targets per load balancer": 1000}) == {}
    assert quotas.exceeded({"targets per load balancer": 1001}) == {"targets per load balancer": (1001, 1000)}
    assert quotas.exceeded({"targets per load balancer": 1001}, {"targets per load balancer": 2000}) == {}
    assert set(quotas.QUOTAS) >= quotas.FIXED
    with pytest.raises(KeyError):
        quotas.exceeded({"lifts per load balancer": 1})
