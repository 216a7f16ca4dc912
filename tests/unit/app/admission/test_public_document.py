"""What the public document tells of one second, and what becomes of it when nobody renews it."""

import hashlib
from datetime import UTC, datetime

import msgspec
import pytest
from prometheus_client import generate_latest

from app.admission.document import Moment, compose, paused
from app.admission.gauges import Gauges
from app.admission.troubles import Troubles
from app.admission.values import Checkpoint, Controls
from app.opening import Opening, Rules
from app.settings import Provider, Settings, Stores
from tests.unit.app.admission.snapshots import SNAPSHOT

DOORS = datetime(2027, 8, 9, 11, tzinfo=UTC)
OPENING = Opening(name="august", title={"ko": "8월"}, doors_at=DOORS, rules=Rules(birth_digits=(1, 6)))
SETTINGS = Settings(
    stores=Stores(database_url="postgresql://", valkey_url="valkey://"),
    openings=(OPENING,),
    providers=(
        Provider(name="one", title={"en": "One"}, url="http://127.0.0.1"),
        Provider(name="two", title={"en": "Two"}, url="http://127.0.0.1"),
    ),
)
SECRET = b"\x07" * 32
BEFORE = Checkpoint(500, None, 0, 0, 1, 1.0, 12.3456)
AFTER = Checkpoint(500, 400, 120, 30, 1, 0.9, 12.3456)
NOW_S = DOORS.timestamp() + 60


def told(checkpoint=AFTER, phase="open", **changes):
    return compose(OPENING, SETTINGS, Moment(NOW_S, phase, checkpoint, SECRET, **changes))


def test_the_commitment_is_told_before_the_draw_and_the_secret_after():
    before, after = told(BEFORE, "prequeue").draw, told().draw
    assert (before.secret, before.prequeue) == (None, None)
    assert (after.secret, after.prequeue) == (SECRET.hex(), 400)
    assert before.commitment == after.commitment == hashlib.sha256(bytes.fromhex(after.secret)).hexdigest()
    assert SECRET.hex().encode() not in msgspec.json.encode(told(BEFORE, "prequeue"))


def test_the_line_is_told_as_the_database_has_it():
    document = told(wait=(0.7, 1.4))
    assert (document.joined, document.serving, document.lapsed) == (500, 120, 30)
    assert (document.rate_per_s, document.wait_low, document.wait_high) == (12.346, 0.7, 1.4)
    assert (document.phase, document.at_s, document.birth_digits) == ("open", int(NOW_S), (1, 6))


def test_a_provider_is_red_where_operators_closed_it_and_as_most_see_it_elsewhere():
    controls = Controls(providers_closed=("one",), announcement={"en": "Hello"})
    document = told(lights={"one": "green", "two": "amber"}, controls=controls)
    assert [(provider.light, provider.closed) for provider in document.providers] == [("red", True), ("amber", False)]
    assert document.announcement == {"en": "Hello"}
    assert [provider.light for provider in told().providers] == ["green", "green"], "nobody has complained yet"


def test_a_document_that_nobody_renewed_says_paused_and_keeps_its_age():
    document = told()
    changed = paused(document, OPENING, NOW_S + 5, joined=620)
    assert changed is not None
    assert (changed.phase, changed.at_s, changed.joined, changed.serving) == ("paused", document.at_s, 620, 120)
    assert paused(changed, OPENING, NOW_S + 6, joined=620) is None, "it says so already"


def test_a_young_document_is_left_alone_since_a_leader_may_be_well():
    assert paused(told(), OPENING, NOW_S + 2, joined=620) is None


@pytest.mark.parametrize(("offset_s", "phase"), [(-30, "prequeue"), (1, "paused")])
def test_joining_goes_on_before_the_doors_and_at_the_doors_it_is_a_pause(offset_s, phase):
    document = compose(OPENING, SETTINGS, Moment(DOORS.timestamp() - 60, "prequeue", BEFORE, SECRET))
    changed = paused(document, OPENING, DOORS.timestamp() + offset_s, joined=501)
    assert changed is not None
    assert changed.phase == phase


def test_every_number_of_the_snapshot_is_a_gauge():
    gauges = Gauges()
    gauges.observe(msgspec.structs.replace(SNAPSHOT, binding="cap"))
    gauges.observe(SNAPSHOT)
    text = generate_latest(gauges.registry).decode()
    assert "floodgate_admission_waiting 3800.0" in text
    assert 'floodgate_admission_phase{phase="open"} 1.0' in text
    assert 'floodgate_admission_phase{phase="paused"} 0.0' in text
    assert 'floodgate_admission_binding{binding="database"} 1.0' in text
    assert "cap" not in text
    assert 'floodgate_admission_failures{what="line"} 2.0' in text


def test_a_failure_is_logged_when_it_begins_and_when_it_is_over_and_counted_in_between(capsys):
    troubles = Troubles()
    for _ in range(5):
        troubles.failed("database", OSError("with a password"))
    troubles.well("database")
    troubles.well("database")
    lines = [line for line in capsys.readouterr().out.splitlines() if "database" in line]
    assert len(lines) == 2
    assert "OSError" in lines[0]
    assert "password" not in "".join(lines)
    assert troubles.counted == {"database": 5}
