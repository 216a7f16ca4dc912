"""The edge, its firewall, certificates and names, made through the handlers and read back through boto3."""

import pytest

from floodgate.offline.problems import Refused

pytestmark = pytest.mark.filterwarnings("ignore:.* has been deprecated in favor of:DeprecationWarning")

VISIBLE = {"cloudwatchMetricsEnabled": True, "sampledRequestsEnabled": True, "metricName": "m"}
PLAIN = {"cloudfrontDefaultCertificate": True}
EVERYWHERE = {"geoRestriction": {"restrictionType": "none"}}
BALANCER = {
    "originId": "balancer",
    "domainName": "front.example.org",
    "customHeaders": [{"name": "X-Origin-Verify", "value": "s"}],
    "customOriginConfig": {
        "httpPort": 80, "httpsPort": 443, "originProtocolPolicy": "https-only", "originSslProtocols": ["TLSv1.2"],
    },
}  # fmt: skip


def cache_policy(make, **props):
    nothing = {
        "cookiesConfig": {"cookieBehavior": "none"},
        "headersConfig": {"headerBehavior": "whitelist", "headers": {"items": ["Origin"]}},
        "queryStringsConfig": {"queryStringBehavior": "none"},
    }
    return make("aws:cloudfront/cachePolicy:CachePolicy", parametersInCacheKeyAndForwardedToOrigin=nothing, **props)


def test_a_distribution_comes_back_as_it_was_declared(make):
    short, _ = cache_policy(make, minTtl=1, defaultTtl=1, maxTtl=2)
    disabled = make.ask("aws:cloudfront/getCachePolicy:getCachePolicy", name="Managed-CachingDisabled")["id"]
    control, _ = make(
        "aws:cloudfront/originAccessControl:OriginAccessControl", originAccessControlOriginType="s3",
        signingBehavior="always", signingProtocol="sigv4",
    )  # fmt: skip
    _, code = make("aws:cloudfront/function:Function", code="function handler(e) {}", runtime="cloudfront-js-2.0")
    reading = {"viewerProtocolPolicy": "redirect-to-https", "allowedMethods": ["GET", "HEAD"], "cachedMethods": ["GET"]}
    id_, state = make(
        "aws:cloudfront/distribution:Distribution",
        enabled=True,
        origins=[BALANCER, {"originId": "files", "domainName": "b.s3.amazonaws.com", "originAccessControlId": control}],
        defaultCacheBehavior={
            "targetOriginId": "balancer",
            "cachePolicyId": disabled,
            "functionAssociations": [{"eventType": "viewer-request", "functionArn": code["arn"]}],
            **reading,
        },
        orderedCacheBehaviors=[
            {"pathPattern": "/queue/now-serving.json", "targetOriginId": "balancer", "cachePolicyId": short, **reading},
            {"pathPattern": "/static/*", "targetOriginId": "files", "cachePolicyId": disabled, **reading},
        ],
        customErrorResponses=[{"errorCode": 503, "responseCode": 200, "responsePagePath": "/wait/busy.html"}],
        restrictions=EVERYWHERE,
        viewerCertificate=PLAIN,
        tags={"owner": "tickets"},
    )
    client = make.client("cloudfront")
    told = client.get_distribution(Id=id_)["Distribution"]
    config = told["DistributionConfig"]
    (listed,) = client.list_distributions()["DistributionList"]["Items"]

    assert state["domainName"] == told["DomainName"]
    balancer, files = config["Origins"]["Items"]
    assert balancer["CustomHeaders"]["Items"] == [{"HeaderName": "X-Origin-Verify", "HeaderValue": "s"}]
    assert balancer["CustomOriginConfig"]["OriginReadTimeout"] == 30
    assert (files["OriginAccessControlId"], files["S3OriginConfig"]) == (control, {"OriginAccessIdentity": ""})
    assert config["DefaultCacheBehavior"]["FunctionAssociations"]["Items"][0]["FunctionARN"] == code["arn"]
    assert [one["PathPattern"] for one in listed["CacheBehaviors"]["Items"]] == ["/queue/now-serving.json", "/static/*"]
    assert listed["CacheBehaviors"]["Items"][0]["CachePolicyId"] == short
    assert client.get_cache_policy(Id=short)["CachePolicy"]["CachePolicyConfig"]["MaxTTL"] == 2
    assert config["CustomErrorResponses"]["Items"][0]["ResponseCode"] == "200"
    assert client.list_tags_for_resource(Resource=state["arn"])["Tags"]["Items"] == [
        {"Key": "owner", "Value": "tickets"}
    ]


