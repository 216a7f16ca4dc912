"""What RDS and Aurora refuse of settings and changes: each refusal beside the same call with one other value.

The rules are those of the API reference; that AWS words each of them so is not proved here.
"""

import pytest

ARN = "arn:aws:rds:ap-northeast-2:123456789012:db:elsewhere"
CLUSTER = ("rds", "CreateDBCluster")
NEW = {
    "DBClusterIdentifier": "bookings", "Engine": "aurora-postgresql", "MasterUsername": "owner",
    "ManageMasterUserPassword": True,
}  # fmt: skip
INSTANCE = ("rds", "CreateDBInstance")
MEMBER = {"DBInstanceIdentifier": "bookings-1", "Engine": "aurora-postgresql", "DBClusterIdentifier": "bookings"}
ALONE = {
    "DBInstanceIdentifier": "reports", "Engine": "postgres", "AllocatedStorage": 100, "MasterUsername": "owner",
    "MasterUserPassword": "12345678",
}  # fmt: skip
PROXY = ("rds", "CreateDBProxy")
FRONT = {"DBProxyName": "front", "EngineFamily": "POSTGRESQL", "Auth": [{}], "VpcSubnetIds": ["a", "b"]}
SHARE = ("rds", "ModifyDBProxyTargetGroup")
MODIFY_CLUSTER, ON_CLUSTER = ("rds", "ModifyDBCluster"), {"DBClusterIdentifier": "bookings"}
MODIFY, ON_INSTANCE = ("rds", "ModifyDBInstance"), {"DBInstanceIdentifier": "reports"}
REPLICA = ("rds", "CreateDBInstanceReadReplica")
COPY = {"DBInstanceIdentifier": "copy", "SourceDBInstanceIdentifier": "reports"}
MODIFY_PROXY, ON_PROXY = ("rds", "ModifyDBProxy"), {"DBProxyName": "front"}
INVALID, COMBINATION, STATE = "InvalidParameterValue", "InvalidParameterCombination", "InvalidDBInstanceState"
HERE = {
    "describe_db_clusters": [{"ServerlessV2ScalingConfiguration": {"MinCapacity": 2.0, "MaxCapacity": 8.0}}],
    "describe_db_instances": [{"AllocatedStorage": 100, "BackupRetentionPeriod": 7}],
}


def pool(**settings):
    return {"DBProxyName": "front", "TargetGroupName": "default", "ConnectionPoolConfig": settings}


def acu(least=None, most=None):
    return {"ServerlessV2ScalingConfiguration": {"MinCapacity": least, "MaxCapacity": most}}


