"""A person's whole way by HTTP, from the pre-queue to a booking and back, on a real server with real stores.

Each step is asked for as a browser would. What is on the pages, and what many do at once, is tried elsewhere.
"""

import asyncio
import json
import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from app.line import draw
from app.web import bookings
from app.web.document_source import LEAST_BETWEEN_S
from app.web.messages import Booked
from tests.service.person import CONTACT, Person
from tests.service.serving import OPERATOR, PASSWORD, opening_now, serving

BORN = "1988-05-17"


def inside(service, **who):
    """Somebody who is in and has proved who they are."""
    person = Person(service)
    assert person.join().status == 200
    service.call(person.join().json["number"] + 1)
    assert person.enter().status == 200
    assert person.prove(**who).status == 200
    return person


@pytest.fixture
def opened(service):
    service.open_doors()
    return service


@pytest.fixture
def clinic(opened):
    return inside(opened, name="someone", phone="010-0000-1111").get("/api/clinics").json[0]


def test_from_the_prequeue_to_a_booking_and_its_end(service):
    person = Person(service)
    joined = person.join()
    assert joined.status == 200
    assert joined.json["place"] is None, "nobody knows a place before the draw"
    early = person.enter()
    assert (early.status, early.code) == (409, "not-your-turn")
    assert int(early.headers["retry-after"]) >= 1

    service.open_doors(serving=1)
    assert person.get("/queue/place").json["place"] == 0
    entered = person.enter()
    assert entered.status == 200
    assert entered.json["proven"] is False
    assert person.hold(region="KR-11").code == "not-proven"
    assert person.prove(born=BORN).json["proven"] is True

    clinics = person.get("/api/clinics?region=KR-11").json
    assert {clinic["region"] for clinic in clinics} == {"KR-11"}
    held = person.hold(clinic_id=clinics[0]["id"])
    assert held.status == 201
    booked = person.confirm(held.json["hold_id"])
    assert booked.status == 201
    assert booked.json["slot_id"] == held.json["slot_id"]

    path = f"/api/bookings/{booked.json['reference']}"
    shown = person.with_receipt("GET", path)
    assert shown.json == {**booked.json, "receipt": None}
    moved = person.with_receipt("POST", f"{path}/change", {"clinic_id": clinics[1]["id"]})
    assert moved.status == 200
    assert moved.json["clinic_id"] == clinics[1]["id"]
    cancelled = person.with_receipt("POST", f"{path}/cancel")
    assert cancelled.json["state"] == "cancelled"
    assert person.with_receipt("POST", f"{path}/change", {"clinic_id": clinics[0]["id"]}).code == "cancelled"


def test_a_receipt_opens_a_booking_without_cookies_and_only_its_own(opened):
    one, other = inside(opened, phone="010-1111-2222"), inside(opened, phone="010-3333-4444")
    references = []
    for person in (one, other):
        held = person.hold(region="KR-11")
        references.append(person.confirm(held.json["hold_id"]).json["reference"])
        person.cookies.clear()
    assert one.with_receipt("GET", f"/api/bookings/{references[0]}").status == 200
    assert one.with_receipt("GET", f"/api/bookings/{references[1]}").code == "bad-receipt"
    assert one.with_receipt("POST", f"/api/bookings/{references[1]}/cancel").code == "bad-receipt"
    assert one.with_receipt("POST", f"/api/bookings/{references[0]}/change", {"region": "KR-11"}).code == "no-pass"


def test_joining_again_in_another_tab_keeps_the_place_and_the_word_finds_it_on_another_device(service):
    first, tab, phone = Person(service), Person(service), Person(service)
    number = first.join(keep="our own word").json["number"]
    Person(service).join()
    tab.device = first.device
    again = tab.join().json
    assert (again["number"], again["again"]) == (number, True)
    assert phone.join(keep="Our own-WORD").json["number"] == number


def test_a_second_device_of_one_place_shares_the_visit_and_its_booking(opened):
    first, second = Person(opened), Person(opened)
    number = first.join(keep="shared word").json["number"]
    second.join(keep="shared word")
    opened.call(number + 1)
    visit = first.enter().json
    assert second.enter().json == visit
    first.prove(phone="010-5555-0001")
    second.prove(phone="010-5555-0002", name="Other")
    assert first.confirm(first.hold(region="KR-11").json["hold_id"]).status == 201
    assert second.hold(region="KR-11").code == "place-used"


def test_a_pass_taken_from_the_first_device_does_not_open_the_second(opened):
    first, second = Person(opened), Person(opened)
    number = first.join(keep="shared word").json["number"]
    second.join(keep="shared word")
    opened.call(number + 1)
    first.enter()
    second.cookies["fg_pass"] = first.cookies["fg_pass"]
    assert second.get("/api/clinics").status == (200 if first.cookies == second.cookies else 403)


