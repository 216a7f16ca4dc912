"""Metric math against judges of its own: Python's arithmetic, its writer and reader, and windows of a longer record.

Proves that expressions mean what the tree says and that gaps stay where they must; which gaps AWS fills is in the
documented examples.
"""

from math import isclose

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from floodgate.awsrules.cloudwatch import signals
from floodgate.awsrules.cloudwatch.metric_math import grammar
from floodgate.awsrules.cloudwatch.metric_math.functions import FUNCTIONS
from floodgate.awsrules.cloudwatch.metric_math.grammar import Array, Call, Chain, Keyword, Name, Negative, Number, Power
from floodgate.awsrules.cloudwatch.metric_math.parser import parse
from tests.unit.awsrules.cloudwatch.asking import MONDAY_NOON, math, values

IDS = ("a", "b", "c")
PYTHON = {"&&": "and", "||": "or", "^": "**"}
points = st.none() | st.floats(-1e6, 1e6)
records = st.fixed_dictionaries({name: st.lists(points, min_size=6, max_size=6) for name in IDS})
full = st.fixed_dictionaries({name: st.floats(0.1, 100) for name in IDS})
atoms = st.sampled_from([Name(name) for name in IDS]) | st.integers(1, 9).map(lambda value: Number(float(value)))


def chains(parts, signs=None):
    levels = [(sign,) for sign in signs] if signs else grammar.LEVELS
    return st.sampled_from(levels).flatmap(
        lambda level: st.builds(
            lambda first, rest: Chain(first, tuple(rest)),
            parts,
            st.lists(st.tuples(st.sampled_from(level), parts), min_size=1, max_size=3),
        )
    )


arithmetic = st.recursive(atoms, lambda parts: chains(parts) | st.builds(Negative, parts), max_leaves=12)
trees = st.recursive(
    atoms | st.sampled_from(["REPEAT", "DESC"]).map(Keyword) | st.just(grammar.String("it's")),
    lambda parts: (
        chains(parts)
        | st.builds(Negative, parts)
        | st.builds(Power, parts, parts)
        | st.builds(lambda items: Array(tuple(items)), st.lists(parts, max_size=3))
        | st.builds(
            lambda name, items: Call(name, tuple(items)),
            st.sampled_from(sorted(FUNCTIONS)),
            st.lists(parts, max_size=3),
        )
    ),
    max_leaves=20,
)


def python(node):
    """The same tree for Python, every operation in parentheses of its own."""
    match node:
        case Negative(operand):
            return f"(-{python(operand)})"
        case Chain(first, rest):
            told = python(first)
            for sign, part in rest:
                told = (
                    f"float(bool({told} {PYTHON.get(sign, sign)} {python(part)}))"
                    if sign in LOGICAL
                    else (f"({told} {sign} {python(part)})")
                )
            return told
    return grammar.text(node)


LOGICAL = {"&&", "||", "==", "!=", "<=", ">=", "<", ">"}


@given(arithmetic, full)
def test_expressions_over_points_that_are_there_are_python_arithmetic(tree, given_):
    try:
        expected = eval(python(tree), {"__builtins__": {}, "float": float, "bool": bool}, dict(given_))
    except ZeroDivisionError:
        expected = None
    # a point that is dropped on the way counts as 0 beside a series, which Python cannot know
    assume(expected is not None)
    assert expected is not None
    found = values(f"TIME_SERIES(0) + {grammar.text(Chain(Number(1.0), (('*', tree),)))}", series(given_))[0]

    assert found is not None
    assert isclose(found, expected, rel_tol=1e-9, abs_tol=1e-9)


def series(once):
    return {name: [value] for name, value in once.items()}


@given(trees)
def test_what_is_written_reads_as_the_same_tree(tree):
    assume(len(grammar.text(tree)) <= 2048)

    assert parse(grammar.text(tree)) == tree


@given(trees)
def test_spaces_do_not_matter(tree):
    written = grammar.text(tree)
    assume(len(written) <= 1000)

    assert parse(f"\n {written.replace('(', '( ').replace(',', ' ,')} \t") == tree


@pytest.mark.parametrize("sign", ["+", "-", "*", "/", "&&", "||", "==", "!=", "<=", ">=", "<", ">"])
@given(one=points, other=points)
def test_a_gap_beside_a_point_counts_as_zero_and_two_gaps_stay_one(sign, one, other):
    found = values(f"a {sign} b", {"a": [one], "b": [other]})[0]

    if one is None and other is None:
        assert found is None
    else:
        assert found == values(f"a {sign} b", {"a": [one or 0.0], "b": [other or 0.0]})[0]


@pytest.mark.parametrize(
    "expression", ["a + 1", "1 - a", "a * 2", "a > 0", "-a", "ABS(a)", "a ^ 2", "a OR 1", "RUNNING_SUM(a)"]
)
@given(st.lists(points, min_size=1, max_size=8))
def test_a_series_keeps_its_gaps_beside_a_number(expression, record):
    found = values(expression, {"a": record})

    assert [point is None for point in found] == [point is None for point in record]


