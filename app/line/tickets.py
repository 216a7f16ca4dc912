"""The ticket: a person's number in the line, signed, so that it outlives the store's memory."""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass

from app.errors import BadInput
from app.keys import Keys
from app.line.signing import BadSignature, Signer

DEVICE_TAG_BYTES = 8
TICKET_TAG_BYTES = 8
_TICKET = struct.Struct(f">IIIII{DEVICE_TAG_BYTES}s")


@dataclass(frozen=True, slots=True)
class Ticket:
    """A place in the line of one opening.

    Attributes:
        opening: its name.
        number: counts joins from 0; `app.line.draw` makes a place of it.
        joined_s: when, in seconds since 1970.
        wait_s: the wait that was estimated then, in seconds; 0 where none could be.
        wait_low_s: the wait that was shown then, at least ...
        wait_high_s: ... and at most.
        device: first 8 bytes of the device's alias (`app.line.aliases`).
    """

    opening: str
    number: int
    joined_s: int
    wait_s: int = 0
    wait_low_s: int = 0
    wait_high_s: int = 0
    device: bytes = bytes(DEVICE_TAG_BYTES)


class Tickets:
    """Issues and reads tickets. They count on the day of joining and on the next one (UTC)."""

    def __init__(self, keys: Keys) -> None:
        self._signer = Signer(keys, "ticket")

    def issue(self, ticket: Ticket, now_s: float) -> str:
        """The ticket's text, of some 80 characters."""
        numbers = (ticket.number, ticket.joined_s, ticket.wait_s, ticket.wait_low_s, ticket.wait_high_s)
        return self._signer.sign(_TICKET.pack(*numbers, ticket.device) + ticket.opening.encode(), now_s)

    def read(self, text: str, now_s: float) -> Ticket:
        """What a ticket says.

        Raises:
            BadInput: ``bad-ticket``, for whatever is wrong with it.
        """
        try:
            said = self._signer.open(text, now_s)
            number, joined_s, wait_s, low_s, high_s, device = _TICKET.unpack_from(said)
            opening = said[_TICKET.size :].decode()
        except (BadSignature, struct.error, UnicodeDecodeError) as error:
            raise BadInput(
                "the ticket is not one of ours, or too old; join the line again", code="bad-ticket"
            ) from error
        return Ticket(opening, number, joined_s, wait_s, low_s, high_s, device)


def tag(ticket: str) -> bytes:
    """The 8 bytes by which a pass knows its ticket."""
    return hashlib.sha256(ticket.encode(errors="replace")).digest()[:TICKET_TAG_BYTES]
