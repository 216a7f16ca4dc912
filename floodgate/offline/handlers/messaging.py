"""Amazon SNS: topics, who may publish to them, and who is told."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from botocore.exceptions import ClientError

from floodgate.offline.handlers.base import AutoName, Aws, Change, Props, Resource, is_gone, resource
from floodgate.offline.handlers.policy_document import as_given, text_of
from floodgate.offline.handlers.shapes import all_tags, tag_list
from floodgate.offline.handlers.tagging import retag, tags_of

# https://docs.aws.amazon.com/sns/latest/dg/sns-topic-attributes.html
PROTOCOLS = {"application": "Application", "firehose": "Firehose", "http": "HTTP", "lambda": "Lambda", "sqs": "SQS"}
FEEDBACK = {
    f"{ours}{end}": f"{theirs}{end}"
    for ours, theirs in PROTOCOLS.items()
    for end in ("FailureFeedbackRoleArn", "SuccessFeedbackRoleArn", "SuccessFeedbackSampleRate")
}


def attributes(props: Props, names: Mapping[str, str]) -> dict[str, str]:
    """Properties as AWS's attributes, whose values are text."""
    return {theirs: _text(props[ours]) for ours, theirs in names.items() if ours in props}


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        return text_of(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def from_attributes(seen: Mapping[str, str], names: Mapping[str, str], props: Props) -> dict[str, Any]:
    """AWS's attributes as properties in the program's own form; None for those that are not set."""
    return {ours: _value(seen.get(theirs) or None, props.get(ours)) for ours, theirs in names.items()}


def _value(seen: str | None, given: Any) -> Any:
    if seen is None or (seen == "{}" and not given):
        return None
    if seen.lower() in ("true", "false") and not isinstance(given, str):
        return seen.lower() == "true"
    if seen.startswith("{"):
        return as_given(seen, given)
    return int(seen) if seen.isdigit() and not isinstance(given, str) else seen


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
        "maximumMessageSize": "MaximumMessageSize",
        **FEEDBACK,
    }
    only_fifo = ("fifoTopic", "contentBasedDeduplication", "archivePolicy", "fifoThroughputScope")
    computed = ("policy", "signatureVersion", "tracingConfig", "fifoThroughputScope", "maximumMessageSize")
    """What the provider leaves as it is when the program no longer speaks of it."""

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

    def observe(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """Its attributes and tags."""
        found = aws.client("sns").get_topic_attributes(TopicArn=id_)["Attributes"]
        seen = from_attributes(found, self.settable, props)
        seen |= {name: seen[name] or False for name in ("fifoTopic", "contentBasedDeduplication")}
        return seen | {"name": id_.rsplit(":", 1)[-1], "tags": tags_of(aws, "sns", id_)}

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """Each attribute has a call of its own."""
        sns = aws.client("sns")
        for name in sorted(change.names & self.settable.keys()):
            if name in change.new or name not in self.computed:
                absent = 0 if name.endswith("Rate") else ""
                value = _text(change.new.get(name, absent))
                sns.set_topic_attributes(TopicArn=id_, AttributeName=self.settable[name], AttributeValue=value)
        if change.touches("tags"):
            retag(aws, "sns", id_, id_, change)

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        """Delete it with its subscriptions."""
        aws.client("sns").delete_topic(TopicArn=id_)


@resource("aws:sns/topicSubscription:TopicSubscription")
class TopicSubscription(Resource):
    """Somebody or something that is told."""

    settable: ClassVar = {
        "rawMessageDelivery": "RawMessageDelivery",
        "filterPolicy": "FilterPolicy",
        "filterPolicyScope": "FilterPolicyScope",
        "deliveryPolicy": "DeliveryPolicy",
        "redrivePolicy": "RedrivePolicy",
        "replayPolicy": "ReplayPolicy",
        "subscriptionRoleArn": "SubscriptionRoleArn",
    }
    fixed: ClassVar = {"endpoint": "Endpoint", "protocol": "Protocol", "topic": "TopicArn"}

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

    def observe(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """Whom it tells, and its attributes."""
        found = aws.client("sns").get_subscription_attributes(SubscriptionArn=id_)["Attributes"]
        seen = from_attributes(found, self.settable, props)
        fixed = {ours: found[theirs] for ours, theirs in self.fixed.items()}
        return seen | fixed | {"rawMessageDelivery": seen["rawMessageDelivery"] or False}

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """Each attribute has a call of its own.

        The wider scope goes first and the narrower last, so that the filter always fits the scope:
        https://docs.aws.amazon.com/sns/latest/dg/sns-message-filtering-scope.html
        """
        names = sorted(change.names & self.settable.keys() - {"filterPolicyScope"})
        if "filterPolicyScope" in change.within(["filterPolicyScope"]):
            wide = change.new["filterPolicyScope"] == "MessageBody"
            names = ["filterPolicyScope", *names] if wide else [*names, "filterPolicyScope"]
        for name in names:
            aws.client("sns").set_subscription_attributes(
                SubscriptionArn=id_, AttributeName=self.settable[name], **self.value(name, change.new)
            )

    def value(self, name: str, props: Props) -> dict[str, str]:
        """The value of an attribute; what takes it away differs."""
        if props.get(name) or isinstance(props.get(name), bool):
            return {"AttributeValue": _text(props[name])}
        return {} if name == "redrivePolicy" else {"AttributeValue": "{}" if name == "filterPolicy" else ""}

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        """Unsubscribe; AWS forgets one that nobody confirmed by itself."""
        try:
            aws.client("sns").unsubscribe(SubscriptionArn=id_)
        except ClientError as error:
            if not is_gone(error) and "pending confirmation" not in error.response["Error"]["Message"]:
                raise


@resource("aws:sns/topicPolicy:TopicPolicy")
class TopicPolicy(Resource):
    """Who may publish to a topic."""

    def create(self, aws: Aws, props: Props) -> str:
        """Write the policy."""
        arn, policy = props["arn"], text_of(props["policy"])
        aws.client("sns").set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=policy)
        return arn

    def read(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """The topic's owner."""
        return {"owner": aws.client("sns").get_topic_attributes(TopicArn=id_)["Attributes"]["Owner"]}

    def observe(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """The topic and its policy."""
        found = aws.client("sns").get_topic_attributes(TopicArn=id_)["Attributes"]
        return {"arn": id_, "policy": as_given(found["Policy"], props.get("policy"))}

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """Write it again."""
        self.create(aws, change.new)

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        """Put back the policy that a new topic has: AWS can neither delete nor empty one."""
        try:
            self.create(aws, {"arn": id_, "policy": usual_policy(id_)})
        except ClientError as error:
            if not is_gone(error):
                raise


def usual_policy(topic: str) -> str:
    """The policy of a new topic: everything for its owner.

    https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
    """
    actions = ("GetTopicAttributes", "SetTopicAttributes", "AddPermission", "RemovePermission", "DeleteTopic")
    actions += ("Subscribe", "ListSubscriptionsByTopic", "Publish")
    statement = {
        "Sid": "__default_statement_ID",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": [f"SNS:{action}" for action in actions],
        "Resource": topic,
        "Condition": {"StringEquals": {"AWS:SourceOwner": topic.split(":")[4]}},
    }
    return json.dumps({"Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [statement]})
