"""What a night holds from one second to the next, what is noted of each second, and what can be counted in it."""

from __future__ import annotations

from typing import NamedTuple

from floodgate.rehearsal.compiling import Vector, kernel
from floodgate.rehearsal.crowd.admission import Law
from floodgate.rehearsal.crowd.journey import People, Steps, at_steps
from floodgate.rehearsal.crowd.waiting_room import CALLED, PRESENT, Line, Manners
from floodgate.rehearsal.load.balancer import Units
from floodgate.rehearsal.load.costs import Prices
from floodgate.rehearsal.load.database import Writer
from floodgate.rehearsal.load.servers import Habits, Queue, unanswered

COLUMNS = (
    "arrived", "joined", "called", "admitted", "booked", "gave_up", "refused_people",
    "waiting", "inside",
    "requests", "served", "rejected", "failed", "polls_edge", "polls_origin", "identity_checks",
    "load_fleet", "load_balancer", "load_database", "load_connections",
    "shown_wait_s", "latency_s", "limit", "wanted",
    # what the group sees, and what tells when limits begin
    "passed", "busy", "places", "pressure", "load_identity",
)  # fmt: skip
(
    ARRIVED, JOINED, CALLED_IN, ADMITTED, BOOKED, GAVE_UP, REFUSED, WAITING, INSIDE,
    REQUESTS, SERVED, REJECTED, FAILED, POLLS_EDGE, POLLS_ORIGIN, CHECKS,
    LOAD_FLEET, LOAD_BALANCER, LOAD_DATABASE, LOAD_CONNECTIONS, SHOWN, LATENCY_S, LIMIT, WANTED,
    PASSED, BUSY, IN_LINE, PRESSURE, LOAD_IDENTITY,
) = range(len(COLUMNS))  # fmt: skip

# what `Night.carried` holds from one second to the next: people inside at its end, people who left the inside in it,
# and the share of the polls that were heard
INSIDE_NOW, LEFT_INSIDE, HEARD = range(3)

# rows of `Night.faults`, each as long as the night (see `floodgate.rehearsal.disturbances`)
IDENTITY_REFUSED, DATABASE_LEFT, BOTS = range(3)
# the load of providers that answer nothing
MOST_LOAD = 1000.0


class Rules(NamedTuple):
    """What does not change in a night."""

    doors_s: int
    seconds: int
    waiting_room: bool
    edge: bool
    polls_per_person: float
    poll_interval_s: float
    edge_fetches: float
    identity_per_s: float
    identity_slots: Vector
    server_cpu_s: float
    journeys_per_server_per_s: float
    clear_s: float


class Night(NamedTuple):
    """A night: rules and what they change, by subject; `sending` to `failed` are people by slot, for reckoning."""

    rules: Rules
    steps: Steps
    people: People
    prices: Prices
    units: Units
    balancer: Vector
    habits: Habits
    queue: Queue
    law: Law
    readings: Vector
    manners: Manners
    line: Line
    carried: Vector
    faults: Vector
    sending: Vector
    passing: Vector
    done: Vector
    failed: Vector


class Stretch(NamedTuple):
    """Seconds in which the group changes nothing: from `begin` up to, not including, `end`.

    `effective` are the servers that work on requests by second, those in slow start by their share; `missing` tells
    what keeps servers away; `lost` is the share of the requests that reaches servers which answer nothing. A second
    that answers as late as `late_s` ends the stretch.
    """

    begin: int
    end: int
    in_service: float
    writer: Writer
    missing: float
    effective: Vector
    lost: float
    late_s: float


class Flow(NamedTuple):
    """People of one second: from the line inside."""

    left: float
    called: float
    entering: float
    joined: float


@kernel
def requests_of(prices: Prices, people: Vector) -> float:
    """Requests of these people by slot."""
    requests = 0.0
    for slot in range(len(people)):
        requests += people[slot] * prices.requests[slot]
    return requests


@kernel
def count_people(night: Night) -> float:
    """Count who is inside, and return who waits outside."""
    people = night.people
    queued_outside, queued_inside = unanswered(night.queue)
    outside = people.thinking[0] + people.retrying[0] + queued_outside
    night.carried[INSIDE_NOW] = at_steps(people) + queued_inside
    if night.rules.waiting_room:
        return outside + night.line.now[PRESENT] + night.line.now[CALLED]
    night.carried[INSIDE_NOW] += outside
    return people.early[0]
