"""What must hold of the rules of databases for any input, and arithmetic that follows from documented rules.

Proves invariants; the single examples AWS prints are in the file beside this one.
"""

from math import inf
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floodgate.awsrules.database import connections, failover, proxy, quotas, readers, serverless
from floodgate.awsrules.database.failover import Replica
from floodgate.awsrules.database.proxy import Pool
from floodgate.awsrules.database.readers import Reader

replicas = st.lists(
    st.builds(
        Replica, st.text("ab", min_size=1, max_size=3), st.integers(0, 15), st.sampled_from([8.0, 16.0]),
        available=st.booleans(),
    )
)  # fmt: skip
units = st.integers(1, 512).map(lambda half: half / 2)


@given(st.sampled_from(sorted(connections.BY_MEMORY)), st.integers(512, 2_000_000), st.floats(0, 0.5))
def test_more_memory_never_takes_fewer_connections(engine, memory_mib, reserved):
    one, more = (connections.max_connections(engine, "db.x", mib, reserved) for mib in (memory_mib, memory_mib + 512))

    assert one <= more
    assert one <= connections.max_connections(engine, "db.x", memory_mib)


@given(st.integers(1_100, 2_000_000))
def test_aurora_mysql_grows_by_a_thousand_where_memory_doubles(memory_mib):
    one, doubled = (connections.aurora_mysql_by_memory(mib) for mib in (memory_mib, 2 * memory_mib))

    assert one <= doubled
    if one >= 1000:
        assert doubled - one == 1000


@pytest.mark.parametrize(("gib", "expected"), [(2, 45), (4, 90), (8, 135), (16, 1000), (384, 6000), (768, 7000)])
def test_aurora_mysql_by_memory_is_what_the_table_has(gib, expected):
    assert connections.aurora_mysql_by_memory(gib * 1024) == expected


def test_a_class_without_a_rule_is_an_error():
    with pytest.raises(KeyError):
        connections.max_connections("aurora-mysql", "db.x2g.large", 0)
    with pytest.raises(KeyError):
        connections.max_connections("sqlserver-ee", "db.m5.large", 8192)
    with pytest.raises(KeyError):
        connections.serverless_connections("aurora-mysql", 0, 0.5)
    assert connections.max_connections("aurora-mysql", "db.x8g.large", 32 * 1024) == 2000
    assert not connections.unlimited("postgres")


@given(units, units)
def test_more_units_never_take_fewer_connections(one, other):
    low, high = sorted((max(one, 1), max(other, 1)))
    for engine in ("aurora-mysql", "aurora-postgresql"):
        assert connections.serverless_connections(engine, 1, low) <= connections.serverless_connections(engine, 1, high)
    assert connections.serverless_connections("aurora-postgresql", 0.5, high) <= 2000


@given(st.integers(1, 16_000), st.integers(1, 100), st.one_of(st.none(), st.integers(0, 100)))
def test_a_proxy_keeps_no_more_than_it_may_open(max_connections, percent, idle):
    pool = Pool(percent, idle)

    assert 0 <= pool.kept(max_connections) <= pool.most(max_connections) <= max_connections


@given(st.integers(1, 10_000), st.integers(1, 10_000))
def test_the_advised_percentage_leaves_its_headroom(peak, max_connections):
    percent = proxy.advised_percent(peak, max_connections)

    assert percent == 100 or percent * max_connections >= peak * 130
    assert percent <= 100


def test_a_transaction_waits_only_as_long_as_the_borrow_timeout():
    assert proxy.borrow(10, 10, 120, 120) == "queued"
    assert proxy.borrow(10, 10, inf, 120) == "refused"
    assert proxy.borrow(0, 0, 0, 0) == "queued"
    assert proxy.longest_queue(100, 0.05, 120) == 240_000
    assert proxy.longest_queue(100, 0, 120) == 0
    assert proxy.busy(1000, 0.004) == 4
    assert [proxy.pins(), proxy.pins(temporary_table=True), proxy.pins(prepared=True)] == [False, True, True]


