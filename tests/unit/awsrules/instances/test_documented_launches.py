"""AWS's own examples and printed rules of zones, termination, launch limits and failed launches, each with its page.

Proves that the rules agree with what AWS documents; cannot prove what AWS leaves open.
"""

from random import Random

import pytest

from floodgate.awsrules.instances import launch_failures, launching, termination, zones
from floodgate.awsrules.instances.instances_distribution import InstancesDistribution
from floodgate.awsrules.instances.launch_failures import Launch, Market
from floodgate.awsrules.instances.termination import Candidate, Wanted
from floodgate.awsrules.instances.zones import Move

GUIDE = "https://docs.aws.amazon.com/autoscaling/ec2/userguide/"
BENEFITS = GUIDE + "auto-scaling-benefits.html"
BALANCED = GUIDE + "ec2-auto-scaling-availability-zone-balanced.html"
SCALE_IN = GUIDE + "as-instance-termination.html"
TERMINATION = GUIDE + "ec2-auto-scaling-termination-policies.html"
PROTECTION = GUIDE + "ec2-auto-scaling-instance-protection.html"
SUSPEND = GUIDE + "as-suspend-resume-processes.html"
FAILURES = GUIDE + "ts-as-instancelaunchfailure.html"
WEIGHTS = GUIDE + "ec2-auto-scaling-mixed-instances-groups-instance-weighting.html"
MIXED = GUIDE + "ec2-auto-scaling-mixed-instances-groups.html"
EC2_QUOTA = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-on-demand-instances.html"
EC2_THROTTLE = "https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html"
SUBNETS = "https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html"

HOUR = 3600
NOW_S = 10 * HOUR


def gone(candidates, count=1, policies=("Default",), wanted=None, seed=1):
    chosen = termination.choose(candidates, count, policies, NOW_S, Random(seed).random, wanted)
    return [candidate.id for candidate in chosen]


def candidate(name, zone="a", **facts):
    return Candidate(name, zone, **facts)


def taken(*requests):
    bucket, granted = launching.TokenBucket(), []
    for wanted, at_s in requests:
        bucket, got = bucket.take(wanted, at_s)
        granted.append(got)
    return granted


def calls(action, *requests):
    throttle, passed = launching.throttle(action), []
    for instances, at_s in requests:
        throttle, ok = throttle.call(instances, at_s)
        passed.append(ok)
    return passed


HOSTS = launching.full(100, 20).take(100, 0)[0]
OLD_TEMPLATE = candidate("old", template="v1", configured_s=1)
CURRENT = Wanted("v2")
VERSIONS = [candidate(f"version {n}", template="v2", version=n, launched_s=n) for n in (3, 1, 2)]
CONFIGURED = [
    candidate("second", configured_s=2),
    candidate("first", configured_s=1),
    candidate("template", template="t"),
]
HOURS = [candidate(f"{minutes} min", launched_s=NOW_S - HOUR - minutes * 60) for minutes in (5, 55, 30)]
AGES = [candidate("middle", launched_s=2), candidate("oldest", launched_s=1), candidate("newest", launched_s=3)]
TYPES = [candidate("c5", instance_type="c5.large"), candidate("m5", instance_type="m5.large")]

ZONES = [
    (BENEFITS, "launched in the zone with the fewest", lambda: zones.launches({"a": 3, "b": 1, "c": 2}, 1), {"b": 1}),
    (BENEFITS, "derived: spread evenly", lambda: zones.launches({"a": 0, "b": 0, "c": 0}, 6), {"a": 2, "b": 2, "c": 2}),
    (
        BALANCED,
        "balanced-best-effort launches in another zone where one fails",
        lambda: zones.launches({"a": 1, "b": 1}, 2, {"b"}),
        {"a": 2},
    ),
    (
        BALANCED,
        "balanced-only goes on trying in that zone",
        lambda: zones.launches({"a": 1, "b": 1}, 2, {"b"}, "balanced-only"),
        {"a": 1},
    ),
    (
        BALANCED,
        "derived: the zones it tries next",
        lambda: (
            launch_failures.zones_to_try({"a": 2, "b": 1}, {"b"}, "balanced-only"),
            launch_failures.zones_to_try({"a": 2, "b": 1}, {"b"}, "balanced-best-effort"),
        ),
        (("b",), ("a",)),
    ),
    (SCALE_IN, "derived: rebalancing may exceed the maximum by 10 percent", lambda: zones.limit(100), 110),
    (SCALE_IN, "derived: or by one, whichever is greater", lambda: zones.limit(5), 6),
    (
        SCALE_IN,
        "a zone comes back: one is launched there, one ends elsewhere",
        lambda: zones.rebalancing({"a": 2, "b": 0}, 2),
        (Move("b", "a"),),
    ),
    (SCALE_IN, "two zones, two instances: level", lambda: zones.balanced({"a": 1, "b": 1}), True),
    (
        SCALE_IN,
        "zones that the group has left are emptied",
        lambda: zones.leaving({"a": 2, "b": 2, "c": 0}, ["a", "c"]),
        {"b": 2},
    ),
]

