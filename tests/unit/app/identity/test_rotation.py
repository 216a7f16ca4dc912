"""Which people may book on which night. The numbers of 2021 are the agency's; births are taken as spread evenly."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from app.identity.command import nights
from app.identity.rotation import DIGITS, birth_digit, left_out, may_book, plan, share_of

ROOT = Path(__file__).resolve().parents[4]
FIRST_NIGHT = date(2021, 8, 9)


@pytest.mark.parametrize(
    ("born", "digit"), [(date(1990, 3, 25), 5), (date(1985, 12, 30), 0), (date(2000, 2, 29), 9), (date(1972, 7, 1), 1)]
)
def test_the_last_digit_of_the_day_decides(born, digit):
    assert birth_digit(born) == digit


def test_the_ten_nights_of_2021_are_planned_as_they_were():
    assert [(night.day.day, night.digits) for night in plan(FIRST_NIGHT)] == [
        (9, (9,)),
        (10, (0,)),
        (11, (1,)),
        (12, (2,)),
        (13, (3,)),
        (14, (4,)),
        (15, (5,)),
        (16, (6,)),
        (17, (7,)),
        (18, (8,)),
    ]


def test_the_fullest_night_has_the_people_that_were_told_in_2021():
    """16.21 million still had to book, and at most 1.9 million were told for one night."""
    fullest = max(share_of(night.digits) for night in plan(FIRST_NIGHT))

    assert fullest == pytest.approx(43 / 365)
    assert 16_210_000 * fullest == pytest.approx(1_900_000, rel=0.01)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, DIGITS))
def test_nights_in_a_row_serve_every_digit_exactly_once(first, count):
    planned = plan(first, count)

    assert sorted(digit for night in planned for digit in night.digits) == list(range(DIGITS))
    assert [night.day for night in planned] == [first + timedelta(days=number) for number in range(count)]
    sizes = [len(night.digits) for night in planned]
    assert max(sizes) - min(sizes) <= 1, "no night is fuller than it must be"
    assert planned[0].digits[0] == first.day % 10
    assert left_out([night.digits for night in planned]) == ()


def test_reading_the_dates_would_leave_people_out_at_the_end_of_a_month():
    """Why digits are counted on: of the ten nights from 25 August two are ones, and none is a four."""
    dates = [FIRST_NIGHT + timedelta(days=16 + number) for number in range(10)]

    assert left_out([(day.day % 10,) for day in dates]) == (4,)
    assert left_out([night.digits for night in plan(dates[0])]) == ()


@pytest.mark.parametrize("count", [0, -1, 11])
def test_ten_digits_do_not_fill_more_nights_than_ten(count):
    with pytest.raises(ValueError, match=f"nights is {count}"):
        plan(FIRST_NIGHT, count)


def test_a_night_without_digits_is_for_everybody():
    assert all(may_book(digit, ()) for digit in range(DIGITS))
    assert left_out([(1, 2), ()]) == ()


def test_all_digits_together_are_all_people():
    assert share_of(range(DIGITS)) == pytest.approx(1)
    assert share_of([3, 3]) == share_of([3])


def test_the_command_prints_the_lines_of_the_stack_that_is_shipped():
    done = CliRunner().invoke(nights, ["--first", "2027-08-09T20:00"])
    printed = [line.partition("  #")[0] for line in done.output.splitlines()]
    stack = (ROOT / "Pulumi.opening.yaml").read_text()

    assert done.exit_code == 0
    assert len(printed) == 10
    for line in printed:
        assert f"    {line}\n" in stack
