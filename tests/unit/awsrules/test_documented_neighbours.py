"""AWS's own worked examples and printed rules of balancers, launches and databases, each with the page that prints it.

Proves that the rules agree with what AWS documents; cannot prove what AWS leaves open.
"""

import pytest

from floodgate.awsrules.balancer import capacity_units, targets
from floodgate.awsrules.database import connections
from floodgate.awsrules.instances import launching

ALB = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/"
ALB_METRICS = ALB + "load-balancer-cloudwatch-metrics.html"
SLOW = ALB + "edit-target-group-attributes.html"
HEALTH = ALB + "target-group-health-checks.html"
ELB_BLOG = (
    "https://aws.amazon.com/blogs/networking-and-content-delivery/"
    "using-load-balancer-capacity-unit-reservation-to-prepare-for-sharp-increases-in-traffic"
)
EC2_QUOTA = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-on-demand-instances.html"
EC2_THROTTLE = "https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html"
RDS = "https://docs.aws.amazon.com/AmazonRDS/latest/"
POOL = RDS + "APIReference/API_ConnectionPoolConfiguration.html"
AURORA_MYSQL = RDS + "AuroraUserGuide/AuroraMySQL.Managing.Performance.html"
SERVERLESS = RDS + "AuroraUserGuide/aurora-serverless-v2.setting-capacity.html"


def taken(*requests):
    bucket, granted = launching.TokenBucket(), []
    for wanted, at_s in requests:
        bucket, got = bucket.take(wanted, at_s)
        granted.append(got)
    return granted


NEIGHBOURS = [
    (
        ALB_METRICS,
        "requests are divided by the healthy targets",
        lambda: targets.requests_per_target(6000, 4, 5),
        1500,
    ),
    (ALB_METRICS, "without a healthy one by the registered", lambda: targets.requests_per_target(6000, 0, 5), 1200),
    (HEALTH, "all unhealthy: all get requests", lambda: targets.receiving(0, 5), 5),
    (SLOW, "slow start is linear", lambda: targets.slow_start_share(30, 60), 0.5),
    (ELB_BLOG, "1 Gbps is 2 Gbps five minutes later", lambda: capacity_units.ramped(1, 300), 2),
    (ELB_BLOG, "and 4 Gbps after ten", lambda: capacity_units.ramped(1, 600), 4),
    (ELB_BLOG, "267 units over three zones are 89 each", lambda: capacity_units.reserved_per_zone(267, 3), 89),
    (ALB_METRICS, "1000 reserved, 600 used: 1000 paid", lambda: capacity_units.billed_lcu(1000, 600), (1000, 0)),
    (ALB_METRICS, "100 reserved, 120 used: 100 and 20 paid", lambda: capacity_units.billed_lcu(100, 120), (100, 20)),
    (EC2_QUOTA, "256 vCPUs are 32 m5.2xlarge", lambda: launching.quota_room(256, 0, 8), 32),
    (EC2_QUOTA, "or 16 c5.4xlarge", lambda: launching.quota_room(256, 0, 16), 16),
    (EC2_THROTTLE, "1000 at once, in any split", lambda: taken((400, 0), (600, 0), (1, 0)), [400, 600, 0]),
    (EC2_THROTTLE, "then two a second", lambda: taken((1000, 0), (10, 1), (10, 2)), [1000, 2, 2]),
    (POOL, "80 % of connections keep 40 % idle", lambda: connections.proxy_idle_percent(80), 40),
    (
        AURORA_MYSQL,
        "Aurora MySQL on a large: 1000",
        lambda: connections.max_connections("aurora-mysql", "db.r6g.large", 16_384),
        1000,
    ),
    (
        AURORA_MYSQL,
        "on a 16xlarge: 6000",
        lambda: connections.max_connections("aurora-mysql", "db.r6g.16xlarge", 524_288),
        6000,
    ),
    (
        AURORA_MYSQL,
        "a t3.medium: 90",
        lambda: connections.max_connections("aurora-mysql", "db.t3.medium", 4_096),
        90,
    ),
    (
        SERVERLESS,
        "PostgreSQL never beyond 5000",
        lambda: connections.max_connections("aurora-postgresql", "db.r6g.16xlarge", 524_288),
        5000,
    ),
    (
        SERVERLESS,
        "a minimum of half a unit caps PostgreSQL at 2000",
        lambda: connections.serverless_connections("aurora-postgresql", 0.5, 64),
        2000,
    ),
]

SERVERLESS_TABLE = [
    (1, 90, 189),
    (4, 135, 823),
    (8, 1_000, 1_669),
    (16, 2_000, 3_360),
    (32, 3_000, 5_000),
    (64, 4_000, 5_000),
    (128, 5_000, 5_000),
    (192, 6_000, 5_000),
    (256, 6_000, 5_000),
]


@pytest.mark.parametrize(
    ("page", "sentence", "actual", "expected"), [pytest.param(*row, id=row[1]) for row in NEIGHBOURS]
)
def test_the_example_holds(page, sentence, actual, expected):
    assert actual() == expected, f"{sentence}: {page}"


@pytest.mark.parametrize(("units", "mysql", "postgresql"), SERVERLESS_TABLE)
def test_serverless_connections_follow_the_table(units, mysql, postgresql):
    assert connections.serverless_connections("aurora-mysql", 1, units) == mysql, SERVERLESS
    assert connections.serverless_connections("aurora-postgresql", 1, units) == postgresql, SERVERLESS
