"""The console's routes over HTTP, with real stores: who is let in, what is written down, and what an action comes to.

Not here: the console's page, and how the controller counts (see its own tests).
"""

import asyncio
import json
import secrets
import time

import asyncpg
import pytest

from app.local.postgres import ensure_database
from app.local.valkey import Valkey
from app.operators.sessions import IDLE_S, Sessions
from tests.service.person import Person
from tests.service.serving import OPERATOR, PASSWORD, opening_now, serving

ROUTES = [
    ("GET", "/operator/api/state", None),
    ("POST", "/operator/api/actions", {"do": "pause"}),
    ("GET", "/operator/api/audit", None),
    ("DELETE", "/operator/api/session", None),
]
WITHIN_S = 20


@pytest.fixture(scope="module")
def service(postgres, migrated, valkey):
    """One service for all tests that break nothing; sessions are signed without signing in, which is limited."""
    asyncio.run(ensure_database(postgres.url_of("postgres"), "console", template=migrated))
    with serving(postgres.url_of("console"), valkey.url) as running:
        yield running


@pytest.fixture
def fresh(database, valkey_url):
    """A service of its own, for attempts to sign in."""
    with serving(database, valkey_url) as running:
        yield running


def sign_in(service, name=OPERATOR, password=PASSWORD):
    operator = Person(service)
    return operator, operator.post("/operator/api/session", {"name": name, "password": password})


def cookie_of(service, ago_s=0.0):
    """A session that was begun so long ago."""
    sessions = Sessions(service.parts.keys, service.parts.settings.operators, secrets.token_bytes)
    began_s = time.time() - ago_s
    return sessions.issue(sessions.begin(OPERATOR, began_s), began_s)


def with_cookie(service, text):
    operator = Person(service)
    operator.cookies = {} if text is None else {"fg_operator": text}
    return operator


def signed_in(service):
    return with_cookie(service, cookie_of(service))


def act(operator, **action):
    return operator.post("/operator/api/actions", action)


def audit(operator, query=""):
    reply = operator.get(f"/operator/api/audit{query}")
    assert reply.status == 200, reply.content
    return reply.json["entries"]


def eventually(look, wanted):
    """Look again until it is as wanted; the last look where it never is."""
    until = time.monotonic() + WITHIN_S
    while True:
        seen = look()
        if wanted(seen) or time.monotonic() > until:
            return seen
        time.sleep(0.1)


def test_an_operator_signs_in_and_out_and_both_are_written_down(fresh):
    operator, reply = sign_in(fresh)
    cookie = reply.headers["set-cookie"]

    assert reply.json["name"] == OPERATOR
    assert 0 < reply.json["until_s"] - time.time() <= IDLE_S
    assert reply.headers["cache-control"] == "no-store"
    for flag in ("fg_operator=", "HttpOnly", "SameSite=Strict", f"Max-Age={IDLE_S}"):
        assert flag in cookie
    assert operator.get("/operator/api/state").status == 200

    kept = dict(operator.cookies)
    assert operator.ask("DELETE", "/operator/api/session").status == 204
    assert "fg_operator" not in operator.cookies
    operator.cookies = kept
    assert operator.get("/operator/api/state").status == 401, "signed out is signed out, also for who kept the cookie"
    assert [entry["action"] for entry in audit(signed_in(fresh))] == ["sign-out", "sign-in"]


@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
def test_without_a_valid_session_every_route_is_closed(service, method, path, body):
    """And with one it is open: the control of the same test."""
    good = cookie_of(service)
    stranger = Person(service)
    assert stranger.join().status == 200
    shown = {
        "none": None,
        "empty": "",
        "nonsense": "x" * 80,
        "forged": good[:-1] + ("A" if good[-1] != "A" else "Q"),
        "expired": cookie_of(service, ago_s=IDLE_S),
        "a ticket": stranger.cookies["fg_ticket"],
    }
    for kind, text in shown.items():
        reply = with_cookie(service, text).ask(method, path, body)
        assert (kind, reply.status) == (kind, 401)
        assert "www-authenticate" in reply.headers
    assert with_cookie(service, good).ask(method, path, body).status in {200, 204}


