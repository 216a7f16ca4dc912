"""What must hold of termination, zones, launches and failed launches for any input.

Proves invariants; the single examples AWS prints are in the files beside this one.
"""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floodgate.awsrules.instances import (
    launch_failures,
    launching,
    termination,
    zones,
)
from floodgate.awsrules.instances.launch_failures import Market
from floodgate.awsrules.instances.termination import Candidate, Wanted

counts = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 40), min_size=1)
candidates = st.lists(
    st.builds(
        Candidate,
        id=st.just("i"),
        zone=st.sampled_from("abc"),
        launched_s=st.integers(0, 9_000).map(float),
        protected=st.booleans(),
        template=st.sampled_from(["", "one", "two"]),
        version=st.integers(0, 3),
        configured_s=st.integers(0, 3).map(float),
        instance_type=st.sampled_from(["m", "c"]),
    ),
    max_size=40,
)
orders = st.lists(st.sampled_from(sorted(termination.KEYS)), min_size=1, max_size=3)


# -- termination


@given(candidates, st.integers(0, 45), orders, st.integers(0, 9))
def test_protected_instances_never_go_and_nobody_goes_twice(group, count, order, seed):
    chosen = termination.choose(group, count, order, 10_000, Random(seed).random)

    assert not any(candidate.protected for candidate in chosen)
    assert len(chosen) == min(count, sum(not candidate.protected for candidate in group))
    assert all(chosen.count(candidate) <= group.count(candidate) for candidate in chosen)


@given(candidates, st.integers(0, 45), orders)
def test_scale_in_takes_from_the_fullest_zones(group, count, order):
    chosen = termination.choose(group, count, order, 10_000, Random(1).random)
    sizes = {zone: sum(candidate.zone == zone for candidate in group) for zone in "abc"}
    free = {zone: sum(c.zone == zone and not c.protected for c in group) for zone in "abc"}
    for candidate in chosen:
        assert sizes[candidate.zone] == max(sizes[zone] for zone in sizes if free[zone])
        sizes[candidate.zone] -= 1
        free[candidate.zone] -= 1


@given(candidates, st.integers(0, 45), orders, st.integers(0, 9))
def test_equal_chance_gives_equal_choices(group, count, order, seed):
    choices = {tuple(map(id, termination.choose(group, count, order, 0, Random(seed).random))) for _ in range(3)}

    assert len(choices) == 1


@given(candidates, st.sampled_from(["OldestInstance", "NewestInstance"]))
def test_the_order_of_ages_is_kept(group, policy):
    ages = [candidate.launched_s for candidate in termination.order(group, [policy], 0, Random(1).random)]

    assert ages == sorted(ages, reverse=policy == "NewestInstance")
    assert len(ages) == sum(not candidate.protected for candidate in group)


def test_an_empty_list_of_policies_is_the_default_and_an_unknown_one_is_an_error():
    group = [Candidate("x", "a", template="t"), Candidate("y", "a")]

    assert [one.id for one in termination.choose(group, 2, [], 0, Random(1).random)] == ["y", "x"]
    with pytest.raises(KeyError):
        termination.choose(group, 1, ["arn:aws:lambda:eu-west-1:1:function:mine"], 0, Random(1).random)


def test_a_type_without_a_rank_is_the_least_wanted():
    group = [Candidate(kind, "a", instance_type=kind) for kind in ("first", "second", "none")]
    wanted = Wanted(ranks={"first": 0, "second": 1})

    chosen = termination.choose(group, 3, ["AllocationStrategy"], 0, Random(1).random, wanted)

    assert [one.id for one in chosen] == ["none", "second", "first"]


def test_without_a_current_template_the_oldest_goes_first():
    group = [
        Candidate("new", "a", template="n", configured_s=2),
        Candidate("old", "a", template="o", configured_s=1, version=9),
    ]

    assert termination.choose(group, 1, ["OldestLaunchTemplate"], 0, Random(1).random)[0].id == "old"


# -- zones


@given(counts, st.integers(0, 200))
def test_a_spread_gives_out_all_and_makes_nothing_worse(before, wanted):
    shares = zones.spread(before, wanted)
    after = {zone: before[zone] + shares[zone] for zone in before}

    assert sum(shares.values()) == wanted
    assert min(shares.values()) >= 0
    gained = [zone for zone in before if shares[zone]]
    assert all(after[zone] <= min(after.values()) + 1 for zone in gained), "where something was added it is level"


@given(counts, st.integers(0, 60))
def test_a_spread_is_one_launch_after_the_other(before, wanted):
    levels = dict(before)
    for _ in range(wanted):
        levels[min(levels, key=levels.__getitem__)] += 1

    assert {zone: levels[zone] - before[zone] for zone in before} == zones.spread(before, wanted)


