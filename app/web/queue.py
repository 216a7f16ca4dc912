"""The line: its public document, joining, finding one's place, entering and leaving."""

from __future__ import annotations

import math
from contextlib import suppress

from app.errors import Conflict, Gone, NotAllowed, Unavailable
from app.line import challenge
from app.line.aliases import aliases
from app.line.document import NowServing
from app.line.limits import address_tag
from app.line.passes import Pass
from app.line.tickets import DEVICE_TAG_BYTES, Ticket, tag
from app.line.values import Entered, Entrance, LineLost
from app.opening import Opening
from app.web import guard
from app.web.headers import Header, set_cookie
from app.web.messages import Join, Joined, Place, Visit
from app.web.places import place_of
from app.web.routing import Answer, Call

# a ticket is read for two days, so nothing is gained by keeping it longer
TICKET_KEPT_S = 86_400
LONGEST_RETRY_S = 60


async def now_serving(call: Call) -> Answer:
    """The public document; GET never comes here, for it is answered in front of the table."""
    return Answer(call.parts.documents.rendered.body["body"])


async def join(call: Call) -> Answer:
    """Take a place, or get again the one that this device or word has already.

    Fail-open for the count of addresses (`app.line.limits`), fail-closed for the line itself: without the store nobody
    gets a number.
    """
    parts, opening, body = call.parts, call.opening, call.body
    assert isinstance(body, Join), "the route says so"
    assert opening is not None, "the guard finds it"
    _refuse_closed(call, opening)
    await _keep_the_rules(call, opening, body)
    names = aliases(parts.keys, opening.name, body.device, body.keep)
    joined = await parts.line.join(opening.name, names)
    document = parts.documents.document
    place = place_of(parts, document, opening.name, joined.number)
    wait_s, low_s, high_s = _shown_wait(document, joined.number if place is None else place)
    device = names[0][:DEVICE_TAG_BYTES]
    ticket = Ticket(opening.name, joined.number, int(call.now_s), wait_s, low_s, high_s, device)
    text = parts.tickets.issue(ticket, call.now_s)
    parts.metrics.happened("join", "again" if joined.again else "new")
    answer = Joined(opening.name, joined.number, place, joined.again, text)
    return Answer(answer, headers=(_cookie(call, guard.TICKET_COOKIE, text, TICKET_KEPT_S),))


async def _keep_the_rules(call: Call, opening: Opening, body: Join) -> None:
    rules = opening.rules
    if rules.birth_digits and body.birth_digit not in rules.birth_digits:
        raise NotAllowed(
            f"tonight is for people born on a day that ends with {', '.join(map(str, rules.birth_digits))}; "
            "come on the night of your own digit",
            code="birth-digit",
            title="This is not your night",
        )
    challenge.check(body.challenge, opening.name, body.device, rules.challenge_bits, call.now_s)
    address = address_tag(call.parts.keys, call.address)
    await call.parts.limits.check("join", address, rules.joins_per_address_per_minute, call.now_s)


async def place(call: Call) -> Answer:
    """The place of a ticket, for browsers that cannot compute the draw."""
    ticket = call.ticket
    assert ticket is not None, "the guard reads it"
    known = place_of(call.parts, call.parts.documents.document, ticket.opening, ticket.number)
    return Answer(Place(ticket.opening, ticket.number, known))


async def enter(call: Call) -> Answer:
    """Give a pass to whoever is called, for one visit of limited length.

    Fail-closed: without the store nobody enters, for a place must be let in only once.
    """
    parts, ticket, opening = call.parts, call.ticket, call.opening
    assert ticket is not None, "the guard reads it"
    assert opening is not None, "the guard finds it"
    _refuse_closed(call, opening)
    place = await _called_place(call, ticket, opening)
    until_s = int(call.now_s) + opening.inside_s
    entered = await parts.line.enter(opening.name, place, call.now_s, until_s, parts.settings.admission.max_inside)
    _refuse(entered)
    if entered.entrance is Entrance.NEW and ticket.wait_high_s:
        parts.metrics.waited(call.now_s - ticket.joined_s, ticket.wait_low_s, ticket.wait_high_s)
    parts.metrics.happened("entrance", entered.entrance)
    text = guard.shown(call, guard.TICKET_HEADER, guard.TICKET_COOKIE)
    assert text is not None, "the guard reads it"
    visit = Pass(opening.name, place, int(entered.until_s), tag(text))
    return with_pass(call, visit)


