"""The edge as AWS holds it: what is kept how long, what is passed on, and what stands before it."""

import json

import pytest

from infra.edge.page_files import WAITING_PAGE, content_security_policy

MANAGED = {
    "AWSManagedRulesAmazonIpReputationList",
    "AWSManagedRulesKnownBadInputsRuleSet",
    "AWSManagedRulesCommonRuleSet",
}


@pytest.fixture(scope="module")
def distribution(opening):
    cloudfront = opening.world.session.client("cloudfront")
    (summary,) = cloudfront.list_distributions()["DistributionList"]["Items"]
    told = cloudfront.get_distribution(Id=summary["Id"])["Distribution"]
    return {"arn": told["ARN"], "domain": told["DomainName"], **told["DistributionConfig"]}


@pytest.fixture(scope="module")
def web_acl(opening):
    waf = opening.world.session.client("wafv2", "us-east-1")
    (summary,) = waf.list_web_acls(Scope="CLOUDFRONT")["WebACLs"]
    return waf.get_web_acl(Name=summary["Name"], Id=summary["Id"], Scope="CLOUDFRONT")["WebACL"]


def behaviours(distribution):
    kept = {item["PathPattern"]: item for item in distribution["CacheBehaviors"]["Items"]}
    return {**kept, "*": distribution["DefaultCacheBehavior"]}


def policy(opening, behaviour):
    client = opening.world.session.client("cloudfront")
    told = client.get_cache_policy(Id=behaviour["CachePolicyId"])
    return told["CachePolicy"]["CachePolicyConfig"]


def test_the_public_number_is_kept_for_a_second_and_comes_from_the_balancer(opening, distribution):
    behaviour = behaviours(distribution)["/queue/now-serving.json"]
    kept = policy(opening, behaviour)
    assert behaviour["TargetOriginId"] == "balancer"
    assert (kept["MinTTL"], kept["DefaultTTL"], kept["MaxTTL"]) == (1, 1, 1)


@pytest.mark.parametrize("path", ["/queue/now-serving.json", "/wait/*", "/book/*", "/draw/*", "/shared/*", "/static/*"])
def test_what_is_kept_is_kept_once_for_everybody(opening, distribution, path):
    key = policy(opening, behaviours(distribution)[path])["ParametersInCacheKeyAndForwardedToOrigin"]
    assert key["CookiesConfig"]["CookieBehavior"] == "none"
    assert key["HeadersConfig"]["HeaderBehavior"] == "none"
    assert key["QueryStringsConfig"]["QueryStringBehavior"] == "none"


@pytest.mark.parametrize("path", ["/wait/*", "/book/*", "/draw/*", "/shared/*", "/static/*"])
def test_pages_and_static_files_never_ask_a_server(distribution, path):
    assert behaviours(distribution)[path]["TargetOriginId"] == "files"


def test_everything_else_is_passed_on_whole(distribution):
    rest = behaviours(distribution)["*"]
    assert rest["TargetOriginId"] == "balancer"
    assert rest["CachePolicyId"] == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad", "AWS's CachingDisabled"
    assert rest["OriginRequestPolicyId"] == "216adef6-5c7f-47e4-b989-5492eafa07d3", "AWS's AllViewer"
    assert "POST" in rest["AllowedMethods"]["Items"]


def test_browsers_are_sent_to_tls_on_every_path(distribution):
    assert {item["ViewerProtocolPolicy"] for item in behaviours(distribution).values()} == {"redirect-to-https"}


def test_the_balancer_is_called_by_tls_alone(distribution):
    (origin,) = [item for item in distribution["Origins"]["Items"] if item["Id"] == "balancer"]
    assert origin["DomainName"] == "origin.open.example.org"
    assert origin["CustomOriginConfig"]["OriginProtocolPolicy"] == "https-only"
    assert origin["CustomOriginConfig"]["OriginSslProtocols"]["Items"] == ["TLSv1.2"]


def test_people_come_by_the_domain_with_modern_tls(opening, distribution):
    certificate = distribution["ViewerCertificate"]
    assert distribution["Aliases"]["Items"] == ["open.example.org"]
    assert certificate["MinimumProtocolVersion"] == "TLSv1.2_2021"
    assert certificate["ACMCertificateArn"].split(":")[3] == "us-east-1"
    assert opening.outputs["url"] == "https://open.example.org"


def test_the_firewall_stands_before_the_edge(distribution, web_acl):
    assert distribution["WebACLId"] == web_acl["ARN"]


def test_the_firewall_has_managed_rules_and_two_limits_per_address(web_acl):
    rules = {rule["Name"]: rule["Statement"] for rule in web_acl["Rules"]}
    groups = {s["ManagedRuleGroupStatement"]["Name"] for s in rules.values() if "ManagedRuleGroupStatement" in s}
    limits = {name: s["RateBasedStatement"] for name, s in rules.items() if "RateBasedStatement" in s}
    assert groups == MANAGED
    assert limits["joins-per-address"]["Limit"] < limits["requests-per-address"]["Limit"]
    match = limits["joins-per-address"]["ScopeDownStatement"]["ByteMatchStatement"]
    assert match["SearchString"] in (b"/queue/join", "/queue/join")


