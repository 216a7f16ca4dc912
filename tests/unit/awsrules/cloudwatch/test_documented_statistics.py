"""AWS's own definitions and examples of statistics, each with the page that prints it.

Proves that the rules agree with what AWS documents; how AWS interpolates between values it does not document.
"""

import pytest

from floodgate.awsrules.cloudwatch import low_samples
from floodgate.awsrules.cloudwatch.datapoints import Datapoint, merge, over, single
from floodgate.awsrules.model import Alarm, Metric

CW = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/"
DEFINITIONS = CW + "Statistics-definitions.html"
CONCEPTS = CW + "cloudwatch_concepts.html"
PUBLISHING = CW + "publishingMetrics.html"
LOW = CW + "percentiles-with-low-samples.html"
HUNDRED = [single(float(value)) for value in range(1, 101)]
SECONDS = [single(value) for value in (0.005, 0.006, 0.030, 0.031)]
VIEWS = [single(value) for value in (2.0, 4.0, 5.0)]
MEAN_1_TO_90 = sum(range(1, 91)) / 90


def of(statistic, points=HUNDRED):
    return over(points, statistic)


def kept(statistic, samples, *, evaluate_low=False, periods=1):
    """Whether an alarm keeps its state with these numbers of values in its periods."""
    watched = Metric("n", "latency", statistic=statistic)
    alarm = Alarm("a", watched, "GreaterThanThreshold", 1, 60, periods, 1, evaluate_low_samples=evaluate_low)
    return low_samples.holds(alarm, samples)


