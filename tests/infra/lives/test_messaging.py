"""The lives of topics, their subscribers and policies, and of queues.

They prove the handlers against the offline AWS; that AWS itself answers so is the documentation's word, not theirs.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from floodgate.offline.repairs.patching import unrepaired
from tests.infra.lives.lives import Life, Thing
from tests.infra.lives.steps import changed, ended, seen_behind, settled

TOPIC, QUEUE = "aws:sns/topic:Topic", "aws:sqs/queue:Queue"
SUBSCRIPTION, TOPIC_POLICY = "aws:sns/topicSubscription:TopicSubscription", "aws:sns/topicPolicy:TopicPolicy"
ROLE = "arn:aws:iam::123456789012:role/feedback"


def policy(action: str, resource: str = "*") -> str:
    given = {"Effect": "Allow", "Principal": {"Service": "cloudwatch.amazonaws.com"}, "Action": action}
    return json.dumps({"Version": "2012-10-17", "Statement": [{**given, "Resource": resource}]})


def topic_attributes(life: Life, thing: Thing) -> dict[str, str]:
    return life.world.session.client("sns").get_topic_attributes(TopicArn=thing.id)["Attributes"]


@pytest.mark.parametrize(
    ("change", "seen"),
    [
        ({"displayName": "Duty"}, {"DisplayName": "Duty"}),
        ({"kmsMasterKeyId": "alias/mine"}, {"KmsMasterKeyId": "alias/mine"}),
        ({"signatureVersion": 2}, {"SignatureVersion": "2"}),
        ({"tracingConfig": "Active"}, {"TracingConfig": "Active"}),
        ({"deliveryPolicy": '{"http": {"defaultHealthyRetryPolicy": {"numRetries": 7}}}'}, {}),
        ({"httpSuccessFeedbackRoleArn": ROLE}, {"HTTPSuccessFeedbackRoleArn": ROLE}),
        ({"sqsFailureFeedbackRoleArn": ROLE}, {"SQSFailureFeedbackRoleArn": ROLE}),
        ({"lambdaSuccessFeedbackSampleRate": 40}, {"LambdaSuccessFeedbackSampleRate": "40"}),
    ],
)
def test_a_topic_s_attribute_is_set_changed_and_taken_away(life: Life, change: Any, seen: Any) -> None:
    thing = life.make(TOPIC, displayName="Somebody")
    settled(life, thing)
    changed(life, thing, **change)

    assert topic_attributes(life, thing) | seen == topic_attributes(life, thing)
    name = next(iter(change))
    life.change(thing, **{name: None})
    settled(life, thing)
    if name in ("displayName", "kmsMasterKeyId", "httpSuccessFeedbackRoleArn", "sqsFailureFeedbackRoleArn"):
        assert not set(seen) & set(topic_attributes(life, thing)), "nothing is left of it"


def test_a_topic_for_ordered_messages_lives(life: Life) -> None:
    kept = json.dumps({"MessageRetentionPeriod": "30"})
    thing = life.make(TOPIC, name="line.fifo", fifoTopic=True, contentBasedDeduplication=True, archivePolicy=kept)
    settled(life, thing)
    changed(life, thing, contentBasedDeduplication=False)
    changed(life, thing, fifoThroughputScope="MessageGroup")

    assert [edit.replaces for edit in life.plan(thing, fifoTopic=False)] == [True]
    ended(life, thing)


@pytest.mark.parametrize(
    ("attribute", "value", "name"),
    [
        ("DisplayName", "", "displayName"),
        ("KmsMasterKeyId", "x", "kmsMasterKeyId"),
        ("Policy", policy("SNS:*"), "policy"),
    ],
)
def test_what_somebody_changes_of_a_topic_shows_and_is_put_right(
    life: Life, attribute: str, value: str, name: str
) -> None:
    thing = life.make(TOPIC, displayName="Duty", kmsMasterKeyId="alias/mine", policy=policy("SNS:Publish"))
    sns = life.world.session.client("sns")
    put = {"TopicArn": thing.id, "AttributeName": attribute, "AttributeValue": value}

    assert seen_behind(life, thing, {name}, lambda: sns.set_topic_attributes(**put))


def test_tags_that_somebody_changes_of_a_topic_show(life: Life) -> None:
    thing = life.make(TOPIC, tags={"team": "doors"})
    sns, new = life.world.session.client("sns"), [{"Key": "new", "Value": "1"}]

    assert seen_behind(life, thing, {"tags"}, lambda: sns.untag_resource(ResourceArn=thing.id, TagKeys=["team"]))
    assert seen_behind(life, thing, {"tags"}, lambda: sns.tag_resource(ResourceArn=thing.id, Tags=new))


def test_tags_and_the_policy_of_a_topic_change(life: Life) -> None:
    thing = life.make(TOPIC, policy=policy("SNS:Publish"), tags={"team": "doors"})
    settled(life, thing)
    changed(life, thing, policy=policy("SNS:*"), tags={"cost": "9"})
    same = json.dumps(json.loads(policy("SNS:*")), indent=2)

    assert life.plan(thing, policy=same) == (), "the same document in other words asks for nothing"
    ended(life, thing)


def test_a_topic_policy_lives_and_leaves_the_usual_one(life: Life) -> None:
    topic = life.make(TOPIC)
    usual = json.loads(topic.state["policy"])
    thing = life.make(TOPIC_POLICY, arn=topic.id, policy=policy("SNS:Publish", topic.id))
    settled(life, thing)
    changed(life, thing, policy=policy("SNS:*", topic.id))
    settled(life, topic)
    life.delete(thing)

    assert json.loads(topic_attributes(life, topic)["Policy"]) == usual
    life.delete(topic)
    assert life.gone(thing)
    life.delete(thing)


def test_a_subscription_lives(life: Life) -> None:
    topic, queue = life.make(TOPIC), life.make(QUEUE)
    thing = life.make(SUBSCRIPTION, topic=topic.id, protocol="sqs", endpoint=queue.state["arn"])
    settled(life, thing)
    sns = life.world.session.client("sns")

    def told() -> dict[str, str]:
        return sns.get_subscription_attributes(SubscriptionArn=thing.id)["Attributes"]

    changed(life, thing, rawMessageDelivery=True)
    changed(life, thing, filterPolicy='{"stack": ["opening"]}')
    assert json.loads(told()["FilterPolicy"]) == {"stack": ["opening"]}
    changed(life, thing, filterPolicyScope="MessageBody", filterPolicy='{"detail": {"stack": ["opening"]}}')
    changed(life, thing, filterPolicyScope="MessageAttributes", filterPolicy='{"stack": ["dev"]}')
    changed(life, thing, redrivePolicy=json.dumps({"deadLetterTargetArn": queue.state["arn"]}))
    changed(life, thing, redrivePolicy=None, filterPolicy=None, filterPolicyScope=None, rawMessageDelivery=False)
    assert not {"RedrivePolicy", "FilterPolicy"} & set(told())
    changed(life, thing, subscriptionRoleArn=ROLE, deliveryPolicy='{"healthyRetryPolicy": {"numRetries": 3}}')
    put = {"SubscriptionArn": thing.id, "AttributeName": "RawMessageDelivery", "AttributeValue": "true"}
    assert seen_behind(life, thing, {"rawMessageDelivery"}, lambda: sns.set_subscription_attributes(**put))
    ended(life, thing)


def test_a_subscription_goes_with_its_topic(life: Life) -> None:
    topic = life.make(TOPIC)
    thing = life.make(SUBSCRIPTION, topic=topic.id, protocol="email", endpoint="duty@example.org")
    settled(life, thing)
    ended(life, topic)

    assert life.gone(thing)


@pytest.mark.parametrize(
    ("change", "seen"),
    [
        ({"visibilityTimeoutSeconds": 60}, {"VisibilityTimeout": "60"}),
        ({"delaySeconds": 5}, {"DelaySeconds": "5"}),
        ({"maxMessageSize": 2048}, {"MaximumMessageSize": "2048"}),
        ({"messageRetentionSeconds": 60}, {"MessageRetentionPeriod": "60"}),
        ({"receiveWaitTimeSeconds": 20}, {"ReceiveMessageWaitTimeSeconds": "20"}),
        ({"kmsMasterKeyId": "alias/mine"}, {"KmsMasterKeyId": "alias/mine", "SqsManagedSseEnabled": "false"}),
        ({"sqsManagedSseEnabled": False}, {"SqsManagedSseEnabled": "false"}),
        ({"redriveAllowPolicy": '{"redrivePermission": "denyAll"}'}, {}),
    ],
)
def test_a_queue_is_changed_in_place_and_its_policy_stays(life: Life, change: Any, seen: Any) -> None:
    thing = life.make(QUEUE, policy=policy("SQS:SendMessage"))
    settled(life, thing)
    changed(life, thing, **change)
    sqs = life.world.session.client("sqs")
    told = sqs.get_queue_attributes(QueueUrl=thing.id, AttributeNames=["All"])["Attributes"]

    assert told | seen == told
    assert json.loads(told["Policy"]) == json.loads(policy("SQS:SendMessage"))
    life.change(thing, **dict.fromkeys(change))
    settled(life, thing)


def test_plain_moto_takes_a_queue_s_policy_away_with_any_change(life: Life) -> None:
    thing = life.make(QUEUE, policy=policy("SQS:SendMessage"))
    with unrepaired():
        life.change(thing, delaySeconds=5)

    assert life.refresh(thing) == {"policy"}, "the control of the test above"


def test_a_queue_of_letters_that_could_not_be_delivered_lives(life: Life) -> None:
    dead, other = life.make(QUEUE, "dead"), life.make(QUEUE, "other")
    redrive = {"deadLetterTargetArn": dead.state["arn"], "maxReceiveCount": 4}
    thing = life.make(QUEUE, redrivePolicy=json.dumps(redrive), tags={"team": "doors"})
    settled(life, thing)
    changed(life, thing, redrivePolicy=json.dumps({**redrive, "maxReceiveCount": 9}))
    changed(life, thing, redrivePolicy=json.dumps({**redrive, "deadLetterTargetArn": other.state["arn"]}))
    changed(life, thing, tags={"cost": "9"}, policy=policy("SQS:*"))
    sqs = life.world.session.client("sqs")
    put = {"QueueUrl": thing.id, "Attributes": {"VisibilityTimeout": "1", "Policy": policy("SQS:SendMessage")}}
    names = {"visibilityTimeoutSeconds", "policy"}

    sqs.set_queue_attributes(**put)
    assert life.refresh(thing) == names
    assert seen_behind(life, thing, {"tags"}, lambda: sqs.untag_queue(QueueUrl=thing.id, TagKeys=["cost"]))
    ended(life, thing)


def test_a_queue_for_ordered_messages_lives(life: Life) -> None:
    thing = life.make(QUEUE, name="line.fifo", fifoQueue=True, contentBasedDeduplication=True)
    settled(life, thing)
    changed(life, thing, contentBasedDeduplication=False)
    changed(life, thing, deduplicationScope="messageGroup", fifoThroughputLimit="perMessageGroupId")

    assert any(edit.replaces for edit in life.plan(thing, fifoQueue=False, name="line"))
    ended(life, thing)
