"""Every resource type and function of EC2, IAM, S3, KMS, Secrets Manager, SSM, CloudWatch, SNS and SQS, once.

Each is made from the least that the provider asks for and read again. The names of its outputs are held against the
SDK's, so that none is misspelt; whether their values are AWS's is told by the tests of each family.
"""

import importlib
import json

import pytest
from pulumi import _types as sdk_types

from floodgate.offline import lifecycle, schema
from floodgate.offline.handlers.base import FUNCTIONS, RESOURCES

pytestmark = pytest.mark.filterwarnings("ignore:.* has been deprecated in favor of:DeprecationWarning")

MODULES = ("ec2_compute", "ec2_network", "ec2_routes", "ec2_security", "functions", "functions_ec2", "iam", "kms")
MODULES += ("ec2_acls", "ec2_addresses", "ec2_endpoints", "ec2_prefix_lists", "ec2_route_associations")
MODULES += ("ec2_security_rules", "ec2_templates", "ec2_volumes", "messaging", "monitoring", "s3", "secrets", "ssm")
MODULES += ("iam_policies", "logs", "queues", "s3_access", "s3_buckets", "s3_configurations", "s3_objects")
TRUST = json.dumps({
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}],
})  # fmt: skip
POLICY = json.dumps({
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}],
})  # fmt: skip
LOGGED = json.dumps({
    "Version": "2012-10-17",
    "Statement": [{
        "Effect": "Allow", "Action": "s3:PutObject", "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Resource": "arn:aws:s3:::the-logs/*",
    }],
})  # fmt: skip
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJLuErhRUV8vI4pZ7Yxn0ROSmDAAmNEZ8AHDnO6GqBn1 nobody"
IMAGE = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"
ALARM = {"comparisonOperator": "GreaterThanThreshold", "evaluationPeriods": 1, "threshold": 1.0}
ENCRYPTED = {"rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}]}
LIFECYCLE = {"rules": [{"id": "old", "status": "Enabled", "expiration": {"days": 30}}]}

# token to properties; "@x" stands for the id of the thing named x
RESOURCE_EXAMPLES = {
    "aws:ebs/volume:Volume": {"availabilityZone": "ap-northeast-2a", "size": 8},
    "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl": {"defaultNetworkAclId": "@default acl"},
    "aws:ec2/defaultRouteTable:DefaultRouteTable": {"defaultRouteTableId": "@main table"},
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": {"vpcId": "@vpc"},
    "aws:ec2/eip:Eip": {},
    "aws:ec2/flowLog:FlowLog": {
        "vpcId": "@vpc", "trafficType": "ALL", "logDestination": "@log arn", "iamRoleArn": "@role arn",
    },
    "aws:ec2/instance:Instance": {"ami": "@image", "instanceType": "t4g.small", "subnetId": "@subnet"},
    "aws:ec2/internetGateway:InternetGateway": {},
    "aws:ec2/internetGatewayAttachment:InternetGatewayAttachment": {"internetGatewayId": "@loose", "vpcId": "@vpc"},
    "aws:ec2/keyPair:KeyPair": {"publicKey": KEY},
    "aws:ec2/launchTemplate:LaunchTemplate": {"imageId": "@image"},
    "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation": {"vpcId": "@vpc", "routeTableId": "@table"},
    "aws:ec2/managedPrefixList:ManagedPrefixList": {"addressFamily": "IPv4", "maxEntries": 1},
    "aws:ec2/natGateway:NatGateway": {"subnetId": "@subnet", "connectivityType": "private"},
    "aws:ec2/networkAcl:NetworkAcl": {"vpcId": "@vpc"},
    "aws:ec2/networkAclAssociation:NetworkAclAssociation": {"networkAclId": "@acl", "subnetId": "@subnet"},
    "aws:ec2/networkAclRule:NetworkAclRule": {
        "networkAclId": "@acl", "ruleNumber": 7, "ruleAction": "allow", "protocol": "-1", "cidrBlock": "10.0.0.0/8",
    },
    "aws:ec2/route:Route": {"routeTableId": "@table", "destinationCidrBlock": "0.0.0.0/0", "gatewayId": "@gateway"},
    "aws:ec2/routeTable:RouteTable": {"vpcId": "@vpc"},
    "aws:ec2/routeTableAssociation:RouteTableAssociation": {"routeTableId": "@table", "subnetId": "@subnet"},
    "aws:ec2/securityGroup:SecurityGroup": {"vpcId": "@vpc"},
    "aws:ec2/securityGroupRule:SecurityGroupRule": {
        "type": "egress", "securityGroupId": "@group", "protocol": "-1", "fromPort": 0, "toPort": 0, "self": True,
    },
    "aws:ec2/subnet:Subnet": {"vpcId": "@vpc", "cidrBlock": "10.0.9.0/24"},
    "aws:ec2/volumeAttachment:VolumeAttachment": {
        "volumeId": "@volume", "instanceId": "@instance", "deviceName": "/dev/sdh",
    },
    "aws:ec2/vpc:Vpc": {"cidrBlock": "10.7.0.0/16"},
    "aws:ec2/vpcEndpoint:VpcEndpoint": {"vpcId": "@vpc", "serviceName": "com.amazonaws.ap-northeast-2.s3"},
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": {
        "securityGroupId": "@group", "ipProtocol": "-1", "cidrIpv4": "0.0.0.0/0",
    },
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": {
        "securityGroupId": "@group", "ipProtocol": "tcp", "fromPort": 1, "toPort": 2, "cidrIpv6": "::/0",
    },
    "aws:iam/instanceProfile:InstanceProfile": {"role": "@role"},
    "aws:iam/policy:Policy": {"policy": POLICY},
    "aws:iam/role:Role": {"assumeRolePolicy": TRUST},
    "aws:iam/rolePolicy:RolePolicy": {"role": "@role", "policy": POLICY},
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": {
        "role": "@role", "policyArn": "arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy",
    },
    "aws:iam/serviceLinkedRole:ServiceLinkedRole": {"awsServiceName": "autoscaling.amazonaws.com"},
    "aws:kms/alias:Alias": {"name": "alias/mine", "targetKeyId": "@key"},
    "aws:kms/key:Key": {},
    "aws:secretsmanager/secret:Secret": {},
    "aws:secretsmanager/secretPolicy:SecretPolicy": {"secretArn": "@secret", "policy": POLICY},
    "aws:secretsmanager/secretVersion:SecretVersion": {"secretId": "@secret", "secretString": "quiet"},
    "aws:ssm/parameter:Parameter": {"type": "String", "value": "here"},
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": {"alarmName": "both", "alarmRule": "ALARM(one) AND ALARM(one)"},
    "aws:cloudwatch/dashboard:Dashboard": {"dashboardName": "page", "dashboardBody": '{"widgets": []}'},
    "aws:cloudwatch/logGroup:LogGroup": {},
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": {
        "logGroupName": "@log", "pattern": "ERROR",
        "metricTransformation": {"name": "Errors", "namespace": "Mine", "value": "1", "defaultValue": "0"},
    },
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": {"policyName": "let-in", "policyDocument": POLICY},
    "aws:cloudwatch/logStream:LogStream": {"logGroupName": "@log"},
    "aws:cloudwatch/metricAlarm:MetricAlarm": {
        **ALARM, "metricName": "m", "namespace": "n", "period": 60, "statistic": "Sum",
    },
    "aws:sns/topic:Topic": {},
    "aws:sns/topicPolicy:TopicPolicy": {"arn": "@topic", "policy": POLICY},
    "aws:sns/topicSubscription:TopicSubscription": {"topic": "@topic", "protocol": "email", "endpoint": "a@b.org"},
    "aws:sqs/queue:Queue": {},
    "aws:s3/bucket:Bucket": {},
    "aws:s3/bucketAcl:BucketAcl": {"bucket": "@bucket", "acl": "private"},
    "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration": {
        "bucket": "@bucket", "corsRules": [{"allowedMethods": ["GET"], "allowedOrigins": ["*"]}],
    },
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": {"bucket": "@bucket", **LIFECYCLE},
    "aws:s3/bucketLogging:BucketLogging": {"bucket": "@bucket", "targetBucket": "@logs", "targetPrefix": "to/"},
    "aws:s3/bucketObject:BucketObject": {"bucket": "@bucket", "key": "a", "content": "b"},
    "aws:s3/bucketObjectv2:BucketObjectv2": {"bucket": "@bucket", "key": "a/b", "contentBase64": "Yg=="},
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": {
        "bucket": "@bucket", "rule": {"objectOwnership": "BucketOwnerPreferred"},
    },
    "aws:s3/bucketPolicy:BucketPolicy": {"bucket": "@logs", "policy": LOGGED},
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": {"bucket": "@bucket"},
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": {
        "bucket": "@bucket", **ENCRYPTED,
    },
    "aws:s3/bucketVersioning:BucketVersioning": {
        "bucket": "@bucket", "versioningConfiguration": {"status": "Enabled"},
    },
    "aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration": {
        "bucket": "@bucket", "indexDocument": {"suffix": "index.html"},
    },
}  # fmt: skip

