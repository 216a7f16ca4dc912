"""The public document ``/queue/now-serving.json``: the same for everybody, so that any cache may keep it."""

from __future__ import annotations

from typing import Literal

import msgspec

Phase = Literal["before", "prequeue", "open", "paused", "closed"]
Light = Literal["green", "amber", "red"]


class Draw(msgspec.Struct, frozen=True, omit_defaults=True):
    """The draw: the hash of its secret from the beginning, secret and size once it is done (`app.line.draw`)."""

    commitment: str
    prequeue: int | None = None
    secret: str | None = None


class ProviderLight(msgspec.Struct, frozen=True):
    """One identity provider: what people read, how well it answers, and whether an operator closed it.

    Workers learn from `closed` whom they must not ask; a red light alone tells them nothing, for it may be their own.
    """

    name: str
    title: dict[str, str]
    light: Light
    closed: bool = False


class NowServing(msgspec.Struct, frozen=True):
    """All that a waiting page needs to know; times are seconds since 1970.

    Attributes:
        opening: its name.
        title: what people read, by language.
        phase: ``before`` nobody may join yet; ``prequeue`` joining, doors closed; ``open``; ``paused`` by an
            operator or because something is away; ``closed`` nobody is called any more.
        at_s: when this was true; pages show the age where it is old.
        doors_s: the doors.
        closes_s: the end.
        zone: in which people read times.
        joined: numbers given.
        serving: places below are called.
        lapsed: places below have lost their turn.
        rate_per_s: places called a second, lately.
        wait_low: the shown wait is (place - serving) / rate_per_s, times this at least ...
        wait_high: ... and this at most.
        poll_s: ask again after this, with jitter.
        draw: of the pre-queue.
        challenge_bits: what a join must find; 0 nothing.
        birth_digits: who may book tonight; empty for everybody.
        providers: identity providers.
        announcement: of the operators, by language; empty for none.
        prequeue_s: when joining begins; 0 where it is not told.
        come_within_s: seconds after being called in which a place must be used; 0 where it is not told.
    """

    opening: str
    title: dict[str, str]
    phase: Phase
    at_s: int
    doors_s: int
    closes_s: int
    zone: str
    joined: int
    serving: int
    lapsed: int
    rate_per_s: float
    wait_low: float
    wait_high: float
    poll_s: int
    draw: Draw
    challenge_bits: int = 0
    birth_digits: tuple[int, ...] = ()
    providers: tuple[ProviderLight, ...] = ()
    announcement: dict[str, str] = {}
    prequeue_s: int = 0
    come_within_s: int = 0
