"""Amazon SNS and SQS: topics, their subscribers and queues."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from floodgate.offline.handlers.base import AutoName, Aws, Props, Resource, resource
from floodgate.offline.handlers.shapes import all_tags, tag_list, upper_first


def attributes(props: Props, names: Mapping[str, str]) -> dict[str, str]:
    """Properties as AWS's attributes, whose values are text."""
    return {theirs: _text(props[ours]) for ours, theirs in names.items() if ours in props}


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@resource("aws:sns/topic:Topic", auto_name=AutoName(limit=256))
class Topic(Resource):
    """A place to announce something."""

    settable: ClassVar = {
        "displayName": "DisplayName",
        "kmsMasterKeyId": "KmsMasterKeyId",
        "policy": "Policy",
        "deliveryPolicy": "DeliveryPolicy",
        "fifoTopic": "FifoTopic",
        "contentBasedDeduplication": "ContentBasedDeduplication",
        "signatureVersion": "SignatureVersion",
        "tracingConfig": "TracingConfig",
        "archivePolicy": "ArchivePolicy",
        "fifoThroughputScope": "FifoThroughputScope",
    }
    only_fifo = ("fifoTopic", "contentBasedDeduplication", "archivePolicy", "fifoThroughputScope")

    def create(self, aws: Aws, props: Props) -> str:
        """Make the topic; AWS takes a queue's attributes only for a queue-like one."""
        given = {n: v for n, v in props.items() if props.get("fifoTopic") or n not in self.only_fifo}
        sns, told = aws.client("sns"), attributes(given, self.settable)
        return sns.create_topic(Name=props["name"], Attributes=told, Tags=tag_list(props))["TopicArn"]

    def read(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """Owner and policy."""
        found = aws.client("sns").get_topic_attributes(TopicArn=id_)["Attributes"]
        out = {"arn": id_, "owner": found["Owner"], "policy": found["Policy"], "tagsAll": all_tags(props)}
        return out | {"name": id_.rsplit(":", 1)[-1]}


@resource("aws:sns/topicSubscription:TopicSubscription")
class TopicSubscription(Resource):
    """Somebody or something that is told."""

    settable: ClassVar = {
        "rawMessageDelivery": "RawMessageDelivery",
        "filterPolicy": "FilterPolicy",
        "filterPolicyScope": "FilterPolicyScope",
        "deliveryPolicy": "DeliveryPolicy",
        "redrivePolicy": "RedrivePolicy",
        "subscriptionRoleArn": "SubscriptionRoleArn",
    }

    def create(self, aws: Aws, props: Props) -> str:
        """Subscribe."""
        given = {name: value for name, value in props.items() if value not in (False, "")}
        answer = aws.client("sns").subscribe(
            TopicArn=props["topic"],
            Protocol=props["protocol"],
            Endpoint=props["endpoint"],
            Attributes=attributes(given, self.settable),
            ReturnSubscriptionArn=True,
        )
        return answer["SubscriptionArn"]

    def read(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """Whether it is confirmed, and by whom."""
        found = aws.client("sns").get_subscription_attributes(SubscriptionArn=id_)["Attributes"]
        return {
            "arn": id_,
            "ownerId": found["Owner"],
            # nobody here follows the link in a confirmation
            "pendingConfirmation": props["protocol"].startswith("email"),
            "confirmationWasAuthenticated": found.get("ConfirmationWasAuthenticated", "true") == "true",
            "filterPolicyScope": found.get("FilterPolicyScope", "MessageAttributes" if "filterPolicy" in props else ""),
        }


@resource("aws:sns/topicPolicy:TopicPolicy")
class TopicPolicy(Resource):
    """Who may publish to a topic."""

    def create(self, aws: Aws, props: Props) -> str:
        """Write the policy."""
        arn = props["arn"]
        aws.client("sns").set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=props["policy"])
        return arn

    def read(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """The topic's owner."""
        return {"owner": aws.client("sns").get_topic_attributes(TopicArn=id_)["Attributes"]["Owner"]}


@resource("aws:sqs/queue:Queue", auto_name=AutoName(limit=80))
class Queue(Resource):
    """A queue of messages; its id is its address."""

    numbers: ClassVar = {
        "delaySeconds": "DelaySeconds",
        "maxMessageSize": "MaximumMessageSize",
        "messageRetentionSeconds": "MessageRetentionPeriod",
        "receiveWaitTimeSeconds": "ReceiveMessageWaitTimeSeconds",
        "visibilityTimeoutSeconds": "VisibilityTimeout",
        "kmsDataKeyReusePeriodSeconds": "KmsDataKeyReusePeriodSeconds",
    }
    texts = ("policy", "redrivePolicy", "redriveAllowPolicy", "kmsMasterKeyId", "sqsManagedSseEnabled")
    only_fifo = ("fifoQueue", "contentBasedDeduplication", "deduplicationScope", "fifoThroughputLimit")

    def create(self, aws: Aws, props: Props) -> str:
        """Make the queue."""
        names = self.texts + (self.only_fifo if props.get("fifoQueue") else ())
        told = self.numbers | {name: upper_first(name) for name in names}
        made = aws.client("sqs").create_queue(
            QueueName=props["name"], Attributes=attributes(props, told), tags=all_tags(props)
        )
        return made["QueueUrl"]

    def read(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """Its attributes, as AWS filled them up."""
        found = aws.client("sqs").get_queue_attributes(QueueUrl=id_, AttributeNames=["All"])["Attributes"]
        out = {ours: int(found[theirs]) for ours, theirs in self.numbers.items() if theirs in found}
        out |= {
            name: found[upper_first(name)]
            for name in self.texts
            if name != "sqsManagedSseEnabled"
            if upper_first(name) in found
        }
        out["sqsManagedSseEnabled"] = found.get("SqsManagedSseEnabled") == "true"
        return out | {"arn": found["QueueArn"], "url": id_, "name": props["name"], "tagsAll": all_tags(props)}
