"""AWS's own worked examples of instance refresh, maintenance policies and warm pools, each with its page.

Proves that the rules agree with what AWS documents, the timeline of the refresh with checkpoints to the minute; cannot
prove what AWS leaves open.
"""

from math import inf

import pytest

from floodgate.awsrules.instances import instance_refresh, maintenance, warm_pool
from floodgate.awsrules.instances.instance_refresh import Preferences
from floodgate.awsrules.model import Group, InstanceType, MaintenancePolicy, WarmPool
from tests.unit.awsrules.instances.playing import Refreshed, refresh

GUIDE = "https://docs.aws.amazon.com/autoscaling/ec2/userguide/"
REFRESH = GUIDE + "asg-instance-refresh.html"
DEFAULTS = GUIDE + "understand-instance-refresh-default-values.html"
CHECKPOINTS = GUIDE + "asg-adding-checkpoints-instance-refresh.html"
SKIP = GUIDE + "asg-instance-refresh-skip-matching.html"
ROLLBACK = GUIDE + "instance-refresh-rollback.html"
POLICY = GUIDE + "instance-maintenance-policy-overview-and-considerations.html"
WP = GUIDE + "ec2-auto-scaling-warm-pools.html"
WPX = GUIDE + "examples-warm-pools-aws-cli.html"
METRICS = GUIDE + "ec2-auto-scaling-metrics.html"
POOL_API = "https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_PutWarmPool.html"

SMALL = InstanceType("m7i.large", 2, 8192)
HEAVY = InstanceType("m7i.2xlarge", 8, 32768, weight=4)
POOL = WarmPool()
REUSING = WarmPool(reuse_on_scale_in=True)
WIDE = MaintenancePolicy(90, 120)
FIRST = MaintenancePolicy(100, 110)


def checkpoints(**changes):
    """The page's example: 10 instances, checkpoints [20, 50], 15 minutes, 80 percent, 10 minutes of warmup."""
    named = {"checkpoints": (20, 50), "checkpoint_delay_s": 900, "min_healthy_percent": 80, "warmup_s": 600, **changes}
    return refresh(10, 600, **named)


def group(**changes):
    return Group("web", 1, 10, 2, SMALL, ("a", "b"), **changes)


def failing_with(*, auto_rollback):
    preferences = Preferences(auto_rollback=auto_rollback)
    failed = instance_refresh.fail(instance_refresh.begin(0))
    return instance_refresh.after_failure(preferences, failed, 60).status


def told(played, *names):
    return tuple(played.ended[1] if name == "status" else getattr(played, name) for name in names)


