"""Amazon SQS: queues."""

from __future__ import annotations

from typing import Any, ClassVar

from botocore.exceptions import ClientError

from floodgate.offline.handlers.base import AutoName, Aws, Change, Props, Resource, is_gone, resource
from floodgate.offline.handlers.messaging import attributes, from_attributes
from floodgate.offline.handlers.shapes import all_tags, upper_first
from floodgate.offline.handlers.tagging import retag, tags_of


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
    settable: ClassVar = numbers | {name: upper_first(name) for name in texts + only_fifo}

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
        name = id_.rsplit("/", 1)[-1]
        return out | {"arn": found["QueueArn"], "url": id_, "name": name, "tagsAll": all_tags(props)}

    def observe(self, aws: Aws, id_: str, props: Props) -> dict[str, Any]:
        """Its attributes and tags; the age of data keys only where there are any."""
        found = aws.client("sqs").get_queue_attributes(QueueUrl=id_, AttributeNames=["All"])["Attributes"]
        seen = from_attributes(found, self.settable, props)
        seen |= {name: seen[name] or False for name in ("fifoQueue", "contentBasedDeduplication")}
        if "KmsMasterKeyId" not in found:
            del seen["kmsDataKeyReusePeriodSeconds"]
        return seen | {"name": id_.rsplit("/", 1)[-1], "tags": tags_of(aws, "sqs", id_)}

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """One call with what changed; a policy that the program no longer speaks of stays, as with the provider."""
        changed = attributes(change.within(self.settable), self.settable)
        if change.touches("kmsMasterKeyId"):
            changed["KmsMasterKeyId"] = change.new.get("kmsMasterKeyId", "")
        if changed:
            aws.client("sqs").set_queue_attributes(QueueUrl=id_, Attributes=changed)
        if change.touches("tags"):
            retag(aws, "sqs", id_, "", change)

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        """Delete it with what is in it."""
        try:
            aws.client("sqs").delete_queue(QueueUrl=id_)
        except ClientError as error:
            if not is_gone(error):
                raise
