"""What the database's functions answer when they refuse, as the errors that people get."""

from __future__ import annotations

from app.errors import AppError, Conflict, Gone, Unknown

_CONFLICTS = {
    "slot-gone": (
        "This slot is taken",
        "the slot has no free unit, and none that may become free at this moment; choose another",
    ),
    "nothing-free": ("Nothing is free there", "no unit is free there; choose another day or region, or leave a wish"),
    "already-booked": (
        "There is a booking already",
        "a person may have one booking of this opening; change it or cancel it first",
    ),
    "holds-another": (
        "This place holds another unit",
        "another person keeps a unit with the same place in the line; confirm or give back that one first",
    ),
    "place-used": (
        "This place has been used",
        "another person has booked with the same place in the line; join anew for a place of your own",
    ),
    "nothing-to-change": (
        "There is nothing to change",
        "the booking is what was chosen already; choose another slot, clinic, day or region",
    ),
    "key-reused": (
        "The idempotency key was used for something else",
        "a key stands for one request; send a new one with a new request",
    ),
}
_GONE = {
    "hold-expired": (
        "The hold is over",
        "a hold lasts for a limited time and has been given to somebody else; choose again",
    ),
    "was-cancelled": ("The booking is cancelled", "a cancelled booking cannot be changed; book anew"),
}
_UNKNOWN = "there is no such slot, clinic, region or booking in this opening; choose from the list"


def refusal(code: str) -> AppError:
    """The error that belongs to a code."""
    if code in _CONFLICTS:
        title, detail = _CONFLICTS[code]
        return Conflict(detail, code=code, title=title)
    if code in _GONE:
        title, detail = _GONE[code]
        # "cancelled" is what cancelling answers
        return Gone(detail, code=code.removeprefix("was-"), title=title)
    assert code == "unknown", f"the database answered {code}, which is no known answer"
    return Unknown(_UNKNOWN)
