"""What the services around a group refuses, with which code; and that plain requests pass.

Proves the checks on a hand-made account; that the offline AWS asks them is shown where it is tested.
"""
# ruff: noqa: E501 - a table reads best with one refusal a line

import pytest

from floodgate.awsrules.legality import CHECKS

LB = "arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:loadbalancer/app/web/1234"
TG = "arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:targetgroup/web/5678"
ALARM = {
    "AlarmName": "waiting",
    "MetricName": "PeopleWaiting",
    "Namespace": "Floodgate",
    "Statistic": "Maximum",
    "Period": 60,
    "EvaluationPeriods": 3,
    "Threshold": 1000.0,
    "ComparisonOperator": "GreaterThanThreshold",
}
BALANCER = {"Name": "web", "Subnets": ["subnet-a", "subnet-b"]}
TARGETS = {"Name": "web", "Protocol": "HTTP", "Port": 80, "VpcId": "vpc-1"}
RESERVATION = {"LoadBalancerArn": LB, "MinimumLoadBalancerCapacity": {"CapacityUnits": 500}}
SCALABLE = {
    "ServiceNamespace": "rds",
    "ResourceId": "cluster:db",
    "ScalableDimension": "rds:cluster:ReadReplicaCount",
    "MinCapacity": 1,
    "MaxCapacity": 4,
}
READERS = {
    **{key: SCALABLE[key] for key in ("ServiceNamespace", "ResourceId", "ScalableDimension")},
    "PolicyName": "readers",
    "PolicyType": "TargetTrackingScaling",
    "TargetTrackingScalingPolicyConfiguration": {
        "TargetValue": 60.0,
        "PredefinedMetricSpecification": {"PredefinedMetricType": "RDSReaderAverageCPUUtilization"},
    },
}
CLUSTER = {
    "DBClusterIdentifier": "bookings",
    "Engine": "aurora-postgresql",
    "MasterUsername": "owner",
    "ManageMasterUserPassword": True,
}
DATABASE = {"DBInstanceIdentifier": "bookings-1", "Engine": "aurora-postgresql", "DBClusterIdentifier": "bookings"}
PROXY = {
    "DBProxyName": "bookings",
    "EngineFamily": "POSTGRESQL",
    "Auth": [{"AuthScheme": "SECRETS"}],
    "VpcSubnetIds": ["subnet-a", "subnet-b"],
}
PROXY_TARGETS = {"DBProxyName": "bookings", "ConnectionPoolConfig": {"MaxConnectionsPercent": 90}}
CACHE = {
    "ReplicationGroupId": "places",
    "NumCacheClusters": 3,
    "AutomaticFailoverEnabled": True,
    "MultiAZEnabled": True,
    "TransitEncryptionEnabled": True,
    "AuthToken": "0123456789abcdef",
}


def attributes(**pairs):
    named = {key.replace("__", "."): value for key, value in pairs.items()}
    return {"TargetGroupArn": TG, "Attributes": [{"Key": key, "Value": value} for key, value in named.items()]}


SLOW = attributes(slow_start__duration_seconds="60", deregistration_delay__timeout_seconds="30")


def math(count, returned=1):
    return [{"Id": f"m{n}", "ReturnData": n < returned} for n in range(count)]


CWA, ELB, AAS, RDS, EC, INVALID = (
    "cloudwatch",
    "elbv2",
    "application-autoscaling",
    "rds",
    "elasticache",
    "ValidationError",
)
ON_ALARM, ON_BALANCER, ON_TARGETS = (CWA, "PutMetricAlarm"), (ELB, "CreateLoadBalancer"), (ELB, "CreateTargetGroup")
ON_ATTRIBUTES, RESERVE = (ELB, "ModifyTargetGroupAttributes"), (ELB, "ModifyCapacityReservation")
REGISTER, ON_READERS = (AAS, "RegisterScalableTarget"), (AAS, "PutScalingPolicy")
ON_CLUSTER, ON_DATABASE, ON_PROXY = (RDS, "CreateDBCluster"), (RDS, "CreateDBInstance"), (RDS, "CreateDBProxy")
ON_SHARE, ON_CACHE = (RDS, "ModifyDBProxyTargetGroup"), (EC, "CreateReplicationGroup")

