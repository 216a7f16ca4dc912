"""Whether a draw is what was promised: pure functions over the public ``/queue/draw.json``."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Any

import msgspec

from app.line import draw

# half a minute's work for `--everybody`; a larger pre-queue has never been seen
MOST_PEOPLE = 5_000_000


class BadDocument(ValueError):
    """The document or the number is not what a draw can be verified with; the text says why."""


class NotAsPromised(Exception):
    """The draw does not keep what was published before it; the text says where."""


class _Document(msgspec.Struct, frozen=True):
    opening: str
    commitment: str
    prequeue: int | None = None
    secret: str | None = None
    rounds: int = draw.ROUNDS


def verify_draw(document: Mapping[str, Any], number: int | None = None, *, everybody: bool = False) -> list[str]:
    """Repeat a draw.

    Args:
        document: what ``/queue/draw.json`` says, decoded.
        number: whose place is wanted; None for nobody's.
        everybody: also compute all places, and check that each is given once.

    Returns:
        Lines to be read by people.

    Raises:
        BadDocument: it is no such document, the draw is not done yet, or nobody has this number.
        NotAsPromised: the secret is not the one that was promised, or a place is given twice.
    """
    told, prequeue, secret = _read(document)
    found = draw.commitment(secret)
    if not hmac.compare_digest(found, told.commitment.lower()):
        raise NotAsPromised(
            f"the secret's SHA-256 is {found}, but {told.commitment} was promised: this is not the draw that was fixed"
        )
    seed = draw.seed(told.opening, prequeue, secret)
    lines = [
        f"Opening      {told.opening}",
        f"Commitment   {told.commitment}: the secret's SHA-256, as promised",
        f"Pre-queue    {prequeue} people",
        f"Seed         {seed.hex()}",
    ]
    if everybody:
        lines.append(_everybody(seed, prequeue))
    if number is not None:
        lines.append(_one(seed, prequeue, number))
    return lines


def _read(document: Mapping[str, Any]) -> tuple[_Document, int, bytes]:
    try:
        told = msgspec.convert(document, _Document)
    except msgspec.ValidationError as error:
        raise BadDocument(f"this is no draw.json ({error}); take the one of /queue/draw.json") from error
    if told.secret is None or told.prequeue is None:
        raise BadDocument("the draw is not done yet, its secret is not public; come again after the doors")
    if told.rounds != draw.ROUNDS:
        raise BadDocument(
            f"the draw has {told.rounds} rounds, but this program knows {draw.ROUNDS}; use its own program"
        )
    if not 0 <= told.prequeue <= MOST_PEOPLE:
        raise BadDocument(
            f"the pre-queue has {told.prequeue} people, but must have 0 to {MOST_PEOPLE}; take the right file"
        )
    try:
        return told, told.prequeue, bytes.fromhex(told.secret)
    except ValueError as error:
        raise BadDocument(
            "the secret is not written in hexadecimal digits; take the file as it was published"
        ) from error


def _everybody(seed: bytes, prequeue: int) -> str:
    if sorted(draw.places(seed, prequeue)) != list(range(prequeue)):
        raise NotAsPromised("a place is given twice: this is no permutation")
    return f"Everybody    the {prequeue} places are each given once"


def _one(seed: bytes, prequeue: int, number: int) -> str:
    if number < 0:
        raise BadDocument(f"the number is {number}, but numbers count from 0; give the one of the waiting page")
    place = draw.place(seed, number, prequeue)
    how = "drawn" if number < prequeue else "came after the doors, so the place is the number"
    return f"Number {number}: place {place} ({how}); {place} people stand before it"
