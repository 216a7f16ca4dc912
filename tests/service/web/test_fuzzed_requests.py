"""Passes, tickets, receipts, cookies, headers and bodies of any bytes: a clear refusal, never a failure of ours.

What hypothesis thinks of is sent over a real connection. Nothing is said of papers that are nearly right: those are in
`test_going_around`.
"""

import base64
import json
import socket
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.web.routes import TABLE
from tests.service.person import Person

MANY = settings(
    max_examples=60, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
# what may stand in a header; the parser in front of us refuses the rest
VALUE = st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f"), max_size=300)
LOOKS_SIGNED = st.binary(max_size=120).map(lambda raw: base64.urlsafe_b64encode(raw).rstrip(b"=").decode())
PAPER = VALUE | LOOKS_SIGNED
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
PATHS = [
    ("GET", "/queue/place"),
    ("POST", "/queue/enter"),
    ("GET", "/api/clinics"),
    ("POST", "/api/holds"),
    ("GET", "/api/bookings/ABCD2345"),
    ("POST", "/api/bookings/ABCD2345/change"),
    ("GET", "/operator/api/state"),
]


@pytest.fixture(scope="module")
def person(shared):
    """Somebody who is in and has proved who they are."""
    person = Person(shared)
    number = person.join().json["number"]
    shared.call(number + 1)
    person.enter()
    assert person.prove(phone="010-2222-9999", name="김하늘").status == 200
    return person


def refused(reply):
    assert 400 <= reply.status < 500, reply.content
    assert reply.json["type"] == f"/problems/{reply.code}"
    assert reply.json["detail"]


@MANY
@given(ticket=PAPER, visit=PAPER, receipt=PAPER, key=PAPER, asked=st.sampled_from(PATHS))
def test_papers_of_any_text_are_refused(shared, ticket, visit, receipt, key, asked):
    headers = {
        "Floodgate-Ticket": ticket.encode("latin-1"),
        "Floodgate-Pass": visit.encode("latin-1"),
        "Floodgate-Receipt": receipt.encode("latin-1"),
        "Idempotency-Key": key.encode("latin-1"),
    }
    body = {} if asked[0] == "POST" else None
    refused(Person(shared).ask(*asked, body, headers=headers))


@MANY
@given(cookies=VALUE | st.builds("fg_ticket={}; fg_pass={}; fg_operator={}".format, PAPER, PAPER, PAPER))
def test_cookies_of_any_text_are_refused(shared, cookies):
    for method, path in PATHS:
        refused(
            Person(shared).ask(
                method, path, {} if method == "POST" else None, headers={"Cookie": cookies.encode("latin-1")}
            )
        )


WITH_A_BODY = [route.path for route in TABLE if route.method == "POST" and route.body and "{" not in route.path]


@MANY
@given(body=st.binary(max_size=300) | JSON.map(lambda value: json.dumps(value).encode()))
@pytest.mark.parametrize(
    "path",
    ["/queue/join", "/api/identity/checks", "/api/holds", "/api/bookings", "/api/wishes", "/operator/api/session"],
)
def test_bodies_of_any_bytes_are_refused(shared, person, path, body):
    refused(person.change("POST", path, raw=body))


DEVICE = st.text(max_size=30) | st.from_regex(r"[A-Za-z0-9_-]{22}", fullmatch=True)
OTHERS = {
    "keep": st.text(min_size=6, max_size=60),
    "challenge": st.text(max_size=40),
    "birth_digit": st.integers(-2, 12),
}


@MANY
@given(body=st.fixed_dictionaries({"device": DEVICE}, optional=OTHERS))
def test_a_join_of_any_texts_is_taken_or_refused(shared, body):
    reply = Person(shared).ask("POST", "/queue/join", body)
    assert reply.status == 200 or refused(reply) is None


CHOICES = st.fixed_dictionaries(
    {},
    optional={
        "slot_id": st.integers(1, 2**63 - 1),
        "clinic_id": st.integers(1, 2**31 - 1),
        "region": st.text(min_size=1, max_size=40),
        "day": st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", fullmatch=True),
    },
)


@MANY
@given(choice=CHOICES)
def test_a_choice_of_any_texts_is_refused(person, choice):
    refused(person.hold(**choice))


@MANY
@given(path=st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=60))
def test_paths_of_any_text_are_answered(shared, path):
    assert Person(shared).get(f"/{path}").status < 500


def spoken(service, raw):
    """What the server says to bytes that need not be HTTP."""
    place = urlsplit(service.url)
    with socket.create_connection((place.hostname, place.port), timeout=5) as connection:
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_WR)
        said = b""
        while piece := connection.recv(65_536):
            said += piece
    return said


@pytest.mark.parametrize(
    "raw",
    [
        b"GET / HTTP/9.9\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST /queue/join HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /queue/join HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /queue/join HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{",
        b"GET /api/clinics HTTP/1.1\r\nHost: x\r\nCookie: \r\n fg_pass=x\r\n\r\n",
    ],
)
def test_what_is_hardly_http_gets_no_failure_of_ours(shared, raw):
    before = shared.logged().count('"failed"')
    said = spoken(shared, raw)
    assert b" 500 " not in said.split(b"\r\n")[0]
    assert shared.logged().count('"failed"') == before
