"""The repair of bucket policies, proved with it and without it."""

import json

import pytest
from botocore.exceptions import ClientError


def closed(s3, condition):
    """A bucket whose policy denies everything under a condition."""
    s3.create_bucket(Bucket="records", CreateBucketConfiguration={"LocationConstraint": "ap-northeast-2"})
    denial = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::records/*"}
    document = {"Version": "2012-10-17", "Statement": [denial | ({"Condition": condition} if condition else {})]}
    s3.put_bucket_policy(Bucket="records", Policy=json.dumps(document))


def test_a_bucket_that_denies_plain_http_is_open_to_tls(proves):
    def proof(aws):
        closed(aws.s3, {"Bool": {"aws:SecureTransport": "false"}})
        aws.s3.put_object(Bucket="records", Key="page", Body=b"hello")

        assert aws.s3.get_object(Bucket="records", Key="page")["Body"].read() == b"hello"

    proves(proof, plain=ClientError)


@pytest.mark.parametrize("condition", [{"Bool": {"aws:SecureTransport": "true"}}, {}])
def test_a_bucket_that_denies_tls_or_everything_is_closed(new_offline_aws, condition):
    s3 = new_offline_aws(region="ap-northeast-2").session.client("s3")
    closed(s3, condition)
    with pytest.raises(ClientError, match="403"):
        s3.put_object(Bucket="records", Key="page", Body=b"")