REFRESHES = [
    (
        CHECKPOINTS,
        "0:00 two, 0:25 two, 0:35 one are replaced",
        lambda: [(minute, gone) for minute, gone, _ in checkpoints().replaced],
        [(0, 2), (25, 2), (35, 1)],
    ),
    (CHECKPOINTS, "at 0:10 two are warm: the first checkpoint", lambda: checkpoints().checkpoints, [(10, 20)]),
    (
        CHECKPOINTS,
        "at 0:45 it shows 50 percent",
        lambda: (checkpoints().ended, checkpoints().new),
        ((45, "Successful"), 5),
    ),
    (CHECKPOINTS, "derived: 80 percent stay in service", lambda: checkpoints().least, 8),
    (
        CHECKPOINTS,
        "two instances, [10, 40, 100]: the first checkpoint is skipped",
        lambda: refresh(2, min_healthy_percent=50, checkpoints=(10, 40, 100)).checkpoints,
        [(10, 40)],
    ),
    (
        CHECKPOINTS,
        "derived: [20, 100]: a fifth, ten minutes of wait, then the rest",
        lambda: refresh(10, 60, min_healthy_percent=80, checkpoints=(20, 100), checkpoint_delay_s=600).replaced,
        [(0, 2, 2), (11, 2, 2), (12, 2, 2), (13, 2, 2), (14, 2, 2)],
    ),
    (
        CHECKPOINTS,
        "derived: [1, 20] replaces a fifth and stops",
        lambda: told(
            refresh(100, 60, min_healthy_percent=80, checkpoints=(1, 20), checkpoint_delay_s=600),
            "new",
            "old",
            "status",
        ),
        (20, 80, "Successful"),
    ),
    (
        CHECKPOINTS,
        "derived: when the group grows a checkpoint may be reached again",
        lambda: (
            instance_refresh.step(
                Preferences(checkpoints=(20, 100), min_healthy_percent=80),
                instance_refresh.Standing(20, old=16, new_ready=4),
                instance_refresh.Progress(0, 0, passed=0, ready=2),
                7200,
            ).reached_percent
        ),
        20,
    ),
    (
        DEFAULTS,
        "90 percent stay healthy by default",
        lambda: instance_refresh.percentages(Preferences()),
        MaintenancePolicy(90, 100),
    ),
    (DEFAULTS, "a checkpoint waits an hour by default", lambda: Preferences().checkpoint_delay_s, 3600),
    (DEFAULTS, "the default warmup is waited for", lambda: instance_refresh.warmup_s(Preferences(), 120, 300), 120),
    (DEFAULTS, "without one the grace period", lambda: instance_refresh.warmup_s(Preferences(), None, 300), 300),
    (
        DEFAULTS,
        "unless the refresh has its own",
        lambda: instance_refresh.warmup_s(Preferences(warmup_s=0), 120, 300),
        0,
    ),
    (DEFAULTS, "no rollback by default", lambda: Preferences().auto_rollback, False),
    (
        DEFAULTS,
        "the API waits for protected and standby instances",
        lambda: (Preferences().protected, Preferences().standby),
        ("Wait", "Wait"),
    ),
    (DEFAULTS, "skip matching is off", lambda: instance_refresh.outdated("1", "1", skip_matching=False), True),
    (
        SKIP,
        "skip matching ignores what is up to date",
        lambda: instance_refresh.outdated("2", "2", skip_matching=True),
        False,
    ),
    (
        SKIP,
        "where all match it succeeds at once",
        lambda: told(refresh(4, group=Refreshed(4, 0, ready=4)), "ended", "replaced"),
        ((0, "Successful"), []),
    ),
    (REFRESH, "90 percent: 10 percent are replaced at a time", lambda: refresh(100).replaced[0], (0, 10, 10)),
    (REFRESH, "0 percent: all at once", lambda: refresh(10, min_healthy_percent=0).replaced, [(0, 10, 10)]),
    (
        REFRESH,
        "100 percent: one at a time",
        lambda: {max(gone, come) for _, gone, come in refresh(10, min_healthy_percent=100).replaced},
        {1},
    ),
    (REFRESH, "one instance is terminated before its replacement", lambda: refresh(1).replaced[0], (0, 1, 1)),
    (
        REFRESH,
        "derived: what never gets healthy fails it after an hour, 90 percent untouched",
        lambda: told(refresh(10, inf), "ended", "old"),
        ((60, "Failed"), 9),
    ),
    (
        REFRESH,
        "waiting an hour for a protected instance fails it",
        lambda: told(refresh(4, group=Refreshed(4, 3, protected=1)), "status", "old"),
        ("Failed", 1),
    ),
    (
        DEFAULTS,
        "Ignore leaves protected instances as they are",
        lambda: told(refresh(4, group=Refreshed(4, 3, protected=1), protected="Ignore"), "status", "old"),
        ("Successful", 1),
    ),
    (
        DEFAULTS,
        "Refresh replaces them too",
        lambda: told(refresh(4, group=Refreshed(4, 3, protected=1), protected="Refresh"), "status", "old"),
        ("Successful", 0),
    ),
    (
        DEFAULTS,
        "Wait: an instance on standby fails it after an hour",
        lambda: refresh(4, group=Refreshed(3, 3, standby=1)).ended[1],
        "Failed",
    ),
    (
        DEFAULTS,
        "Ignore leaves it on standby",
        lambda: told(refresh(4, group=Refreshed(3, 3, standby=1), standby="Ignore"), "status", "old"),
        ("Successful", 1),
    ),
    (
        DEFAULTS,
        "Terminate ends it",
        lambda: told(refresh(4, group=Refreshed(3, 3, standby=1), standby="Terminate"), "status", "old"),
        ("Successful", 0),
    ),
    (
        REFRESH,
        "14 days at most",
        lambda: instance_refresh.expired(instance_refresh.Progress(0, 14 * 86_400), 14 * 86_400),
        True,
    ),
    (ROLLBACK, "a failed refresh stays as it is", lambda: failing_with(auto_rollback=False), "Failed"),
    (ROLLBACK, "with auto rollback it is rolled back", lambda: failing_with(auto_rollback=True), "RollbackInProgress"),
    (
        ROLLBACK,
        "a cancelled one is not",
        lambda: instance_refresh.cancel(instance_refresh.begin(0)).status,
        "Cancelled",
    ),
]

MAINTENANCE = [
    (POLICY, "90 and 120 percent of 100: 90 to 120", lambda: maintenance.bounds(100, WIDE), (90, 120)),
    (POLICY, "a warm pool of 10: 9 to 12", lambda: warm_pool.bounds(10, WIDE), (9, 12)),
    *(
        (POLICY, f"without a policy: {event}, {order}", lambda event=event: maintenance.order(event), order)
        for event, order in (
            ("health check", "terminate and launch"),
            ("instance refresh", "terminate and launch"),
            ("maximum lifetime", "terminate and launch"),
            ("rebalancing", "launch first"),
        )
    ),
    (
        POLICY,
        "launch before terminating: 100 percent stay",
        lambda: maintenance.order("health check", FIRST),
        "launch first",
    ),
    (
        POLICY,
        "derived: a new one is launched and ready before the old one goes",
        lambda: refresh(10, policy=FIRST).replaced[:2],
        [(0, 0, 1), (10, 1, 1)],
    ),
    (
        POLICY,
        "terminate and launch: both at the same time",
        lambda: refresh(10, policy=MaintenancePolicy(90, 100)).replaced[0],
        (0, 1, 1),
    ),
    (
        POLICY,
        "the refresh's own percentages come before the policy's",
        lambda: instance_refresh.percentages(Preferences(min_healthy_percent=80), WIDE),
        MaintenancePolicy(80, 120),
    ),
    (
        POLICY,
        "derived: a larger range replaces more at a time",
        lambda: refresh(100, policy=WIDE).replaced[0],
        (0, 10, 30),
    ),
]

