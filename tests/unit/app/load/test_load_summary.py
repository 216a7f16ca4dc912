"""The arithmetic of the report on logs made by hand, and that every broken promise turns the exit code."""

import json
import math
import xml.etree.ElementTree as ET
from collections import Counter
from datetime import UTC, datetime

import pytest
from rich.console import Console

from app.load.client import Answer
from app.load.histogram import Histogram
from app.load.log import Log, Waits
from app.load.report.page import chart, page
from app.load.report.terminal import print_summary
from app.load.report.wording import duration
from app.load.sending import code_of, note
from app.load.summary import Setting, Sold, as_read, busiest, checks, summarise, truth

SETTING = Setting(
    "http://127.0.0.1:1", "test", "two <minutes>", 60, 0.1, 60, 1, 7, datetime(2026, 11, 22, tzinfo=UTC), 12.5, 0.25
)
SOUND = Sold(
    booked=3, held=1, capacity=10, over_capacity=0, people_with_several=0, places_with_several=0, references_missing=0
)


def answer(status, code="", sent_s=0.0):
    body = json.dumps({"type": f"/problems/{code}"}).encode() if code else b""
    return Answer(status, (), body, sent_s)


def sound_log():
    log = Log()
    for second in range(10):
        log.happened("joined", second - 5)
        note(log.step("join"), answer(200, sent_s=second), second, second + 0.01)
    for second in range(3):
        log.happened("booked", second)
        log.references.append(f"R{second}")
    log.numbers.extend(range(10))
    log.places.extend([0, 1, 2])
    log.waits.add(1, 2, 1.5)
    log.ends["booked"] = 3
    return log


def test_quantiles_are_those_of_the_durations_within_a_hundredth():
    histogram = Histogram()
    for milliseconds in range(1, 1001):
        histogram.add(milliseconds / 1000)

    for share in (0.01, 0.5, 0.95, 0.99):
        assert histogram.quantile(share) == pytest.approx(share, rel=0.011)
    assert histogram.quantile(1.0) <= 1.0
    assert histogram.longest_s == 1.0
    assert histogram.count == 1000
    assert histogram.total_s == pytest.approx(500.5)


def test_a_histogram_of_nothing_has_no_quantiles_and_a_negative_duration_no_power():
    assert math.isnan(Histogram().quantile(0.5))
    histogram = Histogram()
    histogram.add(-1.0)
    assert histogram.quantile(0.5) <= 1e-6


def test_histograms_of_several_processes_add_up():
    whole, first, second = Histogram(), Histogram(), Histogram()
    for milliseconds in range(1, 101):
        whole.add(milliseconds / 1000)
        (first if milliseconds % 3 else second).add(milliseconds / 1000)
    first.update(second)

    assert first.buckets == whole.buckets
    assert (first.count, first.longest_s) == (whole.count, whole.longest_s)


def test_logs_of_several_processes_add_up():
    log = sound_log()
    log.update(sound_log())

    assert log.step("join").requests == 20
    assert sum(log.seconds["joined"].values()) == 20
    assert len(log.numbers) == 20
    assert log.ends["booked"] == 6


def test_latency_counts_from_the_intended_moment_and_the_sending_is_only_told_beside_it():
    log = Log()
    note(log.step("join"), answer(200, sent_s=9.0), 2.0, 10.0)

    row = summarise(log, SETTING, None, 0.001).rows[0]

    assert row.p95_s == pytest.approx(8.0, rel=0.011)
    assert row.p95_sent_s == pytest.approx(1.0, rel=0.011)


def test_a_refusal_is_told_by_its_code_and_is_no_error_while_a_fault_is_one():
    log = Log()
    for status, code in (
        (409, "slot-gone"),
        (409, "slot-gone"),
        (503, "inside-full"),
        (500, "internal"),
        (404, "unknown"),
    ):
        note(log.step("hold"), answer(status, code), 0.0, 0.1)

    summary = summarise(log, SETTING, None, 0.001)

    assert summary.refusals == {"409 slot-gone": 2, "503 inside-full": 1}
    assert summary.errors == {"500 internal": 1, "404 unknown": 1}
    assert not summary.held


def test_a_refusal_without_a_problem_document_has_no_code():
    assert code_of(Answer(502, (), b"<html>", 0.0)) == ""
    assert code_of(answer(200)) == ""


def test_the_busiest_minute_is_found_wherever_it_lies():
    seconds = Counter(dict.fromkeys(range(300), 1))
    assert busiest(seconds, 60) == 60
    seconds.update(dict.fromkeys(range(100, 160), 9))
    assert busiest(seconds, 60) == 600