FUNCTION_EXAMPLES = {
    "aws:cloudwatch/getLogGroup:getLogGroup": {"name": "@log"},
    "aws:ec2/getAmi:getAmi": {
        "mostRecent": True,
        "owners": ["amazon"],
        "filters": [{"name": "name", "values": ["al2023-ami-2023*arm64"]}],
    },
    "aws:ec2/getManagedPrefixList:getManagedPrefixList": {"name": "com.amazonaws.global.cloudfront.origin-facing"},
    "aws:ec2/getPrefixList:getPrefixList": {"name": "com.amazonaws.ap-northeast-2.s3"},
    "aws:ec2/getSecurityGroup:getSecurityGroup": {"id": "@group"},
    "aws:ec2/getSubnet:getSubnet": {"id": "@subnet"},
    "aws:ec2/getSubnets:getSubnets": {"filters": [{"name": "vpc-id", "values": ["@vpc"]}]},
    "aws:ec2/getVpc:getVpc": {"id": "@vpc"},
    "aws:ec2/getVpcs:getVpcs": {},
    "aws:elb/getServiceAccount:getServiceAccount": {},
    "aws:iam/getPolicy:getPolicy": {"arn": "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"},
    "aws:iam/getPolicyDocument:getPolicyDocument": {"statements": [{"actions": ["*"], "resources": ["*"]}]},
    "aws:iam/getRole:getRole": {"name": "@role"},
    "aws:index/getArn:getArn": {"arn": "arn:aws:rds:eu-west-1:123456789012:db:mysql-db"},
    "aws:index/getAvailabilityZone:getAvailabilityZone": {"name": "ap-northeast-2a"},
    "aws:index/getAvailabilityZones:getAvailabilityZones": {"state": "available"},
    "aws:index/getCallerIdentity:getCallerIdentity": {},
    "aws:index/getPartition:getPartition": {},
    "aws:index/getRegion:getRegion": {},
    "aws:index/getServicePrincipal:getServicePrincipal": {"serviceName": "ec2"},
    "aws:kms/getAlias:getAlias": {"name": "alias/named"},
    "aws:kms/getKey:getKey": {"keyId": "@key"},
    "aws:s3/getBucket:getBucket": {"bucket": "@bucket"},
    "aws:secretsmanager/getRandomPassword:getRandomPassword": {"passwordLength": 40, "excludePunctuation": True},
    "aws:secretsmanager/getSecret:getSecret": {"arn": "@secret"},
    "aws:secretsmanager/getSecretVersion:getSecretVersion": {"secretId": "@told secret"},
    "aws:servicequotas/getServiceQuota:getServiceQuota": {"serviceCode": "ec2", "quotaCode": "L-1216C47A"},
    "aws:ssm/getParameter:getParameter": {"name": IMAGE},
}


