"""Alarms, topic and dashboard as AWS holds them; that alarms act in time is the rehearsal's to show."""

import json

import pytest


@pytest.fixture(scope="module")
def topic(opening):
    sns = opening.world.session.client("sns")
    return sns.get_topic_attributes(TopicArn=opening.outputs["alarm_topic_arn"])["Attributes"]


def told_to_people(stack):
    """The alarms that tell the topic, without those that only scale."""
    alarms = stack.world.session.client("cloudwatch").describe_alarms()["MetricAlarms"]
    return [alarm for alarm in alarms if stack.outputs["alarm_topic_arn"] in alarm["AlarmActions"]]


def test_every_way_an_opening_fails_is_told_to_somebody(any_stack):
    assert len(told_to_people(any_stack)) >= 9
    for alarm in told_to_people(any_stack):
        assert alarm["OKActions"] == [any_stack.outputs["alarm_topic_arn"]], "relief is told too"
        assert alarm["ActionsEnabled"]


def test_every_alarm_says_what_to_do(any_stack):
    for alarm in told_to_people(any_stack):
        assert len(alarm["AlarmDescription"]) > 60, alarm["AlarmName"]


def test_the_balancers_alarms_watch_this_balancer(opening):
    (balancer,) = opening.world.session.client("elbv2").describe_load_balancers()["LoadBalancers"]
    suffix = balancer["LoadBalancerArn"].split(":loadbalancer/")[1]
    (rejected,) = [alarm for alarm in told_to_people(opening) if alarm.get("MetricName") == "RejectedConnectionCount"]
    assert rejected["Dimensions"] == [{"Name": "LoadBalancer", "Value": suffix}]


def test_the_database_alarm_is_a_share_of_what_the_writer_takes(opening):
    (alarm,) = [alarm for alarm in told_to_people(opening) if alarm.get("MetricName") == "DatabaseConnections"]
    (cluster,) = opening.world.session.client("rds").describe_db_clusters()["DBClusters"]
    dimensions = {item["Name"]: item["Value"] for item in alarm["Dimensions"]}
    assert dimensions == {"DBClusterIdentifier": cluster["DBClusterIdentifier"], "Role": "WRITER"}
    assert alarm["Threshold"] == 4_000, "80 % of the 5,000 that a db.r8g.4xlarge takes"


def test_each_node_of_the_cache_is_watched(opening):
    (group,) = opening.world.session.client("elasticache").describe_replication_groups()["ReplicationGroups"]
    watched = {
        alarm["Dimensions"][0]["Value"]
        for alarm in told_to_people(opening)
        if alarm.get("MetricName") == "DatabaseMemoryUsagePercentage"
    }
    assert watched == set(group["MemberClusters"])


def test_what_is_told_is_encrypted_and_only_this_accounts_alarms_may_tell(opening, topic):
    assert topic["KmsMasterKeyId"]
    (statement,) = json.loads(topic["Policy"])["Statement"]
    assert statement["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": opening.world.account_id}}


def test_alarms_may_use_the_topics_key(opening, topic):
    kms = opening.world.session.client("kms")
    policy = json.loads(kms.get_key_policy(KeyId=topic["KmsMasterKeyId"], PolicyName="default")["Policy"])
    (alarms,) = [
        item for item in policy["Statement"] if item.get("Principal") == {"Service": "cloudwatch.amazonaws.com"}
    ]
    assert set(alarms["Action"]) == {"kms:Decrypt", "kms:GenerateDataKey*"}


def test_the_named_people_are_told(opening):
    sns = opening.world.session.client("sns")
    found = sns.list_subscriptions_by_topic(TopicArn=opening.outputs["alarm_topic_arn"])["Subscriptions"]
    assert [(item["Protocol"], item["Endpoint"]) for item in found] == [("email", "on-call@example.org")]


def test_the_dashboard_names_this_stacks_group(opening):
    cloudwatch = opening.world.session.client("cloudwatch")
    name = opening.outputs["dashboard"].rsplit("/", 1)[-1]
    body = cloudwatch.get_dashboard(DashboardName=name)["DashboardBody"]
    assert opening.outputs["group_name"] in body
    assert json.loads(body)["widgets"]
