"""Routes of the operators' console; `ROUTES` belongs into the table of `app.web.routes`."""

from __future__ import annotations

from dataclasses import asdict

from app.errors import BadInput
from app.operators.messages import ControlsState, Entries, OperatorState, SignedIn
from app.operators.sessions import Session
from app.web.guard import OPERATOR_COOKIE
from app.web.headers import Header, set_cookie
from app.web.messages import Action, SignIn
from app.web.routing import Answer, Call, Need, Query, Route
from app.web.wire import cookie, network_of

MOST_ENTRIES = 200


async def sign_in(call: Call) -> Answer:
    """Begin a session."""
    assert isinstance(call.body, SignIn), "the route says so"
    session = await call.parts.operators.sign_in(call.body, network_of(call.address), call.now_s)
    return Answer(SignedIn(session.name, session.until_s), headers=(_cookie(call, session),))


async def sign_out(call: Call) -> Answer:
    """End the session, everywhere."""
    await call.parts.operators.sign_out(await _session(call))
    return Answer(status=204, headers=(_set_cookie(call, "", 0),))


async def state(call: Call) -> Answer:
    """All that the console shows."""
    session = await _session(call)
    shown = await call.parts.operators.state(session.name, call.parts.documents.document, call.now_s)
    return Answer(shown, headers=_kept_alive(call, session))


async def act(call: Call) -> Answer:
    """Do what an operator asks for."""
    assert isinstance(call.body, Action), "the route says so"
    assert call.opening is not None, "the guard finds it"
    session = await _session(call)
    controls = await call.parts.operators.act(call.opening.name, session.name, call.body)
    return Answer(ControlsState(**asdict(controls)), headers=_kept_alive(call, session))


async def audit(call: Call) -> Answer:
    """What operators did."""
    session = await _session(call)
    before = _number(call, "before", 2**63 - 1)
    limit = _number(call, "limit", MOST_ENTRIES) or MOST_ENTRIES
    return Answer(await call.parts.operators.entries(before, limit), headers=_kept_alive(call, session))


async def _session(call: Call) -> Session:
    # the guard has read it; whether it was signed out elsewhere, only the store knows
    return await call.parts.operators.session_of(cookie(call.headers, OPERATOR_COOKIE) or "", call.now_s)


def _kept_alive(call: Call, session: Session) -> tuple[Header, ...]:
    longer = call.parts.operators.longer(session, call.now_s)
    return (_cookie(call, longer),) if longer else ()


def _cookie(call: Call, session: Session) -> Header:
    text = call.parts.operators.issue(session, call.now_s)
    return _set_cookie(call, text, max(1, session.until_s - int(call.now_s)))


def _set_cookie(call: Call, text: str, max_age_s: int) -> Header:
    encrypted = call.parts.settings.environment == "production"
    return set_cookie(OPERATOR_COOKIE, text, max_age_s, encrypted=encrypted, same_site="Strict")


def _number(call: Call, name: str, most: int) -> int | None:
    text = call.query.get(name)
    if text is None:
        return None
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0
    if not 1 <= number <= most:
        raise BadInput(f"{name} must be a whole number from 1 to {most}; leave it out or write one")
    return number


PUBLIC, OPERATOR = (Need.PUBLIC,), (Need.OPERATOR,)
ENTRY = {"type": "integer", "minimum": 1, "maximum": 2**63 - 1}
COUNT = {"type": "integer", "minimum": 1, "maximum": MOST_ENTRIES}

ROUTES = (
    Route(
        "POST",
        "/operator/api/session",
        PUBLIC,
        sign_in,
        "Sign in as an operator",
        body=SignIn,
        answer=SignedIn,
        problems=("wrong-password", "too-many-requests", "unavailable"),
    ),
    Route(
        "DELETE",
        "/operator/api/session",
        OPERATOR,
        sign_out,
        "Sign out, everywhere",
        status=204,
        problems=("unavailable",),
    ),
    Route("GET", "/operator/api/state", OPERATOR, state, "All that the console shows", answer=OperatorState),
    Route(
        "POST",
        "/operator/api/actions",
        OPERATOR,
        act,
        "Pause, resume, slow down, announce, close or open a provider; written to the audit trail",
        body=Action,
        answer=ControlsState,
        problems=("unavailable",),
    ),
    Route(
        "GET",
        "/operator/api/audit",
        OPERATOR,
        audit,
        "What operators did, the last first",
        answer=Entries,
        query=(
            Query("before", ENTRY, required=False, description="Only entries older than this one"),
            Query("limit", COUNT, required=False, description="At most so many"),
        ),
        problems=("unavailable",),
    ),
)
