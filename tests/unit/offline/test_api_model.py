"""The check of parameters against botocore's service models, without any call.

Proves that the constraints which the models carry are applied; whether a model is right is AWS's.
"""

import json
import tomllib
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import ClientError

from floodgate.offline import api_model


@pytest.fixture(scope="module")
def operation():
    session = boto3.Session(region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")

    def find(service, name):
        return session.client(service).meta.service_model.operation_model(name)

    return find


REFUSED = tomllib.loads(Path(__file__).with_name("refused_parameters.toml").read_text(encoding="utf-8"))["refused"]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: f"{case['operation']}: {case['line']}")
def test_a_parameter_that_breaks_its_model_is_refused_with_path_value_and_rule(operation, case):
    model = operation(case["service"], case["operation"])
    with pytest.raises(ClientError) as refused:
        api_model.check(case["service"], model, json.loads(case["parameters"]))

    assert refused.value.response["Error"]["Code"] == case["code"]
    assert case["line"] in refused.value.response["Error"]["Message"]


def test_all_broken_parameters_are_told_at_once(operation):
    params = {"AutoScalingGroupName": "", "PolicyName": "", "PolicyType": "p" * 65}
    with pytest.raises(ClientError, match="3 validation errors detected"):
        api_model.check("autoscaling", operation("autoscaling", "PutScalingPolicy"), params)


def test_a_sensitive_value_is_not_shown(operation):
    params = {"SecretId": "s", "SecretString": "geheim" * 20000}
    with pytest.raises(ClientError) as refused:
        api_model.check("secretsmanager", operation("secretsmanager", "PutSecretValue"), params)

    assert "geheim" not in str(refused.value)


@pytest.mark.parametrize(
    ("service", "name", "params"),
    [
        ("autoscaling", "PutScalingPolicy", {"AutoScalingGroupName": "예약", "PolicyName": "대기 😀"}),
        ("autoscaling", "PutWarmPool", {"AutoScalingGroupName": "g", "PoolState": "Stopped", "MinSize": 0}),
        ("elbv2", "AddTags", {"ResourceArns": ["x"], "Tags": [{"Key": "서비스", "Value": "a b+c=d:e/f@g"}]}),
        ("ec2", "RunInstances", {"ImageId": 5, "MinCount": "many", "MaxCount": 1}),
    ],
)  # fmt: skip
def test_what_a_model_allows_or_boto3_itself_refuses_passes(operation, service, name, params):
    api_model.check(service, operation(service, name), params)


def test_a_tag_with_a_sign_that_aws_refuses_is_refused(operation):
    with pytest.raises(ClientError, match="does not match"):
        api_model.check("elbv2", operation("elbv2", "AddTags"), {"ResourceArns": ["x"], "Tags": [{"Key": "a,b"}]})
