"""Rules about one thing, on the settings that people really write.

Each line is one resource and whether its rule refuses it. What AWS does by default where nothing is written is AWS's
word, cited beside the rule; it is not asked here.
"""

import json
from dataclasses import replace

import pytest

from policy.configuration import of_values
from policy.registry import RULES
from policy.rule import Example
from policy.view import Resource

RULE = {rule.id: rule for rule in RULES}
CASES = {
    "launch-before-terminate": [
        ("autoscaling/group", {"healthCheckType": "ELB"}, True),
        ("autoscaling/group", {"healthCheckType": "EC2,ELB"}, True),
        ("autoscaling/group", {"healthCheckType": "EC2"}, False),
        ("autoscaling/group", {}, False),
        (
            "autoscaling/group",
            {"healthCheckType": "ELB", "instanceMaintenancePolicy": {"minHealthyPercentage": 90}},
            True,
        ),
        (
            "autoscaling/group",
            {"healthCheckType": "ELB", "instanceMaintenancePolicy": {"minHealthyPercentage": 100}},
            False,
        ),
    ],
    "database-encrypted": [
        ("rds/instance", {}, True),
        ("rds/instance", {"storageEncrypted": False}, True),
        ("rds/instance", {"storageEncrypted": True}, False),
        ("rds/instance", {"replicateSourceDb": "other"}, False),
        ("docdb/cluster", {}, True),
        ("neptune/cluster", {"storageEncrypted": True}, False),
        ("rds/clusterInstance", {}, False),
    ],
    "database-not-public": [
        ("rds/clusterInstance", {"publiclyAccessible": True}, True),
        ("rds/cluster", {"publiclyAccessible": True}, True),
        ("rds/instance", {}, False),
    ],
    "cache-encrypted-at-rest": [
        ("elasticache/replicationGroup", {"engine": "valkey"}, False),
        ("elasticache/replicationGroup", {"engine": "valkey", "atRestEncryptionEnabled": False}, True),
        ("elasticache/replicationGroup", {}, True),
    ],
    "cache-encrypted-in-transit": [
        ("elasticache/replicationGroup", {}, True),
        ("elasticache/replicationGroup", {"transitEncryptionEnabled": True}, False),
        ("elasticache/cluster", {"engine": "memcached"}, True),
        ("elasticache/cluster", {"replicationGroupId": "line"}, False),
    ],
    "cache-asks-who-calls": [
        ("elasticache/replicationGroup", {"authToken": "secret"}, False),
        ("elasticache/serverlessCache", {}, True),
        ("elasticache/serverlessCache", {"userGroupId": "line"}, False),
    ],
    "database-requires-tls": [
        ("rds/parameterGroup", {"family": "postgres17"}, False),
        ("rds/parameterGroup", {"family": "postgres14"}, True),
        ("rds/parameterGroup", {"family": "postgres17", "parameters": [{"name": "rds.force_ssl", "value": "0"}]}, True),
        ("rds/parameterGroup", {"family": "mysql8.0"}, True),
        (
            "rds/parameterGroup",
            {"family": "mysql8.0", "parameters": [{"name": "require_secure_transport", "value": "ON"}]},
            False,
        ),
        ("rds/parameterGroup", {"family": "aurora-postgresql14"}, False),
        ("rds/clusterParameterGroup", {"family": "aurora-postgresql17"}, False),
        ("rds/parameterGroup", {"family": "oracle-se2-19"}, False),
    ],
    "disks-encrypted": [
        ("ec2/launchTemplate", {"blockDeviceMappings": [{"ebs": {"encrypted": "false"}}]}, True),
        ("ec2/launchTemplate", {"blockDeviceMappings": [{"ebs": {"volumeSize": 8}}]}, True),
        ("ec2/launchTemplate", {"blockDeviceMappings": [{"ebs": {"encrypted": "true"}}, {"virtualName": "e0"}]}, False),
        ("ec2/instance", {}, True),
        ("ec2/instance", {"rootBlockDevice": {"encrypted": True}}, False),
        ("ec2/instance", {"rootBlockDevice": {"volumeSize": 8}}, True),
        ("ec2/instance", {"rootBlockDevice": {"encrypted": True}, "ebsBlockDevices": [{"encrypted": False}]}, True),
        ("ec2/instance", {"launchTemplate": {"id": "lt-1"}}, False),
        ("ebs/volume", {}, True),
        ("ebs/volume", {"encrypted": True}, False),
    ],
    "messages-encrypted": [
        ("sqs/queue", {}, False),
        ("sqs/queue", {"sqsManagedSseEnabled": False}, True),
        ("sqs/queue", {"sqsManagedSseEnabled": False, "kmsMasterKeyId": "key"}, False),
    ],
    "keys-rotate": [
        ("kms/key", {"customerMasterKeySpec": "RSA_2048"}, False),
        ("kms/key", {"enableKeyRotation": False}, True),
    ],
    "imdsv2": [
        ("ec2/instance", {}, True),
        ("ec2/instance", {"metadataOptions": {"httpTokens": "optional"}}, True),
        ("ec2/instance", {"metadataOptions": {"httpEndpoint": "disabled"}}, False),
        ("ec2/instance", {"launchTemplate": {"id": "lt-1"}}, False),
        ("ec2/launchConfiguration", {}, True),
    ],
    "group-believes-the-balancer": [
        ("autoscaling/group", {}, False),
        ("autoscaling/group", {"loadBalancers": ["classic"]}, True),
        ("autoscaling/group", {"targetGroupArns": ["web"], "healthCheckType": "EC2"}, True),
    ],
    "doors-speak-tls": [
        ("lb/listener", {"protocol": "HTTPS", "port": 443, "defaultActions": [{"type": "forward"}]}, False),
        ("lb/listener", {"protocol": "HTTP", "port": 8080, "defaultActions": [{"type": "forward"}]}, True),
        ("lb/listener", {"protocol": "HTTP", "port": 80, "defaultActions": [{"type": "fixed-response"}]}, False),
        (
            "lb/listener",
            {
                "protocol": "HTTP",
                "port": 80,
                "defaultActions": [{"type": "redirect", "redirect": {"protocol": "HTTP"}}],
            },
            True,
        ),
    ],
    "tls-policy": [
        ("lb/listener", {"protocol": "HTTPS", "sslPolicy": "ELBSecurityPolicy-2016-08"}, True),
        ("lb/listener", {"protocol": "TLS", "sslPolicy": "ELBSecurityPolicy-TLS13-1-1-2021-06"}, True),
        ("lb/listener", {"protocol": "HTTPS", "sslPolicy": "ELBSecurityPolicy-TLS-1-1-2017-01"}, True),
        ("lb/listener", {"protocol": "HTTPS", "sslPolicy": "ELBSecurityPolicy-TLS13-1-0-FIPS-PQ-2025-09"}, True),
        ("lb/listener", {"protocol": "HTTPS", "sslPolicy": "ELBSecurityPolicy-FS-1-2-Res-2020-10"}, False),
        ("lb/listener", {"protocol": "HTTPS", "sslPolicy": "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"}, False),
        ("lb/listener", {"protocol": "HTTPS", "sslPolicy": "ELBSecurityPolicy-TLS13-1-3-2021-06"}, False),
        ("lb/listener", {"protocol": "HTTP"}, False),
    ],
    "edge-tls": [
        ("cloudfront/distribution", {"viewerCertificate": {"minimumProtocolVersion": "TLSv1.1_2016"}}, True),
        ("cloudfront/distribution", {"viewerCertificate": {"minimumProtocolVersion": "TLSv1.2_2021"}}, False),
        (
            "cloudfront/distribution",
            {"viewerCertificate": {"cloudfrontDefaultCertificate": True, "minimumProtocolVersion": "TLSv1"}},
            False,
        ),
        ("cloudfront/distribution", {"orderedCacheBehaviors": [{"viewerProtocolPolicy": "allow-all"}]}, True),
        (
            "cloudfront/distribution",
            {"origins": [{"customOriginConfig": {"originProtocolPolicy": "http-only", "originSslProtocols": []}}]},
            True,
        ),
        (
            "cloudfront/distribution",
            {
                "origins": [
                    {"customOriginConfig": {"originProtocolPolicy": "https-only", "originSslProtocols": ["TLSv1"]}}
                ]
            },
            True,
        ),
    ],
    "data-backed-up": [
        ("rds/cluster", {}, True),
        ("rds/cluster", {"backupRetentionPeriod": 7}, False),
        ("rds/instance", {"backupRetentionPeriod": 6}, True),
        ("dynamodb/table", {}, True),
        ("dynamodb/table", {"pointInTimeRecovery": {"enabled": True}}, False),
    ],
    "data-not-deleted": [
        ("rds/instance", {"deletionProtection": False}, True),
        ("dynamodb/table", {}, True),
        ("dynamodb/table", {"deletionProtectionEnabled": True}, False),
    ],
    "logs-end": [
        ("cloudwatch/logGroup", {"retentionInDays": 0}, True),
        ("cloudwatch/logGroup", {"retentionInDays": 1}, False),
    ],
    "tags": [
        ("rds/cluster", {}, True),
        ("rds/cluster", {"tags": {"Owner": "a", "Service": "b", "CostCenter": "c"}}, False),
        ("rds/cluster", {"tags": {"owner": "a", "service": "b", "cost-centre": ""}}, True),
        ("iam/rolePolicy", {}, False),
        ("autoscaling/group", {"tags": [{"key": name, "value": "x"} for name in ("owner", "service")]}, True),
        (
            "autoscaling/group",
            {"tags": [{"key": name, "value": "x"} for name in ("owner", "service", "cost-centre")]},
            False,
        ),
    ],
    "no-administration-from-everywhere": [
        (
            "ec2/securityGroupRule",
            {"type": "ingress", "cidrBlocks": ["0.0.0.0/0"], "fromPort": 0, "toPort": 65535},
            True,
        ),
        ("ec2/securityGroupRule", {"type": "egress", "cidrBlocks": ["0.0.0.0/0"], "protocol": "-1"}, False),
        ("ec2/securityGroup", {"ingress": [{"protocol": "-1", "ipv6CidrBlocks": ["::/0"]}]}, True),
        ("ec2/securityGroup", {"ingress": [{"protocol": "tcp", "fromPort": 3389, "toPort": 3389}]}, False),
        ("vpc/securityGroupIngressRule", {"cidrIpv4": "203.0.113.7/32", "fromPort": 22, "toPort": 22}, False),
    ],
    "requests-well-formed": [
        ("lb/loadBalancer", {"loadBalancerType": "network"}, False),
        ("lb/loadBalancer", {"dropInvalidHeaderFields": True, "desyncMitigationMode": "monitor"}, True),
    ],
}


