"""What must hold of policies, schedules and limits for any input.

Proves invariants; the single figures AWS prints are in the files beside this one.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from floodgate.awsrules.model import PredictiveScaling, ScheduledAction, Step, StepScaling, TargetTracking
from floodgate.awsrules.scaling import (
    application_autoscaling,
    cooldowns,
    cron,
    predictive,
    schedules,
    step_scaling,
    target_tracking,
    warmup,
    weights,
)
from floodgate.awsrules.scaling.capacity import Bounds, Wish
from floodgate.awsrules.scaling.several_policies import decide
from floodgate.awsrules.scaling.target_tracking_alarms import Periods, alarm_name

POLICY = TargetTracking("cpu", "arn", 50, predefined="ASGAverageCPUUtilization")
BEGIN = datetime(2024, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
instants = st.integers(0, 5_000_000).map(lambda minutes: BEGIN + timedelta(minutes=minutes))
sizes = st.integers(0, 40)
kinds = st.sampled_from(["out", "in", "hold", "no data"])
wishes = st.lists(st.builds(Wish, st.sampled_from("abcdef"), sizes, st.just("")), max_size=5)
votes = st.lists(
    st.builds(target_tracking.Vote, kinds, st.builds(Wish, st.sampled_from("xyz"), sizes, st.just("")), st.booleans()),
    max_size=4,
)
bounds = st.lists(sizes, min_size=3, max_size=3).map(sorted).map(lambda found: Bounds(found[0], found[2], found[1]))
forecasts = st.none() | st.builds(Wish, st.just("forecast"), sizes, st.just(""))
LADDER = (Step(None, -10, -20), Step(-10, 0, -10), Step(0, 10, 10), Step(10, None, 30))
ECS = application_autoscaling.SERVICES["ecs:service:DesiredCount"]


@given(bounds, votes, wishes, forecasts, st.booleans())
def test_whatever_is_decided_is_within_the_limits_and_a_change(limits, said, asked, forecast, blocked):
    won = decide(limits, said, asked, forecast=forecast, scale_in_blocked=blocked)

    if won is not None:
        assert limits.minimum <= won.capacity <= limits.maximum
        assert won.capacity != limits.desired
        assert not (blocked and won.capacity < limits.desired)
        assert forecast is None or won.capacity >= min(forecast.capacity, limits.maximum, limits.desired)


@given(bounds, votes, wishes, forecasts, st.randoms(use_true_random=False))
def test_the_order_of_policies_changes_nothing(limits, said, asked, forecast, shuffler):
    first = decide(limits, said, asked, forecast=forecast)
    shuffler.shuffle(said)
    shuffler.shuffle(asked)

    assert decide(limits, said, asked, forecast=forecast) == first


@given(bounds, votes, wishes)
def test_any_wish_for_more_beats_all_for_less(limits, said, asked):
    more = [Wish("more", limits.desired + 1, "")] if limits.desired < limits.maximum else []

    won = decide(limits, said, [*asked, *more])

    assert not more or (won is not None and won.capacity > limits.desired)


@given(st.floats(0, 200), st.floats(0, 200), st.integers(1, 100))
def test_more_load_never_votes_for_fewer_servers(one, other, capacity):
    def wanted(metric):
        states = ("ALARM" if metric > 50 else "OK", "ALARM" if metric < 35 else "OK")
        seen = target_tracking.Sizes(capacity, capacity, capacity)
        return target_tracking.vote(
            POLICY, states, metric, seen, capacity_base=capacity, scale_in_share=1
        ).wish.capacity

    less, more = sorted((one, other))

    assert wanted(less) <= wanted(more)
    assert wanted(less) >= capacity or capacity * less <= 50 * wanted(less) * (1 + 1e-6) + 1e-6, "no breach predicted"


@given(st.floats(-60, 100), st.floats(-60, 100), st.integers(0, 500), st.integers(0, 50), st.integers(0, 20))
def test_a_higher_metric_never_steps_to_fewer_servers(one, other, warm, coming, leaving):
    policy = StepScaling("steps", "arn", "PercentChangeInCapacity", LADDER, min_adjustment_magnitude=2)
    less, more = sorted((one, other))

    low, high = (
        step_scaling.answer(policy, [metric], 0, warm=warm, desired=warm + coming, terminating=leaving).capacity
        for metric in (less, more)
    )

    assert low <= high
    assert step_scaling.answer(policy, [less], 0, warm=warm, desired=warm, warming=1).capacity >= warm


@given(st.floats(0, 500), st.floats(0, 500), st.integers(0, 50), st.integers(0, 30), st.integers(0, 600))
def test_application_auto_scaling_holds_its_bounds_and_is_monotone(one, other, current, before, now_s):
    last = application_autoscaling.Activity("out", min(before, current), 0)
    less, more = (
        application_autoscaling.track(ECS, metric, 100, current, last, now_s=now_s, minimum=2, maximum=30)
        for metric in sorted((one, other))
    )

    assert 2 <= less <= more <= 30


@given(st.integers(0, 200), st.integers(0, 200), st.integers(1, 20))
def test_weighted_launches_reach_the_desired_capacity_and_pass_it_by_less_than_one_instance(desired, current, weight):
    launched = weights.launches(desired, current, weight)

    assert current + launched * weight >= desired
    assert weights.overage(desired, current, weight) < weight
    assert (launched > 0) == (current < desired)


@given(st.integers(0, 100), st.lists(st.integers(1, 12), max_size=12))
def test_weighted_terminations_never_leave_too_few_and_leave_nobody_that_could_go(desired, held):
    gone = weights.terminations(desired, held)
    left = [weight for place, weight in enumerate(held) if place not in gone]

    assert not gone or sum(left) >= desired
    assert all(sum(left) - weight < desired for weight in left)


@settings(max_examples=60)
@given(
    instants,
    st.sampled_from(["Asia/Seoul", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca"]),
    st.sampled_from(["30 2 * * *", "*/20 1-3 * * *", "0 0 1 * 1", "15,45 2 * * 7", "0 */6 * * *"]),
)
def test_each_fire_is_later_than_the_one_before_and_the_same_from_wherever_one_asks(after, zone, expression):
    first = cron.next_fire(expression, zone, after)
    assert first
    second = cron.next_fire(expression, zone, first)

    assert second
    assert after < first < second
    middle = after + (first - after) / 2
    assert cron.next_fire(expression, zone, middle) == first


@given(instants, st.integers(1, 600))
def test_a_plan_shifted_by_minutes_fires_shifted(at, minutes):
    shift = timedelta(minutes=minutes)
    action = ScheduledAction("once", start=at, desired=1)
    shifted = replace(action, start=at + shift)
    window = at - timedelta(hours=1), at + timedelta(hours=1)

    fires = [fire for fire, _ in schedules.between([action], *window)]

    assert [fire for fire, _ in schedules.between([shifted], *(end + shift for end in window))] == [
        fire + shift for fire in fires
    ]


@settings(max_examples=60)
@given(instants, st.integers(0, 58), st.integers(0, 23))
def test_a_recurrence_a_minute_later_fires_a_minute_later(after, minute, hour):
    early, late = (cron.next_fire(f"{m} {hour} * * 1-5", "UTC", after) for m in (minute, minute + 1))

    assert early
    assert late
    # asked between the two, the earlier one is that of the next day
    assert late - early == MINUTE or early - late > timedelta(hours=23)
    assert cron.next_fire(f"{minute + 1} {hour} * * 1-5", "UTC", after + MINUTE) == early + MINUTE


@given(st.lists(st.integers(0, 900), max_size=8), st.integers(0, 900), st.integers(0, 900), st.integers(-500, 500))
def test_warmup_and_cooldown_know_no_hour(began, now, length, shift):
    warm = warmup.warm(began, now, length)

    assert warmup.warm([at + shift for at in began], now + shift, length) == warm
    assert warmup.warm(began, now + 60, length) >= warm >= warmup.warm(began, now, length + 60)
    for scale_in in (True, False):
        waits = cooldowns.waits("step", scale_in=scale_in, now_s=now, ends_s=length)
        assert cooldowns.waits("step", scale_in=scale_in, now_s=now + shift, ends_s=length + shift) is waits


@given(st.lists(st.integers(0, 60), min_size=1, max_size=6), st.integers(0, 3599), st.integers(0, 8 * 3600), bounds)
def test_a_forecast_never_takes_away_and_a_raised_maximum_stays(capacities, buffer_s, second, limits):
    policy = PredictiveScaling("p", "arn", "ForecastAndScale", buffer_s, "IncreaseMaxCapacity", 10)
    hourly = [(BEGIN + timedelta(hours=hour), capacity) for hour, capacity in enumerate(capacities)]
    forecast = predictive.forecast_at(policy, hourly, BEGIN + timedelta(seconds=second))
    after = predictive.bounds_after(policy, forecast or 0, limits)

    assert after.desired >= limits.desired
    assert after.maximum >= limits.maximum
    assert after.minimum <= after.desired <= after.maximum
    assert predictive.bounds_after(policy, 0, after) == after
    assert predictive.bounds_after(replace(policy, mode="ForecastOnly"), 99, limits) == limits
    assert predictive.actions(replace(policy, mode="ForecastOnly"), hourly, BEGIN - timedelta(1), BEGIN) == []
    assert predictive.wish(replace(policy, mode="ForecastOnly"), hourly, BEGIN) is None
    held = predictive.wish(policy, hourly, BEGIN)
    assert held
    assert held.capacity >= capacities[0]


def test_equal_policies_have_equally_named_alarms_and_others_have_others():
    names = {
        alarm_name(replace(POLICY, name=name), group, side)
        for name in "ab"
        for group in "wv"
        for side in ("High", "Low")
    }

    assert len(names) == 8
    assert alarm_name(POLICY, "web", "High") == alarm_name(replace(POLICY), "web", "High")


@pytest.mark.parametrize("delay_s", [-1, 121])
def test_a_schedule_is_never_early_nor_later_than_two_minutes(delay_s):
    with pytest.raises(ValueError, match="0 to 120 s"):
        schedules.runs_at(BEGIN, delay_s)
    assert schedules.runs_at(BEGIN, 120) == schedules.latest(BEGIN)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Periods(0, 15),
        lambda: weights.check(0),
        lambda: weights.check(1000),
        lambda: target_tracking.alarms(POLICY, "web", 0.7, 20),
    ],
)
def test_values_that_aws_does_not_have_are_refused_with_a_remedy(make):
    with pytest.raises(ValueError, match="; "):
        make()


@pytest.mark.parametrize(
    ("action", "over"),
    [
        (ScheduledAction("a", start=BEGIN, desired=1), True),
        (ScheduledAction("a", start=BEGIN + timedelta(1), desired=1), False),
        (ScheduledAction("a", recurrence="0 9 * * *", desired=1), False),
    ],
)
def test_one_time_actions_are_gone_once_they_have_run(action, over):
    assert schedules.is_over(action, BEGIN) is over


@pytest.mark.parametrize(("period_s", "periods"), [(60, (3, 15)), (30, (3, 30)), (10, (3, 90))])
def test_alarms_of_shorter_periods_are_quicker_above_the_target_and_as_patient_below_it(period_s, periods):
    high, low = target_tracking.alarms(replace(POLICY, period_s=period_s), "web", 0.7)

    assert (high.evaluation_periods, low.evaluation_periods) == periods
    assert (high.period_s, low.period_s) == (period_s, period_s)
    given_periods = target_tracking.alarms(POLICY, "web", 0.7, periods=Periods(1, 2))
    assert [alarm.datapoints_to_alarm for alarm in given_periods] == [1, 2]