@given(counts, st.integers(0, 60), st.sets(st.sampled_from("abcdef")))
def test_a_zone_without_capacity_gets_nothing(before, wanted, closed):
    shares = zones.launches(before, wanted, closed)
    strict = zones.launches(before, wanted, closed, "balanced-only")

    assert not closed & set(shares)
    assert sum(shares.values()) == (wanted if set(before) - closed else 0)
    assert sum(strict.values()) <= wanted
    assert all(count <= shares.get(zone, 0) for zone, count in strict.items())


@given(counts, st.integers(0, 300), st.sets(st.sampled_from("abcdef")))
def test_rebalancing_makes_level_as_far_as_it_may(before, maximum, closed):
    moves = zones.rebalancing(before, maximum, closed)
    after = dict(before)
    for move in moves:
        assert move.to not in closed
        after[move.to] += 1
        after[move.out_of] -= 1

    assert sum(after.values()) == sum(before.values())
    assert max(after.values()) - min(after.values()) <= max(1, max(before.values()) - min(before.values()))
    assert len(moves) <= max(0, zones.limit(maximum) - sum(before.values()))
    room = zones.limit(maximum) - sum(before.values()) > len(moves)
    assert zones.balanced(after) or closed or not room, "nothing but room or closed zones stops it"


@pytest.mark.parametrize(("maximum", "limit"), [(1, 2), (9, 10), (10, 11), (19, 20), (20, 22), (400, 440)])
def test_rebalancing_exceeds_the_maximum_by_a_tenth_or_one(maximum, limit):
    assert zones.limit(maximum) == limit


def test_no_zones_are_level():
    assert zones.balanced({})
    assert zones.rebalancing({}, 10) == ()
    assert zones.spread({}, 3) == {}
    assert not zones.balanced({"a": 2, "b": 0})


# -- launches and failures

markets = st.builds(
    Market,
    st.sets(st.tuples(st.sampled_from("abcdef"), st.sampled_from(["m", "c"]))).map(frozenset),
    st.one_of(st.none(), st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 30))),
)


@given(counts, st.integers(0, 100), markets, st.sampled_from(["balanced-best-effort", "balanced-only"]))
def test_nothing_is_launched_from_nothing(before, wanted, market, strategy):
    outcome = launch_failures.place(wanted, before, ["m", "c"], market, strategy)

    assert outcome.launched <= wanted
    assert all(market.has(launch.zone, launch.instance_type) for launch in outcome.launches)
    for zone in before:
        assert sum(launch.count for launch in outcome.launches if launch.zone == zone) <= market.free(zone)
    if strategy == "balanced-best-effort" and outcome.launched < wanted:
        assert outcome.failed
        left = {
            zone: market.free(zone) - sum(launch.count for launch in outcome.launches if launch.zone == zone)
            for zone in before
        }
        assert launch_failures.all_fail(before, ["m", "c"], Market(market.without_capacity, left))
    if outcome.launched == wanted and strategy == "balanced-only":
        assert not outcome.failed


def test_a_full_subnet_sends_launches_elsewhere_and_says_so():
    outcome = launch_failures.place(6, {"a": 0, "b": 0}, ["m"], Market(addresses={"a": 1}))

    assert outcome.launched == 6
    assert outcome.failed == (("a", "addresses", 2),)


def test_what_is_tried_again_waits_longer_each_time_up_to_a_limit():
    assert [launch_failures.next_try_s(100, n, 60, 600) for n in (0, 1, 2, 3, 4, 5, 99)] == [
        160, 160, 220, 340, 580, 700, 700,
    ]  # fmt: skip


@given(st.lists(st.tuples(st.integers(0, 1200), st.floats(0, 30)), max_size=40))
def test_no_bucket_is_ever_negative(requests):
    throttle, now_s, granted = launching.throttle("RunInstances"), 0.0, 0
    for instances, pause_s in requests:
        now_s += pause_s
        throttle, ok = throttle.call(instances, now_s)
        granted += instances * ok

        assert throttle.resources.level(now_s) >= 0
        assert throttle.requests.level(now_s) >= 0
        assert granted <= 1000 + 2 * now_s + 1e-6


def test_a_bucket_tells_when_it_holds_enough():
    empty, _ = launching.full(1000, 2.0).take(1000, 10)

    assert empty.ready_s(500, 10) == 260
    assert empty.ready_s(0, 10) == 10
    assert empty.ready_s(1001, 10) == float("inf")
    assert empty.level(empty.ready_s(500, 10)) == 500


@given(st.integers(0, 1000), st.integers(1, 200))
def test_weights_fill_what_is_missing_with_less_than_one_instance_too_many(missing, weight):
    launched, beyond = launching.size_beyond_desired(missing, weight)

    assert launched * weight - missing == beyond
    assert 0 <= beyond < weight


@given(st.one_of(st.none(), st.integers(0, 2000)), st.integers(0, 2000), st.integers(1, 96))
def test_the_quota_is_never_passed(quota, used, each):
    room = launching.quota_room(quota, used, each)

    assert (room is None) == (quota is None)
    if room is not None and quota is not None:
        assert room >= 0
        assert room == 0 or used + room * each <= quota < used + (room + 1) * each
