"""What must hold of the rules for any input, and arithmetic that follows from documented rules.

Proves invariants; the single figures AWS prints are in the files beside this one.
"""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floodgate.awsrules.balancer import capacity_units
from floodgate.awsrules.balancer.targets import HealthCheck
from floodgate.awsrules.cloudwatch import alarms
from floodgate.awsrules.cloudwatch.alarms import Datapoint
from floodgate.awsrules.database import connections
from floodgate.awsrules.instances import launching
from floodgate.awsrules.model import Alarm, Metric, ScheduledAction, Step, StepScaling, TargetTracking
from floodgate.awsrules.scaling import schedules, step_scaling, target_tracking
from floodgate.awsrules.scaling.capacity import Bounds, Wish, largest, rebalancing_limit, rebound

capacities = st.integers(1, 5_000)
loads = st.floats(0, 1e6)
targets = st.floats(0.1, 1e5)
LADDER = (Step(0, 10, 10), Step(10, 20, 20), Step(20, None, 40))


@pytest.mark.parametrize(
    ("capacity", "metric", "target", "expected"),
    [
        (3, 75, 50, 5),
        (4, 60, 50, 5),
        (1, 90, 50, 2),
        (10, 51, 50, 11),
        (20, 30, 50, 12),
        (4, 36, 50, 3),
        (12, 0.1, 0.1, 12),
    ],
)
def test_proportional_capacity_rounds_up(capacity, metric, target, expected):
    assert target_tracking.proportional(capacity, metric, target) == expected


@given(capacities, loads, targets, st.floats(0.01, 1))
def test_scale_in_never_predicts_a_breach_and_never_adds(capacity, metric, target, share):
    after = target_tracking.scale_in(capacity, metric, target, share)

    assert after <= capacity
    if after < capacity:
        assert capacity * metric / max(after, 1) <= target * (1 + 1e-6) or after == 0


@given(capacities, loads, loads, targets)
def test_more_load_never_asks_for_fewer_servers(capacity, one, other, target):
    less, more = sorted((one, other))

    assert target_tracking.scale_out(capacity, less, target, capacity) <= target_tracking.scale_out(
        capacity, more, target, capacity
    )


@given(st.integers(0, 1_000), st.floats(0, 100), st.floats(0, 100))
def test_a_higher_breach_never_takes_a_lower_step(capacity, one, other):
    policy = StepScaling("steps", "arn", "PercentChangeInCapacity", LADDER)
    less, more = sorted((one, other))

    low, high = (step_scaling.propose(policy, metric, 0, capacity, capacity) for metric in (less, more))

    assert low is not None
    assert high is not None
    assert low <= high


def test_a_smaller_breach_takes_nothing_back_of_what_is_on_its_way():
    policy = StepScaling("steps", "arn", "ChangeInCapacity", (Step(0, None, 1),))

    assert step_scaling.propose(policy, 5, 0, 10, 14) == 14


@given(st.floats(-1e4, 1e4))
def test_rounding_is_towards_zero_but_never_to_zero(raw):
    change = step_scaling.rounded(raw)

    assert (change == 0) == (raw == 0)
    assert abs(change) <= max(abs(raw), 1)


@given(st.permutations([Wish("a", 5, ""), Wish("b", 9, ""), Wish("c", 9, ""), Wish("d", 1, "")]))
def test_the_order_of_policies_does_not_matter(wishes):
    won = largest(wishes)

    assert won
    assert won.policy == "b"


@given(
    st.tuples(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50)),
    *[st.none() | st.integers(0, 50)] * 3,
)
def test_a_group_is_never_left_outside_its_limits(sizes, minimum, maximum, desired):
    low, middle, high = sorted(sizes)
    if minimum is not None and maximum is not None and minimum > maximum:
        return  # AWS refuses it

    after = rebound(Bounds(low, high, middle), minimum, maximum, desired)

    assert after.minimum <= after.desired <= after.maximum
    assert minimum in (None, after.minimum)
    assert maximum in (None, after.maximum)


@given(st.lists(st.none() | st.floats(0, 20), min_size=5, max_size=5), st.integers(1, 3))
def test_breaching_data_never_make_an_alarm_calmer(points, to_alarm):
    def judged(treat):
        alarm = Alarm("a", Metric("n", "m"), "GreaterThanThreshold", 10, 60, 3, to_alarm, treat)
        return alarms.evaluate(alarm, points, "OK")

    assert judged("breaching") == "ALARM" or judged("notBreaching") != "ALARM"
    if None not in points:
        assert len({judged(treat) for treat in ("missing", "ignore", "breaching", "notBreaching")}) == 1


def test_a_high_alarm_acts_each_minute_from_the_third_breach_to_the_first_good_minute():
    alarm = Alarm("a", Metric("n", "m"), "GreaterThanThreshold", 10, 60, 3, 3)
    series, state, acted = [5, 20, 20, 20, 20, 20, 5, 5], "OK", []

    for minute in range(1, len(series) + 1):
        before, state = state, alarms.evaluate(alarm, [None] * 5 + series[:minute], state)
        if alarms.runs_action(before, state, "autoscaling"):
            acted.append(minute)

    assert acted == [4, 5, 6]


