"""An account to ask, and a word at the end on how many rows of the tables of documented examples hold.

A row whose answer stands in AWS's page counts as an example of AWS; one whose answer was worked out from the page's
rule begins with "derived: " and counts apart.
"""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from botocore import xform_name
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.validate import ParamValidator

from floodgate.awsrules.legality import CHECKS, Facts
from floodgate.awsrules.refusal import Refusal

EXAMPLES = "test_documented_"
DERIVED = "[derived: "
# every refusal that a test provokes, with its code, as a user reads it
TOLD = frozenset((Path(__file__).parent / "legality" / "refusals.txt").read_text(encoding="utf-8").splitlines())
NOW = datetime(2027, 8, 8, 11, tzinfo=UTC)
LB = "arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:loadbalancer/app/web/1234"
TG = "arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:targetgroup/web/5678"
ACCOUNT = {
    "describe_auto_scaling_groups": [
        {"AutoScalingGroupName": "web", "MinSize": 2, "MaxSize": 10, "DesiredCapacity": 4, "TargetGroupARNs": [TG]}
    ],
    "describe_policies": [],
    "describe_scheduled_actions": [],
    "describe_lifecycle_hooks": [],
    "describe_availability_zones": [{"ZoneName": "ap-northeast-2a"}, {"ZoneName": "ap-northeast-2b"}],
    "describe_subnets": [
        {"SubnetId": "subnet-a", "AvailabilityZone": "a", "CidrBlock": "10.0.0.0/24", "AvailableIpAddressCount": 251},
        {"SubnetId": "subnet-b", "AvailabilityZone": "b", "CidrBlock": "10.0.1.0/24", "AvailableIpAddressCount": 251},
        {"SubnetId": "subnet-b2", "AvailabilityZone": "b", "CidrBlock": "10.0.2.0/24", "AvailableIpAddressCount": 251},
        {"SubnetId": "subnet-c", "AvailabilityZone": "c", "CidrBlock": "10.0.3.0/28", "AvailableIpAddressCount": 11},
    ],
    "describe_launch_template_versions": [{"LaunchTemplateData": {}}],
    "describe_load_balancers": [{"LoadBalancerArn": LB}],
    "describe_target_groups": [{"TargetGroupArn": TG, "LoadBalancerArns": [LB]}],
    "describe_target_group_attributes": [],
    "describe_scalable_targets": [
        {"ScalableDimension": "rds:cluster:ReadReplicaCount", "MinCapacity": 1, "MaxCapacity": 4}
    ],
    "describe_scaling_policies": [],
    "describe_db_proxies": [],
}


@cache
def service(name):
    return ServiceModel(Loader().load_service_model(name, "service-2"))


def asked_as_aws_is(call, params):
    """Fails where a rule asks the account something that AWS's API does not know."""
    name, _, operation = call.partition(".")
    names = {snake(known): known for known in service(name).operation_names}
    report = ParamValidator().validate(params, service(name).operation_model(names[operation]).input_shape)
    assert not report.has_errors(), report.generate_report()


@cache
def snake(name):
    return xform_name(name)


def without_none(value):
    if isinstance(value, dict):
        return {key: without_none(part) for key, part in value.items() if part is not None}
    return [without_none(part) for part in value] if isinstance(value, list) else value


@pytest.fixture
def ask():
    """Asks the rules about a call; None stands for a parameter that is not given."""

    def ask(call, params, account=None):
        answers = {**ACCOUNT, **(account or {})}

        def lookup(operation, params):
            asked_as_aws_is(operation, params)
            return answers[operation.split(".")[1]]

        CHECKS[call](without_none(params), Facts(NOW, lookup))

    return ask


@pytest.fixture
def refused(ask):
    """Asserts that a call is refused with a code, in one line that holds some words and a remedy."""

    def refused(call, params, code, words, account=None):
        with pytest.raises(Refusal) as refusal:
            ask(call, params, account)

        assert refusal.value.code == code
        assert words in str(refusal.value)
        assert refusal.value.remedy, "a refusal says what to change"
        assert f"{code} {refusal.value}" in TOLD, "its text is none of legality/refusals.txt: is it meant?"
        assert str(refusal.value) == f"{refusal.value.value}: {refusal.value.rule}; {refusal.value.remedy}"

    return refused


def pytest_terminal_summary(terminalreporter):
    rows = [report.nodeid for report in terminalreporter.stats.get("passed", ()) if EXAMPLES in report.nodeid]
    derived = sum(DERIVED in row for row in rows)
    if rows:
        terminalreporter.write_line(
            f"{len(rows) - derived} worked examples of AWS, {derived} rows derived from its rules"
        )
