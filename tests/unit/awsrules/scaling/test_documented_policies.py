"""AWS's examples of what belongs to policies: alarms, cooldowns, several at once, weights, Application Auto Scaling.

Proves that the rules agree with what AWS documents; cannot prove what AWS leaves open.
"""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from floodgate.awsrules.model import (
    Group,
    InstanceType,
    Metric,
    MetricMath,
    PredictiveScaling,
    Query,
    ScheduledAction,
    Step,
    StepScaling,
    TargetTracking,
)
from floodgate.awsrules.scaling import (
    application_autoscaling,
    cooldowns,
    predictive,
    schedules,
    step_scaling,
    target_tracking,
    warmup,
    weights,
)
from floodgate.awsrules.scaling.capacity import Bounds, Wish
from floodgate.awsrules.scaling.several_policies import decide

GUIDE = "https://docs.aws.amazon.com/autoscaling/ec2/userguide/"
API = "https://docs.aws.amazon.com/autoscaling/ec2/APIReference/"
TT = GUIDE + "as-scaling-target-tracking.html"
SQS = GUIDE + "as-using-sqs-queue.html"
DYN = GUIDE + "as-scale-based-on-demand.html"
STEP = GUIDE + "as-scaling-simple-step.html"
COOL = GUIDE + "ec2-auto-scaling-scaling-cooldowns.html"
WARM = GUIDE + "ec2-auto-scaling-default-instance-warmup.html"
PRED = GUIDE + "predictive-scaling-policy-overview.html"
SCHED = GUIDE + "ec2-auto-scaling-scheduled-scaling.html"
SUSP = GUIDE + "as-suspend-resume-processes.html"
HR = GUIDE + "policy-creating-high-resolution-metrics.html"
WEIGHTS = API + "API_LaunchTemplateOverrides.html"
MAX = API + "API_UpdateAutoScalingGroup.html"
PRED_API = API + "API_PredictiveScalingConfiguration.html"
ALB = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html"
AAS = "https://docs.aws.amazon.com/autoscaling/application/APIReference/API_StepScalingPolicyConfiguration.html"
AAS_STEP = "https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html"
AAS_SCHEDULED = "https://docs.aws.amazon.com/autoscaling/application/userguide/get-started-exercise.html"
AAS_TT = "https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html"
AURORA = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Integrating.AutoScaling.html"
DYNAMO = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/AutoScaling.html"
ELASTICACHE = "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/AutoScaling-Scaling-Policies-Target.html"

SMALL = InstanceType("t3.small", 2, 2048)
LABEL = "app/web/778d41231b141a0f/targetgroup/web/943f017f100becff"
CPU = Metric("AWS/EC2", "CPUUtilization")
QUEUE = Metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", statistic="Sum")
IN_SERVICE = Metric("AWS/AutoScaling", "GroupInServiceInstances")
BACKLOG = MetricMath((Query("e1", None, "m1 / m2"), Query("m1", QUEUE), Query("m2", IN_SERVICE)), "e1")
HOURS = [(datetime(2021, 3, 31, hour, tzinfo=UTC), capacity) for hour, capacity in ((8, 4), (9, 10), (10, 6))]
MORE = Step(0, 10, 2), Step(10, None, 3)
# the same long example as for groups of EC2: between 40 and 60 % nothing, and the further away the more
AAS_OUT = Step(0, 10, 0), Step(10, 20, 10), Step(20, None, 30)
AAS_IN = Step(-10, 0, 0), Step(-20, -10, -10), Step(None, -20, -30)
ADDED_TWO = application_autoscaling.Activity("out", 10, 1000)
TOOK_ONE = application_autoscaling.Activity("in", 11, 1000)
READERS = application_autoscaling.SERVICES["rds:cluster:ReadReplicaCount"]
TABLE = application_autoscaling.SERVICES["dynamodb:table:ReadCapacityUnits"]
SHARDS = application_autoscaling.SERVICES["elasticache:replication-group:NodeGroups"]


def tracking(*, disable_scale_in=False, **settings):
    policy = TargetTracking("cpu", "arn", 50, predefined="ASGAverageCPUUtilization", disable_scale_in=disable_scale_in)
    return replace(policy, **settings)


