"""Which people may book on which night, by the last digit of the day they were born on.

Korea's openings of August 2021 went so: on the 9th those born on a 9th, 19th or 29th, on the 10th those born on a 10th,
20th or 30th, and so on for ten nights. No night had more than a ninth of all people.
"""

from __future__ import annotations

import calendar
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

DIGITS = 10


@dataclass(frozen=True, slots=True)
class Night:
    """One night and the digits that may book on it."""

    day: date
    digits: tuple[int, ...]


def birth_digit(born: date) -> int:
    """The digit that decides: the last of the day, 5 for somebody born on 1990-03-25."""
    return born.day % DIGITS


def may_book(digit: int, digits: Collection[int]) -> bool:
    """Whether this digit may book on a night of these digits; a night without digits is everybody's."""
    return not digits or digit in digits


def plan(first: date, nights: int = DIGITS) -> tuple[Night, ...]:
    """Nights in a row that together serve every digit once.

    The first night has the last digit of its own date, as in 2021, and the digits go on from there. Counting on, and
    not reading every date, keeps that true across the end of a month, where dates leave digits out and repeat others.

    Raises:
        ValueError: fewer nights than one or more than there are digits.
    """
    if not 1 <= nights <= DIGITS:
        raise ValueError(f"nights is {nights}, but ten digits fill 1 to 10 nights; choose a number between")
    shared: list[list[int]] = [[] for _ in range(nights)]
    for turn in range(DIGITS):
        shared[turn * nights // DIGITS].append((first.day + turn) % DIGITS)
    return tuple(Night(first + timedelta(days=number), tuple(digits)) for number, digits in enumerate(shared))


def left_out(nights: Collection[Collection[int]]) -> tuple[int, ...]:
    """Digits that no night serves; nights without digits serve all."""
    return tuple(digit for digit in range(DIGITS) if not any(may_book(digit, digits) for digits in nights))


def share_of(digits: Collection[int], year: int = 2021) -> float:
    """The share of all people that these digits are, were births spread evenly over the year.

    Ones are born on four days of most months, so their night is the fullest: 43 days of 365.
    """
    days = Counter(day % DIGITS for month in range(1, 13) for day in range(1, calendar.monthrange(year, month)[1] + 1))
    return sum(days[digit] for digit in set(digits)) / days.total()
