"""What is shown as free: counted on a real PostgreSQL, shared through a store that the tests can break.

The store is a stand-in in memory, so it does not prove that Valkey keeps what it is told; the line's tests do.
"""

import asyncio
from typing import Any

import pytest

from app.errors import Unavailable
from app.reservations.availability import PATIENCE_S, Availability
from app.web.messages import Slot
from tests.service.reservations.town import DAY, HOLD_S, OPENING, REGION, outcome, someone

WHERE = (OPENING, REGION, str(DAY))


class Store:
    """The two methods that are shared documents', and whose turn it is."""

    def __init__(self, clock):
        self.clock, self.documents, self.turns, self.away = clock, {}, {}, False

    def _answer(self):
        if self.away:
            raise Unavailable("the store is away")

    async def put(self, key, value, ttl_s):
        self._answer()
        self.documents[key] = value

    async def get(self, key):
        self._answer()
        return self.documents.get(key)

    async def once(self, what, who, pause_s):
        self._answer()
        if self.turns.get((what, who), 0) > self.clock.now_s():
            return 1
        self.turns[what, who] = self.clock.now_s() + pause_s
        return 0


class Counting:
    """Reservations that count how often they are asked, and can be slow or away."""

    def __init__(self, reservations):
        self.reservations, self.asked, self.away, self.gate = reservations, 0, False, None

    async def free_slots(self, *where):
        self.asked += 1
        if self.gate:
            await self.gate.wait()
        if self.away:
            raise Unavailable("the database is away")
        return await self.reservations.free_slots(*where)

    async def clinics(self, *where):
        self.asked += 1
        if self.away:
            raise Unavailable("the database is away")
        return await self.reservations.clinics(*where)


def fleet(town, workers):
    """Workers that share a store and a database."""
    store, counting = Store(town.clock), Counting(town.reservations)
    parts: tuple[Any, Any] = (counting, store)
    return store, counting, [Availability(*parts, town.clock) for _ in range(workers)]


def test_free_and_expired_units_are_counted_and_sold_out_slots_are_told(run):
    async def scene(town):
        slot, sold_out = await town.slot(3), await town.slot(1)
        await town.book(someone(1), sold_out)
        await town.hold(someone(2), slot)
        _, _, (worker,) = fleet(town, 1)
        assert [(each.id, each.free) for each in (await worker.slots(*WHERE)).slots] == [(slot, 2), (sold_out, 0)]
        town.clock.advance(HOLD_S)
        assert [each.free for each in (await worker.slots(*WHERE)).slots] == [3, 0]

    run(scene)


def test_a_whole_fleet_counts_once_a_second(run):
    async def scene(town):
        await town.slot(3)
        _, counting, workers = fleet(town, 4)
        for second in range(1, 4):
            documents = await asyncio.gather(*(worker.document(*WHERE) for worker in workers for _ in range(25)))
            assert len(set(documents)) == 1
            assert counting.asked == second
            town.clock.advance(1.01)

    run(scene)


def test_without_the_shared_store_every_worker_counts_for_itself(run):
    async def scene(town):
        await town.slot(3)
        store, counting, workers = fleet(town, 2)
        store.away = True
        for worker in workers * 3:
            assert len((await worker.slots(*WHERE)).slots) == 1
        assert counting.asked == 2

    run(scene)


@pytest.mark.parametrize("trouble", ["away", "slow"])
def test_while_the_database_is_in_trouble_the_last_count_is_shown_with_its_time(run, trouble):
    async def scene(town):
        await town.slot(3)
        _, counting, (worker, other) = fleet(town, 2)
        before = await worker.slots(*WHERE)
        town.clock.advance(30)
        counting.away, counting.gate = trouble == "away", asyncio.Event() if trouble == "slow" else None
        async with asyncio.timeout(PATIENCE_S * 20):
            assert await worker.slots(*WHERE) == before
            assert await other.slots(*WHERE) == before, "also for a worker that never counted"
        if counting.gate:
            counting.gate.set()
            await asyncio.sleep(0.05)
            assert (await worker.slots(*WHERE)).at_s == before.at_s + 30

    run(scene)


def test_what_nobody_ever_counted_is_unavailable_while_the_database_is_away(run):
    async def scene(town):
        _, counting, (worker,) = fleet(town, 1)
        counting.away = True
        assert await outcome(worker.slots(*WHERE)) == "unavailable"
        assert await outcome(worker.clinics(OPENING, None)) == "unavailable"
        counting.away = False
        assert (await worker.slots(*WHERE)).slots == []

    run(scene)


def test_a_count_that_takes_long_is_made_less_often(run):
    async def scene(town):
        await town.slot(1)
        _, counting, (worker,) = fleet(town, 1)

        async def slow(*where):
            counting.asked += 1
            town.clock.advance(0.5)
            return [Slot(1, 1, 0, 1)]

        counting.free_slots = slow
        for _ in range(9):
            await worker.slots(*WHERE)
            town.clock.advance(1)
        assert counting.asked == 1, "half a second of counting lasts for ten"

    run(scene)


def test_clinics_are_asked_for_once_a_minute_and_stay_when_the_database_goes(run):
    async def scene(town):
        await town.slot(1)
        _, counting, (worker,) = fleet(town, 1)
        first = await worker.clinics(OPENING, REGION)
        assert [clinic.id for clinic in first] == [1]
        assert await worker.clinics(OPENING, REGION) == first
        assert counting.asked == 1
        town.clock.advance(61)
        counting.away = True
        assert await worker.clinics(OPENING, REGION) == first

    run(scene)