async def leave(call: Call) -> Answer:
    """End a visit before its time, so that somebody else may come, and forget ticket and pass here.

    Fail-open: without the store the visit ends by time.
    """
    parts = call.parts
    place = call.visit.place if call.visit else None
    if call.ticket is not None:
        place = place_of(parts, parts.documents.document, call.ticket.opening, call.ticket.number)
    if place is not None and call.opening is not None:
        with suppress(Unavailable, LineLost):
            await parts.line.leave(call.opening.name, place)
        parts.metrics.happened("leaving")
    gone = tuple(_cookie(call, name, "", 0) for name in (guard.TICKET_COOKIE, guard.PASS_COOKIE))
    return Answer(status=204, headers=gone)


def with_pass(call: Call, visit: Pass) -> Answer:
    """A visit, with its pass as a cookie and, for programs without cookies, as a header."""
    text = call.parts.passes.issue(visit, call.now_s)
    left_s = max(1, visit.until_s - int(call.now_s))
    said = Visit(visit.opening, visit.place, visit.until_s, visit.proven)
    return Answer(said, headers=(_cookie(call, guard.PASS_COOKIE, text, left_s), (b"floodgate-pass", text.encode())))


async def _called_place(call: Call, ticket: Ticket, opening: Opening) -> int:
    """The ticket's place, which must be called and not have lapsed.

    Raises:
        Conflict: ``not-your-turn``, with when it is worth to come again.
        Gone: ``turn-missed``.
    """
    parts = call.parts
    if not parts.settings.admission.waiting_room:
        return _without_waiting(call, opening, ticket.number)
    document = parts.documents.document
    place = place_of(parts, document, opening.name, ticket.number)
    if place is None or place >= document.serving:
        document = await parts.documents.fresh()
        place = place_of(parts, document, opening.name, ticket.number)
    if place is None or place >= document.serving:
        raise Conflict(
            "your place is not called yet; wait until it is",
            code="not-your-turn",
            title="It is not your turn yet",
            retry_after_s=_turn_in_s(document, place),
        )
    # whoever was in before it lapsed may fetch their pass again
    if place < document.lapsed and not await parts.line.came(opening.name, place, place + 1):
        raise Gone(
            f"your place was called more than {opening.come_within_s} seconds ago; join the line again",
            code="turn-missed",
            title="Your turn is over",
        )
    return place


def _without_waiting(call: Call, opening: Opening, place: int) -> int:
    if call.now_s < opening.doors_s:
        raise Conflict(
            "the doors are not open yet; come when they are",
            code="not-your-turn",
            title="It is not your turn yet",
            retry_after_s=min(LONGEST_RETRY_S, math.ceil(opening.doors_s - call.now_s)),
        )
    return place


def _refuse(entered: Entered) -> None:
    if entered.entrance is Entrance.FULL:
        raise Unavailable(
            "all room inside is taken; your place stays called, come again in a moment",
            code="inside-full",
            title="There is no room inside",
            retry_after_s=5,
        )
    if entered.entrance is Entrance.USED:
        raise Gone(
            "this place was inside and has left; join the line again to come back",
            code="place-used-up",
            title="This place was used",
        )


def _refuse_closed(call: Call, opening: Opening) -> None:
    """Joining begins and ends by the clock: the line stays open while whoever writes the document is away."""
    begins_s = opening.prequeue_from.timestamp()
    if begins_s <= call.now_s < opening.closes_at.timestamp():
        return
    too_early = call.now_s < begins_s
    raise NotAllowed(
        "joining has not begun yet; come when it does" if too_early else "the opening is over; come to the next one",
        code="not-open",
        title="The line is not open",
        retry_after_s=min(LONGEST_RETRY_S, math.ceil(begins_s - call.now_s)) if too_early else None,
    )


def _shown_wait(document: NowServing, place: int) -> tuple[int, int, int]:
    """Estimate and range as the page shows them at this moment; zeros while nobody can tell."""
    if document.rate_per_s <= 0 or document.phase not in {"open", "paused"}:
        return 0, 0, 0
    wait_s = max(0.0, (place - document.serving) / document.rate_per_s)
    return int(wait_s), int(wait_s * document.wait_low), math.ceil(wait_s * document.wait_high)


def _turn_in_s(document: NowServing, place: int | None) -> int:
    if place is None or document.rate_per_s <= 0:
        return document.poll_s
    wait_s = (place - document.serving + 1) / document.rate_per_s * document.wait_low
    return int(min(LONGEST_RETRY_S, max(1.0, wait_s)))


def _cookie(call: Call, name: str, value: str, max_age_s: int) -> Header:
    return set_cookie(name, value, max_age_s, encrypted=call.parts.settings.environment == "production")
