"""AWS's own worked examples and printed rules of metric math, each with the page that prints it.

Proves that the rules agree with what AWS documents; cannot prove what AWS leaves open, as how tightly operators bind.
"""

from datetime import UTC, datetime

import pytest

from floodgate.awsrules.cloudwatch.signal_error import ExpressionError
from tests.unit.awsrules.cloudwatch.asking import values

MATH = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html"
BLOG = "https://aws.amazon.com/blogs/mt/enhance-cloudwatch-metrics-with-metric-math-functions/"
AUTOSCALING = "https://docs.aws.amazon.com/autoscaling/ec2/userguide/"
TRACKING_MATH = AUTOSCALING + "ec2-auto-scaling-target-tracking-metric-math.html"
HIGH_RESOLUTION = AUTOSCALING + "policy-creating-high-resolution-metrics.html"
QUEUE = AUTOSCALING + "as-using-sqs-queue.html"
TRACKING = AUTOSCALING + "as-scaling-target-tracking.html"

COMPARED = {"metric1": [30, 20, 0, 0], "metric2": [20, None, 20, None]}
MIXED = {"metric1": [1, 1, 0, 0, None], "metric2": [30, None, 0, 0, 30], "metric3": [0, 0, 20, None, 20]}
TWO = {"m1": [4.0, 8.0], "m2": [2.0, 10.0]}
GAPS = {"m1": [4.0, None, None, 10.0], "m2": [1.0, 2.0, 3.0, 4.0]}
COUNTS = {"errors1": [1.0, 2.0], "errors2": [3.0, 4.0], "requests": [40.0, 60.0]}
STATUS = {"m4xx": [1.0, 2.0], "m5xx": [3.0, 4.0], "m2xx": [40.0, 60.0]}
MANY = {f"m{index:02}": [float(index), float(index)] for index in range(12)}
HOUR_S, WEEK_S = 3600, 7 * 86_400
SUNDAY_MIDNIGHT = int(datetime(2027, 8, 9, tzinfo=UTC).timestamp())


def office_hours():
    """In which hours of a week, counted from Monday, the blog's alarm has data."""
    told = values("IF((DAY(m1)<6 AND (HOUR(m1)>=9 AND HOUR(m1)<17)),m1)", {"m1": [1.0] * 168}, HOUR_S, SUNDAY_MIDNIGHT)
    return [hour for hour, value in enumerate(told) if value is not None]


def moment(function, *date):
    """What a function of time says of a minute."""
    end_s = int(datetime(*date, tzinfo=UTC).timestamp()) + 60
    return values(f"{function}(m1)", {"m1": [None]}, 60, end_s)[0]


