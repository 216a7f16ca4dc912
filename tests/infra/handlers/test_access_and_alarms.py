"""Roles, alarms, logs, topics and queues, made through the handlers and read back through boto3."""

import json

import pytest

from floodgate.offline.problems import Refused

pytestmark = pytest.mark.filterwarnings("ignore:.* has been deprecated in favor of:DeprecationWarning")

ROLE, ALARM = "aws:iam/role:Role", "aws:cloudwatch/metricAlarm:MetricAlarm"
SSM_CORE = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"


def document(**statement):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


TRUST = document(Action="sts:AssumeRole", Principal={"Service": "ec2.amazonaws.com"})
READ = document(Action="s3:GetObject", Resource="*")


def test_a_role_has_its_policies_inside_and_attached(make):
    role, state = make(
        ROLE, "server", assumeRolePolicy=TRUST, inlinePolicies=[{"name": "read", "policy": READ}],
        managedPolicyArns=[SSM_CORE],
    )  # fmt: skip
    iam = make.client("iam")

    assert state["arn"] == f"arn:aws:iam::123456789012:role/{role}"
    assert state["uniqueId"].startswith("AROA")
    assert state["managedPolicyArns"] == [SSM_CORE]
    assert iam.list_role_policies(RoleName=role)["PolicyNames"] == ["read"]


def test_policies_of_their_own_are_written_and_attached(make):
    role, _ = make(ROLE, assumeRolePolicy=TRUST)
    policy, state = make("aws:iam/policy:Policy", "reads", policy=READ)
    inline, _ = make("aws:iam/rolePolicy:RolePolicy", "also", role=role, policy=READ)
    attached, _ = make("aws:iam/rolePolicyAttachment:RolePolicyAttachment", role=role, policyArn=policy)

    assert policy == state["arn"]
    assert inline.startswith(f"{role}:also-")
    assert attached == f"{role}/{policy}"
    told = make.client("iam").list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    assert [p["PolicyArn"] for p in told] == [policy]


def test_an_instance_profile_hands_on_its_role(make):
    role, _ = make(ROLE, assumeRolePolicy=TRUST)
    profile, state = make("aws:iam/instanceProfile:InstanceProfile", role=role)
    told = make.client("iam").get_instance_profile(InstanceProfileName=profile)["InstanceProfile"]

    assert [r["RoleName"] for r in told["Roles"]] == [role]
    assert state["arn"].endswith(f":instance-profile/{profile}")


def test_a_role_that_trusts_nobody_is_refused(make):
    with pytest.raises(Refused, match="MalformedPolicyDocument"):
        make(ROLE, assumeRolePolicy="{}")


def test_an_alarm_is_stored_as_it_was_meant(make):
    name, state = make(
        ALARM, "waiting", namespace="Floodgate", metricName="PeopleWaiting", dimensions={"Stack": "opening"},
        statistic="Maximum", period=60, evaluationPeriods=1, threshold=1000, datapointsToAlarm=1,
        comparisonOperator="GreaterThanOrEqualToThreshold", treatMissingData="notBreaching",
        alarmActions=["arn:aws:sns:ap-northeast-2:123456789012:duty"],
    )  # fmt: skip
    told = make.client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"][0]

    assert state["arn"] == f"arn:aws:cloudwatch:ap-northeast-2:123456789012:alarm:{name}"
    assert told["Dimensions"] == [{"Name": "Stack", "Value": "opening"}]
    assert (told["Threshold"], told["Statistic"], told["Period"]) == (1000.0, "Maximum", 60)
    assert told["StateValue"] == "INSUFFICIENT_DATA"


def test_an_alarm_on_an_expression_holds_its_metrics(make):
    metric = {"metricName": "m", "namespace": "n", "period": 60, "stat": "Sum", "dimensions": {"a": "b"}}
    name, _ = make(
        ALARM, comparisonOperator="GreaterThanThreshold", evaluationPeriods=1, threshold=1,
        metricQueries=[{"id": "half", "expression": "m / 2", "returnData": True}, {"id": "m", "metric": metric}],
    )  # fmt: skip
    told = make.client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"][0]["Metrics"]

    assert told[0]["Expression"] == "m / 2"
    assert told[1]["MetricStat"]["Metric"]["Dimensions"] == [{"Name": "a", "Value": "b"}]
    assert (told[1]["MetricStat"]["Period"], told[1]["MetricStat"]["Stat"]) == (60, "Sum")


def test_a_log_group_says_how_long_it_keeps_and_has_the_providers_arn(make):
    name, state = make("aws:cloudwatch/logGroup:LogGroup", name="/floodgate/app", retentionInDays=30)
    told = make.client("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"][0]

    assert told["retentionInDays"] == 30
    assert told["arn"] == f"{state['arn']}:*", "AWS's ARN ends in a star, the provider's does not"


def test_a_topic_tells_its_subscribers(make):
    topic, state = make("aws:sns/topic:Topic", "duty")
    make("aws:sns/topicSubscription:TopicSubscription", topic=topic, protocol="email", endpoint="duty@example.org")
    told = make.client("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]

    assert topic == state["arn"]
    assert [s["Endpoint"] for s in told] == ["duty@example.org"]


def test_a_queue_is_known_by_its_address(make):
    queue, state = make("aws:sqs/queue:Queue", "work", visibilityTimeoutSeconds=90)

    assert queue == state["url"]
    assert state["visibilityTimeoutSeconds"] == 90
    assert state["arn"].endswith(state["name"])
