"""Figures as people say them."""

import pytest

from floodgate.rehearsal.wording import count, duration, fullness, percent, rate


@pytest.mark.parametrize(
    ("value", "said"),
    [(0, "0"), (7.4, "7"), (9_876, "9,876"), (48_234, "48,200"), (999_400, "999,400"), (1_900_000, "1.90 million")],
)
def test_counts(value, said):
    assert count(value) == said


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0, "0 %"),
        (0.00001, "under 0.01 %"),
        (0.0012, "0.12 %"),
        (0.001, "0.1 %"),
        (0.01, "1 %"),
        (0.5301, "53 %"),
        (1, "100 %"),
    ],
)
def test_shares(share, said):
    assert percent(share) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(41, "41 s"), (59.6, "1 min"), (120, "2 min"), (708, "11 min 48 s"), (3600, "1 h"), (11_400, "3 h 10 min")],
)
def test_durations(seconds, said):
    assert duration(seconds) == said


def test_rates_and_loads():
    assert (rate(2.25), rate(1250)) == ("2.2", "1,250")
    assert (fullness(0.71), fullness(1.5), fullness(76.7)) == ("71 % full", "150 % full", "77 times capacity")
