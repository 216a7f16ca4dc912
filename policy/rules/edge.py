"""What stands before the doors: headers that browsers obey, a firewall, and no way around it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from policy.admissions import EVERYWHERE
from policy.configuration import Configuration
from policy.reachability import Reach
from policy.rule import Finding, example, stack_rule
from policy.view import UNKNOWN, Resource, Stack

_HEADERS = {
    "strictTransportSecurity": "Strict-Transport-Security",
    "contentTypeOptions": "X-Content-Type-Options",
    "frameOptions": "X-Frame-Options",
}
_SECURITY = {
    "strictTransportSecurity": {"accessControlMaxAgeSec": 31_536_000, "override": True},
    "contentTypeOptions": {"override": True},
    "frameOptions": {"frameOption": "DENY", "override": True},
}


def _distribution(**behaviour: Any) -> tuple[str, str, dict[str, Any]]:
    given = {"viewerProtocolPolicy": "redirect-to-https", **behaviour}
    return ("cloudfront/distribution", "edge", {"defaultCacheBehavior": given})


@stack_rule(
    id="edge-sets-headers",
    title="The edge tells browsers what they must not do with the pages",
    severity="medium",
    why="Without them a page may be framed by a forged one, guessed to be a script, or asked for in the clear the next "
    "time. At the edge they also stand on answers that come from the cache while the servers are full.",
    remedy="give every cache behaviour a responseHeadersPolicyId whose policy sets strictTransportSecurity, "
    "contentTypeOptions and frameOptions",
    source="https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/adding-response-headers.html",
    refused=example(_distribution()),
    mended=example(
        ("cloudfront/responseHeadersPolicy", "headers", {"securityHeadersConfig": _SECURITY}),
        _distribution(responseHeadersPolicyId="@headers"),
    ),
)
def _edge_sets_headers(stack: Stack, configuration: Configuration) -> Iterator[Finding]:
    del configuration
    for distribution in stack.of("cloudfront/distribution"):
        for name in ("defaultCacheBehavior", "orderedCacheBehaviors"):
            for behaviour in distribution.items(name):
                headers = behaviour.get("responseHeadersPolicyId")
                if headers is not UNKNOWN and not headers:
                    path = behaviour.get("pathPattern", "every other path")
                    yield Finding(f"sets no headers on {path}", distribution)
            for policy in stack.targets(distribution, name, "cloudfront/responseHeadersPolicy"):
                yield from _missing(policy)


def _missing(policy: Resource) -> Iterator[Finding]:
    config = policy.get("securityHeadersConfig")
    if config is UNKNOWN:
        return
    missing = [words for name, words in _HEADERS.items() if not isinstance(config, Mapping) or name not in config]
    if missing:
        yield Finding(f"does not set {', '.join(missing)}", policy)


@stack_rule(
    id="balancer-sets-headers",
    title="Where there is no edge, the balancer sets the headers",
    severity="low",
    environments="production",
    enforcement="advisory",
    why="The service may set them itself, which no policy sees; answers of the balancer's own have only its.",
    remedy="set routingHttpResponseStrictTransportSecurityHeaderValue, -XContentTypeOptionsHeaderValue and "
    "-XFrameOptionsHeaderValue on the listener",
    source="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/header-modification.html",
    refused=example(("lb/listener", "https", {"protocol": "HTTPS"})),
    mended=example(
        (
            "lb/listener",
            "https",
            {
                "protocol": "HTTPS",
                "routingHttpResponseStrictTransportSecurityHeaderValue": "max-age=31536000",
                "routingHttpResponseXContentTypeOptionsHeaderValue": "nosniff",
                "routingHttpResponseXFrameOptionsHeaderValue": "DENY",
            },
        )
    ),
)
def _balancer_sets_headers(stack: Stack, configuration: Configuration) -> Iterator[Finding]:
    del configuration
    if stack.of("cloudfront/distribution"):
        return
    for listener in stack.of("lb/listener"):
        if listener.get("protocol") == "HTTPS":
            names = ("StrictTransportSecurity", "XContentTypeOptions", "XFrameOptions")
            missing = [name for name in names if not listener.gives(f"routingHttpResponse{name}HeaderValue")]
            if missing:
                yield Finding(f"sets no {', '.join(missing)}", listener)


_DOOR = ("ec2/securityGroup", "door", {"vpcId": "vpc"})
_BALANCER = ("lb/loadBalancer", "balancer", {"securityGroups": ["@door"], "internal": False})


def _door(**peer: Any) -> tuple[str, str, dict[str, Any]]:
    given = {"securityGroupId": "@door", "ipProtocol": "tcp", "fromPort": 443, "toPort": 443, **peer}
    return ("vpc/securityGroupIngressRule", "door-in", given)


@stack_rule(
    id="no-way-around-the-edge",
    title="Where there is an edge, the balancer takes calls from nobody else",
    severity="high",
    why="Whoever finds the balancer's name passes the firewall, the cache and the limit on each address.",
    remedy="admit CloudFront's prefix list com.amazonaws.global.cloudfront.origin-facing instead of every address",
    source="https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/restrict-access-to-load-balancer.html",
    refused=example(_distribution(), _DOOR, _BALANCER, _door(cidrIpv4="0.0.0.0/0")),
    mended=example(_distribution(), _DOOR, _BALANCER, _door(prefixListId="pl-22a6434b")),
)
def _no_way_around_the_edge(stack: Stack, configuration: Configuration) -> Iterator[Finding]:
    del configuration
    reach = Reach(stack)
    for balancer in stack.of("lb/loadBalancer") if stack.of("cloudfront/distribution") else ():
        if balancer.get("internal") is True:
            continue
        for group in reach.groups(balancer):
            if any(EVERYWHERE & {*admission.addresses} for admission in reach.admissions.of(group)):
                yield Finding(f"takes calls from everybody by {group.name}", balancer)


@stack_rule(
    id="firewall-before-the-door",
    title="A firewall stands before the door",
    severity="high",
    environments="production",
    why="A crowd at an announced minute brings programs with it; a limit on each address keeps places for people.",
    remedy="set the distribution's webAclId, or declare aws.wafv2.WebAclAssociation for the balancer",
    source="https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based.html",
    refused=example(("lb/loadBalancer", "balancer", {"internal": False})),
    mended=example(
        ("lb/loadBalancer", "balancer", {"internal": False}),
        ("wafv2/webAclAssociation", "firewall", {"resourceArn": "@balancer", "webAclArn": "acl"}),
    ),
)
def _firewall_before_the_door(stack: Stack, configuration: Configuration) -> Iterator[Finding]:
    del configuration
    distributions = stack.of("cloudfront/distribution")
    for distribution in distributions:
        if not distribution.gives("webAclId"):
            yield Finding("has no firewall (webAclId)", distribution)
    for balancer in stack.of("lb/loadBalancer") if not distributions else ():
        application = balancer.get("loadBalancerType", "application") == "application"
        guarded = stack.may_name(balancer, "resourceArn", "wafv2/webAclAssociation", "wafregional/webAclAssociation")
        if application and balancer.get("internal") is not True and not guarded:
            yield Finding("has neither a firewall nor an edge before it", balancer)


@stack_rule(
    id="edge-before-an-opening",
    title="An edge answers the crowd's looks at an announced opening",
    severity="medium",
    environments="production",
    enforcement="advisory",
    why="People who wait look again every few seconds; what the edge answers costs balancer and servers nothing.",
    remedy="enable floodgate:edge, or put a distribution before the balancer",
    source="https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Introduction.html",
    refused=example(
        ("lb/loadBalancer", "balancer", {"internal": False}),
        openings=[{"name": "night", "at": "2027-08-09T20:00", "zone": "Asia/Seoul"}],
    ),
    mended=example(
        ("lb/loadBalancer", "balancer", {"internal": False}),
        _distribution(),
        openings=[{"name": "night", "at": "2027-08-09T20:00", "zone": "Asia/Seoul"}],
    ),
)
def _edge_before_an_opening(stack: Stack, configuration: Configuration) -> Iterator[Finding]:
    doors = [balancer for balancer in stack.of("lb/loadBalancer") if balancer.get("internal") is not True]
    if configuration.openings and doors and not stack.of("cloudfront/distribution"):
        names = ", ".join(opening.name for opening in configuration.openings[:3])
        for balancer in doors:
            yield Finding(f"answers every look of the crowd of {names} itself", balancer)


RULES = (
    _edge_sets_headers,
    _balancer_sets_headers,
    _no_way_around_the_edge,
    _firewall_before_the_door,
    _edge_before_an_opening,
)
