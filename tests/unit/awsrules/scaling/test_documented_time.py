"""AWS's own examples and printed rules of schedules and forecasts, each with the page that prints it.

Proves that the rules agree with what AWS documents; cannot prove what AWS leaves open.
"""

from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest

from floodgate.awsrules.model import PredictiveScaling, ScheduledAction
from floodgate.awsrules.scaling import predictive, schedules
from floodgate.awsrules.scaling.capacity import Bounds

GUIDE = "https://docs.aws.amazon.com/autoscaling/ec2/userguide/"
SCHED = GUIDE + "ec2-auto-scaling-scheduled-scaling.html"
PRED = GUIDE + "predictive-scaling-policy-overview.html"
API = "https://docs.aws.amazon.com/autoscaling/ec2/APIReference/"
OVERRIDE = GUIDE + "predictive-scaling-overriding-forecast-capacity.html"
PRED_API = API + "API_PredictiveScalingConfiguration.html"


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


def fired(action, after, count=1):
    return list(islice(schedules.fires(action, after, after + timedelta(days=366)), count))


def predicted(mode="ForecastAndScale", forecast=50, maximum=40, desired=5, behaviour="HonorMaxCapacity"):
    policy = PredictiveScaling("p", "arn", mode, max_capacity_behaviour=behaviour)
    return predictive.bounds_after(policy, forecast, Bounds(1, maximum, desired))


NINE = ScheduledAction("nine", recurrence="0 9 * * *", desired=3)
TUESDAY = ScheduledAction("tuesday", recurrence="30 6 * * 2", desired=3)
EVENING = ScheduledAction("evening", recurrence="0 18 * * 1-5", time_zone="America/New_York", desired=2)
ONCE = ScheduledAction("once", start=utc(2021, 3, 31, 8), desired=3)
FIRST = ScheduledAction("first", start=utc(2021, 3, 31, 8), recurrence="0 9 * * *", desired=3)
ENDING = ScheduledAction("ending", recurrence="0 9 * * *", end=utc(2021, 4, 2, 9), desired=3)

EIGHT = ScheduledAction("eight", recurrence="0 8 * * *", time_zone="America/New_York", desired=2)
MONTHS = ScheduledAction("months", start=utc(2020, 12, 1, 0, 30), recurrence="30 0 1 1,6,12 *", desired=4)
EVENT = ScheduledAction("my-event-start", start=utc(2021, 5, 19, 17), min_size=3)
EVENT_END = ScheduledAction("my-event-end", start=utc(2021, 5, 20, 1), min_size=1)

