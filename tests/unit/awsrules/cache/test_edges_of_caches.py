"""Single cases at the edges of the rules of caches, where one off would go unnoticed.

Proves those cases; what holds for any input and AWS's own examples are in the files beside this one.
"""

from floodgate.awsrules.cache import cluster_scaling, nodes, serverless


def test_one_shard_is_a_cluster_and_stays_one():
    assert nodes.fits(1, 0)
    assert cluster_scaling.after_scale_in(1, 0, 60, minimum=0) == 1
    assert cluster_scaling.after_scale_in(10, 0, 60, minimum=0) == 1
    assert cluster_scaling.after_scale_in(5, 0, 60) == 1


def test_a_large_cluster_grows_by_the_exact_percentage():
    assert cluster_scaling.after_scale_out(100, 90, 60, maximum=500) == 150
    assert cluster_scaling.after_scale_out(101, 60, 60, maximum=500) == 122


def test_small_caches_double_like_large_ones():
    assert serverless.ready_s(0.5, 1, 180) == 180
    assert serverless.ramped(1, 1e9) > 1e100, "a cache that grows for ever does not overflow"
    assert not serverless.hottest_slot(90_000, 1)