STATISTICS = [
    (DEFINITIONS, "derived: SampleCount is the number of data points", lambda: of("SampleCount"), 100),
    (DEFINITIONS, "derived: Sum is the sum of them", lambda: of("Sum"), 5050),
    (DEFINITIONS, "derived: Average is Sum by SampleCount", lambda: of("Average"), 50.5),
    (DEFINITIONS, "derived: Minimum is the lowest", lambda: of("Minimum"), 1),
    (DEFINITIONS, "derived: Maximum is the highest", lambda: of("Maximum"), 100),
    (DEFINITIONS, "derived: 95 % of the data lie below p95", lambda: of("p95"), 95),
    (DEFINITIONS, "derived: p99 is the highest of the remaining 99 %", lambda: of("p99"), 99),
    (DEFINITIONS, "derived: tm99 is their average", lambda: of("tm99"), 50),
    (DEFINITIONS, "derived: tm90 leaves out the highest 10 %", lambda: of("tm90"), MEAN_1_TO_90),
    (DEFINITIONS, "derived: TM(2%:98%) leaves out 2 % at each end", lambda: of("TM(2%:98%)"), sum(range(3, 99)) / 96),
    (
        DEFINITIONS,
        "derived: TM(150:1000) leaves out 150 and less, and more than 1000",
        lambda: of("TM(150:1000)", [single(value) for value in (150.0, 151.0, 1000.0, 1001.0)]),
        (151 + 1000) / 2,
    ),
    (
        DEFINITIONS,
        "derived: TM(:95%) takes all up to the 95th percentile",
        lambda: of("TM(:95%)"),
        sum(range(1, 96)) / 95,
    ),
    (DEFINITIONS, "derived: TM(10%:) leaves out the lowest 10 %", lambda: of("TM(10%:)"), sum(range(11, 101)) / 90),
    (DEFINITIONS, "derived: TM(10%:99%) leaves out both", lambda: of("TM(10%:99%)"), sum(range(11, 100)) / 89),
    (DEFINITIONS, "tm99 is the same as TM(:99%)", lambda: of("tm99") == of("TM(:99%)"), True),
    (DEFINITIONS, "derived: IQM is the mean of the middle half", lambda: of("IQM"), sum(range(26, 76)) / 50),
    (DEFINITIONS, "IQM is TM(25%:75%)", lambda: of("IQM") == of("TM(25%:75%)"), True),
    (
        DEFINITIONS,
        "derived: wm98 takes the highest 2 % for the value at the 98th percentile",
        lambda: of("wm98"),
        (sum(range(1, 99)) + 2 * 98) / 100,
    ),
    (
        DEFINITIONS,
        "derived: WM(10%:90%) takes both ends for the values at the boundaries",
        lambda: of("WM(10%:90%)"),
        (9 * 10 + sum(range(10, 91)) + 10 * 90) / 100,
    ),
    (
        DEFINITIONS,
        "derived: PR(:300) is the percentage of 300 or less",
        lambda: of("PR(:300)", [single(float(value)) for value in (100, 300, 301, 900)]),
        50,
    ),
    (
        DEFINITIONS,
        "derived: PR(100:2000) is the percentage between 100 and 2000",
        lambda: of("PR(100:2000)", [single(float(value)) for value in (50, 300, 2000, 2001)]),
        50,
    ),
    (
        DEFINITIONS,
        "derived: bins of percentile ranks make up a histogram",
        lambda: sum(of(bin_, SECONDS) or 0 for bin_ in ("PR(:1)", "PR(1:5)", "PR(5:10)", "PR(10:)")),
        100,
    ),
    (DEFINITIONS, "derived: tc90 counts all but the highest 10 %", lambda: of("tc90"), 90),
    (DEFINITIONS, "derived: TC(0.005:0.030) is exclusive and inclusive", lambda: of("TC(0.005:0.030)", SECONDS), 2),
    (
        DEFINITIONS,
        "derived: TC(80:500) counts above 80 up to 500",
        lambda: of("TC(80:500)", [single(float(value)) for value in (80, 81, 500, 501)]),
        2,
    ),
    (DEFINITIONS, "derived: TC(:0.5) counts 0.5 and lower", lambda: of("TC(:0.5)", [single(0.5), single(0.51)]), 1),
    (DEFINITIONS, "derived: ts90 sums all but the highest 10 %", lambda: of("ts90"), sum(range(1, 91))),
    (DEFINITIONS, "TS is TM times TC", lambda: of("ts90") == (of("tm90") or 0) * (of("tc90") or 0), True),
    (DEFINITIONS, "derived: TS(80%:) sums the highest fifth", lambda: of("TS(80%:)"), sum(range(81, 101))),
    (DEFINITIONS, "there are none with negative values", lambda: of("p90", [single(-1.0), single(2.0)]), None),
    (CONCEPTS, "percentiles may have ten decimals", lambda: of("p95.0123456789"), 96),
    (CONCEPTS, "a statistic set of one value tells percentiles", lambda: of("p99", [Datapoint(7, 1, 7, 7)]), 7),
    (CONCEPTS, "one of equal values too", lambda: of("p99", [Datapoint(21, 3, 7, 7)]), 7),
    (CONCEPTS, "one of different values does not", lambda: of("p99", [Datapoint(21, 3, 6, 8)]), None),
    (
        CONCEPTS,
        "derived: statistic sets aggregate to minimum, maximum, sum and count",
        lambda: merge([Datapoint(30, 3, 5, 15), Datapoint(40, 2, 10, 30)]),
        Datapoint(70, 5, 5, 30),
    ),
    (
        PUBLISHING,
        "2, 4 and 5 within a minute: sum 11, minimum 2, maximum 5, 3 samples",
        lambda: [over(VIEWS, name) for name in ("Sum", "Minimum", "Maximum", "SampleCount")],
        [11, 2, 5, 3],
    ),
    (PUBLISHING, "their average is 3.6666666666666665", lambda: over(VIEWS, "Average"), 3.6666666666666665),
    (
        PUBLISHING,
        "the three may be published as one statistic set",
        lambda: [over([Datapoint(11, 3, 2, 5)], name) for name in ("Sum", "Minimum", "Maximum", "SampleCount")],
        [11, 2, 5, 3],
    ),
    (LOW, "an alarm on p99 needs 1,000 values", lambda: low_samples.needed("p99"), 1000),
    (LOW, "derived: the median needs 10 / (1 - 0.5)", lambda: low_samples.needed("p50"), 20),
    (LOW, "derived: below it, p10 needs 10 / 0.1", lambda: low_samples.needed("p10"), 100),
    (LOW, "derived: told to ignore low samples, 999 do not suffice for p99", lambda: kept("p99", [999]), True),
    (LOW, "derived: 1,000 do", lambda: kept("p99", [1000]), False),
    (LOW, "derived: they count over the evaluation period", lambda: kept("p99", [500, 500], periods=2), False),
    (LOW, "told to evaluate, any number does", lambda: kept("p99", [1], evaluate_low=True), False),
    (LOW, "the setting is for percentiles", lambda: kept("Average", [1]), False),
]


@pytest.mark.parametrize(
    ("page", "sentence", "actual", "expected"), [pytest.param(*row, id=row[1]) for row in STATISTICS]
)
def test_the_example_holds(page, sentence, actual, expected):
    found = actual()

    if isinstance(expected, float) and found is not None:
        assert found == pytest.approx(expected), f"{sentence}: {page}"
    else:
        assert found == expected, f"{sentence}: {page}"
