"""Edges of windows, statistics, alarms and metric math where one more, one less or a gap decides.

Proves what the rules say at their own boundaries; the figures AWS prints are in the files beside this one.
"""

import time

import pytest

from floodgate.awsrules.cloudwatch import alarm_actions, low_samples, premature_alarm, signals, statistics, windows
from floodgate.awsrules.cloudwatch.datapoints import Datapoint, over, single
from floodgate.awsrules.cloudwatch.metric_math import grammar, parser
from floodgate.awsrules.cloudwatch.signal_error import ExpressionError, StatisticError
from floodgate.awsrules.model import Metric
from tests.unit.awsrules.cloudwatch.asking import values

TICKS = [single(float(value)) for value in (1, 2, 3)]
EMPTY = [None, None]


class TestWindows:
    def test_what_lies_before_the_record_is_missing(self):
        assert windows.sliding(TICKS[:1], 2, 3, "Sum") == [None, None, 1]
        assert windows.sliding(TICKS, 2, 3, "Sum") == [None, 1, 5]

    def test_a_record_has_as_many_rolled_points_as_ticks(self):
        assert windows.rolling(TICKS, 2, "Sum") == [1, 3, 5]
        assert windows.rolling(TICKS, 1, "Sum") == [1, 2, 3]

    @pytest.mark.parametrize(("period_s", "interval_s"), [(59, 10), (60, 60), (86_400, 60)])
    def test_a_minute_is_no_high_resolution(self, period_s, interval_s):
        assert windows.interval_s(period_s, 1) == interval_s


class TestStatistics:
    def test_a_value_that_was_never_seen_counts_for_nothing(self):
        assert statistics.evaluate(statistics.parse("p50"), [(-1, 0), (2, 1)]) == 2
        assert over([Datapoint(0, 0, -1, -1), single(2.0)], "tm99") == 2

    @pytest.mark.parametrize("name", ["p100", "tm100", "TM(10%:100%)", "PR(0:500)"])
    def test_boundaries_may_lie_at_the_ends(self, name):
        assert over(TICKS, name)

    @pytest.mark.parametrize(
        ("name", "rule"),
        [
            ("p101", "percentages end at 100"),
            ("TM(10%:101%)", "percentages end at 100"),
            ("TM(60%:40%)", "the lower boundary must be below the higher one"),
            ("TC(5:5)", "the lower boundary must be below the higher one"),
            ("median", "CloudWatch has no such statistic"),
        ],
    )
    def test_a_refused_name_is_told_with_what_can_be_used(self, name, rule):
        with pytest.raises(StatisticError) as error:
            statistics.parse(name)

        basic = "SampleCount, Sum, Average, Minimum, Maximum"
        assert str(error.value) == f"statistic '{name}': {rule}; use {basic}, or one such as p99, tm90 or TM(10%:90%)"

    def test_the_lowest_percentile_is_the_lowest_value(self):
        assert over(TICKS, "p0") == 1

    def test_a_percentile_just_above_the_median_is_counted_from_the_top(self):
        assert low_samples.needed("p50.5") == pytest.approx(1000 / 49.5)


class TestAlarms:
    def test_a_metric_is_asked_for_by_itself(self):
        metric = Metric("AWS/EC2", "CPUUtilization")

        assert signals.values(metric, lambda asked: [1.0 if asked == metric else None], 60, 1, 0) == [1]

    @pytest.mark.parametrize(
        ("arn", "kind"), [("arn:aws", "other"), ("arn:aws:autoscaling", "autoscaling"), ("", "other")]
    )
    def test_an_arn_that_is_cut_short_is_read_as_far_as_it_goes(self, arn, kind):
        assert alarm_actions.kind(arn) == kind

    def test_no_data_at_all_are_no_old_breach(self):
        assert not premature_alarm.is_old_enough([None, None], 1)


