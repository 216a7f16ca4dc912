"""What must hold of the rules of caches for any input, and arithmetic that follows from documented rules.

Proves invariants; the single examples AWS prints are in the file beside this one.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floodgate.awsrules.cache import cluster_scaling, nodes, serverless

shards = st.integers(1, 250)
metrics = st.floats(0, 200)
targets = st.integers(35, 70).map(float)


@given(shards, metrics, targets)
def test_shards_are_added_by_a_fifth_at_least_and_never_both_ways(count, metric, target):
    out = cluster_scaling.after_scale_out(count, metric, target)
    less = cluster_scaling.after_scale_in(count, metric, target)

    assert less <= count <= out
    assert count in {out, less}
    if metric >= target:
        assert out >= min(250, count * 1.2 - 1e-9)


@given(shards, metrics, targets)
def test_a_scale_in_never_predicts_a_breach(count, metric, target):
    less = cluster_scaling.after_scale_in(count, metric, target)

    assert less >= 1
    if less < count:
        assert metric <= 0.75 * target
        assert count * metric / less <= target * (1 + 1e-6)


@given(shards, metrics, metrics, targets)
def test_more_load_never_gives_fewer_shards(count, one, other, target):
    low, high = sorted((one, other))

    assert cluster_scaling.after_scale_out(count, low, target) <= cluster_scaling.after_scale_out(count, high, target)
    assert cluster_scaling.after_scale_in(count, low, target) <= cluster_scaling.after_scale_in(count, high, target)


def test_shards_stay_within_the_policys_bounds():
    assert cluster_scaling.after_scale_out(10, 100, 50, maximum=15) == 15
    assert cluster_scaling.after_scale_out(20, 100, 50, maximum=15) == 20, "a scale out never removes"
    assert cluster_scaling.after_scale_in(10, 0, 50, minimum=4) == 4
    assert cluster_scaling.after_scale_in(3, 0, 50, minimum=4) == 3, "a scale in never adds"
    assert cluster_scaling.after_scale_out(1, 50, 50) == 2
    assert cluster_scaling.after_scale_in(10, 30, 50) == 6


@given(st.integers(0, 5))
def test_the_most_shards_fit_and_one_more_does_not(replicas):
    most = nodes.most_shards(replicas)

    assert nodes.fits(most, replicas, nodes.MOST_NODES)
    assert not nodes.fits(most + 1, replicas, nodes.MOST_NODES)
    assert nodes.nodes(most, replicas) <= 500


def test_a_cluster_has_a_shard_and_no_negative_replicas():
    assert not nodes.fits(0, 0)
    assert not nodes.fits(1, -1)
    assert nodes.max_clients(3) == 195_000
    assert nodes.connections_per_node(100, 10, shards=4, cluster_mode=True) == 1000
    assert nodes.connections_per_node(100, 10, shards=1, cluster_mode=False) == 1000
    assert nodes.connections_per_node(101, 1, shards=2, cluster_mode=False) == 51
    assert nodes.connections_per_node(5, 1, shards=0, cluster_mode=False) == 5


@given(st.floats(1, 1e6), st.floats(1, 1e7))
def test_growth_reaches_what_is_wanted_when_it_says(now, wanted):
    ready_s = serverless.ready_s(now, wanted)

    assert serverless.ramped(now, ready_s) == pytest.approx(max(now, wanted))


def test_what_takes_nothing_never_doubles():
    with pytest.raises(ValueError, match="never double"):
        serverless.ready_s(0, 10)
    assert serverless.ready_s(10, 0) == 0
    assert serverless.ready_s(10, 40) == 360
    assert serverless.ready_s(61_000, 5_000_000, 120) < 13 * 60, "AWS: five million a second in under 13 minutes"
