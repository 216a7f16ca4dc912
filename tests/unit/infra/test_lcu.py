"""The estimate of load balancer capacity units, against AWS's printed figures for one unit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.balancer.lcu import LEAST_RESERVATION, MOST_RESERVATION, JourneyTraffic, estimate, reservation

NOTHING = JourneyTraffic(requests=0, connections=0, connection_s=0, kilobytes=0)
positive = st.floats(0, 1e4)
journeys = st.builds(JourneyTraffic, positive, positive, positive, positive)


@pytest.mark.parametrize(
    ("journey", "rules", "driver"),
    [
        (JourneyTraffic(requests=0, connections=25, connection_s=1, kilobytes=0), 1, "new_connections"),
        (JourneyTraffic(requests=0, connections=10, connection_s=300, kilobytes=0), 1, "active_connections"),
        (JourneyTraffic(requests=0, connections=0, connection_s=0, kilobytes=1_000_000 / 3600), 1, "bytes"),
        (JourneyTraffic(requests=100, connections=0, connection_s=0, kilobytes=0), 20, "rule_evaluations"),
    ],
)
def test_one_unit_of_each_dimension_is_one_unit(journey, rules, driver):
    units = estimate(1, journey, rules)
    assert units.units == pytest.approx(1)
    assert units.driver == driver


def test_the_first_ten_rules_are_free():
    journey = JourneyTraffic(requests=1000, connections=0, connection_s=0, kilobytes=0)
    assert estimate(1, journey, rules=10).rule_evaluations == 0
    assert estimate(1, journey, rules=11).rule_evaluations == pytest.approx(1)


@given(rate=positive, journey=journeys)
def test_the_most_used_dimension_counts_and_not_their_sum(rate, journey):
    units = estimate(rate, journey)
    assert units.units == max(units.new_connections, units.active_connections, units.bytes, units.rule_evaluations)


@given(rate=positive, journey=journeys, headroom=st.floats(0, 400))
def test_a_reservation_is_one_that_aws_takes(rate, journey, headroom):
    assert LEAST_RESERVATION <= reservation(estimate(rate, journey), headroom) <= MOST_RESERVATION


@given(rate=st.floats(1, 1000), headroom=st.floats(0, 400))
def test_a_reservation_covers_the_estimate_with_its_headroom(rate, headroom):
    journey = JourneyTraffic(requests=12, connections=3, connection_s=60, kilobytes=120)
    units = estimate(rate, journey)
    wanted = units.units * (1 + headroom / 100)
    assert reservation(units, headroom) >= min(wanted, MOST_RESERVATION)


def test_a_quiet_service_still_reserves_the_least_that_can_be_reserved():
    assert reservation(estimate(0, NOTHING), 0) == 100
