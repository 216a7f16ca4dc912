"""Every answer that is no success, as problem details (RFC 9457, https://www.rfc-editor.org/rfc/rfc9457)."""

from __future__ import annotations

import re

import msgspec

from app.errors import AppError, BadInput, Unavailable
from app.line.values import LineLost
from app.web.messages import Problem

CONTENT_TYPE = b"application/problem+json"
_KNOWN_FIELD = re.compile(r"[a-z_]{1,40}")
_UNKNOWN_FIELD = re.compile(r"unknown field `([^`]*)`")
# msgspec quotes the value here, which may be somebody's name
_QUOTED_VALUE = re.compile(r"^Invalid enum value .*?(?= - at `\$|$)", re.DOTALL)


class Internal(AppError):
    """500: nobody meant this to happen; the log has the rest under the trace id."""


def encoded(error: AppError) -> bytes:
    """The body: type, title, status and detail."""
    return msgspec.json.encode(Problem(f"/problems/{error.code}", error.title, error.status, error.detail))


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
    return Internal(f"something went wrong here; nothing was changed by halves, come again or tell us trace {trace}")


def line_lost() -> AppError:
    """503: the store has lost its memory, and the controller begins the line again within seconds."""
    return Unavailable(
        "the line is being restored; every ticket keeps its number, come again in a moment",
        code="line-lost",
        retry_after_s=2,
    )
