"""Every route of the table, tried in every way we know without the right to it, through a real server's parser.

A spy stands in the place of each handler, so what counts is whether it was reached, not what the answer looks like. The
controls: with the right papers every spy is reached, and with the guard off these tests fail.
"""

import http.client
import json
import secrets
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from app.errors import Conflict
from app.keys import Keys
from app.line.passes import Pass, Passes
from app.line.receipts import Receipt, Receipts
from app.line.tickets import Ticket, Tickets, tag
from app.operators.sessions import Sessions
from app.web import guard
from app.web.application import create
from app.web.examples import EXAMPLES
from app.web.messages import Action
from app.web.routes import TABLE
from app.web.routing import Need
from tests.service.serving import OPERATOR, opening_now, serving

REFERENCE = "ABCD2345"
HOLD = "0191e3a2-9f1c-7c3b-8f57-3c1b7f2f8a10"
PERSON = bytes(range(16))
GUARDED = [route for route in TABLE if Need.PUBLIC not in route.needs]
ADMITTED = [route for route in GUARDED if {Need.PASS, Need.PROVEN} & set(route.needs)]
NAMES = [f"{route.method} {route.path}" for route in GUARDED]


class Spies:
    """Handlers that only note that they were reached."""

    def __init__(self):
        self.reached = []
        self.table = tuple(self._watched(route) if route in GUARDED else route for route in TABLE)

    def _watched(self, route):
        async def handler(_call):
            self.reached.append(route.path)
            raise Conflict("reached")

        return replace(route, handler=handler)

    def any(self):
        found, self.reached = self.reached, []
        return bool(found)


class AtOnce(http.client.HTTPConnection):
    """Sends head and body together: a head that is refused closes the connection, also on a body that is on its way."""

    def _send_output(self, message_body=None, encode_chunked=False):
        del encode_chunked
        head = b"\r\n".join([*self._buffer, b"", b""])
        self._buffer.clear()
        self.send(head + (message_body or b""))


class Site:
    """A running service with spies, and papers of every kind for it."""

    def __init__(self, service, spies):
        self.service, self.spies = service, spies
        parts = service.parts
        self.keys, self.now_s = parts.keys, parts.clock.now_s()
        self.opening = service.opening.name
        place = urlsplit(service.url)
        self.connection = AtOnce(place.hostname, place.port, timeout=10)

    def ticket(self, number=7, opening=None, keys=None, now_s=None):
        when = self.now_s if now_s is None else now_s
        ticket = Ticket(opening or self.opening, number, int(when), device=secrets.token_bytes(8))
        return Tickets(keys or self.keys).issue(ticket, when)

    def pass_for(self, ticket, place=7, opening=None, keys=None, until_s=None, now_s=None, person=PERSON):
        when = self.now_s if now_s is None else now_s
        until_s = int(self.now_s + 600) if until_s is None else until_s
        return Passes(keys or self.keys).issue(Pass(opening or self.opening, place, until_s, tag(ticket), person), when)

    def receipt(self, reference=REFERENCE, keys=None):
        return Receipts(keys or self.keys).issue(Receipt(self.opening, reference), self.now_s)

    def session(self, keys=None, since_s=None, name=OPERATOR):
        sessions = Sessions(keys or self.keys, self.service.parts.settings.operators | {name: "x"}, secrets.token_bytes)
        if name == OPERATOR:
            sessions = Sessions(keys or self.keys, self.service.parts.settings.operators, secrets.token_bytes)
        when = self.now_s if since_s is None else since_s
        return sessions.issue(sessions.begin(name, when), self.now_s)

    def papers(self, route):
        """Everything that a route needs."""
        ticket = self.ticket()
        found = {"Floodgate-Ticket": ticket, "Floodgate-Pass": self.pass_for(ticket)}
        if Need.RECEIPT in route.needs:
            found["Floodgate-Receipt"] = self.receipt()
        if Need.OPERATOR in route.needs:
            found = {"Cookie": f"fg_operator={self.session()}"}
        return found

    def ask(self, route, headers=(), *, path=None, method=None):
        """One request with a right body and key; whether a handler was reached."""
        sent = [("Host", "127.0.0.1"), ("Idempotency-Key", secrets.token_hex(8))]
        body = b""
        if route.body is not None:
            body = json.dumps({"do": "pause"} if route.body is Action else EXAMPLES[route.body]).encode()
            sent.append(("Content-Type", "application/json"))
        sent += [*(headers.items() if isinstance(headers, dict) else headers), ("Content-Length", str(len(body)))]
        self.connection.putrequest(
            method or route.method, path or path_of(route), skip_host=True, skip_accept_encoding=True
        )
        for name, value in sent:
            self.connection.putheader(name, value)
        self.connection.endheaders(body)
        answer = self.connection.getresponse()
        answer.read()
        assert answer.status < 500, (route.path, path, method, answer.status)
        return self.spies.any()