def test_the_draw_is_the_one_that_anybody_computes(service):
    people = [Person(service) for _ in range(20)]
    numbers = [person.join().json["number"] for person in people]
    before = people[0].get("/queue/draw.json").json
    assert before["secret"] is None
    service.open_doors(serving=20)
    after = people[0].get("/queue/draw.json").json
    assert (after["commitment"], after["rounds"]) == (before["commitment"], draw.ROUNDS)
    secret = bytes.fromhex(after["secret"])
    assert draw.commitment(secret) == before["commitment"]
    seed = draw.seed(after["opening"], after["prequeue"], secret)
    places = [person.get("/queue/place").json["place"] for person in people]
    assert places == [draw.place(seed, number, after["prequeue"]) for number in numbers]
    assert sorted(places) == list(range(20))
    assert [person.enter().json["place"] for person in people] == places


def test_whoever_comes_late_stands_behind_and_is_called_in_order(service):
    early = Person(service)
    early.join()
    service.open_doors(serving=1)
    late = [Person(service) for _ in range(3)]
    assert [person.join().json["place"] for person in late] == [1, 2, 3]
    service.call(2)
    assert [person.enter().status for person in late] == [200, 409, 409]


def test_a_place_that_is_called_is_let_in_although_this_worker_has_not_heard_of_it(opened):
    person = Person(opened)
    number = person.join().json["number"]
    document = json.loads(opened.parts.documents.rendered.body["body"])
    key = f"now-serving/{document['opening']}"
    opened.run(opened.parts.line.put(key, json.dumps({**document, "serving": number + 1}).encode(), 60))
    time.sleep(LEAST_BETWEEN_S)
    assert person.enter().status == 200


def test_a_place_lapses_but_whoever_was_inside_gets_the_pass_again(opened):
    came, missed = Person(opened), Person(opened)
    came.join()
    number = missed.join().json["number"]
    opened.call(number + 1)
    assert came.enter().status == 200
    opened.call(number + 1, lapsed=number + 1)
    assert missed.enter().code == "turn-missed"
    assert came.enter().status == 200


def test_leaving_makes_room_and_uses_the_place_up(database, valkey_url):
    with serving(database, valkey_url, admission={"max_inside": 1}) as service:
        service.open_doors()
        first, second = Person(service), Person(service)
        first.join()
        second.join()
        service.call(2)
        ticket = dict(first.cookies)
        assert first.enter().status == 200
        full = second.enter()
        assert (full.status, full.code) == (503, "inside-full")
        assert full.headers["retry-after"]
        assert first.post("/queue/leave").status == 204
        assert first.cookies == {}
        assert second.enter().status == 200
        first.cookies = ticket
        assert first.enter().code == "place-used-up"


def test_booking_makes_room_for_the_next(database, valkey_url):
    with serving(database, valkey_url, admission={"max_inside": 1}) as service:
        service.open_doors()
        first, second = inside(service), Person(service)
        second.join()
        service.call(2)
        assert second.enter().code == "inside-full"
        assert first.confirm(first.hold(region="KR-11").json["hold_id"]).status == 201
        service.run(departed())
        assert second.enter().status == 200


async def departed():
    """Wait until every visit that a booking ends has ended."""
    await asyncio.gather(*bookings._departures)


def test_a_wish_is_booked_when_somebody_cancels(database, valkey_url):
    with serving(database, valkey_url, shape="hot-clinic") as service:
        service.open_doors()
        owner, waiting = inside(service, phone="010-1111-0001"), inside(service, phone="010-1111-0002")
        region = owner.get("/api/clinics").json[0]["region"]
        reference = owner.confirm(owner.hold(region=region).json["hold_id"]).json["reference"]
        wish = waiting.change("POST", "/api/wishes", {"region": region, "contact": CONTACT})
        assert wish.status == 201
        assert wish.json["ahead"] == 0
        assert owner.with_receipt("POST", f"/api/bookings/{reference}/cancel").status == 200
        assert waiting.hold(region=region).code in {"already-booked", None}
        taken_back = waiting.change("DELETE", f"/api/wishes/{wish.json['wish_id']}")
        assert taken_back.status in {204, 404}


def test_a_wish_can_be_taken_back(opened):
    person = inside(opened)
    wish = person.change("POST", "/api/wishes", {"region": "KR-11", "contact": CONTACT})
    assert person.change("DELETE", f"/api/wishes/{wish.json['wish_id']}").status == 204


def test_a_hold_can_be_given_back(opened):
    person = inside(opened)
    held = person.hold(region="KR-11").json
    assert person.change("DELETE", f"/api/holds/{held['hold_id']}").status == 204
    assert person.confirm(held["hold_id"]).code in {"hold-expired", "unknown"}