LEGAL = {
    ("cloudwatch", "PutMetricAlarm"): [
        ALARM,
        {**ALARM, "Period": 10},
        {**ALARM, "Period": 3600, "EvaluationPeriods": 168},
    ],
    ("elbv2", "CreateLoadBalancer"): [BALANCER],
    ("elbv2", "CreateTargetGroup"): [TARGETS],
    ("elbv2", "ModifyTargetGroup"): [{"TargetGroupArn": TG, "HealthCheckIntervalSeconds": 10}],
    ("elbv2", "ModifyTargetGroupAttributes"): [SLOW, attributes(slow_start__duration_seconds="0")],
    ("elbv2", "ModifyCapacityReservation"): [RESERVATION, {"LoadBalancerArn": LB, "ResetCapacityReservation": True}],
    ("application-autoscaling", "RegisterScalableTarget"): [SCALABLE],
    ("application-autoscaling", "PutScalingPolicy"): [READERS],
    ("rds", "CreateDBCluster"): [CLUSTER],
    ("rds", "CreateDBInstance"): [DATABASE],
    ("rds", "CreateDBProxy"): [PROXY],
    ("rds", "ModifyDBProxyTargetGroup"): [PROXY_TARGETS],
    ("elasticache", "CreateReplicationGroup"): [CACHE],
}

ILLEGAL = [
    (ON_ALARM, {**ALARM, "Period": 45}, INVALID, "10, 20, 30, and any multiple of 60"),
    (ON_ALARM, {**ALARM, "EvaluationPeriods": 1441}, INVALID, "86,400 s"),
    (ON_ALARM, {**ALARM, "Period": 3600, "EvaluationPeriods": 169}, INVALID, "604,800 s"),
    (ON_ALARM, {**ALARM, "DatapointsToAlarm": 4}, INVALID, "EvaluationPeriods, 3"),
    (ON_ALARM, {**ALARM, "ComparisonOperator": "Above"}, INVALID, "ComparisonOperator"),
    (ON_ALARM, {**ALARM, "TreatMissingData": "bad"}, INVALID, "TreatMissingData"),
    (ON_ALARM, {**ALARM, "ExtendedStatistic": "p99"}, "InvalidParameterCombination", "but not both"),
    (ON_ALARM, {**ALARM, "Threshold": None}, "InvalidParameterCombination", "Threshold"),
    (ON_ALARM, {**ALARM, "Metrics": math(1)}, "InvalidParameterCombination", "either MetricName or Metrics"),
    (ON_BALANCER, {**BALANCER, "Subnets": ["subnet-a"]}, INVALID, "two different Availability Zones"),
    (ON_BALANCER, {**BALANCER, "Subnets": ["subnet-a", "subnet-b", "subnet-b2"]}, "InvalidConfigurationRequest", "same Availability Zone"),
    (ON_BALANCER, {**BALANCER, "Subnets": ["subnet-a", "subnet-z"]}, "SubnetNotFound", "'subnet-z' does not exist"),
    (ON_BALANCER, {**BALANCER, "Subnets": ["subnet-a", "subnet-c"]}, "InvalidSubnet", "/27"),
    (ON_BALANCER, {**BALANCER, "Name": "internal-web"}, INVALID, "internal-"),
    (ON_BALANCER, {**BALANCER, "Name": "web-"}, INVALID, "hyphen"),
    (ON_TARGETS, {**TARGETS, "HealthCheckTimeoutSeconds": 30}, INVALID, "greater than the timeout"),
    (ON_TARGETS, {**TARGETS, "VpcId": None}, INVALID, "VpcId"),
    (ON_ATTRIBUTES, attributes(slow_start__duration_seconds="29"), "InvalidConfigurationRequest", "30 to 900"),
    (ON_ATTRIBUTES, attributes(deregistration_delay__timeout_seconds="3601"), "InvalidConfigurationRequest", "0 to 3,600"),
    (ON_ATTRIBUTES, attributes(slow_start__duration_seconds="60", load_balancing__algorithm__type="least_outstanding_requests"), "InvalidConfigurationRequest", "round_robin"),
    (ON_ATTRIBUTES, attributes(slow_start__duration_seconds="soon"), "InvalidConfigurationRequest", "number"),
    (RESERVE, {**RESERVATION, "MinimumLoadBalancerCapacity": {"CapacityUnits": 99}}, "InvalidConfigurationRequest", "CapacityUnits is 99"),
    (RESERVE, {**RESERVATION, "MinimumLoadBalancerCapacity": {"CapacityUnits": 15_001}}, "CapacityUnitsLimitExceeded", "15,000"),
    (REGISTER, {**SCALABLE, "MaxCapacity": 0}, "ValidationException", "cannot be less than minimum"),
    (REGISTER, {**SCALABLE, "MaxCapacity": 16}, "ValidationException", "MaxCapacity is 16"),
    (ON_READERS, {**READERS, "ScalableDimension": "ecs:service:DesiredCount"}, "ObjectNotFoundException", "No scalable target"),
    (ON_CLUSTER, {**CLUSTER, "DBClusterIdentifier": "1st"}, "InvalidParameterValue", "begin with a letter"),
    (ON_CLUSTER, {**CLUSTER, "BackupRetentionPeriod": 36}, "InvalidParameterValue", "BackupRetentionPeriod is 36"),
    (ON_CLUSTER, {**CLUSTER, "MasterUserPassword": "12345678"}, "InvalidParameterCombination", "ManageMasterUserPassword"),
    (ON_CLUSTER, {**CLUSTER, "ManageMasterUserPassword": False}, "InvalidParameterValue", "needs a password"),
    (ON_CLUSTER, {**CLUSTER, "ServerlessV2ScalingConfiguration": {"MinCapacity": 8, "MaxCapacity": 4}}, "InvalidParameterValue", "minimum"),
    (ON_CLUSTER, {**CLUSTER, "MonitoringInterval": 60}, "InvalidParameterCombination", "go together"),
    (ON_DATABASE, {**DATABASE, "DBClusterIdentifier": None}, "InvalidParameterCombination", "belong to a cluster"),
    (ON_DATABASE, {**DATABASE, "PromotionTier": 16}, "InvalidParameterValue", "PromotionTier is 16"),
    (ON_PROXY, {**PROXY, "Auth": None}, "InvalidParameterCombination", "Auth"),
    (ON_PROXY, {**PROXY, "VpcSubnetIds": ["subnet-a"]}, "InvalidParameterValue", "two zones"),
    (ON_SHARE, {"ConnectionPoolConfig": {"MaxConnectionsPercent": 101}}, "InvalidParameterValue", "1 to 100"),
    (ON_SHARE, {"ConnectionPoolConfig": {"MaxConnectionsPercent": 50, "MaxIdleConnectionsPercent": 60}}, "InvalidParameterValue", "0 to 50"),
    (ON_SHARE, {"ConnectionPoolConfig": {"MaxIdleConnectionsPercent": 60}}, "InvalidParameterCombination", "MaxConnectionsPercent"),
    (ON_CACHE, {**CACHE, "NumCacheClusters": 1}, "InvalidParameterCombination", "at least one replica"),
    (ON_CACHE, {**CACHE, "NumCacheClusters": 7}, "InvalidParameterValue", "NumCacheClusters is 7"),
    (ON_CACHE, {**CACHE, "AutomaticFailoverEnabled": False}, "InvalidParameterCombination", "MultiAZEnabled"),
    (ON_CACHE, {**CACHE, "TransitEncryptionEnabled": False}, "InvalidParameterCombination", "TransitEncryptionEnabled"),
    (ON_CACHE, {**CACHE, "AuthToken": "short"}, "InvalidParameterValue", "16 to 128"),
    (ON_CACHE, {**CACHE, "AuthToken": "0123456789abcde@"}, "InvalidParameterValue", "@"),
    (ON_CACHE, {**CACHE, "ReplicationGroupId": "a" * 41}, "InvalidParameterValue", "at most 40"),
]  # fmt: skip

