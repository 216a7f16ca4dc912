"""Every alarm has someone to tell."""

from __future__ import annotations

from collections.abc import Iterator

from policy.configuration import Configuration
from policy.rule import Finding, example, stack_rule
from policy.view import UNKNOWN, Resource, Stack

ALARMS = ("cloudwatch/metricAlarm", "cloudwatch/compositeAlarm")
_ALARM = ("cloudwatch/metricAlarm", "errors", {"alarmActions": ["@people"]})


@stack_rule(
    id="alarms-tell-someone",
    title="Every alarm has someone to tell",
    severity="high",
    environments="production",
    why="An alarm that nobody is told of is a line in a console that nobody looks at during the opening.",
    remedy="set alarmActions to a topic with a subscription (floodgate:observability.emails), actionsEnabled to true",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html",
    refused=example(("sns/topic", "people", {"name": "people"}), _ALARM),
    mended=example(
        ("sns/topic", "people", {"name": "people"}),
        ("sns/topicSubscription", "on-call", {"topic": "@people", "protocol": "email", "endpoint": "a@example.org"}),
        _ALARM,
    ),
)
def _alarms_tell_someone(stack: Stack, configuration: Configuration) -> Iterator[Finding]:
    del configuration
    for alarm in stack.of(*ALARMS):
        if alarm.get("actionsEnabled") is False:
            yield Finding("actionsEnabled is false", alarm)
        elif not alarm.get("alarmActions", ()) if alarm.get("alarmActions") is not UNKNOWN else False:
            yield Finding("has no alarmActions", alarm)
        else:
            yield from _deaf(stack, alarm)


def _deaf(stack: Stack, alarm: Resource) -> Iterator[Finding]:
    """Topics of the alarm that reach nobody; what belongs to other stacks, or scales, is believed."""
    topics = stack.targets(alarm, "alarmActions", "sns/topic")
    actions = alarm.items("alarmActions")
    elsewhere = bool(stack.targets(alarm, "alarmActions", "autoscaling/policy", "appautoscaling/policy"))
    known = {name for topic in topics for name in (topic.id, topic.get("arn"), topic.get("id"))}
    elsewhere = elsewhere or any(isinstance(action, str) and action not in known for action in actions)
    heard = [topic for topic in topics if stack.may_name(topic, "topic", "sns/topicSubscription")]
    if topics and not heard and not elsewhere:
        yield Finding(f"tells topic {topics[0].name}, which tells nobody", alarm)


@stack_rule(
    id="alarms-reach-their-topic",
    title="Topics that alarms write to are under a key that CloudWatch may use",
    severity="high",
    why="AWS's own key for SNS does not let alarms in: the alarm changes its state, and no message is ever sent.",
    remedy="set kmsMasterKeyId to a key of your own whose policy lets cloudwatch.amazonaws.com use it",
    source="https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html",
    refused=example(("sns/topic", "people", {"kmsMasterKeyId": "alias/aws/sns"}), _ALARM),
    mended=example(("sns/topic", "people", {"kmsMasterKeyId": "alias/alarms"}), _ALARM),
)
def _alarms_reach_their_topic(stack: Stack, configuration: Configuration) -> Iterator[Finding]:
    del configuration
    topics = {
        topic.urn: topic for alarm in stack.of(*ALARMS) for topic in stack.targets(alarm, "alarmActions", "sns/topic")
    }
    for topic in topics.values():
        if topic.get("kmsMasterKeyId") == "alias/aws/sns":
            yield Finding("kmsMasterKeyId is alias/aws/sns, which alarms may not use", topic)


RULES = (_alarms_tell_someone, _alarms_reach_their_topic)
