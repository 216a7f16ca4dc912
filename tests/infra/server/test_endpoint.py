"""The offline AWS over HTTP, as boto3 and bare HTTP find it.

It cannot prove that the SDKs of other languages do as boto3 does; their requests differ in what is tried here by hand:
chunks, hosts, presigned addresses and unsigned requests.
"""

import io
import json
import urllib.error
import urllib.request

import botocore.model
import pytest
from botocore.exceptions import ClientError


def get(url, **headers):
    request = urllib.request.Request(url, headers=headers)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=20) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def bucket(served, name="fg-bucket"):
    s3 = served.client("s3")
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-3"})
    return s3


def test_it_is_the_same_account_as_in_process(served):
    served.client("sns").create_topic(Name="doors")

    assert len(served.world.session.client("sns").list_topics()["Topics"]) == 1


def test_the_region_is_that_of_the_signature(served):
    served.client("sqs", "sa-east-1").create_queue(QueueName="tickets")

    assert "QueueUrls" not in served.client("sqs").list_queues()
    assert len(served.client("sqs", "sa-east-1").list_queues()["QueueUrls"]) == 1


def test_the_present_is_that_of_each_request(served):
    served.client("iam").create_role(RoleName="before", AssumeRolePolicyDocument=TRUST)
    served.now = served.now.replace(year=2028)
    role = served.client("iam").create_role(RoleName="after", AssumeRolePolicyDocument=TRUST)["Role"]

    assert role["CreateDate"].year == 2028


TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}},
        ],
    }
)


@pytest.mark.parametrize(
    ("service", "operation", "params", "code", "told"),
    [
        # one for each protocol: a rule of the model, and a rule of awsrules/legality
        ("autoscaling", "put_scaling_policy", {"AutoScalingGroupName": "g", "PolicyName": "p", "PolicyType": "No"},
         "ValidationError", "AutoScalingGroup name not found"),
        ("autoscaling", "create_auto_scaling_group", {"AutoScalingGroupName": "", "MinSize": 1, "MaxSize": 2},
         "ValidationError", "AutoScalingGroupName"),
        ("ec2", "run_instances", {"ImageId": "ami-1", "MinCount": 1, "MaxCount": 1, "InstanceType": "zz9.huge"},
         "InvalidParameterValue", "'zz9.huge' at 'InstanceType'"),
        ("cloudwatch", "put_metric_alarm",
         {"AlarmName": "a", "ComparisonOperator": "Near", "EvaluationPeriods": 1}, "ValidationError", "'Near'"),
        ("logs", "create_log_group", {"logGroupName": "/a b"}, "ValidationException", "'/a b' at 'logGroupName'"),
        ("cloudfront", "create_origin_access_control",
         {"OriginAccessControlConfig": {"Name": "n", "SigningProtocol": "sigv4", "SigningBehavior": "maybe",
          "OriginAccessControlOriginType": "s3"}}, "InvalidArgument", "'maybe'"),
        ("route53", "list_hosted_zones", {"MaxItems": "3", "DelegationSetId": "x" * 40}, "InvalidArgument", "x" * 40),
        ("lambda", "list_functions", {"MaxItems": 0}, "ValidationException", "MaxItems"),
        ("rds", "create_db_instance", {"DBInstanceIdentifier": "d", "DBInstanceClass": "db.t4g.micro",
         "Engine": "postgres", "AllocatedStorage": 20}, "InvalidParameterValue", "password"),
    ],
)  # fmt: skip
def test_what_aws_refuses_is_refused_with_its_code(served, service, operation, params, code, told):
    client = served.client(service, parameter_validation=False)

    with pytest.raises(ClientError) as refused:
        getattr(client, operation)(**params)

    assert refused.value.response["Error"]["Code"] == code
    assert told in refused.value.response["Error"]["Message"]


def test_without_the_check_the_same_call_would_have_been_taken(served, monkeypatch):
    monkeypatch.setattr(type(served.world), "check", lambda *_: None)

    assert served.client("logs").create_log_group(logGroupName="/a b")


def test_what_is_required_is_asked_for_as_boto3_does_it_before(served):
    client = served.client("sqs", parameter_validation=False)

    with pytest.raises(ClientError, match="must contain the parameter QueueName"):
        client.create_queue()


def test_an_error_of_a_service_is_the_exception_of_that_name(served):
    client = served.client("secretsmanager")

    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_secret_value(SecretId="none")


@pytest.mark.parametrize(
    ("service", "operation", "params", "told"),
    [
        ("pricing", "describe_services", {}, "pricing.DescribeServices goes to"),
        ("compute-optimizer", "get_enrollment_status", {}, "which the offline AWS does not have"),
        ("autoscaling", "get_predictive_scaling_forecast",
         {"AutoScalingGroupName": "g", "PolicyName": "p", "StartTime": 0, "EndTime": 1}, "not in the offline AWS"),
    ],
)  # fmt: skip
def test_what_is_not_there_is_named(served, service, operation, params, told):
    with pytest.raises(ClientError) as missing:
        getattr(served.client(service), operation)(**params)

    assert missing.value.response["Error"]["Code"] == "NotImplemented"
    assert told in missing.value.response["Error"]["Message"]
    assert missing.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501, "SDKs try 500 and 503 again"


def test_a_service_that_nobody_knows_is_named(served):
    scope = "Credential=AKID/20270101/eu-west-3/telepathy/aws4_request"
    status, body = get(f"{served.url}/", Authorization=f"AWS4-HMAC-SHA256 {scope}, Signature=0")

    assert status == 400
    assert b"AWS has no service &#x27;telepathy&#x27;" in body or b"AWS has no service 'telepathy'" in body


