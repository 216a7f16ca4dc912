"""How long the edge keeps what, and by what it tells two requests apart: by their path alone."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.component import Component, Tags
from infra.edge.settings import EdgeSettings

# AWS's own policies:
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html
ALL_VIEWER = "216adef6-5c7f-47e4-b989-5492eafa07d3"
YEAR_S = 31_536_000


@dataclass(frozen=True)
class CachePoliciesArgs:
    """The stack's choices and tags."""

    settings: EdgeSettings
    tags: Tags


class CachePolicies(Component):
    """One policy each for the public number, the waiting page and static files."""

    def __init__(self, name: str, args: CachePoliciesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("edge", name, args.tags, opts)
        settings = args.settings
        # an origin that says otherwise may not make the number older than this
        self.now_serving_id = self._policy("now-serving", settings.now_serving_ttl_s, settings.now_serving_ttl_s)
        self.waiting_page_id = self._policy("wait", settings.waiting_page_ttl_s, settings.waiting_page_ttl_s)
        self.static_id = self._policy("static", settings.static_ttl_s, YEAR_S)
        self.register_outputs({"now_serving_id": self.now_serving_id})

    def _policy(self, suffix: str, default_s: int, most_s: int) -> pulumi.Output[str]:
        return aws.cloudfront.CachePolicy(
            self.named(suffix),
            comment=f"{default_s} s, at most {most_s} s",
            min_ttl=1,
            default_ttl=default_s,
            max_ttl=most_s,
            parameters_in_cache_key_and_forwarded_to_origin={
                # a cookie or a query in the key would give each person a copy, and each poll would reach the origin
                "cookies_config": {"cookie_behavior": "none"},
                "headers_config": {"header_behavior": "none"},
                "query_strings_config": {"query_string_behavior": "none"},
                "enable_accept_encoding_brotli": True,
                "enable_accept_encoding_gzip": True,
            },
            opts=self.child(),
        ).id