def made(**settings):
    return target_tracking.alarms(tracking(**settings), "web", 0.7)


def by_balancer():
    found = target_tracking.metrics_of(tracking(predefined="ALBRequestCountPerTarget", resource_label=LABEL), "web")[1]
    assert isinstance(found, Metric)
    return found


def says(high, low, metric, **settings):
    sizes = target_tracking.Sizes(10, 10, 10)
    answer = target_tracking.vote(
        tracking(**settings), (high, low), metric, sizes, capacity_base=10, scale_in_share=0.5
    )
    return answer.says, answer.wish.capacity


def vote(kind, capacity):
    return target_tracking.Vote(kind, Wish("tracking", capacity, ""))


def decided(votes=(), wishes=(), desired=9, **more):
    won = decide(Bounds(1, 20, desired), votes, wishes, **more)
    return won and won.capacity


def answered(steps, points, threshold=50, kind="ChangeInCapacity", how="Average", **sizes):
    policy = StepScaling("steps", "arn", kind, steps, aggregation=how)
    found = step_scaling.answer(policy, points, threshold, **{"warm": 10, "desired": 10, **sizes})
    return found.outcome, found.capacity


def stepped(metric, current, last, now_s, steps=MORE):
    policy = StepScaling("steps", "arn", "ChangeInCapacity", steps)
    return application_autoscaling.scale_by_steps(policy, [metric], 50, current, last, now_s=now_s)


def adjusted(kind, adjustment, current, least=None):
    policy = StepScaling("steps", "arn", kind, (Step(0, None, adjustment),), min_adjustment_magnitude=least)
    return application_autoscaling.scale_by_steps(policy, [50], 50, current, None, now_s=0)


def in_percent(metric, current, steps):
    policy = StepScaling("steps", "arn", "PercentChangeInCapacity", steps)
    return application_autoscaling.scale_by_steps(policy, [metric], 50, current, None, now_s=0)


def tracked(service, metric, target, current, last=None, now_s=0, maximum=100, **more):
    return application_autoscaling.track(
        service, metric, target, current, last, now_s=now_s, minimum=0, maximum=maximum, **more
    )


