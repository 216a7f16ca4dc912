"""When a service stood still, on nights made by hand; whether a real one would, the engine's tests judge."""

from floodgate.rehearsal.judging.standstill import Standstill, standstill
from tests.unit.rehearsal.nights import outcome_of, verdict_of


def test_a_calm_night_knows_no_standstill():
    assert standstill(outcome_of()) is None


def test_a_standstill_begins_and_ends_with_the_failures_and_names_the_parts_in_order():
    night = outcome_of(
        rejected={(100, 200): 900}, failed={(200, 400): 900}, limit={(100, 200): "balancer", (200, 400): "fleet"}
    )

    assert standstill(night) == Standstill(100, 399, (("balancer", 100), ("fleet", 200)))


def test_less_than_half_of_the_requests_or_less_than_a_minute_is_no_standstill():
    assert standstill(outcome_of(failed={(100, 400): 500})) is None
    assert standstill(outcome_of(failed={(100, 159): 900})) is None
    assert standstill(outcome_of(failed={(100, 160): 900})) is not None


def test_a_short_pause_does_not_end_it_and_a_long_one_does():
    short = outcome_of(failed={(100, 200): 900, (250, 400): 900})
    long = outcome_of(failed={(100, 200): 900, (300, 550): 900})

    assert standstill(short) == Standstill(100, 399, ())
    assert standstill(long) == Standstill(300, 549, ())


def test_a_limit_that_flickers_for_seconds_is_not_named():
    night = outcome_of(
        failed={(100, 400): 900}, limit={(100, 250): "fleet", (250, 255): "database", (255, 400): "fleet"}
    )

    assert standstill(night) == Standstill(100, 399, (("fleet", 295),))


def test_the_verdict_tells_the_standstill_before_what_it_did_to_the_promises():
    night = outcome_of(
        failed={(100, 400): 900}, refused_people={(100, 400): 50}, limit={(100, 400): "fleet"}, wanted={(100, 400): 300}
    )

    headline = verdict_of(night).headline

    assert (
        "most requests failed from 20:00:40 to 20:05:39 (5 min), at the servers for 5 min; 25 % of people" in headline
    )
