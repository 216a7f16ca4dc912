"""Every problem that the service can answer is answered, by HTTP, with its status, type, headers and a clear text.

One test reaches one code; the last one counts whether all codes of `app.web.problems` were reached. Services are
shared, so each test brings people of its own.
"""

import itertools
import secrets

import pytest

from app.line import challenge
from app.line.receipts import Receipt
from app.opening import Rules
from app.web.problems import CODES
from tests.service.person import CONTACT, Person
from tests.service.serving import OPERATOR, opening_now, serving

reached = set()
_people = itertools.count(1)


def problem(reply, code):
    """Check what every problem has, and note that this one was reached."""
    assert reply.code == code, reply.content
    assert reply.status == CODES[code]
    body = reply.json
    assert set(body) == {"type", "title", "status", "detail"}
    assert body["type"] == f"/problems/{code}"
    assert body["status"] == reply.status
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.headers["cache-control"] == "no-store"
    assert "traceback" not in body["detail"].lower()
    if reply.status in {429, 503}:
        assert int(reply.headers["retry-after"]) >= 1
    reached.add(code)
    return reply


@pytest.fixture(scope="module")
def strict(stores):
    """A service with every rule there is, little room and one database connection that one can take away."""
    rules = Rules(birth_digits=(7,), challenge_bits=1, joins_per_address_per_minute=3)
    night = opening_now("strict", rules=rules)
    with serving(*stores, openings=(night,), admission={"max_inside": 1}, shed_after_s=1.0) as service:
        service.open_doors()
        yield service


def called(service):
    """Somebody who is in, and has not proved who they are."""
    person = Person(service)
    number = person.join().json["number"]
    if number >= service.line_state.get("serving", 0):
        service.call(number + 1)
    assert person.enter().status == 200
    return person


def proven(service, **who):
    person = called(service)
    phone = f"010-77{next(_people):02d}-{secrets.randbelow(10_000):04d}"
    assert person.prove(**{"phone": phone, **who}).status == 200
    return person


def a_slot(person):
    """A slot nobody has taken: held for a moment to see which, and given back."""
    held = person.hold(region="KR-26").json
    assert person.change("DELETE", f"/api/holds/{held['hold_id']}").status == 204
    return held["slot_id"]


def booked(service):
    person = proven(service)
    reference = person.confirm(person.hold(region="KR-26").json["hold_id"]).json["reference"]
    return person, f"/api/bookings/{reference}"


def same_place(service):
    """Two devices of one place, each with a person of its own."""
    word = secrets.token_hex(8)
    first, second = Person(service), Person(service)
    number = first.join(keep=word).json["number"]
    second.join(keep=word)
    service.call(number + 1)
    for person in (first, second):
        person.enter()
        assert person.prove(phone=f"010-88{next(_people):02d}-{secrets.randbelow(10_000):04d}").status == 200
    return first, second


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'{"device":1}', b'{"device":"x","more":1}', b'{"device":"\\u0000"}', b"\xff\xfe"],
)
def test_bad_input(shared, body):
    problem(Person(shared).ask("POST", "/queue/join", raw=body), "bad-input")


def test_bad_input_names_the_field_and_not_the_value(shared):
    detail = problem(Person(shared).join(keep="shrt!"), "bad-input").json["detail"]
    assert "$.keep" in detail
    assert "shrt!" not in detail


@pytest.mark.parametrize(
    "choice", [{}, {"slot_id": 1, "region": "KR-11"}, {"region": "KR-11", "day": "2027-02-30"}, {"slot_id": 2**70}]
)
def test_a_choice_that_says_nothing_or_two_things_is_bad_input(shared, choice):
    problem(proven(shared).hold(**choice), "bad-input")


def test_a_day_that_does_not_exist_and_a_query_nobody_knows_are_bad_input(shared):
    person = called(shared)
    for query in ("?region=KR-11&day=2027-02-30", "?region=KR-11", "?region=KR-11&day=2027-08-20&x=1", "?region=%00"):
        problem(person.get(f"/api/slots{query}"), "bad-input")


def test_bad_ticket(shared):
    problem(Person(shared).get("/queue/place"), "bad-ticket")


def test_no_idempotency_key(shared):
    problem(proven(shared).post("/api/holds", {"region": "KR-11"}), "no-idempotency-key")


@pytest.mark.parametrize("key", ["", "a" * 65, "a b", "é", "'; DROP TABLE units; --"])
def test_a_key_that_is_none_is_bad_input(shared, key):
    problem(proven(shared).hold(key=key.encode("latin-1"), region="KR-11"), "bad-input")


def test_not_signed_in_and_wrong_password(shared):
    problem(Person(shared).get("/operator/api/state"), "not-signed-in")
    wrong = {"name": OPERATOR, "password": "it is something else"}
    reply = problem(Person(shared).post("/operator/api/session", wrong), "wrong-password")
    assert "www-authenticate" in reply.headers