ALARMS = [
    (TT, "the high alarm stands at the target", lambda: made()[0].threshold, 50),
    (
        TT,
        "the low alarm is named by group and side",
        lambda: made()[1].name.startswith("TargetTracking-web-AlarmLow-"),
        True,
    ),
    (
        TT,
        "derived: what a uuid ends in has 36 signs",
        lambda: len(made()[0].name.removeprefix("TargetTracking-web-AlarmHigh-")),
        36,
    ),
    (HR, "a period of ten seconds is one", lambda: [alarm.period_s for alarm in made(period_s=10)], [10, 10]),
    (
        ALB,
        "requests per target are those of the label's target group",
        lambda: made(predefined="ALBRequestCountPerTarget", resource_label=LABEL)[0].metric,
        Metric(
            "AWS/ApplicationELB", "RequestCountPerTarget", (("TargetGroup", "targetgroup/web/943f017f100becff"),), "Sum"
        ),
    ),
    (
        ALB,
        "which CloudWatch has by balancer too",
        lambda: by_balancer().dimensions,
        (("LoadBalancer", "app/web/778d41231b141a0f"), ("TargetGroup", "targetgroup/web/943f017f100becff")),
    ),
    (TT, "a metric of math is watched as it is", lambda: made(predefined=None, metric=BACKLOG)[1].metric, BACKLOG),
    (
        TT,
        "no data, no scaling either way",
        lambda: [says("INSUFFICIENT_DATA", "ALARM", 10), says("ALARM", "OK", None)],
        [("no data", 10)] * 2,
    ),
    (TT, "a metric below its target never scales out", lambda: says("OK", "OK", 49), ("hold", 10)),
    (
        TT,
        "with scale in disabled nothing is removed",
        lambda: says("OK", "ALARM", 10, disable_scale_in=True),
        ("hold", 10),
    ),
    (TT, "derived: without that it is", lambda: says("OK", "ALARM", 30), ("in", 6)),
    (TT, "derived: half a server is none", lambda: says("OK", "ALARM", 47.5), ("hold", 10)),
    (TT, "derived: out is in proportion", lambda: says("ALARM", "OK", 75), ("out", 15)),
    (
        TT,
        "zero of a metric that sends zeros can bring a group to nothing",
        lambda: target_tracking.scale_in(1, 0, 50, 1),
        0,
    ),
    (
        TT,
        "what warms up is no part of EC2's metrics",
        lambda: target_tracking.base(CPU, target_tracking.Sizes(15, 10, 15)),
        10,
    ),
    (
        ALB,
        "derived: but of the requests per healthy target it is",
        lambda: target_tracking.base(
            Metric("AWS/ApplicationELB", "RequestCountPerTarget"), target_tracking.Sizes(15, 10, 15)
        ),
        15,
    ),
    (
        SQS,
        "derived: and of a backlog per instance in service",
        lambda: target_tracking.base(BACKLOG, target_tracking.Sizes(15, 10, 15)),
        15,
    ),
    (
        TT,
        "of any other metric only what has warmed up tells whether more is needed",
        lambda: target_tracking.base(QUEUE, target_tracking.Sizes(15, 10, 15)),
        10,
    ),
    (
        WARM,
        "derived: a need that is on its way already is one activity",
        lambda: target_tracking.scale_out(10, 150, 100, 15),
        15,
    ),
    (WARM, "derived: a larger need adds the rest", lambda: target_tracking.scale_out(10, 180, 100, 15), 18),
    (
        WARM,
        "-1 turns the default warmup off",
        lambda: warmup.warmup_s(
            None, Group("web", 1, 9, 4, SMALL, ("a",), default_warmup_s=-1, default_cooldown_s=200)
        ),
        200,
    ),
    (
        WARM,
        "derived: warmup ends so many seconds after the instance is in service",
        lambda: warmup.warm([0, 1, 50], 100, 100),
        1,
    ),
    (
        TT,
        "nothing is removed while new ones warm up",
        lambda: [warmup.scale_in_blocked(launching=a, warming=b) for a, b in ((0, 0), (1, 0), (0, 1))],
        [False, True, True],
    ),
]

