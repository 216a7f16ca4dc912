"""Where alarms are told: an encrypted topic that only this account's alarms may write to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from infra.component import Component, Tags
from infra.policy_documents import document

CLOUDWATCH = "cloudwatch.amazonaws.com"


@dataclass(frozen=True)
class TopicArgs:
    """Who is told, and the stack's tags."""

    emails: tuple[str, ...]
    tags: Tags


class Topic(Component):
    """Topic, key and subscriptions."""

    def __init__(self, name: str, args: TopicArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("observability", name, args.tags, opts)
        self._account_id = aws.get_caller_identity_output(opts=pulumi.InvokeOptions(parent=self)).account_id
        topic = aws.sns.Topic(name, kms_master_key_id=self._key().id, tags=self.tags(), opts=self.child())
        self.arn = topic.arn
        self._policy(topic)
        for place, email in enumerate(args.emails, start=1):
            aws.sns.TopicSubscription(
                self.named(f"email-{place}"), topic=topic.arn, protocol="email", endpoint=email, opts=self.child()
            )
        self.register_outputs({"arn": self.arn})

    def _key(self) -> aws.kms.Key:
        # AWS's own key for SNS does not let alarms in:
        # https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
        return aws.kms.Key(
            self.named("key"),
            description="Alarms on their way to people",
            enable_key_rotation=True,
            deletion_window_in_days=30,
            policy=document(
                [
                    {
                        "Sid": "Account",
                        "Effect": "Allow",
                        "Principal": {"AWS": pulumi.Output.concat("arn:aws:iam::", self._account_id, ":root")},
                        "Action": "kms:*",
                        "Resource": "*",
                    },
                    {**self._alarms_may(["kms:Decrypt", "kms:GenerateDataKey*"]), "Resource": "*"},
                ]
            ),
            tags=self.tags("key"),
            opts=self.child(),
        )

    def _policy(self, topic: aws.sns.Topic) -> None:
        aws.sns.TopicPolicy(
            self.named("policy"),
            arn=topic.arn,
            policy=document([{**self._alarms_may("sns:Publish"), "Resource": topic.arn}]),
            opts=self.child(),
        )

    def _alarms_may(self, action: Any) -> dict[str, Any]:
        return {
            "Sid": "Alarms",
            "Effect": "Allow",
            "Principal": {"Service": CLOUDWATCH},
            "Action": action,
            "Condition": {"StringEquals": {"aws:SourceAccount": self._account_id}},
        }