class TestMetricMath:
    @pytest.mark.parametrize(
        ("expression", "metrics", "expected"),
        [
            ("LAST([m1, m2, m3])", {"m1": [1.0], "m2": [2.0], "m3": [3.0]}, [3]),
            ("FIRST(REMOVE_EMPTY(METRICS()))", {"m1": EMPTY, "m2": EMPTY}, EMPTY),
            ("LAST(SORT(METRICS(), MIN, ASC))", {"m1": EMPTY, "m2": [1.0, 2.0]}, EMPTY),
            ("LAST(SORT(METRICS(), MAX, DESC))", {"m1": EMPTY, "m2": [1.0, 2.0]}, EMPTY),
            ("LOG10(m1)", {"m1": [0.0, -1.0, 10.0]}, [None, None, 1]),
            ("LOG(m1)", {"m1": [0.0, -1.0, 1.0]}, [None, None, 0]),
            ("SUM(-[m1, m2])", {"m1": [1.0, None], "m2": [2.0, None]}, [-3, None]),
            ("TIME_SERIES(MAX(m1) + 1)", {"m1": EMPTY}, EMPTY),
            ("TIME_SERIES(-MAX(m1))", {"m1": EMPTY}, EMPTY),
            ("SUM([m1, m2])", {"m1": EMPTY, "m2": EMPTY}, EMPTY),
            ("SUM(REMOVE_EMPTY(METRICS()))", {"m1": EMPTY, "m2": EMPTY}, EMPTY),
            ("AVG([m1, m2])", {"m1": [1.7e308, 1.0], "m2": [1.7e308, 3.0]}, [None, 2]),
            ("RUNNING_SUM(m1)", {"m1": [1.0, None, 2.0]}, [1, None, 3]),
            ("DIFF_TIME(m1)", {"m1": [None, 1.0, None, 4.0]}, [None, None, None, 120]),
            ("RATE(m1)", {"m1": [None, 1.0, None, 4.0]}, [None, None, None, 3 / 120]),
            ("FILL(m1, REPEAT)", {"m1": [None, 1.0, None]}, [None, 1, 1]),
            ("FILL(m1, LINEAR)", {"m1": [None, 1.0, None, 3.0, None]}, [None, 1, 2, 3, None]),
        ],
    )
    def test_gaps_and_ends_are_kept_as_they_are(self, expression, metrics, expected):
        assert values(expression, metrics) == pytest.approx(expected)

    @pytest.mark.parametrize(
        "written", ["-m1 + m2^2.0", "m1 * (m2 + 1.0)", "[m1, m2]", "METRICS('4\"x')", 'METRICS("4x")']
    )
    def test_an_expression_is_written_with_no_more_brackets_and_quotes_than_it_needs(self, written):
        assert grammar.text(parser.parse(written)) == written

    def test_functions_of_time_know_utc_whatever_the_clock_of_the_machine_shows(self, monkeypatch):
        monkeypatch.setenv("TZ", "Asia/Seoul")
        time.tzset()
        try:
            assert values("HOUR(m1)", {"m1": [1.0]}, 3600, 13 * 3600) == [12]
        finally:
            monkeypatch.undo()
            time.tzset()

    @pytest.mark.parametrize(
        ("expression", "told"),
        [
            (
                "SUM(METRICS(m1))",
                'METRICS, character 5: it takes nothing or a text in quotes; write METRICS() or METRICS("errors")',
            ),
            (
                "SUM(METRICS('x'))",
                "METRICS, character 5: no metric has 'x' in its id; correct the text or the ids",
            ),
            (
                "m1 / PERIOD(5)",
                "PERIOD, character 6: its input is a metric, not the result of an expression; give the id of a metric",
            ),
            (
                "FIRST(m1)",
                "FIRST, character 1: argument 1 must be an array of time series; write [m1, m2] or METRICS()",
            ),
            (
                "HOUR(5)",
                "HOUR, character 1: argument 1 must be one time series; use TIME_SERIES, FIRST, or an id",
            ),
            (
                "TIME_SERIES(m1)",
                "TIME_SERIES, character 1: argument 1 must be a number; give a number, or a function that returns one",
            ),
            (
                "FIRST(SLICE(METRICS(), 1.5))",
                "SLICE, character 7: argument 2 must be a whole number of 0 or more; write the number",
            ),
            (
                "FILL(m1, AVG)",
                "FILL, character 1: argument 2 must be one of REPEAT, LINEAR; use one of these words",
            ),
            (
                "SUM([m1, 5])",
                "a number in an array, character 10: arrays are made of time series; write TIME_SERIES(number)",
            ),
            ("ABS('x')", "ABS, character 1: argument 1 is no value; give a number, an id or a function"),
            (
                "IF([m1, m2], 1, 0)",
                "IF, character 1: it takes numbers and single time series, no arrays; choose one of them with FIRST",
            ),
            (
                "SUM(5)",
                "SUM, character 1: it takes a time series or an array of them, no number; give an id or METRICS()",
            ),
        ],
    )
    def test_a_refusal_says_which_function_what_rule_and_what_to_write(self, expression, told):
        with pytest.raises(ExpressionError) as error:
            values(expression, {"m1": [1.0], "m2": [2.0]})

        assert str(error.value) == told
