"""One table of routes, from which routing, the guard, OpenAPI's security and the test of every way in are made.

Each route declares what it needs, and there is no default: a route without a declaration cannot be written. A handler
takes a `Call`, in which everything it has declared is checked and decoded already, and gives an `Answer`, or raises an
`app.errors.AppError`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import msgspec

from app.errors import BadInput
from app.opening import Opening
from app.reservations.values import Who

if TYPE_CHECKING:
    from app.line.passes import Pass
    from app.line.receipts import Receipt
    from app.line.tickets import Ticket
    from app.web.parts import Parts


class Need(StrEnum):
    """What somebody must show before a handler sees the request; `app.web.guard` checks it."""

    PUBLIC = "public"  # nothing
    TICKET = "ticket"  # a place in the line of the current opening
    VISIT = "visit"  # a ticket, or a pass: for leaving
    PASS = "pass"  # noqa: S105  a ticket, and a pass that is bound to it
    PROVEN = "proven"  # the same, and who it is has been proved
    RECEIPT = "receipt"  # the receipt of the booking in the path
    OPERATOR = "operator"  # an operator's session


class Load(StrEnum):
    """Who is refused first when there is too much to do; see `app.web.shedding`."""

    ALWAYS = "always"  # never refused: health
    INSIDE = "inside"  # people who are in, and operators
    JOINING = "joining"  # people who come
    LOOKING = "looking"  # polls and pages


@dataclass(slots=True)
class Call:
    """One request, checked: what its route has not declared is None or empty.

    Attributes:
        parts: of this worker.
        route: that was asked for.
        now_s: when the request came.
        address: the client's address.
        headers: by name in lower case; of a doubled one the first.
        path: values of the path's variables.
        query: values of the query.
        body: decoded to the route's `body`.
        opening: the one of the ticket, pass or receipt, else the current one.
        ticket: read and valid.
        visit: the pass, read, valid and bound to the ticket.
        who: somebody inside, proven.
        receipt: read, and of the booking in the path.
        operator: name of the operator who is signed in.
        key: the idempotency key.
    """

    parts: Parts
    route: Route
    now_s: float
    address: str
    headers: dict[str, str]
    path: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    body: Any = None
    opening: Opening | None = None
    ticket: Ticket | None = None
    visit: Pass | None = None
    who: Who | None = None
    receipt: Receipt | None = None
    operator: str | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back; `body` is a Struct (or what msgspec can write), or bytes that are JSON already."""

    body: Any = None
    status: int = 200
    headers: tuple[tuple[bytes, bytes], ...] = ()


Handler = Callable[[Call], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Query:
    """One value of the query: its name, the JSON schema of its text, and whether it must be there."""

    name: str
    schema: dict[str, Any]
    required: bool
    description: str

    def check(self, text: str | None) -> None:
        """Accept a value; what it means is the handler's matter.

        Raises:
            BadInput: it is missing, too short or too long.
        """
        if text is None:
            if self.required:
                raise BadInput(f"the query has no {self.name}, which is needed; add it")
            return
        least, most = self.schema.get("minLength", 0), self.schema.get("maxLength", len(text))
        if not least <= len(text) <= most:
            raise BadInput(f"{self.name} has {len(text)} characters, but must have {least} to {most}; change it")


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one path.

    Attributes:
        method: in capitals.
        path: with variables in braces, ``/api/holds/{hold_id}``.
        needs: all of them are checked; at least one, `Need.PUBLIC` where nothing is needed.
        handler: what answers.
        summary: one line for the API's description.
        load: who is refused first when there is too much to do.
        body: what the request's JSON is decoded to; None for requests without a body.
        answer: what the answer's JSON is made of; None for an empty one.
        status: of success.
        other_status: of an answer of the same kind that says no.
        idempotent: whether the header `Idempotency-Key` is needed.
        query: what the query may hold; anything else is refused.
        problems: codes that it may answer beside those of its needs.
        cache_control: of success.
        counts_latency: whether it is a step of the booking: it wants the database, and its latency is reported.
    """

    method: str
    path: str
    needs: tuple[Need, ...]
    handler: Handler
    summary: str
    load: Load = Load.INSIDE
    body: type[msgspec.Struct] | None = None
    answer: Any = None
    status: int = 200
    other_status: int | None = None
    idempotent: bool = False
    query: tuple[Query, ...] = ()
    problems: tuple[str, ...] = ()
    cache_control: str = "no-store"
    counts_latency: bool = False

    def __post_init__(self) -> None:
        """Refuse a route that says nothing about who may use it."""
        if not self.needs or not all(isinstance(need, Need) for need in self.needs):
            raise ValueError(f"{self.method} {self.path} needs {self.needs!r}, but must declare at least one Need")
        if Need.PUBLIC in self.needs and len(self.needs) > 1:
            raise ValueError(f"{self.method} {self.path} is public and needs {self.needs!r}; declare one or the other")
