"""AWS's own worked examples and printed rules of CloudWatch alarms, each with the page that prints it.

Proves that the rules agree with what AWS documents; cannot prove what AWS leaves open.
"""

import pytest

from floodgate.awsrules.cloudwatch import (
    alarm_actions,
    alarm_kinds,
    alarms,
    evaluation_range,
    m_out_of_n,
    missing_data,
    retention,
    windows,
)
from floodgate.awsrules.cloudwatch.datapoints import over, single
from floodgate.awsrules.model import Alarm, AlarmState, Metric

CW = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/"
EVALUATION = CW + "alarm-evaluation.html"
MISSING = CW + "alarms-and-missing-data.html"
ACTIONS = CW + "alarm-actions.html"
ALARMS_PAGE = CW + "AlarmThatSendsEmail.html"
CONCEPTS = CW + "cloudwatch_concepts.html"
ANOMALY = CW + "Create_Anomaly_Detection_Alarm.html"
INSIGHTS = CW + "cloudwatch-metrics-insights-alarms.html"
STEP = "https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-simple-step.html"
TRIGGER = "https://repost.aws/knowledge-center/cloudwatch-trigger-metric"
CPU = Metric("AWS/EC2", "CPUUtilization")
POLICY = "arn:aws:autoscaling:ap-northeast-2:123456789012:scalingPolicy:1:autoScalingGroupName/web:policyName/out"
TOPIC = "arn:aws:sns:ap-northeast-2:123456789012:people"
DAY = 86_400


def alarm(m, n, treat="missing", comparison="GreaterThanThreshold", **given):
    return Alarm("high", given.pop("metric", CPU), comparison, 10, 60, n, m, treat, **given)


def points(marks):
    return [{"0": 5.0, "X": 20.0, "-": None}[mark] for mark in marks.split()]


def state(marks, m, treat, before="OK", **given):
    return alarms.evaluate(alarm(m, 3, treat, **given), points(marks), before)


def window(minutes):
    history = [alarms.Datapoint(minute, 1, minute, minute) for minute in minutes]
    return alarms.sliding(history, 5, 1, "Sum")


def states(values, alarm):
    """The state after each minute."""
    before: AlarmState = "OK"
    told: list[AlarmState] = []
    for end in range(1, len(values) + 1):
        before = alarms.evaluate(alarm, values[max(0, end - 5) : end], before)
        told.append(before)
    return told


def figure():
    """The page's figure: a threshold of three units, above it in periods three to five and in period nine."""
    values = [1.0, 2.0, 4.0, 5.0, 4.0, 2.0, 1.0, 2.0, 4.0, 2.0, 1.0]
    return states(values, Alarm("figure", CPU, "GreaterThanThreshold", 3, 60, 3, 3))


def runs(before, after, since_run_s=60.0, **given):
    return alarm_actions.to_run(alarm(3, 3, actions=(POLICY, TOPIC), **given), before, after, since_run_s)


def scaling_minutes():
    """In which minutes a policy is asked to scale, breached in minutes 3 to 6."""
    told = states(points("0 0 X X X X 0 0"), alarm(3, 3))
    first: list[AlarmState] = ["OK"]
    pairs = enumerate(zip([*first, *told], told, strict=False), 1)
    return [minute for minute, (before, after) in pairs if alarms.runs_action(before, after, "autoscaling")]


def average(*values):
    return over([single(value) for value in values], "Average")


