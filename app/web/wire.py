"""Between ASGI's messages and what the routes work with: headers, cookies, the client's address, the body.

Everything that is read here is bounded, for it is read before anybody has shown anything.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any
from urllib.parse import parse_qsl

from app.errors import BadInput, HeadersTooLarge, TooLarge, WrongType

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
RawHeaders = Iterable[tuple[bytes, bytes]]

BODY_LIMIT = 16_384
HEADERS_LIMIT = 16_384
COOKIES_LIMIT = 4_096
QUERY_LIMIT = 1_024


class Disconnected(Exception):
    """The client went away while it was sending; there is nobody to answer."""


def read_headers(raw: RawHeaders) -> dict[str, str]:
    """Headers by name in lower case.

    All `Cookie` and all `X-Forwarded-For` count; of every other doubled header the values are joined by commas
    (RFC 9110, section 5.3), so that none of two contradicting ones is silently believed.

    Raises:
        HeadersTooLarge: together, or the cookies alone, they are larger than any of ours.
    """
    headers: dict[str, str] = {}
    size = 0
    for name_bytes, value_bytes in raw:
        size += len(name_bytes) + len(value_bytes)
        name, value = name_bytes.decode("latin-1"), value_bytes.decode("latin-1")
        if name in headers:
            value = f"{headers[name]}{'; ' if name == 'cookie' else ', '}{value}"
        headers[name] = value
    if size > HEADERS_LIMIT:
        raise HeadersTooLarge(f"the headers have {size} bytes, but at most {HEADERS_LIMIT} are read; send fewer")
    cookies = len(headers.get("cookie", ""))
    if cookies > COOKIES_LIMIT:
        raise HeadersTooLarge(f"the cookies have {cookies} bytes, but at most {COOKIES_LIMIT} are read; clear them")
    return headers


def cookie(headers: dict[str, str], name: str) -> str | None:
    """The value of a cookie; None where it is not there.

    Raises:
        BadInput: it is there twice with different values. A page of a neighbouring host can add a cookie, and nobody
            knows which one is meant (RFC 6265, section 8.6).
    """
    text = headers.get("cookie")
    if text is None or name not in text:
        return None
    found = {value for key, _, value in (part.strip().partition("=") for part in text.split(";")) if key == name}
    if len(found) > 1:
        raise BadInput(f"the cookie {name} came with two values, but must have one; clear the cookies and come again")
    return found.pop() if found else None


def client_address(scope: Scope, headers: dict[str, str], trusted_hops: int) -> str:
    """Where the request comes from, as far as our own edge and balancer have seen it.

    Each of `trusted_hops` proxies of ours appends the address it saw to `X-Forwarded-For`; everything further left
    was written by the client and says nothing.
    """
    socket = (scope.get("client") or ("",))[0]
    if not trusted_hops:
        return socket
    hops = [hop.strip() for hop in headers.get("x-forwarded-for", "").split(",")]
    if len(hops) < trusted_hops:
        return socket
    try:
        return str(ipaddress.ip_address(hops[-trusted_hops]))
    except ValueError:
        return socket


def network_of(address: str) -> str:
    """An address as one connection has it: of IPv6 the first 64 bits (RFC 6177, section 2)."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return address
    return str(parsed.ipv4_mapped or ipaddress.ip_network((parsed.packed[:8] + bytes(8), 64)))


def read_query(scope: Scope, allowed: Iterable[str]) -> dict[str, str]:
    """Values of the query by name.

    Raises:
        BadInput: it is too long, has a name that is not `allowed` or is doubled, or holds what is no text.
    """
    raw = scope["query_string"]
    if not raw:
        return {}
    if len(raw) > QUERY_LIMIT:
        raise BadInput(f"the query has {len(raw)} bytes, but at most {QUERY_LIMIT} are read; shorten it")
    try:
        pairs = parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=10)
    except ValueError as error:
        raise BadInput("the query is no percent-encoded UTF-8 of at most ten values; encode it so") from error
    values = dict(pairs)
    if len(values) < len(pairs):
        raise BadInput("a name of the query is there twice, but must be there once; leave one out")
    if not values.keys() <= set(allowed):
        raise BadInput(f"the query has an unknown name; known are: {', '.join(allowed) or 'none'}")
    refuse_nul("\0" in "".join(values.values()))
    return values


def require_json(headers: dict[str, str]) -> None:
    """A body must say that it is JSON, which a form of another site cannot.

    Raises:
        WrongType: it says something else.
    """
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise WrongType("the body is not declared as JSON; send the header Content-Type: application/json")


async def read_body(receive: Receive, headers: dict[str, str]) -> bytes:
    """The body, never more than the limit in memory.

    Raises:
        TooLarge: it is, or says that it is, beyond the limit.
        Disconnected: it stopped in between.
    """
    declared = headers.get("content-length", "")
    if declared.isdigit() and int(declared[:12]) > BODY_LIMIT:
        raise TooLarge(f"the body has {declared[:12]} bytes, but at most {BODY_LIMIT} are read; send less")
    message = await receive()
    body: bytes = message.get("body", b"")
    while message.get("more_body"):
        message = await receive()
        body += message.get("body", b"")
        if len(body) > BODY_LIMIT:
            break
    if message["type"] == "http.disconnect":
        raise Disconnected
    if len(body) > BODY_LIMIT:
        raise TooLarge(f"the body has more than {BODY_LIMIT} bytes, the most that are read; send less")
    return body


def refuse_nul(found: bool) -> None:
    """PostgreSQL's texts cannot hold U+0000, and nobody's name has it.

    Raises:
        BadInput: it was found.
    """
    if found:
        raise BadInput("a text holds the character U+0000, which none may; leave it out")