def test_headers_and_requests_have_policies_of_their_own_or_aws_own(make):
    secure = {"strictTransportSecurity": {"accessControlMaxAgeSec": 63_072_000, "override": True}}
    id_, _ = make("aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy", securityHeadersConfig=secure)
    told = make.client("cloudfront").get_response_headers_policy(Id=id_)["ResponseHeadersPolicy"]
    everything = make.ask("aws:cloudfront/getOriginRequestPolicy:getOriginRequestPolicy", name="Managed-AllViewer")

    assert told["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]["StrictTransportSecurity"] == {
        "AccessControlMaxAgeSec": 63_072_000,
        "Override": True,
    }
    assert everything["id"] == "216adef6-5c7f-47e4-b989-5492eafa07d3"


def test_a_firewall_of_the_edge_has_rules_to_any_depth(make):
    path = {
        "fieldToMatch": {"uriPath": {}},
        "positionalConstraint": "STARTS_WITH",
        "searchString": "/queue",
        "textTransformations": [{"priority": 0, "type": "LOWERCASE"}],
    }
    rate = {"limit": 100, "aggregateKeyType": "IP", "scopeDownStatement": {"byteMatchStatement": path}}
    managed = {"vendorName": "AWS", "name": "AWSManagedRulesCommonRuleSet"}
    rules = [
        {"name": "rate", "priority": 0, "action": {"block": {"customResponse": {"responseCode": 429}}},
         "statement": {"rateBasedStatement": rate}, "visibilityConfig": VISIBLE},
        {"name": "managed", "priority": 1, "overrideAction": {"none": {}},
         "statement": {"managedRuleGroupStatement": managed}, "visibilityConfig": VISIBLE},
    ]  # fmt: skip
    id_, state = make(
        "aws:wafv2/webAcl:WebAcl", "edge", name="edge", region="us-east-1", scope="CLOUDFRONT",
        defaultAction={"allow": {}}, rules=rules, visibilityConfig=VISIBLE,
    )  # fmt: skip
    make(
        "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration", region="us-east-1",
        resourceArn=state["arn"], logDestinationConfigs=["arn:aws:logs:us-east-1:1:log-group:aws-waf-logs-x"],
        redactedFields=[{"singleHeader": {"name": "cookie"}}],
    )  # fmt: skip
    client = make.world.session.client("wafv2", region_name="us-east-1")
    told = client.get_web_acl(Name="edge", Scope="CLOUDFRONT", Id=id_)["WebACL"]
    log = client.get_logging_configuration(ResourceArn=state["arn"])["LoggingConfiguration"]

    scope = told["Rules"][0]["Statement"]["RateBasedStatement"]["ScopeDownStatement"]["ByteMatchStatement"]
    assert (scope["SearchString"], scope["FieldToMatch"]) == (b"/queue", {"UriPath": {}})
    assert told["Rules"][0]["Action"]["Block"]["CustomResponse"]["ResponseCode"] == 429
    assert told["Rules"][1]["OverrideAction"] == {"None": {}}
    assert log["RedactedFields"] == [{"SingleHeader": {"Name": "cookie"}}]


def test_a_certificate_is_issued_when_its_records_are_there(make):
    zone, names = make("aws:route53/zone:Zone", "zone", name="tickets.example.org")
    arn, state = make("aws:acm/certificate:Certificate", domainName="tickets.example.org", validationMethod="DNS")
    with pytest.raises(Refused, match="make these records in Route 53"):
        make("aws:acm/certificateValidation:CertificateValidation", certificateArn=arn)
    (wanted,) = state["domainValidationOptions"]
    id_, record = make(
        "aws:route53/record:Record", "proof", zoneId=zone, name=wanted["resourceRecordName"], type="CNAME", ttl=60,
        records=[wanted["resourceRecordValue"]],
    )  # fmt: skip
    issued, _ = make("aws:acm/certificateValidation:CertificateValidation", certificateArn=arn)

    assert issued == "2027-08-08 11:00:00 +0000 UTC"
    assert record["fqdn"] == wanted["resourceRecordName"].rstrip(".")
    assert id_ == f"{zone}_{record['fqdn']}_CNAME"
    assert len(names["nameServers"]) == 4
    assert make.ask("aws:acm/getCertificate:getCertificate", domain="tickets.example.org")["arn"] == arn


def test_a_name_leads_to_a_balancer_or_a_text(make):
    zone, _ = make("aws:route53/zone:Zone", "zone", name="example.org")
    alias = {"name": "front.elb.amazonaws.com", "zoneId": "ZWKZPGTI48KDX", "evaluateTargetHealth": True}
    make("aws:route53/record:Record", "a", zoneId=zone, name="www", type="A", aliases=[alias])
    make("aws:route53/record:Record", "t", zoneId=zone, name="", type="TXT", ttl=60, records=["v=spf1 -all"])
    sets = make.client("route53").list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    told = {(one["Name"], one["Type"]): one for one in sets}

    assert told["www.example.org.", "A"]["AliasTarget"]["HostedZoneId"] == "ZWKZPGTI48KDX"
    assert told["example.org.", "TXT"]["ResourceRecords"] == [{"Value": '"v=spf1 -all"'}]
    assert make.ask("aws:route53/getZone:getZone", name="example.org")["zoneId"] == zone
