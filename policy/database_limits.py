"""How many connections a database takes, by AWS's formulas.

PostgreSQL on RDS and Aurora: ``LEAST({DBInstanceClassMemory/9531392},5000)``; MySQL on RDS:
``{DBInstanceClassMemory/12582880}``; MariaDB: ``LEAST({DBInstanceClassMemory/25165760},12000)``.
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html#RDS_Limits.MaxConnections
Aurora MySQL and Aurora Serverless v2 have tables:
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Managing.Performance.html
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html
"""

from __future__ import annotations

import re

GIBIBYTE = 1024**3
# AWS prints about 1,300 for MySQL with 16 GiB, where the formula over 16 GiB gives 1,365: the rest is the system's
MEMORY_LEFT = 1_300 / 1_365
# PostgreSQL keeps three for the superuser, RDS some for itself
KEPT_BY_AWS = 20

# GiB for each vCPU: https://aws.amazon.com/rds/instance-types/
_GIB_PER_VCPU = {"r": 8, "x": 16, "m": 4, "c": 2}
_BURSTABLE_GIB = {"micro": 1, "small": 2, "medium": 4, "large": 8, "xlarge": 16, "2xlarge": 32}
_CLASS = re.compile(r"^db\.(?P<kind>[a-z])\d+[a-z]*\.(?P<size>micro|small|medium|large|(?P<count>\d*)xlarge)$")

_AURORA_MYSQL = {
    "small": 45,
    "medium": 90,
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
# largest ACU: MySQL, PostgreSQL
_SERVERLESS = {
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


def memory_gib(instance_class: str) -> int | None:
    """Memory of a class by its name, None where the name does not tell."""
    match = _CLASS.match(instance_class)
    if match is None:
        return None
    if match["kind"] == "t":
        return _BURSTABLE_GIB.get(match["size"])
    if match["kind"] not in _GIB_PER_VCPU or not match["size"].endswith("large"):
        return None
    vcpus = 2 if match["size"] == "large" else 4 * int(match["count"] or 1)
    return _GIB_PER_VCPU[match["kind"]] * vcpus


def max_connections(engine: str, instance_class: str) -> int | None:
    """The default limit of an engine on a class, on the cautious side; None where it is not known."""
    if engine == "aurora-mysql":
        match = _CLASS.match(instance_class)
        if match is None:
            return None
        # a burstable class has its own limit in that table
        return 135 if (match["kind"], match["size"]) == ("t", "large") else _AURORA_MYSQL.get(match["size"])
    gib = memory_gib(instance_class)
    if gib is None:
        return None
    usable = gib * GIBIBYTE * MEMORY_LEFT
    if "postgres" in engine:
        return min(int(usable // 9_531_392), 5_000)
    if engine == "mariadb":
        return min(int(usable // 25_165_760), 12_000)
    return int(usable // 12_582_880) if engine == "mysql" else None


def serverless_connections(engine: str, max_acu: float, min_acu: float) -> int | None:
    """The limit of Aurora Serverless v2 by its capacity; for a capacity between two rows, the lower one's."""
    rows = [row for acu, row in sorted(_SERVERLESS.items()) if acu <= max_acu]
    if not rows:
        return None
    mysql, postgres = rows[-1]
    if "postgres" in engine:
        # a cluster that may fall to half a unit or pause keeps the limit of a small one
        return min(postgres, 2_000) if min_acu <= 0.5 else postgres
    return mysql