@pytest.mark.parametrize(
    "expression",
    ["a / b", "IF(a > b, a, c)", "AVG([a, b, c])", "FILL(a, b) * 2", "STDDEV(METRICS())", "FILL(a, 0) - c", "LOG(a)"],
)
@given(record=records)
def test_a_pointwise_expression_of_a_record_is_the_expression_of_each_window(expression, record):
    signal = math(expression, IDS)
    whole = values(expression, record)

    assert signals.is_pointwise(signal)
    for first in range(4):
        window = {name: series_[first : first + 3] for name, series_ in record.items()}
        assert values(expression, window) == whole[first : first + 3]


@pytest.mark.parametrize(
    "expression",
    [
        "FILL(a, REPEAT)",
        "FILL(METRICS(), LINEAR) ",
        "DIFF(a)",
        "RATE(a)",
        "a - AVG(a)",
        "RUNNING_SUM(a)",
        "SORT(METRICS(), AVG, ASC)",
        "REMOVE_EMPTY(METRICS())",
    ],
)
def test_an_expression_that_looks_at_other_times_is_not_pointwise(expression):
    signal = math(f"FIRST([{expression}])", IDS)

    assert not signals.is_pointwise(signal)


@given(records, st.integers(-1000, 1000))
def test_only_functions_of_time_depend_on_the_time(record, weeks):
    later = MONDAY_NOON + weeks * 7 * 86_400

    assert values("a / b + HOUR(c)", record) == values("a / b + HOUR(c)", record, end_s=later)
    assert values("SUM(METRICS())", record) == values("SUM(METRICS())", record, end_s=later)


@given(st.lists(points, min_size=1, max_size=12))
def test_filled_series_keep_what_was_there(record):
    for filled in (values(f"FILL(a, {how})", {"a": record}) for how in ("REPEAT", "LINEAR", "7")):
        kept = [(old, new) for old, new in zip(record, filled, strict=True) if old is not None]
        assert all(old == new for old, new in kept)
    assert None not in values("FILL(a, 7)", {"a": record})


@given(
    st.lists(points, min_size=3, max_size=12).filter(lambda record: record[0] is not None and record[-1] is not None)
)
def test_linear_gaps_lie_between_their_ends(record):
    filled = values("FILL(a, LINEAR)", {"a": record})

    assert None not in filled
    for index, point in enumerate(record):
        if point is None:
            ends = (
                next(value for value in reversed(record[:index]) if value is not None),
                next(value for value in record[index:] if value is not None),
            )
            assert min(ends) - 1e-6 <= filled[index] <= max(ends) + 1e-6


@given(st.lists(points, min_size=2, max_size=12))
def test_differences_add_up_to_the_whole_way(record):
    real = [point for point in record if point is not None]
    changes = [change for change in values("DIFF(a)", {"a": record}) if change is not None]

    assert len(changes) == max(0, len(real) - 1)
    if real:
        assert isclose(sum(changes), real[-1] - real[0], rel_tol=1e-9, abs_tol=1e-3)


@given(records)
def test_aggregates_of_an_array_do_not_depend_on_its_order(record):
    for function in ("SUM", "AVG", "MIN", "MAX", "STDDEV", "DATAPOINT_COUNT"):
        one, other = (values(f"{function}([{order}])", record) for order in ("a, b, c", "c, a, b"))
        assert one == pytest.approx(other)


def test_if_of_two_numbers_is_a_number_and_of_a_series_is_a_series():
    record = {"a": [None, 1.0]}

    assert values("a + IF(1, 5, 6)", record) == [None, 6]
    assert values("a + IF(0, 5, 6)", record) == [None, 7]
    assert values("a + IF(1, 5, a)", record) == [5, 6]
    assert values("a + IF(1, 5)", record) == [5, 6]
    assert values("a + IF(0, 5)", record) == [None, 1]
    assert values("a + IF(MAX(LOG(a - 5)), 5, 6)", record) == [None, None]


def test_a_linear_gap_may_begin_anywhere():
    assert values("FILL(a, LINEAR)", {"a": [None, 1.0, 4.0, None, None, 10.0, None]}) == [None, 1, 4, 6, 8, 10, None]


def test_infinite_points_are_taken_for_missing():
    assert values("a * 1", {"a": [float("inf"), float("nan"), 1.0]}) == [None, None, 1]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("a ^ b", [8.0]),
        ("(0 - a) ^ 0.5", [None]),
        ("0 ^ -a", [None]),
        ("1e300 * (1e300 * a)", [None]),
        ("1e200 ^ b", [None]),
        ("-a ^ 2", [-4.0]),
        ("2 ^ a ^ 2", [16.0]),
        ("a - b - 1", [-2.0]),
        ("a + b * 2", [8.0]),
        ("a < b == 1", [1.0]),
        ("0 OR a AND 0", [0.0]),
        ("1 OR a AND 0", [1.0]),
    ],
)
def test_operators_bind_as_in_other_languages(expression, expected):
    found = values(expression, {"a": [2.0], "b": [3.0]})

    assert found == pytest.approx(expected)
