"""AWS's own worked examples and printed rules of RDS, RDS Proxy and Aurora, each with the page that prints it.

Proves that the rules agree with what AWS documents; cannot prove what AWS leaves open, such as how long a fail-over
takes.
"""

from random import Random

import pytest

from floodgate.awsrules.database import connections, failover, proxy, quotas, readers, serverless
from floodgate.awsrules.database.failover import Replica
from floodgate.awsrules.database.proxy import Pool
from floodgate.awsrules.database.readers import Reader

RDS = "https://docs.aws.amazon.com/AmazonRDS/latest/"
LIMITS = RDS + "UserGuide/CHAP_Limits.html"
PROXY = RDS + "UserGuide/rds-proxy-connections.html"
PROXY_WORKS = RDS + "UserGuide/rds-proxy.howitworks.html"
PROXY_QUOTAS = RDS + "UserGuide/rds-proxy.html"
PINNING = RDS + "UserGuide/rds-proxy-pinning.html"
POOL = RDS + "APIReference/API_ConnectionPoolConfiguration.html"
MULTI_AZ = RDS + "UserGuide/Concepts.MultiAZSingleStandby.html"
MULTI_AZ_CLUSTER = RDS + "UserGuide/multi-az-db-clusters-concepts.html"
AURORA = RDS + "AuroraUserGuide/"
AURORA_MYSQL = AURORA + "AuroraMySQL.Managing.Performance.html"
AURORA_POSTGRESQL = AURORA + "AuroraPostgreSQL.Managing.html"
AVAILABILITY = AURORA + "Concepts.AuroraHighAvailability.html"
SCALING = AURORA + "Aurora.Integrating.AutoScaling.html"
SERVERLESS = AURORA + "aurora-serverless-v2.setting-capacity.html"
SERVERLESS_ADMINISTRATION = AURORA + "aurora-serverless-v2-administration.html"
PROXY_ENDPOINTS = AURORA + "rds-proxy-endpoints.html"
SERVERLESS_WORKS = AURORA + "aurora-serverless-v2.how-it-works.html"

GIB_16 = 16_384


def most(engine, instance_class="db.m7g.xlarge", memory_mib=GIB_16, reserved=0.0):
    return connections.max_connections(engine, instance_class, memory_mib, reserved)


def promoted(*replicas, seed=1):
    chosen = failover.promoted(replicas, Random(seed).random)
    return None if chosen is None else chosen.id


RDS_LIMITS = [
    (LIMITS, "16 GiB of MySQL: around 1,300", lambda: round(most("mysql", reserved=0.05), -2), 1_300),
    (LIMITS, "derived: MySQL: a connection for each 12,582,880 bytes", lambda: most("mysql", memory_mib=1200), 100),
    (LIMITS, "MariaDB: never beyond 12,000", lambda: most("mariadb", memory_mib=1_048_576), 12_000),
    (LIMITS, "MariaDB 10.4: as MySQL", lambda: most("mariadb 10.4") == most("mysql"), True),
    (LIMITS, "PostgreSQL: never beyond 5,000", lambda: most("postgres", memory_mib=1_048_576), 5_000),
    (LIMITS, "Oracle: never beyond 20,000 processes", lambda: most("oracle", memory_mib=1_048_576), 20_000),
    (LIMITS, "SQL Server: no limit", lambda: connections.unlimited("sqlserver-se"), True),
    (LIMITS, "15 read replicas of a primary", lambda: quotas.QUOTAS["read replicas per primary"], 15),
    (
        LIMITS,
        "40 instances in a Region",
        lambda: quotas.exceeded({"DB instances per Region": 41}),
        {"DB instances per Region": (41, 40)},
    ),
]

