"""The pass: somebody whose turn has come may book until it ends. It counts only beside the ticket it was given for."""

from __future__ import annotations

import hmac
import struct
from dataclasses import dataclass

from app.errors import NoPass
from app.keys import Keys
from app.line.signing import BadSignature, Signer
from app.line.tickets import TICKET_TAG_BYTES, tag

PERSON_BYTES = 16
NOBODY = bytes(PERSON_BYTES)
_PASS = struct.Struct(f">II{TICKET_TAG_BYTES}s{PERSON_BYTES}s")


@dataclass(frozen=True, slots=True)
class Pass:
    """Admission of one place of one opening.

    Attributes:
        opening: its name.
        place: that was called.
        until_s: end of the visit, in seconds since 1970.
        ticket: tag of the ticket it belongs to (`app.line.tickets.tag`).
        person: keyed hash of the identity; `NOBODY` until it is proved.
    """

    opening: str
    place: int
    until_s: int
    ticket: bytes
    person: bytes = NOBODY

    @property
    def proven(self) -> bool:
        """Whether it is proved who this is."""
        return self.person != NOBODY


class Passes:
    """Issues and reads passes."""

    def __init__(self, keys: Keys) -> None:
        self._signer = Signer(keys, "pass")

    def issue(self, visit: Pass, now_s: float) -> str:
        """The pass's text, of some 85 characters."""
        said = _PASS.pack(visit.place, visit.until_s, visit.ticket, visit.person)
        return self._signer.sign(said + visit.opening.encode(), now_s)

    def read(self, text: str, now_s: float) -> Pass:
        """What a pass says; the caller checks that it is `bound` to the ticket beside it.

        Raises:
            NoPass: it is not one of ours, or the visit is over.
        """
        try:
            said = self._signer.open(text, now_s)
            place, until_s, ticket, person = _PASS.unpack_from(said)
            opening = said[_PASS.size :].decode()
        except (BadSignature, struct.error, UnicodeDecodeError) as error:
            raise NoPass("the pass is not one of ours; wait until your place is called") from error
        if until_s <= now_s:
            raise NoPass("the time inside is over; join the line again to come back")
        return Pass(opening, place, until_s, ticket, person)


def bound(visit: Pass, ticket: str) -> bool:
    """Whether a pass was given for exactly this ticket, which the caller has read and found valid."""
    return hmac.compare_digest(visit.ticket, tag(ticket))
