"""AWS's own worked examples and printed rules of the Application Load Balancer, each with the page that prints it.

Proves that the rules agree with what AWS documents; cannot prove what AWS leaves open.
"""

import pytest

from floodgate.awsrules.balancer import (
    capacity_units,
    draining,
    fail_open,
    health_checks,
    quotas,
    ramp,
    reservation,
    slow_start,
    target_metrics,
    targets,
)
from floodgate.awsrules.balancer.capacity_units import Traffic
from floodgate.awsrules.balancer.fail_open import Threshold
from floodgate.awsrules.balancer.health_checks import Health, HealthCheck
from floodgate.awsrules.cloudwatch.datapoints import Datapoint, over

ALB = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/"
METRICS = ALB + "load-balancer-cloudwatch-metrics.html"
ATTRIBUTES = ALB + "edit-target-group-attributes.html"
HEALTH = ALB + "target-group-health-checks.html"
GROUP_HEALTH = ALB + "load-balancer-target-groups.html"
RESERVATION = ALB + "capacity-unit-reservation.html"
REQUEST = ALB + "request-capacity-unit-reservation.html"
LIMITS = ALB + "load-balancer-limits.html"
BALANCERS = ALB + "application-load-balancers.html"
PRICING = "https://aws.amazon.com/elasticloadbalancing/pricing/"
BLOG = (
    "https://aws.amazon.com/blogs/networking-and-content-delivery/"
    "using-load-balancer-capacity-unit-reservation-to-prepare-for-sharp-increases-in-traffic"
)

CHECK = HealthCheck()
HALF = Threshold(count=None, percent=50)
# six of ten targets of the second zone have failed
ZONES = {"A": (10, 10), "B": (4, 10)}
DAY_S = 86_400
# as many samples of each node: averages of 6 and of 3
NODES = (Datapoint(60, 10, 2, 10), Datapoint(30, 10, 1, 5))


def after(*passed, state="initial"):
    health = Health(state)
    for result in passed:
        health = health_checks.after(health, CHECK, passed=result)
    return health.state


METRIC_RULES = [
    (
        METRICS,
        "derived: requests are divided by the healthy targets",
        lambda: targets.requests_per_target(6000, 4, 5),
        1500,
    ),
    (
        METRICS,
        "derived: without a healthy one by the registered",
        lambda: targets.requests_per_target(6000, 0, 5),
        1200,
    ),
    (
        METRICS,
        "always reported: a minute without requests is 0",
        lambda: target_metrics.requests_per_target(0, 4, 5),
        0,
    ),
    (
        METRICS,
        "derived: RequestCount leaves out what was refused before",
        lambda: target_metrics.request_count(100, 30),
        70,
    ),
    (
        METRICS,
        "derived: HealthyHostCount counts healthy targets",
        lambda: target_metrics.healthy_host_count(["healthy", "unhealthy", "initial", "healthy"]),
        2,
    ),
    (
        METRICS,
        "derived: UnHealthyHostCount unhealthy ones",
        lambda: target_metrics.unhealthy_host_count(["healthy", "unhealthy", "initial", "draining"]),
        1,
    ),
    (METRICS, "no targets, no datapoint", lambda: target_metrics.healthy_host_count([]), None),
    (
        METRICS,
        "a counter with a nonzero value only has none at zero",
        lambda: (target_metrics.reported(0, always=False), target_metrics.reported(0, always=True)),
        (None, 0),
    ),
    (
        METRICS,
        "two nodes with 2 to 10 and 1 to 5 healthy hosts: minimum 1, maximum 10",
        lambda: [over(NODES, "Minimum"), over(NODES, "Maximum")],
        [1, 10],
    ),
    (METRICS, "and about 4 on average", lambda: int(over(NODES, "Average") or 0), 4),
    (METRICS, "metrics come every 60 seconds", lambda: target_metrics.PERIOD_S, 60),
]