EXAMPLES = [
    (MATH, "a missing point beside one that is there counts as 0", "metric1 < metric2", COMPARED, [0, 0, 1, 0]),
    (MATH, "comparisons give 1 and 0", "metric1 >= 30", COMPARED, [1, 0, 0, 0]),
    (MATH, "AND of two comparisons", "metric1 > 15 AND metric2 > 15", COMPARED, [1, 0, 0, 0]),
    (MATH, "derived: AND is written && too", "metric1 > 15 && metric2 > 15", COMPARED, [1, 0, 0, 0]),
    (MATH, "derived: OR is written || too", "metric1 > 15 || metric2 > 15", COMPARED, [1, 1, 1, 0]),
    (MATH, "IF of three series", "IF(metric1, metric2, metric3)", MIXED, [30, 0, 20, None, None]),
    (MATH, "IF with a number where it holds", "IF(metric1, 5, metric3)", MIXED, [5, 5, 20, None, None]),
    (MATH, "IF with a number where it fails", "IF(metric1, metric2, 5)", MIXED, [30, 0, 5, 5, None]),
    (
        MATH,
        "derived: IF without a second value drops the point",
        "IF(metric1, metric2)",
        MIXED,
        [30, 0, None, None, None],
    ),
    (MATH, "derived: a condition is true for any value but 0", "IF(metric1 - 3, 1, 0)", MIXED, [1, 1, 1, 1, None]),
    (MATH, "derived: IF of a number that is true", "IF(1, m1, m2)", TWO, [4, 8]),
    (MATH, "derived: IF of a number that is false", "IF(0, m1, m2)", TWO, [2, 10]),
    (MATH, "derived: and without a second value", "IF(0, m1)", TWO, [None, None]),
    (MATH, "derived: only the low values", "IF(m2<400, m2)", {"m2": [300.0, 400.0]}, [300, None]),
    (MATH, "derived: relative highs and lows", "IF(m2<400, 10, 2)", {"m2": [300.0, 400.0]}, [10, 2]),
    (
        MATH,
        "derived: 1 where latency is over the threshold",
        "IF(latency>threshold, 1, 0)",
        {"latency": [3.0, 5.0], "threshold": [4.0, 4.0]},
        [0, 1],
    ),
    (MATH, "derived: SUM(METRICS()) sums all metrics", "SUM(METRICS())", TWO, [6, 18]),
    (MATH, "derived: METRICS()/100 divides each of them", "SUM(METRICS()/100)", TWO, [0.06, 0.18]),
    (MATH, "derived: METRICS()*100 multiplies them", "FIRST(METRICS()*100)", TWO, [400, 800]),
    (
        MATH,
        "derived: SUM(METRICS('errors')) takes those with errors in their ids",
        'SUM(METRICS("errors"))',
        COUNTS,
        [4, 6],
    ),
    (MATH, "derived: several texts", 'SUM([METRICS("4xx"), METRICS("5xx")])', STATUS, [4, 6]),
    (
        MATH,
        "derived: an error rate in percent",
        'SUM(METRICS("errors"))/SUM(METRICS("requests"))*100',
        COUNTS,
        [10, 10],
    ),
    (MATH, "derived: PERIOD(m1)/60 is the period in minutes", "TIME_SERIES(PERIOD(m1)/60)", TWO, [1, 1]),
    (MATH, "derived: m1/PERIOD(m1) is a rate per second", "m1/PERIOD(m1)", {"m1": [60.0, 120.0]}, [1, 2]),
    (MATH, "derived: 5 * m1", "5 * m1", TWO, [20, 40]),
    (MATH, "derived: m1 - m2", "m1 - m2", TWO, [2, -2]),
    (MATH, "derived: a number by an array", "SUM(100/[m1, m2])", TWO, [75, 22.5]),
    (MATH, "derived: AVG(METRICS())", "AVG(METRICS())", TWO, [3, 9]),
    (MATH, "derived: -5*m1", "-5*m1", TWO, [-20, -40]),
    (MATH, "derived: -m1", "-m1", TWO, [-4, -8]),
    (MATH, "derived: minus of an array", "SUM(-[m1, m2])", TWO, [-6, -18]),
    (MATH, "derived: a missing point counts as 0 in a sum", "m1 + m2", GAPS, [5, 2, 3, 14]),
    (MATH, "derived: a division by zero drops the point", "m1/m2", {"m1": [1.0, 1.0], "m2": [0.0, 2.0]}, [None, 0.5]),
    (MATH, "derived: as does a missing divisor", "m2/m1", GAPS, [0.25, None, None, 0.4]),
    (MATH, "derived: m1-AVG(m1) is the distance from the average", "m1-AVG(m1)", TWO, [-2, 2]),
    (MATH, "derived: AVG takes missing points for 0", "m1-AVG(m1)", {"m1": [4.0, None]}, [2, None]),
    (MATH, "derived: AVG of an array too", "AVG([m1, m2])", GAPS, [2.5, 1, 1.5, 7]),
    (
        MATH,
        "derived: DATAPOINT_COUNT helps to average sparse ones",
        "m1*0 + SUM(m1)/DATAPOINT_COUNT(m1)",
        GAPS,
        [7, None, None, 7],
    ),
    (MATH, "derived: DATAPOINT_COUNT of an array", "DATAPOINT_COUNT(METRICS())", GAPS, [2, 1, 1, 2]),
    (MATH, "derived: SUM([m1,m2])/AVG(m2)", "SUM([m1,m2])/AVG(m2)", TWO, [1, 3]),
    (MATH, "derived: ABS(m1-m2)", "ABS(m1-m2)", TWO, [2, 2]),
    (MATH, "derived: MIN(ABS([m1, m2]))", "MIN(ABS([m1, m2]))", {"m1": [-4.0, 1.0], "m2": [2.0, -9.0]}, [2, 1]),
    (MATH, "derived: SUM(CEIL(METRICS()))", "SUM(CEIL(METRICS()))", {"m1": [1.2], "m2": [-1.2]}, [1]),
    (MATH, "derived: FLOOR(m1)", "FLOOR(m1)", {"m1": [1.8, -1.2]}, [1, -2]),
    (MATH, "derived: LOG(m1) is the natural logarithm", "LOG(m1)", {"m1": [1.0, 0.0]}, [0, None]),
    (MATH, "derived: LOG10(m1)", "LOG10(m1)", {"m1": [1000.0, 0.1]}, [3, -1]),
    (MATH, "derived: MAX(m1)/m1", "MAX(m1)/m1", TWO, [2, 1]),
    (MATH, "derived: MAX(METRICS())", "MAX(METRICS())", TWO, [4, 10]),
    (MATH, "derived: m1-MIN(m1)", "m1-MIN(m1)", TWO, [0, 4]),
    (MATH, "derived: m1/METRIC_COUNT(METRICS())", "m1/METRIC_COUNT(METRICS())", TWO, [2, 4]),
    (MATH, "derived: m1/STDDEV(m1)", "m1/STDDEV(m1)", TWO, [2, 4]),
    (MATH, "derived: STDDEV(METRICS())", "STDDEV(METRICS())", TWO, [1, 1]),
    (MATH, "derived: FILL(m1,10)", "FILL(m1,10)", GAPS, [4, 10, 10, 10]),
    (MATH, "derived: FILL(METRICS(), 0)", "SUM(FILL(METRICS(), 0))", GAPS, [5, 2, 3, 14]),
    (MATH, "derived: FILL(METRICS(), m1)", "FIRST(FILL(METRICS(), m2))", GAPS, [4, 2, 3, 10]),
    (MATH, "derived: FILL(m1, MIN(m1))", "FILL(m1, MIN(m1))", GAPS, [4, 4, 4, 10]),
    (MATH, "derived: REPEAT is the newest real value before", "FILL(m1, REPEAT)", GAPS, [4, 4, 4, 10]),
    (MATH, "derived: LINEAR is a line over the gap", "FIRST(FILL(METRICS(), LINEAR))", GAPS, [4, 6, 8, 10]),
    (MATH, "derived: DIFF(m1) is the difference to the value before", "DIFF(m1)", TWO, [None, 4]),
    (MATH, "derived: DIFF_TIME is the time between them", "FIRST(DIFF_TIME(METRICS()))", GAPS, [None, None, None, 180]),
    (MATH, "derived: RATE(m1) is their difference by that time", "RATE(m1)", GAPS, [None, None, None, 6 / 180]),
    (MATH, "derived: RATE(METRICS())", "LAST(RATE(METRICS()))", {"m1": [0.0, 0.0], "m2": [0.0, 120.0]}, [None, 2]),
    (MATH, "derived: RUNNING_SUM([m1,m2])", "LAST(RUNNING_SUM([m1,m2]))", TWO, [2, 12]),
    (MATH, "derived: REMOVE_EMPTY", "SUM(REMOVE_EMPTY(METRICS()))", {"m1": [None, None], "m2": [1.0, 2.0]}, [1, 2]),
    (
        MATH,
        "derived: the top metric by its average, compared with 100",
        "IF(FIRST(SORT(METRICS(), AVG, DESC))>100, 1, 0)",
        {"m1": [90.0, 120.0], "m2": [50.0, 500.0]},
        [0, 1],
    ),
    (
        MATH,
        "derived: the 10 metrics with the highest sum",
        "SUM(SLICE(SORT(METRICS(), SUM, DESC), 0, 10))",
        MANY,
        [65, 65],
    ),
    (
        MATH,
        "derived: all but the 5 with the lowest average",
        "SUM(SLICE(SORT(METRICS(), AVG, ASC), 5))",
        MANY,
        [56, 56],
    ),
    (MATH, "derived: a sort with a limit", "SUM(SORT(METRICS(), AVG, DESC, 10))", MANY, [65, 65]),
    (MATH, "derived: SORT(METRICS(), MAX, ASC)", "FIRST(SORT(METRICS(), MAX, ASC))", MANY, [0, 0]),
    (MATH, "derived: TIME_SERIES(10)", "TIME_SERIES(10)", GAPS, [10, 10, 10, 10]),
    (MATH, "derived: TIME_SERIES(MAX(m1))", "TIME_SERIES(MAX(m1))", GAPS, [10, 10, 10, 10]),
    (MATH, "derived: TIME_SERIES(5*AVG(m1))", "TIME_SERIES(5*AVG(m2))", GAPS, [12.5, 12.5, 12.5, 12.5]),
    (MATH, "derived: IF(DAY(m1)<6,m1) on a Monday", "IF(DAY(m1)<6,m1)", TWO, [4, 8]),
    (MATH, "derived: IF(MONTH(m1) == 4,m1) in August", "IF(MONTH(m1) == 4,m1)", TWO, [None, None]),
    (
        TRACKING_MATH,
        "derived: backlog per instance is messages by instances",
        "m1 / m2",
        {"m1": [1500.0], "m2": [10.0]},
        [150],
    ),
    (QUEUE, "1500 messages for 10 servers", "messages/servers", {"messages": [1500.0], "servers": [10.0]}, [150]),
    (
        HIGH_RESOLUTION,
        "derived: a metric of a minute repeats every ten seconds",
        "m1 / FILL(m2, REPEAT)",
        {"m1": [20.0] * 7, "m2": [10.0, None, None, None, None, None, 5.0]},
        [2, 2, 2, 2, 2, 2, 4],
    ),
    (TRACKING, "derived: sparse metrics are filled", "FILL(m1,REPEAT)", {"m1": [7.0, None, None]}, [7, 7, 7]),
]