HELD_READERS = {
    "PolicyName": "other",
    "TargetTrackingScalingPolicyConfiguration": READERS["TargetTrackingScalingPolicyConfiguration"],
}

ILLEGAL_HERE = [
    ("describe_target_group_attributes", [{"Key": "slow_start.duration_seconds", "Value": "60"}], ON_ATTRIBUTES, attributes(load_balancing__algorithm__type="weighted_random"), "InvalidConfigurationRequest", "round_robin"),
    ("describe_scalable_targets", [], REGISTER, {**SCALABLE, "MinCapacity": None}, "ValidationException", "MinCapacity"),
    ("describe_scaling_policies", [HELD_READERS], ON_READERS, READERS, "ValidationException", "Only one"),
    ("describe_db_proxies", [{}] * 20, ON_PROXY, PROXY, "DBProxyQuotaExceededFault", "quota is 20"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "params"), [(call, each) for call, some in LEGAL.items() for each in some])
def test_a_plain_request_is_accepted(ask, call, params):
    ask(call, params)


def test_every_call_of_the_table_has_a_check():
    assert set(LEGAL) <= set(CHECKS)


@pytest.mark.parametrize(("call", "params", "code", "words"), ILLEGAL)
def test_a_wrong_request_is_refused_with_value_rule_and_remedy(refused, call, params, code, words):
    refused(call, params, code, words)


@pytest.mark.parametrize(("describe", "answer", "call", "params", "code", "words"), ILLEGAL_HERE)
def test_a_request_that_the_account_forbids_is_refused(refused, describe, answer, call, params, code, words):
    refused(call, params, code, words, {describe: answer})