def path_of(route):
    path = route.path.format(hold_id=HOLD, wish_id=HOLD, reference=REFERENCE)
    query = "&".join(f"{one.name}={'2027-08-21' if one.name == 'day' else 1}" for one in route.query if one.required)
    return f"{path}?{query}" if query else path


@pytest.fixture(scope="module")
def site(stores):
    spies = Spies()
    later = opening_now("later", doors_in_s=100_000)
    with serving(*stores, openings=(opening_now("around"), later), table=spies.table) as service:
        service.open_doors()
        found = Site(service, spies)
        yield found
        found.connection.close()


def wrong_passes(site):
    """Tickets and passes that look right and are not, by what is wrong with them."""
    ticket, others = site.ticket(), site.ticket(8)
    strange = Keys("another secret of another service, 32 long")
    good = site.pass_for(ticket)
    now_s = site.now_s
    yield "nothing at all", None, None
    yield "a ticket alone", ticket, None
    yield "a pass alone", None, good
    yield "another's pass", ticket, site.pass_for(others, place=8)
    yield "another's ticket", others, good
    yield "the pass of another ticket of the same place", ticket, site.pass_for(site.ticket())
    yield "another's place", ticket, site.pass_for(ticket, place=8)
    yield "a visit that is over", ticket, site.pass_for(ticket, until_s=int(now_s - 1))
    yield "a pass of three days ago", ticket, site.pass_for(ticket, now_s=now_s - 3 * 86_400)
    yield "a pass of next week", ticket, site.pass_for(ticket, now_s=now_s + 7 * 86_400)
    yield "a forged pass", ticket, site.pass_for(ticket, keys=strange)
    yield "a forged ticket", *forged_ticket(site, strange)
    yield "a ticket as a pass", ticket, ticket
    yield "a pass as a ticket", good, good
    for opening in ("later", "never-planned"):
        other = site.ticket(opening=opening)
        yield f"both of {opening}", other, site.pass_for(other, opening=opening)
        yield f"a pass of {opening}", ticket, site.pass_for(ticket, opening=opening)
    for position in (0, 1, 2, 5, 20, len(good) // 2, len(good) - 8):
        changed = "A" if good[position] != "A" else "B"
        yield f"character {position} changed", ticket, good[:position] + changed + good[position + 1 :]
    yield "a pass cut short", ticket, good[:-4]
    yield "a longer pass", ticket, good + "AAAA"
    yield "no base64", ticket, "%%%"
    yield "an empty pass", ticket, ""
    yield "words", ticket, "null"


def forged_ticket(site, keys):
    ticket = site.ticket(keys=keys)
    return ticket, site.pass_for(ticket)


def in_headers(ticket, visit):
    pairs = {"Floodgate-Ticket": ticket, "Floodgate-Pass": visit}
    return [(name, value) for name, value in pairs.items() if value is not None]


def in_cookies(ticket, visit):
    pairs = {"fg_ticket": ticket, "fg_pass": visit}
    cookies = "; ".join(f"{name}={value}" for name, value in pairs.items() if value is not None)
    return [("Cookie", cookies)] if cookies else []


def by_every_pass(site, routes=ADMITTED):
    """What reaches a handler with a wrong pass, in headers or in cookies."""
    return [
        (route.path, what)
        for what, ticket, visit in wrong_passes(site)
        for route in routes
        for written in (in_headers, in_cookies)
        if site.ask(route, with_receipt(site, route, written(ticket, visit)))
    ]


def with_receipt(site, route, headers):
    return [*headers, ("Floodgate-Receipt", site.receipt())] if Need.RECEIPT in route.needs else headers


@pytest.mark.parametrize("route", GUARDED, ids=NAMES)
def test_with_the_right_papers_every_route_is_reached(site, route):
    assert site.ask(route, site.papers(route))


def test_no_route_of_the_booking_is_reached_with_a_wrong_pass(site):
    assert by_every_pass(site) == []


def test_the_same_tries_get_in_when_the_guard_is_off(site, monkeypatch):
    monkeypatch.setattr(guard, "check", lambda call: None)
    assert len(by_every_pass(site, ADMITTED[:2])) > 30, "a test that cannot fail proves nothing"


def test_whoever_has_not_proved_who_they_are_reaches_no_step_of_the_booking(site):
    ticket = site.ticket()
    unproven = site.pass_for(ticket, person=bytes(16))
    proven_only = [route for route in GUARDED if Need.PROVEN in route.needs]
    assert len(proven_only) >= 6
    for route in proven_only:
        assert not site.ask(route, with_receipt(site, route, in_headers(ticket, unproven)))


def test_a_ticket_is_needed_where_it_is_and_no_other_counts(site):
    strange = Keys("another secret of another service, 32 long")
    wrong = [None, "", "x", site.ticket(keys=strange), site.ticket(opening="later"), site.pass_for(site.ticket())]
    wrong.append(site.ticket(now_s=site.now_s - 3 * 86_400))
    for route in GUARDED:
        if Need.TICKET in route.needs:
            for ticket in wrong:
                assert not site.ask(route, in_headers(ticket, None)), ticket
                assert not site.ask(route, in_cookies(ticket, None)), ticket


def test_nobody_leaves_with_papers_that_are_not_ours(site):
    route = next(route for route in GUARDED if Need.VISIT in route.needs)
    for _, ticket, visit in [("", None, None), ("", "x", None), ("", None, "x"), ("", "x", "x")]:
        assert not site.ask(route, in_headers(ticket, visit))


def test_a_receipt_opens_its_own_booking_and_no_other(site):
    strange = Keys("another secret of another service, 32 long")
    wrong = [None, "", "x", site.receipt("WXYZ6789"), site.receipt(keys=strange), site.ticket(), site.receipt()[:-3]]
    ticket = site.ticket()
    for route in GUARDED:
        if Need.RECEIPT in route.needs:
            for receipt in wrong:
                shown = [("Floodgate-Receipt", receipt)] if receipt is not None else []
                assert not site.ask(route, [*in_headers(ticket, site.pass_for(ticket)), *shown]), receipt
            assert not site.ask(route, [("Floodgate-Receipt", site.receipt())], path=f"{path_of(route)}/../x")


def test_the_console_is_for_operators(site):
    strange = Keys("another secret of another service, 32 long")
    over = site.session(since_s=site.now_s - 86_400)
    gone = site.session(name="dismissed")
    wrong = [None, "", "x", OPERATOR, site.session(keys=strange), over, gone, site.ticket(), site.session()[:-3]]
    for route in GUARDED:
        if Need.OPERATOR in route.needs:
            for session in wrong:
                shown = {"Cookie": f"fg_operator={session}"} if session is not None else {}
                assert not site.ask(route, shown), session


# what proxies and frameworks are known to believe
TELLING = [
    {"X-Original-URL": "/healthz"},
    {"X-Rewrite-URL": "/healthz"},
    {"X-Forwarded-Path": "/healthz", "X-Forwarded-Prefix": "/healthz", "X-Forwarded-Uri": "/healthz"},
    {"X-Forwarded-For": "127.0.0.1", "X-Real-IP": "127.0.0.1", "Forwarded": "for=127.0.0.1;proto=https"},
    {"X-Forwarded-Host": "localhost", "X-Forwarded-Proto": "https", "X-Forwarded-User": "operator"},
    {"X-HTTP-Method-Override": "GET", "X-HTTP-Method": "GET", "X-Method-Override": "GET"},
    {"Authorization": "Bearer operator", "X-Api-Key": "operator"},
    {"X-Custom-IP-Authorization": "127.0.0.1", "X-Originating-IP": "127.0.0.1", "Client-IP": "127.0.0.1"},
    {"Upgrade": "h2c", "Connection": "Upgrade, HTTP2-Settings", "HTTP2-Settings": "AAMAAABkAAQAAP__"},
    {"Sec-Fetch-Site": "same-origin", "Referer": "http://127.0.0.1/operator/", "Origin": "http://127.0.0.1"},
]


def test_no_header_goes_around_the_line(site):
    for route in GUARDED:
        for headers in TELLING:
            assert not site.ask(route, headers), headers


def test_no_header_makes_a_public_path_another_one(site):
    health = next(route for route in TABLE if route.path == "/healthz")
    for route in GUARDED:
        for name in ("X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Path", "X-Forwarded-Uri"):
            override = {name: path_of(route), "X-HTTP-Method-Override": route.method}
            assert not site.ask(health, override)


def path_tricks(path):
    """Other ways to write a path, or to write another path that is taken for it."""
    plain, _, query = path.partition("?")
    first, _, rest = plain[1:].partition("/")
    found = [
        f"/{plain}",
        f"//{first}//{rest}",
        f"/./{first}/./{rest}",
        f"/x/..{plain}",
        f"/static/..{plain}",
        f"/healthz/..{plain}",
        f"/healthz/..;{plain}",
        f"{plain}/",
        f"{plain}/.",
        f"{plain};x=y",
        f"{plain}%20",
        f"{plain}%00",
        f"{plain}%23",
        f"{plain}.json",
        plain.upper(),
        plain.title(),
        plain.replace("/", "%2f"),
        plain.replace("/", "%2F"),
        plain.replace("/", "/%2e/"),
        plain.replace("/", "%252f"),
        plain.replace("/", "\\"),
        plain.replace("/", "/%5c"),
        "".join(f"%{ord(letter):02x}" if letter != "/" else letter for letter in plain),
        f"http://127.0.0.1{plain}",
        f"http://user@127.0.0.1{plain}",
        f"{plain}%3f",
        f"/%2e%2e{plain}",
    ]
    return [f"{trick}?{query}" if query else trick for trick in found]


def test_no_way_to_write_a_path_goes_around_the_line(site):
    for route in GUARDED:
        for path in path_tricks(path_of(route)):
            assert not site.ask(route, path=path), path


METHODS = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND"]


def test_no_method_goes_around_the_line(site):
    for route in GUARDED:
        for method in METHODS:
            # CONNECT names a host, so its path is no path
            if method != "CONNECT":
                assert not site.ask(route, method=method), method


def doubled(site):
    """One right paper and one wrong one under the same name, in both orders."""
    ticket, others = site.ticket(), site.ticket(8)
    good, wrong = site.pass_for(ticket), site.pass_for(others, place=8)
    for one, two in ((good, wrong), (wrong, good), ("", wrong), (wrong, "")):
        yield [("Cookie", f"fg_ticket={ticket}; fg_pass={one}; fg_pass={two}")]
        yield [("Cookie", f"fg_ticket={ticket}; fg_pass={one}"), ("Cookie", f"fg_pass={two}")]
        yield [("Floodgate-Ticket", ticket), ("Floodgate-Pass", one), ("Floodgate-Pass", two)]
    yield [("Cookie", f"fg_ticket={ticket}; fg_pass={good}"), ("Floodgate-Ticket", others)]
    yield [("Cookie", f"fg_ticket={ticket}; fg_ticket={others}; fg_pass={good}")]
    yield [("Cookie", f"fg_pass={good}, fg_ticket={ticket}")]
    yield [("Cookie", f"FG_PASS={good}; fg_ticket={ticket}")]
    yield [("Cookie", f"fg_ticket={ticket}; fg_pass ={wrong};fg_pass={good}x")]


def test_doubled_cookies_and_headers_go_around_nothing(site):
    for route in ADMITTED:
        for headers in doubled(site):
            assert not site.ask(route, with_receipt(site, route, headers)), headers


def test_the_table_is_all_that_is_routed(site):
    application = site.service.application
    routed = {route.path for route in application._router.routes} | set(application._exact)
    assert routed - set(application._pages) == {route.path for route in TABLE}


def test_a_route_that_does_not_say_what_it_needs_cannot_be_written():
    route = TABLE[0]
    for needs in ((), None, ("public",), (Need.PUBLIC, Need.PASS)):
        with pytest.raises((ValueError, TypeError)):
            replace(route, needs=needs)


def test_no_route_hides_behind_another_of_the_same_path(site):
    with pytest.raises(ValueError, match="twice"):
        create(site.service.parts, (*TABLE, TABLE[0]))


def test_the_guard_knows_how_to_check_every_need():
    assert set(guard._CHECKS) == set(Need)
