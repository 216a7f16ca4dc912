"""What the console shows, out of what others told; nothing is asked for here."""

from typing import Any

from app.admission.values import Controls, WorkerReport
from app.line.document import Draw, NowServing, ProviderLight
from app.line.values import LineState
from app.operators.state import Gathered, compose
from app.settings import Provider

NOW_S = 1_800_000_000.0
PROVIDERS = [Provider(name=name, title={"en": name}, url="http://127.0.0.1:1") for name in ("mobile", "card")]
LINE = LineState(joined=1000, prequeue=800, serving=300, lapsed=100, inside=50, left=120, entered=170)
NOTHING = Gathered(None, None, None, None, ())


def document(at_s=int(NOW_S), **changes):
    values: dict[str, Any] = {
        "opening": "night-1",
        "title": {"en": "Tonight"},
        "phase": "open",
        "at_s": at_s,
        "doors_s": 1,
        "closes_s": 2,
        "zone": "Asia/Seoul",
        "joined": 1000,
        "serving": 300,
        "lapsed": 100,
        "rate_per_s": 5.0,
        "wait_low": 1.0,
        "wait_high": 1.0,
        "poll_s": 10,
        "draw": Draw("00"),
    }
    return NowServing(**{**values, **changes})


def report(**changes):
    values: dict[str, Any] = {
        "at_s": NOW_S,
        "latency_p95_s": 0.1,
        "connections_in_use": 0.2,
        "cpu": 0.3,
        "booked": 10,
        "refused": {"no-pass": 2},
        "lights": {"mobile": "green"},
        "waits_true": 7,
        "waits_low": 2,
        "waits_high": 1,
    }
    return WorkerReport(**{**values, **changes})


def shown(gathered=NOTHING, **changes):
    return compose("anna", NOW_S, document(**changes), gathered, PROVIDERS)


def test_with_everything_away_it_still_shows_the_opening_and_names_what_is_away():
    state = shown(at_s=int(NOW_S) - 60)

    assert (state.opening, state.phase, state.document_age_s) == ("night-1", "open", 60)
    assert (state.line, state.workers, state.controls, state.controller) == (None, None, None, None)
    assert state.away == ["database", "line", "controller"]


def test_with_everything_there_nothing_is_away():
    assert shown(Gathered(LINE, None, [], Controls(), ())).away == []


def test_who_waits_has_a_number_and_is_not_called():
    line = shown(Gathered(LINE, None, None, None, ())).line

    assert line is not None
    assert (line.waiting, line.inside, line.entered) == (700, 50, 170)


def test_workers_are_told_together_the_worst_and_the_sum():
    reports = [
        report(),
        report(latency_p95_s=0.9, connections_in_use=0.1, booked=5, refused={"slot-gone": 9, "no-pass": 1}),
    ]
    workers = shown(Gathered(None, None, reports, None, ())).workers

    assert workers is not None
    assert (workers.reporting, workers.latency_p95_s, workers.connections_in_use, workers.booked) == (2, 0.9, 0.2, 15)
    assert list(workers.refused.items()) == [("slot-gone", 9), ("no-pass", 3)], "the most frequent first"


def test_waits_are_summed():
    waits = shown(Gathered(None, None, [report(), report()], None, ())).waits

    assert waits is not None
    assert (waits.true, waits.shorter, waits.longer) == (14, 4, 2)


def test_each_provider_shows_what_people_see_and_what_workers_see():
    reports = [report(lights={"mobile": "red"}), report(lights={"mobile": "red", "card": "green"}), report()]
    public = (ProviderLight("mobile", {"en": "mobile"}, "red"),)
    mobile, card = shown(Gathered(None, None, reports, None, ()), providers=public).providers

    assert (mobile.light, mobile.closed, mobile.seen) == ("red", False, {"red": 2, "green": 1})
    assert (card.light, card.seen) == ("green", {"green": 1})


def test_a_provider_is_closed_as_soon_as_the_database_says_so():
    """And while the database is away, as the public document has it."""
    closed = Controls(providers_closed=("card",))
    public = (ProviderLight("mobile", {}, "red", closed=True),)

    by_database = shown(Gathered(None, None, None, closed, ()), providers=public).providers
    by_document = shown(providers=public).providers
    assert [provider.closed for provider in by_database] == [False, True]
    assert [provider.closed for provider in by_document] == [True, False]


def test_no_worker_that_reports_is_shown_as_none_and_not_as_trouble():
    workers = shown(Gathered(LINE, None, [], Controls(), ())).workers

    assert workers is not None
    assert (workers.reporting, workers.booked, workers.latency_p95_s) == (0, 0, 0.0)
