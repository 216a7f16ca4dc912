"""What a refused expression is told, word for word: where, which rule, and what to write instead.

Proves the words; that everything wrong is refused at all is proved beside this file.
"""

import pytest

from floodgate.awsrules.cloudwatch.metric_math.functions import FUNCTIONS
from floodgate.awsrules.cloudwatch.signal_error import ExpressionError
from tests.unit.awsrules.cloudwatch.asking import values

METRICS = {"m1": [1.0, None], "m2": [None, 0.0]}
VALUE = "give a number, an id or a function"
NO_VALUE = ("it has no value of its own", "use ids in lowercase, and functions with ()")
SINGLE = "an alarm watches a single time series"
COUNT = "correct the arguments"
NESTED = f"{'(' * 30}m1{')' * 30}"
INSIGHTS = "a Metrics Insights query needs all metrics of an account"


@pytest.mark.parametrize(
    ("expression", "value", "rule", "remedy"),
    [
        ("m1 +", "expression 'm1 +', character 5", "it ends where a value is expected", VALUE),
        ("m1 * *", "expression 'm1 * *', character 6", "'*' is found where a value is expected", VALUE),
        ("m1 m2", "expression 'm1 m2', character 4", "'m2' is not expected", "put an operator or a comma before it"),
        ("(m1", "expression '(m1', character 4", "')' is missing", "close what was opened before"),
        ("m1 = 2", "expression 'm1 = 2', character 4", "'=' has no meaning here", "remove it, or quote the text"),
        ("1e999", "expression '1e999', character 1", "the number is too large", "use one below 1.7e308"),
        ("m3 * 2", "id m3", "no query has it", "use one of m1, m2, returned"),
        (
            "TOTAL(m1)",
            "TOTAL, character 1",
            "CloudWatch has no such function",
            f"use one of {', '.join(sorted(FUNCTIONS))}",
        ),
        ("ABS(m1, m2)", "ABS, character 1", "it has 2 arguments and takes 1", COUNT),
        ("IF(m1)", "IF, character 1", "it has 1 arguments and takes 2 to 3", COUNT),
        ("REPEAT", "REPEAT, character 1", *NO_VALUE),
        ("m1 + 'text'", "a text, character 6", *NO_VALUE),
        ("m1 + REPEAT", "REPEAT, character 6", *NO_VALUE),
        ("5", "query returned returns one number", SINGLE, "put it into TIME_SERIES"),
        ("[m1, m2]", "query returned returns 2 series", SINGLE, "choose one with FIRST, or combine them"),
        (
            "SUM([m1] * [m2])",
            "operator *, character 12",
            "two arrays cannot be combined",
            "make one of them a series, as with SUM",
        ),
        (
            "SUM([m1]^[m2])",
            "operator ^, character 5",
            "two arrays cannot be combined",
            "make one of them a series, as with SUM",
        ),
        (
            "sum(m1)",
            "expression 'sum(m1)', character 1",
            "'sum' is no function",
            "write functions in uppercase letters",
        ),
        ("SELECT x", "expression 'SELECT x', character 1", INSIGHTS, "name the metrics one by one"),
        (
            NESTED,
            f"expression '{NESTED}', character 25",
            "it nests more than 24 levels deep",
            "split it into several queries",
        ),
        (
            "m1".ljust(2049),
            "an expression of 2,049 characters",
            "CloudWatch takes at most 2,048",
            "split it into several queries",
        ),
    ],
)
def test_a_refusal_is_told_word_for_word(expression, value, rule, remedy):
    with pytest.raises(ExpressionError) as error:
        values(expression, METRICS)

    assert (error.value.value, error.value.rule, error.value.remedy) == (value, rule, remedy)


def test_expressions_that_go_round_in_a_circle_are_named():
    with pytest.raises(ExpressionError) as error:
        values("e1 + 1", METRICS, e1="e2 * 2", e2="e1 + m1")

    assert sorted(set(error.value.value.removeprefix("expressions ").split(", "))) == ["e1", "e2"]
    assert (error.value.rule, error.value.remedy) == ("each needs the other", "let one of them end in metrics")


def test_select_with_brackets_is_a_function_that_there_is_not():
    with pytest.raises(ExpressionError, match=r"^SELECT, character 1: CloudWatch has no such function"):
        values("SELECT(m1)", METRICS)


@pytest.mark.parametrize(
    ("expression", "expected"), [("SUM([z1, m1])", 6), ("-z1", -4), ("z1^2", 16), ("2^z1", 16), ("ABS(z1)", 4)]
)
def test_an_expression_comes_after_those_that_it_names_anywhere(expression, expected):
    assert values("a1 * 1", {"m1": [2.0]}, a1=expression, z1="m1 * 2") == [expected]
    with pytest.raises(ExpressionError, match="id z1: no query has it"):
        values("a1 * 1", {"m1": [2.0]}, a1=expression)
