"""Headers, cookies, addresses, queries and bodies of requests, without a server: what is read, and where it ends."""

import asyncio
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import BadInput, HeadersTooLarge, TooLarge, WrongType
from app.web import wire


def body_in(*pieces, ends="http.request"):
    messages = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    messages.append({"type": ends, "body": b"", "more_body": False})

    async def receive():
        return messages.pop(0)

    return receive, messages


def test_a_doubled_header_is_never_read_as_one_of_its_values():
    headers = wire.read_headers([(b"floodgate-pass", b"mine"), (b"floodgate-pass", b"yours")])
    assert headers["floodgate-pass"] == "mine, yours"


def test_cookies_of_several_headers_are_read_together():
    headers = wire.read_headers([(b"cookie", b"a=1"), (b"cookie", b"fg_pass=2")])
    assert wire.cookie(headers, "fg_pass") == "2"


def test_a_cookie_with_two_values_is_refused_and_with_the_same_value_twice_is_not():
    with pytest.raises(BadInput, match="two values"):
        wire.cookie({"cookie": "fg_pass=a; fg_pass=b"}, "fg_pass")
    assert wire.cookie({"cookie": "fg_pass=a; fg_pass=a"}, "fg_pass") == "a"


def test_a_cookie_whose_name_only_ends_like_ours_is_not_ours():
    assert wire.cookie({"cookie": "xfg_pass=a; fg_pass2=b"}, "fg_pass") is None


@pytest.mark.parametrize("headers", [[(b"x", b"y" * 17_000)], [(b"cookie", b"y" * 4_097)]])
def test_headers_and_cookies_beyond_the_limit_are_refused(headers):
    with pytest.raises(HeadersTooLarge):
        wire.read_headers(headers)


@pytest.mark.parametrize(
    ("hops", "forwarded", "address"),
    [
        (0, "203.0.113.9", "192.0.2.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.1, 203.0.113.9, 10.0.0.1", "203.0.113.9"),
        (2, "203.0.113.9", "192.0.2.1"),
        (1, "no address", "192.0.2.1"),
        (1, "", "192.0.2.1"),
        (1, "2001:db8::1", "2001:db8::1"),
    ],
)
def test_only_what_our_own_proxies_wrote_is_believed(hops, forwarded, address):
    scope = {"client": ("192.0.2.1", 4711)}
    assert wire.client_address(scope, {"x-forwarded-for": forwarded}, hops) == address


def test_an_ipv6_network_is_one_place_and_a_mapped_ipv4_address_is_itself():
    assert wire.network_of("2001:db8:1:2:3::4") == wire.network_of("2001:db8:1:2:9::9")
    assert wire.network_of("2001:db8:1:2::1") != wire.network_of("2001:db8:1:3::1")
    assert wire.network_of("::ffff:192.0.2.1") == "192.0.2.1"


@pytest.mark.parametrize(
    "query", [b"day=1&day=2", b"other=1", b"day=%ff", b"day=%00", b"day=" + b"1" * 2000, "day=é".encode()]
)
def test_a_query_that_is_doubled_unknown_too_long_or_no_text_is_refused(query):
    with pytest.raises(BadInput):
        wire.read_query({"query_string": query}, ("day",))


def test_a_query_is_decoded():
    assert wire.read_query({"query_string": b"region=%EC%A2%85%EB%A1%9C+1"}, ("region",)) == {"region": "종로 1"}


@given(st.binary(max_size=200))
def test_any_query_is_read_or_refused_in_words(query):
    with contextlib.suppress(BadInput):
        wire.read_query({"query_string": query}, ("day",))


def test_a_body_in_pieces_is_put_together():
    receive, _ = body_in(b"{", b"}")
    assert asyncio.run(wire.read_body(receive, {})) == b"{}"


def test_a_body_that_says_it_is_too_large_is_not_read_at_all():
    receive, waiting = body_in(b"x")
    with pytest.raises(TooLarge):
        asyncio.run(wire.read_body(receive, {"content-length": "16385"}))
    assert len(waiting) == 2, "reading it would cost us what the limit is to save"


def test_a_body_that_does_not_say_its_size_is_cut_off_at_the_limit():
    receive, waiting = body_in(*[b"x" * 8_192] * 10)
    with pytest.raises(TooLarge):
        asyncio.run(wire.read_body(receive, {}))
    assert len(waiting) == 8, "it is read as far as the limit and no further"


def test_a_client_that_goes_away_while_it_sends_is_not_answered():
    receive, _ = body_in(b"{", ends="http.disconnect")
    with pytest.raises(wire.Disconnected):
        asyncio.run(wire.read_body(receive, {}))


@pytest.mark.parametrize("kind", ["application/json", "Application/JSON; charset=utf-8"])
def test_json_is_taken(kind):
    wire.require_json({"content-type": kind})


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_what_a_form_of_another_site_can_send_is_not(kind):
    with pytest.raises(WrongType):
        wire.require_json({"content-type": kind})
