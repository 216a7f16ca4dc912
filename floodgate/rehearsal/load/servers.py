"""The servers as one first-come queue of requests that need CPU, database time and connections.

Requests of one second are one batch. Batches are worked off in order; the scarcest of the three resources sets the
pace, since a worker that waits for the database serves nobody else. A client stops waiting after its timeout, but the
server does not know and works on: without load shedding a queue longer than the timeout turns all work into waste, and
retries keep it long. That is a metastable failure (Bronson et al., "Metastable Failures in Distributed Systems",
HotOS 2021, https://doi.org/10.1145/3458336.3465286).

The functions run compiled or as plain Python (see `floodgate.rehearsal.compiling`); `Servers` is the same for hand use.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from floodgate.rehearsal.compiling import Vector, kernel
from floodgate.rehearsal.load.costs import Costs, Need, Prices, sums
from floodgate.rehearsal.parameters import Parameters

RESOURCES = ("cpu", "database", "connections")

# what `Queue.now` holds: the first batch that is not worked off, the first whose clients may still wait, and how many
# batches there are; the work that waits, by resource; and what the last second showed
HEAD, PATIENT, COUNT = 0, 1, 2
BACKLOG = 3
USED_CPU, BOTTLENECK, LATENCY = 6, 7, 8
NOTHING_WAITS = -1.0
# what a batch holds beside its people
BORN, LEFT, DEAD, NEED, BATCH = 0, 1, 2, 3, 6


class Capacity(NamedTuple):
    """Seconds of work that may be done in one second; `broken` is the share of requests without a connection."""

    cpu_s: float
    db_s: float
    hold_s: float
    broken: float = 0.0


class Habits(NamedTuple):
    """How clients and servers behave: seconds until a client gives up, of an answer, and of the longest queue."""

    timeout_s: float
    base_s: float
    bound_s: float
    refusal_s: float
    refusal_ceiling: float


class Queue(NamedTuple):
    """Batches of requests in order, and what the last second left: people `done` and `failed`, by slot.

    `batches` holds for each its second, the share that is left, whether its clients are gone, and its work by resource;
    `people` those of each, by slot. `kept` is for reckoning.
    """

    now: Vector
    batches: Vector
    people: Vector
    done: Vector
    failed: Vector
    kept: Vector


def queue_of(slots: int, seconds: int, base_s: float) -> Queue:
    """An empty queue that can take a batch in each of so many seconds."""
    now = [0.0] * (LATENCY + 1)
    now[BOTTLENECK], now[LATENCY] = NOTHING_WAITS, base_s
    room = seconds + 1
    return Queue(now, [0.0] * (room * BATCH), [0.0] * (room * slots), *([0.0] * slots for _ in range(3)))


@kernel
def serve(
    habits: Habits, prices: Prices, queue: Queue, second: float, people: Vector, need: Need, capacity: Capacity
) -> None:
    """One second: clients that waited too long leave, new requests are taken or refused, work is done.

    Args:
        habits: of clients and servers.
        prices: what requests cost.
        queue: what changes.
        second: which one.
        people: who sends a request, by slot.
        need: the work of all these requests.
        capacity: the work that can be done.
    """
    now = queue.now
    for slot in range(len(people)):
        queue.failed[slot] = 0.0
    expire(habits, queue, second)
    fits = need[0] <= capacity.cpu_s and need[1] <= capacity.db_s and need[2] <= capacity.hold_s
    if capacity.broken > 0.0 or now[HEAD] < now[COUNT] or not fits:
        serve_under_pressure(habits, prices, queue, second, people, capacity)
        return
    for slot in range(len(people)):
        queue.done[slot] = people[slot]
    now[USED_CPU] = need[0]
    now[BOTTLENECK] = NOTHING_WAITS
    now[LATENCY] = habits.base_s


@kernel
def expire(habits: Habits, queue: Queue, second: float) -> None:
    """Clients that have waited for too long fail; their requests stay."""
    now, batches = queue.now, queue.batches
    slots = len(queue.failed)
    first = int(now[PATIENT])
    while first < now[COUNT] and second - batches[first * BATCH + BORN] >= habits.timeout_s:
        left = batches[first * BATCH + LEFT]
        if left > 0.0:
            batches[first * BATCH + DEAD] = 1.0
            for slot in range(slots):
                queue.failed[slot] += queue.people[first * slots + slot] * left
        first += 1
    now[PATIENT] = first


@kernel
def serve_under_pressure(
    habits: Habits, prices: Prices, queue: Queue, second: float, people: Vector, capacity: Capacity
) -> None:
    """A second in which something waits or fails: take what may wait, refuse the rest, work on the oldest."""
    now, kept, slots = queue.now, queue.kept, len(people)
    for slot in range(slots):
        lost = people[slot] * capacity.broken if prices.db_s[slot] > 0.0 else 0.0
        queue.failed[slot] += lost
        kept[slot] = people[slot] - lost
    _, _, need = sums(prices, kept)
    taken = share_taken(habits, queue, need, capacity)
    refusals = 0.0
    for slot in range(slots):
        refused = kept[slot] - kept[slot] * taken
        queue.failed[slot] += refused
        refusals += refused * prices.requests[slot]
    if taken > 0.0:
        enqueue(queue, second, need, taken)
    spent = min(refusals * habits.refusal_s, capacity.cpu_s * habits.refusal_ceiling)
    now[USED_CPU] = spent
    work_off(queue, (capacity.cpu_s - spent, capacity.db_s, capacity.hold_s))
    delay = 0.0
    for resource in range(3):
        if capacity[resource] > 0.0:
            delay = max(delay, now[BACKLOG + resource] / capacity[resource])
    now[LATENCY] = habits.base_s + min(habits.bound_s, delay)


@kernel
def share_taken(habits: Habits, queue: Queue, need: Need, capacity: Capacity) -> float:
    """The share of the requests for which the queue has room."""
    taken = 1.0 if capacity.cpu_s > 0.0 else 0.0
    for resource in range(3):
        if need[resource] > 0.0:
            room = (habits.bound_s + 1.0) * capacity[resource] - queue.now[BACKLOG + resource]
            taken = min(taken, room / need[resource])
    return max(0.0, taken)


@kernel
def enqueue(queue: Queue, second: float, need: Need, taken: float) -> None:
    """Put this share of the kept requests at the end of the queue."""
    now, slots = queue.now, len(queue.kept)
    last = int(now[COUNT])
    queue.batches[last * BATCH + BORN] = second
    queue.batches[last * BATCH + LEFT] = 1.0
    queue.batches[last * BATCH + DEAD] = 0.0
    for slot in range(slots):
        queue.people[last * slots + slot] = queue.kept[slot] * taken
    for resource in range(3):
        queue.batches[last * BATCH + NEED + resource] = need[resource] * taken
        now[BACKLOG + resource] += need[resource] * taken
    now[COUNT] = last + 1


@kernel
def work_off(queue: Queue, budget: Need) -> None:
    """Work on the oldest batches until a resource is used up."""
    now, batches, slots = queue.now, queue.batches, len(queue.done)
    cpu_s, db_s, hold_s = budget
    for slot in range(slots):
        queue.done[slot] = 0.0
    now[BOTTLENECK] = NOTHING_WAITS
    head = int(now[HEAD])
    while head < now[COUNT] and now[BOTTLENECK] == NOTHING_WAITS:
        at = head * BATCH
        cpu, db, hold = batches[at + NEED], batches[at + NEED + 1], batches[at + NEED + 2]
        taken = batches[at + LEFT]
        if cpu * taken > cpu_s:
            taken, now[BOTTLENECK] = max(0.0, cpu_s) / cpu, 0.0
        if db * taken > db_s:
            taken, now[BOTTLENECK] = max(0.0, db_s) / db, 1.0
        if hold * taken > hold_s:
            taken, now[BOTTLENECK] = max(0.0, hold_s) / hold, 2.0
        cpu_s -= cpu * taken
        db_s -= db * taken
        hold_s -= hold * taken
        now[BACKLOG] -= cpu * taken
        now[BACKLOG + 1] -= db * taken
        now[BACKLOG + 2] -= hold * taken
        now[USED_CPU] += cpu * taken
        if batches[at + DEAD] == 0.0:
            for slot in range(slots):
                queue.done[slot] += queue.people[head * slots + slot] * taken
        batches[at + LEFT] -= taken
        if now[BOTTLENECK] == NOTHING_WAITS:
            batches[at + LEFT] = 0.0
            head += 1
    now[HEAD] = head
    if head == now[COUNT]:
        now[BACKLOG] = now[BACKLOG + 1] = now[BACKLOG + 2] = 0.0


@kernel
def unanswered(queue: Queue) -> tuple[float, float]:
    """People who wait for an answer, at the way in and at the steps."""
    slots = len(queue.done)
    way_in = inside = 0.0
    for batch in range(int(queue.now[PATIENT]), int(queue.now[COUNT])):
        left = queue.batches[batch * BATCH + LEFT]
        if left > 0.0:
            way_in += queue.people[batch * slots] * left
            within = 0.0
            for slot in range(1, slots - 1):
                within += queue.people[batch * slots + slot]
            inside += within * left
    return way_in, inside


def habits_of(parameters: Parameters, shed_after_s: float | None) -> Habits:
    """Habits by the parameters; a server that sheds keeps its queue below that."""
    return Habits(
        timeout_s=parameters["client.timeout_s"],
        base_s=parameters["server.base_latency_s"],
        bound_s=parameters["server.max_queue_s"] if shed_after_s is None else float(shed_after_s),
        refusal_s=parameters["server.refusal_cpu_ms"] * 1e-3,
        refusal_ceiling=parameters["server.refusal_ceiling"],
    )


class Servers:
    """The queue before all servers in service.

    After `serve`: `done` and `failed` people by slot, `used_cpu_s`, `bottleneck` (index into `RESOURCES`, None where
    nothing waits), and `latency_s` of a request that comes next.
    """

    def __init__(
        self, costs: Costs, parameters: Parameters, shed_after_s: float | None, seconds: int = 24 * 3600
    ) -> None:
        self.prices = costs.prices()
        self.habits = habits_of(parameters, shed_after_s)
        self.queue = queue_of(len(costs.requests), seconds, self.habits.base_s)

    def serve(self, second: int, people: Sequence[float], need: Need, capacity: Capacity) -> None:
        """See `serve`."""
        serve(self.habits, self.prices, self.queue, float(second), list(people), need, capacity)

    def waiting(self) -> tuple[float, float]:
        """See `unanswered`."""
        return unanswered(self.queue)

    @property
    def done(self) -> list[float]:
        """People whose request was answered, by slot."""
        return list(self.queue.done)

    @property
    def failed(self) -> list[float]:
        """People whose request failed, by slot."""
        return list(self.queue.failed)

    @property
    def used_cpu_s(self) -> float:
        """Seconds of CPU that were used."""
        return self.queue.now[USED_CPU]

    @property
    def bottleneck(self) -> int | None:
        """The scarcest resource, where requests wait."""
        at = self.queue.now[BOTTLENECK]
        return None if at == NOTHING_WAITS else int(at)

    @property
    def latency_s(self) -> float:
        """Seconds until an answer to a request that comes next."""
        return self.queue.now[LATENCY]