# the sizes of each family that the page's table has, and what it prints for a size
MEMORY_OPTIMIZED = {
    "large": 1000, "xlarge": 2000, "2xlarge": 3000, "4xlarge": 4000, "8xlarge": 5000, "12xlarge": 6000,
    "16xlarge": 6000, "24xlarge": 7000, "32xlarge": 7000,
}  # fmt: skip
FAMILIES = {
    "r3": "large xlarge 2xlarge 4xlarge 8xlarge",
    "r4": "large xlarge 2xlarge 4xlarge 8xlarge 16xlarge",
    "r5": "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge",
    "r6g": "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge",
    "r6i": "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge",
}
AURORA_MYSQL_CLASSES = {
    "db.t2.small": 45, "db.t2.medium": 90, "db.t3.small": 45, "db.t3.medium": 90, "db.t3.large": 135,
    "db.t4g.medium": 90, "db.t4g.large": 135,
    **{f"db.{family}.{size}": MEMORY_OPTIMIZED[size] for family, sizes in FAMILIES.items() for size in sizes.split()},
}  # fmt: skip
AURORA_MYSQL_MEMORY = {
    "db.x2g.large": (32, 2000), "db.x2g.xlarge": (64, 3000), "db.x2g.2xlarge": (128, 4000),
    "db.x2g.4xlarge": (256, 5000), "db.x2g.8xlarge": (512, 6000), "db.x2g.12xlarge": (768, 7000),
    "db.x2g.16xlarge": (1024, 7000),
}  # fmt: skip
AURORA_POSTGRESQL_CLASSES = {
    "db.t3.medium": (4, 420), "db.t4g.medium": (4, 405), "db.t3.large": (8, 844), "db.t4g.large": (8, 844),
    "db.r4.large": (15, 1600), "db.r4.xlarge": (30, 3200), "db.r4.2xlarge": (61, 5000), "db.r4.4xlarge": (122, 5000),
    "db.r4.8xlarge": (244, 5000), "db.r4.16xlarge": (488, 5000),
    "db.r5.large": (16, 1600), "db.r5.xlarge": (32, 3300), "db.r5.2xlarge": (64, 5000), "db.r5.4xlarge": (128, 5000),
    "db.r5.8xlarge": (256, 5000), "db.r5.12xlarge": (384, 5000), "db.r5.16xlarge": (512, 5000),
    "db.r5.24xlarge": (768, 5000),
    "db.r6g.large": (16, 1722), "db.r6g.xlarge": (32, 3479), "db.r6g.2xlarge": (64, 5000),
    "db.r6g.4xlarge": (128, 5000), "db.r6g.8xlarge": (256, 5000), "db.r6g.12xlarge": (384, 5000),
    "db.r6g.16xlarge": (512, 5000),
    "db.x2g.large": (32, 3479), "db.x2g.xlarge": (64, 5000), "db.x2g.2xlarge": (128, 5000),
    "db.x2g.4xlarge": (256, 5000), "db.x2g.8xlarge": (512, 5000), "db.x2g.12xlarge": (768, 5000),
    "db.x2g.16xlarge": (1024, 5000),
}  # fmt: skip

