"""What people entrusted is kept: protected from deletion, backed up, and alive when a zone is not."""

from __future__ import annotations

from collections.abc import Iterator

from policy.configuration import Configuration
from policy.rule import Finding, example, resource_rule, stack_rule
from policy.view import Resource, Stack

_BACKED_UP_DAYS = 7
_DATABASES = ("rds/cluster", "rds/instance", "docdb/cluster", "neptune/cluster")


@resource_rule(
    id="data-not-deleted",
    title="What holds people's data cannot be deleted by mistake",
    severity="critical",
    environments="production",
    why="A mistyped command, or a property whose change replaces the database, would delete every booking.",
    remedy="set deletionProtection to true (DynamoDB: deletionProtectionEnabled)",
    source="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DeleteInstance.html",
    refused=example(("rds/cluster", "database", {"engine": "aurora-postgresql"})),
    mended=example(("rds/cluster", "database", {"engine": "aurora-postgresql", "deletionProtection": True})),
)
def _data_not_deleted(resource: Resource) -> Iterator[str]:
    if resource.kind in _DATABASES and resource.lacks("deletionProtection", True, default=False):
        yield "deletionProtection is not true"
    if resource.kind == "dynamodb/table" and resource.lacks("deletionProtectionEnabled", True, default=False):
        yield "deletionProtectionEnabled is not true"


@resource_rule(
    id="data-backed-up",
    title=f"Databases can be put back to any second of the last {_BACKED_UP_DAYS} days",
    severity="critical",
    environments="production",
    why="A release that writes nonsense is often found days later. A week covers a weekend and a holiday.",
    remedy=f"set backupRetentionPeriod to {_BACKED_UP_DAYS} or more (DynamoDB: pointInTimeRecovery)",
    source="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.html",
    refused=example(("rds/cluster", "database", {"backupRetentionPeriod": 1})),
    mended=example(("rds/cluster", "database", {"backupRetentionPeriod": 14})),
)
def _data_backed_up(resource: Resource) -> Iterator[str]:
    if resource.kind in _DATABASES:
        # a cluster keeps one day unless it is told otherwise, an instance none
        days = resource.get("backupRetentionPeriod", 0 if resource.kind == "rds/instance" else 1)
        if isinstance(days, int) and days < _BACKED_UP_DAYS:
            yield f"backupRetentionPeriod is {days}"
    if resource.kind == "dynamodb/table" and resource.lacks("pointInTimeRecovery.enabled", True, default=False):
        yield "pointInTimeRecovery is not enabled"


@resource_rule(
    id="last-copy-kept",
    title="A database that is deleted leaves a last copy behind",
    severity="high",
    environments="production",
    why="Automated backups go with the database; the last snapshot stays.",
    remedy="set skipFinalSnapshot to false and finalSnapshotIdentifier to a name",
    source="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DeleteInstance.html",
    refused=example(("rds/cluster", "database", {"skipFinalSnapshot": True})),
    mended=example(("rds/cluster", "database", {"skipFinalSnapshot": False, "finalSnapshotIdentifier": "last"})),
)
def _last_copy_kept(resource: Resource) -> Iterator[str]:
    if resource.kind not in _DATABASES:
        return
    if resource.get("skipFinalSnapshot") is True:
        yield "skipFinalSnapshot is true"
    elif resource.get("finalSnapshotIdentifier") is None:
        yield "finalSnapshotIdentifier is not set, so deleting it fails half-way"


@resource_rule(
    id="line-backed-up",
    title="The cache that holds the line keeps snapshots",
    severity="medium",
    environments="production",
    why="A line that is lost puts everybody back to the end of it; a snapshot of last night gives sessions back.",
    remedy="set snapshotRetentionLimit to 1 or more",
    source="https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/backups.html",
    refused=example(("elasticache/replicationGroup", "cache", {"engine": "valkey"})),
    mended=example(("elasticache/replicationGroup", "cache", {"engine": "valkey", "snapshotRetentionLimit": 3})),
)
def _line_backed_up(resource: Resource) -> Iterator[str]:
    if resource.kind == "elasticache/replicationGroup" and resource.get("snapshotRetentionLimit", 0) == 0:
        yield "snapshotRetentionLimit is 0"


