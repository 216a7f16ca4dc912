"""Openings as people write them: local times, zones, and every mistake told with its rule and remedy.

It proves nothing about what AWS is told: see `test_schedules.py`.
"""

from datetime import UTC, datetime, timedelta

import pytest

from infra.openings import read_openings

NOW = datetime(2027, 8, 8, 11, 0, tzinfo=UTC)


def entry(**changes):
    return {"name": "night-1", "at": "2027-08-09T20:00", "zone": "Asia/Seoul", **changes}


def read(*entries, now=NOW, **defaults):
    problems = []
    openings = read_openings(list(entries), defaults, now, problems)
    return openings, [str(problem) for problem in problems]


def only_problem(*entries, **options):
    _, problems = read(*entries, **options)
    assert len(problems) == 1, problems
    return problems[0]


def test_a_local_time_becomes_its_instant():
    (opening,), problems = read(entry())

    assert problems == []
    assert opening.doors == datetime(2027, 8, 9, 11, 0, tzinfo=UTC)
    assert opening.raised == opening.doors - timedelta(minutes=60)
    assert opening.released == opening.doors + timedelta(minutes=240)


def test_defaults_stand_under_every_opening_and_an_opening_wins():
    openings, _ = read(entry(leadMinutes=30), entry(name="night-2", at="2027-08-10T20:00"), leadMinutes=90, servers=60)

    assert [(o.lead, o.servers) for o in openings] == [(timedelta(minutes=30), 60), (timedelta(minutes=90), 60)]


def test_a_past_opening_is_told_with_its_rule_and_remedy():
    assert only_problem(entry(at="2021-08-09T20:00")) == (
        "opening 'night-1' is at 2021-08-09T20:00 Asia/Seoul, which is in the past (now it is 2027-08-08T11:00Z); "
        "remove it or give it the date of the next opening"
    )


def test_a_finished_night_may_stay_while_the_series_goes_on():
    _, problems = read(entry(at="2027-08-07T20:00"), entry(name="night-2"))

    assert problems == [], "a deployment between two nights needs no edit"


def test_a_finished_night_is_told_once_the_series_is_over():
    assert "which is in the past" in only_problem(entry(at="2027-08-07T20:00"))


def test_a_slip_of_the_year_is_told_even_inside_a_series():
    assert "which is in the past" in only_problem(entry(at="2026-08-09T20:00"), entry(name="night-2"))


def test_a_deployment_during_the_hold_is_not_past():
    _, problems = read(entry(), now=datetime(2027, 8, 9, 12, 0, tzinfo=UTC))

    assert problems == []


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [
        ("Asia/Soul", "Asia/Seoul"),
        ("Seoul", "Asia/Seoul"),
        ("asia/seoul", "Asia/Seoul"),
        ("Europe/Berln", "Europe/Berlin"),
    ],
)
def test_an_unknown_zone_suggests_the_nearest(wrong, meant):
    problem = only_problem(entry(zone=wrong))

    assert f"'{wrong}', which is no IANA time zone; did you mean" in problem
    assert meant in problem


def test_an_unreachable_zone_name_suggests_the_form():
    assert "use an IANA name such as Asia/Seoul" in only_problem(entry(zone="../../etc/passwd"))


def test_a_time_that_the_clocks_skip_is_told():
    problem = only_problem(entry(at="2028-03-26T02:30", zone="Europe/Berlin"))

    assert "a time that clocks there skip" in problem


def test_a_time_that_the_clocks_show_twice_is_told():
    problem = only_problem(entry(at="2027-10-31T02:30", zone="Europe/Berlin"))

    assert "a time that clocks there show twice" in problem


def test_a_time_with_an_offset_is_told():
    assert "announced in local time" in only_problem(entry(at="2027-08-09T20:00+09:00"))


def test_a_date_without_a_time_is_told():
    assert "which has no time of day" in only_problem(entry(at="2027-08-09"))


def test_doors_that_open_while_the_last_opening_is_held_are_told():
    problem = only_problem(entry(), entry(name="night-2", at="2027-08-09T23:00"))

    assert problem.startswith(
        "opening 'night-2' is at 2027-08-09T23:00 Asia/Seoul, which is while 'night-1' is still held"
    )


def test_two_openings_of_one_name_are_told():
    assert "has this name too; give each its own name" in only_problem(entry(), entry(at="2027-08-10T20:00"))


def test_every_opening_with_a_problem_is_told_at_once():
    _, problems = read(entry(zone="Nowhere/Land"), entry(name="night-2", at="soon:ish"), entry(name="Night 3"))

    assert len(problems) == 3


@pytest.mark.parametrize("entries", ["night-1", 5, None, {"name": "night-1"}])
def test_openings_that_are_no_list_are_told(entries):
    problems = []

    assert read_openings(entries, {}, NOW, problems) == ()
    assert len(problems) == 1


def test_an_entry_that_is_no_mapping_is_told():
    assert only_problem("tomorrow").startswith("floodgate:openings[0] is 'tomorrow'")


def test_defaults_that_are_no_mapping_are_told():
    problems = []

    assert len(read_openings([entry()], "20:00", NOW, problems)) == 1
    assert [str(p) for p in problems] == [
        "floodgate:openingDefaults is '20:00', but it is a mapping; write the keys that all openings share"
    ]