def test_a_wrong_name_and_a_wrong_password_look_the_same(fresh):
    pairs = [(OPERATOR, "Wrong-One"), ("nobody", PASSWORD), (OPERATOR, ""), ("", ""), ("\u0130", "비밀번호")]
    replies = [sign_in(fresh, name, password)[1] for name, password in pairs]

    assert {(reply.status, reply.code) for reply in replies} == {(401, "wrong-password")}
    assert len({reply.content for reply in replies}) == 1
    assert not any("set-cookie" in reply.headers for reply in replies)
    everything = "".join(reply.content.decode() for reply in replies) + fresh.logged()
    assert not any(password in everything for _, password in pairs if password)


def test_attempts_of_one_address_are_limited(fresh):
    """Ten in a minute; 21 attempts are too many even where a minute begins in between."""
    statuses = {}
    for _ in range(21):
        reply = sign_in(fresh, "nobody", "wrong")[1]
        statuses[reply.status] = reply

    assert statuses.keys() == {401, 429}
    assert int(statuses[429].headers["retry-after"]) >= 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b'{"name": "operator"}',
        b'{"name": "operator", "password": 1}',
        b'{"name": "operator", "password": "x", "more": 1}',
        json.dumps({"name": "x" * 41, "password": "x"}).encode(),
        json.dumps({"name": "x", "password": "x" * 201}).encode(),
        b'{"name": "\\ud800", "password": "\\ud800"}',
        b'{"name": "a\\u0000", "password": "x"}',
    ],
)
def test_a_sign_in_that_is_none_is_told_so(service, body):
    reply = Person(service).post("/operator/api/session", raw=body)
    assert 400 <= reply.status < 500


@pytest.mark.parametrize(
    "action",
    [
        {"do": "pause"},
        {"do": "resume"},
        {"do": "slow", "share": 0.5},
        {"do": "announce", "texts": {"ko": "잠시만 기다려 주세요.", "en": "Please wait."}},
        {"do": "announce"},
        {"do": "provider", "provider": "bank", "open": False},
    ],
)
def test_every_action_is_in_the_audit_trail(service, action):
    operator = signed_in(service)
    reply = act(operator, **action)
    assert reply.status == 200, reply.content

    last = audit(operator)[0]
    assert (last["operator"], last["action"], last["opening"]) == (OPERATOR, action["do"], service.opening.name)
    for key in action.keys() - {"do"}:
        assert last["details"][key] == action[key]
    assert operator.get("/operator/api/state").json["recent"][0] == last


@pytest.mark.parametrize(
    "action",
    [
        {},
        {"do": "stop"},
        {"do": "slow"},
        {"do": "slow", "share": 0},
        {"do": "slow", "share": 1.1},
        {"do": "slow", "share": "much"},
        {"do": "pause", "share": 0.5},
        {"do": "provider", "provider": "elsewhere", "open": False},
        {"do": "announce", "texts": {"ko": "가" * 281}},
        {"do": "announce", "texts": {"korean": "x"}},
        {"do": "announce", "texts": {"ko": "\u0000"}},
        {"do": "pause", "please": True},
    ],
)
def test_an_action_that_is_none_changes_nothing_and_is_not_written_down(service, action):
    operator = signed_in(service)
    before = operator.get("/operator/api/state").json
    reply = act(operator, **action)

    assert reply.status == 400, reply.content
    after = operator.get("/operator/api/state").json
    assert after["controls"] == before["controls"]
    assert after["recent"] == before["recent"]


def test_a_page_of_another_site_cannot_act(service):
    operator = signed_in(service)
    act(operator, do="resume")
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        reply = operator.post("/operator/api/actions", {"do": "pause"}, headers=headers)
        assert (reply.status, reply.code) == (403, "cross-site")
    form = {"Content-Type": "text/plain"}
    assert operator.post("/operator/api/actions", {"do": "pause"}, headers=form).status in {400, 415}
    assert operator.get("/operator/api/state").json["controls"]["paused"] is False


