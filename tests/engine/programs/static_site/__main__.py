"""A static site in a bucket that anybody may read."""

import json

import pulumi
import pulumi_aws as aws

site = aws.s3.Bucket("site", force_destroy=True)
website = aws.s3.BucketWebsiteConfiguration("site", bucket=site.id, index_document={"suffix": "index.html"})
access = aws.s3.BucketPublicAccessBlock(
    "site",
    bucket=site.id,
    block_public_acls=True,
    ignore_public_acls=True,
    block_public_policy=False,
    restrict_public_buckets=False,
)
aws.s3.BucketPolicy(
    "site",
    bucket=site.id,
    policy=site.arn.apply(
        lambda arn: json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"{arn}/*"}],
            }
        )
    ),
    opts=pulumi.ResourceOptions(depends_on=[access]),
)
for key, text in {"index.html": "<h1>Open</h1>", "closed.html": "<h1>Closed</h1>"}.items():
    aws.s3.BucketObjectv2(key, bucket=site.id, key=key, content=text, content_type="text/html")

pulumi.export("bucket", site.id)
pulumi.export("endpoint", website.website_endpoint)
