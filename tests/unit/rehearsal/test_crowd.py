"""When people come: the draw per second against the scenario's curve."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from floodgate.rehearsal.crowd.arrivals import arrivals_per_second, expected_shares
from floodgate.rehearsal.timeline import lay
from tests.unit.rehearsal.engine_cases import DOORS, crowd_of

people = st.integers(min_value=0, max_value=2_000_000)


@settings(max_examples=30, deadline=None)
@given(people=people, seed=st.integers(0, 2**32))
def test_everybody_comes_exactly_once(people, seed):
    crowd = crowd_of(people)
    drawn = arrivals_per_second(crowd, lay(crowd, DOORS), np.random.default_rng(seed))

    assert drawn.sum() == people
    assert drawn.min() >= 0


def test_the_draw_follows_the_curve():
    crowd = crowd_of(1_900_000)
    timeline = lay(crowd, DOORS)
    drawn = arrivals_per_second(crowd, timeline, np.random.default_rng(7)).cumsum() / crowd.people

    assert drawn[timeline.doors_s - 1] == pytest.approx(0.16, abs=0.002)
    assert drawn[timeline.doors_s + 30 * 60 - 1] == pytest.approx(0.44, abs=0.002)


def test_equal_seeds_draw_equal_crowds_and_others_do_not():
    crowd = crowd_of(10_000)
    first, again, other = (
        arrivals_per_second(crowd, lay(crowd, DOORS), np.random.default_rng(seed)) for seed in (1, 1, 2)
    )

    assert (first == again).all()
    assert (first != other).any()


def test_who_comes_before_the_first_second_counts_in_it_and_who_comes_after_the_last_does_not():
    crowd = crowd_of(100_000, arrivals=((-60.0, 0.0), (60.0, 1.0)), lead_minutes=30, horizon_minutes=30)
    shares = expected_shares(crowd, lay(crowd, DOORS))

    assert shares[0] == pytest.approx(0.25, abs=0.001)
    assert shares[-1] == pytest.approx(0.25)
    assert shares.sum() == pytest.approx(1.0)


def test_doors_without_a_zone_are_refused():
    with pytest.raises(ValueError, match="needs a zone"):
        lay(crowd_of(1), datetime(2027, 8, 9, 20, 0))  # noqa: DTZ001 - that is the point