@pytest.mark.parametrize("style", ["path", "virtual"])
def test_objects_are_had_in_either_style(served, style, monkeypatch):
    bucket(served)
    s3 = served.client("s3", s3={"addressing_style": style})
    # no name server knows a bucket before the name of this machine
    resolve_here(monkeypatch, served)

    s3.put_object(Bucket="fg-bucket", Key="a/b c+ü.txt", Body=b"doors", Metadata={"my_key": "v"})

    found = s3.get_object(Bucket="fg-bucket", Key="a/b c+ü.txt")
    assert (found["Body"].read(), found["Metadata"]) == (b"doors", {"my_key": "v"})
    assert [o["Key"] for o in s3.list_objects_v2(Bucket="fg-bucket")["Contents"]] == ["a/b c+ü.txt"]


def resolve_here(monkeypatch, served):
    from urllib3.util import connection  # noqa: PLC0415 - for this test alone

    plain = connection.create_connection
    monkeypatch.setattr(
        connection,
        "create_connection",
        lambda address, *args, **options: plain(("127.0.0.1", served.front.port), *args, **options),
    )


@pytest.mark.parametrize(
    "host", ["fg-bucket.localhost:80", "fg-bucket.s3.eu-west-3.amazonaws.com", "fg-bucket.s3.localhost"]
)
def test_a_bucket_may_stand_in_the_name_of_the_host(served, host):
    bucket(served).put_object(Bucket="fg-bucket", Key="index.html", Body=b"doors", ACL="public-read")

    assert get(f"{served.url}/index.html", Host=host) == (200, b"doors")


def test_a_large_object_in_parts_and_chunks_comes_back_whole(served):
    s3 = bucket(served)
    content = bytes(range(256)) * 40_000
    s3.upload_fileobj(io.BytesIO(content), "fg-bucket", "release.tar")

    assert s3.get_object(Bucket="fg-bucket", Key="release.tar")["Body"].read() == content
    assert s3.head_object(Bucket="fg-bucket", Key="release.tar")["ContentLength"] == len(content)


def test_a_presigned_address_opens_its_object_both_ways(served):
    s3 = bucket(served)
    put = s3.generate_presigned_url("put_object", Params={"Bucket": "fg-bucket", "Key": "k"})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    opener.open(urllib.request.Request(put, data=b"doors", method="PUT"), timeout=20).close()

    assert get(s3.generate_presigned_url("get_object", Params={"Bucket": "fg-bucket", "Key": "k"})) == (200, b"doors")


def test_anybody_may_ask_for_an_object_without_a_signature(served):
    bucket(served).put_object(Bucket="fg-bucket", Key="k", Body=b"doors", ACL="public-read")

    assert get(f"{served.url}/fg-bucket/k") == (200, b"doors")


def test_a_body_that_comes_in_pieces_is_put_together(served):
    bucket(served)
    s3 = served.client("s3")
    signed = s3.generate_presigned_url("put_object", Params={"Bucket": "fg-bucket", "Key": "k"})
    request = urllib.request.Request(signed, data=iter([b"do", b"ors"]), method="PUT")
    urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=20).close()

    assert s3.get_object(Bucket="fg-bucket", Key="k")["Body"].read() == b"doors"


def test_a_queues_messages_are_had_at_its_address(served):
    sqs = served.client("sqs")
    url = sqs.create_queue(QueueName="tickets")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="A1")

    assert sqs.receive_message(QueueUrl=url)["Messages"][0]["Body"] == "A1"


def test_control_is_for_those_with_the_token(served):
    assert get(f"{served.url}/_floodgate/hello")[0] == 403
    assert get(f"{served.url}/_floodgate/hello", **{"X-Floodgate-Token": "token"})[0] == 200


def test_a_request_that_is_no_ones_is_told_what_is_missing(served):
    status, body = get(f"{served.url}/")

    assert status == 400
    assert b"no signature that names a service" in body


@pytest.fixture
def in_cbor(served, monkeypatch):
    """boto3 speaks to CloudWatch as the SDKs of Go and JavaScript do."""
    monkeypatch.setattr(botocore.model, "PRIORITY_ORDERED_SUPPORTED_PROTOCOLS", ("smithy-rpc-v2-cbor",))
    client = served.client("cloudwatch")
    assert client.meta.service_model.resolved_protocol == "smithy-rpc-v2-cbor"
    monkeypatch.undo()
    return client


def test_cloudwatch_is_spoken_to_in_cbor_too(served, in_cbor):
    alarm = {"AlarmName": "full", "ComparisonOperator": "GreaterThanThreshold", "EvaluationPeriods": 2,
             "Threshold": 70.5, "MetricName": "CPUUtilization", "Namespace": "AWS/EC2", "Period": 60,
             "Statistic": "Average"}  # fmt: skip
    in_cbor.put_metric_alarm(**alarm)

    found = in_cbor.describe_alarms()["MetricAlarms"][0]
    assert {name: found[name] for name in alarm} == alarm
    assert found == served.client("cloudwatch").describe_alarms()["MetricAlarms"][0]


def test_a_refusal_in_cbor_has_awss_code(in_cbor):
    with pytest.raises(ClientError) as refused:
        in_cbor.put_metric_alarm(AlarmName="a", ComparisonOperator="Near", EvaluationPeriods=1)

    assert refused.value.response["Error"]["Code"] == "ValidationError"
    assert "'Near'" in refused.value.response["Error"]["Message"]


def test_what_is_missing_in_cbor_is_named(in_cbor):
    with pytest.raises(ClientError, match="NotImplemented"):
        in_cbor.describe_alarm_history()
