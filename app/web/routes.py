"""The table: every method of every path, with what it needs. Nothing is routed that does not stand here."""

from __future__ import annotations

from app.line.document import NowServing
from app.operators.routes import ROUTES as OPERATORS
from app.web import bookings, draw, health, holds, identity, openapi, queue, slots, wishes
from app.web.document_source import CACHE_CONTROL
from app.web.messages import (
    Booked,
    Change,
    Clinic,
    Confirm,
    Drawn,
    Health,
    Held,
    Hold,
    IdentityCheck,
    Join,
    Joined,
    Place,
    Readiness,
    Slots,
    Visit,
    Wish,
    Wished,
)
from app.web.metrics import POLL_ROUTE
from app.web.routing import Load, Need, Query, Route

PUBLIC, TICKET, PROVEN, RECEIPT = (Need.PUBLIC,), (Need.TICKET,), (Need.PROVEN,), (Need.RECEIPT,)
ADMITTED = (Need.PASS,)

REGION = {"type": "string", "minLength": 1, "maxLength": 40}
DAY = {"type": "string", "format": "date"}
CHOOSING = ("slot-gone", "nothing-free")

QUEUE = (
    Route(
        "GET",
        POLL_ROUTE,
        PUBLIC,
        queue.now_serving,
        "What a waiting page needs to know, the same for everybody",
        Load.LOOKING,
        answer=NowServing,
        cache_control=CACHE_CONTROL.decode(),
    ),
    Route(
        "POST",
        "/queue/join",
        PUBLIC,
        queue.join,
        "Take a place, or get again the one that this device or word has",
        Load.JOINING,
        body=Join,
        answer=Joined,
        problems=("not-open", "birth-digit", "challenge-failed", "too-many-requests", "line-lost", "unavailable"),
    ),
    Route("GET", "/queue/place", TICKET, queue.place, "The place of a ticket", Load.LOOKING, answer=Place),
    Route(
        "POST",
        "/queue/enter",
        TICKET,
        queue.enter,
        "Go in, when the place is called; gives a pass",
        answer=Visit,
        problems=(
            "not-open",
            "not-your-turn",
            "turn-missed",
            "place-used-up",
            "inside-full",
            "line-lost",
            "unavailable",
        ),
    ),
    Route("POST", "/queue/leave", (Need.VISIT,), queue.leave, "End a visit before its time", status=204),
    Route(
        "GET",
        "/queue/draw.json",
        PUBLIC,
        draw.draw,
        "The draw of the pre-queue, to be repeated by anybody",
        Load.LOOKING,
        answer=Drawn,
        cache_control="public, max-age=5",
    ),
)

RESERVATIONS = (
    Route(
        "GET",
        "/api/clinics",
        ADMITTED,
        slots.clinics,
        "Clinics of a region, or all",
        answer=list[Clinic],
        query=(Query("region", REGION, required=False, description="Only clinics of this region"),),
        counts_latency=True,
    ),
    Route(
        "GET",
        "/api/slots",
        ADMITTED,
        slots.slots,
        "Slots of a region on a day, with what was free a moment ago",
        answer=Slots,
        query=(
            Query("region", REGION, required=True, description="Where"),
            Query("day", DAY, required=True, description="When, as a date of the opening's zone"),
        ),
        counts_latency=True,
    ),
    Route(
        "POST",
        "/api/identity/checks",
        ADMITTED,
        identity.check,
        "Prove who you are at a provider; gives a pass with the proof",
        body=IdentityCheck,
        answer=Visit,
        problems=("birth-digit", "identity-refused", "identity-paused", "too-many-requests", "provider-down"),
    ),
    Route(
        "POST",
        "/api/holds",
        PROVEN,
        holds.hold,
        "Keep a unit",
        body=Hold,
        answer=Held,
        status=201,
        idempotent=True,
        problems=(*CHOOSING, "already-booked", "holds-another", "place-used", "key-reused", "unknown"),
        counts_latency=True,
    ),
    Route(
        "DELETE",
        "/api/holds/{hold_id}",
        PROVEN,
        holds.release,
        "Give a held unit back",
        status=204,
        idempotent=True,
        problems=("unknown", "hold-expired", "key-reused"),
        counts_latency=True,
    ),
    Route(
        "POST",
        "/api/bookings",
        PROVEN,
        bookings.confirm,
        "Turn a hold into a booking; gives its receipt",
        body=Confirm,
        answer=Booked,
        status=201,
        idempotent=True,
        problems=("unknown", "hold-expired", "already-booked", "place-used", "key-reused"),
        counts_latency=True,
    ),
    Route(
        "GET",
        "/api/bookings/{reference}",
        RECEIPT,
        bookings.show,
        "A booking",
        answer=Booked,
        problems=("unknown",),
        counts_latency=True,
    ),
    Route(
        "POST",
        "/api/bookings/{reference}/change",
        (Need.PROVEN, Need.RECEIPT),
        bookings.change,
        "Move a booking to another unit, or leave it as it is",
        body=Change,
        answer=Booked,
        idempotent=True,
        problems=(*CHOOSING, "unknown", "cancelled", "nothing-to-change", "key-reused"),
        counts_latency=True,
    ),
    Route(
        "POST",
        "/api/bookings/{reference}/cancel",
        RECEIPT,
        bookings.cancel,
        "Give a booking back",
        answer=Booked,
        idempotent=True,
        problems=("unknown", "key-reused"),
        counts_latency=True,
    ),
    Route(
        "POST",
        "/api/wishes",
        PROVEN,
        wishes.wish,
        "Stand on the waiting list for what others give back",
        body=Wish,
        answer=Wished,
        status=201,
        idempotent=True,
        problems=("already-booked", "place-used", "key-reused", "unknown"),
        counts_latency=True,
    ),
    Route(
        "DELETE",
        "/api/wishes/{wish_id}",
        PROVEN,
        wishes.unwish,
        "Leave the waiting list",
        status=204,
        idempotent=True,
        problems=("unknown",),
        counts_latency=True,
    ),
)

HEALTH = (
    Route("GET", "/healthz", PUBLIC, health.healthz, "The process is alive", Load.ALWAYS, answer=Health),
    Route(
        "GET",
        "/readyz",
        PUBLIC,
        health.readyz,
        "What it needs answers",
        Load.ALWAYS,
        answer=Readiness,
        other_status=503,
    ),
)

_DESCRIBED = (*QUEUE, *RESERVATIONS, *OPERATORS, *HEALTH)
TABLE: tuple[Route, ...] = (*_DESCRIBED, openapi.route_of(_DESCRIBED))
