"""Headers of every kind of answer: what browsers must not do, how long it may be kept, when to come again."""

import pytest

from app.web.routes import TABLE
from tests.service.person import Person

EVERYWHERE = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
PUBLIC_GETS = [route.path for route in TABLE if route.method == "GET" and "public" in route.needs]
PAGES = ["/wait/", "/wait/sw.js", "/"]


@pytest.mark.parametrize("path", [*PUBLIC_GETS, *PAGES, "/nothing", "/api/clinics", "/operator/api/state"])
def test_every_answer_tells_browsers_what_they_must_not_do(shared, path):
    headers = Person(shared).get(path).headers
    for name, value in EVERYWHERE.items():
        assert headers[name] == value
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert "permissions-policy" in headers
    assert "server" not in headers


def test_what_is_personal_is_never_kept(shared):
    person = Person(shared)
    replies = [person.join(), person.get("/queue/place"), person.enter(), person.get("/api/clinics")]
    number = replies[0].json["number"]
    shared.call(number + 1)
    replies += [
        person.enter(),
        person.prove(phone="010-1212-3434"),
        person.get("/api/clinics"),
        person.post("/queue/leave"),
    ]
    for reply in replies:
        assert reply.headers["cache-control"] == "no-store"


def test_cookies_cannot_be_read_by_scripts_or_sent_by_other_sites(shared):
    person = Person(shared)
    cookie = person.join().headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie


def test_the_public_document_is_the_same_for_everybody_and_may_be_kept_for_a_second(shared):
    person = Person(shared)
    stranger = Person(shared).get("/queue/now-serving.json")
    person.join()
    reply = person.get("/queue/now-serving.json")
    assert reply.headers["cache-control"] == "public, max-age=1, stale-while-revalidate=5, stale-if-error=600"
    assert "set-cookie" not in reply.headers
    assert "vary" not in reply.headers
    assert reply.content == stranger.content or reply.json["opening"] == stranger.json["opening"]


def test_pages_are_kept_and_not_sent_again(shared):
    first = Person(shared).get("/wait/")
    assert first.headers["cache-control"].startswith("public, max-age=")
    again = Person(shared).get("/wait/", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status, again.content) == (304, b"")
    assert len(Person(shared).get("/wait/", headers={"Accept-Encoding": "gzip"}).content) < len(first.content)


@pytest.mark.parametrize("path", [*PUBLIC_GETS, "/wait/"])
def test_head_is_get_without_its_body(shared, path):
    got, head = Person(shared).get(path), Person(shared).ask("HEAD", path)
    assert head.status == got.status
    assert head.content == b""
    assert set(head.headers) == set(got.headers)


def test_the_root_leads_to_the_waiting_page(shared):
    reply = Person(shared).get("/")
    assert (reply.status, reply.headers["location"]) == (308, "/wait/")
