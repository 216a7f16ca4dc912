"""How many connections a database takes, by engine, class and memory.

Sources: "Quotas and constraints for Amazon RDS",
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html; "Managing performance and scaling for
Aurora MySQL", https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Managing.Performance.html;
"Managing Amazon Aurora PostgreSQL",
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.Managing.html; "Using Aurora
Serverless v2", https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html.
"""

from __future__ import annotations

from math import ceil

MIB = 1024 * 1024

# bytes a connection, and the most there are
BY_MEMORY = {
    "mysql": (12_582_880, None),
    "mariadb": (25_165_760, 12_000),
    "postgres": (9_531_392, 5_000),
    "aurora-postgresql": (9_531_392, 5_000),
    "oracle": (9_868_951, 20_000),
}
AURORA_MYSQL_BY_SIZE = {
    "large": 1_000,
    "xlarge": 2_000,
    "2xlarge": 3_000,
    "4xlarge": 4_000,
    "8xlarge": 5_000,
    "12xlarge": 6_000,
    "16xlarge": 6_000,
    "24xlarge": 7_000,
    "32xlarge": 7_000,
}
AURORA_MYSQL_SMALL = {"db.t3.small": 45, "db.t3.medium": 90, "db.t3.large": 135}
# by the maximum of capacity units: Aurora MySQL, Aurora PostgreSQL
SERVERLESS = {
    1: (90, 189),
    4: (135, 823),
    8: (1_000, 1_669),
    16: (2_000, 3_360),
    32: (3_000, 5_000),
    64: (4_000, 5_000),
    128: (5_000, 5_000),
    192: (6_000, 5_000),
    256: (6_000, 5_000),
}


def max_connections(engine: str, instance_class: str, memory_mib: int, reserved_share: float = 0.0) -> int:
    """The engine's default connection limit on one instance.

    Args:
        engine: AWS's engine name, e.g. ``postgres`` or ``aurora-postgresql``.
        instance_class: e.g. ``db.r7g.large``.
        memory_mib: nominal memory of the class.
        reserved_share: share of the memory that the system keeps for itself, which AWS does not publish; with 0
            the figure is an upper bound for engines whose limit follows memory.

    Raises:
        KeyError: no rule is known for this engine or class.
    """
    if engine == "aurora-mysql":
        return _aurora_mysql(instance_class)
    per_connection, most = BY_MEMORY[engine]
    connections = int(memory_mib * MIB * (1 - reserved_share)) // per_connection
    return connections if most is None else min(connections, most)


def _aurora_mysql(instance_class: str) -> int:
    if instance_class in AURORA_MYSQL_SMALL:
        return AURORA_MYSQL_SMALL[instance_class]
    return AURORA_MYSQL_BY_SIZE[instance_class.rsplit(".", 1)[-1]]


def serverless_connections(engine: str, min_acu: float, max_acu: float) -> int:
    """The connection limit of an Aurora Serverless v2 instance, by the largest documented maximum that fits.

    With a minimum of 0 or 0.5 units PostgreSQL stops at 2,000.

    Raises:
        KeyError: the maximum is below one unit or the engine is not Aurora's.
    """
    column = {"aurora-mysql": 0, "aurora-postgresql": 1}[engine]
    documented = max((acu for acu in SERVERLESS if acu <= max_acu), default=0)
    connections = SERVERLESS[documented][column]
    return min(connections, 2_000) if column == 1 and min_acu <= 0.5 else connections


def proxy_connections(max_connections: int, percent: int) -> int:
    """Connections that an RDS Proxy may open.

    Source: "RDS Proxy connection considerations",
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-connections.html
    """
    return max_connections * percent // 100


def proxy_idle_percent(percent: int) -> int:
    """The share of idle connections that a proxy keeps if it is not told: half of what it may open.

    Source: "ConnectionPoolConfiguration",
    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ConnectionPoolConfiguration.html
    """
    return percent // 2


def readers_wanted(readers: int, metric: float, target: float) -> int:
    """Aurora replicas that bring the mean of a metric over all readers to its target, 1 to 15.

    Source: "Amazon Aurora Auto Scaling with Aurora Replicas",
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Integrating.AutoScaling.html
    """
    return max(1, min(15, ceil(readers * metric / target - 1e-9)))