def test_the_same_key_gets_the_same_answer_and_books_once(opened):
    person = inside(opened)
    held = [person.hold(key="one", region="KR-11").json for _ in range(2)]
    assert held[0] == held[1]
    booked = [person.confirm(held[0]["hold_id"], key="two").json for _ in range(2)]
    assert booked[0]["reference"] == booked[1]["reference"]
    assert person.hold(key="one", region="KR-26").code == "key-reused"


def test_slots_tell_what_is_free_and_when_that_was_true(opened, clinic):
    person = inside(opened)
    held = person.hold(clinic_id=clinic["id"]).json
    day = datetime.fromtimestamp(held["starts_s"], UTC).astimezone(ZoneInfo("Asia/Seoul")).date()
    slots = person.get(f"/api/slots?region={clinic['region']}&day={day}").json
    assert abs(slots["at_s"] - opened.parts.clock.now_s()) < 30
    assert held["slot_id"] in {slot["id"] for slot in slots["slots"]}


def test_the_rotation_holds_at_joining_and_again_with_the_proof(database, valkey_url):
    tonight = opening_now(rules={"birth_digits": (7,)})
    with serving(database, valkey_url, openings=(tonight,)) as service:
        service.open_doors()
        assert Person(service).join(birth_digit=6).code == "birth-digit"
        assert Person(service).join().code == "birth-digit"
        person = Person(service)
        person.join(birth_digit=7)
        service.call(1)
        person.enter()
        assert person.prove(born="1988-05-16").code == "birth-digit"
        assert person.prove(born="1988-05-17").status == 200


def test_without_a_waiting_room_whoever_asks_is_let_in(database, valkey_url):
    tonight = opening_now(doors_in_s=-1)
    with serving(database, valkey_url, openings=(tonight,), admission={"waiting_room": False}) as service:
        person = Person(service)
        person.join()
        assert person.enter().status == 200


def test_even_without_a_waiting_room_nobody_is_in_before_the_doors(database, valkey_url):
    with serving(database, valkey_url, admission={"waiting_room": False}) as service:
        person = Person(service)
        person.join()
        assert person.enter().code == "not-your-turn"


@pytest.mark.parametrize(("doors_in_s", "minutes"), [(7200, 60), (-7200, 60)])
def test_nobody_joins_before_the_prequeue_or_after_the_end(database, valkey_url, doors_in_s, minutes):
    tonight = opening_now(doors_in_s=doors_in_s, prequeue_minutes=minutes, hold_minutes=minutes)
    with serving(database, valkey_url, openings=(tonight,)) as service:
        refused = Person(service).join()
        assert (refused.status, refused.code) == (403, "not-open")


def test_a_program_without_cookies_shows_both_in_headers(opened):
    person = Person(opened)
    joined = person.join().json
    person.cookies.clear()
    ticket = {"Floodgate-Ticket": joined["ticket"]}
    opened.call(joined["number"] + 1)
    entered = person.ask("POST", "/queue/enter", headers=ticket)
    person.cookies.clear()
    both = {**ticket, "Floodgate-Pass": entered.headers["floodgate-pass"]}
    assert person.get("/api/clinics", headers=both).status == 200
    assert person.get("/api/clinics", headers=ticket).code == "no-pass"


def test_an_operator_signs_in_looks_acts_and_signs_out(opened):
    operator = Person(opened)
    assert operator.get("/operator/api/state").code == "not-signed-in"
    wrong = operator.post("/operator/api/session", {"name": OPERATOR, "password": "guessed it, did I?"})
    assert wrong.code == "wrong-password"
    assert "www-authenticate" in wrong.headers
    assert operator.post("/operator/api/session", {"name": OPERATOR, "password": PASSWORD}).status == 200
    assert operator.get("/operator/api/state").json["operator"] == OPERATOR
    assert operator.post("/operator/api/actions", {"do": "pause"}).json["paused"] is True
    actions = [entry["action"] for entry in operator.get("/operator/api/audit").json["entries"]]
    assert "pause" in actions
    cookies = dict(operator.cookies)
    assert operator.ask("DELETE", "/operator/api/session").status == 204
    operator.cookies = cookies
    assert operator.get("/operator/api/state").code == "not-signed-in"


def test_a_night_with_the_real_controller_calls_people_by_itself(database, valkey_url):
    tonight = opening_now(doors_in_s=2)
    with serving(database, valkey_url, openings=(tonight,), controller=True) as service:
        person = Person(service)
        for reply in service.until(person.join):
            if reply.status == 200:
                break
        for reply in service.until(person.enter):
            if reply.status == 200:
                break
        assert reply.json["place"] == 0


def test_what_is_answered_is_what_the_messages_say(opened):
    person = inside(opened)
    booked = person.confirm(person.hold(region="KR-11").json["hold_id"]).json
    assert set(booked) == set(Booked.__struct_fields__)
