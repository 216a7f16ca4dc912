"""Cron arithmetic against croniter, across ten years and every zone's clock changes from 2020 to 2030.

The judge reckons in local time without a zone; what clocks skip and repeat is added here from the zone's own offsets.
Cannot prove what AWS itself does at a clock change, which it does not print.
"""

from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import islice, takewhile
from zoneinfo import ZoneInfo, available_timezones

import pytest
from croniter import croniter

from floodgate.awsrules.scaling import cron

BEGIN, END = datetime(2020, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@cache
def judged(expression, after, count):
    judge = croniter(expression, after)
    return [judge.get_next(datetime) for _ in range(count)]


def offset(zone, at):
    return at.astimezone(zone).utcoffset()


def instant_of_change(zone, low, high):
    """The instant in (low, high] from which the zone has another offset."""
    before = offset(zone, low)
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) // 2
        low, high = (middle, high) if offset(zone, middle) == before else (low, middle)
    return high.replace(microsecond=0)


def changes(name):
    zone, last = ZoneInfo(name), None
    # no zone has changed its clocks twice within a week
    for days in range(0, (END - BEGIN).days + 1, 7):
        at = BEGIN + days * DAY
        now = offset(zone, at)
        if last is not None and now != last:
            yield instant_of_change(zone, at - 7 * DAY, at), last, now
        last = now


@pytest.fixture(scope="module")
def clock_changes():
    return [(name, *change) for name in sorted(available_timezones()) for change in changes(name)]


@pytest.mark.parametrize(
    "expression",
    [
        "0 9 * * *",
        "0 18 * * 1-5",
        "30 6 * * 2",
        "0 9 * * 7",
        "0 9 * * 0",
        "0 0 29 2 *",
        "0 12 13 * 5",
        "15 6 1,15 * MON",
        "10 4 31 * *",
        "0 0 */10 * *",
        "30 6 * JAN-MAR,12 2-5",
        "5-55/25 */8 1-7 8 *",
        "*/30 22 * 8 sun",
        "0 1 1-7 * 6-7",
    ],
)
def test_ten_years_of_an_expression_fire_when_the_judge_says(expression):
    until = datetime(2030, 1, 1, tzinfo=UTC)

    fires = list(takewhile(lambda fire: fire < until, cron.fires(expression, "Etc/UTC", BEGIN)))

    assert len(fires) >= 2
    assert fires == [at.replace(tzinfo=UTC) for at in judged(expression, BEGIN.replace(tzinfo=None), len(fires))]
    following = cron.next_fire(expression, "Etc/UTC", fires[-1])
    assert following
    assert following >= until


def test_every_zone_fires_at_its_own_nine_in_the_winters_and_summers_of_eleven_years():
    names, begin = sorted(available_timezones()), datetime(2019, 12, 31, tzinfo=UTC)
    shown = judged("0 9 1 1,7 *", begin.replace(tzinfo=None), 22)

    assert len(names) > 590
    for name in names:
        expected = [at.replace(tzinfo=ZoneInfo(name)).astimezone(UTC) for at in shown]
        assert list(islice(cron.fires("0 9 1 1,7 *", name, begin), 22)) == expected, name


def test_a_time_that_clocks_skip_fires_at_the_change_and_one_that_they_repeat_fires_first_time_only(clock_changes):
    assert len(clock_changes) > 4000, "every zone was looked at"
    for name, change, before, after in clock_changes:
        local = (change + before + (after - before) / 2).replace(tzinfo=None, second=0, microsecond=0)
        expression = f"{local.minute} {local.hour} * * *"
        begin = change - timedelta(hours=3)
        first, second = judged(expression, (begin + before).replace(tzinfo=None), 2)
        expected = [
            change if after > before else first.replace(tzinfo=UTC) - before,
            second.replace(tzinfo=UTC) - after,
        ]

        assert list(islice(cron.fires(expression, name, begin), 2)) == expected, f"{expression} {name} {change}"
        assert cron.next_fire(expression, name, change + MINUTE) == expected[1], f"{expression} {name} after {change}"


def test_two_times_that_the_clocks_skip_are_one_fire():
    fires = cron.fires("30,45 2 * * *", "Europe/Berlin", datetime(2027, 3, 27, 12, tzinfo=UTC))
    first, second = islice(fires, 2)

    assert (first, second) == (datetime(2027, 3, 28, 1, tzinfo=UTC), datetime(2027, 3, 29, 0, 30, tzinfo=UTC))
    assert first.tzinfo is UTC


def test_an_expression_that_begins_with_a_star_follows_the_hand_of_the_clock(clock_changes):
    expression = "*/7 0-4 * * *"
    latest = {name: change for name, change, *_ in clock_changes}
    for name, change in latest.items():
        zone, begin = ZoneInfo(name), change - 15 * MINUTE
        minutes = [begin.replace(second=0) + count * MINUTE for count in range(1, 31)]
        shown = [at.astimezone(zone).replace(tzinfo=None) for at in minutes]
        expected = [at for at, local in zip(minutes, shown, strict=True) if local.hour < 5 and local.minute % 7 == 0]

        fires = takewhile(lambda fire, last=minutes[-1]: fire <= last, cron.fires(expression, name, begin))

        assert list(fires) == expected, f"{name} {change}"
        assert all(croniter.match(expression, fire.astimezone(zone).replace(tzinfo=None)) for fire in expected)


@pytest.mark.parametrize("expression", ["0 9 * *", "@daily", "60 9 * * *", "0 24 * * *", "0 9 0 * *", "0 9 * * 8"])
def test_what_is_no_cron_expression_is_refused_in_one_line(expression):
    with pytest.raises(cron.CronError) as error:
        cron.check(expression)

    assert repr(expression) in str(error.value)
    assert "; " in str(error.value), "it names a remedy"
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("expression", ["0 9 L * *", "0 9 LW * *", "0 9 * * 5L", "0 9 * * 2#1"])
def test_what_crontab_does_not_have_is_refused_unless_it_is_asked_for(expression):
    with pytest.raises(cron.CronError):
        cron.check(expression)
    cron.check(expression, extensions=True)


@pytest.mark.parametrize("expression", ["0 9 * * WED", "0 9 * JUL *", "0 9 1-7/2 * MON,7", "*/5 0-6 * * *"])
def test_names_ranges_lists_and_steps_are_taken(expression):
    cron.check(expression)