ALARMS = [
    (EVALUATION, "alarms of a minute or longer are judged each minute", lambda: alarms.interval_s(300, 1), 60),
    (EVALUATION, "high-resolution alarms each ten seconds", lambda: alarms.interval_s(10, 3), 10),
    (EVALUATION, "those of twenty seconds too", lambda: alarms.interval_s(20, 3), 10),
    (EVALUATION, "and those of thirty seconds", lambda: alarms.interval_s(30, 3), 10),
    (EVALUATION, "alarms over more than a day each hour", lambda: alarms.interval_s(3600, 25), 3600),
    (EVALUATION, "derived: alarms over one day each minute", lambda: alarms.interval_s(3600, 24), 60),
    (EVALUATION, "in minute 5 a five-minute alarm sees minutes 1 to 5", lambda: window(range(1, 6)), [15]),
    (EVALUATION, "in minute 6 it sees minutes 2 to 6", lambda: window(range(1, 7)), [20]),
    (EVALUATION, "4 out of 5 of a minute are five minutes", lambda: m_out_of_n.evaluation_interval_s(60, 5), 300),
    (EVALUATION, "3 of 3 of ten minutes are thirty", lambda: m_out_of_n.evaluation_interval_s(600, 3), 1800),
    (
        STEP,
        "two consecutive periods of 5 minutes take 10",
        lambda: m_out_of_n.evaluation_interval_s(300, 2),
        600,
    ),
    (EVALUATION, "alarms of one minute are judged each minute", lambda: alarms.interval_s(60, 3), 60),
    (EVALUATION, "two breaches of three are no alarm of 3 out of 3", lambda: state("0 0 0 X X", 3, "missing"), "OK"),
    (EVALUATION, "three in a row are", lambda: state("0 0 X X X", 3, "missing"), "ALARM"),
    (EVALUATION, "the first good datapoint ends it", lambda: state("0 X X X 0", 3, "missing", "ALARM"), "OK"),
    (EVALUATION, "in the figure the alarm goes off in period five", lambda: figure().index("ALARM") + 1, 5),
    (EVALUATION, "in period six it is OK again", lambda: figure()[5], "OK"),
    (EVALUATION, "one breach in period nine is no alarm", lambda: set(figure()[5:]), {"OK"}),
    (EVALUATION, "derived: breaches need not be consecutive", lambda: state("0 0 X 0 X", 2, "missing"), "ALARM"),
    (EVALUATION, "derived: but within the evaluation periods", lambda: state("X X 0 0 0", 2, "missing"), "OK"),
    (MISSING, "five points are looked at for three", lambda: alarms.range_points(3), 5),
    (MISSING, "- - - - X is no alarm of 3 out of 3", lambda: state("- - - - X", 3, "missing") == "ALARM", False),
    (MISSING, "- - - X - neither", lambda: state("- - - X -", 3, "missing") == "ALARM", False),
    (MISSING, "- - - X 0 shows that it was right to wait", lambda: state("- - - X 0", 3, "missing"), "OK"),
    (MISSING, "and so does - - X - 0", lambda: state("- - X - 0", 3, "missing"), "OK"),
    (MISSING, "- - X - - is one", lambda: state("- - X - -", 3, "missing"), "ALARM"),
    (MISSING, "0 - - - - with breaching is none", lambda: state("0 - - - -", 3, "breaching"), "OK"),
    (MISSING, "a minute later, the 0 out of sight, it is one", lambda: state("- - - - -", 3, "breaching"), "ALARM"),
    (
        MISSING,
        "derived: after the last datapoint an alarm may judge the same ones again",
        lambda: (state("0 X X X -", 3, "missing"), state("X X X - -", 3, "missing")),
        ("ALARM", "ALARM"),
    ),
    (
        MISSING,
        "derived: because the range still holds enough of them",
        lambda: evaluation_range.reevaluates(points("X X X - -"), 3),
        True,
    ),
    (
        MISSING,
        "alarms on DynamoDB's metrics ignore missing data by default",
        lambda: state("- - - - -", 3, "missing", "ALARM", metric=Metric("AWS/DynamoDB", "ThrottledRequests")),
        "ALARM",
    ),
    (
        ACTIONS,
        "an Auto Scaling action runs again while the alarm lasts",
        lambda: alarms.runs_action("ALARM", "ALARM", "autoscaling"),
        True,
    ),
    (ACTIONS, "other actions run on the change only", lambda: alarms.runs_action("ALARM", "ALARM", "other"), False),
    (ALARMS_PAGE, "on the change all actions run", lambda: runs("OK", "ALARM"), (POLICY, TOPIC)),
    (ALARMS_PAGE, "after a minute in the state only the policy runs", lambda: runs("ALARM", "ALARM"), (POLICY,)),
    (ALARMS_PAGE, "derived: once a minute, however often it is judged", lambda: runs("ALARM", "ALARM", 10), ()),
    (ALARMS_PAGE, "leaving the state ends it", lambda: runs("ALARM", "OK"), ()),
    (
        ALARMS_PAGE,
        "derived: a policy runs each minute from the third breach to the first good minute",
        scaling_minutes,
        [5, 6],
    ),
    (
        ALARMS_PAGE,
        "each of the three states has actions of its own",
        lambda: (
            runs("ALARM", "OK", ok_actions=("ok",)),
            runs("OK", "INSUFFICIENT_DATA", insufficient_data_actions=("none",)),
        ),
        (("ok",), ("none",)),
    ),
    (ALARMS_PAGE, "disabled actions do not run", lambda: runs("OK", "ALARM", actions_enabled=False), ()),
    (
        ALARMS_PAGE,
        "composite alarms cannot drive Auto Scaling",
        lambda: alarm_kinds.drives_auto_scaling({"AlarmRule": "ALARM(a) OR ALARM(b)"}),
        False,
    ),
    (
        ANOMALY,
        "alarms on an anomaly band cannot",
        lambda: alarm_kinds.drives_auto_scaling({"ThresholdMetricId": "band", "Metrics": []}),
        False,
    ),
    (
        INSIGHTS,
        "alarms on Metrics Insights queries of several series cannot",
        lambda: alarm_kinds.drives_auto_scaling(
            {"Metrics": [{"Id": "q", "Expression": "SELECT AVG(CPUUtilization) FROM x GROUP BY InstanceId"}]}
        ),
        False,
    ),
    (ALARMS_PAGE, "alarms on one metric can", lambda: alarm_kinds.drives_auto_scaling({"MetricName": "m"}), True),
    (
        TRIGGER,
        "four values of one minute average 66.934",
        lambda: round(
            average(89.76470588235294, 27.926666666666664, 54.57142857142857, 95.473333333333336) or 0,
            3,
        ),
        66.934,
    ),
    (
        TRIGGER,
        "which breaches a threshold of 65 %",
        lambda: alarms.breaches(Alarm("a", CPU, "GreaterThanThreshold", 65, 60, 1, 1), 66.934),
        True,
    ),
    (
        CONCEPTS,
        "what is aggregated from 7 to 8 o'clock is stamped with 7",
        lambda: windows.stamps(20 * 3600, 3600, 1),
        [19 * 3600],
    ),
    (CONCEPTS, "high-resolution datapoints are kept for 3 hours", lambda: retention.kept_s(1), 3 * 3600),
    (CONCEPTS, "those of a minute for 15 days", lambda: retention.kept_s(60), 15 * DAY),
    (CONCEPTS, "those of five minutes for 63 days", lambda: retention.kept_s(300), 63 * DAY),
    (CONCEPTS, "those of an hour for 455 days", lambda: retention.kept_s(3600), 455 * DAY),
    (CONCEPTS, "data of a minute can be read as such on day 15", lambda: retention.finest_s(15 * DAY), 60),
    (CONCEPTS, "after 15 days as five minutes", lambda: retention.finest_s(16 * DAY), 300),
    (CONCEPTS, "after 63 days as an hour", lambda: retention.finest_s(64 * DAY), 3600),
    (CONCEPTS, "derived: after 455 days not at all", lambda: retention.finest_s(456 * DAY), None),
]