HEALTH_RULES = [
    (
        HEALTH,
        "interval 30, timeout 5, healthy 5, unhealthy 2 by default",
        lambda: (CHECK.interval_s, CHECK.timeout_s, CHECK.healthy_threshold, CHECK.unhealthy_threshold),
        (30, 5, 5, 2),
    ),
    (HEALTH, "a new target must pass one check", lambda: after(True), "healthy"),
    (HEALTH, "until then it is initial", after, "initial"),
    (HEALTH, "one failure does not take a target out", lambda: after(False, state="healthy"), "healthy"),
    (HEALTH, "two in a row do", lambda: after(False, False, state="healthy"), "unhealthy"),
    (HEALTH, "derived: not two apart", lambda: after(False, True, False, state="healthy"), "healthy"),
    (HEALTH, "derived: four passes do not bring it back", lambda: after(*[True] * 4, state="unhealthy"), "unhealthy"),
    (HEALTH, "five in a row do", lambda: after(*[True] * 5, state="unhealthy"), "healthy"),
    (
        HEALTH,
        "no answer within the timeout is a failure",
        lambda: [health_checks.passes(CHECK, answer_s) for answer_s in (4.9, 5.0, None)],
        [True, False, False],
    ),
    (
        HEALTH,
        "the success code is 200 unless told otherwise",
        lambda: (health_checks.passes(CHECK, 1, 302), health_checks.passes(CHECK, 1, 302, range(200, 400))),
        (False, True),
    ),
    (
        HEALTH,
        "derived: the time of an answer does not shift the next check",
        lambda: health_checks.unhealthy_s(CHECK, 0, 95, hangs=True),
        120 + 30 + 5,
    ),
    (HEALTH, "all unhealthy: all get requests", lambda: targets.receiving(0, 5), 5),
    (HEALTH, "otherwise the healthy ones", lambda: targets.receiving(2, 5), 2),
]

GROUP_RULES = [
    (
        GROUP_HEALTH,
        "cross-zone off, 50 percent: B is marked unhealthy in DNS",
        lambda: fail_open.zones_in_dns(ZONES, HALF, cross_zone=False),
        ("A",),
    ),
    (
        GROUP_HEALTH,
        "cross-zone off: A goes on with 10, B sends to all 10",
        lambda: fail_open.receiving_by_zone(ZONES, HALF, cross_zone=False),
        {"A": 10, "B": 10},
    ),
    (
        GROUP_HEALTH,
        "cross-zone on: 14 of 20 are 70 percent, the healthy ones of both get requests",
        lambda: fail_open.receiving_by_zone(ZONES, HALF),
        {"A": 10, "B": 4},
    ),
    (GROUP_HEALTH, "cross-zone on: both stay in DNS", lambda: fail_open.zones_in_dns(ZONES, HALF), ("A", "B")),
    (
        GROUP_HEALTH,
        "derived: either threshold, where both are set, is enough",
        lambda: [Threshold(2, 50).missed(*pair) for pair in ((4, 10), (1, 1), (5, 10))],
        [True, True, False],
    ),
    (
        GROUP_HEALTH,
        "all zones unhealthy: all get traffic",
        lambda: fail_open.zones_in_dns({"A": (0, 2), "B": (0, 2)}, cross_zone=False),
        ("A", "B"),
    ),
    (
        GROUP_HEALTH,
        "the threshold of DNS is not below that of routing",
        lambda: (fail_open.consistent(Threshold(2), Threshold(1)), fail_open.consistent(Threshold(2), Threshold(2))),
        (False, True),
    ),
    (GROUP_HEALTH, "a group is healthy with one healthy target", lambda: Threshold().missed(1, 50), False),
]

ATTRIBUTE_RULES = [
    (ATTRIBUTES, "derived: slow start is linear", lambda: targets.slow_start_share(30, 60), 0.5),
    (ATTRIBUTES, "0 turns it off", lambda: targets.slow_start_share(0, 0), 1.0),
    (
        ATTRIBUTES,
        "30 to 900 seconds, or 0",
        lambda: [slow_start.valid(value) for value in (0, 29, 30, 900, 901)],
        [True, False, True, True, False],
    ),
    (
        ATTRIBUTES,
        "not with least outstanding requests",
        lambda: slow_start.valid(60, "least_outstanding_requests"),
        False,
    ),
    (ATTRIBUTES, "not with weighted random", lambda: slow_start.valid(60, "weighted_random"), False),
    (ATTRIBUTES, "into an empty group nobody starts slowly", lambda: slow_start.begins(60, 0), False),
    (ATTRIBUTES, "beside a healthy target out of slow start they do", lambda: slow_start.begins(60, 1), True),
    (ATTRIBUTES, "derived: it ends with the duration", lambda: slow_start.ends_s(100, 60), 160),
    (ATTRIBUTES, "derived: or when the target turns unhealthy", lambda: slow_start.ends_s(100, 60, 130), 130),
    (ATTRIBUTES, "deregistration waits 300 s by default", lambda: draining.DEFAULT_S, 300),
    (
        ATTRIBUTES,
        "0 to 3600 s",
        lambda: [draining.valid(value) for value in (-1, 0, 3600, 3601)],
        [False, True, True, False],
    ),
    (ATTRIBUTES, "it completes at once without requests and connections", lambda: draining.completes_s(0, 300, 0), 0),
    (ATTRIBUTES, "with them after the delay", lambda: draining.completes_s(0, 300), 300),
    (ATTRIBUTES, "or when the last has ended", lambda: draining.completes_s(0, 300, 40), 40),
    (
        ATTRIBUTES,
        "it is shown as draining until the delay is over, then unused",
        lambda: [draining.shown(now_s, 0, 300) for now_s in (0, 299, 300)],
        ["draining", "draining", "unused"],
    ),
    (ATTRIBUTES, "what takes longer gets an error", lambda: draining.cut_off(301, 300), True),
]

