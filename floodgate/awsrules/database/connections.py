"""How many connections a database takes, by engine, class and memory.

Sources: "Quotas and constraints for Amazon RDS",
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html; "Managing performance and scaling for
Aurora MySQL", https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Managing.Performance.html;
"Managing Amazon Aurora PostgreSQL",
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.Managing.html; "Using Aurora
Serverless v2", https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html.
"""

from __future__ import annotations

from math import log2

from floodgate.awsrules.database.proxy import proxy_connections, proxy_idle_percent
from floodgate.awsrules.database.readers import readers_wanted

__all__ = [
    "aurora_mysql_by_memory",
    "max_connections",
    "proxy_connections",
    "proxy_idle_percent",
    "readers_wanted",
    "serverless_connections",
    "unlimited",
]

MIB = 1024 * 1024

# bytes a connection, and the most there are
BY_MEMORY = {
    "mysql": (12_582_880, None),
    "mariadb": (25_165_760, 12_000),
    "mariadb 10.4": (12_582_880, None),
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
AURORA_MYSQL_SMALL = {
    "db.t2.small": 45,
    "db.t2.medium": 90,
    "db.t3.small": 45,
    "db.t3.medium": 90,
    "db.t3.large": 135,
    "db.t4g.medium": 90,
    "db.t4g.large": 135,
}
# as AWS lists them, less than the formula gives for the nominal memory
AURORA_POSTGRESQL = {
    "db.x2g.large": 3_479,
    "db.r6g.xlarge": 3_479,
    "db.r6g.large": 1_722,
    "db.r5.xlarge": 3_300,
    "db.r5.large": 1_600,
    "db.r4.xlarge": 3_200,
    "db.r4.large": 1_600,
    "db.t4g.large": 844,
    "db.t4g.medium": 405,
    "db.t3.large": 844,
    "db.t3.medium": 420,
}
AURORA_MYSQL_MOST = 16_000
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
        engine: AWS's engine name, e.g. ``postgres`` or ``aurora-postgresql``; ``mariadb 10.4`` is the older rule.
        instance_class: e.g. ``db.r7g.large``.
        memory_mib: nominal memory of the class, 0 where it is not known.
        reserved_share: share of the memory that the system keeps for itself, which AWS does not publish; with 0
            the figure is an upper bound for engines whose limit follows memory.

    Raises:
        KeyError: no rule is known for this engine or class, or the engine has no limit.
    """
    if engine == "aurora-mysql":
        return _aurora_mysql(instance_class, memory_mib)
    if engine == "aurora-postgresql" and instance_class in AURORA_POSTGRESQL:
        return AURORA_POSTGRESQL[instance_class]
    per_connection, most = BY_MEMORY[engine]
    connections = int(memory_mib * MIB * (1 - reserved_share)) // per_connection
    return connections if most is None else min(connections, most)


def unlimited(engine: str) -> bool:
    """Whether an engine's default is 0, which stands for no limit: that of SQL Server."""
    return engine.startswith("sqlserver")


def _aurora_mysql(instance_class: str, memory_mib: int) -> int:
    if instance_class in AURORA_MYSQL_SMALL:
        return AURORA_MYSQL_SMALL[instance_class]
    _, family, size = f"{instance_class}..".split(".")[:3]
    if family.startswith("r") and size in AURORA_MYSQL_BY_SIZE:
        return AURORA_MYSQL_BY_SIZE[size]
    if memory_mib <= 0 or not size:
        raise KeyError(instance_class)
    return aurora_mysql_by_memory(memory_mib)


def aurora_mysql_by_memory(memory_mib: int) -> int:
    """The default of Aurora MySQL by nominal memory, for classes that no table here names.

    AWS's expression grows by 1,000 where memory doubles, by 45 on the small classes; the limits served are whole
    thousands and whole 45s.
    """
    doublings = log2(memory_mib * MIB / 8_187_281_418)
    return round(doublings) * 1_000 if doublings >= 1 else int(log2(memory_mib * MIB / 805_306_368)) * 45


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