@stack_rule(
    id="stores-survive-a-zone",
    title="Database and cache go on when a zone does not",
    severity="high",
    environments="production",
    why="Without a second instance in another zone, a failure during the opening lasts as long as making a new one.",
    remedy="give the cluster a reader, the instance multiAz, and the cache two nodes with multiAzEnabled and "
    "automaticFailoverEnabled",
    source="https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.AuroraHighAvailability.html",
    refused=example(
        ("rds/cluster", "database", {"clusterIdentifier": "bookings", "engine": "aurora-postgresql"}),
        ("rds/clusterInstance", "writer", {"clusterIdentifier": "@database"}),
    ),
    mended=example(
        ("rds/cluster", "database", {"clusterIdentifier": "bookings", "engine": "aurora-postgresql"}),
        ("rds/clusterInstance", "writer", {"clusterIdentifier": "@database"}),
        ("rds/clusterInstance", "reader", {"clusterIdentifier": "@database"}),
    ),
)
def _stores_survive_a_zone(stack: Stack, configuration: Configuration) -> Iterator[Finding]:
    del configuration
    for cluster in stack.of("rds/cluster"):
        members = stack.may_name(cluster, "clusterIdentifier", "rds/clusterInstance")
        # a Multi-AZ DB cluster has its instances inside
        if len(members) < 2 and cluster.get("dbClusterInstanceClass") is None:
            yield Finding(f"has {len(members)} instance{'' if len(members) == 1 else 's'}", cluster)
    for instance in stack.of("rds/instance"):
        if not _copies(instance) and instance.lacks("multiAz", True, default=False):
            yield Finding("multiAz is not true", instance)
    for cache in stack.of("elasticache/replicationGroup"):
        for name in ("multiAzEnabled", "automaticFailoverEnabled"):
            if cache.lacks(name, True, default=False):
                yield Finding(f"{name} is not true", cache)


def _copies(instance: Resource) -> bool:
    return instance.get("replicateSourceDb", "") != ""


@resource_rule(
    id="buckets-not-emptied",
    title="No bucket is emptied when it is deleted",
    severity="high",
    environments="production",
    why="With forceDestroy, deleting the stack deletes every object and every older version; nothing brings them back.",
    remedy="leave forceDestroy false",
    source="https://docs.aws.amazon.com/AmazonS3/latest/userguide/delete-bucket.html",
    refused=example(("s3/bucket", "records", {"forceDestroy": True})),
    mended=example(("s3/bucket", "records", {"forceDestroy": False})),
)
def _buckets_not_emptied(resource: Resource) -> Iterator[str]:
    if resource.kind == "s3/bucket" and resource.get("forceDestroy") is True:
        yield "forceDestroy is true"


@resource_rule(
    id="logs-end",
    title="Every log group says how long it keeps",
    severity="medium",
    why="Without a word CloudWatch keeps for ever: cost that only grows, and people's data beyond its purpose. It "
    "encrypts all of them by itself.",
    remedy="set retentionInDays",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html",
    refused=example(("cloudwatch/logGroup", "log", {"name": "service"})),
    mended=example(("cloudwatch/logGroup", "log", {"name": "service", "retentionInDays": 30})),
)
def _logs_end(resource: Resource) -> Iterator[str]:
    if resource.kind == "cloudwatch/logGroup" and resource.get("retentionInDays", 0) == 0:
        yield "retentionInDays is not set"


RULES = (
    _data_not_deleted,
    _data_backed_up,
    _last_copy_kept,
    _line_backed_up,
    _stores_survive_a_zone,
    _buckets_not_emptied,
    _logs_end,
)
