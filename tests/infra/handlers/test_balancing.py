"""Balancers with all around them, made through the handlers and read back through boto3."""

import pytest

pytestmark = pytest.mark.filterwarnings("ignore:.* has been deprecated in favor of:DeprecationWarning")


@pytest.fixture
def vpc(make):
    return make("aws:ec2/vpc:Vpc", cidrBlock="10.0.0.0/16")[0]


@pytest.fixture
def balancer(make, vpc):
    def declare(token="aws:lb/loadBalancer:LoadBalancer", **props):
        subnets = [
            make(
                "aws:ec2/subnet:Subnet", z, vpcId=vpc, cidrBlock=f"10.0.{i}.0/24", availabilityZone=f"ap-northeast-2{z}"
            )
            for i, z in enumerate("ab")
        ]
        return make(token, name="front", subnets=[id_ for id_, _ in subnets], **props)

    return declare


@pytest.fixture
def targets(make, vpc):
    def declare(**props):
        return make("aws:lb/targetGroup:TargetGroup", name="app", port=8080, protocol="HTTP", vpcId=vpc, **props)

    return declare


def attributes(answer):
    return {one["Key"]: one["Value"] for one in answer["Attributes"]}


def test_a_balancer_has_its_attributes_logs_and_reservation(make, balancer):
    arn, state = balancer(
        idleTimeout=70,
        dropInvalidHeaderFields=True,
        enableDeletionProtection=True,
        accessLogs={"bucket": "logs", "prefix": "front", "enabled": True},
        minimumLoadBalancerCapacity={"capacityUnits": 500},
    )
    client = make.client("elbv2")
    told = attributes(client.describe_load_balancer_attributes(LoadBalancerArn=arn))
    reserved = client.describe_capacity_reservation(LoadBalancerArn=arn)

    assert told["idle_timeout.timeout_seconds"] == "70"
    assert told["routing.http.drop_invalid_header_fields.enabled"] == "true"
    assert told["deletion_protection.enabled"] == "true"
    assert (told["access_logs.s3.enabled"], told["access_logs.s3.bucket"]) == ("true", "logs")
    assert reserved["MinimumLoadBalancerCapacity"] == {"CapacityUnits": 500}
    assert [zone["EffectiveCapacityUnits"] for zone in reserved["CapacityReservationState"]] == [250, 250]
    assert arn.endswith(state["arnSuffix"])
    assert state["zoneId"] == "ZWKZPGTI48KDX", "what an alias record needs in Seoul"


def test_a_network_balancer_is_not_told_what_only_http_knows(make, balancer):
    arn, _ = balancer(loadBalancerType="network", internal=True, enableCrossZoneLoadBalancing=True)
    told = attributes(make.client("elbv2").describe_load_balancer_attributes(LoadBalancerArn=arn))

    assert told["load_balancing.cross_zone.enabled"] == "true"
    assert "routing.http2.enabled" not in told


def test_a_target_group_has_its_health_check_and_attributes(make, targets):
    arn, state = targets(
        slowStart=60,
        deregistrationDelay=30,
        loadBalancingCrossZoneEnabled="false",
        healthCheck={"path": "/health", "interval": 10, "timeout": 4, "healthyThreshold": 2, "matcher": "200-204"},
        stickiness={"type": "lb_cookie", "cookieDuration": 600},
    )
    client = make.client("elbv2")
    (group,) = client.describe_target_groups(TargetGroupArns=[arn])["TargetGroups"]
    told = attributes(client.describe_target_group_attributes(TargetGroupArn=arn))

    assert [group[name] for name in ("HealthCheckPath", "HealthCheckIntervalSeconds")] == ["/health", 10]
    assert (group["HealthyThresholdCount"], group["UnhealthyThresholdCount"]) == (2, 3), "the provider's default is 3"
    assert group["Matcher"] == {"HttpCode": "200-204"}
    assert told["slow_start.duration_seconds"] == "60"
    assert told["deregistration_delay.timeout_seconds"] == "30"
    assert told["load_balancing.cross_zone.enabled"] == "false"
    assert (told["stickiness.enabled"], told["stickiness.lb_cookie.duration_seconds"]) == ("true", "600")
    assert state["arnSuffix"] == arn.rpartition(":")[2]


def test_listeners_redirect_forward_and_answer_by_themselves(make, balancer, targets):
    front, (app, _) = balancer()[0], targets()
    redirect = {"type": "redirect", "redirect": {"port": "443", "protocol": "HTTPS", "statusCode": "HTTP_301"}}
    make("aws:lb/listener:Listener", "plain", loadBalancerArn=front, port=80, defaultActions=[redirect])
    forward = {"type": "forward", "forward": {"targetGroups": [{"arn": app, "weight": 7}]}}
    listener, _ = make(
        "aws:lb/listener:Listener", "app", loadBalancerArn=front, port=81, defaultActions=[forward],
        routingHttpResponseServerEnabled=False,
    )  # fmt: skip
    deny = {"type": "fixed-response", "fixedResponse": {"contentType": "text/plain", "statusCode": "403"}}
    conditions = [{"httpHeader": {"httpHeaderName": "X-Key", "values": ["a"]}}, {"pathPattern": {"values": ["/a"]}}]
    for name in ("first", "second"):
        make("aws:lb/listenerRule:ListenerRule", name, listenerArn=listener, actions=[deny], conditions=conditions)
    client = make.client("elbv2")
    plain, _ = client.describe_listeners(LoadBalancerArn=front)["Listeners"]
    rules = client.describe_rules(ListenerArn=listener)["Rules"]

    assert plain["DefaultActions"][0]["RedirectConfig"]["Path"] == "/#{path}", "the rest of the address is kept"
    assert attributes(client.describe_listener_attributes(ListenerArn=listener)) == {
        "routing.http.response.server.enabled": "false"
    }
    assert [rule["Priority"] for rule in rules] == ["1", "2", "default"]
    assert [condition["Field"] for condition in rules[0]["Conditions"]] == ["http-header", "path-pattern"]
    assert rules[2]["Actions"][0]["ForwardConfig"]["TargetGroups"] == [{"TargetGroupArn": app, "Weight": 7}]
    assert client.describe_target_groups(TargetGroupArns=[app])["TargetGroups"][0]["LoadBalancerArns"] == [front]


def test_the_older_token_makes_the_same_balancer_and_a_function_finds_it(make, balancer):
    arn, state = balancer("aws:alb/loadBalancer:LoadBalancer")
    found = make.ask("aws:lb/getLoadBalancer:getLoadBalancer", name="front")

    assert (found["arn"], found["dnsName"]) == (arn, state["dnsName"])