def test_no_pass(shared):
    problem(Person(shared).get("/api/clinics"), "no-pass")


def test_not_proven(shared):
    problem(called(shared).hold(region="KR-11"), "not-proven")


def test_bad_receipt(shared):
    problem(Person(shared).get("/api/bookings/ABCD2345"), "bad-receipt")


def test_not_allowed(shared):
    person = proven(shared)
    person.receipt = shared.parts.receipts.issue(Receipt("another", "ABCD2345"), shared.parts.clock.now_s())
    problem(person.with_receipt("POST", "/api/bookings/ABCD2345/change", {"region": "KR-11"}), "not-allowed")


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://attacker.example"}])
@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/queue/join"), ("POST", "/queue/leave"), ("DELETE", "/api/holds/x")]
)
def test_cross_site(shared, headers, method, path):
    problem(Person(shared).ask(method, path, {}, headers=headers), "cross-site")


def test_a_page_of_ours_and_a_program_are_not_cross_site(shared):
    for headers in ({"Sec-Fetch-Site": "same-origin"}, {"Origin": shared.url}, {}):
        person = Person(shared)
        assert person.ask("POST", "/queue/join", {"device": person.device}, headers=headers).status == 200


def test_not_open(stores):
    with serving(*stores, openings=(opening_now("to-come", doors_in_s=90_000),), begun=False) as service:
        problem(Person(service).join(), "not-open")


def test_challenge_failed_and_birth_digit(strict):
    problem(Person(strict).join(birth_digit=6), "birth-digit")
    problem(Person(strict).join(birth_digit=7, challenge="1.1"), "challenge-failed")


def test_identity_refused_and_paused(shared):
    problem(called(shared).prove(phone="+82 10-0000-0001"), "identity-refused")
    who = {"phone": "010-6666-7777", "name": "박영수"}
    proven(shared, **who)
    paused = problem(called(shared).prove(**who), "identity-paused")
    assert int(paused.headers["retry-after"]) > 60


def test_provider_down(shared):
    problem(called(shared).prove(phone="+82 10-0000-0003", name="이하나"), "provider-down")


@pytest.mark.parametrize("path", ["/nothing", "/api", "/api/holds/", "/queue//join", "/wp-login.php", "/api/bookings"])
def test_unknown(shared, path):
    expected = "wrong-method" if path == "/api/bookings" else "unknown"
    problem(Person(shared).get(path), expected)


def test_unknown_things(shared):
    person = proven(shared)
    problem(person.hold(slot_id=1), "unknown")
    problem(person.hold(region="KR-99"), "unknown")
    problem(person.change("DELETE", "/api/holds/no-uuid"), "unknown")
    person.receipt = shared.parts.receipts.issue(Receipt(shared.opening.name, "NEVER123"), shared.parts.clock.now_s())
    problem(person.with_receipt("GET", "/api/bookings/NEVER123"), "unknown")


@pytest.mark.parametrize(("method", "path"), [("PUT", "/queue/join"), ("OPTIONS", "/api/holds"), ("POST", "/healthz")])
def test_wrong_method(shared, method, path):
    assert problem(Person(shared).ask(method, path), "wrong-method").headers["allow"]


def test_not_your_turn(shared):
    person = Person(shared)
    person.join()
    problem(person.enter(), "not-your-turn")


def test_slot_gone(shared):
    first, second = proven(shared), proven(shared)
    slot = a_slot(first)
    assert first.hold(slot_id=slot).status == 201
    problem(second.hold(slot_id=slot), "slot-gone")


def test_nothing_free(shared):
    person = proven(shared)
    clinic = person.get("/api/clinics?region=KR-27").json[0]["id"]
    shared.run(shared.parts.pool.execute("DELETE FROM units WHERE clinic_id = $1", clinic))
    problem(person.hold(clinic_id=clinic), "nothing-free")


def test_already_booked_and_nothing_to_change_and_cancelled(shared):
    person, path = booked(shared)
    problem(person.hold(region="KR-26"), "already-booked")
    slot = person.with_receipt("GET", path).json["slot_id"]
    problem(person.with_receipt("POST", f"{path}/change", {"slot_id": slot}), "nothing-to-change")
    assert person.with_receipt("POST", f"{path}/cancel").status == 200
    problem(person.with_receipt("POST", f"{path}/change", {"region": "KR-26"}), "cancelled")


def test_holds_another_and_place_used(shared):
    first, second = same_place(shared)
    held = first.hold(region="KR-26").json
    problem(second.hold(region="KR-26"), "holds-another")
    first.confirm(held["hold_id"])
    problem(second.hold(region="KR-26"), "place-used")


