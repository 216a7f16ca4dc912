"""The private bucket behind the edge: the service's waiting page and static files, and the page for bad moments."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pulumi
import pulumi_aws as aws

from infra.component import Component, Tags
from infra.edge.page_files import page_files
from infra.private_bucket import PrivateBucket, PrivateBucketArgs

# served from the bucket when the balancer gives no answer
UNAVAILABLE_PATH = "/wait/unavailable.html"
_UNAVAILABLE_PAGE = Path(__file__).parent / "pages" / "unavailable.html"


@dataclass(frozen=True)
class StaticFilesArgs:
    """The stack's tags, and whether the files survive the stack."""

    production: bool
    tags: Tags


class StaticFiles(Component):
    """Bucket, the page for bad moments, and the edge's right to read."""

    def __init__(self, name: str, args: StaticFilesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("edge", name, args.tags, opts)
        bucket_args = PrivateBucketArgs(tags=args.tags, versioned=True, force_destroy=not args.production)
        self._bucket = PrivateBucket(self.named("files"), bucket_args, opts=self.child())
        self.bucket_name = self._bucket.name
        self.domain_name = self._bucket.bucket.bucket_regional_domain_name
        self.access_control_id = self._access_control()
        self._unavailable_page()
        self._pages()
        self.register_outputs({"bucket_name": self.bucket_name})

    def let_read(self, distribution_arn: pulumi.Input[str]) -> None:
        """Let one distribution read; nobody else may."""
        self._bucket.allow(
            [
                {
                    "Sid": "Edge",
                    "Effect": "Allow",
                    "Principal": {"Service": "cloudfront.amazonaws.com"},
                    "Action": "s3:GetObject",
                    "Resource": pulumi.Output.concat(self._bucket.arn, "/*"),
                    "Condition": {"StringEquals": {"AWS:SourceArn": distribution_arn}},
                }
            ]
        )

    def _access_control(self) -> pulumi.Output[str]:
        return aws.cloudfront.OriginAccessControl(
            self.named("access"),
            description="The edge signs what it asks of the bucket",
            origin_access_control_origin_type="s3",
            signing_behavior="always",
            signing_protocol="sigv4",
            opts=self.child(),
        ).id

    def _pages(self) -> None:
        for page in page_files():
            for key in page.keys:
                aws.s3.BucketObjectv2(
                    self.named(key.strip("/").replace("/", "-") + ("-folder" if key.endswith("/") else "")),
                    bucket=self.bucket_name,
                    key=key,
                    source=pulumi.FileAsset(page.file),
                    content_type=page.content_type,
                    cache_control=page.cache_control,
                    tags=self.tags("page"),
                    opts=self.child(),
                )

    def _unavailable_page(self) -> None:
        aws.s3.BucketObjectv2(
            self.named("unavailable"),
            bucket=self.bucket_name,
            key=UNAVAILABLE_PATH.removeprefix("/"),
            content=_UNAVAILABLE_PAGE.read_text(encoding="utf-8"),
            content_type="text/html; charset=utf-8",
            cache_control="public, max-age=60",
            tags=self.tags("unavailable"),
            opts=self.child(),
        )
