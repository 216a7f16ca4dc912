"""The control law: bounds that hold for every input, and a closed loop that settles.

The database of the closed loop is a formula; how a real one answers under load is measured elsewhere.
"""

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.admission.law import Allowance, Law, Load, room
from app.admission.values import Controls
from app.settings import Admission

ADMISSION = Admission(journeys_per_server_per_s=10.0, gain=0.5, floor_share=0.05)
QUIET = Load(0.0, 0.0, 0.0)

loads = st.builds(Load, *[st.floats(0, 5)] * 3)
leavings = st.floats(0, 10_000)
shares = st.floats(0.01, 1)
servers = st.floats(0, 500)


def at_pressure(pressure, of="cpu"):
    targets = {"cpu": ADMISSION.cpu_headroom, "database": ADMISSION.database_headroom}
    value = pressure * targets.get(of, ADMISSION.latency_target_s)
    return Load(*(value if name == of else 0.0 for name in ("cpu", "database", "latency")))


def law(load=QUIET, leaving=0.0):
    one = Law(ADMISSION)
    one.read(load, leaving, 1.0)
    return one


@given(loads, leavings, servers, shares)
def test_the_rate_is_never_beyond_nominal_nor_below_the_floor(load, leaving, count, share):
    allowance = law(load, leaving).allow(count, Controls(share=share))
    nominal = count * 10.0 * share
    assert nominal == pytest.approx(allowance.nominal_per_s)
    assert 0.0 <= allowance.people_per_s <= allowance.nominal_per_s
    assert allowance.people_per_s >= 0.05 * allowance.nominal_per_s


@given(st.floats(0, 1e5), st.floats(0, 1e5), st.floats(0, 1e5), st.floats(0.1, 2), st.integers(1, 100_000))
def test_nobody_is_let_in_beyond_the_cap(rate, inside, coming, elapsed, cap):
    space = room(cap, inside, coming)
    allowance = Allowance(rate, rate, 0.0, "servers").within(space, elapsed)
    assert allowance.people_per_s >= 0.0
    assert allowance.people_per_s * elapsed <= max(0.0, cap - inside - coming) * (1 + 1e-9)


def test_without_a_cap_there_is_always_room():
    assert room(None, 1e9, 1e9) == inf


@given(st.floats(0.6, 9.4), st.sampled_from(["cpu", "database", "latency"]))
def test_at_a_pressure_of_one_as_many_come_in_as_leave(leaving, of):
    allowance = law(at_pressure(1.0, of), leaving).allow(1, Controls())
    assert allowance.people_per_s == pytest.approx(leaving), "the number inside must stay as it is"
    assert allowance.binding == of


@given(leavings, st.floats(0, 3), st.floats(0, 3), servers)
def test_more_pressure_never_lets_more_in(leaving, one, other, count):
    low, high = sorted((one, other))
    calm = law(at_pressure(low), leaving).allow(count, Controls())
    busy = law(at_pressure(high), leaving).allow(count, Controls())
    assert busy.people_per_s <= calm.people_per_s


@given(loads, leavings, servers, servers)
def test_more_servers_never_let_fewer_in_while_there_is_headroom(load, leaving, one, other):
    few, many = sorted((one, other))
    quiet = at_pressure(min(1.0, load.cpu))
    assert (
        law(quiet, leaving).allow(few, Controls()).people_per_s
        <= law(quiet, leaving).allow(many, Controls()).people_per_s
    )


def test_the_greatest_share_of_its_target_is_the_pressure_and_gives_its_name():
    allowance = law(Load(cpu=0.5, database=0.2, latency_s=2.0)).allow(1, Controls())
    assert (allowance.binding, allowance.pressure) == ("latency", pytest.approx(2.0))


def test_operators_slow_down_and_pause():
    assert law(leaving=100.0).allow(2, Controls()) == Allowance(20.0, 20.0, 0.0, "servers")
    assert law(leaving=100.0).allow(2, Controls(share=0.5)) == Allowance(10.0, 10.0, 0.0, "operators")
    assert law(leaving=100.0).allow(2, Controls(paused=True)) == Allowance(0.0, 20.0, 0.0, "paused")


def test_readings_are_smoothed_from_the_first_one_on():
    one = law(at_pressure(1.0), leaving=5.0)
    one.read(QUIET, 0.0, 1.0)
    allowance = one.allow(1, Controls())
    assert 0.5 < allowance.pressure < 1.0, "one quiet second is not a quiet database"
    for _ in range(60):
        one.read(QUIET, 0.0, 1.0)
    assert one.allow(1, Controls()).pressure < 1e-3


def test_what_is_not_known_leaves_what_was():
    one = law(at_pressure(1.0), leaving=5.0)
    one.read(None, None, 1.0)
    assert one.allow(1, Controls()).people_per_s == pytest.approx(5.0)


def test_a_pause_leaves_nothing_that_would_burst_out_afterwards():
    one = law(at_pressure(2.0), leaving=0.0)
    for _ in range(600):
        one.read(at_pressure(2.0), 0.0, 1.0)
        assert one.allow(1, Controls(paused=True)).people_per_s == 0.0
    one.read(at_pressure(2.0), 0.0, 1.0)
    assert one.allow(1, Controls()).people_per_s == pytest.approx(0.5), "the floor, as before the pause"


class SlowDatabase:
    """Latency grows steeply with the number inside: at 600 people it is on its target."""

    journey_s = 120.0

    def __init__(self):
        self.inside = 0.0
        self.on_their_way = [0.0] * 10

    def latency_s(self):
        return ADMISSION.latency_target_s * (self.inside / 600.0) ** 2

    def second(self, called):
        """Those called arrive within ten seconds; a share of those inside leaves."""
        self.on_their_way = [waiting + called / 10 for waiting in self.on_their_way[1:]] + [called / 10]
        leaving = self.inside / self.journey_s
        self.inside += self.on_their_way[0] - leaving
        return leaving


def settle(gain, seconds=1800):
    """The number inside over time where the servers could take twice of what the database can."""
    one = Law(Admission(journeys_per_server_per_s=10.0, gain=gain))
    database, leaving, course = SlowDatabase(), 0.0, []
    for _ in range(seconds):
        one.read(Load(0.0, 0.0, database.latency_s()), leaving, 1.0)
        leaving = database.second(one.allow(1, Controls()).people_per_s)
        course.append(database.inside)
    return course


@pytest.mark.parametrize("gain", [0.2, 0.5, 2.0, 5.0])
def test_it_settles_where_a_slow_database_is_on_its_target(gain):
    course = settle(gain)
    assert course[-1] == pytest.approx(600.0, rel=0.03)
    assert max(course[-300:]) - min(course[-300:]) < 0.01 * 600.0, "it must stand still, not swing"
    assert max(course) < 1.1 * 600.0, "nor overshoot by much on the way"


def test_the_line_moves_at_the_full_rate_from_the_first_second():
    one = Law(Admission(journeys_per_server_per_s=10.0))
    one.read(Load(0.1, 0.1, 0.05), 0.0, 1.0)
    assert one.allow(3, Controls()).people_per_s == 30.0, "nobody has left yet, and that must hold nobody back"


def test_without_the_departures_it_would_settle_elsewhere():
    """The control: the feed-forward is what puts it on the target."""
    one = Law(Admission(journeys_per_server_per_s=10.0, gain=0.5))
    database = SlowDatabase()
    for _ in range(1800):
        one.read(Load(0.0, 0.0, database.latency_s()), 0.0, 1.0)
        database.second(one.allow(1, Controls()).people_per_s)
    assert database.inside < 0.9 * 600.0
