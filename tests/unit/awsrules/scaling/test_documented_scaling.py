"""AWS's own worked examples and printed rules of policies, each with the page that prints it.

Proves that the rules agree with what AWS documents; cannot prove what AWS leaves open.
"""

import pytest

from floodgate.awsrules.cloudwatch import alarms
from floodgate.awsrules.model import Group, InstanceType, SimpleScaling, Step, StepScaling, TargetTracking
from floodgate.awsrules.scaling import simple_scaling, step_scaling, target_tracking, warmup
from floodgate.awsrules.scaling.capacity import Bounds, Wish, clamp, largest, rebound

GUIDE = "https://docs.aws.amazon.com/autoscaling/ec2/userguide/"
TT = GUIDE + "as-scaling-target-tracking.html"
SQS = GUIDE + "as-using-sqs-queue.html"
DYN = GUIDE + "as-scale-based-on-demand.html"
STEP = GUIDE + "as-scaling-simple-step.html"
COOL = GUIDE + "ec2-auto-scaling-scaling-cooldowns.html"
WARM = GUIDE + "ec2-auto-scaling-default-instance-warmup.html"
PRED = GUIDE + "predictive-scaling-policy-overview.html"
API = "https://docs.aws.amazon.com/autoscaling/ec2/APIReference/"
STEP_API = API + "API_StepAdjustment.html"
UPDATE = API + "API_UpdateAutoScalingGroup.html"
GRAPHS = GUIDE + "predictive-scaling-graphs.html"
SMALL = InstanceType("t3.small", 2, 2048)


def group(**settings):
    return Group("web", 1, 10, 4, SMALL, ("a", "b"), **settings)


def tracking(name="cpu", warmup_s=None):
    return TargetTracking(name, "arn", 50, predefined="ASGAverageCPUUtilization", warmup_s=warmup_s)


def won(wish):
    return wish and wish.capacity


def average(points):
    merged = alarms.merge(points)
    return merged and merged.value("Average")


def vote(says, capacity, *, may_scale_in=True):
    return target_tracking.Vote(says, Wish(f"{says}{capacity}", capacity, ""), may_scale_in)


# AWS's long example: between 40 and 60 % nothing, and the further away the more
OUT = (Step(0, 10, 0), Step(10, 20, 10), Step(20, None, 30))
IN = (Step(-10, 0, 0), Step(-20, -10, -10), Step(None, -20, -30))
CLI = (Step(0, 15, 10), Step(15, 25, 20), Step(25, None, 30))


def steps(table, kind="PercentChangeInCapacity", least=None):
    return StepScaling("steps", "arn", kind, table, min_adjustment_magnitude=least)


def adjusted(kind, adjustment, capacity, least=None):
    return capacity + step_scaling.change(kind, adjustment, capacity, least)


def chosen(table, difference):
    step = step_scaling.choose(table, difference)
    return step.adjustment if step else None


SCALING = [
    (
        SQS,
        "a backlog of 150 a server against 100: 10 become 15",
        lambda: target_tracking.proportional(10, 150, 100),
        15,
    ),
    (TT, "a need of 1.5 more is 2 more", lambda: target_tracking.scale_out(3, 75, 50, 3), 5),
    (TT, "half a server too many is none too many", lambda: target_tracking.scale_in(10, 47.5, 50, 1.0), 10),
    (
        TT,
        "one ready policy is enough to scale out",
        lambda: won(target_tracking.combine([vote("out", 12), vote("hold", 9)])),
        12,
    ),
    (
        TT,
        "one policy that is not ready keeps the group large",
        lambda: won(target_tracking.combine([vote("in", 7), vote("hold", 9)])),
        None,
    ),
    (
        TT,
        "all ready: the largest of the smaller sizes",
        lambda: won(target_tracking.combine([vote("in", 7), vote("in", 8)])),
        8,
    ),
    (TT, "no data, no scale in", lambda: won(target_tracking.combine([vote("in", 7), vote("no data", 9)])), None),
    (
        TT,
        "a policy that may not scale in has no vote on it",
        lambda: won(target_tracking.combine([vote("in", 7), vote("hold", 9, may_scale_in=False)])),
        7,
    ),
    (DYN, "max 3, current 2, three more asked: 3", lambda: clamp(2 + 3, 1, 3), 3),
    (DYN, "min 2, current 3, two less asked: 2", lambda: clamp(3 - 2, 2, 9), 2),
    (
        DYN,
        "two servers at 60 and 40 % are a group at 50 %",
        lambda: average([alarms.Datapoint(60, 1, 60, 60), alarms.Datapoint(40, 1, 40, 40)]),
        50,
    ),
    (
        DYN,
        "three less or a quarter of eight less: two go",
        lambda: won(largest([Wish("A", 8 - 3, ""), Wish("B", adjusted("PercentChangeInCapacity", -25, 8), "")])),
        6,
    ),
    (
        GRAPHS,
        "10 at 30 % need 5 for a target of 60 %",
        lambda: target_tracking.proportional(10, 30, 60),
        5,
    ),
    (
        DYN,
        "one more and two more at once are two more",
        lambda: won(largest([Wish("A", 11, ""), Wish("B", 12, "")])),
        12,
    ),
    (
        PRED,
        "10 for one policy, 8 for the other: 10",
        lambda: won(largest([Wish("tracking", 10, ""), Wish("predictive", 8, "")])),
        10,
    ),
    (
        UPDATE,
        "a minimum above the size lifts the size",
        lambda: rebound(Bounds(1, 10, 3), 5, None, None),
        Bounds(5, 10, 5),
    ),
    (
        UPDATE,
        "a maximum below the size lowers the size",
        lambda: rebound(Bounds(1, 10, 8), None, 6, None),
        Bounds(1, 6, 6),
    ),
    (
        WARM,
        "the policy's own warmup first",
        lambda: warmup.warmup_s(tracking(warmup_s=60), group(default_warmup_s=120)),
        60,
    ),
    (WARM, "then the group's default warmup", lambda: warmup.warmup_s(tracking(), group(default_warmup_s=120)), 120),
    (WARM, "then the default cooldown, 300 s", lambda: warmup.warmup_s(tracking(), group()), 300),
    (WARM, "a default warmup of 0 is one", lambda: warmup.warmup_s(tracking(), group(default_warmup_s=0)), 0),
    (
        COOL,
        "a policy's cooldown overrides the group's",
        lambda: simple_scaling.cooldown_s(SimpleScaling("s", "a", "ChangeInCapacity", 2, cooldown_s=60), group()),
        60,
    ),
    (
        COOL,
        "the default cooldown is 300 s",
        lambda: simple_scaling.cooldown_s(SimpleScaling("s", "a", "ChangeInCapacity", 2), group()),
        300,
    ),
    (
        COOL,
        "paused until the cooldown ends",
        lambda: simple_scaling.may_act(now_s=99, activity_in_progress=False, cooldown_ends_s=100),
        False,
    ),
    (
        COOL,
        "breached again after the cooldown, two more again",
        lambda: simple_scaling.propose(SimpleScaling("s", "a", "ChangeInCapacity", 2), 6),
        8,
    ),
]

