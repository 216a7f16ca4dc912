"""Who is refused first when there is too much to do; decided from numbers, without a loop that is really late."""

import pytest

from app.errors import Unavailable
from app.web.routing import Load
from app.web.shedding import LEAST_RATE_PER_S, Shedder


def refused(shedder):
    return {load for load in Load if is_refused(shedder, load)}


def is_refused(shedder, load):
    try:
        shedder.admit(load, database=load is Load.INSIDE)
    except Unavailable as error:
        return error.code == "overloaded" and error.retry_after_s > 0
    return False


@pytest.mark.parametrize(
    ("late_s", "who"),
    [
        (0.1, set()),
        (0.3, {Load.LOOKING}),
        (0.6, {Load.LOOKING, Load.JOINING}),
        (1.1, {Load.LOOKING, Load.JOINING, Load.INSIDE}),
    ],
)
def test_polls_are_refused_first_then_joins_then_people_inside_and_health_never(late_s, who):
    shedder = Shedder(1.0, connections=4)
    shedder.tick(late_s)
    assert refused(shedder) == who


def test_without_a_limit_nobody_is_refused():
    shedder = Shedder(None, connections=4)
    shedder.tick(60.0)
    assert refused(shedder) == set()


def test_people_inside_are_refused_when_those_before_them_would_take_too_long():
    shedder = Shedder(1.0, connections=4)
    for _ in range(4 + int(LEAST_RATE_PER_S) + 1):
        shedder.begin()
    assert refused(shedder) == {Load.INSIDE}, "polls and joins do not wait for the database"


def test_whoever_waits_for_nobody_is_not_refused_because_others_wait_for_the_database():
    shedder = Shedder(0.1, connections=1)
    for _ in range(1000):
        shedder.begin()
    shedder.admit(Load.INSIDE, database=False)


def test_a_worker_that_serves_more_in_a_second_takes_more_at_once():
    shedder = Shedder(1.0, connections=4)
    for _ in range(500):
        shedder.begin()
        shedder.end()
    shedder.close_window(1.0)
    for _ in range(300):
        shedder.begin()
    assert refused(shedder) == set()


def test_a_lag_is_forgotten_when_the_loop_is_on_time_again():
    shedder = Shedder(1.0, connections=4)
    shedder.tick(5.0)
    for _ in range(20):
        shedder.tick(0.0)
    assert refused(shedder) == set()