TERMINATIONS = [
    (
        SCALE_IN,
        "of two and one, from the zone with two",
        lambda: gone([candidate("a1"), candidate("b1", "b"), candidate("b2", "b", template="t")])[0][0],
        "b",
    ),
    (
        TERMINATION,
        "the zone with the most that has an unprotected one",
        lambda: gone([candidate("a1"), *(candidate(f"b{n}", "b", protected=True) for n in range(3))]),
        ["a1"],
    ),
    (
        TERMINATION,
        "Default: launch configurations before templates",
        lambda: gone([candidate("template", template="t"), candidate("configuration", configured_s=9)]),
        ["configuration"],
    ),
    (
        TERMINATION,
        "Default: the oldest launch template",
        lambda: gone([*VERSIONS, OLD_TEMPLATE], wanted=CURRENT),
        ["old"],
    ),
    (TERMINATION, "Default: then the next billing hour", lambda: gone(HOURS), ["55 min"]),
    (
        TERMINATION,
        "Default: then at random",
        lambda: {gone([candidate("x"), candidate("y")], seed=n)[0] for n in range(20)},
        {"x", "y"},
    ),
    (
        TERMINATION,
        "balance comes before the policy",
        lambda: gone(
            [candidate("oldest", "a"), candidate("b1", "b", launched_s=9), candidate("b2", "b", launched_s=8)],
            policies=["OldestInstance"],
        ),
        ["b2"],
    ),
    (
        TERMINATION,
        "level zones are looked at together",
        lambda: gone(
            [candidate("young", "a", launched_s=9), candidate("old", "b", launched_s=1)], policies=["OldestInstance"]
        ),
        ["old"],
    ),
    (TERMINATION, "OldestInstance", lambda: gone(AGES, 3, ["OldestInstance"]), ["oldest", "middle", "newest"]),
    (TERMINATION, "NewestInstance", lambda: gone(AGES, 3, ["NewestInstance"]), ["newest", "middle", "oldest"]),
    (
        TERMINATION,
        "ClosestToNextInstanceHour",
        lambda: gone(HOURS, 3, ["ClosestToNextInstanceHour"]),
        ["55 min", "30 min", "5 min"],
    ),
    (
        TERMINATION,
        "OldestLaunchTemplate: others first, then old versions of the current one",
        lambda: gone([*VERSIONS, OLD_TEMPLATE], 4, ["OldestLaunchTemplate"], CURRENT),
        ["old", "version 1", "version 2", "version 3"],
    ),
    (
        TERMINATION,
        "OldestLaunchConfiguration",
        lambda: gone(CONFIGURED, 2, ["OldestLaunchConfiguration"]),
        ["first", "second"],
    ),
    (
        TERMINATION,
        "AllocationStrategy: types of lower priority first",
        lambda: gone(TYPES, 1, ["AllocationStrategy"], Wanted(ranks={"c5.large": 0, "m5.large": 1})),
        ["m5"],
    ),
    (
        TERMINATION,
        "derived: several policies apply in their order",
        lambda: gone(
            [*VERSIONS, candidate("old young", template="v1", configured_s=1, launched_s=9), OLD_TEMPLATE],
            2,
            ["OldestLaunchTemplate", "NewestInstance"],
            CURRENT,
        ),
        ["old young", "old"],
    ),
    (PROTECTION, "protected ones never go", lambda: gone([candidate("x", protected=True)], 1), []),
]

