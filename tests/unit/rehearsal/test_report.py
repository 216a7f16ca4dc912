"""The report: what the page and the terminal say about a night made by hand.

How the page looks is judged by eye; here stand its order, its words, its data and that it asks nobody for anything.
"""

import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from rich.console import Console

from floodgate.awsrules.balancer.fail_open import Threshold
from floodgate.rehearsal.outcome import Event
from floodgate.rehearsal.plan import Service
from floodgate.rehearsal.report.machine import as_json
from floodgate.rehearsal.report.page import chart_program, render
from floodgate.rehearsal.report.resampling import bands, edges, night
from floodgate.rehearsal.report.tables import event_table, plan_table
from floodgate.rehearsal.report.terminal import print_summary
from tests.unit.rehearsal.nights import DOORS_S, SECONDS, outcome_of, plan_of, policy_step, rehearsal_of

CALM = outcome_of(limit={(70, 90): "waiting room"}, events=[policy_step(100, 6, 20)])
FAILING = outcome_of(refused_people={(100, 300): 50}, limit={(100, 300): "balancer"}, load_balancer={(100, 300): 3.0})


@pytest.fixture(scope="module")
def page():
    return render(rehearsal_of(CALM), "/* program */")


class Reader(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.labels, self.addresses = [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.addresses += [given[a] for a in ("src", "href", "action", "data") if given.get(a)]
        if given.get("role") == "img":
            self.labels.append(given.get("aria-label", ""))


def test_the_page_tells_the_story_in_order(page):
    sections = re.findall(r"<h2>(.*?)</h2>", page)

    assert sections == [
        "Who came, waited, was served, gave up",
        "Servers",
        "What limited, and when",
        "The wait people had, and the wait they were shown",
        "Promises",
        "The plan, as read from AWS",
        "Numbers the rehearsal had to take",
        "The real opening",
        "To do it again",
    ]
    assert page.index("The opening holds") < page.index(sections[0])


def test_the_page_asks_nobody_for_anything(page):
    assert Reader(page).addresses == []
    assert "default-src 'none'" in page, "the browser itself refuses every request"


def test_every_chart_has_words_for_who_cannot_see_it(page):
    labels = Reader(page).labels

    assert len(labels) == 7
    assert all(len(label) > 40 for label in labels)


def test_a_failing_night_says_so_at_the_top():
    page = render(rehearsal_of(FAILING), "")

    assert "The opening would fail" in page
    assert '<td class="broken">broken</td>' in page


def test_without_a_waiting_room_there_is_no_chart_of_waits_but_a_word_about_it():
    plan = replace(plan_of(), service=Service(waiting_room=False))

    page = render(rehearsal_of(outcome_of(waits=()), plan=plan), "")

    assert "There was no waiting room" in page
    assert 'id="chart-waits"' not in page


def test_assumed_numbers_are_seen_as_assumed_and_come_first(page):
    table = page[page.index("Parameters that were used") :]

    assert table.index("identity.rate_per_s") < table.index("To do it again")
    assert '<td class="assumed">assumed</td>' in table


def test_schedules_are_told_in_the_openings_local_time(page):
    assert "2027-08-09 20:00" in page[page.index("Scheduled actions") :]


def test_what_could_not_be_read_is_not_silent(page):
    assert "computes its metric and is not rehearsed" in page


def test_command_and_seed_are_on_the_page(page):
    assert "floodgate rehearse --stack opening" in page
    assert "Seed 7" in page


def test_names_from_the_account_cannot_become_markup():
    page = render(rehearsal_of(CALM, stack="</script><script>alert(1)</script>"), "")

    assert "<script>alert(1)" not in page


def test_the_times_on_the_page_are_the_wall_clock_of_the_opening(page):
    (text,) = re.findall(r"const DATA = (.*);\n", page)
    data = json.loads(text)

    # 20:00 in Seoul written as if it were UTC, so that a browser anywhere shows 20:00
    assert data["doors"]["t"] == [1817841600000]
    assert len(data["night"]["t"]) == len(data["night"]["came"])


def test_a_whole_evening_is_thinned_and_still_fine_at_the_doors():
    bounds = edges(315 * 60, 75 * 60)

    assert len(bounds) < 1000
    assert bounds[0] == 0
    assert bounds[-1] == 315 * 60
    assert np.all(np.diff(bounds) > 0)
    assert np.diff(bounds)[np.searchsorted(bounds, 75 * 60)] == 2


@pytest.mark.parametrize("seconds", [1, 59, 60, 61, 4000, 86_400])
def test_any_length_of_night_is_covered_without_gaps(seconds):
    bounds = edges(seconds, min(60, seconds))

    assert (bounds[0], bounds[-1]) == (0, seconds)
    assert np.all(np.diff(bounds) > 0)
    assert len(bounds) < 2000


def test_the_servers_that_get_requests_are_drawn_where_the_balancer_leaves_some_out(page):
    assert "Get requests" not in page
    assert "failed their health check" not in page

    left_out = render(rehearsal_of(outcome_of(receiving={(200, 203): 3})), "")

    assert "Get requests" in left_out
    assert "At 20:02:20 only 3 of 60 got requests, since the others failed their health check." in left_out


@pytest.mark.parametrize(
    ("asks", "routing", "words"),
    [
        ("EC2", Threshold(), "failures and not replaced for that; where none is healthy all get requests"),
        ("ELB", Threshold(3, 50), "failures and then replaced; below 3 servers or 50 % healthy all get requests"),
        ("ELB", Threshold(None, None), "after 2 failures and then replaced"),
    ],
)
def test_the_health_check_stands_in_the_plan_with_what_it_leads_to(asks, routing, words):
    plan = plan_of()
    balancer = replace(plan.balancer, target_group=replace(plan.balancer.target_group, routing=routing))
    plan = replace(plan, group=replace(plan.group, health_check_type=asks), balancer=balancer)

    (told,) = [row[2] for row in plan_table(plan).rows if row[0] == "Health check"]

    assert told.startswith("every 30 s, an answer within 5 s; left out after 2 failures")
    assert told.endswith(words)


def test_what_health_checks_do_is_told_among_the_events():
    event = Event(100, "balancer", "fail open", 10, 0, "all fail")

    rows = event_table(rehearsal_of(outcome_of(events=[event]))).rows

    assert [(row[1], row[2], row[3]) for row in rows] == [("balancer", "fail open", "10 to 0")]


def test_thinning_keeps_totals_and_peaks():
    outcome = outcome_of(booked={(200, 201): 5000}, load_balancer={(205, 206): 2.0}, receiving={(203, 204): 7})
    columns = night(outcome, edges(SECONDS, DOORS_S))

    assert columns["have_booked"][-1] == pytest.approx(outcome.series["booked"].sum(), rel=1e-3)
    assert max(columns["load_balancer"]) == 2.0, "a peak of one second is not averaged away"
    assert min(columns["receiving"]) == 7, "nor is a second with few servers"


def test_the_band_joins_seconds_of_the_same_limit_and_leaves_free_ones_out():
    outcome = outcome_of(limit={(70, 90): "fleet", (90, 100): "balancer"})

    found = bands(outcome, edges(SECONDS, DOORS_S))

    assert [name for *_, name in found] == ["fleet", "balancer"]
    assert found[0][0] == 70
    assert found[0][1] == found[1][0]


def test_many_steps_of_one_policy_are_told_in_one_row():
    events = [policy_step(100 + 60 * n, 10 + n, 11 + n) for n in range(5)] + [policy_step(500, 15, 9)]

    rows = event_table(rehearsal_of(outcome_of(events=events))).rows

    assert [row[3] for row in rows] == ["10 to 15 in 5 steps", "15 to 9"]


def test_many_servers_that_are_replaced_for_one_cause_are_counted_in_one_row():
    events = [Event(100 + 60 * n, "health", "health check", 10, 9 - n % 2, "replaced") for n in range(4)]
    other = Event(500, "refresh", "web:2", 10, 8, "replaced")

    rows = event_table(rehearsal_of(outcome_of(events=[*events, other]))).rows

    assert [(row[1], row[3]) for row in rows] == [("health", "6 in 4 steps"), ("refresh", "10 to 8")]


def plain_summary(rehearsal):
    written = io.StringIO()
    print_summary(rehearsal, Console(file=written, width=140))
    return written.getvalue()


def test_the_terminal_tells_the_same_story_in_about_twenty_lines():
    text = plain_summary(rehearsal_of(FAILING))

    assert 12 <= len(text.splitlines()) <= 24
    assert "Broken: at 20:00" in text
    assert "balancer 20:00:" in text
    assert "\x1b" not in text, "where nobody looks there is no colour"


def test_machines_get_the_verdict_with_the_second_of_the_break():
    document = json.loads(as_json(rehearsal_of(FAILING)))

    assert document["held"] is False
    assert {f["promise"]: f["at"] for f in document["findings"]}["Refused or failed"] == "20:00:52"


def test_the_program_of_the_charts_can_draw():
    program = chart_program()

    assert "vegaEmbed" in program
    assert "</script" not in program, "it would end the element it stands in"
