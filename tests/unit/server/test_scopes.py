"""Which service a request is for; that the services then answer is tried in tests/infra/server."""

import pytest

from floodgate.offline.server.scopes import Scope, apis_of, scope_of

V4 = "AWS4-HMAC-SHA256 Credential=AKID/20270101/eu-west-3/{}/aws4_request, SignedHeaders=host, Signature=0"


@pytest.mark.parametrize(
    ("headers", "query", "action", "scope"),
    [
        ({"authorization": V4.format("sqs")}, "", "", Scope("eu-west-3", "sqs")),
        ({"authorization": V4.format("SES")}, "", "", Scope("eu-west-3", "ses")),
        (
            {
                "authorization": "AWS4-ECDSA-P256-SHA256 Credential=AKID/20270101/s3/aws4_request, SignedHeaders=host",
                "x-amz-region-set": "eu-west-3,eu-west-1",
            },
            "",
            "",
            Scope("eu-west-3", "s3"),
        ),
        ({}, "X-Amz-Credential=AKID%2F20270101%2Feu-west-3%2Fs3%2Faws4_request", "", Scope("eu-west-3", "s3")),
        ({}, "X-Amz-Credential=AKID%2F20270101%2Fs3%2Faws4_request&X-Amz-Region-Set=*", "", Scope("us-east-1", "s3")),
        ({"authorization": "AWS AKID:signature="}, "", "", Scope("us-east-1", "s3")),
        ({}, "AWSAccessKeyId=AKID&Signature=x", "", Scope("us-east-1", "s3")),
        ({}, "", "AssumeRoleWithWebIdentity", Scope("us-east-1", "sts")),
        ({}, "list-type=2", "", None),
        ({"authorization": "Bearer token"}, "", "", None),
    ],
)
def test_the_signature_names_region_and_service(headers, query, action, scope):
    assert scope_of(headers, query, action) == scope


@pytest.mark.parametrize(
    ("service", "headers", "path", "version", "name"),
    [
        ("autoscaling", {}, "/", "2011-01-01", "autoscaling"),
        ("monitoring", {"x-amz-target": "GraniteServiceVersion20100801.PutMetricAlarm"}, "/", "", "cloudwatch"),
        ("elasticloadbalancing", {}, "/", "2015-12-01", "elbv2"),
        ("elasticloadbalancing", {}, "/", "2012-06-01", "elb"),
        ("dynamodb", {"x-amz-target": "DynamoDB_20120810.ListTables"}, "/", "", "dynamodb"),
        ("dynamodb", {"x-amz-target": "DynamoDBStreams_20120810.ListStreams"}, "/", "", "dynamodbstreams"),
        ("rds", {}, "/", "2014-10-31", "rds"),
        ("s3", {}, "/bucket/key", "", "s3"),
        ("s3", {}, "/v20180820/configuration/publicAccessBlock", "", "s3control"),
        ("ses", {}, "/", "2010-12-01", "ses"),
        ("lambda", {}, "/2015-03-31/functions", "", "lambda"),
    ],
)
def test_services_of_one_scope_are_told_apart(service, headers, path, version, name):
    assert apis_of(service, headers, path, version)[0].name == name


def test_a_service_that_aws_does_not_have_is_none():
    assert apis_of("telepathy", {}, "/") == ()
