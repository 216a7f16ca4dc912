"""Bodies of requests and answers; msgspec reads and writes them, and OpenAPI is made from them.

Bodies of requests refuse unknown keys. Times are seconds since 1970, lengths of texts are bounded here once.
"""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

DeviceKey = Annotated[
    str, Meta(pattern=r"^[A-Za-z0-9_-]{22}$", description="128 random bits, base64url, kept by the browser")
]
Name = Annotated[str, Meta(min_length=1, max_length=60)]
Phone = Annotated[str, Meta(pattern=r"^\+?[0-9 -]{8,20}$")]
BirthDate = Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
ShortText = Annotated[str, Meta(min_length=1, max_length=40)]
# as the database counts them
SlotId = Annotated[int, Meta(ge=1, le=2**63 - 1)]
ClinicId = Annotated[int, Meta(ge=1, le=2**31 - 1)]


class Request(Struct, frozen=True, forbid_unknown_fields=True):
    """A body that is sent to us."""


class Join(Request, frozen=True):
    """Take a place. `keep` is a word of the person's own (a phone number, say) that finds it on other devices."""

    device: DeviceKey
    keep: Annotated[str, Meta(min_length=6, max_length=60)] | None = None
    birth_digit: Annotated[int, Meta(ge=0, le=9)] | None = None
    challenge: Annotated[str, Meta(max_length=40)] | None = None


class Joined(Struct, frozen=True):
    """The number, and the place where it is known already; both stand in the signed ticket."""

    opening: str
    number: int
    place: int | None
    again: bool
    ticket: str


class Place(Struct, frozen=True):
    """What a ticket says, for browsers that cannot compute the draw."""

    opening: str
    number: int
    place: int | None


class Visit(Struct, frozen=True):
    """Somebody is in: until when, and whether they have proved who they are."""

    opening: str
    place: int
    until_s: int
    proven: bool


class IdentityCheck(Request, frozen=True):
    """Ask a provider who this is."""

    provider: Annotated[str, Meta(max_length=30)]
    name: Name
    birth_date: BirthDate
    phone: Phone


class Clinic(Struct, frozen=True):
    """Where one may book, and on which days it has slots at all."""

    id: int
    region: str
    name: dict[str, str]
    address: dict[str, str]
    days: list[str] = []


class Slot(Struct, frozen=True):
    """A time at a clinic, and how many units of it were free a moment ago."""

    id: int
    clinic_id: int
    starts_s: int
    free: int


class Slots(Struct, frozen=True):
    """Slots of a region on a day, as of `at_s`."""

    at_s: int
    slots: list[Slot]


class Hold(Request, frozen=True):
    """Keep a unit: of this slot, or any of a clinic on a day, or any near, in a region (on a day). Exactly one way."""

    slot_id: SlotId | None = None
    clinic_id: ClinicId | None = None
    region: ShortText | None = None
    day: BirthDate | None = None


class Held(Struct, frozen=True):
    """A unit that is kept until `until_s`."""

    hold_id: UUID
    slot_id: int
    clinic_id: int
    starts_s: int
    until_s: int


class Contact(Request, frozen=True):
    """Where to reach the person; kept encrypted."""

    phone: Phone
    email: Annotated[str, Meta(max_length=120, pattern=r"^[^@\s]+@[^@\s]+$")] | None = None


class Confirm(Request, frozen=True):
    """Turn a hold into a booking."""

    hold_id: UUID
    contact: Contact


class Booked(Struct, frozen=True):
    """A booking. The receipt opens it later, without a pass."""

    reference: str
    slot_id: int
    clinic_id: int
    starts_s: int
    state: Literal["booked", "cancelled"]
    receipt: str | None = None


class Change(Request, frozen=True):
    """Move a booking; chosen as in `Hold`."""

    slot_id: SlotId | None = None
    clinic_id: ClinicId | None = None
    region: ShortText | None = None
    day: BirthDate | None = None


class Wish(Request, frozen=True):
    """Be booked as soon as a unit is freed there."""

    region: ShortText
    contact: Contact
    clinic_id: ClinicId | None = None
    day: BirthDate | None = None


class Wished(Struct, frozen=True):
    """On the waiting list, with so many before."""

    wish_id: UUID
    ahead: int


class Drawn(Struct, frozen=True):
    """The draw of the pre-queue: what was fixed before, and, once it is done, all that is needed to repeat it."""

    opening: str
    commitment: str
    rounds: int
    prequeue: int | None = None
    secret: str | None = None


class Health(Struct, frozen=True):
    """This process is alive."""

    alive: bool = True


class Readiness(Struct, frozen=True):
    """Whether everything that a journey needs answers: ``ok`` or ``away``."""

    ready: bool
    database: Literal["ok", "away"]
    valkey: Literal["ok", "away"]


class Problem(Struct, frozen=True, omit_defaults=True):
    """A problem (RFC 9457): `type` is ``/problems/<code>``."""

    type: str
    title: str
    status: int
    detail: str
    instance: str | None = None


class SignIn(Request, frozen=True):
    """An operator."""

    name: Annotated[str, Meta(max_length=40)]
    password: Annotated[str, Meta(max_length=200)]


class Action(Request, frozen=True):
    """What an operator asks for.

    `share` of the nominal rate goes with ``slow``, `texts` by language with ``announce``, `provider` and `open` with
    ``provider``.
    """

    do: Literal["pause", "resume", "slow", "announce", "provider"]
    share: Annotated[float, Meta(gt=0, le=1)] | None = None
    texts: dict[Annotated[str, Meta(max_length=5)], Annotated[str, Meta(max_length=280)]] | None = None
    provider: Annotated[str, Meta(max_length=30)] | None = None
    open: bool | None = None