STEPS = [
    (STEP_API, "threshold 50, step 0 to 10: from 50", lambda: chosen((Step(0, 10, 7),), 50 - 50), 7),
    (STEP_API, "derived: and below 60", lambda: chosen((Step(0, 10, 7),), 59.99 - 50), 7),
    (STEP_API, "but not at 60", lambda: chosen((Step(0, 10, 7),), 60 - 50), None),
    (STEP, "threshold 60: 60 is the first step", lambda: chosen(CLI, 0), 10),
    (STEP, "derived: 74.9 is still the first", lambda: chosen(CLI, 14.9), 10),
    (STEP, "75 is the second", lambda: chosen(CLI, 15), 20),
    (STEP, "derived: 84.9 is still the second", lambda: chosen(CLI, 24.9), 20),
    (STEP, "85 is the third", lambda: chosen(CLI, 25), 30),
    (STEP, "below the threshold the upper bound belongs to the step", lambda: chosen(IN, -10), -10),
    (STEP, "and the lower one does not", lambda: chosen(IN, -20), -30),
    (STEP, "3 and 5 more are 8", lambda: adjusted("ChangeInCapacity", 5, 3), 8),
    (STEP, "exactly 5", lambda: adjusted("ExactCapacity", 5, 3), 5),
    (STEP, "10 and 10 % are 11", lambda: adjusted("PercentChangeInCapacity", 10, 10), 11),
    (STEP, "12.7 is 12", lambda: step_scaling.rounded(12.7), 12),
    (STEP, "0.67 is 1", lambda: step_scaling.rounded(0.67), 1),
    (STEP, "-0.58 is -1", lambda: step_scaling.rounded(-0.58), -1),
    (STEP, "-6.67 is -6", lambda: step_scaling.rounded(-6.67), -6),
    (
        STEP,
        "25 % of 4 with a minimum magnitude of 2 are two more",
        lambda: adjusted("PercentChangeInCapacity", 25, 4, 2),
        6,
    ),
    (STEP, "derived: between 40 and 60 nothing: above", lambda: step_scaling.propose(steps(OUT), 59, 50, 10, 10), 10),
    (STEP, "derived: between 40 and 60 nothing: below", lambda: step_scaling.propose(steps(IN), 41, 50, 10, 10), 10),
    (STEP, "60 % gives 10 % more: 11", lambda: step_scaling.propose(steps(OUT), 60, 50, 10, 10), 11),
    (STEP, "then 70 % gives 30 % of 11 more: 14", lambda: step_scaling.propose(steps(OUT), 70, 50, 11, 11), 14),
    (
        STEP,
        "62 % while the eleventh warms up changes nothing",
        lambda: step_scaling.propose(steps(OUT), 62, 50, 10, 11),
        11,
    ),
    (
        STEP,
        "then 40 % takes 10 % of 14: 13",
        lambda: step_scaling.propose(steps(IN), 40, 50, 14, 14),
        13,
    ),
    (STEP, "and 30 % takes 30 % of 13: 10", lambda: step_scaling.propose(steps(IN), 30, 50, 13, 13), 10),
    (
        STEP,
        "derived: one already terminating answers the same step",
        lambda: step_scaling.propose(steps((Step(None, 0, -1),), "ChangeInCapacity"), 40, 50, 10, 9),
        9,
    ),
    (
        STEP,
        "a metric outside all steps changes nothing",
        lambda: step_scaling.propose(steps((Step(10, None, 1),)), 55, 50, 10, 10),
        None,
    ),
]


@pytest.mark.parametrize(
    ("page", "sentence", "actual", "expected"), [pytest.param(*row, id=row[1]) for row in SCALING + STEPS]
)
def test_the_example_holds(page, sentence, actual, expected):
    assert actual() == expected, f"{sentence}: {page}"
