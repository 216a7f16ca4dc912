"""AWS's own worked examples and printed rules of ElastiCache, each with the page that prints it.

Proves that the rules agree with what AWS documents; cannot prove what AWS leaves open.
"""

import pytest

from floodgate.awsrules.cache import cluster_scaling, nodes, serverless

DG = "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/"
TARGET = DG + "AutoScaling-Scaling-Policies-Target.html"
POLICIES = DG + "AutoScaling-Policies.html"
AUTO = DG + "AutoScaling.html"
CLUSTERS = DG + "Clusters.html"
PARAMETERS = DG + "ParameterGroups.Engine.html"
QUOTAS = DG + "quota-limits.html"
VERSIONS = DG + "engine-versions.html"

FAMILIES = frozenset({"r6g", "r7g", "m6g", "m7g"})

CACHES = [
    (TARGET, "50 shards, breached by 30 percent: 65", lambda: cluster_scaling.after_scale_out(50, 78, 60), 65),
    (TARGET, "breached by 10 percent: 60", lambda: cluster_scaling.after_scale_out(50, 66, 60), 60),
    (TARGET, "equal to the target scales out", lambda: cluster_scaling.after_scale_out(50, 60, 60), 60),
    (TARGET, "below it not", lambda: cluster_scaling.after_scale_out(50, 59.9, 60), 50),
    (
        TARGET,
        "target 60: no scale in above 45",
        lambda: [cluster_scaling.scales_in(m, 60) for m in (45.1, 45)],
        [False, True],
    ),
    (POLICIES, "250 shards at most", lambda: cluster_scaling.after_scale_out(240, 90, 60), 250),
    (POLICIES, "cooldowns: 600 s out", lambda: cluster_scaling.SCALE_OUT_COOLDOWN_S, 600),
    (POLICIES, "and 900 s in", lambda: cluster_scaling.SCALE_IN_COOLDOWN_S, 900),
    *(
        (
            AUTO,
            f"{kind}, cluster mode {mode}: {possible}",
            lambda kind=kind, mode=mode: cluster_scaling.possible(cluster_mode=mode, node_type=kind, families=FAMILIES),
            possible,
        )
        for kind, mode, possible in (
            ("cache.r7g.large", True, True),
            ("cache.r7g.xlarge", True, True),
            ("cache.r7g.2xlarge", True, True),
            ("cache.r7g.4xlarge", True, False),
            ("cache.t4g.small", True, False),
            ("cache.r7g.large", False, False),
        )
    ),
    (PARAMETERS, "a node takes 65,000 clients", nodes.max_clients, 65_000),
    (CLUSTERS, "500 nodes: 83 shards with five replicas each", lambda: nodes.most_shards(5), 83),
    (CLUSTERS, "or 500 shards alone", lambda: nodes.most_shards(0), 500),
    (CLUSTERS, "90 nodes by default: 90 shards", lambda: nodes.fits(90, 0), True),
    (CLUSTERS, "or 15 shards with five replicas", lambda: (nodes.fits(15, 5), nodes.fits(16, 5)), (True, False)),
    (CLUSTERS, "five replicas at most", lambda: nodes.fits(1, 6), False),
    (
        VERSIONS,
        "serverless with Valkey 8.0 doubles every two to three minutes",
        lambda: [serverless.ramped(1000, seconds, seconds) for seconds in serverless.DOUBLING_S],
        [2000, 2000],
    ),
    (
        QUOTAS,
        "serverless: 5,000 GiB, 15,000,000 ECPU/s, 65,000 clients",
        lambda: [
            serverless.within(*use) for use in ((5000, 15e6, 65_000), (5001, 1, 1), (1, 15e6 + 1, 1), (1, 1, 65_001))
        ],
        [True, False, False, False],
    ),
    (
        QUOTAS,
        "30,000 ECPU/s for a slot, 90,000 with reads from replicas",
        lambda: [
            serverless.hottest_slot(100_000, share, replica_reads=replicas)
            for share, replicas in ((0.3, False), (0.31, False), (0.9, True), (0.91, True))
        ],
        [True, False, True, False],
    ),
]


@pytest.mark.parametrize(("page", "sentence", "actual", "expected"), [pytest.param(*row, id=row[1]) for row in CACHES])
def test_the_rule_of_caches_holds(page, sentence, actual, expected):
    assert actual() == expected, f"{sentence}: {page}"
