"""Edges of Application Auto Scaling, schedules, forecasts and weights where one more or one less decides.

Proves what the rules say at their own boundaries; the figures AWS prints are in the files beside this one.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from floodgate.awsrules.model import (
    ScheduledAction,
    Step,
    StepScaling,
)
from floodgate.awsrules.scaling import (
    application_autoscaling,
    capacity,
    cron,
    predictive,
    schedules,
    weights,
)
from floodgate.awsrules.scaling.application_autoscaling import Activity, Service, scale_by_steps, track

STEPS = StepScaling("steps", "steps-arn", "ChangeInCapacity", (Step(0, 10, 1), Step(10, None, 3), Step(None, 0, -1)))


class TestApplicationAutoScaling:
    @pytest.mark.parametrize(("metric", "included", "low"), [(90, False, False), (90, True, True), (89, False, True)])
    def test_only_some_services_count_the_low_threshold_as_low(self, metric, included, low):
        assert Service(low_included=included).is_low(metric, 100) is low

    def test_a_metric_at_the_target_adds_nothing(self):
        shards = application_autoscaling.SERVICES["elasticache:replication-group:NodeGroups"]

        assert track(shards, 60, 60, 50, None, now_s=0, minimum=1, maximum=100) == 50

    def test_the_least_step_is_rounded_up(self):
        service = Service(least_step_percent=20)
        sizes = [track(service, 101, 100, n, None, now_s=0, minimum=1, maximum=999) for n in (1, 7, 101)]

        assert sizes == [2, 9, 122]

    @pytest.mark.parametrize(("how", "wanted"), [("Minimum", 11), ("Average", 13), ("Maximum", 13)])
    def test_the_datapoints_pick_the_step_as_the_policy_says(self, how, wanted):
        policy = replace(STEPS, aggregation=how)

        assert scale_by_steps(policy, [55, 65], 50, 10, None, now_s=0) == wanted

    def test_without_a_datapoint_nothing_changes(self):
        assert scale_by_steps(STEPS, [None], 50, 10, None, now_s=0) == 10
        assert scale_by_steps(replace(STEPS, steps=(Step(20, None, 5),)), [60], 50, 10, None, now_s=0) == 10

    @pytest.mark.parametrize(
        ("percent", "metric", "least", "wanted"),
        [(10, 55, None, 22), (10, 55, 5, 25), (-10, 45, None, 18), (-10, 45, 5, 15), (0, 55, 5, 20)],
    )
    def test_percents_are_of_the_capacity_and_have_a_least_magnitude(self, percent, metric, least, wanted):
        steps = (Step(0, None, percent),) if metric > 50 else (Step(None, 0, percent),)
        policy = StepScaling("steps", "arn", "PercentChangeInCapacity", steps, min_adjustment_magnitude=least)

        assert scale_by_steps(policy, [metric], 50, 20, None, now_s=0) == wanted

    def test_one_more_is_enough_and_the_last_one_may_go(self):
        assert scale_by_steps(STEPS, [55], 50, 0, None, now_s=0) == 1
        assert scale_by_steps(STEPS, [40], 50, 1, None, now_s=0) == 0
        assert scale_by_steps(STEPS, [40], 50, 0, None, now_s=0) == 0

    @pytest.mark.parametrize(("kind", "adjustment"), [("ChangeInCapacity", -6), ("ExactCapacity", 4)])
    def test_what_is_taken_is_what_the_kind_of_adjustment_says(self, kind, adjustment):
        policy = StepScaling("steps", "arn", kind, (Step(None, 0, adjustment),))

        assert scale_by_steps(policy, [40], 50, 10, None, now_s=0) == 4

    def test_a_scale_in_by_one_waits_for_the_cooldown_of_another(self):
        last = Activity("in", 11, 0)

        assert scale_by_steps(STEPS, [40], 50, 10, last, now_s=299) == 10
        assert scale_by_steps(STEPS, [40], 50, 10, last, now_s=299, cooldown_s=299) == 9

    def test_percents_within_the_cooldown_are_of_what_there_was_before(self):
        policy = replace(STEPS, adjustment_type="PercentChangeInCapacity", steps=(Step(0, None, 50),))

        assert scale_by_steps(policy, [55], 50, 12, Activity("out", 10, 0), now_s=100) == 15
        assert scale_by_steps(policy, [55], 50, 12, Activity("out", 10, 0), now_s=300) == 18


class TestSchedules:
    def test_a_schedule_may_run_on_time(self):
        at = datetime(2027, 8, 8, 11, tzinfo=UTC)

        assert schedules.runs_at(at, 0) == at
        assert (schedules.runs_at(at, 0.5) - at).total_seconds() == 0.5

    def test_fires_are_told_in_utc_wherever_they_were_set(self):
        at = datetime(2027, 8, 8, 20, tzinfo=ZoneInfo("Asia/Seoul"))
        fire = schedules.next_fire(ScheduledAction("x", start=at, desired=1), at - timedelta(minutes=1))

        assert fire
        assert fire == at
        assert fire.tzinfo is UTC

    def test_a_minimum_of_nothing_leaves_a_maximum_of_nothing(self):
        assert capacity.rebound(capacity.Bounds(0, 0, 0), 0, None, None) == capacity.Bounds(0, 0, 0)
        assert capacity.rebound(capacity.Bounds(0, 0, 0), None, None, 5) == capacity.Bounds(0, 0, 0)

    @pytest.mark.parametrize(
        ("expression", "words"),
        [
            ("0 9 * *", "it has 4 fields and cron has five; give minute, hour, day of month, month, day of week"),
            ("0 9 L * *", "day of month L is not in crontab's syntax; write out the days"),
            ("0 9 * * 2#1", "day of week 2#1 is not in crontab's syntax; write out the days"),
            ("0 9 ? * *", "day of month ? is not in crontab's syntax; write out the days"),
        ],
    )
    def test_a_refused_expression_is_told_with_its_field_and_the_remedy(self, expression, words):
        with pytest.raises(cron.CronError) as refusal:
            cron.check(expression)

        assert str(refusal.value) == f"Recurrence {expression!r}: {words}"

    def test_names_of_days_in_any_case_are_no_extension(self):
        for expression in ("0 9 * * wed", "0 9 * jul Wed,Fri"):
            cron.check(expression)

    def test_the_forecast_of_an_hour_says_what_it_is(self):
        policy = predictive.PredictiveScaling("night", "arn", "ForecastAndScale")
        at = datetime(2027, 8, 8, 11, tzinfo=UTC)

        assert predictive.wish(policy, [(at, 7)], at) == capacity.Wish("night", 7, "7 are forecast for this hour")


class TestForecasts:
    RAISING = predictive.PredictiveScaling("night", "arn", "ForecastAndScale", 300, "IncreaseMaxCapacity", 10)

    @pytest.mark.parametrize(
        ("forecast", "close_share", "maximum"),
        [(39, 1.0, 40), (40, 1.0, 44), (38, 0.9, 42), (35, 0.9, 40), (1000, 1.0, 1100)],
    )
    def test_a_forecast_that_is_close_to_the_maximum_raises_it_by_its_buffer(self, forecast, close_share, maximum):
        after = predictive.bounds_after(self.RAISING, forecast, capacity.Bounds(1, 40, 5), close_share)

        assert after == capacity.Bounds(1, maximum, forecast)
        assert isinstance(after.maximum, int)

    def test_it_acts_after_the_beginning_of_a_window_and_up_to_its_end(self):
        hours = [(datetime(2027, 8, 8, hour, 5, tzinfo=UTC), hour) for hour in (9, 10, 11)]
        nine, ten, eleven = (datetime(2027, 8, 8, hour, tzinfo=UTC) for hour in (9, 10, 11))

        assert predictive.actions(self.RAISING, hours, nine, eleven) == [(ten, 10), (eleven, 11)]


class TestWeights:
    def test_a_group_at_its_size_is_not_beyond_it(self):
        assert [weights.overage(10, current, 3) for current in (9, 10, 12)] == [2, 0, 0]
