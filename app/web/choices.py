"""From what people send to what reservations take: exactly one way to choose, days that exist, names that are names."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from app.errors import BadInput, Unknown
from app.reservations.values import Choice
from app.web.messages import Change, Hold, Wish


def choice_of(body: Hold | Change) -> Choice:
    """The unit that is wanted.

    Raises:
        BadInput: not exactly one of slot, clinic and region, a day beside a slot, or a day that does not exist.
    """
    ways = [way for way in (body.slot_id, body.clinic_id, body.region) if way is not None]
    if len(ways) != 1:
        raise BadInput(f"{len(ways)} of slot_id, clinic_id and region are given, but exactly one says what is wanted")
    if body.slot_id is not None and body.day is not None:
        raise BadInput("day is given beside slot_id, but a slot has its day already; leave it out")
    return Choice(body.slot_id, body.clinic_id, body.region, body.day and day_of(body.day))


def wished(body: Wish) -> Choice:
    """What somebody waits for: a clinic where one is named, else anything of the region.

    Raises:
        BadInput: the day does not exist.
    """
    day = body.day and day_of(body.day)
    return Choice(clinic_id=body.clinic_id, day=day) if body.clinic_id else Choice(region=body.region, day=day)


def day_of(text: str) -> str:
    """A day of the calendar.

    Raises:
        BadInput: there is no such day.
    """
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.isoformat() != text:
        raise BadInput("day is no day of the calendar; write one such as 2027-08-20")
    return text


def uuid_of(text: str, what: str) -> UUID:
    """The name of a hold or a wish.

    Raises:
        Unknown: no such thing has a name like that.
    """
    try:
        return UUID(text)
    except ValueError:
        raise Unknown(f"there is no such {what}; use the name that came with it") from None