TOGETHER = [
    (
        DYN,
        "derived: of one more and two more, two more",
        lambda: decided(wishes=[Wish("A", 10, ""), Wish("B", 11, "")]),
        11,
    ),
    (DYN, "out beats in", lambda: decided([vote("in", 5)], [Wish("steps", 10, "")]), 10),
    (
        DYN,
        "steps scale in while target tracking is not ready",
        lambda: decided([vote("hold", 9)], [Wish("steps", 7, "")]),
        7,
    ),
    (
        DYN,
        "derived: where both scale in, the larger stays",
        lambda: decided([vote("in", 6)], [Wish("steps", 7, "")]),
        7,
    ),
    (
        DYN,
        "derived: max 3, current 2, three more: 3",
        lambda: decide(Bounds(1, 3, 2), (), [Wish("s", 5, "")]),
        Wish("s", 3, ""),
    ),
    (
        DYN,
        "derived: min 2, current 3, two less: 2",
        lambda: decide(Bounds(2, 9, 3), (), [Wish("s", 1, "")]),
        Wish("s", 2, ""),
    ),
    (
        TT,
        "no policy removes while a scale out warms up",
        lambda: decided(wishes=[Wish("s", 5, "")], scale_in_blocked=True),
        None,
    ),
    (TT, "but more is still added", lambda: decided(wishes=[Wish("s", 12, "")], scale_in_blocked=True), 12),
    (
        PRED,
        "derived: 10 by one and 8 by the other: 10",
        lambda: decided([vote("out", 10)], forecast=Wish("p", 8, ""), desired=5),
        10,
    ),
    (PRED, "a forecast alone scales out", lambda: decided(forecast=Wish("p", 12, "")), 12),
    (PRED, "a forecast alone never scales in", lambda: decided(forecast=Wish("p", 4, "")), None),
    (PRED, "derived: a scale in stops at the forecast", lambda: decided([vote("in", 4)], forecast=Wish("p", 8, "")), 8),
    (
        PRED_API,
        "forecast 50, max 40, buffer 10: 55",
        lambda: predictive.effective_maximum(
            PredictiveScaling("p", "a", "ForecastAndScale", 300, "IncreaseMaxCapacity", 10), 50, 40
        ),
        55,
    ),
    (
        PRED_API,
        "without a buffer 50",
        lambda: predictive.effective_maximum(
            PredictiveScaling("p", "a", "ForecastAndScale", 300, "IncreaseMaxCapacity"), 50, 40
        ),
        50,
    ),
    (
        PRED_API,
        "a maximum that is honoured stays",
        lambda: predictive.effective_maximum(PredictiveScaling("p", "a"), 50, 40),
        40,
    ),
    (
        PRED,
        "derived: the next hour's forecast holds from the buffer on",
        lambda: [
            predictive.forecast_at(PredictiveScaling("p", "a"), HOURS, datetime(2021, 3, 31, 8, minute, tzinfo=UTC))
            for minute in (54, 55)
        ],
        [4, 10],
    ),
    (
        PRED,
        "derived: and to the end of its hour",
        lambda: [
            predictive.forecast_at(PredictiveScaling("p", "a"), HOURS, datetime(2021, 3, 31, hour, minute, tzinfo=UTC))
            for hour, minute in ((9, 59), (10, 0), (11, 0))
        ],
        [10, 6, None],
    ),
    (
        PRED,
        "derived: it acts for each hour",
        lambda: [
            capacity
            for _, capacity in predictive.actions(
                PredictiveScaling("p", "a", "ForecastAndScale"), HOURS, HOURS[0][0], HOURS[2][0]
            )
        ],
        [10, 6],
    ),
    (
        SUSP,
        "what a suspended process missed does not run later",
        lambda: schedules.between(
            [ScheduledAction("x", recurrence="0 9 * * *", desired=1)], HOURS[0][0], HOURS[2][0], suspended=True
        ),
        [],
    ),
    (
        SCHED,
        "an action is deleted after its end",
        lambda: [
            schedules.is_over(ScheduledAction("x", recurrence="0 9 * * *", end=HOURS[1][0], desired=1), at)
            for at, _ in HOURS
        ],
        [False, True, True],
    ),
    (
        SCHED,
        "the minimum alone can be set, and lifts the size",
        lambda: schedules.apply(ScheduledAction("x", min_size=6), Bounds(1, 9, 5)),
        Bounds(6, 9, 6),
    ),
    (
        SCHED,
        "the maximum alone can be set, and lowers the size",
        lambda: schedules.apply(ScheduledAction("x", max_size=4), Bounds(1, 9, 5)),
        Bounds(1, 4, 4),
    ),
]

STEPS = [
    (
        STEP,
        "10 and one more in warmup: 62 % adds nothing",
        lambda: answered((Step(10, 20, 10), Step(20, None, 30)), [62], kind="PercentChangeInCapacity", desired=11),
        ("hold", 11),
    ),
    (
        STEP,
        "70 % meanwhile adds what is left of 30 % of 10",
        lambda: answered((Step(10, 20, 10), Step(20, None, 30)), [70], kind="PercentChangeInCapacity", desired=11),
        ("out", 13),
    ),
    (
        STEP,
        "derived: one that terminates counts, so the same step takes nothing",
        lambda: answered((Step(None, 0, -1),), [40], warm=9, desired=9, terminating=1),
        ("hold", 9),
    ),
    (
        STEP,
        "derived: and two steps down takes one more",
        lambda: answered((Step(None, 0, -2),), [40], warm=9, desired=9, terminating=1),
        ("in", 8),
    ),
    (
        STEP,
        "nothing goes while new ones warm up",
        lambda: answered((Step(None, 0, -1),), [40], warming=2),
        ("hold", 10),
    ),
    (STEP, "a metric outside all steps", lambda: answered((Step(10, None, 1),), [55]), ("no step", 10)),
    (STEP, "derived: the average picks the step", lambda: answered(MORE, [55, 65]), ("out", 13)),
    (STEP, "derived: or the minimum", lambda: answered(MORE, [55, 65], how="Minimum"), ("out", 12)),
    (STEP, "derived: or the maximum", lambda: answered(MORE, [52, 60, None], how="Maximum"), ("out", 13)),
    (STEP, "derived: missing data that breach choose no step", lambda: answered(MORE, [None, None]), ("no data", 10)),
    (
        STEP,
        "exactly 5, where 3 were",
        lambda: answered((Step(0, None, 5),), [60], kind="ExactCapacity", warm=3, desired=3),
        ("out", 5),
    ),
]