ROWS = [
    (CLUSTER, NEW, {"DBClusterIdentifier": "b" * 63}, {"DBClusterIdentifier": "b" * 64}, INVALID, "64 characters"),
    (CLUSTER, NEW, {"DBClusterIdentifier": "b-1"}, {"DBClusterIdentifier": "b--1"}, INVALID, "single hyphens"),
    (CLUSTER, NEW, {"BackupRetentionPeriod": 1}, {"BackupRetentionPeriod": 0}, INVALID, "1 to 35 days"),
    (CLUSTER, NEW, {"BackupRetentionPeriod": 35}, {"BackupRetentionPeriod": 36}, INVALID, "1 to 35 days"),
    (CLUSTER, NEW, {}, {"ManageMasterUserPassword": None}, INVALID, "needs a password"),
    (CLUSTER, NEW, {}, {"MasterUsername": None}, INVALID, "needs a name"),
    (CLUSTER, NEW, {}, {"MasterUserPassword": "12345678"}, COMBINATION, "turned on"),
    (CLUSTER, NEW, {"ManageMasterUserPassword": None, "ReplicationSourceIdentifier": ARN},
     {"ManageMasterUserPassword": None},
     INVALID, "needs a password"),
    (CLUSTER, NEW, {"MonitoringInterval": 60, "MonitoringRoleArn": "r"}, {"MonitoringInterval": 60},
     COMBINATION, "go together"),
    (CLUSTER, NEW, {"MonitoringInterval": 0}, {"MonitoringInterval": 2, "MonitoringRoleArn": "r"}, INVALID, "0, 1, 5"),
    (CLUSTER, NEW, {"MonitoringInterval": 1, "MonitoringRoleArn": "r"}, {"MonitoringRoleArn": "r"},
     COMBINATION, "go together"),
    (CLUSTER, NEW, {"PerformanceInsightsRetentionPeriod": 7}, {"PerformanceInsightsRetentionPeriod": 8},
     INVALID, "731"),
    (CLUSTER, NEW, {"PerformanceInsightsRetentionPeriod": 31}, {"PerformanceInsightsRetentionPeriod": 0},
     INVALID, "731"),
    (CLUSTER, NEW, {"PerformanceInsightsRetentionPeriod": 713}, {"PerformanceInsightsRetentionPeriod": 744},
     INVALID, "731"),
    (CLUSTER, NEW, {"PerformanceInsightsRetentionPeriod": 731}, {"PerformanceInsightsRetentionPeriod": 730},
     INVALID, "731"),
    (CLUSTER, NEW, acu(0, 256), acu(-0.5, 256), INVALID, "0 to 256 capacity units"),
    (CLUSTER, NEW, acu(0.5, 1), acu(0.5, 0.5), INVALID, "1 to 256 capacity units"),
    (CLUSTER, NEW, acu(256, 256), acu(0.5, 256.5), INVALID, "1 to 256 capacity units"),
    (CLUSTER, NEW, acu(0.5, 8.5), acu(0.25, 8.5), INVALID, "halves"),
    (CLUSTER, NEW, acu(8, 8), acu(8.5, 8), INVALID, "above the maximum"),
    (INSTANCE, MEMBER, {"PromotionTier": 15}, {"PromotionTier": 16}, INVALID, "0 to 15"),
    (INSTANCE, MEMBER, {"PromotionTier": 0}, {"PromotionTier": -1}, INVALID, "0 to 15"),
    (INSTANCE, MEMBER, {"BackupRetentionPeriod": 35}, {"BackupRetentionPeriod": 36}, INVALID, "0 to 35 days"),
    (INSTANCE, MEMBER, {"MonitoringInterval": 0}, {"MonitoringInterval": 60}, COMBINATION, "go together"),
    (INSTANCE, MEMBER, {}, {"DBClusterIdentifier": None}, COMBINATION, "without DBClusterIdentifier"),
    (INSTANCE, ALONE, {}, {"DBClusterIdentifier": "bookings"}, COMBINATION, "with DBClusterIdentifier"),
    (INSTANCE, ALONE, {}, {"AllocatedStorage": None}, COMBINATION, "AllocatedStorage is required"),
    (INSTANCE, ALONE, {}, {"MasterUserPassword": None}, INVALID, "needs a password"),
    (INSTANCE, ALONE, {}, {"MasterUsername": None}, INVALID, "needs a name"),
    (INSTANCE, ALONE, {"CustomIamInstanceProfile": "p", "MasterUserPassword": None}, {"MasterUserPassword": None},
     INVALID, "needs a password"),
    (INSTANCE, ALONE, {}, {"MasterUserPassword": "1234567"}, INVALID, "8 to 128"),
    (INSTANCE, ALONE, {"MasterUserPassword": "p" * 128}, {"MasterUserPassword": "p" * 129}, INVALID, "8 to 128"),
    (INSTANCE, ALONE, {}, {"MasterUserPassword": "1234567@"}, INVALID, "without"),
    (INSTANCE, ALONE, {"DBInstanceIdentifier": "a1"}, {"DBInstanceIdentifier": "1a"}, INVALID, "begin with a letter"),
    (PROXY, FRONT, {}, {"EngineFamily": "ORACLE"}, INVALID, "MYSQL, POSTGRESQL, SQLSERVER"),
    (PROXY, FRONT, {"IdleClientTimeout": 28_800}, {"IdleClientTimeout": 28_801}, INVALID, "1 to 28,800 s"),
    (PROXY, FRONT, {"IdleClientTimeout": 1}, {"IdleClientTimeout": 0}, INVALID, "1 to 28,800 s"),
    (PROXY, FRONT, {"Auth": None, "DefaultAuthScheme": "IAM_AUTH"}, {"Auth": None}, COMBINATION, "specify Auth"),
    (PROXY, FRONT, {}, {"Auth": [], "DefaultAuthScheme": "NONE"}, COMBINATION, "specify Auth"),
    (PROXY, FRONT, {}, {"VpcSubnetIds": ["a", "a"]}, INVALID, "two zones"),
    (PROXY, FRONT, {}, {"DBProxyName": "front-"}, INVALID, "single hyphens"),
    (SHARE, pool(MaxConnectionsPercent=100), {}, pool(MaxConnectionsPercent=101), INVALID, "1 to 100 %"),
    (SHARE, pool(MaxConnectionsPercent=1), {}, pool(MaxConnectionsPercent=0), INVALID, "1 to 100 %"),
    (SHARE, pool(ConnectionBorrowTimeout=300), {}, pool(ConnectionBorrowTimeout=301), INVALID, "0 to 300 s"),
    (SHARE, pool(ConnectionBorrowTimeout=0), {}, pool(ConnectionBorrowTimeout=-1), INVALID, "0 to 300 s"),
    (SHARE, pool(MaxConnectionsPercent=50, MaxIdleConnectionsPercent=50), {},
     pool(MaxConnectionsPercent=50, MaxIdleConnectionsPercent=51), INVALID, "0 to 50 %"),
    (SHARE, pool(MaxConnectionsPercent=50, MaxIdleConnectionsPercent=0), {},
     pool(MaxConnectionsPercent=50, MaxIdleConnectionsPercent=-1), INVALID, "0 to 50 %"),
    (SHARE, pool(MaxConnectionsPercent=50), {}, pool(MaxIdleConnectionsPercent=0),
     COMBINATION, "must be given with it"),
    (MODIFY_CLUSTER, ON_CLUSTER, {"NewDBClusterIdentifier": "b"}, {"NewDBClusterIdentifier": "b-"},
     INVALID, "NewDBClusterIdentifier"),
    (MODIFY_CLUSTER, ON_CLUSTER, {"BackupRetentionPeriod": 1}, {"BackupRetentionPeriod": 0}, INVALID, "1 to 35 days"),
    (MODIFY_CLUSTER, ON_CLUSTER, {"BackupRetentionPeriod": 35}, {"BackupRetentionPeriod": 36}, INVALID, "1 to 35 days"),
    (MODIFY_CLUSTER, ON_CLUSTER, {"MasterUserPassword": "12345678"}, {"MasterUserPassword": "1234567"},
     INVALID, "8 to 128"),
    (MODIFY_CLUSTER, ON_CLUSTER, {"RotateMasterUserPassword": True, "ApplyImmediately": True},
     {"RotateMasterUserPassword": True},
     COMBINATION, "must apply the change immediately"),
    (MODIFY_CLUSTER, ON_CLUSTER, {"MonitoringInterval": 15}, {"MonitoringInterval": 20}, INVALID, "one of 0, 1"),
    (MODIFY_CLUSTER, ON_CLUSTER, {"PerformanceInsightsRetentionPeriod": 62},
     {"PerformanceInsightsRetentionPeriod": 63}, INVALID, "731"),
    (MODIFY_CLUSTER, ON_CLUSTER, acu(8), acu(8.5), INVALID, "MinCapacity 8.5, MaxCapacity 8.0"),
    (MODIFY_CLUSTER, ON_CLUSTER, acu(None, 2), acu(None, 1.5), INVALID, "MinCapacity 2.0, MaxCapacity 1.5"),
    (MODIFY, ON_INSTANCE, {"NewDBInstanceIdentifier": "r"}, {"NewDBInstanceIdentifier": "-r"},
     INVALID, "NewDBInstanceIdentifier"),
    (MODIFY, ON_INSTANCE, {"PromotionTier": 15}, {"PromotionTier": 16}, INVALID, "0 to 15"),
    (MODIFY, ON_INSTANCE, {"PromotionTier": 0}, {"PromotionTier": -1}, INVALID, "0 to 15"),
    (MODIFY, ON_INSTANCE, {"BackupRetentionPeriod": 0}, {"BackupRetentionPeriod": -1}, INVALID, "0 to 35 days"),
    (MODIFY, ON_INSTANCE, {"BackupRetentionPeriod": 35}, {"BackupRetentionPeriod": 36}, INVALID, "0 to 35 days"),
    (MODIFY, ON_INSTANCE, {}, {"MasterUserPassword": "a b/c"}, INVALID, "8 to 128"),
    (MODIFY, ON_INSTANCE, {"RotateMasterUserPassword": True, "ApplyImmediately": True},
     {"RotateMasterUserPassword": True},
     COMBINATION, "must apply the change immediately"),
    (MODIFY, ON_INSTANCE, {"MonitoringInterval": 5}, {"MonitoringInterval": 6}, INVALID, "one of 0, 1"),
    (MODIFY, ON_INSTANCE, {"PerformanceInsightsRetentionPeriod": 7}, {"PerformanceInsightsRetentionPeriod": 6},
     INVALID, "731"),
    (MODIFY, ON_INSTANCE, {"AllocatedStorage": 100}, {"AllocatedStorage": 99}, COMBINATION, "cannot become less"),
    (MODIFY, ON_INSTANCE, {"MaxAllocatedStorage": 100}, {"MaxAllocatedStorage": 99},
     COMBINATION, "storage size, 100 GiB"),
    (MODIFY, ON_INSTANCE, {"AllocatedStorage": 200, "MaxAllocatedStorage": 200},
     {"AllocatedStorage": 200, "MaxAllocatedStorage": 199},
     COMBINATION, "storage size, 200 GiB"),
    (REPLICA, COPY, {}, {"SourceDBInstanceIdentifier": None}, COMBINATION, "has neither"),
    (REPLICA, COPY, {}, {"SourceDBClusterIdentifier": "bookings"}, COMBINATION, "has both"),
    (REPLICA, COPY, {}, {"DBInstanceIdentifier": "copy-"}, INVALID, "single hyphens"),
    (REPLICA, COPY, {"MonitoringInterval": 10}, {"MonitoringInterval": 11}, INVALID, "one of 0, 1"),
    (REPLICA, COPY, {"PerformanceInsightsRetentionPeriod": 7}, {"PerformanceInsightsRetentionPeriod": 1},
     INVALID, "731"),
    (MODIFY_PROXY, ON_PROXY, {"NewDBProxyName": "f"}, {"NewDBProxyName": "f-"}, INVALID, "NewDBProxyName"),
    (MODIFY_PROXY, ON_PROXY, {"IdleClientTimeout": 28_800}, {"IdleClientTimeout": 28_801}, INVALID, "1 to 28,800 s"),
    (MODIFY_PROXY, ON_PROXY, {"IdleClientTimeout": 1}, {"IdleClientTimeout": 0}, INVALID, "1 to 28,800 s"),
    (MODIFY_PROXY, ON_PROXY, {}, {"Auth": []}, COMBINATION, "specify Auth"),
    (MODIFY_PROXY, ON_PROXY, {"Auth": [], "DefaultAuthScheme": "IAM_AUTH"}, {"Auth": [], "DefaultAuthScheme": "NONE"},
     COMBINATION, "specify Auth"),
]  # fmt: skip


