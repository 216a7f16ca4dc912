"""From openings to scheduled actions: everything about it that can be decided without AWS.

It cannot prove that AWS runs the actions: that they arrive as meant is read back in `tests/infra`.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from infra.openings import Opening, read_openings
from infra.scaling.schedules import DEPLOYMENT, actions, minimum_at, minimum_to_declare, under_way
from infra.zones import existence

BASE = 6
# hypothesis draws naive datetimes between naive bounds; each test says what zone they are in
YEAR = st.datetimes(*(datetime(2027, month, 1) for month in (1, 12)))  # noqa: DTZ001 - see above
NOW = datetime(2027, 8, 8, 11, 0, tzinfo=UTC)


def opening(name, doors, servers=60, lead=60, hold=240):
    return Opening(name, doors, timedelta(minutes=lead), timedelta(minutes=hold), servers, "announced")


def utc(day, hour, minute=0):
    return datetime(2027, 8, day, hour, minute, tzinfo=UTC)


@st.composite
def lists_of_openings(draw):
    """Up to six openings within ten days of a common start, overlapping or not."""
    first = draw(YEAR).replace(tzinfo=UTC)
    count = draw(st.integers(0, 6))
    return [
        opening(
            f"night-{index}",
            first + timedelta(minutes=draw(st.integers(0, 10 * 24 * 60))),
            draw(st.none() | st.integers(1, 100)),
            draw(st.integers(1, 180)),
            draw(st.integers(1, 600)),
        )
        for index in range(count)
    ]


def moments(openings):
    """Any time around the openings, often exactly at one of their edges."""
    edges = [edge for o in openings for edge in (o.raised, o.doors, o.released)] or [NOW]
    return st.builds(
        lambda edge, minutes: edge + timedelta(minutes=minutes), st.sampled_from(edges), st.integers(-60, 60)
    )


def played(openings, now, moment):
    """The minimum at `moment` after a deployment at `now`, as AWS would have it."""
    minimum = minimum_to_declare(openings, BASE, now)
    for action in actions(openings, BASE, now):
        if action.start <= moment:
            minimum = action.min_size
    return minimum


def test_a_night_is_raised_before_its_doors_and_released_after_its_hold():
    found = actions([opening("night-1", utc(9, 11))], BASE, NOW)

    assert [(a.name, a.start, a.min_size) for a in found] == [
        ("night-1-open", utc(9, 10), 60),
        ("night-1-release", utc(9, 15), BASE),
    ]


def test_ten_nights_are_twenty_actions():
    nights = [opening(f"night-{day}", utc(day, 11)) for day in range(9, 19)]

    assert len(actions(nights, BASE, NOW)) == 20


def test_an_opening_without_servers_schedules_nothing():
    assert actions([opening("july", utc(9, 11), servers=None)], BASE, NOW) == []


def test_a_lead_that_reaches_into_the_hold_before_it_never_dips_in_between():
    found = actions([opening("a", utc(9, 11)), opening("b", utc(9, 15, 30))], BASE, NOW)

    assert [a.name for a in found] == ["a-open", "b-release"], "the minimum stays 60 from the first to the last"


def test_a_release_at_the_minute_of_the_next_rise_is_one_action():
    found = actions([opening("a", utc(9, 11), 60), opening("b", utc(9, 16), 80)], BASE, NOW)

    assert [(a.name, a.start, a.min_size) for a in found] == [
        ("a-open", utc(9, 10), 60),
        ("b-open", utc(9, 15), 80),
        ("b-release", utc(9, 20), BASE),
    ], "AWS refuses two actions with one start time"


def test_a_deployment_during_the_hold_keeps_what_the_schedule_has_raised():
    nights = [opening("night-1", utc(9, 11))]

    assert minimum_to_declare(nights, BASE, utc(9, 12)) == 60
    assert [a.name for a in actions(nights, BASE, utc(9, 12))] == ["night-1-release"]


def test_a_deployment_just_before_the_lead_raises_at_once():
    nights = [opening("night-1", utc(9, 11))]

    assert minimum_to_declare(nights, BASE, utc(9, 9, 50)) == 60, (
        "an action ten minutes away could be past when declared"
    )


def test_a_release_due_during_the_deployment_is_put_off_until_it_is_over():
    nights = [opening("night-1", utc(9, 11))]

    assert [a.start for a in actions(nights, BASE, utc(9, 14, 55))] == [utc(9, 14, 55) + DEPLOYMENT]


@given(st.data(), lists_of_openings())
def test_what_aws_plays_is_what_the_openings_hold(data, openings):
    now, moment = sorted(data.draw(st.tuples(moments(openings), moments(openings))))

    if moment >= now + DEPLOYMENT:
        assert played(openings, now, moment) == minimum_at(openings, BASE, moment)
    else:
        assert played(openings, now, moment) >= minimum_at(openings, BASE, moment), "never less than is held"


@given(st.data(), lists_of_openings())
def test_no_action_is_past_and_no_two_share_a_start_or_a_name(data, openings):
    now = data.draw(moments(openings))
    found = actions(openings, BASE, now)

    assert all(action.start >= now + DEPLOYMENT for action in found)
    assert len({action.start for action in found}) == len({action.name for action in found}) == len(found)
    assert sorted(found, key=lambda action: action.start) == found


@given(st.data(), lists_of_openings())
def test_a_second_deployment_changes_nothing_that_is_still_to_come(data, openings):
    first, second = sorted(data.draw(st.tuples(moments(openings), moments(openings))))
    after = [a for a in actions(openings, BASE, first) if a.start > second + DEPLOYMENT]

    assert [a for a in actions(openings, BASE, second) if a.start > second + DEPLOYMENT] == after


@given(
    YEAR,
    st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Seoul", "America/Santiago"]),
    st.integers(1, 300),
)
def test_capacity_is_raised_the_full_lead_before_the_local_doors_across_clock_changes(local, zone, lead):
    local = local.replace(second=0, microsecond=0)
    assume(existence(local, ZoneInfo(zone)) == "once")
    entry = {"name": "a", "at": local.isoformat(), "zone": zone, "leadMinutes": lead, "servers": 60}
    problems = []
    (only,) = read_openings([entry], {}, datetime(2026, 12, 30, tzinfo=UTC), problems)
    (rise, release) = actions([only], BASE, datetime(2026, 12, 30, tzinfo=UTC))

    assert problems == []
    assert only.doors.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == local, "the doors open at the announced time"
    assert only.doors - rise.start == timedelta(minutes=lead), "minutes that pass, not minutes on the clock"
    assert release.start - only.doors == timedelta(minutes=240)


@pytest.mark.parametrize("servers", [1, BASE])
def test_an_opening_that_holds_no_more_than_the_base_changes_nothing(servers):
    assert actions([opening("a", utc(9, 11), servers)], BASE, NOW) == []


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (utc(9, 9, 44), False),
        # a deployment that starts now may still run when the servers are raised
        (utc(9, 9, 45), True),
        (utc(9, 14, 59), True),
        (utc(9, 15), False),
    ],
)
def test_an_opening_is_under_way_from_just_before_its_rise_to_its_release(now, expected):
    night = opening("night-1", utc(9, 11))

    assert under_way([night], now) is expected
    assert not under_way([opening("unscheduled", utc(9, 11), servers=None)], now)
