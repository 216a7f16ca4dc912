"""Every resource type of scaling, balancing, data and edge, by reflection.

Made from the least that the real provider asks for, each type tells only outputs that the SDK knows; and no argument
of the SDK is lost, because each is either sent or named as something that is not. Whether what arrives is right is
told by the tests of each family.
"""

import pytest

from floodgate.offline import schema
from floodgate.offline.handlers.balancing_attributes import LISTENER
from floodgate.offline.handlers.base import FUNCTIONS, RESOURCES
from floodgate.offline.handlers.declared import Declared
from floodgate.offline.handlers.requests import input_shape, request

pytestmark = pytest.mark.filterwarnings("ignore:.* has been deprecated in favor of:DeprecationWarning")

HOMES = ("app_autoscaling", "autoscaling", "balancing", "cache_groups", "cache_serverless", "cache_users", "caches")
HOMES += ("certificates", "database_groups", "database_instances", "database_proxies", "databases", "engine_versions")
HOMES += ("autoscaling_attachments", "autoscaling_groups", "dns", "edge", "waf")
HOMES += ("dns_records", "edge_distributions", "edge_functions", "edge_policies", "listeners", "target_groups")
VISIBLE = {"cloudwatchMetricsEnabled": True, "sampledRequestsEnabled": True, "metricName": "m"}
READERS = {
    "serviceNamespace": "rds", "scalableDimension": "rds:cluster:ReadReplicaCount", "resourceId": "cluster:@cluster",
}  # fmt: skip
FORWARD = {"type": "forward", "targetGroupArn": "@targets"}
ORIGIN = {"originId": "o", "domainName": "b.s3.amazonaws.com"}
BEHAVIOR = {
    "targetOriginId": "o", "viewerProtocolPolicy": "https-only", "allowedMethods": ["GET", "HEAD"],
    "cachedMethods": ["GET", "HEAD"], "cachePolicyId": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
}  # fmt: skip
NO_KEY = {
    "cookiesConfig": {"cookieBehavior": "none"},
    "headersConfig": {"headerBehavior": "none"},
    "queryStringsConfig": {"queryStringBehavior": "none"},
}
HSTS = {"strictTransportSecurity": {"accessControlMaxAgeSec": 1, "override": True}}
SECRET = {"authScheme": "SECRETS", "secretArn": "arn:aws:secretsmanager:x:1:secret:y"}
TRACKING = {
    "targetValue": 50.0,
    "predefinedMetricSpecification": {"predefinedMetricType": "RDSReaderAverageCPUUtilization"},
}

