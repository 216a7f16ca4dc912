"""Edges of policies, schedules and cooldowns where one more, one less or another setting decides.

Proves what the rules say at their own boundaries; the figures AWS prints are in the files beside this one.
"""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from floodgate.awsrules.model import (
    Alarm,
    Group,
    InstanceType,
    Metric,
    SimpleScaling,
    Step,
    StepScaling,
    TargetTracking,
)
from floodgate.awsrules.scaling import (
    application_autoscaling,
    capacity,
    cooldowns,
    cron,
    predictive,
    schedules,
    simple_scaling,
    step_scaling,
    target_tracking,
    warmup,
    weights,
)
from floodgate.awsrules.scaling.application_autoscaling import Activity, Service, scale_by_steps, track
from floodgate.awsrules.scaling.target_tracking import Sizes, Vote
from floodgate.awsrules.scaling.target_tracking_alarms import Periods, high_resolution, metrics_of

CPU = TargetTracking("cpu", "policy-arn", 50, predefined="ASGAverageCPUUtilization")
LABEL = "app/web/778d41231b141a0f/targetgroup/web/943f017f100becff"
STEPS = StepScaling("steps", "steps-arn", "ChangeInCapacity", (Step(0, 10, 1), Step(10, None, 3), Step(None, 0, -1)))
ECS = application_autoscaling.SERVICES["ecs:service:DesiredCount"]


def group(*policies, **settings):
    return Group("web", 1, 10, 4, InstanceType("t3.small", 2, 2048), ("a",), policies=policies, **settings)


TEN = Sizes(10, 10, 10)


def said(high, low, metric, sizes=TEN, policy=CPU, base=10):
    return target_tracking.vote(
        policy, (high, low), metric, sizes, capacity_base=base, scale_in_share=1, reason="because"
    )


class TestTargetTracking:
    @pytest.mark.parametrize(
        ("states", "metric", "says"),
        [
            (("OK", "OK"), 50, "hold"),
            (("ALARM", "OK"), 60, "out"),
            (("ALARM", "OK"), 40, "hold"),
            (("ALARM", "OK"), 50, "hold"),
            (("OK", "ALARM"), 30, "in"),
            (("OK", "ALARM"), 50, "hold"),
            (("OK", "OK"), None, "no data"),
            (("INSUFFICIENT_DATA", "OK"), 60, "no data"),
        ],
    )
    @pytest.mark.parametrize("disabled", [False, True])
    def test_a_vote_names_its_policy_its_reason_and_whether_it_may_take_away(self, states, metric, says, disabled):
        vote = said(*states, metric, policy=replace(CPU, disable_scale_in=disabled))

        assert vote.says == ("hold" if disabled and says == "in" else says)
        assert (vote.wish.policy, vote.wish.reason) == ("cpu", "because")
        assert vote.may_scale_in == (not disabled)

    def test_no_reason_is_given_where_none_is_told(self):
        vote = target_tracking.vote(CPU, ("OK", "OK"), 50, Sizes(1, 1, 1), capacity_base=1, scale_in_share=1)

        assert not vote.wish.reason

    def test_what_terminates_counts_where_it_scales_in(self):
        assert said("OK", "ALARM", 25).wish.capacity == 5
        assert said("OK", "ALARM", 25, Sizes(10, 10, 10, terminating=4)).wish.capacity == 7

    def test_a_scale_in_takes_a_share_of_the_group_and_one_at_least(self):
        assert target_tracking.scale_in(10, 0, 50, 0.3) == 7
        assert target_tracking.scale_in(10, 0, 50, 0.05) == 9

    def test_the_base_of_other_metrics_is_a_choice_and_warm_by_default(self):
        metric, sizes = Metric("AWS/EC2", "CPUUtilization"), Sizes(9, 5, 8)

        assert target_tracking.base(metric, sizes) == target_tracking.base(metric, sizes, "warm") == 5
        assert target_tracking.base(metric, sizes, "in service") == 8

    def test_policies_that_may_not_scale_in_want_nothing_together(self):
        assert target_tracking.combine([said("OK", "OK", 10, policy=replace(CPU, disable_scale_in=True))]) is None
        assert target_tracking.combine([]) is None


class TestAlarmsOfTargetTracking:
    def test_both_alarms_name_the_policy_as_their_action(self):
        assert [alarm.actions for alarm in target_tracking.alarms(CPU, "web", 0.7)] == [("policy-arn",)] * 2

    def test_the_low_threshold_is_a_share_of_the_target_to_nine_decimals(self):
        assert target_tracking.alarms(replace(CPU, target=0.5), "web", 0.7)[1].threshold == 0.35
        assert target_tracking.alarms(replace(CPU, target=1.23456789012), "web", 0.7)[1].threshold == 0.864197523

    @pytest.mark.parametrize(
        ("predefined", "name", "statistic"),
        [
            ("ASGAverageCPUUtilization", "CPUUtilization", "Average"),
            ("ASGAverageNetworkIn", "NetworkIn", "Average"),
            ("ASGAverageNetworkOut", "NetworkOut", "Average"),
        ],
    )
    def test_predefined_metrics_are_those_of_the_group(self, predefined, name, statistic):
        found = metrics_of(replace(CPU, predefined=predefined), "web")

        assert found == (Metric("AWS/EC2", name, (("AutoScalingGroupName", "web"),), statistic),)

    def test_requests_per_target_are_known_under_two_names(self):
        targets = ("TargetGroup", "targetgroup/web/943f017f100becff")
        balancer = ("LoadBalancer", "app/web/778d41231b141a0f")
        policy = replace(CPU, predefined="ALBRequestCountPerTarget", resource_label=LABEL)

        assert metrics_of(policy, "web") == tuple(
            Metric("AWS/ApplicationELB", "RequestCountPerTarget", dimensions, "Sum")
            for dimensions in ((targets,), (balancer, targets))
        )

    def test_without_a_label_requests_per_target_have_no_dimensions(self):
        policy = replace(CPU, predefined="ALBRequestCountPerTarget")

        assert metrics_of(policy, "web") == (Metric("AWS/ApplicationELB", "RequestCountPerTarget", (), "Sum"),)

    def test_the_fewest_periods_of_high_resolution_are_one(self):
        assert high_resolution(30, low_minutes=0) == Periods(3, 1)

    @pytest.mark.parametrize(("side", "periods"), [("high", (0, 1)), ("low", (1, 0))])
    def test_a_refusal_of_periods_names_the_side(self, side, periods):
        with pytest.raises(ValueError, match=rf"^{side} is 0: an alarm needs 1 period or more; correct the parameter$"):
            Periods(*periods)