SCHEDULES = [
    (
        SCHED,
        "8:00 in New York is 8:00 UTC-5, and 8:00 UTC-4 after the clocks have changed",
        lambda: [
            f"{at.astimezone(ZoneInfo('America/New_York')):%H:%M %z}" for at in fired(EIGHT, utc(2021, 3, 13, 1), 2)
        ],
        ["08:00 -0500", "08:00 -0400"],
    ),
    (
        SCHED,
        "at 16:00 more than one become one",
        lambda: schedules.apply(ScheduledAction("x", desired=1), Bounds(1, 9, 3)).desired,
        1,
    ),
    (
        SCHED,
        "30 0 1 1,6,12 * from December 2020: the first of December, January, June",
        lambda: [f"{at:%Y-%m-%d %H:%M}" for at in fired(MONTHS, utc(2020, 11, 1), 3)],
        ["2020-12-01 00:30", "2021-01-01 00:30", "2021-06-01 00:30"],
    ),
    (
        OVERRIDE,
        "fewer than three become three at 17:00, for eight hours",
        lambda: [
            (at, schedules.apply(action, Bounds(1, 9, 2)))
            for at, action in schedules.between([EVENT_END, EVENT], utc(2021, 5, 19), utc(2021, 5, 21))
        ],
        [(utc(2021, 5, 19, 17), Bounds(3, 9, 3)), (utc(2021, 5, 20, 1), Bounds(1, 9, 2))],
    ),
    (
        OVERRIDE,
        "a minimum above the forecast is honoured",
        lambda: predictive.bounds_after(PredictiveScaling("p", "a", "ForecastAndScale"), 2, Bounds(3, 9, 3)),
        Bounds(3, 9, 3),
    ),
    (
        OVERRIDE,
        "a forecast above the minimum still scales out",
        lambda: predictive.bounds_after(PredictiveScaling("p", "a", "ForecastAndScale"), 5, Bounds(3, 9, 3)),
        Bounds(3, 9, 5),
    ),
    (
        SCHED,
        "0 9 * * * fires at 09:00 UTC",
        lambda: fired(NINE, utc(2021, 3, 31, 9), 2),
        [utc(2021, 4, 1, 9), utc(2021, 4, 2, 9)],
    ),
    (SCHED, "desired 3 lets a group of 2 grow", lambda: schedules.apply(NINE, Bounds(1, 9, 2)).desired, 3),
    (SCHED, "and a group of 5 shrink", lambda: schedules.apply(NINE, Bounds(1, 9, 5)).desired, 3),
    (
        SCHED,
        "30 6 * * 2 is Tuesdays at 06:30",
        lambda: [f"{at:%a %H:%M}" for at in fired(TUESDAY, utc(2021, 3, 31), 3)],
        ["Tue 06:30"] * 3,
    ),
    (
        SCHED,
        "0 18 * * 1-5 in New York is 18:00 local on weekdays",
        lambda: [
            f"{at.astimezone(ZoneInfo('America/New_York')):%a %H:%M}" for at in fired(EVENING, utc(2021, 11, 4, 12), 3)
        ],
        ["Thu 18:00", "Fri 18:00", "Mon 18:00"],
    ),
    (
        SCHED,
        "derived: that follows daylight saving: 22:00, then 23:00 UTC",
        lambda: [at.hour for at in fired(EVENING, utc(2021, 11, 4, 12), 3)],
        [22, 22, 23],
    ),
    (
        SCHED,
        "one time only",
        lambda: [*fired(ONCE, utc(2021, 3, 1)), schedules.next_fire(ONCE, utc(2021, 3, 31, 8))],
        [utc(2021, 3, 31, 8), None],
    ),
    (
        SCHED,
        "a start fires, then the recurrence",
        lambda: fired(FIRST, utc(2021, 3, 1), 2),
        [utc(2021, 3, 31, 8), utc(2021, 3, 31, 9)],
    ),
    (
        SCHED,
        "derived: a recurrence at the end does not fire",
        lambda: list(schedules.fires(ENDING, utc(2021, 3, 31, 12), utc(2021, 5, 1))),
        [utc(2021, 4, 1, 9)],
    ),
    (
        SCHED,
        "it may be two minutes late",
        lambda: schedules.latest(utc(2021, 4, 1, 9)) - utc(2021, 4, 1, 9),
        timedelta(minutes=2),
    ),
    (
        SCHED,
        "derived: the group's own limits bind the desired capacity",
        lambda: schedules.apply(ScheduledAction("x", desired=50), Bounds(1, 9, 5)),
        Bounds(1, 9, 9),
    ),
]

FORECASTS = [
    (PRED_API, "derived: forecast 50, max 40: it stays 40", lambda: predicted().desired, 40),
    (PRED_API, "unless the maximum may rise", lambda: predicted(behaviour="IncreaseMaxCapacity"), Bounds(1, 50, 50)),
    (PRED, "derived: actual 5, predicted 8: 8", lambda: predicted(forecast=8, desired=5).desired, 8),
    (
        PRED,
        "derived: actual 8, predicted 5: 8, it never scales in",
        lambda: predicted(forecast=5, desired=8).desired,
        8,
    ),
    (PRED_API, "forecast only does nothing", lambda: predicted(mode="ForecastOnly", forecast=8), Bounds(1, 40, 5)),
    (
        PRED_API,
        "it acts five minutes before the hour",
        lambda: predictive.acts_at(PredictiveScaling("p", "a"), utc(2021, 3, 31, 9)),
        utc(2021, 3, 31, 8, 55),
    ),
]


@pytest.mark.parametrize(
    ("page", "sentence", "actual", "expected"), [pytest.param(*row, id=row[1]) for row in SCHEDULES + FORECASTS]
)
def test_the_example_holds(page, sentence, actual, expected):
    assert actual() == expected, f"{sentence}: {page}"