CLASSES = [
    *(
        (AURORA_MYSQL, f"Aurora MySQL on {kind}: {limit}", lambda kind=kind: most("aurora-mysql", kind, 0), limit)
        for kind, limit in AURORA_MYSQL_CLASSES.items()
    ),
    *(
        (
            AURORA_MYSQL,
            f"Aurora MySQL on {kind}: {limit}",
            lambda kind=kind, gib=gib: most("aurora-mysql", kind, gib * 1024),
            limit,
        )
        for kind, (gib, limit) in AURORA_MYSQL_MEMORY.items()
    ),
    *(
        (
            AURORA_POSTGRESQL,
            f"Aurora PostgreSQL on {kind}: {limit}",
            lambda kind=kind, gib=gib: most("aurora-postgresql", kind, gib * 1024),
            limit,
        )
        for kind, (gib, limit) in AURORA_POSTGRESQL_CLASSES.items()
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

CAPACITY_UNITS = [
    (
        SERVERLESS,
        "Aurora MySQL, 8 to 32 units: 3000",
        lambda: connections.serverless_connections("aurora-mysql", 8, 32),
        3000,
    ),
    (
        SERVERLESS,
        "12.5 to 80: 4000 after a reboot",
        lambda: [
            connections.serverless_connections(
                "aurora-mysql", 12.5, serverless.max_connections_acu(32, 80, rebooted=rebooted)
            )
            for rebooted in (False, True)
        ],
        [3000, 4000],
    ),
    (
        SERVERLESS,
        "0.5 to 128: 5000",
        lambda: connections.serverless_connections("aurora-mysql", 0.5, 128),
        5000,
    ),
    (
        SERVERLESS,
        "Aurora PostgreSQL, 0.5 to 1: 189",
        lambda: connections.serverless_connections("aurora-postgresql", 0.5, 1),
        189,
    ),
    (
        SERVERLESS,
        "8 to 32: 5000, also 12.5 to 80",
        lambda: {connections.serverless_connections("aurora-postgresql", *units) for units in ((8, 32), (12.5, 80))},
        {5000},
    ),
    (
        SERVERLESS,
        "0.5 to 128: 2000",
        lambda: connections.serverless_connections("aurora-postgresql", 0.5, 128),
        2000,
    ),
    (
        SERVERLESS,
        "a minimum of 0 caps it too",
        lambda: connections.serverless_connections("aurora-postgresql", 0, 64),
        2000,
    ),
    (SERVERLESS, "32 GiB are 16 units", lambda: serverless.comparable_acu(32), 16),
    (SERVERLESS, "128 GiB are 64 units", lambda: serverless.comparable_acu(128), 64),
    (SERVERLESS_WORKS, "a unit is about 2 GiB", lambda: serverless.memory_gib(1), 2),
    (
        SERVERLESS_WORKS,
        "readers of tiers 0 and 1 have the writer's size",
        lambda: [serverless.reader_acu(tier, 32, 2) for tier in (0, 1, 2, 15)],
        [32, 32, 2, 2],
    ),
    (
        SERVERLESS_ADMINISTRATION,
        "two instances of 1 to 16 units take 2 to 32",
        lambda: serverless.cluster_acu(2, 1, 16),
        (2, 32),
    ),
    (
        SERVERLESS_ADMINISTRATION,
        "two of 8 to 20.5 take 16 to 41",
        lambda: serverless.cluster_acu(2, 8, 20.5),
        (16, 41),
    ),
    (
        SERVERLESS_WORKS,
        "derived: three instances take three times the minimum, and the maximum at most",
        lambda: serverless.cluster_acu(3, 0.5, 64),
        (1.5, 192),
    ),
    (
        SERVERLESS_WORKS,
        "the larger, the faster it grows",
        lambda: (
            serverless.scaled(32, 128, 10, 0.5, 128, 60, 600) - 32
            > serverless.scaled(2, 128, 10, 0.5, 128, 60, 600) - 2
        ),
        True,
    ),
    (
        SERVERLESS_WORKS,
        "in steps of half a unit",
        lambda: {serverless.in_steps(acu / 7) % 0.5 for acu in range(300)},
        {0},
    ),
    (SERVERLESS_WORKS, "never below its minimum", lambda: serverless.scaled(8, 0, 1e6, 2, 64, 60, 600), 2),
]

PROXIES = [
    (
        PROXY_ENDPOINTS,
        "half of 200 connections of four readers are 400",
        lambda: 4 * Pool(50).most(200),
        400,
    ),
    (PROXY_ENDPOINTS, "and of eight readers 800", lambda: 8 * Pool(50).most(200), 800),
    (PROXY, "max_connections 1000 and 95 percent: 950", lambda: Pool(95).most(1000), 950),
    (POOL, "80 % of connections keep 40 % idle", lambda: connections.proxy_idle_percent(80), 40),
    (PROXY, "idle ones are 50 percent by default", lambda: Pool().kept(1000), 500),
    (PROXY, "derived: the upper limit is what it may open", lambda: Pool(60, 75).kept(1000), 600),
    (POOL, "100 percent by default", lambda: Pool.of("postgres").percent, 100),
    (POOL, "10 for SQL Server", lambda: Pool.of("sqlserver-ee").percent, 10),
    (PROXY, "it waits 120 s for a connection", lambda: Pool().borrow_timeout_s, 120),
    (PROXY, "the wait begins when all are in use", lambda: proxy.borrow(949, 950, 1, 120), "served"),
    (PROXY_QUOTAS, "then it queues", lambda: proxy.borrow(950, 950, 1, 120), "queued"),
    (PROXY, "after the borrow timeout there is an error", lambda: proxy.borrow(950, 950, 121, 120), "refused"),
    (PROXY, "derived: 30 percent above the recent peak are advised", lambda: proxy.advised_percent(500, 1000), 65),
    (PROXY, "idle clients are closed after 1,800 s", lambda: proxy.CLIENT_IDLE_S, 1800),
    (PROXY, "connections some time after 24 hours", lambda: proxy.CONNECTION_LIFE_S, 86_400),
    (
        PINNING,
        "statements of more than 16 KB pin",
        lambda: [proxy.pins(statement_bytes=size) for size in (16_384, 16_385)],
        [False, True],
    ),
    (PINNING, "changed session state pins", lambda: proxy.pins(changes_session=True), True),
    (PINNING, "derived: a pinned connection serves nobody else", lambda: proxy.busy(100, 0.01, pinned=20), 21),
    (PROXY_QUOTAS, "20 proxies in an account", lambda: proxy.PROXIES_PER_ACCOUNT, 20),
    (
        PROXY_WORKS,
        "derived: in a fail-over only connections in a transaction are lost",
        lambda: (failover.lost_connections(900, 30, proxy=True), failover.lost_connections(900, 30, proxy=False)),
        (30, 900),
    ),
]

FAILOVERS = [
    (
        AVAILABILITY,
        "the better priority is promoted",
        lambda: promoted(Replica("one", 1, 64), Replica("zero", 0, 8)),
        "zero",
    ),
    (
        AVAILABILITY,
        "of the same priority the largest",
        lambda: promoted(Replica("small", 1, 8), Replica("large", 1, 64)),
        "large",
    ),
    (
        AVAILABILITY,
        "of the same size any",
        lambda: {promoted(Replica("x", 1, 8), Replica("y", 1, 8), seed=seed) for seed in range(20)},
        {"x", "y"},
    ),
    (AVAILABILITY, "without a replica nobody", promoted, None),
    (
        AVAILABILITY,
        "then the writer is made anew within ten minutes",
        lambda: failover.range_s("aurora", readers=0)[1],
        600,
    ),
    (AVAILABILITY, "with one service is back within 60 s", lambda: failover.range_s("aurora", readers=1)[1], 60),
    (
        AVAILABILITY,
        "derived: a proxy cuts it by up to 66 percent",
        lambda: round(failover.interruption_s(60, 30, proxy=True), 1),
        20.4,
    ),
    (
        MULTI_AZ,
        "Multi-AZ instances take 60 to 120 s",
        lambda: failover.range_s("multi-az instance", readers=0),
        (60, 120),
    ),
    (
        MULTI_AZ_CLUSTER,
        "Multi-AZ clusters less than 35 s",
        lambda: failover.range_s("multi-az cluster", readers=2)[1],
        35,
    ),
    (
        AVAILABILITY,
        "only the new writer among the readers restarts",
        lambda: failover.restarted([Replica("x"), Replica("y")], "y"),
        ("y",),
    ),
]

MADE = (Reader("by hand"), Reader("scaled 1", scaled=True), Reader("scaled 2", scaled=True))
READERS = [
    (SCALING, "derived: the metric is the mean of all readers", lambda: readers.metric([30, 60, 100]), 190 / 3),
    (
        SCALING,
        "CPUUtilization or DatabaseConnections",
        lambda: sorted(readers.PREDEFINED.values()),
        ["CPUUtilization", "DatabaseConnections"],
    ),
    (SCALING, "it needs a reader", lambda: readers.acts([]), False),
    (
        SCALING,
        "it acts on an available cluster",
        lambda: [readers.acts(MADE, s) for s in ("available", "modifying")],
        [True, False],
    ),
    (
        SCALING,
        "it removes only what it made",
        lambda: [reader.id for reader in readers.removable(MADE)],
        ["scaled 1", "scaled 2"],
    ),
    (SCALING, "derived: so one made by hand stays", lambda: readers.after_scale_in(MADE, 0), 1),
    (SCALING, "15 readers at most", lambda: readers.bounded(20, 0, 30), 15),
    (SCALING, "derived: from 5 to 15", lambda: [readers.bounded(n, 5, 15) for n in (1, 9, 40)], [5, 9, 15]),
    (SCALING, "new ones are of tier 15", lambda: readers.PROMOTION_TIER, 15),
    (SCALING, "cooldowns are 300 s", lambda: readers.COOLDOWN_S, 300),
]


@pytest.mark.parametrize(
    ("page", "sentence", "actual", "expected"),
    [pytest.param(*row, id=row[1]) for row in RDS_LIMITS + CLASSES + CAPACITY_UNITS + PROXIES + FAILOVERS + READERS],
)
def test_the_rule_of_databases_holds(page, sentence, actual, expected):
    assert actual() == expected, f"{sentence}: {page}"


@pytest.mark.parametrize(("units", "mysql", "postgresql"), SERVERLESS_TABLE)
def test_serverless_connections_follow_the_table(units, mysql, postgresql):
    assert connections.serverless_connections("aurora-mysql", 1, units) == mysql, SERVERLESS
    assert connections.serverless_connections("aurora-postgresql", 1, units) == postgresql, SERVERLESS