def ours(registered):
    """The tokens that this file answers for."""
    homes = tuple(f"floodgate.offline.handlers.{name}" for name in MODULES)
    return [t for t, h in registered.items() if getattr(h, "__module__", type(h).__module__) in homes]


def example(token):
    """The properties for a type, also under the former name that ends in V2."""
    return RESOURCE_EXAMPLES.get(token) or RESOURCE_EXAMPLES.get(token.replace("V2", ""), {})


@pytest.fixture
def surroundings(make):
    """Ids of what the examples stand on, by name."""
    image = make.ask("aws:ssm/getParameter:getParameter", name=IMAGE)["value"]
    vpc, network = make("aws:ec2/vpc:Vpc", cidrBlock="10.0.0.0/16")
    subnet, _ = make("aws:ec2/subnet:Subnet", vpcId=vpc, cidrBlock="10.0.0.0/24", availabilityZone="ap-northeast-2a")
    role, role_state = make("aws:iam/role:Role", "role", assumeRolePolicy=TRUST)
    key, _ = make("aws:kms/key:Key")
    make("aws:kms/alias:Alias", name="alias/named", targetKeyId=key)
    log, log_state = make("aws:cloudwatch/logGroup:LogGroup", "log")
    secret, _ = make("aws:secretsmanager/secret:Secret", "secret")
    told, _ = make("aws:secretsmanager/secret:Secret", "told")
    make("aws:secretsmanager/secretVersion:SecretVersion", secretId=told, secretString="quiet")
    make("aws:s3/bucket:Bucket", "logs", bucket="the-logs")
    make("aws:s3/bucketPolicy:BucketPolicy", "logs", bucket="the-logs", policy=LOGGED)
    make(
        "aws:cloudwatch/metricAlarm:MetricAlarm", name="one", **ALARM, metricName="m", namespace="n", period=60,
        statistic="Sum",
    )  # fmt: skip
    return {
        "image": image,
        "vpc": vpc,
        "main table": network["mainRouteTableId"],
        "default acl": network["defaultNetworkAclId"],
        "subnet": subnet,
        "table": make("aws:ec2/routeTable:RouteTable", "table", vpcId=vpc)[0],
        "acl": make("aws:ec2/networkAcl:NetworkAcl", "acl", vpcId=vpc)[0],
        "group": make("aws:ec2/securityGroup:SecurityGroup", "group", vpcId=vpc)[0],
        "loose": make("aws:ec2/internetGateway:InternetGateway", "loose")[0],
        "gateway": make("aws:ec2/internetGateway:InternetGateway", "other", vpcId=vpc)[0],
        "volume": make("aws:ebs/volume:Volume", "disk", availabilityZone="ap-northeast-2a", size=8)[0],
        "instance": make("aws:ec2/instance:Instance", "i", ami=image, instanceType="t4g.small", subnetId=subnet)[0],
        "role": role,
        "role arn": role_state["arn"],
        "key": key,
        "log": log,
        "log arn": log_state["arn"],
        "secret": secret,
        "told secret": told,
        "topic": make("aws:sns/topic:Topic", "topic")[0],
        "bucket": make("aws:s3/bucket:Bucket", "bucket")[0],
        "logs": "the-logs",
    }


