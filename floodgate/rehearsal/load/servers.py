"""The servers as one first-come queue of requests that need CPU, database time and connections.

Requests of one second are one batch. Batches are worked off in order; the scarcest of the three resources sets the
pace, since a worker that waits for the database serves nobody else. A client stops waiting after its timeout, but the
server does not know and works on: without load shedding a queue longer than the timeout turns all work into waste, and
retries keep it long. That is a metastable failure (Bronson et al., "Metastable Failures in Distributed Systems",
HotOS 2021, https://doi.org/10.1145/3458336.3465286).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from floodgate.rehearsal.load.costs import Costs, Need
from floodgate.rehearsal.parameters import Parameters

RESOURCES = ("cpu", "database", "connections")


@dataclass(frozen=True, slots=True)
class Capacity:
    """Seconds of work that may be done in one second; `broken` is the share of requests without a connection."""

    cpu_s: float
    db_s: float
    hold_s: float
    broken: float = 0.0


class Batch:
    """Requests of one second: people by slot, the work they need together, and the share that is left."""

    __slots__ = ("born", "dead", "left", "need", "people")

    def __init__(self, born: int, people: list[float], need: Need) -> None:
        self.born = born
        self.people = people
        self.need = need
        self.left = 1.0
        self.dead = False


class Servers:
    """The queue before all servers in service.

    After `serve`: `done` and `failed` people by slot, the `work` done by resource, `bottleneck` (index into
    `RESOURCES`, None where nothing waits), and `latency_s` of a request that comes next.
    """

    def __init__(self, costs: Costs, parameters: Parameters, shed_after_s: float | None) -> None:
        self._costs = costs
        self._timeout_s = parameters["client.timeout_s"]
        self._base_s = parameters["server.base_latency_s"]
        self._bound_s = parameters["server.max_queue_s"] if shed_after_s is None else shed_after_s
        self._refusal_s = parameters["server.refusal_cpu_ms"] * 1e-3
        self._refusal_ceiling = parameters["server.refusal_ceiling"]
        self._db_slots = [1.0 if cost > 0 else 0.0 for cost in costs.db_s]
        self._queue: deque[Batch] = deque()
        self._patient: deque[Batch] = deque()
        self._backlog = [0.0, 0.0, 0.0]
        self.done: list[float] = []
        self.failed: list[float] = []
        self.need = (0.0, 0.0, 0.0)
        self.used_cpu_s = 0.0
        self.bottleneck: int | None = None
        self.latency_s = self._base_s

    def serve(self, second: int, people: list[float], need: Need, capacity: Capacity) -> None:
        """One second: clients that waited too long leave, new requests are taken or refused, work is done.

        Args:
            second: which one.
            people: who sends a request, by slot.
            need: the work of all these requests.
            capacity: the work that can be done.
        """
        self.failed = [0.0] * len(people)
        self._expire(second)
        self.need = need
        if capacity.broken > 0.0 or self._queue or not self._fits(need, capacity):
            self._serve_under_pressure(second, people, capacity)
            return
        self.done = people
        self.used_cpu_s = need[0]
        self.bottleneck = None
        self.latency_s = self._base_s

    def waiting(self) -> tuple[float, float]:
        """People who wait for an answer, at the way in and at the steps."""
        way_in = inside = 0.0
        for batch in self._patient:
            if batch.left > 0.0:
                way_in += batch.people[0] * batch.left
                inside += sum(batch.people[1:-1]) * batch.left
        return way_in, inside

    @staticmethod
    def _fits(need: Need, capacity: Capacity) -> bool:
        return need[0] <= capacity.cpu_s and need[1] <= capacity.db_s and need[2] <= capacity.hold_s

    def _serve_under_pressure(self, second: int, people: list[float], capacity: Capacity) -> None:
        people = self._without_connection(people, capacity.broken)
        need = self._costs.sums(people)[2]
        limits = (capacity.cpu_s, capacity.db_s, capacity.hold_s)
        taken = self._share_taken(need, limits)
        accepted = [count * taken for count in people]
        refused = [count - kept for count, kept in zip(people, accepted, strict=True)]
        self._fail(refused)
        if taken > 0.0:
            batch = Batch(second, accepted, (need[0] * taken, need[1] * taken, need[2] * taken))
            self._queue.append(batch)
            self._patient.append(batch)
            for index, amount in enumerate(batch.need):
                self._backlog[index] += amount
        self._work_off(self._after_refusals(refused, limits))
        self.latency_s = self._base_s + self._delay(limits)

    def _without_connection(self, people: list[float], broken: float) -> list[float]:
        if broken <= 0.0:
            return people
        lost = [count * broken * needs for count, needs in zip(people, self._db_slots, strict=True)]
        self._fail(lost)
        return [count - gone for count, gone in zip(people, lost, strict=True)]

    def _fail(self, people: list[float]) -> None:
        self.failed = [before + more for before, more in zip(self.failed, people, strict=True)]

    def _share_taken(self, need: Need, limits: Need) -> float:
        taken = 1.0 if limits[0] > 0.0 else 0.0
        for amount, limit, backlog in zip(need, limits, self._backlog, strict=True):
            if amount > 0.0:
                taken = min(taken, ((self._bound_s + 1.0) * limit - backlog) / amount)
        return max(0.0, taken)

    def _after_refusals(self, refused: list[float], limits: Need) -> list[float]:
        requests = sum(count * each for count, each in zip(refused, self._costs.requests, strict=True))
        spent = min(requests * self._refusal_s, limits[0] * self._refusal_ceiling)
        self.used_cpu_s = spent
        return [limits[0] - spent, limits[1], limits[2]]

    def _expire(self, second: int) -> None:
        patient = self._patient
        while patient and second - patient[0].born >= self._timeout_s:
            batch = patient.popleft()
            if batch.left > 0.0:
                batch.dead = True
                self._fail([count * batch.left for count in batch.people])

    def _work_off(self, budget: list[float]) -> None:
        done = [0.0] * len(self.failed)
        self.bottleneck = None
        queue, backlog = self._queue, self._backlog
        while queue and self.bottleneck is None:
            batch = queue[0]
            taken, self.bottleneck = _affordable(batch, budget)
            for index, amount in enumerate(batch.need):
                budget[index] -= amount * taken
                backlog[index] -= amount * taken
            self.used_cpu_s += batch.need[0] * taken
            if not batch.dead:
                done = [before + count * taken for before, count in zip(done, batch.people, strict=True)]
            batch.left -= taken
            if self.bottleneck is None:
                batch.left = 0.0
                queue.popleft()
        if not queue:
            self._backlog = [0.0, 0.0, 0.0]
        self.done = done

    def _delay(self, limits: Need) -> float:
        pairs = zip(self._backlog, limits, strict=True)
        return min(self._bound_s, max(left / limit if limit > 0.0 else 0.0 for left, limit in pairs))


def _affordable(batch: Batch, budget: list[float]) -> tuple[float, int | None]:
    """The share of the batch that the budget pays for, and the resource that stops it."""
    taken, stopped_by = batch.left, None
    for index, amount in enumerate(batch.need):
        if amount * taken > budget[index]:
            taken, stopped_by = max(0.0, budget[index]) / amount, index
    return taken, stopped_by