@pytest.mark.parametrize("row", ROWS)
def test_a_database_is_refused_and_the_same_with_one_other_value_is_taken(ask, refused, row):
    call, params, taken, change, code, words = row

    ask(call, {**params, **taken}, HERE)
    refused(call, {**params, **change}, code, words, HERE)


SOURCES = [
    ({"DBClusterIdentifier": "bookings"}, "no replicas of this kind"),
    ({"BackupRetentionPeriod": 0}, "backups are not enabled"),
]


@pytest.mark.parametrize(("source", "words"), SOURCES)
def test_a_source_that_cannot_be_copied_has_no_replica(ask, refused, source, words):
    held = {"describe_db_instances": [{"BackupRetentionPeriod": 7, **source}]}

    refused(REPLICA, COPY, STATE, words, held)
    ask(REPLICA, {**COPY, "SourceDBInstanceIdentifier": ARN}, held)


def test_a_source_has_fifteen_replicas_and_the_same_one_may_be_asked_for_again(ask, refused):
    fifteen = {"describe_db_instances": [{"ReadReplicaDBInstanceIdentifiers": [f"copy-{n}" for n in range(15)]}]}

    refused(REPLICA, COPY, "InstanceQuotaExceeded", "the quota is 15", fifteen)
    ask(REPLICA, {**COPY, "DBInstanceIdentifier": "copy-3"}, fifteen)


def test_an_account_has_twenty_proxies(ask, refused):
    ask(PROXY, FRONT, {"describe_db_proxies": [{}] * 19})
    refused(PROXY, FRONT, "DBProxyQuotaExceededFault", "20 proxies exist", {"describe_db_proxies": [{}] * 20})


@pytest.mark.parametrize(
    ("call", "params"),
    [
        (MODIFY_CLUSTER, {**ON_CLUSTER, **acu(4)}),
        (MODIFY, {**ON_INSTANCE, "AllocatedStorage": 1, "MaxAllocatedStorage": 1}),
        (REPLICA, COPY),
    ],
)
def test_what_nobody_knows_is_refused_by_the_call_itself(ask, call, params):
    ask(call, params, {"describe_db_clusters": [], "describe_db_instances": []})