def policy(**statement):
    return json.dumps({"Statement": {"Effect": "Allow", **statement}})


CASES["rights-named"] = [
    ("iam/policy", {"policy": policy(Action="*", Resource="*")}, True),
    ("iam/policy", {"policy": policy(Action=["s3:GetObject", "ec2:*"], Resource="*")}, True),
    ("iam/policy", {"policy": policy(NotAction="iam:*", Resource="*")}, True),
    ("iam/policy", {"policy": policy(Action="s3:Get*", Resource="*")}, False),
    ("iam/policy", {"policy": json.dumps({"Statement": [{"Effect": "Deny", "Action": "*"}]})}, False),
    ("iam/role", {"inlinePolicies": [{"policy": policy(Action="*")}]}, True),
    ("iam/role", {"managedPolicyArns": ["arn:aws:iam::aws:policy/AdministratorAccess"]}, True),
    ("iam/rolePolicyAttachment", {"policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}, True),
    ("iam/rolePolicyAttachment", {"policyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}, False),
    # a key's own policy gives the account its key
    ("kms/key", {"policy": policy(Action="kms:*", Resource="*", Principal={"AWS": "arn:aws:iam::1:root"})}, False),
]
CASES["nothing-for-anybody"] = [
    ("s3/bucketPolicy", {"policy": policy(Action="s3:GetObject", Principal="*")}, True),
    ("s3/bucketPolicy", {"policy": policy(Action="s3:GetObject", Principal={"AWS": ["*"]})}, True),
    (
        "s3/bucketPolicy",
        {"policy": policy(Action="s3:GetObject", Principal="*", Condition={"Bool": {}, "a": "b"})},
        False,
    ),
    ("s3/bucketPolicy", {"policy": json.dumps({"Statement": [{"Effect": "Deny", "Principal": "*"}]})}, False),
    ("iam/role", {"assumeRolePolicy": policy(Action="sts:AssumeRole", Principal={"AWS": "*"})}, True),
    (
        "iam/role",
        {"assumeRolePolicy": policy(Action="sts:AssumeRole", Principal={"Service": "ec2.amazonaws.com"})},
        False,
    ),
    ("sqs/queuePolicy", {"policy": "not JSON"}, False),
]


@pytest.mark.parametrize(
    ("rule", "kind", "properties", "refused"),
    [(rule, *case) for rule, cases in CASES.items() for case in cases],
    ids=lambda part: str(part)[:60],
)
def test_a_setting_is_refused_or_not(stack_of, rule, kind, properties, refused, moment):
    stack = stack_of(Example(((kind, "asked", properties),)))

    found = RULE[rule].of_stack(stack, of_values({}, moment))
    assert bool(found) == refused, [finding.message for finding in found]


def test_a_switch_for_the_whole_account_encrypts_every_disk(stack_of, moment):
    switch = ("ebs/encryptionByDefault", "all", {"enabled": True})
    stack = stack_of(Example((("ec2/instance", "server", {}), switch)))

    assert RULE["disks-encrypted"].of_stack(stack, of_values({}, moment)) == []


def test_the_tags_of_the_provider_count(moment):
    queue = Resource("aws:sqs/queue:Queue", "orders", "urn:orders", {"tags": {"owner": "a-team"}})
    tagged = replace(queue, default_tags={"service": "orders", "cost-centre": "4711"})
    configuration = of_values({}, moment)

    assert RULE["tags"].of_resource(queue, configuration)
    assert RULE["tags"].of_resource(tagged, configuration) == []