LAUNCHES = [
    (EC2_QUOTA, "256 vCPUs are 32 m5.2xlarge", lambda: launching.quota_room(256, 0, 8), 32),
    (EC2_QUOTA, "or 16 c5.4xlarge", lambda: launching.quota_room(256, 0, 16), 16),
    (EC2_QUOTA, "a new account runs 5 vCPUs", lambda: launching.DEFAULT_STANDARD_VCPUS, 5),
    *(
        (EC2_QUOTA, f"{state} is not counted", lambda state=state: launching.counts(state), False)
        for state in ("pending", "stopping", "stopped", "shutting-down", "terminated")
    ),
    (EC2_QUOTA, "running is", lambda: launching.counts("running"), True),
    (
        EC2_QUOTA,
        "derived: Capacity Reservations are counted",
        lambda: launching.vcpus_in_use([("running", 8), ("stopped", 8)], reserved_vcpus=16),
        24,
    ),
    *(
        (EC2_QUOTA, f"{kind} is of the Standard families", lambda kind=kind: launching.is_standard(kind), True)
        for kind in (
            "a1.large",
            "c7g.large",
            "d3.xlarge",
            "h1.2xlarge",
            "i4i.large",
            "m5.2xlarge",
            "r6g.large",
            "t3.micro",
            "z1d.large",
        )
    ),
    *(
        (EC2_QUOTA, f"{kind} is not", lambda kind=kind: launching.is_standard(kind), False)
        for kind in (
            "p5.48xlarge",
            "g5.xlarge",
            "inf2.xlarge",
            "trn1.2xlarge",
            "x2gd.large",
            "dl1.24xlarge",
            "vt1.3xlarge",
            "f1.2xlarge",
        )
    ),
    (EC2_THROTTLE, "1000 at once, in any split", lambda: taken((400, 0), (600, 0), (1, 0)), [400, 600, 0]),
    (EC2_THROTTLE, "100 calls of DescribeHosts empty its bucket", lambda: HOSTS.level(0), 0),
    (EC2_THROTTLE, "five seconds fill it again", lambda: (HOSTS.level(4.9) < 100, HOSTS.level(5)), (True, 100)),
    (EC2_THROTTLE, "tokens beyond it are lost", lambda: HOSTS.level(500), 100),
    (EC2_THROTTLE, "20 a second can be made meanwhile", lambda: HOSTS.take(30, 1)[1], 20),
    (EC2_THROTTLE, "1000 in one call", lambda: calls("RunInstances", (1000, 0)), [True]),
    (EC2_THROTTLE, "or four calls of 250", lambda: calls("RunInstances", *[(250, 0)] * 4), [True] * 4),
    (EC2_THROTTLE, "then two a second", lambda: taken((1000, 0), (10, 1), (10, 2)), [1000, 2, 2]),
    (
        EC2_THROTTLE,
        "two calls of one, or one of two",
        lambda: calls("RunInstances", (1000, 0), (1, 1), (1, 1), (2, 2), (1, 2)),
        [True] * 4 + [False],
    ),
    (
        EC2_THROTTLE,
        "derived: five calls at once, then two a second",
        lambda: calls("RunInstances", *[(1, 0)] * 6, (1, 1), (1, 1), (1, 1)),
        [True] * 5 + [False, True, True, False],
    ),
    (
        EC2_THROTTLE,
        "starting has the same buckets",
        lambda: launching.BUCKETS["StartInstances"],
        launching.BUCKETS["RunInstances"],
    ),
    (EC2_THROTTLE, "stopping refills 20 a second", lambda: launching.BUCKETS["StopInstances"][0], (1000, 20)),
    (
        EC2_THROTTLE,
        "terminating too, with 100 calls and 5 a second",
        lambda: launching.BUCKETS["TerminateInstances"],
        ((1000, 20), (100, 5)),
    ),
    (
        WEIGHTS,
        "5 units missing, a weight of 12: 7 too many",
        lambda: launching.size_beyond_desired(5, 12),
        (1, 7),
    ),
    (
        WEIGHTS,
        "derived: never beyond the desired capacity and the largest weight",
        lambda: launching.weighted_limit(100, 12),
        112,
    ),
    (
        FAILURES,
        "no capacity in a zone: launched in others",
        lambda: launch_failures.place(2, {"a": 0, "b": 0}, ["m5"], Market(frozenset({("a", "m5")}))).launched,
        2,
    ),
    (
        MIXED,
        "no capacity of the first type: the second",
        lambda: launch_failures.place(1, {"a": 0}, ["m5", "c5"], Market(frozenset({("a", "m5")}))).launches,
        (Launch("a", "c5", 1),),
    ),
    (
        BALANCED,
        "balanced-only launches nothing in place of the zone that fails",
        lambda: launch_failures.place(2, {"a": 0, "b": 0}, ["m5"], Market(frozenset({("a", "m5")})), "balanced-only"),
        launch_failures.Outcome((Launch("b", "m5", 1),), (("a", "capacity", 1),)),
    ),
    (SUBNETS, "a /24 has 251 addresses", lambda: launch_failures.addresses(24), 251),
    (SUBNETS, "a /28 has 11", lambda: launch_failures.addresses(28), 11),
    (
        SUSPEND,
        "after more than 24 hours of failures AWS suspends the group",
        lambda: [launch_failures.suspended_by_aws(0, now_s) for now_s in (86_400, 86_401)],
        [False, True],
    ),
    (SUSPEND, "one success and it does not", lambda: launch_failures.suspended_by_aws(None, 9e9), False),
]


# base, percentage above it, and what of 10, 20, 30 and 40 instances is On-Demand
DISTRIBUTIONS = [
    (10, 50, (10, 15, 20, 25)),
    (0, 0, (0, 0, 0, 0)),
    (0, 60, (6, 12, 18, 24)),
    (0, 100, (10, 20, 30, 40)),
    (12, 0, (10, 12, 12, 12)),
]


@pytest.mark.parametrize(("base", "percent", "on_demand"), DISTRIBUTIONS)
@pytest.mark.parametrize("place", range(4))
def test_purchase_options_are_mixed_as_the_table_prints(base, percent, on_demand, place):
    distribution, total = InstancesDistribution(base, percent), 10 * (place + 1)

    assert distribution.on_demand(total) == on_demand[place], MIXED
    assert distribution.spot(total) == total - on_demand[place], MIXED


@pytest.mark.parametrize(
    ("page", "sentence", "actual", "expected"),
    [pytest.param(*row, id=row[1]) for row in ZONES + TERMINATIONS + LAUNCHES],
)
def test_the_rule_of_launches_and_ends_holds(page, sentence, actual, expected):
    assert actual() == expected, f"{sentence}: {page}"