TREATMENTS = ("missing", "ignore", "breaching", "notBreaching")
MISSING_TABLES = [
    (3, "0 - X - X", 0, ("OK", "OK", "OK", "OK")),
    (3, "0 - - - -", 2, ("OK", "OK", "OK", "OK")),
    (3, "- - - - -", 3, ("INSUFFICIENT_DATA", "keep", "ALARM", "OK")),
    (3, "0 X X - X", 0, ("ALARM", "ALARM", "ALARM", "ALARM")),
    (3, "- - X - -", 2, ("ALARM", "keep", "ALARM", "OK")),
    (2, "0 - X - X", 0, ("ALARM", "ALARM", "ALARM", "ALARM")),
    (2, "0 0 X 0 X", 0, ("ALARM", "ALARM", "ALARM", "ALARM")),
    (2, "0 - X - -", 1, ("OK", "OK", "ALARM", "OK")),
    (2, "- - - - 0", 2, ("OK", "OK", "ALARM", "OK")),
    (2, "- - - X -", 2, ("ALARM", "keep", "ALARM", "OK")),
    # the table of January 2019 had this row, where the breach is as old as the whole range
    (3, "X - - - -", 2, ("ALARM", "keep", "ALARM", "OK")),
]


@pytest.mark.parametrize(("page", "sentence", "actual", "expected"), [pytest.param(*row, id=row[1]) for row in ALARMS])
def test_the_example_holds(page, sentence, actual, expected):
    assert actual() == expected, f"{sentence}: {page}"


@pytest.mark.parametrize("treatment", TREATMENTS)
@pytest.mark.parametrize(("to_alarm", "marks", "fill", "expected"), MISSING_TABLES)
def test_missing_data_are_treated_as_the_tables_print(to_alarm, marks, fill, expected, treatment):
    wanted = expected[TREATMENTS.index(treatment)]

    assert missing_data.filled(points(marks), 3) == fill, MISSING
    for before in ("OK", "ALARM", "INSUFFICIENT_DATA"):
        found = state(marks, to_alarm, treatment, before)
        assert found == (before if wanted == "keep" else wanted), f"{to_alarm} out of 3, {marks}: {MISSING}"