@pytest.mark.parametrize(
    ("comparison", "below", "equal", "above"),
    [
        ("GreaterThanThreshold", False, False, True),
        ("GreaterThanOrEqualToThreshold", False, True, True),
        ("LessThanThreshold", True, False, False),
        ("LessThanOrEqualToThreshold", True, True, False),
    ],
)
def test_only_two_comparisons_include_the_threshold(comparison, below, equal, above):
    alarm = Alarm("a", Metric("n", "m"), comparison, 10, 60, 1, 1)

    assert [alarms.breaches(alarm, value) for value in (9, 10, 11)] == [below, equal, above]


def test_a_window_with_no_datapoint_is_missing():
    points = [None, None, Datapoint(4, 2, 1, 3)]

    assert alarms.sliding(points, 1, 4, "Average") == [None, None, None, 2]
    assert alarms.sliding(points, 2, 2, "Maximum") == [None, 3]
    assert alarms.sliding(points, 1, 1, "p99") == [None], "percentiles need every value"


def test_target_trackings_alarms_are_strict_and_named_by_group():
    policy = TargetTracking("cpu", "arn", 20, predefined="ASGAverageCPUUtilization")
    high, low = target_tracking.alarms(policy, "web", 0.7)

    assert (high.threshold, high.comparison, high.evaluation_periods) == (20, "GreaterThanThreshold", 3)
    assert (round(low.threshold, 9), low.comparison, low.evaluation_periods) == (14, "LessThanThreshold", 15)
    assert high.name.startswith("TargetTracking-web-AlarmHigh-")
    assert isinstance(high.metric, Metric)
    assert high.metric.dimensions == (("AutoScalingGroupName", "web"),)


@given(st.lists(st.tuples(st.integers(0, 600), st.integers(0, 30)), max_size=50))
def test_a_bucket_never_grants_more_than_it_ever_held(requests):
    bucket, granted, now = launching.full(1000, 2.0), 0, 0
    for wanted, pause in requests:
        now += pause
        bucket, got = bucket.take(wanted, now)
        granted += got

        assert got <= wanted
        assert granted <= 1000 + 2 * now


def test_an_empty_bucket_is_full_again_after_500_seconds():
    bucket, _ = launching.full(1000, 2.0).take(1000, 0)

    assert (bucket.level(499), bucket.level(500), bucket.level(5_000)) == (998, 1000, 1000)


zones = st.sampled_from(["Asia/Seoul", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"])


@given(
    st.integers(0, 5_000_000).map(lambda minutes: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)),
    zones,
    st.integers(0, 23),
    st.integers(0, 59),
)
def test_a_daily_recurrence_fires_once_a_local_day_and_strictly_later(after, zone, hour, minute):
    action = ScheduledAction("daily", recurrence=f"{minute} {hour} * * *", time_zone=zone, desired=1)

    fires = list(schedules.fires(action, after, after + timedelta(days=5)))

    assert len(fires) in (4, 5, 6), "clock changes move a fire by at most an hour"
    assert after < fires[0]
    assert fires == sorted(set(fires))


def test_a_time_that_the_clocks_skip_fires_right_after_the_gap():
    action = ScheduledAction("night", recurrence="30 2 * * *", time_zone="Europe/Berlin", desired=1)

    fire = schedules.next_fire(action, datetime(2027, 3, 27, 12, tzinfo=UTC))

    assert fire == datetime(2027, 3, 28, 1, tzinfo=UTC)


def test_actions_of_one_instant_come_by_name():
    at = datetime(2027, 8, 9, 11, tzinfo=UTC)
    actions = [ScheduledAction(name, start=at, desired=1) for name in ("b", "a")]

    assert [action.name for _, action in schedules.between(actions, at - timedelta(1), at)] == ["a", "b"]


def test_rebalancing_may_pass_the_maximum_by_a_tenth_or_one():
    assert [rebalancing_limit(maximum) for maximum in (1, 10, 55)] == [2, 11, 60]


def test_default_health_checks_find_a_dead_target_in_about_a_minute():
    check = HealthCheck()

    assert check.unhealthy_after_s() == (30, 65)
    assert check.recovered_after_s() == (120, 150)
    assert check.first_pass_s() == (0, 30), "a new target needs one pass only"


def test_capacity_units_are_the_largest_dimension():
    traffic = capacity_units.Traffic(new_connections_per_s=50, active_connections=3_000, requests_per_s=100, rules=60)

    assert capacity_units.lcu(traffic) == pytest.approx(5)
    assert capacity_units.lcu(capacity_units.Traffic(requests_per_s=1e6, rules=10)) == 0, "ten rules are free"


@pytest.mark.parametrize(
    ("engine", "gib", "expected"),
    [("mysql", 16, 1365), ("postgres", 16, 1802), ("mariadb", 16, 682), ("postgres", 256, 5000)],
)
def test_connections_follow_memory_up_to_the_engines_limit(engine, gib, expected):
    assert connections.max_connections(engine, "db.r7g.x", gib * 1024) == expected
    assert connections.max_connections(engine, "db.r7g.x", gib * 1024, reserved_share=0.05) <= expected


def test_a_proxy_takes_its_share_and_readers_follow_their_mean():
    assert connections.proxy_connections(1000, 80) == 800
    assert connections.readers_wanted(3, 63.33, 40) == 5
    assert connections.readers_wanted(10, 100, 40) == 15, "a cluster has at most fifteen replicas"
    with pytest.raises(KeyError):
        connections.max_connections("db2", "db.r7g.large", 16_384)
