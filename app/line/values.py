"""What the line's parts tell one another, as frozen values.

A person's *number* counts joins from 0, in order of arrival. Their *place* is where they stand: for numbers of the
pre-queue the draw decides it, later ones stand at their number. Places below `serving` are called; those below
`lapsed` were called too long ago.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Joined:
    """The number somebody has, and whether they had it already."""

    number: int
    again: bool


class Entrance(StrEnum):
    """What happens to somebody at the door."""

    NEW = "new"  # in, for the first time
    AGAIN = "again"  # inside already; the second device, or an answer that was lost
    FULL = "full"  # the cap on people inside is reached; the place stays called
    USED = "used"  # was inside and has left


@dataclass(frozen=True, slots=True)
class Entered:
    """The answer at the door; `until_s` is the end of the visit for NEW and AGAIN, else 0."""

    entrance: Entrance
    until_s: float


@dataclass(frozen=True, slots=True)
class LineState:
    """The line of one opening, as the store has it.

    Attributes:
        joined: numbers given so far.
        prequeue: how many of them stood before the doors; None until the draw.
        serving: places below are called.
        lapsed: places below have lost their turn.
        inside: people inside.
        left: visits ended since the line exists, by leaving or by time.
        entered: places used since the line exists.
    """

    joined: int
    prequeue: int | None
    serving: int
    lapsed: int
    inside: int
    left: int
    entered: int


class LineLost(Exception):
    """The store does not know this line: it has lost its memory, or the line was never begun.

    Nobody gets a number until the controller has begun it again from the last checkpoint (`app.admission`).
    """
