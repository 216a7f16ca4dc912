"""The table of routes and what is made of it, without a server."""

import asyncio

import msgspec
import pytest

from app.errors import BadInput, Unknown
from app.opening import Opening
from app.web.choices import choice_of, uuid_of, wished
from app.web.examples import EXAMPLES
from app.web.guard import in_service
from app.web.headers import set_cookie
from app.web.messages import Contact, Hold, Wish
from app.web.openapi import describe, problems_of, security_of
from app.web.problems import CODES
from app.web.routes import TABLE
from app.web.routing import Need, Route

NAMES = [f"{route.method} {route.path}" for route in TABLE]


@pytest.mark.parametrize("kind", EXAMPLES, ids=lambda kind: kind.__name__)
def test_every_example_is_what_it_stands_for(kind):
    msgspec.convert(EXAMPLES[kind], kind, strict=False)


@pytest.mark.parametrize("route", TABLE, ids=NAMES)
def test_every_route_tells_its_problems_by_codes_that_exist(route):
    assert set(problems_of(route)) <= set(CODES)


@pytest.mark.parametrize("route", TABLE, ids=NAMES)
def test_whatever_is_not_public_asks_for_papers_and_is_never_kept(route):
    is_public = Need.PUBLIC in route.needs
    assert bool(security_of(route)) != is_public
    assert is_public or route.cache_control == "no-store"


@pytest.mark.parametrize("route", TABLE, ids=NAMES)
def test_every_change_of_a_reservation_needs_a_key(route):
    changes = route.method != "GET" and route.path.startswith("/api/") and not route.path.startswith("/api/identity")
    assert route.idempotent == changes


def test_only_these_are_open_to_everybody():
    public = {(route.method, route.path) for route in TABLE if Need.PUBLIC in route.needs}
    assert public == {
        ("GET", "/queue/now-serving.json"),
        ("POST", "/queue/join"),
        ("GET", "/queue/draw.json"),
        ("POST", "/operator/api/session"),
        ("GET", "/healthz"),
        ("GET", "/readyz"),
        ("GET", "/openapi.json"),
    }


def test_every_step_of_the_booking_needs_a_proven_pass_or_the_bookings_receipt():
    for route in TABLE:
        if route.path.startswith("/api/"):
            reading = route.path in {"/api/clinics", "/api/slots", "/api/identity/checks"}
            assert set(route.needs) & ({Need.PASS} if reading else {Need.PROVEN, Need.RECEIPT})


def test_every_route_is_described_with_its_problems():
    paths = describe(TABLE)["paths"]
    for route in TABLE:
        operation = paths[route.path][route.method.lower()]
        statuses = {str(CODES[code]) for code in problems_of(route)} | {str(route.status)}
        assert statuses <= set(operation["responses"])
        assert operation["summary"]


@pytest.mark.parametrize("needs", [(), (Need.PUBLIC, Need.PASS), ("public",)])
def test_a_route_says_what_it_needs_or_is_none(needs):
    with pytest.raises(ValueError, match="needs"):
        Route("GET", "/x", needs, TABLE[0].handler, "x")


def test_a_choice_is_one_of_three():
    assert choice_of(Hold(region="KR-11", day="2027-08-20")).day == "2027-08-20"
    for wrong in (
        Hold(),
        Hold(slot_id=1, clinic_id=1),
        Hold(slot_id=1, day="2027-08-20"),
        Hold(region="x", day="2027-13-01"),
    ):
        with pytest.raises(BadInput):
            choice_of(wrong)


def test_a_wish_is_for_a_clinic_where_one_is_named():
    contact = Contact(phone="010-1234-5678")
    assert wished(Wish("KR-11", contact)).region == "KR-11"
    assert wished(Wish("KR-11", contact, clinic_id=5)).clinic_id == 5
    with pytest.raises(BadInput):
        wished(Wish("KR-11", contact, day="2027-02-29\n"))


def test_a_name_that_nothing_can_have_is_unknown():
    with pytest.raises(Unknown):
        uuid_of("../x", "hold")


def test_cookies_are_for_tls_alone_where_people_come_by_it():
    assert b"; Secure" in set_cookie("fg_pass", "x", 60, encrypted=True)[1]
    assert b"Secure" not in set_cookie("fg_pass", "x", 60, encrypted=False)[1]


def test_people_inside_may_act_for_a_while_after_the_end_and_others_never():
    night = Opening(name="night", doors_at="2027-08-09T20:00:00+09:00", hold_minutes=60, inside_s=900)
    later = Opening(name="later", doors_at="2027-08-10T20:00:00+09:00")
    closes_s = night.closes_at.timestamp()
    assert set(in_service((night, later), closes_s - 1)) == {"night"}
    assert set(in_service((night, later), closes_s + 899)) == {"night", "later"}
    assert set(in_service((night, later), closes_s + 901)) == {"later"}


def test_the_description_is_made_once():
    route = next(route for route in TABLE if route.path == "/openapi.json")
    first, second = (asyncio.run(route.handler(None)).body for _ in range(2))
    assert first is second
