"""Edges of scaling policies where one more, one less or another setting decides.

Proves what the rules say at their own boundaries; the figures AWS prints are in the files beside this one.
"""

from dataclasses import replace

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
    cooldowns,
    several_policies,
    simple_scaling,
    step_scaling,
    target_tracking,
    warmup,
)
from floodgate.awsrules.scaling.capacity import Bounds, Wish
from floodgate.awsrules.scaling.target_tracking import Sizes, Vote
from floodgate.awsrules.scaling.target_tracking_alarms import Periods, high_resolution, metrics_of

CPU = TargetTracking("cpu", "policy-arn", 50, predefined="ASGAverageCPUUtilization")
LABEL = "app/web/778d41231b141a0f/targetgroup/web/943f017f100becff"
STEPS = StepScaling("steps", "steps-arn", "ChangeInCapacity", (Step(0, 10, 1), Step(10, None, 3), Step(None, 0, -1)))
TEN = Sizes(10, 10, 10)


def group(*policies, **settings):
    return Group("web", 1, 10, 4, InstanceType("t3.small", 2, 2048), ("a",), policies=policies, **settings)


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

    def test_a_vote_for_less_counts_unless_it_may_not(self):
        smaller = Vote("in", Wish("a", 3, ""))

        assert target_tracking.combine([smaller]) == Wish("a", 3, "")


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

    @pytest.mark.parametrize(
        ("step", "difference", "taken"),
        [
            (Step(None, 0, -1), 0, True),
            (Step(None, 0, -1), 0.5, False),
            (Step(0, 1, 1), 0, True),
            (Step(0, 1, 1), 1, False),
            (Step(0, 1, 1), 0.5, True),
        ],
    )
    def test_the_threshold_itself_belongs_to_either_side(self, step, difference, taken):
        assert step_scaling.choose((step,), difference) == (step if taken else None)

    @pytest.mark.parametrize(
        ("percent", "capacity", "least", "change"),
        [(1, 100, None, 1), (25, 0, None, 0), (25, 0, 2, 2), (-1, 100, None, -1), (-25, 0, None, 0), (0, 10, 2, 0)],
    )
    def test_a_percentage_of_nothing_is_nothing_unless_a_least_magnitude_says_more(
        self, percent, capacity, least, change
    ):
        assert step_scaling.change("PercentChangeInCapacity", percent, capacity, least) == change

    @pytest.mark.parametrize(
        ("percent", "warm", "desired", "wanted"), [(0, 10, 14, 14), (0, 10, 8, 8), (25, 4, 4, 6), (25, 4, 7, 7)]
    )
    def test_a_step_of_nothing_leaves_what_is_on_its_way(self, percent, warm, desired, wanted):
        steps = (Step(0, None, percent),)
        policy = StepScaling("steps", "arn", "PercentChangeInCapacity", steps, min_adjustment_magnitude=2)

        assert step_scaling.propose(policy, 5, 0, warm, desired) == wanted

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


class TestSeveralPolicies:
    @pytest.mark.parametrize(
        ("asked", "forecast", "decided"),
        [((9, 7), None, 7), ((9,), 4, None), ((7,), 9, None), ((7,), 8, 8), ((9,), None, None), ((), 4, None)],
    )
    def test_who_asks_to_stay_has_no_say_and_a_forecast_takes_nothing_away(self, asked, forecast, decided):
        wishes = [Wish(f"policy {place}", wanted, "") for place, wanted in enumerate(asked)]
        held = None if forecast is None else Wish("forecast", forecast, "")
        won = several_policies.decide(Bounds(1, 20, 9), (), wishes, forecast=held)

        assert (won and won.capacity) == decided


def test_an_alarm_of_a_policy_is_a_metric_alarm_over_a_minute():
    high, low = target_tracking.alarms(CPU, "web", 0.7)

    assert isinstance(high, Alarm)
    assert [(alarm.period_s, alarm.datapoints_to_alarm) for alarm in (high, low)] == [(60, 3), (60, 15)]
