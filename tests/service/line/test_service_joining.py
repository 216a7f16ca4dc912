"""Joining on a real Valkey: one number for each person, in order of arrival, whatever happens at once or twice.

Proves what one Valkey does. Cannot prove a fail-over, in which the last second may be forgotten (docs/decisions).
"""

import asyncio
import random

import glide
import pytest

from app.line.store import LineStore
from app.line.valkey import ValkeyLine
from app.line.values import Joined, LineLost

A, B, C, D = (letter * 16 for letter in (b"a", b"b", b"c", b"d"))


def someone(number):
    return number.to_bytes(16, "big")


class GetThenCount(ValkeyLine):
    """The control: what a join in two round trips would be."""

    async def join(self, opening, aliases):
        known = await self._client.hget(f"{{{opening}}}/control", aliases[0])
        if known is not None:
            return Joined(int(known), again=True)
        number = await self._client.hincrby(f"{{{opening}}}/line", "joined", 1) - 1
        await self._client.hset(f"{{{opening}}}/control", {aliases[0]: str(number)})
        return Joined(number, again=False)


def test_numbers_count_from_0_in_order_of_arrival(together):
    async def act(one, other):
        return [
            await line.join("august", [someone(person)]) for person in range(6) for line in [(one, other)[person % 2]]
        ]

    assert together(act) == [Joined(number, again=False) for number in range(6)]


def test_a_line_is_a_line_store():
    store: type[LineStore] = ValkeyLine

    assert all(hasattr(store, name) for name in vars(LineStore) if not name.startswith("_"))


def test_the_same_device_has_its_number_again(together):
    async def act(one, other):
        await one.join("august", [A])
        await one.join("august", [B])
        return await other.join("august", [A])

    assert together(act) == Joined(0, again=True)


def test_either_alias_finds_the_number(together):
    async def act(one, other):
        await one.join("august", [A, B])
        return await other.join("august", [A]), await other.join("august", [B]), await other.join("august", [C, B])

    assert set(together(act)) == {Joined(0, again=True)}


def test_a_word_that_is_given_later_finds_the_first_number(together):
    async def act(one, other):
        await one.join("august", [A])
        await one.join("august", [A, B])
        return await other.join("august", [C, B]), await other.join("august", [C])

    assert together(act) == (Joined(0, again=True), Joined(0, again=True))


def test_of_two_numbers_that_turn_out_to_be_one_person_the_first_alias_decides(together):
    async def act(one, other):
        await one.join("august", [A])
        await one.join("august", [B])
        return await one.join("august", [B, A]), await other.join("august", [A]), await other.join("august", [C])

    assert together(act) == (Joined(1, again=True), Joined(1, again=True), Joined(2, again=False))


def test_many_at_once_get_0_to_n_without_a_gap(together):
    async def act(one, other):
        joins = [
            line.join("august", [someone(person)]) for person in range(1000) for line in [(one, other)[person % 2]]
        ]
        return await asyncio.gather(*joins)

    joined = together(act)

    assert sorted(each.number for each in joined) == list(range(1000))
    assert not any(each.again for each in joined)


def test_every_join_delivered_three_times_at_once_is_one_number_each(together):
    async def act(one, other):
        joins = [(one, other)[copy % 2].join("august", [someone(person)]) for person in range(200) for copy in range(3)]
        random.Random(5).shuffle(joins)
        await asyncio.gather(*joins)
        again = [await one.join("august", [someone(person)]) for person in range(200)]
        return again, (await one.state("august", 0.0)).joined

    again, joined = together(act)

    assert sorted(each.number for each in again) == list(range(200))
    assert joined == 200


def test_one_person_on_many_devices_at_once_with_one_word_has_one_number(together):
    async def act(one, other):
        joins = [(one, other)[device % 2].join("august", [someone(device), B]) for device in range(100)]
        return {each.number for each in await asyncio.gather(*joins)}

    assert together(act) == {0}


def test_control_a_join_in_two_round_trips_gives_one_person_several_numbers(together, valkey_url):
    async def act(one, other):
        careless = GetThenCount(one._client)
        return {each.number for each in await asyncio.gather(*(careless.join("august", [A]) for _ in range(20)))}

    assert len(together(act)) > 1


def test_openings_have_lines_of_their_own(together):
    async def act(one, other):
        await one.begin("september", 0, None, 0, 0)
        await one.join("august", [A])
        await one.join("august", [B])
        return await other.join("september", [B])

    assert together(act) == Joined(0, again=False)


def test_a_line_that_was_never_begun_gives_nobody_a_number(together):
    async def act(one, other):
        for attempt in (
            one.join("september", [A]),
            one.enter("september", 0, 0.0, 9.0, None),
            one.leave("september", 0),
            one.state("september", 0.0),
            one.came("september", 0, 5),
            one.seal("september"),
            one.call("september", 5, 0, 1),
        ):
            with pytest.raises(LineLost, match="september"):
                await attempt
        # nothing has been begun by having been asked
        with pytest.raises(LineLost):
            await one.state("september", 0.0)

    together(act)


def test_a_line_that_lost_its_memory_says_so_and_goes_on_above_all_numbers(together):
    async def act(one, other):
        for person in range(10):
            await one.join("august", [someone(person)])
        await one._client.custom_command(["FLUSHALL"])
        with pytest.raises(LineLost):
            await other.join("august", [someone(3)])
        await one.begin("august", 10 + 5, None, 0, 0)
        return [
            (await line.join("august", [someone(person)])).number
            for person, line in ((3, one), (99, other), (3, other))
        ]

    assert together(act) == [15, 16, 15]


def test_a_person_costs_the_line_no_key_that_stays_for_ever(together):
    generator = random.Random(3)

    async def act(one, other):
        for _ in range(50):
            await one.join("august", [generator.randbytes(16), generator.randbytes(16)])
        await one.enter("august", 0, 10.0, 20.0, None)
        await one.attempt("join", b"somebody", 60, 10.0)
        await one.once("identity", b"somebody", 60)
        await one.report("worker", b"x", 5)
        await one.put("now-serving/august", b"{}", 60)
        keys = (await one._client.scan(b"0", count=10_000))[1]
        return {key: await one._client.ttl(key) for key in keys}

    kept = together(act)

    assert len(kept) > 20
    assert all(0 < ttl_s <= 4 * 86_400 for ttl_s in kept.values())


def test_all_keys_of_an_opening_lie_on_one_node_of_a_cluster(together):
    async def act(one, other):
        await one.join("august", [A, B])
        await one.enter("august", 0, 10.0, 20.0, None)
        keys = (await one._client.scan(b"0", count=10_000))[1]
        return {await one._client.custom_command(["CLUSTER", "KEYSLOT", key]) for key in keys}, len(keys)

    slots, keys = together(act)

    assert keys >= 5
    assert len(slots) == 1


def test_a_hundred_thousand_people_with_two_aliases_each_cost_less_than_thirty_megabytes(together):
    generator = random.Random(3)

    async def used_bytes(line):
        info = (await line._client.info([glide.InfoSection.MEMORY])).decode()
        return int(dict(row.split(":") for row in info.split("\r\n") if ":" in row)["used_memory"])

    async def act(one, other):
        before = await used_bytes(one)
        people = iter(range(100_000))

        async def joiner(line):
            for _ in people:
                await line.join("august", [generator.randbytes(16), generator.randbytes(16)])

        await asyncio.gather(*(joiner(line) for line in (one, other) for _ in range(100)))
        return await used_bytes(one) - before, (await one.state("august", 0.0)).joined

    cost, joined = together(act)

    assert joined == 100_000
    assert cost < 30_000_000