@pytest.mark.parametrize(
    ("page", "sentence", "expression", "metrics", "expected"),
    [pytest.param(*row, id=f"{row[1]}: {row[2]}") for row in EXAMPLES],
)
def test_the_example_gives_what_the_page_says(page, sentence, expression, metrics, expected):
    assert values(expression, metrics) == pytest.approx(expected), f"{sentence}: {page}"


TIMES = [
    ("MINUTE", (2027, 8, 2, 12, 59), 59),
    ("HOUR", (2027, 8, 2, 23, 59), 23),
    ("DAY", (2027, 8, 2), 1),
    ("DAY", (2027, 8, 8), 7),
    ("DATE", (2027, 8, 31), 31),
    ("MONTH", (2027, 12, 1), 12),
    ("YEAR", (2027, 12, 31, 23, 59), 2027),
    ("EPOCH", (1970, 1, 1, 0, 1), 60),
]


@pytest.mark.parametrize(
    ("function", "date", "expected"), [pytest.param(*row, id=f"derived: {row[0]} is {row[2]}") for row in TIMES]
)
def test_functions_of_time_tell_utc_without_gaps(function, date, expected):
    assert moment(function, *date) == expected, MATH


def test_an_alarm_can_be_kept_to_office_hours():
    expected = [24 * day + hour for day in range(5) for hour in range(9, 17)]

    assert office_hours() == expected, BLOG


REFUSED = [
    ("AVG(m1)", "a single series: its average is a number"),
    ("METRICS()", "a single series: this is an array"),
    ("PERIOD(m1+m2)", "PERIOD takes metrics, not expressions"),
    ("avg(m1)", "functions are written in uppercase letters"),
    ("M1 + m2", "ids begin with a lowercase letter"),
    ("SEARCH('{AWS/EC2,InstanceId} CPUUtilization', 'Average')", "alarms cannot be made on SEARCH"),
]


@pytest.mark.parametrize(("expression", "rule"), REFUSED)
def test_what_the_page_rules_out_is_refused(expression, rule):
    with pytest.raises(ExpressionError) as refusal:
        values(expression, TWO)

    assert refusal.value.remedy, rule
