"""The public document as one worker has it, with a store that a test fills, breaks and counts."""

import asyncio
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from app.clock import FixedClock
from app.errors import Unavailable
from app.keys import Keys
from app.line import draw
from app.line.document import NowServing
from app.opening import Opening
from app.settings import Settings, Stores
from app.web.document_source import LEAST_BETWEEN_S, DocumentSource, compose_alone

DOORS = datetime(2027, 8, 9, 11, tzinfo=UTC)
KEYS = Keys("a secret for tests, 32 characters or more")
FIRST = Opening(name="first", doors_at=DOORS, prequeue_minutes=30, hold_minutes=60)
SECOND = Opening(name="second", doors_at=DOORS + timedelta(days=1), prequeue_minutes=30, hold_minutes=60)
SETTINGS = Settings(stores=Stores(database_url="x", valkey_url="x"), openings=(SECOND, FIRST))


class Store:
    def __init__(self):
        self.documents, self.asked, self.away = {}, 0, False

    async def get(self, key):
        self.asked += 1
        await asyncio.sleep(0)
        if self.away:
            raise Unavailable("away")
        return self.documents.get(key)


def source(minutes=0.0):
    """A source so many minutes after the doors of the first opening."""
    clock, store = FixedClock(DOORS.timestamp() + 60 * minutes), Store()
    return DocumentSource(SETTINGS, clock, store, KEYS), store, clock


def told(opening=FIRST, **changes):
    return msgspec.structs.replace(compose_alone(SETTINGS, opening, DOORS.timestamp(), KEYS), phase="open", **changes)


def put(store, document):
    store.documents[f"now-serving/{document.opening}"] = msgspec.json.encode(document)


@pytest.mark.parametrize(
    ("minutes", "opening", "phase"),
    [
        (-60, "first", "before"),
        (-29, "first", "paused"),
        (30, "first", "paused"),
        (61, "second", "before"),
        (1e4, "second", "closed"),
    ],
)
def test_before_a_controller_has_spoken_dates_are_told_and_nobody_is_called(minutes, opening, phase):
    document = source(minutes)[0].document
    assert (document.opening, document.phase, document.serving) == (opening, phase, 0)
    assert document.draw.commitment == draw.commitment(draw.secret(KEYS, opening))
    assert document.draw.secret is None


def test_the_controllers_bytes_are_served_as_they_are():
    found, store, _ = source()
    put(store, told(serving=7))
    asyncio.run(found.refresh())
    assert found.rendered.body["body"] == store.documents["now-serving/first"]
    assert msgspec.json.decode(found.rendered.body["body"], type=NowServing).serving == 7
    assert (b"content-length", str(len(found.rendered.body["body"])).encode()) in found.rendered.start["headers"]


@pytest.mark.parametrize("broken", ["away", "gone", "torn"])
def test_the_last_document_stays_while_the_store_has_none(broken):
    found, store, _ = source()
    put(store, told(serving=7))
    asyncio.run(found.refresh())
    store.away = broken == "away"
    store.documents = {"now-serving/first": b'{"serving":9'} if broken == "torn" else {}
    asyncio.run(found.refresh())
    assert found.document.serving == 7


def test_the_next_opening_follows_when_the_first_has_closed():
    found, store, clock = source()
    put(store, told(serving=7))
    asyncio.run(found.refresh())
    clock.advance(3601)
    asyncio.run(found.refresh())
    assert (found.document.opening, found.document.serving) == ("second", 0)


def test_its_age_grows_while_nobody_writes():
    found, store, clock = source()
    put(store, told())
    asyncio.run(found.refresh())
    clock.advance(42)
    assert found.age_s() == 42


def test_many_who_ask_at_the_door_make_one_question():
    async def ask_together(found):
        return await asyncio.gather(*(found.fresh() for _ in range(100)))

    found, store, clock = source()
    asyncio.run(found.refresh())
    clock.advance(2 * LEAST_BETWEEN_S)
    put(store, told(serving=5))
    documents = asyncio.run(ask_together(found))
    assert {document.serving for document in documents} == {5}
    assert store.asked == 2