def test_key_reused(shared):
    person = proven(shared)
    person.hold(key="k", region="KR-26")
    problem(person.hold(key="k", region="KR-11"), "key-reused")


def test_hold_expired(shared):
    first, second = proven(shared), proven(shared)
    held = first.hold(region="KR-28").json
    over = "UPDATE units SET until = now() - interval '1 minute' WHERE hold_id = $1"
    shared.run(shared.parts.pool.execute(over, held["hold_id"]))
    assert second.hold(slot_id=held["slot_id"]).status == 201
    problem(first.confirm(held["hold_id"]), "hold-expired")


def test_turn_missed_and_place_used_up(shared):
    missed, left = Person(shared), called(shared)
    number = missed.join().json["number"]
    tickets = dict(left.cookies)
    left.post("/queue/leave")
    left.cookies = tickets
    problem(left.enter(), "place-used-up")
    shared.call(number + 1, lapsed=number + 1)
    problem(missed.enter(), "turn-missed")
    shared.publish(lapsed=0)


def test_too_large(shared):
    person = Person(shared)
    reply = problem(person.ask("POST", "/queue/join", raw=b" " * 16_385), "too-large")
    assert reply.headers["connection"] == "close"
    # without a size, it is cut off where the limit is
    pieces = (b"1f40\r\n" + b" " * 8000 + b"\r\n") * 3 + b"0\r\n\r\n"
    problem(person.ask("POST", "/queue/join", raw=pieces, headers={"Transfer-Encoding": "chunked"}), "too-large")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_wrong_type(shared, kind):
    person = Person(shared)
    problem(person.ask("POST", "/queue/join", {"device": person.device}, headers={"Content-Type": kind}), "wrong-type")


def test_headers_too_large(shared):
    for headers in ({"Cookie": "x=" + "y" * 5000}, {"X-Other": "y" * 20_000}):
        problem(Person(shared).get("/queue/place", headers=headers), "headers-too-large")


def test_too_many_requests_of_one_address(strict):
    person = Person(strict)
    replies = [person.join(birth_digit=7, challenge=solved(strict, person)) for _ in range(6)]
    refused = problem(next(reply for reply in replies if reply.status != 200), "too-many-requests")
    assert int(refused.headers["retry-after"]) <= 61


def solved(service, person):
    return challenge.solve(service.opening.name, person.device, 1, service.parts.clock.now_s())


def test_inside_full(stores):
    with serving(*stores, openings=(opening_now("small"),), admission={"max_inside": 1}) as service:
        service.open_doors()
        called(service)
        second = Person(service)
        number = second.join().json["number"]
        service.call(number + 1)
        problem(second.enter(), "inside-full")


def test_line_lost(stores):
    with serving(*stores, openings=(opening_now("never-begun"),), begun=False) as service:
        problem(Person(service).join(), "line-lost")


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/queue/now-serving.json"), ("POST", "/queue/join"), ("GET", "/api/clinics")]
)
def test_overloaded(strict, method, path):
    async def be_late():
        strict.application._shedder.tick(60.0)

    async def be_on_time():
        for _ in range(60):
            strict.application._shedder.tick(0.0)

    strict.run(be_late())
    problem(Person(strict).ask(method, path, {} if method == "POST" else None), "overloaded")
    assert Person(strict).get("/healthz").status == 200, "the balancer must not take a busy server out"
    strict.run(be_on_time())


def test_busy(shared):
    person, path = booked(shared)
    pool = shared.parts.pool

    async def take_all():
        return [await pool.acquire() for _ in range(pool.get_max_size())]

    async def give_back(connections):
        for connection in connections:
            await pool.release(connection)

    taken = shared.run(take_all())
    try:
        problem(person.with_receipt("GET", path), "busy")
    finally:
        shared.run(give_back(taken))


def test_internal(shared, monkeypatch):
    def failing(*_):
        raise RuntimeError("somebody's name")

    monkeypatch.setattr(shared.parts.availability, "clinics", failing)
    reply = problem(called(shared).get("/api/clinics"), "internal")
    trace = reply.json["detail"].rpartition(" ")[2]
    line = next(line for line in shared.logged().splitlines() if trace in line)
    assert "RuntimeError" in line
    assert "failing" in line, "the log tells where"
    assert "somebody" not in reply.content.decode() + shared.logged()


def test_unavailable(shared, monkeypatch):
    async def away(*_):
        raise ConnectionRefusedError

    monkeypatch.setattr(shared.parts.availability, "clinics", away)
    problem(called(shared).get("/api/clinics"), "unavailable")


def test_every_code_was_reached():
    assert reached == set(CODES)


def test_wishes_are_refused_like_holds(shared):
    person, _ = booked(shared)
    problem(person.change("POST", "/api/wishes", {"region": "KR-26", "contact": CONTACT}), "already-booked")
