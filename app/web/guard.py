"""What a route needs is checked here, on the server, at every request: there is no other way around the line.

A pass counts only beside the ticket it was given for, for an opening that is in service, until the visit ends, and for
a place that this ticket can have. Nothing that a client can write besides opens anything: no address, no header but
those two, no path (the guard belongs to the route, not to what the path looks like).
"""

from __future__ import annotations

import re
from collections.abc import Callable

from app.errors import BadInput, NoPass, NotAllowed, NotSignedIn
from app.line.passes import Pass, bound
from app.line.tickets import Ticket
from app.opening import Opening, current
from app.reservations.values import Who
from app.web.parts import Parts
from app.web.places import place_of
from app.web.routing import Call, Need
from app.web.wire import cookie

TICKET_COOKIE = "fg_ticket"
PASS_COOKIE = "fg_pass"  # noqa: S105  a name
OPERATOR_COOKIE = "fg_operator"
TICKET_HEADER = "floodgate-ticket"
PASS_HEADER = "floodgate-pass"  # noqa: S105  a name
RECEIPT_HEADER = "floodgate-receipt"
KEY_HEADER = "idempotency-key"

_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")


def check(call: Call) -> None:
    """Check everything that the call's route needs, and note what was shown.

    Raises:
        BadInput: ``bad-ticket``, ``no-idempotency-key``, or a doubled cookie.
        NoPass: no pass, or one that does not count here and now.
        NotAllowed: ``not-proven``, or ``bad-receipt``.
        NotSignedIn: no operator.
    """
    for need in call.route.needs:
        _CHECKS[need](call)
    if call.route.idempotent:
        call.key = _idempotency_key(call)


def in_service(openings: tuple[Opening, ...], now_s: float) -> dict[str, Opening]:
    """Openings whose people may act: the current one, and one that has closed while visits of it can still last."""
    now = current(openings, now_s)
    return {
        opening.name: opening
        for opening in openings
        if opening is now or 0 <= now_s - opening.closes_at.timestamp() < opening.inside_s
    }


def _public(call: Call) -> None:
    call.opening = call.parts.documents.opening()


def _ticket(call: Call) -> None:
    text = shown(call, TICKET_HEADER, TICKET_COOKIE)
    if text is None:
        raise BadInput("there is no ticket; join the line first", code="bad-ticket")
    _take_ticket(call, text)


def _take_ticket(call: Call, text: str) -> None:
    ticket = call.parts.tickets.read(text, call.now_s)
    call.opening = _opening(call.parts, ticket.opening, call.now_s)
    if call.opening is None:
        raise BadInput("the ticket is for another opening; join the line of this one", code="bad-ticket")
    call.ticket = ticket


def _pass(call: Call) -> None:
    text = shown(call, PASS_HEADER, PASS_COOKIE)
    if text is None:
        raise NoPass("there is no pass; wait until your place is called")
    visit = call.parts.passes.read(text, call.now_s)
    ticket_text = shown(call, TICKET_HEADER, TICKET_COOKIE)
    if ticket_text is None:
        raise NoPass("the pass came without its ticket; send both")
    ticket = _ticket_of_pass(call, ticket_text)
    if not bound(visit, ticket_text) or visit.opening != ticket.opening:
        raise NoPass("the pass belongs to another ticket; use the one that was given for yours")
    opening = _opening(call.parts, visit.opening, call.now_s)
    if opening is None:
        raise NoPass("the pass is for another opening; join the line of this one")
    _refuse_impossible_places(call, visit, ticket, opening)
    call.visit, call.ticket, call.opening = visit, ticket, opening


def _ticket_of_pass(call: Call, text: str) -> Ticket:
    try:
        return call.parts.tickets.read(text, call.now_s)
    except BadInput as error:
        raise NoPass("the ticket beside the pass is not one of ours, or too old; join the line again") from error


def _refuse_impossible_places(call: Call, visit: Pass, ticket: Ticket, opening: Opening) -> None:
    """A pass of ours holds the place of its ticket; whoever finds out how to get another gets nowhere with it.

    Fail-open: before the draw is known here nothing can be compared, and people inside go on.
    """
    known = place_of(call.parts, call.parts.documents.document, opening.name, ticket.number)
    if known is not None and known != visit.place:
        raise NoPass("the pass does not fit the ticket's place; use the one that was given for yours")


def _proven(call: Call) -> None:
    _pass(call)
    visit = call.visit
    assert visit is not None, "the pass was checked"
    if not visit.proven:
        raise NotAllowed(
            "it is not proved yet who you are; check your identity first", code="not-proven", title="Identity is needed"
        )
    call.who = Who(visit.opening, visit.place, visit.person)


def _visit(call: Call) -> None:
    """A ticket, or a pass alone: whoever leaves may have lost one of both."""
    text = shown(call, TICKET_HEADER, TICKET_COOKIE)
    if text is not None:
        _take_ticket(call, text)
        return
    text = shown(call, PASS_HEADER, PASS_COOKIE)
    if text is None:
        raise BadInput("there is neither ticket nor pass; you are in no line", code="bad-ticket")
    call.visit = call.parts.passes.read(text, call.now_s)
    call.opening = _opening(call.parts, call.visit.opening, call.now_s)
    if call.opening is None:
        raise NoPass("the pass is for another opening")


def _receipt(call: Call) -> None:
    text = call.headers.get(RECEIPT_HEADER)
    if text is None:
        raise NotAllowed(
            "there is no receipt; send the one that came with the booking in the header Floodgate-Receipt",
            code="bad-receipt",
        )
    receipt = call.parts.receipts.read(text, call.now_s)
    if receipt.reference != call.path.get("reference"):
        raise NotAllowed("the receipt is for another booking; use the one that came with this", code="bad-receipt")
    if call.who is not None and call.who.opening != receipt.opening:
        raise NotAllowed("the receipt is for another opening than the pass; a booking moves within its own")
    known = {opening.name: opening for opening in call.parts.settings.openings}
    call.opening = known.get(receipt.opening)
    call.receipt = receipt


def _operator(call: Call) -> None:
    text = cookie(call.headers, OPERATOR_COOKIE)
    if text is None:
        raise NotSignedIn("no operator is signed in; sign in at /operator/")
    call.operator = call.parts.operators.signed_in(text, call.now_s)
    call.opening = call.parts.documents.opening()


_CHECKS: dict[Need, Callable[[Call], None]] = {
    Need.PUBLIC: _public,
    Need.TICKET: _ticket,
    Need.VISIT: _visit,
    Need.PASS: _pass,
    Need.PROVEN: _proven,
    Need.RECEIPT: _receipt,
    Need.OPERATOR: _operator,
}


def shown(call: Call, header: str, cookie_name: str) -> str | None:
    """What was shown: in the header where there is one, else in the cookie."""
    return call.headers.get(header) or cookie(call.headers, cookie_name)


def _opening(parts: Parts, name: str, now_s: float) -> Opening | None:
    return in_service(parts.settings.openings, now_s).get(name)


def _idempotency_key(call: Call) -> str:
    key = call.headers.get(KEY_HEADER)
    if key is None:
        raise BadInput(
            "the request has no Idempotency-Key, but a change needs one, so that a repetition changes nothing again; "
            "send a new one with every change and the same one with its repetition",
            code="no-idempotency-key",
        )
    if not _KEY.fullmatch(key):
        raise BadInput("Idempotency-Key must be 1 to 64 letters, digits, - or _; send a random one")
    return key