CAPACITY = [
    (PRICING, "25 new connections a second are a unit", lambda: capacity_units.lcu(Traffic(25)), 1),
    (PRICING, "3,000 active connections", lambda: capacity_units.lcu(Traffic(active_connections=3000)), 1),
    (PRICING, "1 GB an hour", lambda: capacity_units.lcu(Traffic(gigabytes_per_hour=1)), 1),
    (PRICING, "0.4 GB an hour for Lambda", lambda: capacity_units.lcu(Traffic(lambda_gigabytes_per_hour=0.4)), 1),
    (
        PRICING,
        "1,000 rules a second, the first ten of a request free",
        lambda: [capacity_units.lcu(Traffic(requests_per_s=100, rules=rules)) for rules in (10, 20)],
        [0, 1],
    ),
    (PRICING, "derived: the largest counts", lambda: capacity_units.lcu(Traffic(50, 3000, 1)), 2),
    (
        PRICING,
        "derived: each dimension by itself",
        lambda: capacity_units.dimensions(Traffic(50, 3000, 3, 100, 60)),
        {"new connections": 2, "active connections": 1, "processed bytes": 3, "rule evaluations": 5},
    ),
    (BLOG, "1 Gbps is 2 Gbps five minutes later", lambda: ramp.ramped(1, 300), 2),
    (BLOG, "and 4 Gbps after ten", lambda: capacity_units.ramped(1, 600), 4),
    (BLOG, "a Network Load Balancer starts at 3 Gbps", lambda: ramp.network_ramped(0), 3),
    (BLOG, "derived: and grows by 3 Gbps a minute", lambda: ramp.network_ramped(120), 9),
    (BLOG, "267 units over three zones are 89 each", lambda: capacity_units.reserved_per_zone(267, 3), 89),
    (METRICS, "1000 reserved, 600 used: 1000 paid", lambda: reservation.billed_lcu(1000, 600), (1000, 0)),
    (METRICS, "100 reserved, 120 used: 100 and 20 paid", lambda: capacity_units.billed_lcu(100, 120), (100, 20)),
    (
        METRICS,
        "500 for an hour: ReservedLCUs 8.33 a minute",
        lambda: round(reservation.reserved_lcu_metric(500), 2),
        8.33,
    ),
    (
        RESERVATION,
        "at least 100, at most 15,000",
        lambda: [reservation.allowed(value) for value in (0, 99, 100, 15_000, 15_001)],
        [True, False, True, True, False],
    ),
    (LIMITS, "per Region 0 until it is raised", lambda: quotas.QUOTAS["reserved LCU per Region"], 0),
    (REQUEST, "raised at any time", lambda: reservation.may_change(100, 200, [0, 1, 2, 3], 4), True),
    (
        REQUEST,
        "lowered twice a day",
        lambda: [reservation.may_change(200, 100, [0] * n, 60) for n in (1, 2)],
        [True, False],
    ),
    (REQUEST, "derived: and again the next day", lambda: reservation.may_change(200, 100, [0, 0], DAY_S), True),
    (
        RESERVATION,
        "derived: estimated from the peak of PeakLCUs by minute",
        lambda: reservation.estimate([80, 240, 120]),
        240,
    ),
    (RESERVATION, "beyond the reservation it still scales", lambda: reservation.capacity(500, 800), 800),
]

LIMIT_RULES = [
    *(
        (LIMITS, f"{name}: {most}", lambda name=name: quotas.QUOTAS[name], most)
        for name, most in (
            ("load balancers per Region", 50),
            ("listeners per load balancer", 50),
            ("target groups per load balancer", 100),
            ("rules per load balancer", 100),
            ("targets per load balancer", 1000),
            ("targets per target group", 1000),
            ("certificates per load balancer", 25),
        )
    ),
    (
        BALANCERS,
        "a /27 with eight free addresses",
        lambda: [quotas.subnet_suits(*subnet) for subnet in ((27, 8), (28, 8), (24, 7))],
        [True, False, False],
    ),
    (BALANCERS, "the idle timeout is 60 s", lambda: quotas.IDLE_TIMEOUT_S, 60),
]


@pytest.mark.parametrize(
    ("page", "sentence", "actual", "expected"),
    [
        pytest.param(*row, id=row[1])
        for row in METRIC_RULES + HEALTH_RULES + GROUP_RULES + ATTRIBUTE_RULES + CAPACITY + LIMIT_RULES
    ],
)
def test_the_rule_of_the_balancer_holds(page, sentence, actual, expected):
    assert actual() == expected, f"{sentence}: {page}"
