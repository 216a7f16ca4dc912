"""AWS's own worked examples and printed rules of CloudWatch alarms, each with the page that prints it.

Proves that the rules agree with what AWS documents; cannot prove what AWS leaves open.
"""

import pytest

from floodgate.awsrules.cloudwatch import alarms
from floodgate.awsrules.model import Alarm, Metric

CW = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/"
EVALUATION = CW + "alarm-evaluation.html"
MISSING = CW + "alarms-and-missing-data.html"
ACTIONS = CW + "alarm-actions.html"
CPU = Metric("AWS/EC2", "CPUUtilization")


def alarm(m, n, treat="missing", comparison="GreaterThanThreshold"):
    return Alarm("high", CPU, comparison, 10, 60, n, m, treat)


def state(points, m, treat, before="OK"):
    values = [{"0": 5.0, "X": 20.0, "-": None}[mark] for mark in points.split()]
    return alarms.evaluate(alarm(m, 3, treat), values, before)


def window(minutes):
    points = [alarms.Datapoint(minute, 1, minute, minute) for minute in minutes]
    return alarms.sliding(points, 5, 1, "Sum")


ALARMS = [
    (EVALUATION, "alarms of a minute or longer are judged each minute", lambda: alarms.interval_s(300, 1), 60),
    (EVALUATION, "high-resolution alarms each ten seconds", lambda: alarms.interval_s(10, 3), 10),
    (EVALUATION, "alarms over more than a day each hour", lambda: alarms.interval_s(3600, 25), 3600),
    (
        EVALUATION,
        "in minute 5 a five-minute alarm sees minutes 1 to 5",
        lambda: window(range(1, 6)),
        [1 + 2 + 3 + 4 + 5],
    ),
    (EVALUATION, "in minute 6 it sees minutes 2 to 6", lambda: window(range(1, 7)), [2 + 3 + 4 + 5 + 6]),
    (EVALUATION, "two breaches of three are no alarm of 3 out of 3", lambda: state("0 0 0 X X", 3, "missing"), "OK"),
    (EVALUATION, "three in a row are", lambda: state("0 0 X X X", 3, "missing"), "ALARM"),
    (EVALUATION, "the first good datapoint ends it", lambda: state("0 X X X 0", 3, "missing", "ALARM"), "OK"),
    (MISSING, "five points are looked at for three", lambda: alarms.range_points(3), 5),
    (MISSING, "- - - - X is no alarm of 3 out of 3", lambda: state("- - - - X", 3, "missing"), "OK"),
    (MISSING, "- - - X - neither", lambda: state("- - - X -", 3, "missing"), "OK"),
    (MISSING, "- - X - - is one", lambda: state("- - X - -", 3, "missing"), "ALARM"),
    (MISSING, "0 - - - - with breaching is none", lambda: state("0 - - - -", 3, "breaching"), "OK"),
    (MISSING, "a minute later, the 0 out of sight, it is one", lambda: state("- - - - -", 3, "breaching"), "ALARM"),
    (
        ACTIONS,
        "an Auto Scaling action runs again while the alarm lasts",
        lambda: alarms.runs_action("ALARM", "ALARM", "autoscaling"),
        True,
    ),
    (ACTIONS, "other actions run on the change only", lambda: alarms.runs_action("ALARM", "ALARM", "other"), False),
]

TREATMENTS = ("missing", "ignore", "breaching", "notBreaching")
MISSING_TABLES = [
    (3, "0 - X - X", ("OK", "OK", "OK", "OK")),
    (3, "- - - - -", ("INSUFFICIENT_DATA", "keep", "ALARM", "OK")),
    (3, "0 X X - X", ("ALARM", "ALARM", "ALARM", "ALARM")),
    (3, "- - X - -", ("ALARM", "keep", "ALARM", "OK")),
    (2, "0 - X - X", ("ALARM", "ALARM", "ALARM", "ALARM")),
    (2, "0 0 X 0 X", ("ALARM", "ALARM", "ALARM", "ALARM")),
    (2, "- - - X -", ("ALARM", "keep", "ALARM", "OK")),
]


@pytest.mark.parametrize(("page", "sentence", "actual", "expected"), [pytest.param(*row, id=row[1]) for row in ALARMS])
def test_the_example_holds(page, sentence, actual, expected):
    assert actual() == expected, f"{sentence}: {page}"


@pytest.mark.parametrize("treatment", TREATMENTS)
@pytest.mark.parametrize(("to_alarm", "points", "expected"), MISSING_TABLES)
def test_missing_data_are_treated_as_the_tables_print(to_alarm, points, expected, treatment):
    wanted = expected[TREATMENTS.index(treatment)]

    for before in ("OK", "ALARM"):
        found = state(points, to_alarm, treatment, before)
        assert found == (before if wanted == "keep" else wanted), f"{to_alarm} out of 3, {points}: {MISSING}"
