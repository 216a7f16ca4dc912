"""`python -m app serve` under 150 people all the time, while kill -9 meets each of its parts in turn, and then all.

What can be seen from outside is compared with what the database has at the end (`record`). It proves that what was
acknowledged survives the death of processes; it cannot prove what a machine without power keeps (PostgreSQL's fsync).
The ten seconds are the promise itself, so here a time is asserted.
"""

import asyncio
import copy
import shutil
import tempfile
from pathlib import Path

import pytest

from app.local.postgres import SHARED
from tests.service.kills.evening import VICTIMS, play
from tests.service.kills.processes import running
from tests.service.kills.record import Acknowledged, Entrance, Join, broken

BACK_WITHIN_S = 10.0
# the service is up before that on most machines, so that there is a pre-queue
DOORS_IN_S = 12
RATE_PER_S = 40
# three units in each of 2,040 slots: more than can be called in two minutes
SHAPE = "benchmark(6000)"


@pytest.fixture(scope="module")
def evening():
    SHARED.mkdir(mode=0o755, parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="kills-", dir=SHARED))
    folder.chmod(0o755)
    try:
        with running(folder, doors_in_s=DOORS_IN_S, rate_per_s=RATE_PER_S, shape=SHAPE) as service:
            yield asyncio.run(play(service))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.parametrize("killed", VICTIMS)
def test_all_of_the_service_is_back_within_ten_seconds_of_what_was_killed(evening, killed):
    assert evening.back_s[killed] <= BACK_WITHIN_S, f"away for {evening.away_s[killed]:.1f} s"
    assert evening.booked_meanwhile[killed] > 0


def test_nothing_that_was_acknowledged_is_lost_or_there_twice_and_the_line_keeps_its_order(evening):
    record = evening.crowd.record
    assert broken(record, evening.sold) == []
    happened = (len(record.joins), len(record.entrances), len(record.confirms), record.repeated)
    assert min(happened) > 20, "there was a crowd"


def test_people_were_told_to_come_again_and_nobody_met_a_failure_of_ours(evening):
    assert "internal" not in evening.crowd.refused


def test_a_confirm_whose_answer_was_lost_is_the_same_booking_when_it_is_sent_again(evening):
    record = evening.crowd.record
    keys = [confirm.key for confirm in record.confirms]
    again = [confirm for confirm in record.confirms if keys.count(confirm.key) > 1]
    assert again, "some were asked for twice"
    assert len({(confirm.key, confirm.reference) for confirm in again}) == len({confirm.key for confirm in again})
    stands = [booking["reference"] for booking in evening.sold.bookings]
    assert all(stands.count(confirm.reference) == 1 for confirm in again)


def booked_twice(record, sold):
    again = record.confirms[0]
    record.confirms.append(Acknowledged(again.human, "another", "0123456789", again.slot, 0.0, 0.0))


def lost(record, sold):
    sold.bookings.remove(next(each for each in sold.bookings if each["reference"] == record.confirms[0].reference))


def doubled(record, sold):
    sold.units.append(dict(sold.units[0]))


def of_nobody(record, sold):
    told = {confirm.reference for confirm in record.confirms}
    one = next(each for each in sold.bookings if each["reference"] in told and each["state"] == "booked")
    sold.bookings.append(one | {"reference": "0123456789"})


def another_booking_for_the_key(record, sold):
    first = record.confirms[0]
    record.confirms.append(Acknowledged(first.human, first.key, "0123456789", first.slot, 0.0, 0.0))


def oversold(record, sold):
    sold.capacity[sold.units[0]["slot_id"]] = 0


def number_twice(record, sold):
    record.joins.append(Join("another", 0.0, 1.0, record.joins[0].number))


def pushed_in(record, sold):
    last = max(join.answered_s for join in record.joins)
    record.joins.append(Join("another", last + 1, last + 2, -1))


def uncalled(record, sold):
    at_s, serving = record.called[-1]
    record.entrances.append(Entrance("another", -1, serving, at_s))


def two_in_one_place(record, sold):
    record.entrances.append(Entrance("another", -1, record.entrances[0].place, 0.0))


def went_back(record, sold):
    record.documents.append((max(record.documents)[0] + 1, 0))


@pytest.mark.parametrize(
    "damage",
    [
        booked_twice,
        lost,
        doubled,
        of_nobody,
        another_booking_for_the_key,
        oversold,
        number_twice,
        pushed_in,
        uncalled,
        two_in_one_place,
        went_back,
    ],
)
def test_control_what_was_tampered_with_is_found(evening, damage):
    record, sold = copy.deepcopy((evening.crowd.record, evening.sold))
    damage(record, sold)
    assert broken(record, sold)
