"""What workers' reports say together, and from which number a line goes on that was forgotten."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.admission.fleet import Fleet, PerMinute, Rising, majority, summed
from app.admission.restart import Peak, Sight, Unseen, next_number, sight
from app.admission.values import Checkpoint, WorkerReport

IDLE = WorkerReport(1.0, 0.0, 0.0, 0.0, 0, {}, {}, 0, 0, 0)


def report(**changes):
    return msgspec.json.encode(msgspec.structs.replace(IDLE, **changes))


def test_loads_are_means_and_counts_are_sums():
    fleet = summed(
        [
            report(cpu=0.2, connections_in_use=0.5, latency_p95_s=0.3, booked=7, refused={"slot-gone": 2}),
            report(cpu=0.6, connections_in_use=0.1, booked=3, refused={"slot-gone": 1, "no-pass": 4}),
        ]
    )
    assert fleet.load is not None
    assert (fleet.load.cpu, fleet.load.database) == (pytest.approx(0.4), pytest.approx(0.3))
    assert fleet.load.latency_s == pytest.approx(0.3), "a worker that served nobody says nothing about latency"
    assert (fleet.workers, fleet.booked, fleet.refused) == (2, 10, {"slot-gone": 3, "no-pass": 4})


def test_a_report_that_cannot_be_read_is_a_worker_that_said_nothing():
    assert summed([b"\xff\x00", b"[]", b'{"cpu": 1}']) == Fleet()
    assert summed([b"{", report(booked=2)]).booked == 2


@pytest.mark.parametrize(
    ("lights", "shown"),
    [
        (["green", "green", "red"], "green"),
        (["red", "red", "green"], "red"),
        (["green", "amber"], "amber"),
        (["green", "red"], "red"),
        (["blue", "green"], "red"),
        (["amber"], "amber"),
    ],
)
def test_most_workers_decide_on_a_light_and_the_darker_of_two(lights, shown):
    assert majority(lights) == shown


def test_lights_are_those_of_the_workers_that_know_the_provider():
    assert summed([report(lights={"a": "red"}), report(lights={"b": "green"})]).lights == {"a": "red", "b": "green"}


def test_a_worker_that_begins_anew_takes_nothing_away():
    rising = Rising()
    assert [rising.rise(total) for total in (100, 130, 10, 15)] == [0, 30, 0, 5]


def test_what_rose_within_the_last_minute():
    booked = PerMinute()
    assert [booked.count(total, now) for now, total in ((0, 500), (1, 510), (30, 530), (61, 531), (200, 531))] == [
        0,
        10,
        30,
        21,
        0,
    ]


@given(
    st.lists(st.builds(Sight, st.integers(0, 10**7), st.floats(0, 600), st.floats(0, 50_000)), min_size=1, max_size=3)
)
def test_the_next_number_is_above_all_that_were_seen(sights):
    number = next_number(sights)
    assert number >= max(each.joined for each in sights)
    assert any(number <= each.joined + each.margin for each in sights) or number == max(each.joined for each in sights)


def test_the_margin_covers_what_can_have_been_given_since():
    checkpoint = Checkpoint(50_000, None, 0, 0, 1, 1.0, 0.0, joins_per_s=3000.0, age_s=1.0)
    assert next_number([sight(checkpoint)]) >= 50_000 + 3 * 3000 * 1.0
    fresher = Sight(51_000, 0.5, 3000.0)
    assert next_number([sight(checkpoint), fresher]) == 51_000 + fresher.margin, "the tighter of two bounds"


def test_a_gap_is_no_crowd():
    peak = Peak(0.0)
    peak.look(0, 1.0)
    peak.look(500, 1.0)
    peak.skip()
    peak.look(40_000, 1.0)
    peak.look(40_010, 1.0)
    assert 498 < peak.joins_per_s <= 500


def test_people_unseen_leave_within_their_passes_time():
    unseen = Unseen(600)
    unseen.forget(100)
    unseen.run(300)
    assert unseen.inside == 50
    unseen.forget(20)
    assert unseen.inside == 70, "a second loss adds to what is left of the first"
    unseen.run(601)
    assert unseen.inside == 0