@given(replicas, st.integers(0, 99))
def test_nobody_better_than_the_promoted_replica_is_left(group, seed):
    chosen = failover.promoted(group, Random(seed).random)
    ready = [replica for replica in group if replica.available]

    assert (chosen is None) == (not ready)
    if chosen is not None:
        assert chosen.available
        assert (chosen.tier, -chosen.size) == min((replica.tier, -replica.size) for replica in ready)


@given(st.floats(0, 600), st.floats(0, 300), st.floats(0, 1))
def test_a_proxy_never_makes_it_longer(failover_s, dns_s, cut):
    through = failover.interruption_s(failover_s, dns_s, proxy=True, proxy_cut=cut)

    assert 0 <= through <= failover.interruption_s(failover_s, dns_s)


def test_a_failover_without_anybody_to_take_over_is_told():
    with pytest.raises(ValueError, match="no standby"):
        failover.range_s("single", readers=0)
    assert failover.range_s("aurora", readers=2) == (0, 60)
    assert failover.range_s("aurora", readers=0) == (60, 600)
    assert failover.range_s("multi-az cluster", readers=2) == (0, 35)
    assert failover.interruption_s(30, 10) == 40
    assert failover.lost_connections(10, 30, proxy=True) == 10


@given(units, units, st.floats(0, 3600), units, st.floats(1, 600), st.floats(1, 3600))
def test_capacity_moves_towards_the_load_within_its_range(acu, wanted, elapsed_s, maximum, doubling_s, halving_s):
    minimum = 0.5
    start = min(acu, maximum)
    after = serverless.scaled(start, wanted, elapsed_s, minimum, maximum, doubling_s, halving_s)
    target = max(minimum, min(wanted, maximum))

    assert minimum <= after <= maximum
    assert min(start, target) <= after <= max(start, target)
    assert 0 <= after - serverless.in_steps(after) < 0.5
    assert serverless.scaled(start, wanted, 1e9, minimum, maximum, doubling_s, halving_s) == target


def test_capacity_doubles_and_halves_in_the_times_that_it_is_given():
    assert serverless.scaled(8, 128, 60, 0.5, 128, 60, 600) == 16
    assert serverless.scaled(8, 0.5, 600, 0.5, 128, 60, 600) == 4
    assert serverless.scaled(0, 128, 60, 0, 128, 60, 600) == 1
    assert [serverless.in_steps(acu) for acu in (0.5, 0.99, 1.0, 7.6)] == [0.5, 0.5, 1.0, 7.5]
    assert serverless.scaled(8, 8, 60, 0.5, 128, 60, 600) == 8
    assert serverless.reader_acu(1, 4, 16) == 16


@given(st.integers(1, 15), st.floats(0, 1000), st.floats(1, 1000))
def test_readers_bring_their_mean_to_the_target_or_are_at_their_limit(count, metric, target):
    wanted = readers.readers_wanted(count, metric, target)

    assert 1 <= wanted <= 15
    assert wanted == 15 or count * metric / wanted <= target * (1 + 1e-6)


@given(st.lists(st.booleans(), max_size=15), st.integers(0, 15))
def test_readers_made_by_hand_are_never_removed(scaled, wanted):
    group = [Reader(str(number), scaled=made) for number, made in enumerate(scaled)]
    after = readers.after_scale_in(group, wanted)

    assert after >= scaled.count(False)
    assert after <= len(group)
    assert after == max(min(wanted, len(group)), scaled.count(False))


def test_three_readers_at_63_percent_become_five():
    assert readers.readers_wanted(3, 63.33, 40) == 5
    assert readers.metric([]) is None
    assert quotas.exceeded({"proxies per account": 20}) == {}
    assert quotas.exceeded({"proxies per account": 21}, {"proxies per account": 30}) == {}