# token to properties; "@x" stands for the id of the thing named x
EXAMPLES = {
    "aws:acm/certificate:Certificate": {"domainName": "example.org", "validationMethod": "DNS"},
    "aws:appautoscaling/policy:Policy": {
        **READERS, "policyType": "TargetTrackingScaling", "targetTrackingScalingPolicyConfiguration": TRACKING,
    },
    "aws:appautoscaling/scheduledAction:ScheduledAction": {
        **READERS, "schedule": "at(2027-08-09T10:00:00)", "scalableTargetAction": {"minCapacity": 2, "maxCapacity": 3},
    },
    "aws:appautoscaling/target:Target": {**READERS, "minCapacity": 1, "maxCapacity": 3},
    "aws:autoscaling/attachment:Attachment": {"autoscalingGroupName": "@group", "lbTargetGroupArn": "@targets"},
    "aws:autoscaling/group:Group": {
        "minSize": 0, "maxSize": 1, "vpcZoneIdentifiers": ["@subnet a"], "launchTemplate": {"id": "@template"},
    },
    "aws:autoscaling/lifecycleHook:LifecycleHook": {
        "autoscalingGroupName": "@group", "lifecycleTransition": "autoscaling:EC2_INSTANCE_LAUNCHING",
    },
    "aws:autoscaling/notification:Notification": {
        "groupNames": ["@group"], "notifications": ["autoscaling:EC2_INSTANCE_LAUNCH"],
        "topicArn": "arn:aws:sns:ap-northeast-2:123456789012:t",
    },
    "aws:autoscaling/policy:Policy": {
        "autoscalingGroupName": "@group", "adjustmentType": "ChangeInCapacity", "scalingAdjustment": 1,
    },
    "aws:autoscaling/schedule:Schedule": {
        "autoscalingGroupName": "@group", "scheduledActionName": "it", "minSize": 0, "maxSize": 1,
        "desiredCapacity": -1, "startTime": "2027-08-09T10:00:00Z",
    },
    "aws:autoscaling/tag:Tag": {
        "autoscalingGroupName": "@group", "tag": {"key": "a", "value": "b", "propagateAtLaunch": True},
    },
    "aws:autoscaling/trafficSourceAttachment:TrafficSourceAttachment": {
        "autoscalingGroupName": "@group", "trafficSource": {"identifier": "@targets", "type": "elbv2"},
    },
    "aws:cloudfront/cachePolicy:CachePolicy": {"parametersInCacheKeyAndForwardedToOrigin": NO_KEY},
    "aws:cloudfront/distribution:Distribution": {
        "enabled": True, "origins": [ORIGIN], "defaultCacheBehavior": BEHAVIOR,
        "restrictions": {"geoRestriction": {"restrictionType": "none"}},
        "viewerCertificate": {"cloudfrontDefaultCertificate": True},
    },
    "aws:cloudfront/function:Function": {"code": "function handler(e) {}", "runtime": "cloudfront-js-2.0"},
    "aws:cloudfront/originAccessControl:OriginAccessControl": {
        "originAccessControlOriginType": "s3", "signingBehavior": "always", "signingProtocol": "sigv4",
    },
    "aws:cloudfront/originAccessIdentity:OriginAccessIdentity": {},
    "aws:cloudfront/originRequestPolicy:OriginRequestPolicy": NO_KEY,
    "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": {"securityHeadersConfig": HSTS},
    "aws:elasticache/parameterGroup:ParameterGroup": {"family": "valkey8"},
    "aws:elasticache/replicationGroup:ReplicationGroup": {
        "description": "d", "engine": "valkey", "nodeType": "cache.r7g.large",
    },
    "aws:elasticache/serverlessCache:ServerlessCache": {"engine": "valkey"},
    "aws:elasticache/subnetGroup:SubnetGroup": {"subnetIds": ["@subnet a"]},
    "aws:elasticache/user:User": {
        "userId": "it", "userName": "it", "engine": "valkey", "accessString": "on ~* +@all", "noPasswordRequired": True,
    },
    "aws:elasticache/userGroup:UserGroup": {"userGroupId": "it", "engine": "valkey"},
    "aws:lb/listener:Listener": {"loadBalancerArn": "@balancer", "port": 81, "defaultActions": [FORWARD]},
    "aws:lb/listenerCertificate:ListenerCertificate": {"listenerArn": "@listener", "certificateArn": "@certificate"},
    "aws:lb/listenerRule:ListenerRule": {
        "listenerArn": "@listener", "actions": [FORWARD], "conditions": [{"pathPattern": {"values": ["/a"]}}],
    },
    "aws:lb/loadBalancer:LoadBalancer": {"subnets": ["@subnet a", "@subnet b"]},
    "aws:lb/targetGroup:TargetGroup": {"port": 80, "protocol": "HTTP", "vpcId": "@vpc"},
    "aws:lb/targetGroupAttachment:TargetGroupAttachment": {"targetGroupArn": "@targets", "targetId": "10.0.0.9"},
    "aws:rds/cluster:Cluster": {
        "engine": "aurora-postgresql", "masterUsername": "app", "manageMasterUserPassword": True,
    },
    "aws:rds/clusterInstance:ClusterInstance": {
        "clusterIdentifier": "@cluster", "engine": "aurora-postgresql", "instanceClass": "db.r8g.large",
    },
    "aws:rds/clusterParameterGroup:ClusterParameterGroup": {"family": "aurora-postgresql17"},
    "aws:rds/instance:Instance": {
        "engine": "postgres", "instanceClass": "db.t4g.small", "allocatedStorage": 20, "username": "app",
        "manageMasterUserPassword": True,
    },
    "aws:rds/parameterGroup:ParameterGroup": {"family": "postgres17"},
    "aws:rds/proxy:Proxy": {
        "engineFamily": "POSTGRESQL", "roleArn": "arn:aws:iam::123456789012:role/r",
        "vpcSubnetIds": ["@subnet a", "@subnet b"], "auths": [SECRET],
    },
    "aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup": {"dbProxyName": "@proxy"},
    "aws:rds/proxyTarget:ProxyTarget": {
        "dbProxyName": "@proxy", "targetGroupName": "default", "dbClusterIdentifier": "@cluster",
    },
    "aws:rds/subnetGroup:SubnetGroup": {"subnetIds": ["@subnet a", "@subnet b"]},
    "aws:route53/record:Record": {"zoneId": "@zone", "name": "a", "type": "A", "ttl": 60, "records": ["10.0.0.1"]},
    "aws:route53/zone:Zone": {"name": "example.net"},
    "aws:wafv2/ipSet:IpSet": {"scope": "REGIONAL", "ipAddressVersion": "IPV4"},
    "aws:wafv2/regexPatternSet:RegexPatternSet": {"scope": "REGIONAL"},
    "aws:wafv2/ruleGroup:RuleGroup": {"scope": "REGIONAL", "capacity": 1, "visibilityConfig": VISIBLE},
    "aws:wafv2/webAcl:WebAcl": {"scope": "REGIONAL", "defaultAction": {"allow": {}}, "visibilityConfig": VISIBLE},
    "aws:wafv2/webAclAssociation:WebAclAssociation": {"resourceArn": "@balancer", "webAclArn": "@acl"},
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": {
        "resourceArn": "@acl", "logDestinationConfigs": ["arn:aws:logs:x:1:log-group:aws-waf-logs-x"],
    },
}  # fmt: skip
# of a web ACL's log, whose call takes one block
IN_A_BLOCK = {"resourceArn", "logDestinationConfigs", "loggingFilter", "redactedFields"}
# needs a certificate that is issued, which the tests of its family make
APART = {"aws:acm/certificateValidation:CertificateValidation"}


