"""Balancers, target groups, databases, proxies and caches of a plan are judged as the calls that would make them.

Proves the turning on hand-made descriptions in AWS's words; not that each rule is AWS's (tests/unit/awsrules/legality).
"""
# ruff: noqa: E501 - a table reads best with one refusal a line

import json

import pytest

from floodgate.plans.saved import SavedPlan
from floodgate.validation.validation import validate

GROUP = {"AutoScalingGroupName": "web", "LaunchConfigurationName": "web", "MinSize": 1, "MaxSize": 2,
         "DesiredCapacity": 1, "AvailabilityZones": ["eu-west-3a"], "CreatedTime": "2027-08-08T11:00:00Z"}  # fmt: skip
LB = "arn:aws:elasticloadbalancing:eu-west-3:123456789012:loadbalancer/app/web/1234"
TG = "arn:aws:elasticloadbalancing:eu-west-3:123456789012:targetgroup/web/5678"
DESCRIBED = {
    "describe-load-balancers": ("LoadBalancers", {
        "LoadBalancerArn": LB, "LoadBalancerName": "web", "Type": "application",
        "AvailabilityZones": [{"ZoneName": "a", "SubnetId": "subnet-a"}, {"ZoneName": "b", "SubnetId": "subnet-b"}],
    }),
    "describe-capacity-reservation": ("", {"MinimumLoadBalancerCapacity": {"CapacityUnits": 500}}),
    "describe-target-groups": ("TargetGroups", {
        "TargetGroupArn": TG, "TargetGroupName": "web", "Protocol": "HTTP", "Port": 80, "VpcId": "vpc-1",
        "HealthCheckIntervalSeconds": 10, "HealthCheckTimeoutSeconds": 5, "LoadBalancerArns": [LB],
    }),
    "describe-target-group-attributes": ("Attributes", {"Key": "slow_start.duration_seconds", "Value": "60"}),
    "describe-subnets": ("Subnets", [
        {"SubnetId": "subnet-a", "AvailabilityZone": "a", "CidrBlock": "10.0.0.0/24", "AvailableIpAddressCount": 200},
        {"SubnetId": "subnet-b", "AvailabilityZone": "b", "CidrBlock": "10.0.1.0/24", "AvailableIpAddressCount": 200},
        {"SubnetId": "subnet-c", "AvailabilityZone": "b", "CidrBlock": "10.0.2.0/28", "AvailableIpAddressCount": 5},
    ]),
    "describe-db-clusters": ("DBClusters", {
        "DBClusterIdentifier": "bookings", "Engine": "aurora-postgresql", "MasterUsername": "owner",
        "BackupRetentionPeriod": 7, "ServerlessV2ScalingConfiguration": {"MinCapacity": 2.0, "MaxCapacity": 64.0},
    }),
    "describe-db-instances": ("DBInstances", {
        "DBInstanceIdentifier": "bookings-1", "DBClusterIdentifier": "bookings", "DBInstanceClass": "db.r8g.large",
        "Engine": "aurora-postgresql", "PromotionTier": 1, "MonitoringInterval": 0,
    }),
    "describe-db-proxies": ("DBProxies", {
        "DBProxyName": "bookings", "EngineFamily": "POSTGRESQL", "Auth": [{"AuthScheme": "SECRETS"}],
        "RoleArn": "arn:aws:iam::123456789012:role/proxy-of-bookings", "VpcSubnetIds": ["subnet-a", "subnet-b"],
        "IdleClientTimeout": 1800,
    }),
    "describe-db-proxy-target-groups": ("TargetGroups", {
        "DBProxyName": "bookings", "TargetGroupName": "default",
        "ConnectionPoolConfig": {"MaxConnectionsPercent": 80, "MaxIdleConnectionsPercent": 40},
    }),
    "describe-replication-groups": ("ReplicationGroups", {
        "ReplicationGroupId": "places", "Description": "places", "AutomaticFailover": "enabled", "MultiAZ": "enabled",
        "NodeGroups": [{"NodeGroupMembers": [{}, {}]}], "MemberClusters": ["p-1", "p-2"], "ClusterEnabled": False,
        "TransitEncryptionEnabled": True,
    }),
}  # fmt: skip


@pytest.fixture
def problems(tmp_path):
    """The problems of a plan in which one description is changed."""

    def problems(file=None, **changes):
        files = {"describe-auto-scaling-groups": {"AutoScalingGroups": [GROUP]}}
        for name, (items, described) in DESCRIBED.items():
            told = {**described, **changes} if name == file and isinstance(described, dict) else described
            files[name] = {items: told if isinstance(told, list) else [told]} if items else told
        for name, answer in files.items():
            (tmp_path / f"{name}.json").write_text(json.dumps(answer), encoding="utf-8")
        return [f"{p.resource}: {p.refusal.code}: {p.refusal}" for p in validate(SavedPlan(tmp_path)).problems]

    return problems


def test_neighbours_that_aws_would_take_are_no_problem(problems):
    assert problems() == []


@pytest.mark.parametrize(
    ("file", "changes", "resource", "words"),
    [
        ("describe-load-balancers", {"AvailabilityZones": [{"SubnetId": "subnet-a"}]}, "load balancer web", "two different"),
        ("describe-load-balancers", {"AvailabilityZones": [{"SubnetId": "subnet-a"}, {"SubnetId": "subnet-c"}]}, "load balancer web", "/27"),
        ("describe-capacity-reservation", {"MinimumLoadBalancerCapacity": {"CapacityUnits": 99}}, "capacity reservation of load balancer web", "99"),
        ("describe-target-groups", {"HealthCheckTimeoutSeconds": 10}, "target group web", "greater than the timeout"),
        ("describe-target-groups", {"HealthCheckIntervalSeconds": 1}, "target group web", "from 5 to 300"),
        ("describe-target-group-attributes", {"Value": "29"}, "attributes of target group web", "30 to 900"),
        ("describe-db-clusters", {"BackupRetentionPeriod": 36}, "cluster bookings", "BackupRetentionPeriod is 36"),
        ("describe-db-clusters", {"ServerlessV2ScalingConfiguration": {"MinCapacity": 65.0, "MaxCapacity": 64.0}}, "cluster bookings", "minimum"),
        ("describe-db-instances", {"PromotionTier": 16}, "database instance bookings-1", "PromotionTier is 16"),
        ("describe-db-proxies", {"VpcSubnetIds": ["subnet-a"]}, "proxy bookings", "two zones"),
        ("describe-db-proxy-target-groups", {"ConnectionPoolConfig": {"MaxConnectionsPercent": 101}}, "connection pool of proxy bookings", "1 to 100"),
        ("describe-replication-groups", {"MemberClusters": ["p-1"]}, "replication group places", "at least one replica"),
        ("describe-replication-groups", {"AutomaticFailover": "disabled"}, "replication group places", "MultiAZEnabled"),
    ],
)  # fmt: skip
def test_what_aws_would_refuse_of_them_is_a_problem(problems, file, changes, resource, words):
    (problem,) = problems(file, **changes)

    assert problem.startswith(f"{resource}: ")
    assert words in problem
