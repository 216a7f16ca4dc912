"""The doors that people come in by speak TLS as it should be spoken, and are kept."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from policy.configuration import Configuration
from policy.rule import Finding, example, resource_rule, stack_rule
from policy.view import UNKNOWN, Resource, Stack

_TLS_POLICIES = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html"
# those that still take TLS 1.0 or 1.1: all from before names told the oldest version, then those whose names tell it
_OLD_POLICIES = re.compile(
    r"ELBSecurityPolicy-(2015-05|2016-08|FS-2018-06|FS-1-1-2019-08|TLS-1-[01]-\d{4}-\d{2}|TLS13-1-[01]-.+)"
)
# AWS's own choice for listeners made by the API
_DEFAULT_POLICY = "ELBSecurityPolicy-2016-08"
_FORWARD = [{"type": "forward", "targetGroupArn": "servers"}]
_REDIRECT = [{"type": "redirect", "redirect": {"protocol": "HTTPS", "port": "443", "statusCode": "HTTP_301"}}]


def _public(stack: Stack, listener: Resource) -> bool:
    balancers = stack.targets(listener, "loadBalancerArn", "lb/loadBalancer")
    return not balancers or any(balancer.get("internal") is not True for balancer in balancers)


@stack_rule(
    id="doors-speak-tls",
    title="Every listener to the outside speaks TLS, or sends people on to one that does",
    severity="critical",
    environments="production",
    why="People type who they are. Plain HTTP is read and changed by every network on the way.",
    remedy="set protocol to HTTPS with a certificate, and let port 80 redirect to it",
    source="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/create-https-listener.html",
    refused=example(("lb/listener", "http", {"port": 80, "protocol": "HTTP", "defaultActions": _FORWARD})),
    mended=example(("lb/listener", "http", {"port": 80, "protocol": "HTTP", "defaultActions": _REDIRECT})),
)
def _doors_speak_tls(stack: Stack, configuration: Configuration) -> Iterator[Finding]:
    del configuration
    for listener in stack.of("lb/listener"):
        if listener.get("protocol") in {"HTTP", "TCP"} and listener.get("port") != 443 and _public(stack, listener):
            kinds = [_answer(action) for action in listener.items("defaultActions")]
            if "plain" in kinds:
                yield Finding("serves people without TLS", listener)


def _answer(action: Any) -> str:
    """What a default action does with plain HTTP: sends on, refuses, or serves."""
    if not isinstance(action, Mapping) or UNKNOWN in (action.get("type"), action.get("redirect")):
        return "unknown"
    redirect = action.get("redirect")
    protocol = redirect.get("protocol") if isinstance(redirect, Mapping) else None
    if protocol is UNKNOWN or protocol == "HTTPS":
        return "unknown" if protocol is UNKNOWN else "sent on"
    return "refused" if action.get("type") == "fixed-response" else "plain"


@resource_rule(
    id="tls-policy",
    title="Listeners take TLS 1.2 and newer only",
    severity="high",
    why="TLS 1.0 and 1.1 are withdrawn (RFC 8996). Made by the API without a policy, a listener takes both.",
    remedy="set sslPolicy to ELBSecurityPolicy-TLS13-1-2-2021-06 or a newer one",
    source=_TLS_POLICIES,
    refused=example(("lb/listener", "https", {"port": 443, "protocol": "HTTPS"})),
    mended=example(
        ("lb/listener", "https", {"port": 443, "protocol": "HTTPS", "sslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06"})
    ),
)
def _tls_policy(resource: Resource) -> Iterator[str]:
    if resource.kind == "lb/listener" and resource.get("protocol") in {"HTTPS", "TLS"}:
        policy = resource.get("sslPolicy", _DEFAULT_POLICY)
        if policy is not UNKNOWN and _OLD_POLICIES.fullmatch(str(policy)):
            yield f"sslPolicy is {policy}, which takes TLS 1.0 or 1.1"


@resource_rule(
    id="edge-tls",
    title="The edge speaks TLS 1.2 and newer, to people and to its origins",
    severity="high",
    why="An edge that calls its origin in the clear has moved the weak part of the way, not removed it.",
    remedy="set viewerProtocolPolicy to redirect-to-https, minimumProtocolVersion to TLSv1.2_2021 and "
    "originProtocolPolicy to https-only with TLSv1.2",
    source="https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/secure-connections-supported-viewer-protocols-ciphers.html",
    refused=example(
        ("cloudfront/distribution", "edge", {"defaultCacheBehavior": {"viewerProtocolPolicy": "allow-all"}})
    ),
    mended=example(
        ("cloudfront/distribution", "edge", {"defaultCacheBehavior": {"viewerProtocolPolicy": "redirect-to-https"}})
    ),
)
def _edge_tls(resource: Resource) -> Iterator[str]:
    if resource.kind != "cloudfront/distribution":
        return
    for behaviour in (*resource.items("defaultCacheBehavior"), *resource.items("orderedCacheBehaviors")):
        if behaviour.get("viewerProtocolPolicy") == "allow-all":
            yield f"serves {behaviour.get('pathPattern', 'every path')} over plain HTTP, too"
    version = resource.get("viewerCertificate.minimumProtocolVersion")
    # with CloudFront's own name AWS allows no other than TLSv1
    own_name = resource.get("viewerCertificate.cloudfrontDefaultCertificate") is True
    if isinstance(version, str) and not own_name and not version.startswith(("TLSv1.2", "TLSv1.3")):
        yield f"minimumProtocolVersion is {version}"
    for origin in resource.items("origins"):
        custom = origin.get("customOriginConfig")
        if isinstance(custom, Mapping):
            yield from _origin(str(origin.get("originId", "an origin")), custom)


def _origin(name: str, config: Mapping[str, Any]) -> Iterator[str]:
    if config.get("originProtocolPolicy") not in {"https-only", UNKNOWN}:
        yield f"calls {name} over plain HTTP"
    old = [version for version in config.get("originSslProtocols") or () if version in {"SSLv3", "TLSv1", "TLSv1.1"}]
    if old:
        yield f"calls {name} with {' and '.join(old)}, too"


@resource_rule(
    id="doors-kept",
    title="The balancer cannot be deleted by mistake",
    severity="high",
    environments="production",
    why="A mistyped command would take the service from everybody, and its capacity units with it.",
    remedy="set enableDeletionProtection to true",
    source="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html",
    refused=example(("lb/loadBalancer", "balancer", {"loadBalancerType": "application"})),
    mended=example(
        ("lb/loadBalancer", "balancer", {"loadBalancerType": "application", "enableDeletionProtection": True})
    ),
)
def _doors_kept(resource: Resource) -> Iterator[str]:
    if resource.kind == "lb/loadBalancer" and resource.lacks("enableDeletionProtection", True, default=False):
        yield "enableDeletionProtection is not true"


@resource_rule(
    id="requests-well-formed",
    title="The balancer drops headers that are not well formed",
    severity="medium",
    why="Two readers of one malformed request may disagree where it ends, which is how requests are smuggled.",
    remedy="set dropInvalidHeaderFields to true and leave desyncMitigationMode at defensive or strictest",
    source="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html",
    refused=example(("lb/loadBalancer", "balancer", {"loadBalancerType": "application"})),
    mended=example(
        ("lb/loadBalancer", "balancer", {"loadBalancerType": "application", "dropInvalidHeaderFields": True})
    ),
)
def _requests_well_formed(resource: Resource) -> Iterator[str]:
    if resource.kind != "lb/loadBalancer" or resource.get("loadBalancerType", "application") != "application":
        return
    if resource.lacks("dropInvalidHeaderFields", True, default=False):
        yield "dropInvalidHeaderFields is not true"
    if resource.get("desyncMitigationMode") == "monitor":
        yield "desyncMitigationMode is monitor"


@resource_rule(
    id="requests-recorded",
    title="The balancer keeps a record of requests",
    severity="medium",
    environments="production",
    enforcement="advisory",
    why="After an opening somebody asks who came when and was refused; metrics do not say.",
    remedy="set accessLogs with a bucket and enabled to true",
    source="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html",
    refused=example(("lb/loadBalancer", "balancer", {"loadBalancerType": "application"})),
    mended=example(("lb/loadBalancer", "balancer", {"accessLogs": {"bucket": "records", "enabled": True}})),
)
def _requests_recorded(resource: Resource) -> Iterator[str]:
    if resource.kind == "lb/loadBalancer" and resource.lacks("accessLogs.enabled", True, default=False):
        yield "accessLogs is not enabled"


RULES = (_doors_speak_tls, _tls_policy, _edge_tls, _doors_kept, _requests_well_formed, _requests_recorded)
