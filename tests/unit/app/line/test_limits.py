"""Counts of addresses and people, with a store in memory; the real one is tried in tests/service/line."""

import asyncio
from collections import Counter

import pytest

from app.errors import TooManyRequests, Unavailable
from app.keys import Keys
from app.line import limits
from app.line.limits import Limits, address_tag

NOW_S = 1_817_000_040.0
KEYS = Keys("a secret of thirty-two characters")


class Store:
    def __init__(self):
        self.counts = Counter()
        self.asked = 0
        self.away = False

    async def attempt(self, what, who, window_s, now_s, attempts=1):
        self.asked += 1
        if self.away:
            raise Unavailable("away")
        self.counts[what, who, now_s // window_s] += attempts
        return self.counts[what, who, now_s // window_s]


def admitted(limits, times, most, *, who=b"somebody", now_s=NOW_S, what="join"):
    async def run():
        count = 0
        for _ in range(times):
            try:
                await limits.check(what, who, most, now_s)
                count += 1
            except TooManyRequests:
                pass
        return count

    return asyncio.run(run())


@pytest.mark.parametrize("most", [1, 3, 10, 99])
def test_a_small_limit_is_exact_over_two_workers(most):
    store = Store()
    workers = Limits(store), Limits(store)

    assert admitted(workers[0], most // 2, most) + admitted(workers[1], 2 * most, most) == most


def test_a_large_limit_is_exact_but_for_what_workers_have_not_told_yet():
    store = Store()
    workers = [Limits(store) for _ in range(4)]
    through = sum(admitted(worker, 12, 600) for _ in range(100) for worker in workers)

    assert 600 <= through <= 600 + 4 * (600 // limits.STEPS)


def test_an_address_that_comes_once_costs_the_store_nothing():
    store = Store()
    mine = Limits(store)
    for person in range(500):
        assert admitted(mine, 1, 600, who=person.to_bytes(8, "big")) == 1

    assert store.asked == 0


def test_an_address_that_is_refused_costs_the_store_nothing_more():
    store = Store()
    mine = Limits(store)
    admitted(mine, 600, 600)
    asked = store.asked
    admitted(mine, 5000, 600)

    assert store.asked <= asked + 1


def test_what_another_worker_has_counted_refuses_the_very_first_attempt_of_this_one():
    store = Store()
    admitted(Limits(store), 10, 10)

    assert admitted(Limits(store), 1, 10) == 0


def test_many_attempts_at_once_of_one_worker_are_ranked_one_by_one():
    class Slow(Store):
        async def attempt(self, *asked):
            counted = await super().attempt(*asked)
            await asyncio.sleep(0)
            return counted

    async def run():
        mine = Limits(Slow())
        tried = (mine.check("join", b"somebody", 10, NOW_S) for _ in range(50))
        return await asyncio.gather(*tried, return_exceptions=True)

    assert asyncio.run(run()).count(None) == 10


def test_the_next_window_is_empty_again_and_the_refusal_says_when():
    mine = Limits(Store())
    admitted(mine, 3, 3)
    with pytest.raises(TooManyRequests) as caught:
        asyncio.run(mine.check("join", b"somebody", 3, NOW_S))

    assert caught.value.retry_after_s == 60 - NOW_S % 60 + 1
    assert admitted(mine, 5, 3, now_s=NOW_S + caught.value.retry_after_s) == 3


def test_people_and_purposes_are_counted_apart():
    mine = Limits(Store())
    admitted(mine, 3, 3)

    assert admitted(mine, 3, 3, who=b"somebody else") == 3
    assert admitted(mine, 3, 3, what="check") == 3


def test_with_the_store_away_a_worker_counts_alone_and_lets_others_through():
    store = Store()
    store.away = True
    mine, other = Limits(store), Limits(store)

    assert admitted(mine, 50, 10) == 10
    assert admitted(other, 50, 10) == 10
    assert mine.counts["join-uncounted"] > 0


def test_refusals_are_counted_by_what_was_tried():
    mine = Limits(Store())
    admitted(mine, 8, 3)
    admitted(mine, 5, 3, what="check")

    assert mine.counts["join"] == 5
    assert mine.counts["check"] == 2


def test_a_worker_remembers_a_bounded_number_of_addresses(monkeypatch):
    monkeypatch.setattr(limits, "MOST_KEPT", 100)
    mine = Limits(Store())
    for person in range(1000):
        admitted(mine, 1, 600, who=person.to_bytes(8, "big"))

    assert len(mine._seen) == 100


def test_one_connections_ipv6_addresses_are_one():
    assert address_tag(KEYS, "2001:db8:1:2::1") == address_tag(KEYS, "2001:db8:1:2:ffff::9")
    assert address_tag(KEYS, "2001:db8:1:2::1") != address_tag(KEYS, "2001:db8:1:3::1")


def test_ipv4_written_as_ipv6_is_the_same_address():
    assert address_tag(KEYS, "::ffff:203.0.113.9") == address_tag(KEYS, "203.0.113.9")
    assert address_tag(KEYS, "203.0.113.9") != address_tag(KEYS, "203.0.113.10")


def test_what_is_no_address_is_counted_as_it_is_written():
    assert address_tag(KEYS, "unix:") != address_tag(KEYS, "")


def test_a_tag_does_not_show_the_address():
    assert address_tag(KEYS, "203.0.113.9") != address_tag(Keys("another one of thirty-two letters"), "203.0.113.9")
