"""Every answer that is no success, as problem details (RFC 9457, https://www.rfc-editor.org/rfc/rfc9457)."""

from __future__ import annotations

import re

import asyncpg
import msgspec

from app.errors import AppError, BadInput, Unavailable
from app.line.values import LineLost
from app.web.messages import Problem

_KNOWN_FIELD = re.compile(r"[a-z_]{1,40}")
_UNKNOWN_FIELD = re.compile(r"unknown field `([^`]*)`")
# msgspec quotes the value here, which may be somebody's name
_QUOTED_VALUE = re.compile(r"^Invalid enum value .*?(?= - at `\$|$)", re.DOTALL)


class Internal(AppError):
    """500: nobody meant this to happen; the log has the rest under the trace id."""


# no connection to be had, none left, or the server is starting, stopping or failing over
DATABASE_AWAY = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
)


# every code that an answer may have, with its status; docs/reference/problems.md has a heading for each
CODES = {
    "bad-input": 400,
    "bad-ticket": 400,
    "no-idempotency-key": 400,
    "not-signed-in": 401,
    "wrong-password": 401,
    "not-allowed": 403,
    "no-pass": 403,
    "not-proven": 403,
    "bad-receipt": 403,
    "cross-site": 403,
    "not-open": 403,
    "birth-digit": 403,
    "challenge-failed": 403,
    "identity-refused": 403,
    "unknown": 404,
    "wrong-method": 405,
    "not-your-turn": 409,
    "slot-gone": 409,
    "nothing-free": 409,
    "already-booked": 409,
    "holds-another": 409,
    "place-used": 409,
    "nothing-to-change": 409,
    "key-reused": 409,
    "turn-missed": 410,
    "place-used-up": 410,
    "hold-expired": 410,
    "cancelled": 410,
    "too-large": 413,
    "wrong-type": 415,
    "too-many-requests": 429,
    "identity-paused": 429,
    "headers-too-large": 431,
    "internal": 500,
    "unavailable": 503,
    "overloaded": 503,
    "busy": 503,
    "inside-full": 503,
    "line-lost": 503,
    "provider-down": 503,
}


def body_of(error: AppError) -> Problem:
    """Type, title, status and detail."""
    return Problem(f"/problems/{error.code}", error.title, error.status, error.detail)


def from_message(error: msgspec.MsgspecError | UnicodeDecodeError) -> BadInput:
    """A body that does not keep its rules: the field and the rule, never the value, which may be personal."""
    if not isinstance(error, msgspec.ValidationError):
        return BadInput("the body is no JSON in UTF-8; send one JSON object")
    text = _QUOTED_VALUE.sub("The value is none of those allowed", str(error))
    unknown = _UNKNOWN_FIELD.search(text)
    if unknown and not _KNOWN_FIELD.fullmatch(unknown[1]):
        text = "Object contains an unknown field"
    return BadInput(f"the body breaks a rule: {text}; see /openapi.json")


def from_exception(error: Exception, trace: str) -> AppError:
    """What people read of an exception: of one that nobody meant only under which trace the log has it."""
    if isinstance(error, AppError):
        return error
    if isinstance(error, LineLost):
        return line_lost()
    if isinstance(error, DATABASE_AWAY):
        return Unavailable("the database does not answer; nothing was changed by halves, come again", retry_after_s=2)
    return Internal(f"something went wrong here; nothing was changed by halves, come again or tell us trace {trace}")


def line_lost() -> AppError:
    """503: the store has lost its memory, and the controller begins the line again within seconds."""
    return Unavailable(
        "the line is being restored; every ticket keeps its number, come again in a moment",
        code="line-lost",
        retry_after_s=2,
    )