def test_a_run_shorter_than_a_minute_is_counted_over_its_own_length():
    assert busiest(Counter({5: 10, 6: 10}), 60) == 600
    assert busiest(Counter(), 60) == 0


def test_a_wait_is_true_within_the_shown_range_and_the_time_to_notice():
    waits = Waits()
    for true_s in (5.0, 9.6, 15.0, 20.4, 30.0):
        waits.add(10.0, 20.0, true_s)

    found = truth(waits, 0.5)

    assert found is not None
    assert (found.people, found.within, found.shorter, found.longer) == (5, 3, 1, 1)
    assert truth(Waits(), 0.5) is None


@pytest.mark.parametrize(
    ("low_s", "high_s", "read"),
    [
        (1, 20, (0, 60)),
        (50, 61, (0, 120)),
        (130, 300, (120, 300)),
        (1000, 1900, (900, 2100)),
        (1000, 4000, (600, 4200)),
        (7000, 9000, (5400, 9000)),
    ],
)
def test_ranges_are_judged_in_the_words_of_the_page(low_s, high_s, read):
    assert as_read(low_s, high_s) == read


def test_a_wait_of_seconds_is_true_where_the_page_says_within_a_minute():
    waits = Waits()
    waits.add(0.1, 0.4, 2.0)

    exactly, read = truth(waits, 0.5), truth(waits, 0.5, as_read)

    assert exactly is not None
    assert read is not None
    assert (exactly.longer, read.within) == (1, 1)


def test_a_sound_run_holds_and_without_a_database_one_check_is_not_judged():
    assert summarise(sound_log(), SETTING, SOUND, 0.001).held
    summary = summarise(sound_log(), SETTING, None, 0.001)
    assert summary.held
    assert summary.checks[0].held is None
    assert "--database" in summary.checks[0].told


@pytest.mark.parametrize("count", ["over_capacity", "people_with_several", "places_with_several", "references_missing"])
def test_whatever_the_database_says_was_sold_twice_breaks_the_run(count):
    sold = Sold(**{**{name: getattr(SOUND, name) for name in Sold.__slots__}, count: 1})

    assert not summarise(sound_log(), SETTING, sold, 0.001).held


@pytest.mark.parametrize(
    "damage",
    [
        lambda log: log.numbers.append(3),
        lambda log: log.places.append(2),
        lambda log: log.references.append("R1"),
        lambda log: log.violate("place 7 entered, but places below 3 were called"),
        lambda log: log.step("join").errors.update({"timeout": 1}),
    ],
    ids=["number twice", "place twice", "reference twice", "order", "errors"],
)
def test_each_broken_promise_breaks_the_run(damage):
    log = sound_log()
    assert all(check.held is not False for check in checks(log, SOUND, 0.001))
    damage(log)

    assert sum(check.held is False for check in checks(log, SOUND, 0.001)) == 1
    assert not summarise(log, SETTING, SOUND, 0.001).held


def test_of_many_violations_the_first_are_told_and_all_are_counted():
    log = Log()
    for number in range(100):
        log.violate(f"number {number}")

    assert log.broken_count == 100
    assert len(log.broken) == 20


def test_the_page_is_one_well_formed_file_that_asks_nobody_for_anything():
    text = page(summarise(sound_log(), SETTING, SOUND, 0.001))

    assert "two &lt;minutes&gt;" in text, "what comes from files is escaped"
    assert "src=" not in text
    assert "http" not in text.replace("http://127.0.0.1:1", "")
    ET.fromstring(chart(summarise(sound_log(), SETTING, SOUND, 0.001)))


def test_the_terminal_tells_every_check_and_every_step():
    console = Console(width=200, record=True, file=open("/dev/null", "w"))  # noqa: SIM115, PTH123
    print_summary(summarise(sound_log(), SETTING, SOUND, 0.001), console)
    text = console.export_text()
    console.file.close()

    for words in ("nothing was sold twice", "join", "coordinated omission", "Everything held", "6 times those"):
        assert words in text


def test_a_run_in_which_nobody_came_is_reported_all_the_same():
    summary = summarise(Log(), SETTING, None, 0.001)

    assert "Nobody came" in page(summary)
    assert json.dumps(summary.as_json())
    print_summary(summary, Console(quiet=True))


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(None, "–"), (0.00123, "1.23 ms"), (0.5, "500 ms"), (0.9999, "1 s"), (12.34, "12.3 s"), (600, "10.0 min")],
)
def test_durations_are_told_with_the_unit_that_fits(seconds, told):
    assert duration(seconds) == told