COOLDOWNS = [
    (COOL, "it begins when the last instance has been launched", lambda: cooldowns.after_launch_s([10, 90, 40]), 90),
    (COOL, "or terminated", lambda: cooldowns.after_termination_s([1, 2], [50, 60], behind_balancer=False), 60),
    (
        COOL,
        "behind a balancer, when draining begins",
        lambda: cooldowns.after_termination_s([1, 2], [50, 60], behind_balancer=True),
        2,
    ),
    (
        COOL,
        "or, as the same page says, when it has ended",
        lambda: cooldowns.after_termination_s([1, 2], [50, 60], behind_balancer=True, reading="draining ends"),
        60,
    ),
    (
        COOL,
        "simple policies wait both ways",
        lambda: [cooldowns.binds("simple", scale_in=way) for way in (False, True)],
        [True, True],
    ),
    (
        COOL,
        "steps wait on the way in only",
        lambda: [cooldowns.binds("step", scale_in=way) for way in (False, True)],
        [False, True],
    ),
    (
        COOL,
        "so does target tracking",
        lambda: [cooldowns.binds("target tracking", scale_in=way) for way in (False, True)],
        [False, True],
    ),
    (
        COOL,
        "schedules, health checks and hands do not",
        lambda: [cooldowns.binds(actor, scale_in=True) for actor in ("scheduled", "health", "manual")],
        [False] * 3,
    ),
    (COOL, "unless the hand honours it", lambda: cooldowns.binds("manual, honouring", scale_in=False), True),
    (
        COOL,
        "derived: it is over at its end",
        lambda: [cooldowns.waits("simple", scale_in=False, now_s=now, ends_s=300) for now in (299, 300)],
        [True, False],
    ),
]

UNITS = [
    (WEIGHTS, "two units are missing, the only type has five: one is launched", lambda: weights.launches(10, 8, 5), 1),
    (WEIGHTS, "and three units are too many", lambda: weights.overage(10, 8, 5), 3),
    (
        WEIGHTS,
        "derived: a group that has enough launches none",
        lambda: [weights.launches(10, 12, 5), weights.overage(10, 12, 5)],
        [0, 0],
    ),
    (WEIGHTS, "weights are from 1 to 999", lambda: [weights.check(1), weights.check(999)], [1, 999]),
    (MAX, "derived: never above the maximum by more than the largest weight", lambda: weights.most(10, 5), 15),
]

