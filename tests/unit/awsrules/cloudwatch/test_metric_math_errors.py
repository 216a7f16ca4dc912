"""What metric math cannot read or evaluate: one named error, in one line, that says where and what to change.

Proves that nothing else is ever raised for any text; cannot prove that AWS takes every expression that is taken here.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floodgate.awsrules.cloudwatch import signals
from floodgate.awsrules.cloudwatch.metric_math.functions import FUNCTIONS, UNSUPPORTED
from floodgate.awsrules.cloudwatch.metric_math.parser import MAX_DEPTH, parse
from floodgate.awsrules.cloudwatch.metric_math.tokens import MAX_LENGTH
from floodgate.awsrules.cloudwatch.signal_error import ExpressionError, SignalError, StatisticError
from floodgate.awsrules.model import Metric, MetricMath, Query
from tests.unit.awsrules.cloudwatch.asking import math, values

METRICS = {"m1": [1.0, None, 3.0, -2.0], "m2": [None, 0.0, 5.0, None]}
WORDS = st.sampled_from(
    [
        *FUNCTIONS,
        *UNSUPPORTED,
        *[
            "(",
            ")",
            "[",
            "]",
            ",",
            "+",
            "-",
            "*",
            "/",
            "^",
            "<",
            ">",
            "<=",
            ">=",
            "==",
            "!=",
            "&&",
            "||",
            "AND",
            "OR",
            "REPEAT",
            "LINEAR",
            "AVG",
            "SUM",
            "ASC",
            "DESC",
        ],
        *[
            "m1",
            "m2",
            "e1",
            "0",
            "1",
            "2.5",
            ".5",
            "1e308",
            "'m'",
            '"m1"',
            "METRICS()",
            "[m1,m2]",
            "(m1)",
            "!",
            "=",
            "#",
            "é",
        ],
    ]
)


def refusal(expression, metrics=METRICS, **others):
    with pytest.raises(ExpressionError) as error:
        values(expression, metrics, **others)
    assert "\n" not in str(error.value)
    assert str(error.value) == f"{error.value.value}: {error.value.rule}; {error.value.remedy}"
    return str(error.value)


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("m1 +", "character 5: it ends where a value is expected"),
        ("", "character 1: it ends where a value is expected"),
        ("m1 m2", "character 4: 'm2' is not expected"),
        ("(m1", "character 4: ')' is missing"),
        ("[m1, m2", "']' is missing"),
        ("m1 + * m2", "character 6: '*' is found where a value is expected"),
        ("m1 = m2", "character 4: '=' has no meaning here"),
        ("m1 + 1e999", "character 6: the number is too large"),
        ("m3 * 2", "id m3: no query has it; use one of m1, m2, returned"),
        ("TOTAL(m1)", "TOTAL, character 1: CloudWatch has no such function"),
        ("1 + ABS(m1, m2)", "ABS, character 5: it has 2 arguments and takes 1"),
        ("IF(m1)", "IF, character 1: it has 1 arguments and takes 2 to 3"),
        ("REPEAT", "REPEAT, character 1: it has no value of its own"),
        ("m1 + 'text'", "a text, character 6: it has no value of its own"),
        ("5", "query returned returns one number: an alarm watches a single time series; put it into TIME_SERIES"),
        ("[m1, m2]", "query returned returns 2 series"),
        ("SUM([m1, 5])", "a number in an array, character 10: arrays are made of time series"),
        ("SUM([m1] * [m2])", "operator *, character 12: two arrays cannot be combined"),
        ("SUM(5)", "SUM, character 1: it takes a time series or an array of them"),
        ("FIRST(m1)", "FIRST, character 1: argument 1 must be an array"),
        ("HOUR(5)", "HOUR, character 1: argument 1 must be one time series"),
        ("TIME_SERIES(m1)", "TIME_SERIES, character 1: argument 1 must be a number"),
        ("IF([m1, m2], 1, 0)", "it takes numbers and single time series, no arrays"),
        ("IF(m1, [m1, m2], 0)", "it takes numbers and single time series, no arrays"),
        ("FILL(m1, AVG)", "argument 2 must be one of REPEAT, LINEAR"),
        ("FILL(m1, 'x')", "argument 2 is no value"),
        ("FILL(5, 1)", "argument 1 must be one time series"),
        ("FILL(m1, [m2])", "argument 2 must be a number"),
        ("ABS(DESC)", "argument 1 is no value"),
        ("FIRST(SORT(METRICS(), STDDEV, ASC))", "argument 2 must be one of AVG, MIN, MAX, SUM"),
        ("FIRST(SORT(METRICS(), AVG, UP))", "argument 3 must be one of ASC, DESC"),
        ("FIRST(SORT(METRICS(), AVG, ASC, 1.5))", "argument 4 must be a whole number"),
        ("FIRST(SLICE(METRICS(), -1))", "argument 2 must be a whole number"),
        ("SUM(METRICS(m1))", "it takes nothing or a text in quotes"),
        ("SUM(METRICS('requests'))", "no metric has 'requests' in its id"),
        ("m1 / PERIOD(5)", "its input is a metric"),
        ("SELECT AVG(CPUUtilization) FROM SCHEMA(x)", "a Metrics Insights query needs all metrics"),
        ("m1" + " + 1" * 600, "an expression of 2,402 characters: CloudWatch takes at most 2,048"),
        ("(" * 30 + "m1" + ")" * 30, f"it nests more than {MAX_DEPTH} levels deep"),
    ],
)
def test_the_error_says_where_and_what_is_wrong(expression, words):
    assert words in refusal(expression)


@pytest.mark.parametrize("function", sorted(UNSUPPORTED))
def test_a_function_that_is_not_modelled_says_what_to_do_instead(function):
    rule, remedy = UNSUPPORTED[function]

    assert refusal(f"m2 + {function}(m1)") == f"{function}, character 6: {rule}; {remedy}"


ONE = "ABS AVG CEIL DATAPOINT_COUNT DATE DAY DIFF DIFF_TIME EPOCH FIRST FLOOR HOUR LAST LOG LOG10 MAX METRIC_COUNT MIN"
ONE += " MINUTE MONTH PERIOD RATE REMOVE_EMPTY RUNNING_SUM STDDEV SUM TIME_SERIES YEAR"
ARGUMENTS = {"FILL": (2, 2), "IF": (2, 3), "METRICS": (0, 1), "SLICE": (2, 3), "SORT": (3, 4)}


def test_every_function_takes_as_many_arguments_as_the_page_prints():
    known = {name: (function.least, function.most) for name, function in FUNCTIONS.items()}

    assert known == {**dict.fromkeys(ONE.split(), (1, 1)), **ARGUMENTS}


def test_expressions_that_need_each_other_are_refused():
    told = refusal("e1 + 1", e1="e2 * 2", e2="e1 + m1")

    assert "each needs the other" in told


def test_expressions_may_use_expressions_in_any_order_of_their_ids():
    assert values("z1 - a1", {"m1": [10.0]}, z1="a1 * 3", a1="m1 + 1") == [22]


def test_a_returned_id_that_no_query_has_is_refused():
    signal = MetricMath((Query("m1", metric=Metric("n", "m")),), "e1")

    with pytest.raises(ExpressionError, match="id e1: no query has it"):
        signals.values(signal, lambda metric: [1.0], 60, 1, 0)


def test_a_metric_itself_can_be_what_is_returned():
    signal = MetricMath((Query("m1", metric=Metric("n", "m")),), "m1")

    assert signals.values(signal, lambda metric: [1.0, None], 60, 2, 0) == [1, None]


@pytest.mark.parametrize(
    "name",
    ["p", "p101", "p-1", "P99", "median", "TM(90%)", "TM(60%:40%)", "TM(50%:50%)", "TC(5:5)", "tm", "PR(1%:2%)", ""],
)
def test_an_unknown_statistic_is_refused_before_use(name):
    with pytest.raises(StatisticError, match="use SampleCount, Sum, Average") as error:
        signals.check(Metric("n", "m", statistic=name))

    assert isinstance(error.value, SignalError)


def test_what_is_checked_before_use_names_the_expression_that_cannot_be_evaluated():
    signals.check(math("m1 / m2", METRICS))
    with pytest.raises(ExpressionError):
        signals.check(math("m1 / m9", METRICS))


@pytest.mark.parametrize("length", [MAX_LENGTH - 3, MAX_LENGTH])
def test_the_longest_expressions_are_read_and_evaluated(length):
    expression = ("m1" + "+m1" * length)[: length - length % 3 - 1]

    assert values(expression, {"m1": [1.0]}) == [expression.count("m1")]


def test_one_character_more_than_the_longest_is_refused():
    padded = "m1".ljust(MAX_LENGTH)

    assert values(padded, {"m1": [1.0]}) == [1]
    assert "an expression of 2,049 characters" in refusal(padded + " ")


def test_a_long_expression_is_shown_shortened():
    written = "m1" + "+1" * 38

    assert f"expression '{written} +', character 81" in refusal(written + " +")
    assert f"expression '{written[:77]}...', character 82" in refusal(written + "  +")


@pytest.mark.parametrize("expression", ["(" * 23 + "m1" + ")" * 23, "-" * 23 + "m1", "ABS(" * 23 + "m1" + ")" * 23])
def test_what_nests_as_deeply_as_is_allowed_is_evaluated(expression):
    assert values(expression, {"m1": [1.0]}) in ([1], [-1])


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_by_name(expression):
    try:
        parse(expression)
    except ExpressionError as error:
        assert "\n" not in str(error)  # noqa: PT017 - most texts are refused, and some are not


@given(st.lists(WORDS, max_size=14).map(" ".join), st.lists(WORDS, max_size=6).map(" ".join))
def test_any_words_are_evaluated_or_refused_by_name(expression, other):
    try:
        found = values(expression, METRICS, e1=other)
    except ExpressionError:
        return

    assert len(found) == 4
    assert all(point is None or isinstance(point, float) for point in found)
    signals.check(math(expression, METRICS, e1=other))