def test_the_firewalls_records_hold_no_passes(opening, web_acl):
    waf = opening.world.session.client("wafv2", "us-east-1")
    logging = waf.get_logging_configuration(ResourceArn=web_acl["ARN"])["LoggingConfiguration"]
    hidden = {field["SingleHeader"]["Name"] for field in logging["RedactedFields"]}
    assert hidden == {"authorization", "cookie"}
    (target,) = logging["LogDestinationConfigs"]
    assert ":log-group:aws-waf-logs-" in target


def test_the_files_are_read_by_this_distribution_alone(opening, distribution):
    s3 = opening.world.session.client("s3")
    statements = json.loads(s3.get_bucket_policy(Bucket=opening.outputs["static_bucket"])["Policy"])["Statement"]
    (allowed,) = [statement for statement in statements if statement["Effect"] == "Allow"]
    assert allowed["Principal"] == {"Service": "cloudfront.amazonaws.com"}
    assert allowed["Condition"] == {"StringEquals": {"AWS:SourceArn": distribution["arn"]}}
    assert allowed["Action"] == "s3:GetObject"


def test_the_edge_signs_what_it_asks_of_the_files(opening, distribution):
    (origin,) = [item for item in distribution["Origins"]["Items"] if item["Id"] == "files"]
    cloudfront = opening.world.session.client("cloudfront")
    told = cloudfront.get_origin_access_control(Id=origin["OriginAccessControlId"])["OriginAccessControl"]
    config = told["OriginAccessControlConfig"]
    assert (config["SigningBehavior"], config["SigningProtocol"]) == ("always", "sigv4")


def test_a_silent_balancer_is_covered_by_a_page_from_the_bucket(opening, distribution):
    pages = {item["ErrorCode"]: item for item in distribution["CustomErrorResponses"]["Items"]}
    assert set(pages) == {502, 504}, "503 is the servers' own answer when they are full"
    key = pages[502]["ResponsePagePath"].removeprefix("/")
    s3 = opening.world.session.client("s3")
    page = s3.get_object(Bucket=opening.outputs["static_bucket"], Key=key)
    assert b"Your place in the line is kept" in page["Body"].read()
    assert page["ContentType"].startswith("text/html")


def test_browsers_are_told_to_stay_with_tls(opening, distribution):
    cloudfront = opening.world.session.client("cloudfront")
    for policy_id in {item["ResponseHeadersPolicyId"] for item in behaviours(distribution).values()}:
        told = cloudfront.get_response_headers_policy(Id=policy_id)["ResponseHeadersPolicy"]
        security = told["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
        assert security["StrictTransportSecurity"]["AccessControlMaxAgeSec"] >= 31_536_000


def test_the_waiting_page_may_run_its_own_scripts_and_other_files_none(opening, distribution):
    cloudfront = opening.world.session.client("cloudfront")

    def may_run(path):
        policy_id = behaviours(distribution)[path]["ResponseHeadersPolicyId"]
        told = cloudfront.get_response_headers_policy(Id=policy_id)["ResponseHeadersPolicy"]
        return told["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]["ContentSecurityPolicy"]

    waiting = may_run("/wait/*")["ContentSecurityPolicy"]
    assert waiting == content_security_policy(WAITING_PAGE.read_text(encoding="utf-8"))
    assert "script-src 'self' 'sha256-" in waiting
    assert "sha256" not in may_run("/static/*")["ContentSecurityPolicy"]
    assert may_run("*")["Override"] is False, "the service knows its own pages better"


def test_the_waiting_page_lies_under_the_address_that_people_open(opening):
    s3 = opening.world.session.client("s3")
    page = s3.get_object(Bucket=opening.outputs["static_bucket"], Key="wait/")
    assert page["Body"].read() == WAITING_PAGE.read_bytes()
    assert page["ContentType"] == "text/html; charset=utf-8"
    assert page["CacheControl"] == "public, max-age=60"


def test_every_request_at_the_edge_is_recorded(opening, distribution):
    logs = opening.world.session.client("logs", "us-east-1")
    (source,) = logs.describe_delivery_sources()["deliverySources"]
    (delivery,) = logs.describe_deliveries()["deliveries"]
    assert source["resourceArns"] == [distribution["arn"]]
    assert (delivery["deliverySourceName"], delivery["deliveryDestinationType"]) == (source["name"], "S3")


def test_a_stack_without_the_edge_has_nothing_of_it(july):
    session = july.world.session
    assert not session.client("cloudfront").list_distributions()["DistributionList"].get("Items")
    assert not session.client("wafv2", "us-east-1").list_web_acls(Scope="CLOUDFRONT")["WebACLs"]
    assert july.outputs.get("static_bucket") is None
