"""The record of every request at the edge, in a private bucket."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.component import Component, Tags
from infra.edge.firewall import CLOUDFRONT_REGION
from infra.policy_documents import Statement
from infra.private_bucket import PrivateBucket, PrivateBucketArgs


@dataclass(frozen=True)
class RecordsArgs:
    """Whose requests are kept, for how many days, and whether they survive the stack."""

    distribution_arn: pulumi.Input[str]
    retention_days: int
    production: bool
    tags: Tags


class Records(Component):
    """Bucket and delivery; standard logging of the second kind, which needs no access control lists.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html
    """

    def __init__(self, name: str, args: RecordsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("edge", name, args.tags, opts)
        bucket_args = PrivateBucketArgs(
            tags=args.tags, expire_days=args.retention_days, force_destroy=not args.production
        )
        bucket = PrivateBucket(self.named("bucket"), bucket_args, opts=self.child())
        permission = bucket.allow([self._delivery_may_write(bucket)])
        self._delivery(args, bucket, permission)
        self.register_outputs({"bucket_name": bucket.name})

    def _delivery_may_write(self, bucket: PrivateBucket) -> Statement:
        account = aws.get_caller_identity_output(opts=pulumi.InvokeOptions(parent=self)).account_id
        source = pulumi.Output.concat("arn:aws:logs:", CLOUDFRONT_REGION, ":", account, ":delivery-source:*")
        return {
            "Sid": "EdgeRecords",
            "Effect": "Allow",
            "Principal": {"Service": "delivery.logs.amazonaws.com"},
            "Action": "s3:PutObject",
            "Resource": pulumi.Output.concat(bucket.arn, "/AWSLogs/", account, "/*"),
            "Condition": {
                "StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control", "aws:SourceAccount": account},
                "ArnLike": {"aws:SourceArn": source},
            },
        }

    def _delivery(self, args: RecordsArgs, bucket: PrivateBucket, permission: aws.s3.BucketPolicy) -> None:
        name = f"{pulumi.get_stack()}-{self.pulumi_resource_name}"
        source = aws.cloudwatch.LogDeliverySource(
            self.named("source"),
            name=name,
            region=CLOUDFRONT_REGION,
            log_type="ACCESS_LOGS",
            resource_arn=args.distribution_arn,
            tags=self.tags("source"),
            opts=self.child(),
        )
        target = aws.cloudwatch.LogDeliveryDestination(
            self.named("target"),
            name=name,
            region=CLOUDFRONT_REGION,
            output_format="json",
            delivery_destination_configuration={"destination_resource_arn": bucket.arn},
            tags=self.tags("target"),
            opts=self.child(depends_on=[permission]),
        )
        self._join(source, target)

    def _join(self, source: aws.cloudwatch.LogDeliverySource, target: aws.cloudwatch.LogDeliveryDestination) -> None:
        aws.cloudwatch.LogDelivery(
            self.named("delivery"),
            region=CLOUDFRONT_REGION,
            delivery_source_name=source.name,
            delivery_destination_arn=target.arn,
            tags=self.tags("delivery"),
            opts=self.child(),
        )