def test_the_audit_trail_comes_in_pages(service):
    operator = signed_in(service)
    for share in (0.1, 0.2, 0.3):
        act(operator, do="slow", share=share)
    first = operator.get("/operator/api/audit?limit=2").json
    second = operator.get(f"/operator/api/audit?before={first['before']}").json

    assert [entry["details"].get("share") for entry in first["entries"]] == [0.3, 0.2]
    assert second["entries"][0]["details"] == {"share": 0.1}
    assert second["before"] is None, "these are all"


@pytest.mark.parametrize(
    "query",
    ["?limit=0", "?limit=201", "?limit=-1", "?limit=x", "?before=0", f"?before={2**63}", "?before=%C2%B2", "?x=1"],
)
def test_a_page_that_is_none_is_told_so(service, query):
    assert signed_in(service).get(f"/operator/api/audit{query}").status == 400


def test_a_session_that_has_little_time_left_gets_more_by_being_used(service):
    operator = with_cookie(service, cookie_of(service, ago_s=IDLE_S * 0.6))

    assert "fg_operator=" in operator.get("/operator/api/state").headers.get("set-cookie", "")
    assert "set-cookie" not in operator.get("/operator/api/state").headers


def test_without_the_database_nothing_is_done_and_the_rest_is_shown(fresh, postgres, database):
    operator = signed_in(fresh)
    name = database.rpartition("/")[2]

    async def take_away():
        session = await asyncpg.connect(postgres.url_of("postgres"))
        try:
            await session.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
            await session.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
        finally:
            await session.close()

    asyncio.run(take_away())
    reply = act(operator, do="pause")
    state = operator.get("/operator/api/state")

    assert reply.status == 503
    assert "retry-after" in reply.headers
    assert operator.get("/operator/api/audit").status == 503
    assert state.status == 200
    assert state.json["controls"] is None
    assert "database" in state.json["away"]
    assert state.json["line"] is not None
    _, late = sign_in(fresh)
    assert late.status == 200, "whoever looks after it must be able to see"


def test_without_the_store_nobody_signs_in_and_who_is_in_can_pause(database, server_folder):
    store = Valkey(server_folder / "console")
    store.start()
    try:
        with serving(database, store.url) as service:
            operator = signed_in(service)
            store.kill()
            _, late = sign_in(service)
            paused = act(operator, do="pause")
            state = operator.get("/operator/api/state").json
    finally:
        if store.process is not None:
            store.stop()
    assert late.status == 503
    assert paused.status == 200
    assert paused.json["paused"] is True
    assert state["line"] is None
    assert "line" in state["away"]
    assert state["controls"]["paused"] is True


def test_what_an_operator_asks_for_is_what_people_see(database, valkey_url):
    """With the real controller: a pause stops the line, an announcement stands on every page, a closed provider is
    red and asked by nobody."""
    opening = opening_now(doors_in_s=-5)
    with serving(database, valkey_url, controller=True, openings=(opening,)) as service:
        anybody, operator = Person(service), signed_in(service)

        def document():
            return anybody.get("/queue/now-serving.json").json

        assert eventually(document, lambda seen: seen["phase"] == "open")["phase"] == "open"
        act(operator, do="announce", texts={"ko": "잠시만요", "en": "One moment"})
        act(operator, do="provider", provider="bank", open=False)
        act(operator, do="pause")
        seen = eventually(document, lambda seen: seen["phase"] == "paused" and seen["announcement"])

        assert seen["phase"] == "paused"
        assert seen["announcement"] == {"ko": "잠시만요", "en": "One moment"}
        lights = {provider["name"]: (provider["light"], provider["closed"]) for provider in seen["providers"]}
        assert lights == {"bank": ("red", True), "post": ("green", False)}

        state = operator.get("/operator/api/state").json
        assert state["away"] == []
        assert state["controller"]["phase"] == "paused"

        act(operator, do="resume")
        assert eventually(document, lambda seen: seen["phase"] == "open")["phase"] == "open"
        person = Person(service)
        assert person.join().status == 200
        assert eventually(lambda: person.enter().status, lambda status: status == 200) == 200
        closed = eventually(lambda: person.prove(provider="bank"), lambda reply: reply.status == 503)
        assert closed.code == "provider-down"
        assert "post" in closed.json["detail"]
        assert person.prove(provider="post").status == 200
