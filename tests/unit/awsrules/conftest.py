"""An account to ask, and a word at the end on how many rows of the tables of documented examples hold.

A row whose answer stands in AWS's page counts as an example of AWS; one whose answer was worked out from the page's
rule begins with "derived: " and counts apart.
"""

from datetime import UTC, datetime

import pytest

from floodgate.awsrules.legality import CHECKS, Facts
from floodgate.awsrules.refusal import Refusal

EXAMPLES = "test_documented_"
DERIVED = "[derived: "
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


def without_none(value):
    if isinstance(value, dict):
        return {key: without_none(part) for key, part in value.items() if part is not None}
    return [without_none(part) for part in value] if isinstance(value, list) else value


@pytest.fixture
def ask():
    """Asks the rules about a call; None stands for a parameter that is not given."""

    def ask(call, params, account=None):
        answers = {**ACCOUNT, **(account or {})}
        CHECKS[call](without_none(params), Facts(NOW, lambda operation, _: answers[operation.split(".")[1]]))

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
        assert "\n" not in str(refusal.value)
        assert str(refusal.value) == f"{refusal.value.value}: {refusal.value.rule}; {refusal.value.remedy}"

    return refused


def pytest_terminal_summary(terminalreporter):
    rows = [report.nodeid for report in terminalreporter.stats.get("passed", ()) if EXAMPLES in report.nodeid]
    derived = sum(DERIVED in row for row in rows)
    if rows:
        terminalreporter.write_line(
            f"{len(rows) - derived} worked examples of AWS, {derived} rows derived from its rules"
        )