POOLS = [
    (WP, "desired 6, max 10: 4", lambda: warm_pool.size(POOL, 10, 6), 4),
    (WP, "desired 6, max 10, prepared 8: 2", lambda: warm_pool.size(WarmPool(max_prepared=8), 10, 6), 2),
    (WP, "desired 6, max 20, prepared 8: 2", lambda: warm_pool.size(WarmPool(max_prepared=8), 20, 6), 2),
    (
        WP,
        "1,000 instances, max 1,500: a pool of 100 instead of 500",
        lambda: (warm_pool.size(POOL, 1500, 1000), warm_pool.size(WarmPool(max_prepared=1100), 1500, 1000)),
        (500, 100),
    ),
    (WPX, "desired 800, prepared 900: 100", lambda: warm_pool.size(WarmPool(max_prepared=900), 2000, 800), 100),
    (
        WPX,
        "derived: with a minimum of 25: 25 at desired 890",
        lambda: warm_pool.size(WarmPool(min_size=25, max_prepared=900), 2000, 890),
        25,
    ),
    (WPX, "derived: a minimum of 4 at the group's maximum", lambda: warm_pool.size(WarmPool(min_size=4), 10, 10), 4),
    (
        WPX,
        "minimum 10, prepared 10: always 10",
        lambda: {warm_pool.size(WarmPool(min_size=10, max_prepared=10), 50, n) for n in range(51)},
        {10},
    ),
    (
        METRICS,
        "derived: a minimum beyond the difference is the pool's size",
        lambda: warm_pool.size(WarmPool(min_size=6), 10, 6),
        6,
    ),
    (
        POOL_API,
        "derived: desired beyond what is prepared: none",
        lambda: warm_pool.size(WarmPool(max_prepared=8), 20, 12),
        0,
    ),
    (
        POOL_API,
        "derived: unless there is a minimum",
        lambda: warm_pool.size(WarmPool(min_size=3, max_prepared=8), 20, 12),
        3,
    ),
    (POOL_API, "-1 clears what is prepared", lambda: warm_pool.size(WarmPool(max_prepared=-1), 10, 6), 4),
    (POOL_API, "stopped by default", lambda: warm_pool.resting_state(POOL), "Warmed:Stopped"),
    (WP, "hibernated where it can be", lambda: warm_pool.resting_state(WarmPool("Hibernated")), "Warmed:Hibernated"),
    (
        WP,
        "stopped where it cannot",
        lambda: warm_pool.resting_state(WarmPool("Hibernated"), hibernation=False),
        "Warmed:Stopped",
    ),
    (
        WP,
        "derived: a scale out draws on the pool: a warm start",
        lambda: warm_pool.scale_out(3, 4),
        warm_pool.ScaleOut(3, 0),
    ),
    (WP, "derived: depleted, the rest is a cold start", lambda: warm_pool.scale_out(6, 4), warm_pool.ScaleOut(4, 2)),
    (WP, "scale in terminates", lambda: warm_pool.scale_in(2, POOL), warm_pool.ScaleIn(0, 2)),
    (WP, "derived: and new ones are launched into the pool", lambda: warm_pool.refill(6, 4), warm_pool.Refill(2, 0)),
    (WP, "with a reuse policy they return", lambda: warm_pool.scale_in(2, REUSING), warm_pool.ScaleIn(2, 0)),
    (WP, "derived: and what is too much is terminated", lambda: warm_pool.refill(4, 6), warm_pool.Refill(0, 2)),
    (WP, "not with Spot", lambda: warm_pool.possible(group(spot=True)), False),
    (WP, "not with weights", lambda: warm_pool.possible(group(other_types=(HEAVY,))), False),
    (WP, "several types on demand may", lambda: warm_pool.possible(group(other_types=(SMALL,))), True),
]


@pytest.mark.parametrize(
    ("page", "sentence", "actual", "expected"),
    [pytest.param(*row, id=row[1]) for row in REFRESHES + MAINTENANCE + POOLS],
)
def test_the_example_of_replacing_holds(page, sentence, actual, expected):
    assert actual() == expected, f"{sentence}: {page}"
