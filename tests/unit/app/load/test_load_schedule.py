"""When people come: whole people, on the scenario's curve, the same for the same seed.

It cannot prove that a generator keeps the schedule; the tests of the generator do.
"""

from collections import Counter
from itertools import pairwise

import pytest

from app.load.schedule import LEAST_POLL_S, arrivals, crowd_of, laid_on, rates_per_s, share_of
from floodgate.rehearsal.scenarios.loading import load_scenario

AUGUST = load_scenario("kdca-august-2021")


def crowd(scale=0.01, speed=60.0, seed=1):
    return crowd_of(AUGUST, scale, speed, seed)


def test_every_person_of_the_scaled_crowd_comes_exactly_once():
    for scale in (0.000001, 0.0001, 0.00123):
        assert len(arrivals(crowd(scale))) == round(AUGUST.people * scale)


def test_people_come_in_order_and_inside_the_curve():
    times = arrivals(crowd(speed=60))

    assert times == sorted(times)
    assert times[0] >= -30
    assert times[-1] <= 240


def test_as_many_have_come_by_each_minute_as_the_curve_says():
    times = arrivals(crowd(0.05))
    for minute, share in AUGUST.arrivals:
        come = sum(time <= minute for time in times) / len(times)
        assert come == pytest.approx(share, abs=0.01), f"by minute {minute}"


def test_the_same_seed_gives_the_same_people_and_another_seed_others():
    assert arrivals(crowd(0.001)) == arrivals(crowd(0.001))
    assert arrivals(crowd(0.001)) != arrivals(crowd(0.001, seed=2))


def test_speed_compresses_arrivals_and_everything_people_do_by_the_clock():
    slow, fast = crowd(0.0001, speed=1), crowd(0.0001, speed=60)

    assert [60 * time for time in arrivals(fast)] == pytest.approx(arrivals(slow))
    assert fast.seconds(120) == 2
    assert slow.poll_s(10) == 10
    assert fast.poll_s(10) == LEAST_POLL_S, "a page polls no faster than this, however fast time passes"


def test_several_processes_send_everybody_once_and_nobody_twice():
    times = arrivals(crowd(0.0001))
    sent = Counter(number for process in range(3) for number, _ in share_of(times, process, 3))

    assert sent == Counter(range(len(times)))
    assert [time for _, time in share_of(times, 1, 3)] == times[1::3]


def test_the_curve_is_laid_on_the_doors():
    assert laid_on(-20, lead_s=30, doors_s=1000, begins_s=900) == 980
    assert laid_on(25, lead_s=30, doors_s=1000, begins_s=900) == 1025


def test_who_comes_before_the_doors_is_squeezed_into_the_time_that_is_left():
    early = [laid_on(offset, lead_s=30, doors_s=1000, begins_s=990) for offset in (-30, -15, -3, 0)]

    assert early == [990, 995, 999, 1000]
    assert laid_on(25, lead_s=30, doors_s=1000, begins_s=990) == 1025


def test_rates_are_the_scenarios_times_scale_times_speed():
    plain, scaled = rates_per_s(crowd(1, speed=1)), rates_per_s(crowd(0.001, speed=60))

    for (_, rate), (_, less) in zip(plain, scaled, strict=True):
        assert less == pytest.approx(rate * 0.06)
    assert all(second < later for (second, _), (later, _) in pairwise(scaled))


@pytest.mark.parametrize(
    ("scale", "speed", "told"),
    [
        (0, 1, "scale is 0, but it must be above 0"),
        (-1, 1, "scale is -1"),
        (float("nan"), 1, "scale is nan"),
        (1e-9, 1, "gives 0, but 1 to"),
        (1, 0, "speed is 0"),
        (1, 1e9, "speed is 1e"),
    ],
)
def test_a_crowd_that_cannot_be_sent_is_refused_with_value_rule_and_remedy(scale, speed, told):
    with pytest.raises(ValueError, match=told):
        crowd_of(AUGUST, scale, speed, 1)