class TestStepsAndSimplePolicies:
    def test_an_answer_without_data_says_so(self):
        answer = step_scaling.answer(STEPS, [None], 50, warm=2, desired=2)

        assert (answer.outcome, answer.words) == ("no data", "there is no datapoint to choose a step by")

    @pytest.mark.parametrize(
        ("points", "sizes", "outcome", "capacity", "words"),
        [
            ([55], {}, "out", 11, ""),
            ([45], {}, "in", 9, ""),
            ([55], {"desired": 11}, "hold", 11, ""),
            ([55], {"desired": 11, "warming": 1}, "hold", 11, ""),
            ([45], {"warming": 2}, "hold", 10, "2 still warm up, nothing is taken away meanwhile"),
            ([45], {"warm": 1, "desired": 1}, "in", 0, ""),
        ],
    )
    def test_an_answer_tells_the_metric_and_why_nothing_happens(self, points, sizes, outcome, capacity, words):
        answer = step_scaling.answer(STEPS, points, 50, **{"warm": 10, "desired": 10, **sizes})

        assert answer == step_scaling.Answer(outcome, capacity, points[0], words)

    def test_outside_of_all_steps_the_metric_is_told_too(self):
        answer = step_scaling.answer(replace(STEPS, steps=(Step(9, None, 1),)), [55], 50, warm=1, desired=1)

        assert (answer.outcome, answer.metric) == ("no step", 55)

    @pytest.mark.parametrize(("how", "capacity"), [("Average", 11), ("Minimum", 11), ("Maximum", 13)])
    def test_one_high_datapoint_picks_the_step_only_as_a_maximum(self, how, capacity):
        policy = replace(STEPS, aggregation=how)

        assert step_scaling.answer(policy, [51, 51, 65], 50, warm=10, desired=10).capacity == capacity

    def test_nothing_terminates_unless_it_is_said(self):
        assert step_scaling.answer(STEPS, [40], 50, warm=10, desired=10).capacity == 9

    def test_a_simple_policy_reckons_percents_of_the_desired_capacity_and_its_least_magnitude(self):
        policy = SimpleScaling("s", "arn", "PercentChangeInCapacity", 25, min_adjustment_magnitude=2)

        assert [simple_scaling.propose(policy, desired) for desired in (4, 20)] == [6, 25]
        assert simple_scaling.propose(SimpleScaling("s", "arn", "ExactCapacity", 5), 3) == 5

    @pytest.mark.parametrize(("now_s", "running", "acts"), [(100, False, True), (99, False, False), (100, True, False)])
    def test_a_simple_policy_acts_at_the_end_of_its_cooldown_unless_an_activity_runs(self, now_s, running, acts):
        assert simple_scaling.may_act(now_s=now_s, activity_in_progress=running, cooldown_ends_s=100) is acts

    @pytest.mark.parametrize(("scale_in", "waits"), [(True, True), (False, False)])
    def test_steps_wait_for_a_cooldown_only_where_they_take_away(self, scale_in, waits):
        assert cooldowns.waits("step", scale_in=scale_in, now_s=0, ends_s=300) is waits

    def test_the_longest_warmup_of_a_groups_policies_holds_for_the_group(self):
        short, long = replace(CPU, warmup_s=60), replace(STEPS, warmup_s=90)
        simple = SimpleScaling("s", "arn", "ExactCapacity", 5, cooldown_s=900)

        assert warmup.group_warmup_s(group(short, long, simple, default_warmup_s=30)) == 90
        assert warmup.group_warmup_s(group(short, STEPS, default_warmup_s=80)) == 80
        assert warmup.group_warmup_s(group(simple, default_warmup_s=30)) == 30
        assert warmup.group_warmup_s(group()) == 300


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
        ("forecast", "close_share", "maximum"), [(39, 1.0, 40), (40, 1.0, 44), (38, 0.9, 42), (35, 0.9, 40)]
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

    def test_a_vote_for_less_counts_unless_it_may_not(self):
        smaller = Vote("in", capacity.Wish("a", 3, ""))

        assert target_tracking.combine([smaller]) == capacity.Wish("a", 3, "")


def test_an_alarm_of_a_policy_is_a_metric_alarm_over_a_minute():
    high, low = target_tracking.alarms(CPU, "web", 0.7)

    assert isinstance(high, Alarm)
    assert [(alarm.period_s, alarm.datapoints_to_alarm) for alarm in (high, low)] == [(60, 3), (60, 15)]