def ours(registered):
    """The tokens that this file answers for; the older twins of the balancer's are the same handlers."""
    homes = tuple(f"floodgate.offline.handlers.{name}" for name in HOMES)
    mine = {t for t, h in registered.items() if getattr(h, "__module__", type(h).__module__) in homes}
    return {token for token in mine if not token.startswith("aws:alb/")} - APART


def filled(value, known):
    """The example with ids in the place of names."""
    if isinstance(value, dict):
        return {name: filled(item, known) for name, item in value.items()}
    if isinstance(value, list):
        return [filled(item, known) for item in value]
    if isinstance(value, str) and value.startswith("cluster:@"):
        return f"cluster:{known['cluster']}"
    return known[value[1:]] if isinstance(value, str) and value.startswith("@") else value


@pytest.fixture
def surroundings(make):
    """Ids of what the examples stand on, by name."""
    known = {"vpc": make("aws:ec2/vpc:Vpc", cidrBlock="10.0.0.0/16")[0]}
    for i, zone in enumerate("ab"):
        known[f"subnet {zone}"], _ = make(
            "aws:ec2/subnet:Subnet", zone, vpcId=known["vpc"], cidrBlock=f"10.0.{i}.0/24",
            availabilityZone=f"ap-northeast-2{zone}",
        )  # fmt: skip
    image = make.client("ec2").describe_images()["Images"][0]["ImageId"]
    known["template"], _ = make("aws:ec2/launchTemplate:LaunchTemplate", imageId=image, instanceType="c7g.large")
    known["zone"], _ = make("aws:route53/zone:Zone", "zone", name="example.org")
    for name, token in {
        "group": "aws:autoscaling/group:Group",
        "targets": "aws:lb/targetGroup:TargetGroup",
        "balancer": "aws:lb/loadBalancer:LoadBalancer",
        "listener": "aws:lb/listener:Listener",
        "certificate": "aws:acm/certificate:Certificate",
        "cluster": "aws:rds/cluster:Cluster",
        "proxy": "aws:rds/proxy:Proxy",
        "acl": "aws:wafv2/webAcl:WebAcl",
    }.items():
        known[name], state = make(token, name, **filled(EXAMPLES[token], known))
        if name == "acl":
            known[name] = state["arn"]
    known["readers"], _ = make(
        "aws:appautoscaling/target:Target", **filled(READERS, known), minCapacity=1, maxCapacity=2
    )
    return known


def test_every_type_has_an_example():
    assert ours(RESOURCES) == set(EXAMPLES)


def test_every_type_is_made_from_the_least_and_tells_only_outputs_that_the_sdk_knows(make, surroundings):
    wrong = {}
    for token, props in EXAMPLES.items():
        given = filled(props, surroundings) | ({"port": 82} if token == "aws:lb/listener:Listener" else {})
        id_, state = make(token, "again", **given)
        answer = RESOURCES[token].read(make.world.aws(), id_, state)
        unknown = set(answer) - set(schema.outputs(token))
        assert isinstance(id_, str)
        if unknown:
            wrong[token] = unknown

    assert wrong == {}


def sent(make, handler, names):
    """Those of the names that the handler's call has a parameter for."""
    client = make.client(handler.service)
    shape = input_shape(client, handler.create_call)
    known = {name.lower() for name in shape.members}
    found = set()
    for name in names:
        theirs = handler.rename.get(name, name).lower()
        if {theirs, f"{theirs}s", theirs.removesuffix("s"), f"{theirs.removesuffix('ies')}y"} & known:
            found.add(name)
    return found


def test_no_argument_of_the_sdk_is_lost(make):
    lost = {}
    for token in ours(RESOURCES):
        handler = RESOURCES[token]
        if not isinstance(handler, Declared) or hasattr(handler, "config"):
            continue
        arguments = schema.arguments(token)
        assert arguments is not None
        names = set(arguments.properties) - {"region", "tags", *handler.apart, *handler.missing}
        missing = names - sent(make, handler, names) - IN_A_BLOCK
        missing = {name for name in missing if name not in LISTENER}
        if missing:
            lost[token] = missing

    assert lost == {}


def test_a_block_that_aws_does_not_know_is_an_error_of_the_handler(make):
    with pytest.raises(KeyError, match="no such member"):
        request(make.client("autoscaling"), "put_scaling_policy", {"targetTrackingConfiguration": {"targetVolume": 1}})


def test_the_functions_have_tokens_of_the_sdk():
    assert all(schema.function_arguments(token) is not None for token in ours(FUNCTIONS))
