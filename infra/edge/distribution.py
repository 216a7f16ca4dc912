"""The CloudFront distribution: which path goes where and is kept how long."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from infra.balancer.listeners import ORIGIN_HEADER
from infra.component import Component, Tags
from infra.edge import page_files
from infra.edge.cache_policies import ALL_VIEWER, CACHING_DISABLED, CachePolicies, CachePoliciesArgs
from infra.edge.paths import NOW_SERVING_PATH, PAGE_PATHS, STATIC_PATHS, WAITING_PAGE_PATHS
from infra.edge.settings import EdgeSettings
from infra.edge.static_files import UNAVAILABLE_PATH, StaticFiles

BALANCER_ORIGIN = "balancer"
FILES_ORIGIN = "files"
TLS_POLICY = "TLSv1.2_2021"

READING = ["GET", "HEAD"]
EVERYTHING = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]
# balancer unreachable, balancer silent. 503 passes: by it the servers say themselves that they are full
UNREACHABLE = (502, 504)
YEAR_S = 31_536_000
OWN_FILES_ONLY = "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'self'"


@dataclass(frozen=True)
class DistributionArgs:
    """What the distribution joins.

    Attributes:
        settings: The stack's choices.
        origin_name: The balancer's name, which is in its certificate.
        origin_secret: What the edge says in `X-Origin-Verify`.
        files: The bucket behind it.
        firewall_arn: The web ACL before it.
        names: The names people type; none leaves CloudFront's own.
        certificate_arn: For these names, in us-east-1.
        tags: The stack's tags.
    """

    settings: EdgeSettings
    origin_name: pulumi.Input[str]
    origin_secret: pulumi.Input[str]
    files: StaticFiles
    firewall_arn: pulumi.Input[str]
    names: tuple[str, ...]
    certificate_arn: pulumi.Input[str] | None
    tags: Tags


class Distribution(Component):
    """The distribution with its cache and header policies."""

    def __init__(self, name: str, args: DistributionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("edge", name, args.tags, opts)
        self._args = args
        self._caches = CachePolicies(self.named("caches"), CachePoliciesArgs(args.settings, args.tags), self.child())
        self._headers_id = self._security_headers("headers", OWN_FILES_ONLY)
        # the bucket cannot say what the waiting page may run, so the edge does
        waiting_page = page_files.WAITING_PAGE.read_text(encoding="utf-8")
        runs_its_own = page_files.content_security_policy(waiting_page)
        self._waiting_headers_id = self._security_headers("wait-headers", runs_its_own)
        distribution = self._distribution()
        self.id = distribution.id
        self.arn = distribution.arn
        self.domain_name = distribution.domain_name
        self.hosted_zone_id = distribution.hosted_zone_id
        self.register_outputs({"domain_name": self.domain_name})

    def _distribution(self) -> aws.cloudfront.Distribution:
        args = self._args
        return aws.cloudfront.Distribution(
            self.pulumi_resource_name,
            enabled=True,
            comment=f"{pulumi.get_project()} {pulumi.get_stack()}",
            http_version="http2and3",
            is_ipv6_enabled=True,
            price_class=args.settings.price_class,
            aliases=list(args.names),
            web_acl_id=args.firewall_arn,
            origins=[self._balancer_origin(), self._files_origin()],
            default_cache_behavior=self._pass_on(),
            ordered_cache_behaviors=[
                self._kept(NOW_SERVING_PATH, BALANCER_ORIGIN, self._caches.now_serving_id, self._headers_id),
                self._kept(WAITING_PAGE_PATHS, FILES_ORIGIN, self._caches.waiting_page_id, self._waiting_headers_id),
                *[
                    self._kept(path, FILES_ORIGIN, self._caches.waiting_page_id, self._headers_id)
                    for path in PAGE_PATHS
                ],
                self._kept(STATIC_PATHS, FILES_ORIGIN, self._caches.static_id, self._headers_id),
            ],
            custom_error_responses=[_instead_of(code) for code in UNREACHABLE],
            restrictions={"geo_restriction": {"restriction_type": "none"}},
            viewer_certificate=self._viewer_certificate(),
            tags=self.tags(),
            opts=self.child(),
        )

    def _balancer_origin(self) -> Any:
        settings = self._args.settings
        shield = settings.origin_shield_region
        return {
            "origin_id": BALANCER_ORIGIN,
            "domain_name": self._args.origin_name,
            "custom_headers": [{"name": ORIGIN_HEADER, "value": self._args.origin_secret}],
            "custom_origin_config": {
                "http_port": 80,
                "https_port": 443,
                "origin_protocol_policy": "https-only",
                "origin_ssl_protocols": ["TLSv1.2"],
                "origin_read_timeout": settings.origin_read_timeout_s,
                # shorter than the balancer's, so that it is never the balancer that hangs up
                "origin_keepalive_timeout": 30,
            },
            "origin_shield": {"enabled": True, "origin_shield_region": shield} if shield else None,
        }

    def _files_origin(self) -> Any:
        files = self._args.files
        return {
            "origin_id": FILES_ORIGIN,
            "domain_name": files.domain_name,
            "origin_access_control_id": files.access_control_id,
        }

    def _pass_on(self) -> Any:
        return {
            "target_origin_id": BALANCER_ORIGIN,
            "viewer_protocol_policy": "redirect-to-https",
            "allowed_methods": EVERYTHING,
            "cached_methods": READING,
            "compress": True,
            "cache_policy_id": CACHING_DISABLED,
            "origin_request_policy_id": ALL_VIEWER,
            "response_headers_policy_id": self._headers_id,
        }

    def _kept(self, path: str, origin: str, cache_policy_id: pulumi.Output[str], headers_id: pulumi.Output[str]) -> Any:
        return {
            "path_pattern": path,
            "target_origin_id": origin,
            "viewer_protocol_policy": "redirect-to-https",
            "allowed_methods": READING,
            "cached_methods": READING,
            "compress": True,
            "cache_policy_id": cache_policy_id,
            "response_headers_policy_id": headers_id,
        }

    def _viewer_certificate(self) -> Any:
        if self._args.certificate_arn is None:
            return {"cloudfront_default_certificate": True}
        return {
            "acm_certificate_arn": self._args.certificate_arn,
            "ssl_support_method": "sni-only",
            "minimum_protocol_version": TLS_POLICY,
        }

    def _security_headers(self, suffix: str, content_security_policy: str) -> pulumi.Output[str]:
        return aws.cloudfront.ResponseHeadersPolicy(
            self.named(suffix),
            comment="What browsers must not do with these pages",
            security_headers_config={
                "strict_transport_security": {
                    "access_control_max_age_sec": YEAR_S,
                    "include_subdomains": True,
                    "override": True,
                },
                "content_type_options": {"override": True},
                "frame_options": {"frame_option": "DENY", "override": True},
                "referrer_policy": {"referrer_policy": "strict-origin-when-cross-origin", "override": True},
                # the service knows its own pages better; this is for those without a policy
                "content_security_policy": {
                    "content_security_policy": content_security_policy,
                    "override": False,
                },
            },
            opts=self.child(),
        ).id


def _instead_of(code: int) -> Any:
    # kept for two seconds only, so that the first good answer is seen at once
    return {
        "error_code": code,
        "response_code": 503,
        "response_page_path": UNAVAILABLE_PATH,
        "error_caching_min_ttl": 2,
    }