SERVICES = [
    (
        AAS,
        "two were added, three are asked for within the cooldown: one more",
        lambda: stepped(65, 12, ADDED_TWO, 1100),
        13,
    ),
    (
        AAS_STEP,
        "between 40 and 60 % the capacity stays",
        lambda: [in_percent(41, 10, AAS_IN), in_percent(59, 10, AAS_OUT)],
        [10, 10],
    ),
    (AAS_STEP, "at 60 % it is 11", lambda: in_percent(60, 10, AAS_OUT), 11),
    (AAS_STEP, "at 70 % then 14", lambda: in_percent(70, 11, AAS_OUT), 14),
    (AAS_STEP, "at 40 % it is 13", lambda: in_percent(40, 14, AAS_IN), 13),
    (AAS_STEP, "at 30 % then 10", lambda: in_percent(30, 13, AAS_IN), 10),
    (AAS_STEP, "3 and 5 more are 8", lambda: adjusted("ChangeInCapacity", 5, 3), 8),
    (AAS_STEP, "exactly 5", lambda: adjusted("ExactCapacity", 5, 3), 5),
    (AAS_STEP, "10 and 10 % are 11", lambda: adjusted("PercentChangeInCapacity", 10, 10), 11),
    (AAS_STEP, "25 % of 4 and 2 at least are 6", lambda: adjusted("PercentChangeInCapacity", 25, 4, 2), 6),
    (
        AAS_SCHEDULED,
        "5 write units and a schedule of 15 to 20: 15",
        lambda: schedules.apply(ScheduledAction("x", min_size=15, max_size=20), Bounds(1, 10, 5)).desired,
        15,
    ),
    (AAS, "derived: the same step within the cooldown adds nothing", lambda: stepped(55, 12, ADDED_TWO, 1100), 12),
    (AAS, "derived: after the cooldown it adds again", lambda: stepped(55, 12, ADDED_TWO, 1300), 14),
    (
        AAS,
        "a scale in waits for the cooldown of another",
        lambda: stepped(40, 10, TOOK_ONE, 1299, (Step(None, 0, -1),)),
        10,
    ),
    (AAS, "derived: and goes after it", lambda: stepped(40, 10, TOOK_ONE, 1300, (Step(None, 0, -1),)), 9),
    (AAS, "a scale out during it goes at once", lambda: stepped(55, 10, TOOK_ONE, 1001), 12),
    (AAS_TT, "derived: out in proportion, rounded up", lambda: tracked(READERS, 63.33, 40, 3), 5),
    (
        AAS_TT,
        "derived: what was added counts within the cooldown",
        lambda: tracked(READERS, 60, 40, 6, application_autoscaling.Activity("out", 4, 0), 100),
        6,
    ),
    (AAS_TT, "with scale in disabled nothing goes", lambda: tracked(READERS, 5, 40, 6, may_scale_in=False), 6),
    (AAS_TT, "derived: a little below the target nothing goes", lambda: tracked(READERS, 37, 40, 12), 12),
    (
        AAS_TT,
        "derived: within the cooldown of a scale in nothing goes",
        lambda: tracked(READERS, 20, 40, 6, TOOK_ONE, 1100),
        6,
    ),
    (
        AAS_TT,
        "derived: after it, never so few that the target is passed",
        lambda: tracked(READERS, 20, 40, 7, TOOK_ONE, 1300),
        4,
    ),
    (AURORA, "fifteen readers at most", lambda: tracked(READERS, 100, 40, 10), 15),
    (AURORA, "derived: none at least", lambda: tracked(READERS, 0, 40, 1), 0),
    (AURORA, "cooldowns of 300 s", lambda: (READERS.out_cooldown_s, READERS.in_cooldown_s), (300, 300)),
    (DYNAMO, "two minutes up, fifteen datapoints down", lambda: (TABLE.high_points, TABLE.low_points), (2, 15)),
    (ELASTICACHE, "at target 60 nothing goes above 45", lambda: tracked(SHARDS, 45.1, 60, 20), 20),
    (ELASTICACHE, "derived: at 45 it may", lambda: tracked(SHARDS, 45, 60, 20), 15),
    (ELASTICACHE, "derived: 50 shards, 30 % above the target: 65", lambda: tracked(SHARDS, 78, 60, 50), 65),
    (ELASTICACHE, "derived: a fifth more at least", lambda: tracked(SHARDS, 61, 60, 50), 60),
]


@pytest.mark.parametrize(
    ("page", "sentence", "actual", "expected"),
    [pytest.param(*row, id=row[1]) for row in ALARMS + TOGETHER + STEPS + COOLDOWNS + UNITS + SERVICES],
)
def test_the_example_holds(page, sentence, actual, expected):
    assert actual() == expected, f"{sentence}: {page}"


def test_a_metric_outside_all_steps_is_told_in_aws_words():
    policy = StepScaling("steps", "arn", "ChangeInCapacity", (Step(10, None, 1),))

    words = step_scaling.answer(policy, [55], 50, warm=1, desired=1).words

    assert words == "No step adjustment found for metric value [55] and breach threshold 50"
