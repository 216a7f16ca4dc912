"""Who somebody says they are, in one form however it was written, and the keyed hash that stands for them.

The hash is all that the service keeps. What was typed goes to the chosen provider and nowhere else: `Claims` and
`Person` do not show it when they are printed.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from dataclasses import dataclass, field
from datetime import date

from app.errors import BadInput
from app.identity.rotation import birth_digit
from app.keys import Keys
from app.web.messages import IdentityCheck

HOME = "82"  # numbers without a country are Korean
LEAST_DIGITS = 8
MOST_DIGITS = 15  # ITU-T E.164
EARLIEST = date(1900, 1, 1)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom a provider knows.

    Attributes:
        id: 16 bytes that stand for this person within one opening.
        birth_digit: last digit of the day of birth.
    """

    id: bytes = field(repr=False)
    birth_digit: int


@dataclass(frozen=True, slots=True)
class Claims:
    """What somebody typed, cleaned: what a provider is sent.

    Attributes:
        name: as written, in Unicode's composed form and with single blanks.
        born: day of birth.
        phone: with its country, ``+821012345678``.
    """

    name: str = field(repr=False)
    born: date = field(repr=False)
    phone: str = field(repr=False)

    @property
    def birth_digit(self) -> int:
        """Last digit of the day of birth."""
        return birth_digit(self.born)

    @property
    def canonical(self) -> bytes:
        """The same bytes however the same things were written."""
        return "\x1f".join((_folded(self.name), self.born.isoformat(), self.phone)).encode()


def claims(asked: IdentityCheck, today: date) -> Claims:
    """Clean what was typed.

    Raises:
        BadInput: a name without letters, a day that is none or lies ahead, or a number that is too short or too long.
            What was typed is not repeated.
    """
    return Claims(_name(asked.name), _born(asked.birth_date, today), canonical_phone(asked.phone))


def person(keys: Keys, opening: str, who: Claims) -> Person:
    """The person that these claims name: HMAC-SHA256 with a key of the opening, so two openings share no numbers."""
    return Person(_tag(keys, opening, b"claims", who.canonical), who.birth_digit)


def subject(keys: Keys, opening: str, who: Claims, given: str) -> Person:
    """The person whom the provider itself names.

    Some providers give one lasting number for each human being (in Korea the "CI", the same from every provider). It
    is the better name: a second phone or another spelling does not make a second person of it.
    """
    return Person(_tag(keys, opening, b"subject", given.encode()), who.birth_digit)


def canonical_phone(text: str) -> str:
    """A phone number with its country: ``010-1234-5678`` and ``+82 (0)10 1234 5678`` are the same.

    Raises:
        BadInput: fewer than 8 digits or more than 15, or a country that begins with 0.
    """
    number = "".join(sign for sign in unicodedata.normalize("NFKC", text) if sign in "0123456789")
    if number.startswith("00"):
        number = number[2:]
    elif number.startswith("0"):
        number = HOME + number
    if number.startswith(HOME):
        # the 0 of the national form is written along by many: +82 (0)10
        number = HOME + number.removeprefix(HOME).lstrip("0")
    # no country's code begins with 0
    if number.startswith("0") or not LEAST_DIGITS <= len(number) <= MOST_DIGITS:
        raise BadInput(
            f"the phone number is none, with its country it has {LEAST_DIGITS} to {MOST_DIGITS} digits; "
            "write it such as 010-1234-5678"
        )
    return f"+{number}"


def _name(text: str) -> str:
    if any(unicodedata.category(sign) == "Cs" for sign in text):
        raise BadInput("the name has half a character, which no text may hold; type it again")
    printable = "".join(" " if unicodedata.category(sign) == "Cc" else sign for sign in text)
    written = " ".join(unicodedata.normalize("NFKC", printable).split())
    if not _folded(written):
        raise BadInput("the name has no letters; write it as in your papers")
    return written


def _folded(name: str) -> str:
    # compatibility caseless match: The Unicode Standard, section 3.13, D146
    text = unicodedata.normalize("NFD", name).casefold()
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(sign for sign in text if unicodedata.category(sign)[0] in "LMN")


def _born(text: str, today: date) -> date:
    try:
        born = date.fromisoformat(text)
    except ValueError:
        raise BadInput("the date of birth is no day of the calendar; write it as 1990-03-25") from None
    if not EARLIEST <= born <= today:
        raise BadInput(f"the date of birth lies ahead or before {EARLIEST.year}; write it as 1990-03-25")
    return born


def _tag(keys: Keys, opening: str, kind: bytes, value: bytes) -> bytes:
    return hmac.digest(keys.derive(f"person/{opening}"), kind + b"\x1f" + value, hashlib.sha256)[:16]
