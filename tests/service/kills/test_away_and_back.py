"""What stays open and what closes while a store is away, with the real controller, and that all of it goes on again.

The rows of decision 8 that need line, controller and reservations at once. The others stand with their parts: leaders
in `tests/service/admission`, providers in `tests/service/identity`, counts against robots in `tests/unit/app/line`, the
balancer in `tests/unit/app/admission`.
"""

import secrets
import socket

import pytest

from app.local.valkey import Valkey
from tests.service.person import Person
from tests.service.serving import opening_now, serving
from tests.service.web.test_what_is_away import refuse_connections

WAITING = 60


@pytest.fixture
def own_valkey(server_folder):
    valkey = Valkey(server_folder / f"valkey-{secrets.token_hex(4)}")
    valkey.start()
    yield valkey
    if valkey.process is not None:
        valkey.stop()


@pytest.fixture
def evening(database, own_valkey):
    """Doors that open in a moment, and a rate at which most are still waiting at the end of the test."""
    with serving(
        database,
        own_valkey.url,
        controller=True,
        openings=(opening_now(doors_in_s=3, rules={"identity_pause_s": 0}),),
        admission={"journeys_per_server_per_s": 2.0, "gain": 2.0},
    ) as service:
        wait_for(service, lambda: Person(service).join().status, 200)
        yield service


def wait_for(service, ask, wanted):
    """Ask until the answer is the wanted one."""
    for answer in service.until(ask):
        if answer == wanted:
            return


def told(service):
    return Person(service).get("/queue/now-serving.json").json


def crowd(service):
    """People of whom the first two are called, by place; the last one is far behind."""
    people = [Person(service) for _ in range(WAITING)]
    assert {person.join().status for person in people} == {200}
    wait_for(service, lambda: told(service)["phase"], "open")
    people.sort(key=place)
    wait_for(service, lambda: place(people[1]) < told(service)["serving"], wanted=True)
    return people[0], people[1], people[-1]


def place(person):
    return person.get("/queue/place").json["place"]


def refused(reply, status, code):
    assert (reply.status, reply.code) == (status, code)
    assert int(reply.headers["retry-after"]) >= 1


def goes_on(service, since):
    """The line moves on, in a document of its own."""
    for document in service.until(lambda: told(service)):
        if document["phase"] == "open" and document["serving"] > since["serving"]:
            assert document["at_s"] > since["at_s"]
            return


def book(person):
    held = person.hold(region="KR-11")
    return person.confirm(held.json["hold_id"]) if held.status == 201 else held


def test_without_the_database_people_join_and_come_in_nobody_is_called_and_nobody_books(evening, database, postgres):
    inside, comes, waits = crowd(evening)
    assert (inside.enter().status, inside.prove().status) == (200, 200)
    evening.run(evening.parts.pool.expire_connections())
    name = database.rpartition("/")[2]
    evening.run(refuse_connections(postgres, name, refused=True))
    try:
        wait_for(evening, lambda: told(evening)["phase"], "paused")
        before = told(evening)
        assert Person(evening).join().status == 200
        assert comes.enter().status == 200, "who was called may come in: that needs the line's store alone"
        refused(waits.enter(), 409, "not-your-turn")
        refused(inside.hold(region="KR-11"), 503, "unavailable")
        for document in evening.until(lambda: told(evening)):
            assert (document["serving"], document["at_s"]) == (before["serving"], before["at_s"]), "nobody is called"
            if evening.parts.clock.now_s() > before["at_s"] + 5:
                break
    finally:
        evening.run(refuse_connections(postgres, name, refused=False))
    goes_on(evening, before)
    wait_for(evening, lambda: book(inside).status, 201)


def test_without_valkey_the_document_grows_old_nobody_joins_or_enters_and_people_inside_book(evening, own_valkey):
    inside, comes, _ = crowd(evening)
    assert (inside.enter().status, inside.prove().status) == (200, 200)
    own_valkey.kill()
    before = told(evening)
    for document in evening.until(lambda: told(evening)):
        assert document == before, "what was told last is told on, and says how old it is"
        if evening.parts.clock.now_s() > before["at_s"] + 3:
            break
    refused(Person(evening).join(), 503, "unavailable")
    refused(comes.enter(), 503, "unavailable")
    assert book(inside).status == 201
    own_valkey.start()
    goes_on(evening, before)
    wait_for(evening, lambda: comes.enter().status, 200)
    assert Person(evening).join().status == 200


def test_when_valkey_forgets_tickets_stay_true_and_a_place_that_enters_again_books_no_second_time(evening, own_valkey):
    booked, comes, waits = crowd(evening)
    assert (booked.enter().status, booked.prove().status, book(booked).status) == (200, 200, 201)
    before, number = told(evening), waits.get("/queue/place").json["number"]
    with socket.create_connection(("127.0.0.1", own_valkey.port), timeout=5) as connection:
        connection.sendall(b"FLUSHALL\r\n")
        assert connection.recv(5) == b"+OK\r\n"
    goes_on(evening, before)
    assert Person(evening).join().json["number"] > number + WAITING
    assert comes.enter().status == 200
    refused(waits.enter(), 409, "not-your-turn")
    # the store has forgotten that this place was in; that it has booked stands in the database
    assert (booked.enter().status, booked.prove().status) == (200, 200)
    assert book(booked).code == "already-booked"
    assert (booked.prove(name="성춘향").status, book(booked).code) == (200, "place-used")
