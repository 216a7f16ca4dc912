"""The lives of log groups, what is in them, who may write, and deliveries.

They prove the handlers against the offline AWS; that AWS itself answers so is the documentation's word, not theirs.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from floodgate.offline.problems import Refused
from floodgate.offline.repairs.patching import unrepaired
from tests.infra.lives.lives import Life, Thing
from tests.infra.lives.steps import changed, ended, refused, seen_behind, settled

GROUP, FILTER = "aws:cloudwatch/logGroup:LogGroup", "aws:cloudwatch/logMetricFilter:LogMetricFilter"
KEY = "arn:aws:kms:ap-northeast-2:123456789012:key/1111"
OTHER_KEY = "arn:aws:kms:ap-northeast-2:123456789012:key/2222"
DISTRIBUTION = "arn:aws:cloudfront::123456789012:distribution/E1"


def group(life: Life, **props: Any) -> Thing:
    return life.make(GROUP, name="app", **props)


def told(life: Life) -> Any:
    return life.world.session.client("logs").describe_log_groups(logGroupNamePrefix="app")["logGroups"][0]


def statement(action: str) -> str:
    service = {"Service": "es.amazonaws.com"}
    given = {"Effect": "Allow", "Principal": service, "Action": action, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [given]})


def test_a_log_group_lives(life: Life) -> None:
    thing = group(life, retentionInDays=7, logGroupClass="INFREQUENT_ACCESS", tags={"team": "doors"})
    settled(life, thing)
    assert told(life)["logGroupClass"] == "INFREQUENT_ACCESS"

    changed(life, thing, retentionInDays=30)
    assert told(life)["retentionInDays"] == 30
    changed(life, thing, kmsKeyId=KEY)
    changed(life, thing, kmsKeyId=OTHER_KEY)
    assert told(life)["kmsKeyId"] == OTHER_KEY
    changed(life, thing, kmsKeyId=None, retentionInDays=None, tags={"cost": "9"})
    assert not {"kmsKeyId", "retentionInDays"} & set(told(life)), "both are taken away, not set to something"
    changed(life, thing, skipDestroy=True)
    changed(life, thing, skipDestroy=False)
    ended(life, thing)


@pytest.mark.parametrize(
    ("call", "given", "name"),
    [
        ("put_retention_policy", {"retentionInDays": 1}, "retentionInDays"),
        ("delete_retention_policy", {}, "retentionInDays"),
        ("associate_kms_key", {"kmsKeyId": OTHER_KEY}, "kmsKeyId"),
        ("disassociate_kms_key", {}, "kmsKeyId"),
        ("tag_log_group", {"tags": {"team": "gates"}}, "tags"),
    ],
)
def test_what_somebody_changes_of_a_group_shows_and_is_put_right(life: Life, call: str, given: Any, name: str) -> None:
    thing = group(life, retentionInDays=7, kmsKeyId=KEY, tags={"team": "doors"})
    logs = life.world.session.client("logs")

    assert seen_behind(life, thing, {name}, lambda: getattr(logs, call)(logGroupName="app", **given))


def test_a_group_that_is_to_be_kept_is_only_forgotten(life: Life) -> None:
    thing = group(life, skipDestroy=True)
    life.delete(thing)

    assert not life.gone(thing)


def test_a_protected_group_stays_until_the_protection_is_taken_away(life: Life) -> None:
    thing = group(life, deletionProtectionEnabled=True)
    settled(life, thing)
    refused(life, thing, "ValidationException")
    changed(life, thing, deletionProtectionEnabled=False)
    changed(life, thing, deletionProtectionEnabled=None)
    ended(life, thing)


def test_plain_moto_deletes_a_protected_group(life: Life) -> None:
    thing = group(life, deletionProtectionEnabled=True)
    with unrepaired():
        life.delete(thing)

    assert life.gone(thing), "the control of the refusal above"


def test_a_group_whose_retention_aws_refuses_is_not_left_behind(life: Life) -> None:
    logs = life.world.session.client("logs")
    with pytest.raises(Refused):
        group(life, retentionInDays=4)

    assert logs.describe_log_groups()["logGroups"] == []


def test_a_new_group_does_not_inherit_the_filters_of_a_former_one(life: Life) -> None:
    thing = group(life)
    metric = {"name": "Errors", "namespace": "Mine", "value": "1"}
    found = life.make(FILTER, logGroupName="app", pattern="ERROR", metricTransformation=metric)
    life.delete(thing)
    group(life)

    assert life.gone(found)


def test_a_stream_lives(life: Life) -> None:
    group(life)
    stream = life.make("aws:cloudwatch/logStream:LogStream", logGroupName="app", name="one")
    settled(life, stream)
    ended(life, stream)


def test_a_metric_filter_lives(life: Life) -> None:
    group(life)
    metric = {"name": "Errors", "namespace": "Mine", "value": "1", "defaultValue": "0"}
    thing = life.make(FILTER, name="errors", logGroupName="app", pattern="ERROR", metricTransformation=metric)
    settled(life, thing)
    logs = life.world.session.client("logs")

    changed(life, thing, pattern="{ $.level = 50 }")
    changed(life, thing, metricTransformation={**metric, "value": "$.size", "unit": "Bytes"})
    changed(
        life, thing, metricTransformation={"name": "E", "namespace": "Mine", "value": "1", "dimensions": {"a": "$.b"}}
    )
    changed(life, thing, applyOnTransformedLogs=True)
    filters = logs.describe_metric_filters(logGroupName="app")["metricFilters"]
    assert [found["filterPattern"] for found in filters] == ["{ $.level = 50 }"], "changed, not doubled"
    put = {"logGroupName": "app", "filterName": "errors", "applyOnTransformedLogs": True, "filterPattern": "WARN"}
    kept = filters[0]["metricTransformations"]
    assert seen_behind(life, thing, {"pattern"}, lambda: logs.put_metric_filter(**put, metricTransformations=kept))
    ended(life, thing)


def test_a_resource_policy_lives(life: Life) -> None:
    document = statement("logs:PutLogEvents")
    thing = life.make("aws:cloudwatch/logResourcePolicy:LogResourcePolicy", policyName="in", policyDocument=document)
    settled(life, thing)
    logs = life.world.session.client("logs")

    changed(life, thing, policyDocument=statement("logs:*"))
    same = json.dumps(json.loads(statement("logs:*")), indent=4)
    logs.put_resource_policy(policyName="in", policyDocument=same)
    settled(life, thing)
    put = {"policyName": "in", "policyDocument": document}
    assert seen_behind(life, thing, {"policyDocument"}, lambda: logs.put_resource_policy(**put))
    ended(life, thing)


@pytest.fixture
def delivery(life: Life) -> tuple[Thing, Thing, Thing]:
    """A source, a destination and what joins them."""
    life.make("aws:s3/bucket:Bucket", bucket="logs-of-the-edge")
    source = life.make(
        "aws:cloudwatch/logDeliverySource:LogDeliverySource",
        name="edge", resourceArn=DISTRIBUTION, logType="ACCESS_LOGS", tags={"team": "doors"},
    )  # fmt: skip
    there = {"destinationResourceArn": "arn:aws:s3:::logs-of-the-edge/first"}
    destination = life.make(
        "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination",
        name="edge", outputFormat="json", deliveryDestinationConfiguration=there,
    )  # fmt: skip
    joined = life.make(
        "aws:cloudwatch/logDelivery:LogDelivery",
        deliverySourceName="edge", deliveryDestinationArn=destination.state["arn"],
        s3DeliveryConfigurations=[{"suffixPath": "/{yyyy}/{MM}", "enableHiveCompatiblePath": False}],
    )  # fmt: skip
    return source, destination, joined


def test_a_delivery_lives(life: Life, delivery: tuple[Thing, Thing, Thing]) -> None:
    source, destination, joined = delivery
    logs = life.world.session.client("logs")
    for thing in delivery:
        settled(life, thing)
        changed(life, thing, tags={"team": "gates"})

    changed(life, joined, recordFields=["date", "time"], fieldDelimiter=",")
    changed(life, joined, s3DeliveryConfigurations=[{"suffixPath": "/{yyyy}", "enableHiveCompatiblePath": True}])
    found = logs.get_delivery(id=joined.id)["delivery"]
    assert (found["recordFields"], found["fieldDelimiter"]) == (["date", "time"], ",")
    there = {"destinationResourceArn": "arn:aws:s3:::logs-of-the-edge/second"}
    changed(life, destination, deliveryDestinationConfiguration=there)
    assert seen_behind(
        life, joined, {"recordFields"},
        lambda: logs.update_delivery_configuration(id=joined.id, recordFields=["date"]),
    )  # fmt: skip
    arn = source.state["arn"]
    assert seen_behind(life, source, {"tags"}, lambda: logs.untag_resource(resourceArn=arn, tagKeys=["team"]))


def test_the_ends_of_a_delivery_stay_until_it_is_deleted(life: Life, delivery: tuple[Thing, Thing, Thing]) -> None:
    source, destination, joined = delivery
    refused(life, source, "ConflictException")
    refused(life, destination, "ConflictException")
    for thing in (joined, destination, source):
        ended(life, thing)


def test_plain_moto_deletes_the_ends_first(life: Life, delivery: tuple[Thing, Thing, Thing]) -> None:
    with unrepaired():
        life.delete(delivery[0])

    assert life.gone(delivery[0]), "the control of the refusals above"


def test_the_path_that_aws_puts_before_the_program_s_is_no_drift(
    life: Life, delivery: tuple[Thing, Thing, Thing]
) -> None:
    logs, joined = life.world.session.client("logs"), delivery[2]
    whole = {"suffixPath": "AWSLogs/{account-id}/CloudFront/{yyyy}/{MM}", "enableHiveCompatiblePath": False}
    logs.update_delivery_configuration(id=joined.id, s3DeliveryConfiguration=whole)
    settled(life, joined)
    other = {**whole, "suffixPath": "elsewhere"}
    logs.update_delivery_configuration(id=joined.id, s3DeliveryConfiguration=other)

    assert life.refresh(joined) == {"s3DeliveryConfigurations"}