def filled(value, known):
    """The example with ids in the place of names."""
    if isinstance(value, dict):
        return {name: filled(item, known) for name, item in value.items()}
    if isinstance(value, list):
        return [filled(item, known) for item in value]
    return known[value[1:]] if isinstance(value, str) and value.startswith("@") else value


def test_every_type_and_function_has_an_example():
    assert set(FUNCTION_EXAMPLES) == set(ours(FUNCTIONS))
    assert {token for token in ours(RESOURCES) if "V2" not in token} == set(RESOURCE_EXAMPLES)


def test_every_type_is_made_from_the_least_and_tells_only_outputs_that_the_sdk_knows(make, surroundings):
    wrong = {}
    for token in sorted(ours(RESOURCES)):
        if token.startswith("aws:ec2/internetGatewayAttachment"):
            make.client("ec2").detach_internet_gateway(
                InternetGatewayId=surroundings["gateway"], VpcId=surroundings["vpc"]
            )
        props = filled(example(token), surroundings)
        id_, state = make(token, f"x{len(wrong)}", **props)
        answer = RESOURCES[token].read(make.world.aws(), id_, state)
        unknown = set(answer) - set(schema.outputs(token))
        assert isinstance(id_, str)
        if unknown:
            wrong[token] = unknown
        lifecycle.find(make.world, lifecycle.Identity(token, token, "again"), make.provider, id_, state)

    assert wrong == {}


def test_every_function_answers_only_what_the_sdk_knows(make, surroundings):
    wrong = {}
    for token in sorted(ours(FUNCTIONS)):
        answer = make.ask(token, **filled(FUNCTION_EXAMPLES[token], surroundings))
        unknown = set(answer) - result_names(token)
        assert answer["id"], token
        if unknown:
            wrong[token] = unknown

    assert wrong == {}


def result_names(token):
    """The names in the SDK's class of a function's result."""
    place, name = token.split(":")[1:]
    module = place.split("/")[0]
    home = importlib.import_module("pulumi_aws" if module == "index" else f"pulumi_aws.{module}")
    result = getattr(home, f"{name[:1].upper()}{name[1:]}Result")
    return {pulumi_name for _, pulumi_name, _ in sdk_types._py_properties(result)}
